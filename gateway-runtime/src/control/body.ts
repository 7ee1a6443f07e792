import { fail, type Json } from '@apig/sdk/contract';

/** A text that a body must have. @throws valueMissing, or valueInvalid for what is no text. */
export function textIn(body: Json, name: string): string {
  const text = optionalTextIn(body, name);
  if (text === undefined) throw fail('valueMissing', { field: name });
  return text;
}

/** A text that a body may have; an empty one is none. @throws valueInvalid for what is no text, or longer than it may be. */
export function optionalTextIn(body: Json, name: string, maxLength = Infinity): string | undefined {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw fail('valueInvalid', { reason: 'expected a text', field: name });
  if (value.length > maxLength) {
    throw fail('valueInvalid', { reason: `expected at most ${maxLength} characters`, field: name });
  }
  return value === '' ? undefined : value;
}

/** One of the given words. @throws valueMissing or valueInvalid. */
export function wordIn<const Word extends string>(body: Json, name: string, words: readonly Word[]): Word {
  const text = textIn(body, name);
  const word = words.find((each) => each === text);
  if (word === undefined)
    throw fail('valueInvalid', { reason: `expected one of ${words.join(', ')}`, field: name });
  return word;
}

/** A list of texts, each once. @throws valueMissing when it is absent, valueInvalid when it is no list of texts or too long. */
export function textsIn(body: Json, name: string, maxItems = Infinity): readonly string[] {
  const value = body[name];
  if (value === undefined || value === null) throw fail('valueMissing', { field: name });
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw fail('valueInvalid', { reason: 'expected a list of texts', field: name });
  }
  if (value.length > maxItems) {
    throw fail('valueInvalid', { reason: `expected at most ${maxItems} items`, field: name });
  }
  return [...new Set(value)];
}

/** A number, also when it is written as text. Undefined when it is absent. @throws valueInvalid for what is no number. */
export function numberIn(body: Json, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw fail('valueInvalid', { reason: 'expected a whole number', field: name });
}

/** A flag that a body may have. @throws valueInvalid */
export function optionalFlagIn(body: Json, name: string): boolean | undefined {
  return body[name] === undefined || body[name] === null ? undefined : flagIn(body, name);
}

/** A flag that a body must have. @throws valueMissing or valueInvalid. */
export function flagIn(body: Json, name: string): boolean {
  const value = body[name];
  if (value === undefined || value === null) throw fail('valueMissing', { field: name });
  if (typeof value !== 'boolean')
    throw fail('valueInvalid', { reason: 'expected true or false', field: name });
  return value;
}
