import { appAnswer } from '../answers/app.ts';
import { optionalTextIn } from '../body.ts';
import { param, type ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { changeObject } from '../objects.ts';

/** Source: API reference, "Resetting the AppSecret of an App" and "Verifying an App". */
export function appActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'apps');
  return [
    change('PUT', 'secret/{appId}', 200, (call, scope, gatewayId) => {
      const app = required(scope.draft, 'app', gatewayId, param(call, 'appId'));
      // Left out, it is generated like that of a new app.
      const appSecret = optionalTextIn(call.body, 'app_secret');
      return appAnswer(changeObject(collections.app, app, { appSecret }, scope));
    }),

    read('validation/{appId}', (call, { configuration }, gatewayId) => {
      const { id, body } = required(configuration, 'app', gatewayId, param(call, 'appId'));
      return { id, name: body.name, remark: body.remark ?? '' };
    }),
  ];
}
