import { z } from 'zod';
import { fieldsOf, type Codec, type Field } from './fields.ts';

/*
 * The documented JSON differs from the typed form in four ways: names are snake_case, flags are the numbers 1 and 2,
 * lists are comma-joined text, and a few names follow no rule. A field says which of these it is (see describe.ts), so
 * two walks over a schema translate every kind, in both directions.
 */

/** A decoded JSON object. */
export type Json = Record<string, unknown>;

/** `true` and `false` as the numbers 1 and 2. 0, which some clients send, reads as `false`. */
export const flagCodec: Codec = {
  schema: { type: 'integer', enum: [1, 2], description: '1: yes; 2: no.' },
  encode: (value) => (value === true ? 1 : 2),
  decode: (wire) => (wire === 1 ? true : wire === 2 || wire === 0 ? false : wire),
};

/** A list of strings as one comma-joined text. Blanks around the items and empty items are dropped on reading. */
export const commaCodec: Codec = {
  schema: { type: 'string', description: 'Items are joined by commas.' },
  encode: (value) => (value as string[]).join(','),
  decode: (wire) =>
    typeof wire === 'string'
      ? wire
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== '')
      : wire,
};

/** One text as a list of one; a text alone reads as itself. */
export const listOfOneCodec: Codec = {
  schema: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1 },
  encode: (value) => [value],
  decode: (wire) => (Array.isArray(wire) && wire.length === 1 ? (wire[0] as unknown) : wire),
};

/** A number as decimal text. */
export const numberTextCodec: Codec = {
  schema: { type: 'string', pattern: '^-?[0-9]+$' },
  encode: (value) => String(value),
  decode: (wire) => (typeof wire === 'string' && /^-?\d+$/.test(wire) ? Number(wire) : wire),
};

/** String-to-string entries as `[{key, value}]`. */
export const entriesCodec: Codec = {
  schema: {
    type: 'array',
    items: {
      type: 'object',
      properties: { key: { type: 'string' }, value: { type: 'string' } },
      required: ['key'],
    },
  },
  encode: (value) =>
    Object.entries(value as Record<string, string>).map(([key, text]) => ({ key, value: text })),
  decode: (wire) =>
    Array.isArray(wire) && wire.every(isEntry)
      ? Object.fromEntries(wire.map(({ key, value }) => [key, value ?? '']))
      : wire,
};

/** Words for the numbers or names that the documented JSON uses. */
export function wordsCodec(words: Readonly<Record<string, string | number>>): Codec {
  const pairs = Object.entries(words);
  const back = new Map(pairs.map(([word, wire]) => [wire, word]));
  return {
    schema: {
      type: pairs.every(([, wire]) => typeof wire === 'number') ? 'integer' : 'string',
      enum: pairs.map(([, wire]) => wire),
      description: `${pairs.map(([word, wire]) => `${wire}: \`${word}\``).join('; ')}.`,
    },
    encode: (value) => words[value as string] ?? value,
    decode: (wire) => back.get(wire as string | number) ?? wire,
  };
}

/** Typed value to documented JSON. Undefined and local fields are left out. */
export function encode(schema: z.ZodObject, value: Json, omit: readonly string[] = []): Json {
  const wire: Json = {};
  for (const field of fieldsOf(schema)) {
    const item = value[field.name];
    if (item === undefined || field.marks.local || omit.includes(field.name)) continue;
    wire[field.wire] = encodeValue(field, item);
  }
  return wire;
}

/**
 * Documented JSON to the typed form, unvalidated. Unknown keys are dropped, as the service does; `null` and, where a
 * field may be left out, the empty string count as left out, since clients send them for what they do not know.
 */
export function decode(schema: z.ZodObject, wire: Json): Json {
  const value: Json = {};
  for (const field of fieldsOf(schema)) {
    const item = wire[field.wire];
    if (item === undefined || item === null || field.marks.local) continue;
    if (item === '' && field.optional) continue;
    value[field.name] = decodeValue(field, item);
  }
  return value;
}

/** The documented name of a typed path, for error texts: `httpBackend.timeoutMs` is `backend_api.timeout`. */
export function toWirePath(schema: z.ZodObject, path: readonly PropertyKey[]): string {
  const names: string[] = [];
  let at: z.ZodType | undefined = schema;
  for (const step of path) {
    const field: Field | undefined =
      at instanceof z.ZodObject ? fieldsOf(at).find((each) => each.name === step) : undefined;
    names.push(field?.wire ?? String(step));
    at = field?.inner ?? (at instanceof z.ZodArray ? (at.element as z.ZodType) : undefined);
    // Below a codec the two forms have no path in common.
    if (field?.marks.codec) break;
  }
  return names.join('.');
}

function encodeValue(field: Field, value: unknown): unknown {
  return field.marks.codec ? field.marks.codec.encode(value) : walk(field.inner, value, encode);
}

function decodeValue(field: Field, wire: unknown): unknown {
  return field.marks.codec ? field.marks.codec.decode(wire) : walk(field.inner, wire, decode);
}

function walk(
  schema: z.ZodType,
  value: unknown,
  translate: (schema: z.ZodObject, value: Json) => Json,
): unknown {
  if (schema instanceof z.ZodObject && isObject(value)) return translate(schema, value);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item: unknown) => walk(schema.element as z.ZodType, item, translate));
  }
  return value;
}

function isEntry(item: unknown): item is { readonly key: string; readonly value?: unknown } {
  return isObject(item) && typeof item['key'] === 'string';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
