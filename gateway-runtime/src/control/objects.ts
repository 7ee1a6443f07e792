import { fail, fieldsOf, fromRequest, settle, type Description, type Json } from '@apig/sdk/contract';
import {
  environmentKey,
  type Bodies,
  type ConfigurationReader,
  type Stored,
  type StoredKind,
} from '../store/configuration.ts';
import { param, type ControlCall } from './call.ts';
import type { WriteScope } from './context.ts';
import { toError } from './faults.ts';
import { newId } from './ids.ts';
import type { Collection, CollectionKind } from './kinds.ts';
import { gatewayOfPath, managedGateway, notFound, required, valuesOf } from './lookup.ts';
import { assertReferences } from './references.ts';
import { assertQuota, assertUnique } from './siblings.ts';

/** Stores a new object. @throws what keeps it from being created. */
export function createObject<K extends CollectionKind>(
  collection: Collection<K>,
  call: ControlCall,
  body: Json,
  scope: WriteScope,
): Stored<K> {
  const { kind, description, rules } = collection;
  const { draft, limits } = scope;
  const input = fromRequest(description, body, parentsOf(description, call, draft));
  const value = complete(collection, input, undefined, scope);
  rules.checkRequest?.(body, undefined);
  const id = rules.chosenId?.(body, scope) ?? newId();
  assertReferences(description, valuesOf({ body: value }), draft);
  assertUnique(description, kind, valuesOf({ body: value }), id, draft);
  rules.check?.(value, id, undefined, scope);
  assertQuota(description, kind, valuesOf({ body: value }), draft, limits);
  const object = draft.put(kind, id, value);
  rules.created?.(object, scope);
  return object;
}

/** Stores another version of the object that a path leads to. @throws what keeps it from being changed. */
export function updateObject<K extends CollectionKind>(
  collection: Collection<K>,
  call: ControlCall,
  scope: WriteScope,
): Stored<K> {
  const { kind, description, rules } = collection;
  const { draft } = scope;
  const before = objectOf(collection, call, draft);
  const value = complete(collection, updateInput(collection, call, before), before, scope);
  rules.checkRequest?.(call.body, before);
  assertReferences(description, valuesOf({ body: value }), draft);
  assertUnique(description, kind, valuesOf({ body: value }), before.id, draft);
  rules.check?.(value, before.id, before, scope);
  const object = draft.put(kind, before.id, value);
  rules.updated?.(object, scope);
  return object;
}

/** Stores an object with other values in some fields, whoever asked for it. @throws what keeps it from being changed. */
export function changeObject<K extends CollectionKind>(
  collection: Collection<K>,
  before: Stored<K>,
  changes: Json,
  scope: WriteScope,
): Stored<K> {
  const value = complete(collection, { ...valuesOf(before), ...changes }, before, scope);
  collection.rules.check?.(value, before.id, before, scope);
  const object = scope.draft.put(collection.kind, before.id, value);
  collection.rules.updated?.(object, scope);
  return object;
}

/** Removes the object that a path leads to, with all that goes with it. @throws what keeps it from being deleted. */
export function deleteObject<K extends CollectionKind>(
  collection: Collection<K>,
  call: ControlCall,
  scope: WriteScope,
): void {
  const object = objectOf(collection, call, scope.draft);
  collection.rules.deleting?.(object, scope);
  scope.draft.remove(object);
}

/** The object that a path leads to. @throws the "does not exist" error of a parent or of the kind. */
export function objectOf<K extends CollectionKind>(
  { kind, description, rules }: Collection<K>,
  call: ControlCall,
  configuration: ConfigurationReader,
): Stored<K> {
  const id = param(call, 'id');
  if (kind === 'gateway') managedGateway(configuration, call.account, id);
  const parents = parentsOf(description, call, configuration);
  const key = kind === 'environment' ? environmentKey(param(call, 'gatewayId'), id) : id;
  const object = configuration.get(kind, key);
  const values = object === undefined ? undefined : valuesOf(object);
  // What lies in no gateway lies in a project, whoever may use it.
  const [owner, own] =
    description.parents.length === 0
      ? [call.account.projectId, values?.['projectId']]
      : [parents['gatewayId'], values?.['gatewayId']];
  if (object === undefined || own !== owner) throw notFound(description.missing, id);
  if (description.parents.every((name) => values?.[name] === parents[name])) return object;
  throw notFound(rules.misplaced ?? description.missing, id);
}

/**
 * What the objects below a path have in common: the IDs of their parents, each of which is there, or their project.
 *
 * @throws the "does not exist" error of the first parent that is not there.
 */
export function parentsOf(
  description: Description,
  call: ControlCall,
  configuration: ConfigurationReader,
): Json {
  const [first, ...rest] = description.parents;
  if (first === undefined) return {};
  const gatewayId = gatewayOfPath(configuration, call.account, param(call, first)).id;
  const parents: Json = { [first]: gatewayId };
  for (const name of rest) {
    const ref = fieldsOf(description.input).find((field) => field.name === name)?.marks.ref;
    // A parent is an object of the gateway: its field says which kind.
    const kind = ref as Exclude<StoredKind, 'gateway'>;
    parents[name] = required(configuration, kind, gatewayId, param(call, name)).id;
  }
  return parents;
}

/** The input of an update: what the request says, and for the rest what stays. */
function updateInput<K extends CollectionKind>(
  { description, shape, rules }: Collection<K>,
  { body }: ControlCall,
  before: Stored<K>,
): Json {
  const old = valuesOf(before);
  const parents = Object.fromEntries(description.parents.map((name) => [name, old[name]]));
  const input = { ...fromRequest(description, body, parents) };
  for (const { name, wire, marks } of fieldsOf(description.input)) {
    const field = name as keyof Bodies[K] & string;
    const taken = rules.takes?.includes(field) ?? true;
    const keeps = shape.patches === true || marks.generated === true || rules.keeps?.includes(field) === true;
    // With an empty text clients clear a field; one that is never empty they leave alone.
    const given = body[wire] ?? undefined;
    const absent = given === undefined || (given === '' && marks.generated === true);
    if (!taken || (keeps && absent)) input[name] = old[name];
  }
  for (const name of rules.forgets?.(input, before) ?? []) {
    const wire = fieldsOf(description.input).find((field) => field.name === name)?.wire ?? name;
    if ((body[wire] ?? '') === '') input[name] = undefined;
  }
  return input;
}

/** The settled input that a request holds. @throws the error of its first fault */
export function settledRequest(description: Description, body: Json, parents: Json): Json {
  const { value, faults } = settle(description, fromRequest(description, body, parents));
  if (value !== undefined) return value;
  const [fault] = faults;
  if (fault === undefined) throw new Error(`${description.kind} is refused without a fault`);
  throw toError(description, fault);
}

function complete<K extends CollectionKind>(
  { description, rules }: Collection<K>,
  input: Json,
  before: Stored<K> | undefined,
  scope: WriteScope,
): Bodies[K] {
  const { value, faults } = settle(description, input);
  if (value === undefined) {
    const [fault] = faults;
    if (fault === undefined) throw new Error(`${description.kind} is refused without a fault`);
    throw rules.refusal?.(fault, input) ?? toError(description, fault);
  }
  assertUnmoved(description, value, before);
  // Settled by the kind's own description, so it is what the kind stores.
  return rules.complete?.(value, before, scope) ?? (value as Bodies[K]);
}

/** @throws valueInvalid for a changed field that cannot change. Whether an API may move to another group is its own rule. */
function assertUnmoved(
  description: Description,
  value: Json,
  before: Stored<CollectionKind> | undefined,
): void {
  if (before === undefined) return;
  const old = valuesOf(before);
  for (const { name, wire, marks } of fieldsOf(description.input)) {
    if (marks.immutable !== true || name === 'groupId') continue;
    if (JSON.stringify(value[name]) === JSON.stringify(old[name])) continue;
    throw fail('valueInvalid', { reason: 'expected the value that it was created with', field: wire });
  }
}
