import { fail } from '@apig/sdk/contract';
import { flagIn, textIn } from '../body.ts';
import { param, type ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { changeObject } from '../objects.ts';

/** Source: API reference, "Verifying an API Group Name" and "Configuring the Debugging Domain Name". */
export function apiGroupActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'api-groups');
  return [
    read(
      'check',
      ({ body }, { configuration }, gatewayId) => {
        const name = textIn(body, 'group_name');
        const groups = configuration.by('apiGroup', 'gatewayId', gatewayId);
        if (groups.some((group) => group.body.name === name)) throw fail('apiGroupNameTaken', { name });
      },
      { method: 'POST', status: 204 },
    ),

    change('PUT', '{groupId}/sl-domain-access-settings', 204, (call, scope, gatewayId) => {
      const group = required(scope.draft, 'apiGroup', gatewayId, param(call, 'groupId'));
      const debugDomainEnabled = flagIn(call.body, 'sl_domain_access_enabled');
      changeObject(collections.apiGroup, group, { debugDomainEnabled }, scope);
    }),
  ];
}
