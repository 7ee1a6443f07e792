import { param, type ControlCall, type ControlRoute } from './call.ts';
import { viewOf, write, type ControlContext, type View, type WriteScope } from './context.ts';
import { gatewayOfPath } from './lookup.ts';

/** Makes operations inside a gateway: each is given the ID of its path's gateway, which is there. */
export interface Inside {
  /** An operation that changes nothing: GET with 200, unless told otherwise. */
  readonly read: (
    path: string,
    answer: (call: ControlCall, view: View, gatewayId: string) => unknown,
    other?: Partial<Pick<ControlRoute, 'method' | 'status'>>,
  ) => ControlRoute;
  /** An operation that changes something. */
  readonly change: (
    method: ControlRoute['method'],
    path: string,
    status: number,
    work: (call: ControlCall, scope: WriteScope, gatewayId: string) => unknown,
  ) => ControlRoute;
}

/** Makes operations at paths below `instances/{gatewayId}/<base>`. */
export function inside(context: ControlContext, base: string): Inside {
  const pathOf = (path: string) => ['instances/{gatewayId}', base, path].filter(Boolean).join('/');
  return {
    read: (path, answer, other) => ({
      method: 'GET',
      path: pathOf(path),
      status: 200,
      ...other,
      answer: (call) => {
        const view = viewOf(context, call);
        const gateway = gatewayOfPath(view.configuration, call.account, param(call, 'gatewayId'));
        return answer(call, view, gateway.id);
      },
    }),
    change: (method, path, status, work) => ({
      method,
      path: pathOf(path),
      status,
      answer: (call) =>
        write(context, call, (scope) => {
          const gateway = gatewayOfPath(scope.draft, call.account, param(call, 'gatewayId'));
          return work(call, scope, gateway.id);
        }),
    }),
  };
}
