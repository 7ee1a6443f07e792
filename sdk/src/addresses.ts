import { isIP } from 'node:net';

/*
 * Addresses as access control lists write them: one address, a CIDR block (bits below the prefix are ignored) or a
 * range `a-b` with both ends included. IPv4-mapped IPv6 addresses are the IPv4 addresses that they stand for.
 */

/** An inclusive range of addresses of one family, as numbers. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The range that a text stands for; undefined when it is none. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const dash = text.indexOf('-');
  if (dash >= 0) {
    const first = parseAddress(text.slice(0, dash).trim());
    const last = parseAddress(text.slice(dash + 1).trim());
    if (!first || !last || first.family !== last.family || first.value > last.value) return undefined;
    return { family: first.family, first: first.value, last: last.value };
  }
  const [host = '', prefix, ...rest] = text.split('/');
  const address = parseAddress(host);
  if (!address || rest.length > 0) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  if (prefix === undefined) return { family: address.family, first: address.value, last: address.value };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined;
  const hostBits = BigInt(bits - Number(prefix));
  const first = (address.value >> hostBits) << hostBits;
  return { family: address.family, first, last: first + (1n << hostBits) - 1n };
}

/** Whether a text is an address, a CIDR block or a range. */
export function isAddressRange(text: string): boolean {
  return parseAddressRange(text) !== undefined;
}

/** The one form of texts that stand for the same range; a text that stands for none is its own. */
export function formOfRange(text: string): string {
  const range = parseAddressRange(text);
  return range === undefined ? text : `IPv${range.family} ${range.first}-${range.last}`;
}

/** One address as a number; undefined when the text is no address. */
export function parseAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  const family = isIP(text);
  if (family === 4) return { family, value: fromIpv4(text) };
  if (family !== 6 || text.includes('%')) return undefined;
  const value = fromIpv6(text);
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffff_ffffn } : { family, value };
}

function fromIpv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function fromIpv6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted?.[1] !== undefined && dotted[2] !== undefined) {
    const low = fromIpv4(dotted[2]);
    return fromIpv6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: tail === undefined ? 0 : 8 - front.length - back.length }, () => '0');
  return [...front, ...middle, ...back].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
