import type { Json } from '@apig/sdk/contract';
import { throttleAnswer } from '../answers/throttle.ts';
import { optionalTextIn, textIn, textsIn } from '../body.ts';
import type { ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { listAnswer } from '../paging.ts';
import { publicationAt, type Place } from '../publication.ts';
import { toSeconds } from '../times.ts';
import { matchesPlace, placeRow, placesOf, publishedPlaces, type PlaceInfo } from './places.ts';
import { queryId, tie, tiesAt, untie, untieMany, withPlaces } from './ties.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Draft } from '../../store/draft.ts';

/** Source: API reference, "Binding a Request Throttling Policy" and the pages that follow it. */
export function throttleBindingRoutes(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'throttle-bindings');
  return [
    change('POST', '', 201, ({ body }, { draft }, gatewayId) => {
      const throttle = required(draft, 'throttle', gatewayId, textIn(body, 'strategy_id'));
      const applied = placesOf(draft, gatewayId, textsIn(body, 'publish_ids')).map((place) =>
        bindThrottle(draft, place, throttle),
      );
      return { throttle_applys: applied.map((binding) => toApply(binding, draft)) };
    }),

    change('PUT', '', 200, (call, scope, gatewayId) =>
      untieMany('throttleBinding', 'throttle_bindings', call, scope, gatewayId),
    ),
    change('DELETE', '{id}', 204, (call, scope, gatewayId) => {
      untie('throttleBinding', call, scope, gatewayId);
    }),

    read('binded-apis', (call, { configuration }, gatewayId) => {
      const throttle = required(configuration, 'throttle', gatewayId, queryId(call, 'throttle_id'));
      const bindings = configuration.by('throttleBinding', 'throttleId', throttle.id);
      const rows = withPlaces(configuration, bindings).filter(({ place }) => matchesPlace(place, call));
      return listAnswer(call, 'apis', rows, ({ place, tie: binding }) => toRow(place, binding, throttle));
    }),

    read('unbinded-apis', (call, { configuration }, gatewayId) => {
      const throttle = required(configuration, 'throttle', gatewayId, queryId(call, 'throttle_id'));
      const rows = publishedPlaces(configuration, gatewayId)
        .filter((place) => matchesPlace(place, call))
        .map((place) => ({ place, other: throttleAt(configuration, place) }))
        .filter(({ other }) => other?.id !== throttle.id);
      return listAnswer(call, 'apis', rows, ({ place, other }) => toRow(place, undefined, other));
    }),

    read('binded-throttles', (call, view, gatewayId) => {
      const { configuration } = view;
      const api = required(configuration, 'api', gatewayId, queryId(call, 'api_id'));
      const rows = withPlaces(configuration, configuration.by('throttleBinding', 'apiId', api.id))
        .map((row) => ({ ...row, throttle: configuration.get('throttle', row.tie.body.throttleId) }))
        .filter(
          ({ place, throttle }) =>
            matchesPlace(place, call) &&
            throttle !== undefined &&
            (optionalTextIn(call.query, 'throttle_id') ?? throttle.id) === throttle.id &&
            throttle.body.name.includes(call.query['throttle_name'] ?? ''),
        );
      return listAnswer(call, 'throttles', rows, ({ place, throttle, tie: binding }) => ({
        ...(throttle && throttleAnswer(throttle, view)),
        env_name: place.environment.body.name,
        bind_id: binding.id,
        bind_time: toSeconds(binding.createdAt),
      }));
    }),
  ];
}

/** Binds a throttle to an API in an environment, in the place of the one that is bound there. */
export function bindThrottle(
  draft: Draft,
  { gatewayId, apiId, environmentId }: Place,
  { id: throttleId }: Stored<'throttle'>,
): Stored<'throttleBinding'> {
  return tie(
    draft,
    'throttleBinding',
    { gatewayId, apiId, environmentId, throttleId },
    (other) => other.throttleId === throttleId,
    // An API has one throttle in an environment.
    () => true,
  );
}

function throttleAt(configuration: ConfigurationReader, place: PlaceInfo): Stored<'throttle'> | undefined {
  const [binding] = tiesAt(configuration, 'throttleBinding', place);
  return binding && configuration.get('throttle', binding.body.throttleId);
}

function toApply(binding: Stored<'throttleBinding'>, configuration: ConfigurationReader): Json {
  return {
    id: binding.id,
    publish_id: publicationAt(configuration, binding.body)?.id ?? '',
    scope: 1,
    strategy_id: binding.body.throttleId,
    apply_time: toSeconds(binding.createdAt),
  };
}

function toRow(
  place: PlaceInfo,
  binding: Stored<'throttleBinding'> | undefined,
  throttle: Stored<'throttle'> | undefined,
): Json {
  return {
    ...placeRow(place),
    throttle_apply_id: binding?.id ?? '',
    throttle_name: throttle?.body.name ?? '',
    // Clients read a time here, and take no empty one.
    ...(binding !== undefined && { apply_time: toSeconds(binding.createdAt) }),
  };
}
