import { z } from 'zod';
import type { Description } from './describe.ts';
import { fieldOf, fieldsOf } from './fields.ts';
import { decode, encode, type Json } from './wire.ts';

/**
 * The documented form of one part of a kind without what settling fills in: of two that mean the same, the same.
 *
 * @param path documented names of the fields that lead to the part, such as `policy_https`, `conditions`; none for the
 *   kind itself. The items of a list are parts.
 */
export function shortForm(description: Description, path: readonly string[], wire: Json): Json {
  const schema = partOf(description, path);
  return encode(schema, withoutDefaults(schema, decode(schema, wire)));
}

function partOf(description: Description, path: readonly string[]): z.ZodObject {
  let schema = description.input;
  for (const step of path) {
    const field = fieldsOf(schema).find(({ wire }) => wire === step);
    const part = field?.inner instanceof z.ZodArray ? elementOf(field.inner) : field?.inner;
    if (!(part instanceof z.ZodObject)) throw new Error(`${description.kind} has no part ${path.join('.')}`);
    schema = part;
  }
  return schema;
}

function withoutDefaults(schema: z.ZodObject, value: Json): Json {
  const kept: Json = {};
  for (const { name, schema: whole, inner, optional } of fieldsOf(schema)) {
    const item = value[name];
    if (item === undefined || (optional && isDefault(whole, item))) continue;
    kept[name] = below(inner, item);
  }
  return kept;
}

function below(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null)
    return withoutDefaults(schema, value as Json);
  if (!(schema instanceof z.ZodArray) || !Array.isArray(value)) return value;
  return value.map((item: unknown) => below(elementOf(schema), item));
}

function elementOf(schema: z.ZodArray): z.ZodType {
  return fieldOf('', schema.element as z.ZodType).inner;
}

function isDefault(schema: z.ZodType, value: unknown): boolean {
  const filled = schema.safeParse(undefined);
  return filled.success && JSON.stringify(filled.data) === JSON.stringify(value);
}
