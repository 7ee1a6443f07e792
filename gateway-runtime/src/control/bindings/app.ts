import { fail, isApigError, type ApigError, type Json } from '@apig/sdk/contract';
import { optionalTextIn, textIn, textsIn } from '../body.ts';
import type { ControlCall, ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { assertRoom } from '../limits.ts';
import { required } from '../lookup.ts';
import { listAnswer } from '../paging.ts';
import { shapeOfPath } from '../rules/api.ts';
import { toSeconds } from '../times.ts';
import { matchesPlace, placeInfo, placeRow, typeOf } from './places.ts';
import { queryId, tie, tiesAt, untie, withPlaces, type TieInfo } from './ties.ts';
import { featuresOf } from '../../features.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Draft } from '../../store/draft.ts';

/** APIs that one app may call. Source: user guide, "Configuring API Authorization". */
const APIS_PER_APP = 1000;

/** Source: API reference, "Authorizing Apps" and the pages that follow it. */
export function appAuthorizationRoutes(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'app-auths');
  return [
    change('POST', '', 201, ({ body }, { draft }, gatewayId) => {
      const environment = required(draft, 'environment', gatewayId, textIn(body, 'env_id'));
      const apps = textsIn(body, 'app_ids').map((id) => required(draft, 'app', gatewayId, id));
      const apis = textsIn(body, 'api_ids').map((id) => required(draft, 'api', gatewayId, id));
      return {
        auths: apps.flatMap((app) => apis.map((api) => authorize(draft, app, api, environment.id))),
      };
    }),

    change('DELETE', '{id}', 204, (call, scope, gatewayId) => {
      untie('appAuthorization', call, scope, gatewayId);
    }),

    read('binded-apis', (call, { configuration }, gatewayId) => {
      const app = required(configuration, 'app', gatewayId, queryId(call, 'app_id'));
      return authorizations(call, configuration, configuration.by('appAuthorization', 'appId', app.id));
    }),

    read('binded-apps', (call, { configuration }, gatewayId) => {
      const apiId = optionalTextIn(call.query, 'api_id');
      if (apiId !== undefined) required(configuration, 'api', gatewayId, apiId);
      return authorizations(
        call,
        configuration,
        configuration.by('appAuthorization', 'gatewayId', gatewayId),
      );
    }),

    read('unbinded-apis', (call, { configuration }, gatewayId) => {
      const app = required(configuration, 'app', gatewayId, queryId(call, 'app_id'));
      const environmentId = queryId(call, 'env_id');
      required(configuration, 'environment', gatewayId, environmentId);
      const rows = configuration
        .by('api', 'gatewayId', gatewayId)
        .filter(({ body }) => body.authentication === 'APP')
        .toReversed()
        .flatMap((api) => placeInfo(configuration, { gatewayId, apiId: api.id, environmentId }) ?? [])
        .filter(
          (place) =>
            matchesPlace(place, call) &&
            tiesAt(configuration, 'appAuthorization', place).every(({ body }) => body.appId !== app.id),
        );
      // An API that is not published is listed too, with empty texts in the place of the publication.
      return listAnswer(call, 'apis', rows, (place) =>
        placeRow({
          ...place,
          publication: place.publication?.body.versionId === undefined ? undefined : place.publication,
        }),
      );
    }),
  ];
}

/** Lets an app call an API in an environment, unless it may already. Tells what came of it, also when that is a refusal. */
function authorize(draft: Draft, app: Stored<'app'>, api: Stored<'api'>, environmentId: string): Json {
  const { gatewayId } = api.body;
  const place = { apiId: api.id, environmentId };
  const isSame = ({ appId }: { readonly appId: string }) => appId === app.id;
  const known = tiesAt(draft, 'appAuthorization', place).find(({ body }) => isSame(body));
  if (known !== undefined) return toResult(app, api, 'SKIPPED', known);
  try {
    if (api.body.authentication !== 'APP') {
      throw fail('operationRefused', { reason: 'expected an API with authentication APP' });
    }
    assertRoom(draft.count('appAuthorization', 'appId', app.id), APIS_PER_APP, 'otherQuota', 'APIs per app');
    assertFoundByApp(draft, app, api, environmentId);
  } catch (error) {
    if (!isApigError(error)) throw error;
    return toResult(app, api, 'FAILED', undefined, error);
  }
  const body = { gatewayId, ...place, appId: app.id };
  return toResult(
    app,
    api,
    'SUCCESS',
    tie(draft, 'appAuthorization', body, isSame, () => false),
  );
}

/**
 * Where apps find APIs by what they may call, one app can call only one API of a method and a path.
 *
 * Source: user guide, "Configuring Gateway Parameters" (app_route).
 *
 * @throws operationRefused
 */
function assertFoundByApp(draft: Draft, app: Stored<'app'>, api: Stored<'api'>, environmentId: string): void {
  if (!featuresOf(draft, api.body.gatewayId).routesByApp) return;
  const { method, path } = api.body;
  const shape = shapeOfPath(path);
  const isTaken = draft.by('appAuthorization', 'appId', app.id).some(({ body }) => {
    const other = body.environmentId === environmentId ? draft.get('api', body.apiId)?.body : undefined;
    return other?.method === method && shapeOfPath(other.path) === shape;
  });
  if (!isTaken) return;
  throw fail('operationRefused', {
    reason: `expected no other API of ${method} ${path} that the app may call, as the feature app_route is on`,
  });
}

function toResult(
  app: Stored<'app'>,
  api: Stored<'api'>,
  status: 'SUCCESS' | 'SKIPPED' | 'FAILED',
  authorization?: Stored<'appAuthorization'>,
  error?: ApigError,
): Json {
  return {
    id: authorization?.id ?? '',
    api_id: api.id,
    app_id: app.id,
    auth_result: {
      status,
      error_msg: error?.message ?? '',
      error_code: error?.code ?? '',
      api_name: api.body.name,
      app_name: app.body.name,
    },
    auth_time: authorization === undefined ? '' : toSeconds(authorization.createdAt),
    ...UNUSED,
    visit_params: '',
  };
}

/** What every authorization says: given by the owner of the API, in the normal way, to all. */
const UNUSED = { auth_role: 'PROVIDER', auth_tunnel: 'NORMAL', auth_whitelist: [], auth_blacklist: [] };

function authorizations(
  call: ControlCall,
  configuration: ConfigurationReader,
  ties: readonly Stored<'appAuthorization'>[],
): Json {
  const { query } = call;
  const rows = withPlaces(configuration, ties)
    .flatMap((row) => {
      const app = configuration.get('app', row.tie.body.appId);
      return app === undefined ? [] : [{ ...row, app }];
    })
    .filter(
      ({ place, app }) =>
        matchesPlace(place, call) &&
        (optionalTextIn(query, 'app_id') ?? app.id) === app.id &&
        app.body.name.includes(query['app_name'] ?? ''),
    );
  return listAnswer(call, 'auths', rows, toAuthorization);
}

function toAuthorization({
  tie: authorization,
  place,
  app,
}: TieInfo<'appAuthorization'> & { readonly app: Stored<'app'> }): Json {
  const { api, group, environment, publication } = place;
  return {
    id: authorization.id,
    api_id: api.id,
    api_name: api.body.name,
    group_id: group.id,
    group_name: group.body.name,
    api_type: typeOf(api),
    api_remark: api.body.remark ?? '',
    env_id: environment.id,
    env_name: environment.body.name,
    publish_id: publication?.id ?? '',
    ...UNUSED,
    auth_time: toSeconds(authorization.createdAt),
    visit_param: '',
    app_id: app.id,
    app_name: app.body.name,
    app_remark: app.body.remark ?? '',
    app_type: 'apig',
    app_creator: 'USER',
    roma_app_type: '',
  };
}
