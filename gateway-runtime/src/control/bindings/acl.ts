import type { Json } from '@apig/sdk/contract';
import { baseAnswer } from '../answers/base.ts';
import { optionalTextIn, textIn, textsIn, wordIn } from '../body.ts';
import type { ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { find, required } from '../lookup.ts';
import { listAnswer } from '../paging.ts';
import type { Place } from '../publication.ts';
import { toSeconds } from '../times.ts';
import { matchesPlace, placeRow, placesOf, publishedPlaces, typeOf, type PlaceInfo } from './places.ts';
import { queryId, removeMany, tie, tiesAt, untie, untieMany, withPlaces, type TieInfo } from './ties.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Draft } from '../../store/draft.ts';

/** Source: API reference, "Binding an Access Control Policy to an API" and the pages that follow it. */
export function aclBindingRoutes(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'acl-bindings');
  const acls = inside(context, 'acls');
  return [
    acls.change('PUT', '', 200, ({ body, query }, scope, gatewayId) => {
      wordIn(query, 'action', ['delete']);
      const { draft } = scope;
      return removeMany(textsIn(body, 'acls'), (id) => {
        const about = { acl_id: id, acl_name: find(draft, 'acl', gatewayId, id)?.body.name ?? '' };
        const remove = () => {
          const acl = required(draft, 'acl', gatewayId, id);
          collections.acl.rules.deleting?.(acl, scope);
          draft.remove(acl);
        };
        return [about, remove];
      });
    }),

    change('POST', '', 201, ({ body }, { draft }, gatewayId) => {
      const acl = required(draft, 'acl', gatewayId, textIn(body, 'acl_id'));
      const bindings = placesOf(draft, gatewayId, textsIn(body, 'publish_ids')).map((place) =>
        bindAcl(draft, place, acl),
      );
      return { acl_bindings: bindings.map(toBinding) };
    }),

    change('PUT', '', 200, (call, scope, gatewayId) =>
      untieMany('aclBinding', 'acl_bindings', call, scope, gatewayId),
    ),
    change('DELETE', '{id}', 204, (call, scope, gatewayId) => {
      untie('aclBinding', call, scope, gatewayId);
    }),

    read('binded-acls', (call, { configuration }, gatewayId) => {
      const api = required(configuration, 'api', gatewayId, queryId(call, 'api_id'));
      const rows = withPlaces(configuration, configuration.by('aclBinding', 'apiId', api.id))
        .flatMap((row) => {
          const acl = configuration.get('acl', row.tie.body.aclId);
          return acl === undefined ? [] : [{ ...row, acl }];
        })
        .filter(
          ({ place, acl }) =>
            matchesPlace(place, call) &&
            (optionalTextIn(call.query, 'acl_id') ?? acl.id) === acl.id &&
            acl.body.name.includes(call.query['acl_name'] ?? ''),
        );
      return listAnswer(call, 'acls', rows, ({ place, acl, tie: binding }) => {
        const { acl_name, entity_type, acl_type, acl_value } = baseAnswer(acl);
        return {
          acl_id: acl.id,
          acl_name,
          entity_type,
          acl_type,
          acl_value,
          env_id: place.environment.id,
          env_name: place.environment.body.name,
          bind_id: binding.id,
          bind_time: toSeconds(binding.createdAt),
        };
      });
    }),

    read('binded-apis', (call, { configuration }, gatewayId) => {
      const acl = required(configuration, 'acl', gatewayId, queryId(call, 'acl_id'));
      const bindings = configuration.by('aclBinding', 'aclId', acl.id);
      const rows = withPlaces(configuration, bindings).filter(({ place }) => matchesPlace(place, call));
      return listAnswer(call, 'apis', rows, toBoundApi);
    }),

    read('unbinded-apis', (call, { configuration }, gatewayId) => {
      const acl = required(configuration, 'acl', gatewayId, queryId(call, 'acl_id'));
      const rows = publishedPlaces(configuration, gatewayId)
        .filter((place) => matchesPlace(place, call))
        .map((place) => ({ place, other: rivalAt(configuration, place, acl) }))
        .filter(({ other }) => other?.id !== acl.id);
      return listAnswer(call, 'apis', rows, ({ place, other }) => ({
        ...placeRow(place),
        acl_name: other?.body.name ?? '',
      }));
    }),
  ];
}

/** Binds an ACL to an API in an environment, in the place of the one for the same type of entity. */
export function bindAcl(
  draft: Draft,
  { gatewayId, apiId, environmentId }: Place,
  acl: Stored<'acl'>,
): Stored<'aclBinding'> {
  return tie(
    draft,
    'aclBinding',
    { gatewayId, apiId, environmentId, aclId: acl.id },
    (other) => other.aclId === acl.id,
    // An API has one policy for each type of entity in an environment.
    (other) => draft.get('acl', other.aclId)?.body.entityType === acl.body.entityType,
  );
}

/** The policy that an API has where the given one would go. */
function rivalAt(
  configuration: ConfigurationReader,
  place: PlaceInfo,
  { body }: Stored<'acl'>,
): Stored<'acl'> | undefined {
  return tiesAt(configuration, 'aclBinding', place)
    .map((binding) => configuration.get('acl', binding.body.aclId))
    .find((acl) => acl?.body.entityType === body.entityType);
}

function toBinding({ id, body, createdAt }: Stored<'aclBinding'>): Json {
  const { apiId, environmentId, aclId } = body;
  return { id, api_id: apiId, env_id: environmentId, acl_id: aclId, create_time: toSeconds(createdAt) };
}

function toBoundApi({ tie: binding, place }: TieInfo<'aclBinding'>): Json {
  const { api, group, environment, publication } = place;
  return {
    api_id: api.id,
    api_name: api.body.name,
    api_type: typeOf(api),
    api_remark: api.body.remark ?? '',
    env_id: environment.id,
    env_name: environment.body.name,
    bind_id: binding.id,
    group_name: group.body.name,
    bind_time: toSeconds(binding.createdAt),
    publish_id: publication?.id ?? '',
    req_method: api.body.method,
  };
}
