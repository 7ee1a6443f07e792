const ASCII = /^[\t\x20-\x7e]*$/;
/** Control characters but for the tab. */
const CONTROL = /[^\P{Cc}\t]/u;
const HIGH = /[\x80-\xff]/;

/** The value of a header line, whose characters are bytes, as text; bytes that are not UTF-8 stay what they are. */
export function fromHeader(value: string): string {
  if (!HIGH.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? value : text;
}

/**
 * A text as the value of a header line: one character per byte of UTF-8. Undefined when it has control characters,
 * with which a value from a query could begin a header line, or a request, of its own.
 */
export function toHeader(text: string): string | undefined {
  if (ASCII.test(text)) return text;
  return CONTROL.test(text) ? undefined : Buffer.from(text, 'utf8').toString('latin1');
}
