import { z } from 'zod';
import { fieldsOf, type Field } from './fields.ts';
import type { Json } from './wire.ts';

/** What is empty in a field that may be left out means, at any depth, that it is left out: services show nothing of it. */
export function withoutEmpty(schema: z.ZodType, value: unknown): unknown {
  if (Array.isArray(value) && schema instanceof z.ZodArray) {
    return value.map((item: unknown) => withoutEmpty(schema.element as z.ZodType, item));
  }
  if (typeof value !== 'object' || value === null || !(schema instanceof z.ZodObject)) return value;
  const kept: Json = { ...value };
  for (const field of fieldsOf(schema)) {
    const item = kept[field.name];
    if (item === undefined) continue;
    kept[field.name] = isEmpty(field, item) ? undefined : withoutEmpty(field.inner, item);
  }
  return kept;
}

/** Whether a value of a field means that the field is left out. An object without keys is no such thing: it has defaults. */
export function isEmpty({ optional, inner }: Field, item: unknown): boolean {
  if (item === null) return true;
  if (!optional) return false;
  if (item === '' || (Array.isArray(item) && item.length === 0)) return true;
  return inner instanceof z.ZodRecord && typeof item === 'object' && Object.keys(item).length === 0;
}
