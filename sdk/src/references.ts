import { z } from 'zod';
import { fieldsOf } from './fields.ts';
import type { Json } from './wire.ts';

/** A field that holds the ID of another object. */
export interface Reference {
  readonly path: readonly (string | number)[];
  /** Kind of the object. */
  readonly kind: string;
  readonly id: string;
}

/** Every reference in a settled value, at any depth, in the order of the fields. */
export function referencesIn(schema: z.ZodObject, value: Json): readonly Reference[] {
  return fieldsOf(schema).flatMap(({ name, inner, marks }) => {
    const item = value[name];
    if (marks.ref !== undefined && typeof item === 'string')
      return [{ path: [name], kind: marks.ref, id: item }];
    return marks.codec ? [] : below(inner, item).map((each) => ({ ...each, path: [name, ...each.path] }));
  });
}

function below(schema: z.ZodType, value: unknown): readonly Reference[] {
  if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null)
    return referencesIn(schema, value as Json);
  if (!(schema instanceof z.ZodArray) || !Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) =>
    below(schema.element as z.ZodType, item).map((each) => ({ ...each, path: [index, ...each.path] })),
  );
}
