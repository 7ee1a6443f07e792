import { fail } from '@apig/sdk/contract';
import { flagIn, textIn } from '../body.ts';
import { param, type ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import { viewOf, write, type ControlContext } from '../context.ts';
import { gatewayOfPath, required } from '../lookup.ts';
import { changeObject } from '../objects.ts';

const GROUPS = 'instances/{gatewayId}/api-groups';

/** Source: API reference, "Verifying an API Group Name" and "Configuring the Debugging Domain Name". */
export function apiGroupActions(context: ControlContext): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: `${GROUPS}/check`,
      status: 204,
      answer: (call) => {
        const { configuration } = viewOf(context);
        const gateway = gatewayOfPath(configuration, call.account, param(call, 'gatewayId'));
        const name = textIn(call.body, 'group_name');
        const groups = configuration.by('apiGroup', 'gatewayId', gateway.id);
        if (groups.some(({ body }) => body.name === name)) throw fail('apiGroupNameTaken', { name });
      },
    },
    {
      method: 'PUT',
      path: `${GROUPS}/{groupId}/sl-domain-access-settings`,
      status: 204,
      answer: (call) =>
        write(context, call, (scope) => {
          const gateway = gatewayOfPath(scope.draft, call.account, param(call, 'gatewayId'));
          const group = required(scope.draft, 'apiGroup', gateway.id, param(call, 'groupId'));
          const debugDomainEnabled = flagIn(call.body, 'sl_domain_access_enabled');
          changeObject(collections.apiGroup, group, { debugDomainEnabled }, scope);
        }),
    },
  ];
}
