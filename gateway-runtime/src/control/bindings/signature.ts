import type { Json } from '@apig/sdk/contract';
import { optionalTextIn, textIn, textsIn } from '../body.ts';
import type { ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { listAnswer } from '../paging.ts';
import { toSeconds } from '../times.ts';
import { matchesPlace, placeRow, placesOf, publishedPlaces, typeOf, type PlaceInfo } from './places.ts';
import { queryId, tie, tiesAt, untie, withPlaces, type TieInfo } from './ties.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';

/** Source: API reference, "Binding a Signature Key" and the pages that follow it. */
export function signatureBindingRoutes(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'sign-bindings');
  return [
    change('POST', '', 201, ({ body }, { draft }, gatewayId) => {
      const key = required(draft, 'signatureKey', gatewayId, textIn(body, 'sign_id'));
      const bindings = placesOf(draft, gatewayId, textsIn(body, 'publish_ids')).map(
        ({ apiId, environmentId }) =>
          // An API has one key in an environment.
          tie(
            draft,
            'signatureBinding',
            { gatewayId, apiId, environmentId, signatureKeyId: key.id },
            (other) => other.signatureKeyId === key.id,
            () => true,
          ),
      );
      return { bindings: bound(draft, bindings).map(toBinding) };
    }),

    change('DELETE', '{id}', 204, (call, scope, gatewayId) => {
      untie('signatureBinding', call, scope, gatewayId);
    }),

    read('binded-apis', (call, { configuration }, gatewayId) => {
      const key = required(configuration, 'signatureKey', gatewayId, queryId(call, 'sign_id'));
      const bindings = configuration.by('signatureBinding', 'signatureKeyId', key.id);
      const rows = bound(configuration, bindings).filter(({ place }) => matchesPlace(place, call));
      return listAnswer(call, 'bindings', rows, toBinding);
    }),

    read('unbinded-apis', (call, { configuration }, gatewayId) => {
      const key = required(configuration, 'signatureKey', gatewayId, queryId(call, 'sign_id'));
      const rows = publishedPlaces(configuration, gatewayId)
        .filter((place) => matchesPlace(place, call))
        .map((place) => ({ place, other: keyAt(configuration, place) }))
        .filter(({ other }) => other?.id !== key.id);
      return listAnswer(call, 'apis', rows, ({ place, other }) => ({
        ...placeRow(place),
        signature_name: other?.body.name ?? '',
      }));
    }),

    read('binded-signs', (call, { configuration }, gatewayId) => {
      const api = required(configuration, 'api', gatewayId, queryId(call, 'api_id'));
      const rows = bound(configuration, configuration.by('signatureBinding', 'apiId', api.id)).filter(
        ({ place, key }) =>
          matchesPlace(place, call) &&
          (optionalTextIn(call.query, 'sign_id') ?? key.id) === key.id &&
          key.body.name.includes(call.query['sign_name'] ?? ''),
      );
      return listAnswer(call, 'bindings', rows, toBinding);
    }),
  ];
}

interface Bound extends TieInfo<'signatureBinding'> {
  readonly key: Stored<'signatureKey'>;
}

function bound(
  configuration: ConfigurationReader,
  bindings: readonly Stored<'signatureBinding'>[],
): readonly Bound[] {
  return withPlaces(configuration, bindings).flatMap((row) => {
    const key = configuration.get('signatureKey', row.tie.body.signatureKeyId);
    return key === undefined ? [] : [{ ...row, key }];
  });
}

function keyAt(configuration: ConfigurationReader, place: PlaceInfo): Stored<'signatureKey'> | undefined {
  const [binding] = tiesAt(configuration, 'signatureBinding', place);
  return binding && configuration.get('signatureKey', binding.body.signatureKeyId);
}

function toBinding({ tie: binding, place, key }: Bound): Json {
  const { api, group, environment, publication } = place;
  return {
    id: binding.id,
    publish_id: publication?.id ?? '',
    api_id: api.id,
    api_name: api.body.name,
    api_type: typeOf(api),
    api_remark: api.body.remark ?? '',
    req_method: api.body.method,
    group_name: group.body.name,
    env_id: environment.id,
    env_name: environment.body.name,
    binding_time: toSeconds(binding.createdAt),
    sign_id: key.id,
    sign_name: key.body.name,
    sign_type: key.body.type,
    sign_key: key.body.key,
    sign_secret: key.body.secret,
  };
}
