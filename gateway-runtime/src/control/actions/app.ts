import { param, type ControlCall, type ControlRoute } from '../call.ts';
import { appAnswer } from '../answers/app.ts';
import { optionalTextIn } from '../body.ts';
import { collections } from '../collections.ts';
import { viewOf, write, type ControlContext } from '../context.ts';
import { gatewayOfPath, required } from '../lookup.ts';
import { changeObject } from '../objects.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';

const APPS = 'instances/{gatewayId}/apps';

/** Source: API reference, "Resetting the AppSecret of an App" and "Verifying an App". */
export function appActions(context: ControlContext): readonly ControlRoute[] {
  return [
    {
      method: 'PUT',
      path: `${APPS}/secret/{appId}`,
      status: 200,
      answer: (call) =>
        write(context, call, (scope) => {
          const appSecret = optionalTextIn(call.body, 'app_secret');
          // Left out, it is generated like that of a new app.
          return appAnswer(changeObject(collections.app, appOf(call, scope.draft), { appSecret }, scope));
        }),
    },
    {
      method: 'GET',
      path: `${APPS}/validation/{appId}`,
      status: 200,
      answer: (call) => {
        const { id, body } = appOf(call, viewOf(context).configuration);
        return { id, name: body.name, remark: body.remark ?? '' };
      },
    },
  ];
}

function appOf(call: ControlCall, configuration: ConfigurationReader): Stored<'app'> {
  const gateway = gatewayOfPath(configuration, call.account, param(call, 'gatewayId'));
  return required(configuration, 'app', gateway.id, param(call, 'appId'));
}
