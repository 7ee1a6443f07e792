import type { Json } from '@apig/sdk/contract';
import { compact, detailsField, detailsOf, withDetails } from './details.ts';
import { OWN_FIELD } from './extension-fields.ts';
import { objectsAt, own, wordAt } from './values.ts';

/*
 * Throttles and ACLs: requests to create them, and the entries of a document's `x-apigateway-ratelimits` and
 * `x-apigateway-access-controls`, by their names. Source: user guide, "Extended Definition".
 */

const UNITS = { SECOND: 'SECOND', MINUTE: 'MINUTE', HOUR: 'HOUR', DAY: 'DAY' } as const;
const HOLDERS = { APP: 'APP', USER: 'USER' } as const;

/** The special limits of a throttle, each with the name of its app, if it has one. */
export interface SpecialLimit {
  readonly request: Json;
  readonly appName: unknown;
}

/** The request for the throttle of an entry. */
export function readThrottle(name: string, entry: Json): Json {
  const part = compact({
    name,
    type: own(entry, 'shared') === true ? 2 : 1,
    api_call_limits: own(entry, 'api-limit'),
    user_call_limits: own(entry, 'user-limit'),
    app_call_limits: own(entry, 'app-limit'),
    ip_call_limits: own(entry, 'ip-limit'),
    time_interval: own(entry, 'interval'),
    time_unit: wordAt(entry, 'unit', UNITS),
  });
  return withDetails(part, entry, ['name']);
}

/** The special limits of an entry. */
export function readSpecialLimits(entry: Json): readonly SpecialLimit[] {
  return objectsAt(entry, 'special').map((special) => ({
    request: compact({
      object_type: wordAt(special, 'type', HOLDERS),
      object_id: own(special, 'instance'),
      call_limits: own(special, 'limit'),
    }),
    appName: own(special, OWN_FIELD.appName),
  }));
}

/** The entry for a throttle with its special limits. */
export function writeThrottle(request: Json, specials: readonly SpecialLimit[]): Json {
  const standard = compact({
    'api-limit': request['api_call_limits'],
    'user-limit': request['user_call_limits'],
    'app-limit': request['app_call_limits'],
    'ip-limit': request['ip_call_limits'],
    interval: request['time_interval'],
    unit: request['time_unit'],
    shared: request['type'] === 2,
    special: specials.map(({ request: { object_type, object_id, call_limits }, appName }) =>
      compact({ type: object_type, limit: call_limits, instance: object_id, [OWN_FIELD.appName]: appName }),
    ),
  });
  const readBack = readThrottle(String(request['name']), standard);
  return { ...standard, ...detailsField(detailsOf('throttle', [], request, readBack)) };
}

/** The request for the ACL of an entry. */
export function readAcl(name: string, entry: Json): Json {
  return compact({
    acl_name: name,
    acl_type: own(entry, 'acl-type'),
    entity_type: own(entry, 'entity-type') ?? 'IP',
    acl_value: own(entry, 'value'),
  });
}

/** The entry for an ACL. */
export function writeAcl({ acl_type, entity_type, acl_value }: Json): Json {
  return { 'acl-type': acl_type, 'entity-type': entity_type, value: acl_value };
}
