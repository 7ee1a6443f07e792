import type { Json } from '@apig/sdk/contract';

/** Tells whether a value is an object with keys, and no list. */
export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a name; an empty one where there is none. */
export function objectIn(value: Json, name: string): Json {
  const inner = value[name];
  return isRecord(inner) ? inner : {};
}

/** The list of objects under a name; an empty one where there is none. */
export function rowsIn(value: Json, name: string): readonly Json[] {
  const inner = value[name];
  return Array.isArray(inner) ? (inner as readonly Json[]) : [];
}

/** The text under a name. */
export function textIn(value: Json, name: string): string | undefined {
  const inner = value[name];
  return typeof inner === 'string' ? inner : undefined;
}
