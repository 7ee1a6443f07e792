import {
  descriptionOf,
  fieldsOf,
  writeOnlyFields,
  type Description,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import { check } from '../check.ts';
import { generatedFields, identityOf, inputOf, withoutId, withoutUndefined } from '../properties.ts';
import { TYPE_NAMES } from '../type-names.ts';
import type { Existing } from './inventory.ts';

/** An object as a resource of a program. */
export interface ExportedResource {
  readonly kind: Kind;
  readonly id: string;
  /** Name in the program's URNs. */
  readonly name: string;
  /** Name of the constant that holds it. */
  readonly variable: string;
  /** What the program says of it: the defaults are left out. */
  readonly args: Json;
  /** Arguments that the program takes from the stack's configuration: field -> key. */
  readonly settings: ReadonlyMap<string, string>;
  /** Inputs as the provider's check returns them. */
  readonly inputs: Json;
  /** Everything that the service shows. */
  readonly outputs: Json;
}

/** Makes resources of objects, with names that tell them apart. */
export function toResources(existing: readonly Existing[]): readonly ExportedResource[] {
  const words = new Map(existing.map(({ kind, object }) => [`${kind} ${object.id}`, wordsOf(kind, object)]));
  const wordOf = (kind: string, id: unknown): string =>
    (words.get(`${kind} ${String(id)}`) ?? [String(id)]).join('-');
  const names = new Names();
  return existing.map(({ kind, object }) => {
    const description = descriptionOf(kind);
    const own = words.get(`${kind} ${object.id}`) ?? [];
    const place = [
      ...description.parents.filter((field) => field !== 'gatewayId'),
      ...tieFields(description),
    ];
    const parts =
      own.length > 0 ? own : place.map((field) => wordOf(refOf(description, field), object[field]));
    const name = names.of(kind, parts.join('-') || kind);
    const variable = names.of('', toVariable(name, kind));
    return { kind, id: object.id, name, variable, ...propertiesOf(description, object, variable) };
  });
}

/** Names that are given once. */
class Names {
  readonly #taken = new Set<string>();

  of(space: string, wanted: string): string {
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? wanted : `${wanted}${space === '' ? '' : '-'}${count}`;
      if (this.#taken.has(`${space} ${name}`)) continue;
      this.#taken.add(`${space} ${name}`);
      return name;
    }
  }
}

/** What an object is called by: its name, or other values of its own that are no secrets and no IDs. */
function wordsOf(kind: Kind, object: Json): readonly string[] {
  const { input, operations } = descriptionOf(kind);
  const secrets = fieldsOf(input).filter(({ marks }) => marks.secret ?? marks.ref);
  const named = operations.shape === 'collection' || operations.shape === 'singleton';
  return identityOf(descriptionOf(kind))
    .filter((field) => named && field === 'name' && !secrets.some(({ name }) => name === field))
    .map((field) => String(object[field]));
}

/** Fields with the IDs of what an object without a name ties together. */
function tieFields(description: Description): readonly string[] {
  return identityOf(description).filter(
    (field) => !description.parents.includes(field) && refOf(description, field) !== '',
  );
}

function refOf({ input }: Description, field: string): string {
  return fieldsOf(input).find(({ name }) => name === field)?.marks.ref ?? '';
}

/** A name of JavaScript: the words of the name, then the class. */
function toVariable(name: string, kind: Kind): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const joined = [...words, TYPE_NAMES[kind]]
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  const first = joined.charAt(0).toLowerCase() + joined.slice(1);
  return /^[A-Za-z]/.test(first) ? first : `its${first}`;
}

function propertiesOf(
  description: Description,
  object: Json,
  variable: string,
): Pick<ExportedResource, 'args' | 'settings' | 'inputs' | 'outputs'> {
  const chosen = generatedFields(description);
  const shown = Object.entries(inputOf(description, object)).filter(([name]) => !chosen.includes(name));
  const full: Json = Object.fromEntries(shown);
  const { inputs, failures } = check(description, full);
  const settings = new Map<string, string>();
  for (const { name, optional, marks } of fieldsOf(description.input)) {
    const isHidden = writeOnlyFields(description).includes(name);
    const isThere = isHidden
      ? !optional || object[`has${name.charAt(0).toUpperCase()}${name.slice(1)}`] === true
      : full[name] !== undefined;
    if (isThere && !chosen.includes(name) && (isHidden || marks.secret)) {
      settings.set(name, `${variable}${name.charAt(0).toUpperCase()}${name.slice(1)}`);
    }
  }
  return {
    args: failures.length > 0 ? full : withoutDefaults(description, full, inputs, [...settings.keys()]),
    settings,
    inputs,
    outputs: withoutUndefined({ ...withoutId(object), ...inputs }),
  };
}

/** Arguments without those that the provider fills in. */
function withoutDefaults(description: Description, full: Json, inputs: Json, kept: readonly string[]): Json {
  const wanted = toText(inputs);
  return fieldsOf(description.input)
    .filter(({ name }) => full[name] !== undefined && !kept.includes(name))
    .reduce<Json>((args, { name }) => {
      const less = Object.fromEntries(Object.entries(args).filter(([field]) => field !== name));
      const result = check(description, less);
      return result.failures.length === 0 && toText(result.inputs) === wanted ? less : args;
    }, full);
}

function toText(value: Json): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
