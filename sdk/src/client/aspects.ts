import type { Aspect, Description } from '../describe.ts';
import { digestOf } from '../digest.ts';
import { fieldsOf } from '../fields.ts';
import { encode, type Json } from '../wire.ts';

/** A call that brings an aspect of an object from one value to another. */
export interface AspectCall {
  readonly aspect: Aspect;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Below the object's own. */
  readonly path: string;
  readonly body?: Json;
}

/** Fields that operations of their own write. */
export function aspectFields(description: Description): readonly string[] {
  return aspectsOf(description).flatMap((aspect) => aspect.fields);
}

/** The aspects of a kind, in the order in which they may be changed. */
export function aspectsOf({ operations }: Description): readonly Aspect[] {
  return (operations.shape === 'collection' ? operations.aspects : undefined) ?? [];
}

/** The calls for what differs between an object as it is and as it should be. */
export function aspectCalls(description: Description, before: Json, after: Json): readonly AspectCall[] {
  return aspectsOf(description).flatMap((aspect) => {
    const asked = aspect.fields.filter((name) => !isChosenByService(description, name, after));
    if (isSame(description, asked, before, after)) return [];
    if (aspect.byEntry) return entryCalls(aspect, before, after);
    const [had, has] = [before, after].map((value) =>
      aspect.fields.some((name) => value[name] !== undefined),
    );
    const bodyOf = (value: Json) =>
      renamed(description, aspect, encode(description.input, pick(value, aspect.fields)));
    if (has) {
      const method = had ? aspect.change : aspect.add;
      return [{ aspect, method, path: aspect.path, body: bodyOf(after) }];
    }
    const { remove: method, removePath: path = aspect.path } = aspect;
    if (method === undefined) return [];
    return [{ aspect, method, path, ...(method === 'POST' && { body: bodyOf(before) }) }];
  });
}

/** Tells whether two values have the same content in the given fields. */
export function isSame(description: Description, fields: readonly string[], one: Json, other: Json): boolean {
  const omit = fieldsOf(description.input)
    .map(({ name }) => name)
    .filter((name) => !fields.includes(name));
  return digestOf(description.input, one, omit) === digestOf(description.input, other, omit);
}

/** What the service chose is kept when it is left out again. */
function isChosenByService(description: Description, name: string, value: Json): boolean {
  const field = fieldsOf(description.input).find((each) => each.name === name);
  return field?.marks.generated === true && value[name] === undefined;
}

function entryCalls(aspect: Aspect, before: Json, after: Json): readonly AspectCall[] {
  const [name = ''] = aspect.fields;
  const [had, has] = [entriesOf(before[name]), entriesOf(after[name])];
  const gone = [...had].filter(([key]) => !has.has(key));
  const fresh = [...has].filter(([key, value]) => had.get(key) !== value);
  const call = (action: string, pairs: readonly (readonly [string, unknown])[]): readonly AspectCall[] =>
    pairs.length === 0
      ? []
      : [
          {
            aspect,
            method: aspect.change,
            path: aspect.path,
            body: { action, [name]: pairs.map(([key, value]) => ({ key, value })) },
          },
        ];
  return [...call('delete', gone), ...call('create', fresh)];
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

/** A request with the names that the operation has for its fields. */
function renamed({ input }: Description, { names = {} }: Aspect, body: Json): Json {
  const others = new Map(fieldsOf(input).map(({ name, wire }) => [wire, names[name] ?? wire]));
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [others.get(name) ?? name, value]));
}

/** The given fields of a value. */
export function pick(value: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}
