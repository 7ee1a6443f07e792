import { fail, fieldsOf, type Description, type Json } from '@apig/sdk/contract';
import {
  isIndexed,
  type Bodies,
  type ConfigurationReader,
  type Stored,
  type StoredKind,
} from '../store/configuration.ts';
import { assertRoom, limitOf, type Limits } from './limits.ts';
import { valuesOf } from './lookup.ts';

/** The objects of a kind that agree with a value in the given fields. */
export function siblings<K extends StoredKind>(
  configuration: ConfigurationReader,
  kind: K,
  fields: readonly string[],
  value: Json,
): readonly Stored<K>[] {
  const index = narrowest(configuration, kind, fields, value);
  if (index === undefined) {
    return configuration
      .all(kind)
      .filter((object) => fields.every((name) => valuesOf(object)[name] === value[name]));
  }
  const objects = configuration.by(kind, index.field, index.text);
  const others = fields.filter((name) => name !== index.field);
  if (others.length === 0) return objects;
  return objects.filter((object) => others.every((name) => valuesOf(object)[name] === value[name]));
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
  assertWithin(description, kind, value, configuration, limits, 0);
}

/** The same for an object that is one of them already. */
export function assertQuotaKept<K extends StoredKind>(
  description: Description,
  kind: K,
  value: Json,
  configuration: ConfigurationReader,
  limits: Limits,
): void {
  assertWithin(description, kind, value, configuration, limits, 1);
}

function assertWithin<K extends StoredKind>(
  description: Description,
  kind: K,
  value: Json,
  configuration: ConfigurationReader,
  limits: Limits,
  own: number,
): void {
  const { quota, title } = description;
  if (quota === undefined) return;
  const count = countSiblings(configuration, kind, withinOf(description, quota.within), value) - own;
  assertRoom(count, limitOf(limits, quota.config, quota.limit), quota.error, `${title}s`);
}

function countSiblings<K extends StoredKind>(
  configuration: ConfigurationReader,
  kind: K,
  fields: readonly string[],
  value: Json,
): number {
  const index = narrowest(configuration, kind, fields, value);
  return index !== undefined && fields.length === 1
    ? index.count
    : siblings(configuration, kind, fields, value).length;
}

/** Of the fields by which objects are found, the one that finds the fewest. */
function narrowest<K extends StoredKind>(
  configuration: ConfigurationReader,
  kind: K,
  fields: readonly string[],
  value: Json,
): { readonly field: keyof Bodies[K] & string; readonly text: string; readonly count: number } | undefined {
  let found;
  for (const field of fields) {
    const text = value[field];
    if (typeof text !== 'string' || !isIndexed(kind, field)) continue;
    const count = configuration.count(kind, field, text);
    if (found === undefined || count < found.count) found = { field, text, count };
  }
  return found;
}

/** What lies in no gateway lies in a project. */
function withinOf({ parents }: Description, within: readonly string[]): readonly string[] {
  return parents.length === 0 ? ['projectId', ...within] : within;
}
