/*
 * Classes of bytes, as tables: one load tells whether a byte may stand where it stands.
 * Source: RFC 9110, section 5.6.2 (token) and 5.5 (field values); RFC 3986, section 3.2.2 (host).
 */

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const BACKSLASH = 92;
export const COLON = 58;
export const SEMICOLON = 59;
export const EQUALS = 61;

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 1 for the characters of methods and field names. */
export const TOKEN = tableOf(`!#$%&'*+-.^_\`|~${LETTERS_AND_DIGITS}`);

/** 1 for what a field value may hold: visible characters, blanks, and bytes above ASCII; no other control character. */
export const VALUE = rangeOf(32, 126)
  .fill(1, 128, 256)
  .fill(1, TAB, TAB + 1);

/** 1 for what a request target may hold: visible ASCII but `#`, since a fragment never travels. */
export const TARGET = rangeOf(33, 126).fill(0, 35, 36);

/** 1 for a reason phrase's characters; the same as a value's. */
export const REASON = VALUE;

/** 1 for the characters of a host that is a name or an IPv4 address. */
export const HOST_NAME = tableOf(`-._~!$&'()*+,;=%${LETTERS_AND_DIGITS}`);

/** 1 for the characters of a host between brackets. */
export const HOST_LITERAL = tableOf('0123456789abcdefABCDEF:.');

/** Value of a hexadecimal digit, or 255. */
export const HEX = hexOf();

/**
 * The byte at an index that the caller has checked to be inside.
 *
 * The cast stands here once: a comparison with undefined at every byte is what the parsers must not pay for.
 */
export function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

/** What Node's buffers offer without looking at the name of an encoding first. */
interface Latin1Bytes {
  latin1Slice(start: number, end: number): string;
}

/**
 * Bytes as text, one character a byte. The cast stands here once, as the declarations leave the method out; `toString`
 * takes half as long again.
 */
export function latin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as Buffer & Latin1Bytes).latin1Slice(start, end);
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let index = 0; index < characters.length; index += 1) table[characters.charCodeAt(index)] = 1;
  return table;
}

function rangeOf(first: number, last: number): Uint8Array {
  return new Uint8Array(256).fill(1, first, last + 1);
}

function hexOf(): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  for (let value = 0; value < 16; value += 1) {
    const digit = value.toString(16);
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return table;
}
