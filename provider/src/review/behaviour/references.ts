import { descriptionOf, referencesIn, type Json } from '@apig/sdk/contract';
import { isUnknown } from '../../unknown.ts';
import type { Resource } from './resources.ts';

/** Lists of IDs, and the kind of the objects in them. */
const LISTS: Readonly<Record<string, string>> = { apiIds: 'api', appIds: 'app' };

/** Fields in which a resource names another one of a kind, so that the ID can be taken from there. */
const NAMING: Readonly<Record<string, string>> = { apiGroup: 'groupId' };

/** The values of a resource, with the IDs that a preview does not know yet. */
export function resolveReferences(
  resource: Resource,
  find: (kind: string, urns: readonly string[]) => readonly string[],
): Json {
  const { kind, dependencies } = resource;
  let values = resource.values;
  const from = (property: string) => dependencies[property] ?? [];
  for (const { path, kind: wanted, id } of referencesIn(descriptionOf(kind).input, values)) {
    if (!isUnknown(id)) continue;
    const [found] = find(wanted, from(String(path[0])));
    if (found !== undefined) values = withValue(values, path, found) as Json;
  }
  for (const [list, wanted] of Object.entries(LISTS)) {
    const ids = values[list];
    if (isUnknown(ids)) values = { ...values, [list]: find(wanted, from(list)) };
    else if (Array.isArray(ids) && ids.some(isUnknown)) {
      const known: readonly unknown[] = ids.filter((id: unknown) => !isUnknown(id));
      const others = find(wanted, from(list)).filter((id) => !known.includes(id));
      values = { ...values, [list]: [...known, ...others.slice(0, ids.length - known.length)] };
    }
  }
  // The object of an exception is no reference: it may be an account.
  if (kind === 'throttleException' && isUnknown(values['objectId'])) {
    const [app] = find('app', from('objectId'));
    if (app !== undefined) values = { ...values, objectId: app };
  }
  return values;
}

/** Finds IDs among resources: those of a kind, then those that others name. */
export function createFinder(
  resources: readonly Resource[],
  valuesOf: (resource: Resource) => Json,
): (kind: string, urns: readonly string[]) => readonly string[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return (kind, urns) => {
    const known = urns.flatMap((urn): readonly Resource[] => {
      const resource = byUrn.get(urn);
      return resource === undefined ? [] : [resource];
    });
    const own = known.filter((resource) => resource.kind === kind).map(({ id }) => id);
    const named = known
      .filter((resource) => resource.kind !== kind)
      .map((resource) => valuesOf(resource)[NAMING[kind] ?? `${kind}Id`])
      .filter((id): id is string => typeof id === 'string' && !isUnknown(id));
    return [...new Set([...own, ...named])];
  };
}

/** A copy of a value with another one at a path. */
export function withValue(
  value: unknown,
  [step, ...below]: readonly (string | number)[],
  other: unknown,
): unknown {
  if (step === undefined) return other;
  const inner = typeof value === 'object' && value !== null ? (value as Json)[step] : undefined;
  const changed = withValue(inner, below, other);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === step ? changed : item));
  return { ...(value as Json), [step]: changed };
}
