/**
 * A text without what changes how its surroundings are shown: control characters, and those that turn the direction of
 * writing. Line breaks stay.
 */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSEEN, (letter) => (letter === '\t' ? ' ' : '\uFFFD'));
}

// Control characters of both sets but the line feed; marks of direction and invisible separators. Source: Unicode, "Bidirectional Algorithm".
const UNSEEN =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060\u2066-\u2069\uFEFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
