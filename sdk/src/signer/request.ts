import { hash } from 'node:crypto';

/** A request as its signature sees it. */
export interface SignableRequest {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  /**
   * Lower-case hex SHA-256 of the body, {@link EMPTY_BODY_HASH} when there is none; undefined when the body
   * is not known because it streams.
   */
  readonly bodyHash: string | undefined;
  /**
   * Value of a header by its lower-case name, one character per byte as `node:http` gives it; the values of
   * a repeated header joined by `,` in the order of arrival. Undefined when the request does not have it.
   */
  header(name: string): string | undefined;
}

/** Headers by name in any case. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** SHA-256 of no bytes. */
export const EMPTY_BODY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Lower-case hex SHA-256 of a body; text counts as UTF-8. */
export function hashBody(body: string | Uint8Array): string {
  return body.length === 0 ? EMPTY_BODY_HASH : hash('sha256', body, 'hex');
}

/**
 * Makes a request that can be verified out of plain values. Give `headersDistinct` of a `node:http` request,
 * not `headers`, which joins repeated values in its own way and drops some.
 */
export function createSignableRequest(request: {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderValues;
  readonly body?: string | Uint8Array | undefined;
}): SignableRequest {
  const headers = toHeaderMap(request.headers);
  return {
    method: request.method,
    target: request.target,
    bodyHash: hashBody(request.body ?? ''),
    header: (name) => headers.get(name),
  };
}

/** Headers by lower-case name, repeated values joined. */
export function toHeaderMap(headers: HeaderValues): Map<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(','));
  }
  return map;
}
