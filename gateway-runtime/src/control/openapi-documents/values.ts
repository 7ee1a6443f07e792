import { fail, type Json } from '@apig/sdk/contract';

/*
 * Reads values of a document that no schema has vouched for: those of extension fields, and of what these hold. All
 * throw valueInvalid with the name of the field.
 */

/** Whether a value is an object and no list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that may be left out. */
export function objectAt(holder: Json, name: string): Json | undefined {
  const value = own(holder, name);
  if (value === undefined) return undefined;
  if (!isObject(value)) throw invalid(name, 'expected an object');
  return value;
}

/** A list of objects; empty when it is left out. */
export function objectsAt(holder: Json, name: string): readonly Json[] {
  const value = own(holder, name) ?? [];
  if (!Array.isArray(value) || !value.every(isObject)) throw invalid(name, 'expected a list of objects');
  return value;
}

/** A list of texts; empty when it is left out. One text is a list of one. */
export function textsAt(holder: Json, name: string): readonly string[] {
  const value = own(holder, name) ?? [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === 'string')) throw invalid(name, 'expected a list of texts');
  return list;
}

/** A text that may be left out. */
export function textAt(holder: Json, name: string): string | undefined {
  const value = own(holder, name);
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(name, 'expected a text');
}

/** One of a few words that may be left out, in small or large letters. */
export function wordAt<Value>(
  holder: Json,
  name: string,
  words: Readonly<Record<string, Value>>,
): Value | undefined {
  const text = textAt(holder, name);
  if (text === undefined) return undefined;
  const word = Object.keys(words).find((each) => each.toLowerCase() === text.toLowerCase());
  const value = word === undefined ? undefined : words[word];
  if (value === undefined) throw invalid(name, `expected one of ${Object.keys(words).join(', ')}`);
  return value;
}

/** A value under a name; undefined when there is none, or null. */
export function own(holder: Json, name: string): unknown {
  return Object.hasOwn(holder, name) ? (holder[name] ?? undefined) : undefined;
}

/** The error for a value that is not as it must be. */
export function invalid(field: string, reason: string): Error {
  return fail('valueInvalid', { reason, field });
}
