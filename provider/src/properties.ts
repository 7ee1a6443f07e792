import { fieldsOf, memberField, type Description, type Json } from '@apig/sdk/contract';

/*
 * A resource's properties are the fields of its description, flat: what was given, what was filled in, what the service
 * added. Names that start with `__` are the engine's and ours; the engine does not show them.
 */

/** Lists the generated fields that the program gives itself, since a refresh is not told the program's inputs. */
export const GIVEN = '__given';

/** Says that the resource takes over an object that exists. */
export const ADOPT = '__adopt';

/** How long the operations of the resource may take, as its option `customTimeouts` says. */
export const TIMEOUTS = '__timeouts';

/** Marks inputs that an import makes: what no answer of the service shows is not among them. */
export const IMPORTED = '__imported';

/** The fields by which an object that exists is found: no second one has the same values, with those of its parents. */
export function identityOf({ unique, operations }: Description): readonly string[] {
  switch (operations.shape) {
    case 'collection':
      return unique?.fields ?? [];
    case 'singleton':
      return [operations.idField];
    case 'binding':
      return [operations.owner.field, 'environmentId'];
    case 'membership':
      return [operations.owner];
    case 'publication':
      return ['apiId', 'environmentId'];
  }
}

/** The fields of a kind's input that have a value. */
export function inputOf(description: Description, properties: Json): Json {
  return pick(
    properties,
    fieldsOf(description.input).map(({ name }) => name),
  );
}

/** What finds the object that a resource stands for. */
export function addressOf(description: Description, id: string, properties: Json): Json {
  // A binding stands for its own APIs only: others may be bound to the same owner by another resource.
  const own = memberField(description);
  return { ...pick(properties, [...description.parents, ...(own === undefined ? [] : [own])]), id };
}

/**
 * The parts of what a resource stands for that another one with the same ID may have too: the APIs of a binding, the whole
 * of a deployment. None for objects that have IDs of their own.
 */
export function partsOf(description: Description, properties: Json): readonly string[] {
  if (description.operations.shape === 'collection') return [];
  const members = properties[memberField(description) ?? ''];
  return Array.isArray(members) ? members.map(String) : ['all'];
}

/** What no second object may be called, with the IDs of what it is unique in; undefined where that is not known. */
export function uniqueName(description: Description, properties: Json): string | undefined {
  const { unique, operations, parents } = description;
  const fields =
    operations.shape === 'singleton'
      ? [...parents, operations.idField]
      : unique && [...unique.within, ...unique.fields];
  if (fields === undefined) return undefined;
  const values = fields.map((name) => properties[name]);
  return values.includes(undefined) ? undefined : JSON.stringify(values);
}

/** The properties of a resource: what was asked for, and what the service added. */
export function propertiesOf(description: Description, asked: Json, object: Json): Json {
  const given = generatedFields(description).filter((name) => asked[name] !== undefined);
  return withoutUndefined({
    ...withoutId(object),
    ...asked,
    ...(given.length > 0 ? { [GIVEN]: given } : {}),
  });
}

/** The timeouts among the properties of a resource, which are kept whatever else becomes of it. */
export function keptTimeouts(properties: Json): Json {
  return properties[TIMEOUTS] === undefined ? {} : { [TIMEOUTS]: properties[TIMEOUTS] };
}

/** An object without its ID, which the engine keeps apart. */
export function withoutId(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'id'));
}

/** The fields that the service chooses when they are left out. */
export function generatedFields(description: Description): readonly string[] {
  return fieldsOf(description.input)
    .filter(({ marks }) => marks.generated)
    .map(({ name }) => name);
}

/** Properties without those that have no value. */
export function withoutUndefined(properties: Json): Json {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function pick(properties: Json, names: readonly string[]): Json {
  return withoutUndefined(Object.fromEntries(names.map((name) => [name, properties[name]])));
}
