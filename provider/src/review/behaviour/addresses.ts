import { parseAddress, parseAddressRange } from '@apig/sdk/contract';
import type { ConfiguredObject } from './configuration.ts';

/** An address of nobody's: it is reserved for documentation (RFC 5737). */
export const USUAL_ADDRESS = '198.51.100.7';

/** Ranges of one list whose borders are looked at. */
const MOST_RANGES = 12;

/** The addresses at the borders of the lists, on both sides of each. */
export function borderAddresses(lists: readonly (readonly string[])[]): {
  readonly addresses: readonly string[];
  readonly isCut: boolean;
} {
  // Ranges that stand in some lists only are those that change.
  const texts = [...new Set(lists.flat())];
  const isShared = (text: string) => lists.length > 1 && lists.every((list) => list.includes(text));
  const ordered = [...texts.filter((text) => !isShared(text)), ...texts.filter(isShared)];
  const addresses = new Set<string>();
  for (const text of ordered.slice(0, MOST_RANGES)) {
    const range = parseAddressRange(text);
    if (range === undefined) continue;
    const { family, first, last } = range;
    const highest = family === 4 ? 0xffff_ffffn : (1n << 128n) - 1n;
    for (const value of [first, last, first - 1n, last + 1n])
      if (value >= 0n && value <= highest) addresses.add(formatAddress(family, value));
  }
  return { addresses: [...addresses], isCut: ordered.length > MOST_RANGES };
}

/** An address that all lists let in, of the usual one and of those that they name; undefined when there is none. */
export function admittedAddress(lists: readonly ConfiguredObject[]): string | undefined {
  const named = lists.flatMap(({ body }) => borderAddresses([valuesOf(body['values'])]).addresses);
  return [USUAL_ADDRESS, ...named].find((address) =>
    lists.every(({ body }) => isListed(address, valuesOf(body['values'])) === (body['type'] === 'PERMIT')),
  );
}

/** Whether a list has an address. */
export function isListed(address: string, list: readonly string[]): boolean {
  const asked = parseAddress(address);
  return (
    asked !== undefined &&
    list.some((text) => {
      const range = parseAddressRange(text);
      return range?.family === asked.family && range.first <= asked.value && asked.value <= range.last;
    })
  );
}

/** The texts of a list. */
export function valuesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function formatAddress(family: 4 | 6, value: bigint): string {
  const [bits, count, radix, joint] = family === 4 ? [8n, 4, 10, '.'] : [16n, 8, 16, ':'];
  const mask = (1n << bits) - 1n;
  return Array.from({ length: count }, (_, index) =>
    ((value >> (bits * BigInt(count - 1 - index))) & mask).toString(radix),
  ).join(joint);
}
