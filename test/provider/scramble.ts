import type { z } from 'zod';
import { fieldsOf } from '@apig/sdk/contract';

/** The same value in another spelling: keys in another order, and lists without order in another order, at any depth. */
export function scramble(
  schema: z.ZodType,
  value: unknown,
  shuffle: <T>(items: readonly T[]) => T[],
): unknown {
  if (Array.isArray(value)) {
    const element = 'element' in schema ? (schema.element as z.ZodType) : schema;
    return value.map((item) => scramble(element, item, shuffle));
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = new Map(
    'shape' in schema ? fieldsOf(schema as z.ZodObject).map((field) => [field.name, field]) : [],
  );
  return Object.fromEntries(
    shuffle(Object.entries(value)).map(([name, item]) => {
      const field = fields.get(name);
      if (field === undefined) return [name, item];
      const other = scramble(field.inner, item, shuffle);
      return [name, field.marks.set && Array.isArray(other) ? shuffle(other) : other];
    }),
  );
}
