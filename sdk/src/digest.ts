import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { fieldsOf, type Field } from './fields.ts';

/**
 * SHA-256 in hex of a settled value in canonical JSON (RFC 8785). Lists without order are sorted first, so that two
 * values that mean the same have the same digest.
 */
export function digestOf(
  schema: z.ZodObject,
  value: Readonly<Record<string, unknown>>,
  omit: readonly string[] = [],
): string {
  const kept = Object.fromEntries(
    fieldsOf(schema)
      .filter((field) => !omit.includes(field.name) && value[field.name] !== undefined)
      .map((field) => [field.name, value[field.name]]),
  );
  return hash('sha256', canonicalize(canonical(schema, kept)) ?? '');
}

/** A copy of a value in which lists without order are sorted. */
export function canonical(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null) {
    const object = value as Record<string, unknown>;
    return Object.fromEntries(
      fieldsOf(schema)
        .filter((field) => object[field.name] !== undefined)
        .map((field) => {
          return [field.name, canonicalField(field, object[field.name])];
        }),
    );
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item: unknown) => canonical(schema.element as z.ZodType, item));
  }
  return value;
}

/** The value of a field in the one form that all values of its meaning have. */
export function canonicalField({ inner, marks }: Pick<Field, 'inner' | 'marks'>, value: unknown): unknown {
  const item = inForm(marks.form, canonical(inner, value));
  if (marks.json && typeof item === 'string') return canonicalText(item);
  return marks.set && Array.isArray(item) ? item.toSorted(byJson) : item;
}

/** A text, or each text of a list, in its one form. */
function inForm(form: Field['marks']['form'], value: unknown): unknown {
  if (form === undefined) return value;
  if (typeof value === 'string') return form(value);
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) => (typeof item === 'string' ? form(item) : item));
}

/** A text that is no JSON stays as it is. */
function canonicalText(text: string): string {
  try {
    return canonicalize(JSON.parse(text)) ?? text;
  } catch {
    return text;
  }
}

function byJson(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
