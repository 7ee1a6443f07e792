const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Are written by the wire alone. */
const FRAMING: ReadonlySet<string> = new Set([
  ...['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'trailer'],
]);

/** Names that the gateway writes often, and that need no look. */
const USUAL: ReadonlySet<string> = new Set([
  ...['Server', 'X-Request-Id', 'Content-Type', 'Authorization', 'X-Sdk-Date'],
]);

/**
 * Writes names and values in turn as the lines of a head, without those that would frame it.
 *
 * A value that would begin a line of its own must have been refused where it came from; that it was is checked once
 * more, as a head cannot be taken back.
 */
export function toFields(head: readonly string[]): string {
  let fields = '';
  for (let index = 0; index < head.length; index += 2) {
    const name = head[index] ?? '';
    const value = head[index + 1] ?? '';
    const isUsual = USUAL.has(name);
    if (!VALUE.test(value) || !(isUsual || NAME.test(name)))
      throw new Error(`a header line cannot hold what ${name} should be`);
    if (isUsual || !FRAMING.has(name.toLowerCase())) fields += `${name}: ${value}\r\n`;
  }
  return fields;
}

/** The names and values of lines as they are written for a head. */
export function fromFields(fields: string): readonly (readonly [name: string, value: string])[] {
  return fields
    .split('\r\n')
    .slice(0, -1)
    .map((line) => {
      const colonAt = line.indexOf(':');
      return [line.slice(0, colonAt), line.slice(colonAt + 1).trim()];
    });
}
