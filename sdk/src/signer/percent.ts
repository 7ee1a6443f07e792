/** Text of a byte value, in an encoded path or query. */
type ByteTable = readonly string[];

const UNRESERVED = /^[A-Za-z0-9\-_.~]$/;
const ENCODED: ByteTable = Array.from({ length: 256 }, (_, byte) => encodeByte(byte));
const ENCODED_PATH: ByteTable = ENCODED.with(0x2f, '/');
const ENCODED_FORM: ByteTable = ENCODED.with(0x2b, '%20');

/** A text that decoding and encoding leave as it is. */
const PLAIN_PATH = /^[A-Za-z0-9\-_.~/]*$/;
const PLAIN = /^[A-Za-z0-9\-_.~]*$/;

/**
 * Decodes a path once and encodes it again, so that all spellings of one path give one text.
 *
 * Works on bytes: an escape sequence that is not UTF-8 stays what it is, and two different byte sequences
 * never meet in one text. `%2F` becomes a slash, as decoding comes before splitting into segments.
 */
export function recodePath(path: string): string {
  return PLAIN_PATH.test(path) ? path : recode(path, ENCODED_PATH, ENCODED_PATH);
}

/** Decodes a query name or value once and encodes it again; `+` stands for itself. */
export function recodeQuery(text: string): string {
  return PLAIN.test(text) ? text : recode(text, ENCODED, ENCODED);
}

/** Decodes a query name or value once and encodes it again; `+` stands for a blank, as in forms. */
export function recodeForm(text: string): string {
  return PLAIN.test(text) ? text : recode(text, ENCODED_FORM, ENCODED);
}

/** The bytes of an encoded text, one character each: compares in the order of code points. */
export function toByteOrder(encoded: string): string {
  if (!encoded.includes('%')) return encoded;
  return encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function recode(text: string, literal: ByteTable, escaped: ByteTable): string {
  let recoded = '';
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x25) {
      const byte = hexDigit(text.charCodeAt(index + 1)) * 16 + hexDigit(text.charCodeAt(index + 2));
      // A percent sign without two hex digits is a character like any other: NaN finds no entry.
      const replaced = escaped[byte];
      recoded += replaced ?? '%25';
      if (replaced !== undefined) index += 2;
    } else if (code < 0x80) {
      recoded += literal[code] ?? '';
    } else {
      const point = text.codePointAt(index) ?? 0xfffd;
      recoded += encodePoint(point);
      if (point > 0xffff) index += 1;
    }
  }
  return recoded;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return UNRESERVED.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function encodePoint(point: number): string {
  const isLoneSurrogate = point >= 0xd800 && point <= 0xdfff;
  return encodeURIComponent(String.fromCodePoint(isLoneSurrogate ? 0xfffd : point));
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : NaN;
}
