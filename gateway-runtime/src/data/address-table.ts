import { parseAddressRange } from '@apig/sdk/contract';
import type { Address } from './address.ts';

/**
 * A set of addresses, from single ones, CIDR blocks and ranges. Ranges are sorted and those that touch are joined, so
 * that a look-up is a binary search among disjoint ranges. IPv4 addresses are compared as doubles, IPv6 as bigints.
 */
export class AddressTable {
  readonly #narrow: Ranges<number>;
  readonly #wide: Ranges<bigint>;

  constructor(texts: readonly string[]) {
    const ranges = texts.map(parseAddressRange).filter((range) => range !== undefined);
    this.#wide = join(ranges.filter(({ family }) => family === 6));
    const narrow = join(ranges.filter(({ family }) => family === 4));
    this.#narrow = { firsts: narrow.firsts.map(Number), lasts: narrow.lasts.map(Number) };
  }

  /** Whether an address is in the set. */
  has(address: Address): boolean {
    if (address.family === 4) return isWithin(this.#narrow, address.narrow);
    return address.family === 6 && isWithin(this.#wide, address.wide);
  }
}

interface Ranges<N> {
  readonly firsts: readonly N[];
  readonly lasts: readonly N[];
}

function join(ranges: readonly { readonly first: bigint; readonly last: bigint }[]): Ranges<bigint> {
  const firsts: bigint[] = [];
  const lasts: bigint[] = [];
  const sorted = ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  for (const { first, last } of sorted) {
    const before = lasts.at(-1);
    if (before !== undefined && first <= before + 1n) {
      if (last > before) lasts[lasts.length - 1] = last;
    } else {
      firsts.push(first);
      lasts.push(last);
    }
  }
  return { firsts, lasts };
}

function isWithin<N extends number | bigint>({ firsts, lasts }: Ranges<N>, value: N): boolean {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const first = firsts[middle];
    if (first !== undefined && first <= value) low = middle + 1;
    else high = middle;
  }
  const last = lasts[low - 1];
  return last !== undefined && value <= last;
}
