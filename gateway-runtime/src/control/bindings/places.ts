import { fail, type Json } from '@apig/sdk/contract';
import { optionalTextIn } from '../body.ts';
import type { ControlCall } from '../call.ts';
import { find } from '../lookup.ts';
import { publicationAt, type Place } from '../publication.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';

/** An API in an environment, with all that the lists of bindings tell of it. */
export interface PlaceInfo extends Place {
  readonly api: Stored<'api'>;
  readonly group: Stored<'apiGroup'>;
  readonly environment: Stored<'environment'>;
  /** Undefined when the API was never published there. */
  readonly publication: Stored<'publication'> | undefined;
}

/** What is known of an API in an environment; undefined when either is gone. */
export function placeInfo(configuration: ConfigurationReader, place: Place): PlaceInfo | undefined {
  const { gatewayId, apiId, environmentId } = place;
  const api = find(configuration, 'api', gatewayId, apiId);
  const group = api && find(configuration, 'apiGroup', gatewayId, api.body.groupId);
  const environment = find(configuration, 'environment', gatewayId, environmentId);
  if (api === undefined || group === undefined || environment === undefined) return undefined;
  const publication = publicationAt(configuration, place);
  return { gatewayId, apiId, environmentId, api, group, environment, publication };
}

/** Every API of a gateway in every environment where it is published, newest publication first. */
export function publishedPlaces(configuration: ConfigurationReader, gatewayId: string): readonly PlaceInfo[] {
  return configuration
    .by('publication', 'gatewayId', gatewayId)
    .filter(({ body }) => body.versionId !== undefined)
    .toReversed()
    .flatMap(({ body }) => placeInfo(configuration, body) ?? []);
}

/** The places of which published APIs are to be bound. @throws publicationNotFound for the first ID that is of none. */
export function placesOf(
  configuration: ConfigurationReader,
  gatewayId: string,
  publishIds: readonly string[],
): readonly Place[] {
  return publishIds.map((id) => {
    const publication = find(configuration, 'publication', gatewayId, id);
    if (publication?.body.versionId === undefined) throw fail('publicationNotFound', { id });
    return publication.body;
  });
}

/** Whether a place passes the filters `env_id`, `group_id`, `api_id` and `api_name`, and those of its group and environment by name. */
export function matchesPlace({ api, group, environment }: PlaceInfo, { query }: ControlCall): boolean {
  const precise = (query['precise_search'] ?? '').split(',');
  const whole = (name: string, value: string) => (optionalTextIn(query, name) ?? value) === value;
  const part = (name: string, value: string) =>
    precise.includes(name) ? whole(name, value) : value.includes(optionalTextIn(query, name) ?? '');
  return (
    whole('env_id', environment.id) &&
    whole('group_id', group.id) &&
    whole('api_id', api.id) &&
    part('api_name', api.body.name) &&
    part('group_name', group.body.name) &&
    part('env_name', environment.body.name)
  );
}

/** What lists of APIs tell of one that is or could be bound. */
export function placeRow({ api, group, environment, publication }: PlaceInfo): Json {
  return {
    id: api.id,
    name: api.body.name,
    type: typeOf(api),
    req_method: api.body.method,
    req_uri: api.body.path,
    auth_type: api.body.authentication,
    remark: api.body.remark ?? '',
    group_id: group.id,
    group_name: group.body.name,
    publish_id: publication?.id ?? '',
    run_env_id: publication === undefined ? '' : environment.id,
    run_env_name: publication === undefined ? '' : environment.body.name,
  };
}

/** Whether an API is public, as the documented number. */
export function typeOf({ body }: Stored<'api'>): number {
  return body.visibility === 'PUBLIC' ? 1 : 2;
}
