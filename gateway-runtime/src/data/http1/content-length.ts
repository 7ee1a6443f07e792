/** Longest run of digits whose value is exact. */
const MAX_DIGITS = 15;

/**
 * Value of a `Content-Length` field, or -1 when it is not digits alone or beyond all measure.
 *
 * No sign, blank, list or other base: a reader who is kinder than the next one lets a second request hide in the
 * difference. Source: RFC 9110, section 8.6; RFC 9112, section 6.3.
 */
export function parseContentLength(text: string, start: number, end: number): number {
  if (end === start || end - start > MAX_DIGITS) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
