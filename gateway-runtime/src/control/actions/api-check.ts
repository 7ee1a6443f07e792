import { fail, type Json } from '@apig/sdk/contract';
import { optionalTextIn, textIn, wordIn } from '../body.ts';
import type { ControlRoute } from '../call.ts';
import type { ControlContext, View } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { assertPathFree } from '../rules/api.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY'] as const;

/** Fields whose values are texts, also where they say nothing. */
const TEXTS = ['name', 'group_id', 'api_id', 'req_uri'];

/** Tells whether an API of that name or path could be created. Source: API reference, "Verifying the API Definition". */
export function apiCheck(context: ControlContext): ControlRoute {
  const { read } = inside(context, 'apis');
  return read(
    'check',
    ({ body }, view, gatewayId) => {
      const type = wordIn(body, 'type', ['path', 'name']);
      for (const name of TEXTS) optionalTextIn(body, name);
      if (optionalTextIn(body, 'req_method') !== undefined) wordIn(body, 'req_method', METHODS);
      if (optionalTextIn(body, 'match_mode') !== undefined) wordIn(body, 'match_mode', ['NORMAL', 'SWA']);
      if (type === 'name') assertNameFree(body, view, gatewayId);
      else checkPath(body, view, gatewayId);
    },
    { method: 'POST', status: 204 },
  );
}

/** Names are unique in a group; without one, the name is looked for in the whole gateway. */
function assertNameFree(body: Json, { configuration }: View, gatewayId: string): void {
  const name = textIn(body, 'name');
  const groupId = optionalTextIn(body, 'group_id');
  const self = optionalTextIn(body, 'api_id');
  const taken = configuration
    .by('api', 'name', name)
    .some(
      (api) =>
        api.id !== self &&
        api.body.gatewayId === gatewayId &&
        (groupId === undefined || api.body.groupId === groupId),
    );
  if (taken) throw fail('apiNameTaken', { name });
}

function checkPath(body: Json, { configuration }: View, gatewayId: string): void {
  const groupId = textIn(body, 'group_id');
  required(configuration, 'apiGroup', gatewayId, groupId);
  const method = wordIn(body, 'req_method', METHODS);
  const path = textIn(body, 'req_uri');
  const matchMode = optionalTextIn(body, 'match_mode') === 'SWA' ? 'PREFIX' : 'EXACT';
  assertPathFree({ groupId, method, path, matchMode }, optionalTextIn(body, 'api_id'), configuration);
}
