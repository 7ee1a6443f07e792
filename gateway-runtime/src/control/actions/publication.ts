import { fail, isApigError, RELEASE_ENVIRONMENT_ID, type Json } from '@apig/sdk/contract';
import { byValue } from '../answers/base.ts';
import { runtimeAnswer, toPublication, versionAnswer, versionRow } from '../answers/versions.ts';
import { optionalTextIn, textIn, textsIn, wordIn } from '../body.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import { matchesAll } from '../collection.ts';
import type { ControlContext, WriteScope } from '../context.ts';
import { inside } from '../inside.ts';
import type { Filter } from '../kinds.ts';
import { find, required } from '../lookup.ts';
import { listAnswer } from '../paging.ts';
import {
  publicationAt,
  publish,
  removeVersion,
  switchVersion,
  takeOffline,
  type Place,
} from '../publication.ts';

const MAX_REMARK = 255;
const MAX_BATCH = 1000;
const ACTIONS = ['online', 'offline'] as const;
type Action = (typeof ACTIONS)[number];

/** Source: API reference, "Publishing an API or Taking It Offline" and the pages that follow it. */
export function publicationActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'apis');
  return [
    change('POST', 'action', 201, ({ body }, scope, gatewayId) => {
      const action = wordIn(body, 'action', ACTIONS);
      const place = { gatewayId, apiId: textIn(body, 'api_id'), environmentId: textIn(body, 'env_id') };
      return act(action, place, remarkIn(body), scope);
    }),

    change('POST', 'publish', 200, actOnMany),

    read('publish/{apiId}', (call, view, gatewayId) => {
      const api = required(view.configuration, 'api', gatewayId, param(call, 'apiId'));
      const versions = view.configuration
        .by('apiVersion', 'apiId', api.id)
        .filter((version) => matchesAll(HISTORY_FILTERS, version, call, view))
        .toReversed();
      return listAnswer(call, 'api_versions', versions, (version) => versionRow(version, view));
    }),

    change('PUT', 'publish/{apiId}', 200, (call, scope, gatewayId) => {
      const versionId = textIn(call.body, 'version_id');
      const { version, publication } = switchVersion(scope, gatewayId, param(call, 'apiId'), versionId);
      return toPublication(publication, version, version.body.remark, scope.view);
    }),

    read('versions/{versionId}', (call, view, gatewayId) =>
      versionAnswer(required(view.configuration, 'apiVersion', gatewayId, param(call, 'versionId')), view),
    ),

    change('DELETE', 'versions/{versionId}', 204, (call, scope, gatewayId) => {
      removeVersion(scope, gatewayId, param(call, 'versionId'));
    }),

    read('runtime/{apiId}', (call, view, gatewayId) => {
      const { configuration } = view;
      const { id: apiId } = required(configuration, 'api', gatewayId, param(call, 'apiId'));
      const environmentId = optionalTextIn(call.query, 'env_id') ?? RELEASE_ENVIRONMENT_ID;
      required(configuration, 'environment', gatewayId, environmentId);
      const publication = publicationAt(configuration, { gatewayId, apiId, environmentId });
      const versionId = publication?.body.versionId;
      if (publication === undefined || versionId === undefined) {
        throw fail('publicationNotFound', { id: `${apiId}/${environmentId}` });
      }
      return runtimeAnswer(publication, required(configuration, 'apiVersion', gatewayId, versionId), view);
    }),
  ];
}

const HISTORY_FILTERS: Readonly<Record<string, Filter<'apiVersion'>>> = {
  env_id: byValue(({ body }) => body.environmentId),
  env_name: {
    match: 'part',
    of: ({ body }, { configuration }) =>
      find(configuration, 'environment', body.gatewayId, body.environmentId)?.body.name ?? '',
  },
};

function act(action: Action, place: Place, remark: string, scope: WriteScope): Json {
  const { publication, version } =
    action === 'online' ? publish(scope, place, remark) : takeOffline(scope, place);
  return toPublication(publication, version, remark, scope.view);
}

/** Does the same with many APIs. One that fails does not keep the others from it. */
function actOnMany({ body, query }: ControlCall, scope: WriteScope, gatewayId: string): Json {
  const action = wordIn(query, 'action', ACTIONS);
  const environmentId = textIn(body, 'env_id');
  required(scope.draft, 'environment', gatewayId, environmentId);
  const remark = remarkIn(body);
  const success: Json[] = [];
  const failure: Json[] = [];
  for (const apiId of apisOf(body, scope, gatewayId)) {
    try {
      success.push(act(action, { gatewayId, apiId, environmentId }, remark, scope));
    } catch (error) {
      if (!isApigError(error)) throw error;
      failure.push({
        api_id: apiId,
        api_name: find(scope.draft, 'api', gatewayId, apiId)?.body.name ?? '',
        error_code: error.code,
        error_msg: error.message,
      });
    }
  }
  return { success, failure };
}

/** The APIs that are named, or those of the group that is. */
function apisOf(body: Json, { draft }: WriteScope, gatewayId: string): readonly string[] {
  const groupId = optionalTextIn(body, 'group_id');
  if (groupId === undefined || body['apis'] !== undefined) return textsIn(body, 'apis', MAX_BATCH);
  required(draft, 'apiGroup', gatewayId, groupId);
  return draft.by('api', 'groupId', groupId).map(({ id }) => id);
}

function remarkIn(body: Json): string {
  return optionalTextIn(body, 'remark', MAX_REMARK) ?? '';
}
