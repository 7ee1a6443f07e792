import { z } from 'zod';
import { fieldOf, fieldsOf } from './fields.ts';
import type { Json } from './wire.ts';

/** Where a value stands in an object: names of fields and positions in lists. */
export type SecretPath = readonly (string | number)[];

/**
 * A copy of a value in typed form in which every secret, at any depth, is what `change` makes of it; undefined leaves
 * it out. Secrets that are not there stay so, and what is no secret is the value itself.
 */
export function mapSecrets(
  schema: z.ZodObject,
  value: Json,
  change: (secret: unknown, path: SecretPath) => unknown,
): Json {
  return mapFields(schema, value, change, []);
}

/** The paths of the secrets that a value in typed form has. */
export function secretsIn(schema: z.ZodObject, value: Json): readonly SecretPath[] {
  const paths: SecretPath[] = [];
  mapSecrets(schema, value, (secret, path) => {
    paths.push(path);
    return secret;
  });
  return paths;
}

type Change = (secret: unknown, path: SecretPath) => unknown;

function mapFields(schema: z.ZodObject, value: Json, change: Change, path: SecretPath): Json {
  let result = value;
  for (const { name, inner, marks } of fieldsOf(schema)) {
    const before = value[name];
    if (before === undefined || before === null) continue;
    const here = [...path, name];
    const after = marks.secret ? change(before, here) : mapBelow(inner, before, change, here);
    if (after === before) continue;
    result =
      after === undefined
        ? Object.fromEntries(Object.entries(result).filter(([other]) => other !== name))
        : { ...result, [name]: after };
  }
  return result;
}

function mapBelow(schema: z.ZodType, value: unknown, change: Change, path: SecretPath): unknown {
  if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null)
    return mapFields(schema, value as Json, change, path);
  if (!(schema instanceof z.ZodArray) || !Array.isArray(value)) return value;
  const { inner, marks } = fieldOf('', schema.element as z.ZodType);
  const items = value.map((item: unknown, index) => {
    const here = [...path, index];
    return marks.secret ? change(item, here) : mapBelow(inner, item, change, here);
  });
  return items.every((item, index) => item === value[index]) ? value : items;
}
