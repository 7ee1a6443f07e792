import { z } from 'zod';
import type { Description } from '../describe.ts';
import { fieldOf, fieldsOf, type Field } from '../fields.ts';
import { descriptionOf, resources, type Kind } from '../resources/index.ts';
import { settle } from '../settle.ts';
import type { Json } from '../wire.ts';
import { objectIn } from './comments.ts';
import { spelledOut } from './markdown.ts';

/*
 * An example has the required fields, and those that the description gives an example for. Where it gives none, a value
 * is guessed: the first of some candidates that the field's schema takes. As long as the whole does not settle, the field
 * at the first fault gets its next candidate, its first one if it was left out, or is left out if there is no other.
 */

/** The texts to guess with. */
const TEXTS = ['orders', 'orders.example.com', '/orders', '192.0.2.1', 'https://orders.example.com'];
const NUMBERS = [1, 10, 100, 1000];
const MOST_STEPS = 50;

/**
 * A small input of a kind that settles. IDs and other outputs of described objects are written `<kind>.<output>`, where arguments are outputs too. What
 * its reader brings, which are arguments that no answer shows, settles when `brought` has it.
 */
export function exampleOf(kind: Kind, brought: Json = {}): Json {
  const description = descriptionOf(kind);
  const isStandIn = (name: unknown) =>
    !(String(name) in brought) &&
    fieldsOf(description.input).some((field) => field.name === name && field.marks.writeOnly);
  let value: Json = { ...objectOf(description.input), ...afterDeployment(description), ...brought };
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const fault = settle(description, value).faults.find(({ path }) => !isStandIn(path[0]));
    if (fault === undefined) return value;
    const mended = mend(description.input, value, fault.path);
    if (mended === undefined) throw noExample(kind, `${fault.path.join('.')}: ${fault.message}`);
    value = mended;
  }
  throw noExample(kind, `not found in ${MOST_STEPS} steps`);
}

/** Whether a text of an example stands for an output of another object. */
export function isOutput(text: string): boolean {
  return outputIn(text) !== undefined;
}

/** The output of another object that a text of an example stands for. */
export function outputIn(text: string): { readonly kind: Kind; readonly name: string } | undefined {
  const [kind = '', name = '', more] = text.split('.');
  if (more !== undefined || !isKind(kind)) return undefined;
  const { input, output } = descriptionOf(kind);
  const names = ['id', ...[output, input].flatMap((schema) => fieldsOf(schema).map((field) => field.name))];
  return names.includes(name) ? { kind, name } : undefined;
}

/** What is bound to APIs follows their deployment, so that it waits for that. */
function afterDeployment({ operations }: Description): Json {
  if (operations.shape !== 'binding') return {};
  return { environmentId: 'deployment.environmentId', apiIds: ['deployment.apiId'] };
}

function objectOf(schema: z.ZodObject): Json {
  return Object.fromEntries(
    fieldsOf(schema)
      .filter(({ optional, marks }) => !optional || marks.example !== undefined)
      .map((field) => [field.name, candidates(field)[0]]),
  );
}

function candidates(field: Field): readonly unknown[] {
  const { name, inner, marks } = field;
  if (marks.example !== undefined) return [marks.example];
  if (marks.ref !== undefined) return [isKind(marks.ref) ? `${marks.ref}.id` : `${kebab(marks.ref)}-id`];
  const output = outputNamed(name);
  if (output !== undefined) return [output];
  if (inner instanceof z.ZodObject) return [objectOf(inner)];
  if (inner instanceof z.ZodArray) {
    return candidates(fieldOf(name, inner.element as z.ZodType)).map((item) => [item]);
  }
  if (inner instanceof z.ZodRecord) return [{}];
  const id = /^(\w+?)Ids?$/.exec(name)?.[1];
  const guesses = [
    ...(inner instanceof z.ZodEnum ? inner.options : []),
    ...(id === undefined ? [] : [`${kebab(id)}-1`]),
    ...TEXTS,
    ...NUMBERS,
    ...(inner instanceof z.ZodNumber ? [inner.minValue, inner.maxValue] : []),
    true,
    false,
    {},
  ];
  return guesses.filter((guess) => inner.safeParse(guess).success);
}

/** An output that a field is named after: `apiDigest` holds the `digest` of an `api`. */
function outputNamed(name: string): string | undefined {
  const outputs = (Object.keys(resources) as Kind[]).flatMap((kind) =>
    fieldsOf(descriptionOf(kind).output).map((output) => [kind, output.name] as const),
  );
  const found = outputs.find(([kind, output]) => kebab(name) === `${kebab(kind)}-${kebab(output)}`);
  return found?.join('.');
}

function mend(schema: z.ZodObject, value: Json, [name, ...rest]: readonly PropertyKey[]): Json | undefined {
  const field = fieldsOf(schema).find((each) => each.name === name);
  if (field === undefined) return undefined;
  const item = value[field.name];
  const guesses = candidates(field);
  if (item === undefined) return guesses.length === 0 ? undefined : { ...value, [field.name]: guesses[0] };
  const below = objectIn(field.inner);
  const [index, ...inItem] = rest;
  if (below && Array.isArray(item) && typeof index === 'number' && inItem.length > 0) {
    const mended = mend(below, item[index] as Json, inItem);
    return mended && { ...value, [field.name]: item.with(index, mended) };
  }
  if (below && !Array.isArray(item) && rest.length > 0) {
    const mended = mend(below, item as Json, rest);
    return mended && { ...value, [field.name]: mended };
  }
  const json = JSON.stringify(item);
  const next = guesses.findIndex((guess) => JSON.stringify(guess) === json) + 1;
  if (next < guesses.length) return { ...value, [field.name]: guesses[next] };
  if (!field.optional) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field.name));
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(resources, text);
}

function kebab(name: string): string {
  return spelledOut(name).replaceAll(' ', '-');
}

function noExample(kind: Kind, reason: string): Error {
  return new Error(`no example of ${kind} settles (${reason}): say example(…) of its fields`);
}
