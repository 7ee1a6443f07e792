import { fail, type Json } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import { byText } from '../answers/base.ts';
import { textsIn, wordIn } from '../body.ts';
import type { ControlRoute } from '../call.ts';
import { matchesAll } from '../collection.ts';
import type { ControlContext } from '../context.ts';
import { isPermission, PERMISSION_FORM } from '../endpoint-permission.ts';
import { newId } from '../ids.ts';
import { inside } from '../inside.ts';
import type { Filter } from '../kinds.ts';
import { limitOf } from '../limits.ts';
import { listAnswer } from '../paging.ts';
import { toSeconds } from '../times.ts';

const MAX_BATCH = 50;

/** Most permissions of a gateway. */
const MAX_PERMISSIONS = 200;

/**
 * Who may reach a gateway by an endpoint in another VPC. There are no VPCs here, so that nobody ever asks for a connection;
 * permissions are kept and shown.
 *
 * Source: API reference, "VPC Endpoint Management".
 */
export function endpointActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'vpc-endpoint');
  return [
    read('connections', (call) => listAnswer(call, 'connections', [], () => undefined)),

    change('POST', 'connections/action', 200, ({ body }) => {
      wordIn(body, 'action', ['receive', 'reject']);
      const [id] = itemsIn(body, 'endpoints');
      throw fail('endpointServiceNotFound', { id });
    }),

    read('permissions', (call, view, gatewayId) => {
      const permissions = permissionsOf(gatewayId, view.configuration)
        .filter((permission) => matchesAll(FILTERS, permission, call, view))
        .toReversed();
      return listAnswer(call, 'permissions', permissions, ({ id, body, createdAt }) => ({
        id,
        permission: body.permission,
        created_at: toSeconds(createdAt),
      }));
    }),

    change('POST', 'permissions/batch-add', 200, ({ body }, { draft, limits }, gatewayId) => {
      const given = permissionsIn(body);
      const known = new Set(permissionsOf(gatewayId, draft).map(({ body: { permission } }) => permission));
      const added = given.filter((permission) => !known.has(permission));
      const limit = limitOf(limits, 'ENDPOINT_PERMISSION_NUM_LIMIT', MAX_PERMISSIONS);
      if (known.size + added.length > limit && added.length > 0)
        throw fail('otherQuota', { limit, things: 'endpoint permissions' });
      for (const permission of added) draft.put('endpointPermission', newId(), { gatewayId, permission });
      return { permissions: given };
    }),

    change('POST', 'permissions/batch-delete', 200, ({ body }, { draft }, gatewayId) => {
      const given = permissionsIn(body);
      for (const object of permissionsOf(gatewayId, draft)) {
        if (given.includes(object.body.permission)) draft.remove(object);
      }
      return { permissions: given };
    }),
  ];
}

const FILTERS: Readonly<Record<string, Filter<'endpointPermission'>>> = {
  permission: byText(({ body }) => body.permission),
};

function permissionsOf(
  gatewayId: string,
  configuration: ConfigurationReader,
): readonly Stored<'endpointPermission'>[] {
  return configuration.by('endpointPermission', 'gatewayId', gatewayId);
}

function permissionsIn(body: Json): readonly string[] {
  const permissions = itemsIn(body, 'permissions');
  for (const [index, permission] of permissions.entries()) {
    if (!isPermission(permission))
      throw fail('valueInvalid', { reason: PERMISSION_FORM, field: `permissions.${index}` });
  }
  return permissions;
}

function itemsIn(body: Json, field: string): readonly [string, ...string[]] {
  const [first, ...rest] = textsIn(body, field, MAX_BATCH);
  if (first === undefined) throw fail('valueInvalid', { reason: 'expected at least one item', field });
  return [first, ...rest];
}
