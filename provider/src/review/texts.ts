import { factsOf, parseCertificates } from '@apig/sdk/contract';
import { isUnknown } from '../unknown.ts';
import { isSecret } from './hidden.ts';

/*
 * Values as readers see them: one that is long is shortened to its first and last part; of two long ones, what both begin
 * and end with is left out.
 */

/** Longest text of a value that is shown whole. */
const LONGEST = 120;
/** What stays of the part that two long values have in common, on either side. */
const CONTEXT = 16;
/** Most lines of a difference between texts of several lines. */
const MOST_LINES = 12;

/** Text of a value that is left out. */
export const GAP = '…';

/** A value as shown; undefined where there is none. */
export function showValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return shorten(plainText(value));
}

/** Two values of one field as shown, so that their difference can be seen. */
export function showBoth(
  before: unknown,
  after: unknown,
): { readonly before: string | undefined; readonly after: string | undefined } {
  if (typeof before !== 'string' || typeof after !== 'string' || isUnknown(after))
    return { before: showValue(before), after: showValue(after) };
  const [old, now] = [plainText(before), plainText(after)];
  if (old.includes('\n') && now.includes('\n')) {
    const [first, second] = onlyDifferent(old.split('\n'), now.split('\n'));
    return { before: lines(first), after: lines(second) };
  }
  if (old.length <= LONGEST && now.length <= LONGEST) return { before: old, after: now };
  const [first, second] = onlyDifferent(Array.from(old), Array.from(now), CONTEXT);
  return { before: shorten(first.join('')), after: shorten(second.join('')) };
}

/** A text with its middle left out where it is long. */
export function shorten(text: string, longest = LONGEST): string {
  const letters = Array.from(text);
  if (letters.length <= longest) return text;
  const first = Math.ceil((longest * 2) / 3);
  return `${letters.slice(0, first).join('')} ${GAP} ${letters.slice(first - longest).join('')}`;
}

function plainText(value: unknown): string {
  if (isUnknown(value)) return 'known after the update';
  if (isSecret(value)) return 'secret';
  if (typeof value === 'string') return certificateText(value) ?? (value === '' ? '(empty)' : value);
  return JSON.stringify(value, (_, item: unknown) =>
    isSecret(item) ? 'secret' : isUnknown(item) ? 'known after the update' : item,
  );
}

/** What a certificate says of itself, in the place of its encoded form. */
function certificateText(text: string): string | undefined {
  if (!text.startsWith('-----BEGIN ')) return undefined;
  const [leaf] = parseCertificates(text) ?? [];
  if (leaf === undefined) return 'an encoded key or certificate';
  const { commonName, subjectAlternativeNames, notAfter, serialNumber } = factsOf(leaf);
  const names = [...new Set([commonName, ...subjectAlternativeNames])].filter((name) => name !== '');
  return `certificate of ${names.join(', ')} until ${notAfter}, serial number ${serialNumber}`;
}

/** Two lists without what both begin and end with, apart from some context. */
function onlyDifferent(
  before: readonly string[],
  after: readonly string[],
  context = 0,
): readonly [readonly string[], readonly string[]] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const cut = (list: readonly string[]): readonly string[] => {
    const from = start <= context ? 0 : start - context;
    const to = end <= context ? list.length : list.length - end + context;
    return [...(from > 0 ? [GAP] : []), ...list.slice(from, to), ...(to < list.length ? [GAP] : [])];
  };
  return [cut(before), cut(after)];
}

function lines(list: readonly string[]): string {
  const shown = list.length <= MOST_LINES ? list : [...list.slice(0, MOST_LINES - 4), GAP, ...list.slice(-3)];
  return shown.map((line) => shorten(line)).join('\n');
}
