import { parseAddress } from '@apig/sdk/contract';

/**
 * Where a call comes from. Parsed once per connection, since everybody who asks (access control, limits per address,
 * conditions of backend policies) asks for every call on it.
 */
export interface Address {
  /** The usual text; an IPv4-mapped IPv6 address is written as the IPv4 address that it stands for. */
  readonly text: string;
  /** 0 when the text is no address. */
  readonly family: 0 | 4 | 6;
  /** Value of an IPv4 address. A double compares faster than a bigint. */
  readonly narrow: number;
  /** Value of an IPv6 address. */
  readonly wide: bigint;
}

/** Parses the text of a peer's address. */
export function toAddress(text: string): Address {
  const zoneAt = text.indexOf('%');
  const parsed = parseAddress(zoneAt < 0 ? text : text.slice(0, zoneAt));
  if (!parsed) return { text, family: 0, narrow: 0, wide: 0n };
  if (parsed.family === 6) return { text, family: 6, narrow: 0, wide: parsed.value };
  const narrow = Number(parsed.value);
  return { text: toDotted(narrow), family: 4, narrow, wide: 0n };
}

function toDotted(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}
