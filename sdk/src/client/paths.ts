import type { Json } from '../wire.ts';

/** Values of a query; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/**
 * Fills a path template such as `instances/{gatewayId}/apis` with IDs.
 *
 * @throws TypeError when an ID is missing, or could lead to another path than the template says.
 */
export function fillPath(template: string, ids: Json): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeId(name, ids[name]));
}

/** An ID as one segment of a path. */
export function encodeId(name: string, id: unknown): string {
  // A URL resolves the segments `.` and `..`, and an empty one turns an item into its collection.
  if (typeof id !== 'string' || /^\.{0,2}$/.test(id)) throw new TypeError(`${name}: expected an ID`);
  return encode(id);
}

/** A query with its question mark, or nothing. */
export function toQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encode(name)}=${encode(String(value))}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Percent-encodes all but the unreserved characters (RFC 3986, section 2.3), as signatures do. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
