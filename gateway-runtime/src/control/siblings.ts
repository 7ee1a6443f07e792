import { fail, fieldsOf, type Description, type Json } from '@apig/sdk/contract';
import type { ConfigurationReader, Stored, StoredKind } from '../store/configuration.ts';
import { assertRoom, limitOf, type Limits } from './limits.ts';
import { valuesOf } from './lookup.ts';

/** The objects of a kind that agree with a value in the given fields. */
export function siblings<K extends StoredKind>(
  configuration: ConfigurationReader,
  kind: K,
  fields: readonly string[],
  value: Json,
): readonly Stored<K>[] {
  const gatewayId = value['gatewayId'];
  const isInGateway = typeof gatewayId === 'string' && fields.includes('gatewayId');
  const objects = isInGateway
    ? // Every kind but the gateway itself is indexed by it.
      configuration.by(kind, 'gatewayId' as never, gatewayId)
    : configuration.all(kind);
  if (isInGateway && fields.length === 1) return objects;
  return objects.filter((object) => fields.every((name) => valuesOf(object)[name] === value[name]));
}

/** @throws the description's error when another object within the same parents has the same unique fields. */
export function assertUnique<K extends StoredKind>(
  description: Description,
  kind: K,
  value: Json,
  id: string,
  configuration: ConfigurationReader,
): void {
  const { unique } = description;
  if (unique === undefined) return;
  const fields = [...withinOf(description, unique.within), ...unique.fields];
  if (siblings(configuration, kind, fields, value).every((object) => object.id === id)) return;
  const [first = '', ...more] = unique.fields;
  const field = fieldsOf(description.input).find(({ name }) => name === first);
  const last = String(value[more.at(-1) ?? first]);
  const shown = field?.marks.secret ? '' : last;
  // Each entry of the catalogue takes some of these for its message.
  throw fail(unique.error, {
    name: shown,
    id: shown,
    field: field?.wire ?? first,
    reason: 'expected a value that is not taken',
  } as never);
}

/** @throws the description's error when there are as many objects within the same parents as there may be. */
export function assertQuota<K extends StoredKind>(
  description: Description,
  kind: K,
  value: Json,
  configuration: ConfigurationReader,
  limits: Limits,
): void {
  const { quota, title } = description;
  if (quota === undefined) return;
  const count = siblings(configuration, kind, withinOf(description, quota.within), value).length;
  assertRoom(count, limitOf(limits, quota.config, quota.limit), quota.error, `${title}s`);
}

/** What lies in no gateway lies in a project. */
function withinOf({ parents }: Description, within: readonly string[]): readonly string[] {
  return parents.length === 0 ? ['projectId', ...within] : within;
}
