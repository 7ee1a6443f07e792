import type { ControlErrorName } from '../errors.ts';
import type { JsonSchema } from '../fields.ts';
import type { Parameter } from './operation.ts';

/*
 * The words in which requests and answers of operations are described that no kind implies. They are JSON Schemas; of an
 * object everything is there, unless it is said to be left out at times.
 */

/** An object. All its fields are there, besides those that are named as optional. */
export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

/** An object with no field that is always there. */
export function partial(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties };
}

/** A text. */
export function text(description?: string): JsonSchema {
  return { type: 'string', ...(description !== undefined && { description }) };
}

/** A text that is not empty. */
export function someText(description: string, maxLength?: number): JsonSchema {
  return { type: 'string', minLength: 1, ...(maxLength !== undefined && { maxLength }), description };
}

/** One of the given words. */
export function choice(words: readonly string[], description: string): JsonSchema {
  return { type: 'string', enum: words, description };
}

/** A whole number. */
export function whole(description: string, bounds: { min?: number; max?: number } = {}): JsonSchema {
  const { min, max } = bounds;
  return {
    type: 'integer',
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
    description,
  };
}

/** One of the given numbers. */
export function code(numbers: readonly number[], description: string): JsonSchema {
  return { type: 'integer', enum: numbers, description };
}

/** Yes or no. */
export function flag(description: string): JsonSchema {
  return { type: 'boolean', description };
}

/** A time, RFC 3339 in UTC. */
export function time(description: string): JsonSchema {
  return { type: 'string', format: 'date-time', description };
}

/** A list. */
export function list(items: JsonSchema, description?: string): JsonSchema {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

/** A list of IDs that has at least one. */
export function ids(description: string, maxItems?: number): JsonSchema {
  return {
    type: 'array',
    items: { type: 'string' },
    ...(maxItems !== undefined && { maxItems }),
    description,
  };
}

/** Two objects in one: the fields of both. */
export function both(first: JsonSchema, second: JsonSchema): JsonSchema {
  return { allOf: [first, second] };
}

/** A parameter that may be left out. */
export function filter(
  name: string,
  description: string,
  schema: JsonSchema = { type: 'string' },
): Parameter {
  return { name, schema, description };
}

/** A parameter that must be there. */
export function needed(
  name: string,
  description: string,
  schema: JsonSchema = { type: 'string' },
): Parameter {
  return { name, schema, required: true, description };
}

/** The parameter that says which others are compared as wholes. */
export function precise(names: readonly string[]): Parameter {
  return {
    name: 'precise_search',
    schema: { type: 'string' },
    description: `Parameters, joined by commas, that must be the whole value and not a part of it: of \`${names.join('`, `')}\`.`,
  };
}

/** Who may not call what is inside of a gateway, and that there is none. */
export const INSIDE: readonly ControlErrorName[] = [
  'tokenMissing',
  'methodNotPermitted',
  'gatewayOfPathNotFound',
  'gatewayNotOwned',
];

/** Who may not manage a gateway, and that there is none. */
export const MANAGED: readonly ControlErrorName[] = [
  'managementTokenMissing',
  'gatewayNotFound',
  'gatewayOfOtherProject',
];

/** What is wrong with a body or a query. */
export const MALFORMED: readonly ControlErrorName[] = ['bodyInvalid', 'valueMissing', 'valueInvalid'];

/** What is wrong with `offset` and `limit`. */
export const MISPAGED: readonly ControlErrorName[] = ['pathOrQueryInvalid'];

/** What failed of a batch, item by item. */
export function failures(about: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return list(
    object({ ...about, error_code: text('Code of the error.'), error_msg: text('What is wrong.') }),
    'What failed.',
  );
}
