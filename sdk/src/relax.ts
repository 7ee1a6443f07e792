import { z } from 'zod';

/*
 * In a preview some values are not known yet, and a marker stands for them. Such a value can be anything; everything
 * around it is checked as ever.
 */

/** Tells whether a value is unknown or has an unknown value inside. */
export function holdsUnknown(value: unknown, isUnknown: (value: unknown) => boolean): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((item) => holdsUnknown(item, isUnknown));
}

/**
 * A schema for one value: what is unknown in the value is accepted there, the rest as the given schema says. Rules over
 * a list as a whole (its length, each item once) are left out when one of its items holds something unknown.
 */
export function relax(schema: z.ZodType, value: unknown, isUnknown: (value: unknown) => boolean): z.ZodType {
  if (isUnknown(value)) return z.unknown();
  if (!holdsUnknown(value, isUnknown)) return schema;
  const inside = (inner: z.ZodType, item: unknown) => relax(inner, item, isUnknown);
  const items = value as Readonly<Record<string, unknown>>;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return inside(schema.unwrap() as z.ZodType, value);
  }
  if (schema instanceof z.ZodObject && !Array.isArray(value)) {
    return z.object(mapEntries(schema.shape, (name, field) => inside(field as z.ZodType, items[name])));
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const element = schema.element as z.ZodType;
    return z.tuple(value.map((item) => inside(element, item)) as [z.ZodType, ...z.ZodType[]]);
  }
  if (schema instanceof z.ZodRecord && !Array.isArray(value)) {
    return z.object(mapEntries(items, (_, item) => inside(schema.valueType as z.ZodType, item)));
  }
  return schema;
}

function mapEntries<In, Out>(
  object: Readonly<Record<string, In>>,
  change: (name: string, item: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(object).map(([name, item]) => [name, change(name, item)]));
}
