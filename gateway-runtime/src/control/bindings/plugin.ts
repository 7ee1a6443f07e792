import { fail, type Json } from '@apig/sdk/contract';
import { pluginAnswer } from '../answers/plugin.ts';
import { optionalTextIn, textIn, textsIn } from '../body.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import type { ControlContext, WriteScope } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { listAnswer } from '../paging.ts';
import { publicationAt, type Place } from '../publication.ts';
import { assertCorsFits } from '../rules/cors-attachment.ts';
import { assertPluginActs } from '../rules/plugin.ts';
import { toSeconds } from '../times.ts';
import { matchesPlace, placeInfo, publishedPlaces, typeOf, type PlaceInfo } from './places.ts';
import { queryId, tie, tiesAt, withPlaces } from './ties.ts';
import type { Stored } from '../../store/configuration.ts';
import type { Draft } from '../../store/draft.ts';

/** APIs or plug-ins in one request. */
const MAX_ITEMS = 500;

/** Source: API reference, "Binding a Plug-in to APIs", "Binding Plug-ins to an API" and the pages that follow them. */
export function pluginAttachmentRoutes(context: ControlContext): readonly ControlRoute[] {
  const plugins = inside(context, 'plugins/{pluginId}');
  const apis = inside(context, 'apis/{apiId}');
  return [
    plugins.change('POST', 'attach', 201, (call, { draft }, gatewayId) => {
      const plugin = required(draft, 'plugin', gatewayId, param(call, 'pluginId'));
      return attachAll(call, draft, gatewayId, [plugin], idsIn(call, 'api_ids'));
    }),
    apis.change('POST', 'plugins/attach', 201, (call, { draft }, gatewayId) => {
      const api = required(draft, 'api', gatewayId, param(call, 'apiId'));
      const chosen = idsIn(call, 'plugin_ids').map((id) => required(draft, 'plugin', gatewayId, id));
      return attachAll(call, draft, gatewayId, chosen, [api.id]);
    }),

    plugins.change('PUT', 'detach', 204, (call, scope, gatewayId) => {
      const plugin = required(scope.draft, 'plugin', gatewayId, param(call, 'pluginId'));
      for (const id of idsIn(call, 'api_ids')) detach(call, scope, gatewayId, plugin.id, id);
    }),
    apis.change('PUT', 'plugins/detach', 204, (call, scope, gatewayId) => {
      const api = required(scope.draft, 'api', gatewayId, param(call, 'apiId'));
      for (const id of idsIn(call, 'plugin_ids')) detach(call, scope, gatewayId, id, api.id);
    }),

    plugins.read('attached-apis', (call, { configuration }, gatewayId) => {
      const plugin = required(configuration, 'plugin', gatewayId, param(call, 'pluginId'));
      const ties = configuration.by('pluginAttachment', 'pluginId', plugin.id);
      const rows = withPlaces(configuration, ties).filter(({ place }) => matchesApi(place, call));
      return listAnswer(call, 'apis', rows, ({ place, tie: attachment }) => apiRow(place, attachment));
    }),
    plugins.read('attachable-apis', (call, { configuration }, gatewayId) => {
      const plugin = required(configuration, 'plugin', gatewayId, param(call, 'pluginId'));
      required(configuration, 'environment', gatewayId, queryId(call, 'env_id'));
      const rows = publishedPlaces(configuration, gatewayId).filter(
        (place) =>
          matchesApi(place, call) &&
          tiesAt(configuration, 'pluginAttachment', place).every(({ body }) => body.pluginId !== plugin.id),
      );
      return listAnswer(call, 'apis', rows, (place) => apiRow(place, undefined));
    }),

    apis.read('attached-plugins', (call, { configuration }, gatewayId) => {
      const api = required(configuration, 'api', gatewayId, param(call, 'apiId'));
      const rows = withPlaces(configuration, configuration.by('pluginAttachment', 'apiId', api.id))
        .flatMap((row) => {
          const plugin = configuration.get('plugin', row.tie.body.pluginId);
          return plugin === undefined ? [] : [{ ...row, plugin }];
        })
        .filter(({ place, plugin }) => matchesPlace(place, call) && matchesPlugin(plugin, call));
      return listAnswer(call, 'plugins', rows, ({ plugin, place, tie: attachment }) => ({
        ...pluginAnswer(plugin),
        plugin_attach_id: attachment.id,
        env_id: place.environment.id,
        env_name: place.environment.body.name,
        attached_time: toSeconds(attachment.createdAt),
      }));
    }),
    apis.read('attachable-plugins', (call, { configuration }, gatewayId) => {
      const api = required(configuration, 'api', gatewayId, param(call, 'apiId'));
      const environmentId = optionalTextIn(call.query, 'env_id');
      const isAttached = (plugin: Stored<'plugin'>) =>
        configuration
          .by('pluginAttachment', 'apiId', api.id)
          .some(
            ({ body }) =>
              body.pluginId === plugin.id && (environmentId ?? body.environmentId) === body.environmentId,
          );
      const rows = configuration
        .by('plugin', 'gatewayId', gatewayId)
        .toReversed()
        .filter((plugin) => matchesPlugin(plugin, call) && !isAttached(plugin));
      return listAnswer(call, 'plugins', rows, pluginAnswer);
    }),
  ];
}

function idsIn({ body }: ControlCall, name: string): readonly string[] {
  return textsIn(body, name, MAX_ITEMS);
}

function attachAll(
  { body }: ControlCall,
  draft: Draft,
  gatewayId: string,
  plugins: readonly Stored<'plugin'>[],
  apiIds: readonly string[],
): Json {
  const { id: environmentId } = required(draft, 'environment', gatewayId, textIn(body, 'env_id'));
  const attached = apiIds.flatMap((apiId) =>
    plugins.map((plugin) => attach(draft, plugin, { gatewayId, apiId, environmentId })),
  );
  return { attached_plugins: attached };
}

/** Attaches a plug-in to an API, in the place of another one of its type. @throws apiNotFound, pluginOnUnpublishedApi, and what keeps one of type cors from fitting */
function attach(draft: Draft, plugin: Stored<'plugin'>, place: Place): Json {
  const api = required(draft, 'api', place.gatewayId, place.apiId);
  if (publicationAt(draft, place)?.body.versionId === undefined) {
    throw fail('pluginOnUnpublishedApi', { id: api.id });
  }
  assertCorsFits(draft, plugin, api, place);
  const attachment = attachToPlace(draft, place, plugin);
  return {
    plugin_attach_id: attachment.id,
    plugin_id: plugin.id,
    plugin_name: plugin.body.name,
    plugin_type: plugin.body.type,
    plugin_scope: plugin.body.scope,
    env_id: place.environmentId,
    env_name: placeInfo(draft, place)?.environment.body.name ?? '',
    api_id: api.id,
    api_name: api.body.name,
    attached_time: toSeconds(attachment.createdAt),
  };
}

/**
 * Attaches a plug-in to an API in an environment, in the place of another one of its type, whether published there or not.
 *
 * @throws `valueInvalid` where it would not do what its type says
 */
export function attachToPlace(
  draft: Draft,
  { gatewayId, apiId, environmentId }: Place,
  plugin: Stored<'plugin'>,
): Stored<'pluginAttachment'> {
  assertPluginActs(plugin.body, required(draft, 'api', gatewayId, apiId));
  return tie(
    draft,
    'pluginAttachment',
    { gatewayId, apiId, environmentId, pluginId: plugin.id },
    ({ pluginId }) => pluginId === plugin.id,
    ({ pluginId }) => draft.get('plugin', pluginId)?.body.type === plugin.body.type,
  );
}

/** Detaches a plug-in from an API. What is not attached stays so. */
function detach(
  { body }: ControlCall,
  { draft }: WriteScope,
  gatewayId: string,
  pluginId: string,
  apiId: string,
): void {
  const { id: environmentId } = required(draft, 'environment', gatewayId, textIn(body, 'env_id'));
  for (const attachment of tiesAt(draft, 'pluginAttachment', { apiId, environmentId })) {
    if (attachment.body.pluginId === pluginId) draft.remove(attachment);
  }
}

function matchesApi(place: PlaceInfo, call: ControlCall): boolean {
  const { req_uri: uri = '' } = call.query;
  const method = optionalTextIn(call.query, 'req_method');
  const { body } = place.api;
  return matchesPlace(place, call) && (method ?? body.method) === body.method && body.path.includes(uri);
}

function matchesPlugin({ id, body }: Stored<'plugin'>, { query }: ControlCall): boolean {
  const isPrecise = (query['precise_search'] ?? '').split(',').includes('plugin_name');
  const name = query['plugin_name'] ?? '';
  return (
    (optionalTextIn(query, 'plugin_id') ?? id) === id &&
    (optionalTextIn(query, 'plugin_type') ?? body.type) === body.type &&
    (isPrecise ? body.name === name : body.name.includes(name))
  );
}

function apiRow(place: PlaceInfo, attachment: Stored<'pluginAttachment'> | undefined): Json {
  const { api, group, environment, publication } = place;
  return {
    api_id: api.id,
    api_name: api.body.name,
    type: typeOf(api),
    req_protocol: api.body.protocol,
    req_method: api.body.method,
    req_uri: api.body.path,
    auth_type: api.body.authentication,
    match_mode: api.body.matchMode === 'EXACT' ? 'NORMAL' : 'SWA',
    remark: api.body.remark ?? '',
    group_id: group.id,
    group_name: group.body.name,
    roma_app_id: '',
    env_id: environment.id,
    env_name: environment.body.name,
    publish_id: publication?.id ?? '',
    plugin_attach_id: attachment?.id ?? '',
    // Clients read a time here, and take no empty one.
    ...(attachment !== undefined && { attached_time: toSeconds(attachment.createdAt) }),
  };
}
