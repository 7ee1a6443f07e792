/** The directives of a `Cache-Control` header by their lower-case names, and their values. Source: RFC 9111, section 5.2. */
export type CacheControl = ReadonlyMap<string, string | undefined>;

const DIRECTIVE = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;]*)))?/g;

/** Parses a header; of a repeated directive the first one counts. */
export function parseCacheControl(text: string | undefined): CacheControl {
  const directives = new Map<string, string | undefined>();
  if (text === undefined) return directives;
  for (const [, name = '', quoted, plain] of text.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!directives.has(key)) directives.set(key, quoted ?? plain);
  }
  return directives;
}

/** Milliseconds that a directive names; undefined without it, and 0 for what is no number (RFC 9111, 4.2.1). */
export function millisecondsOf(directives: CacheControl, name: string): number | undefined {
  if (!directives.has(name)) return undefined;
  const text = directives.get(name) ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) * 1000 : 0;
}
