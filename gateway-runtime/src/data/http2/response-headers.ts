import type { OutgoingHttpHeaders } from 'node:http2';

/**
 * Fields that stand once in an answer: of two lines the first one counts, as a stream refuses to send both.
 * Source: RFC 9110, section 5.3; the documentation of Node's HTTP/2.
 */
const SINGLE = new Set([
  ...[
    'access-control-allow-credentials',
    'access-control-max-age',
    'age',
    'authorization',
    'content-encoding',
  ],
  ...[
    'content-language',
    'content-length',
    'content-location',
    'content-md5',
    'content-range',
    'content-type',
  ],
  ...['date', 'etag', 'expires', 'from', 'last-modified', 'location', 'max-forwards', 'proxy-authorization'],
  ...[
    'range',
    'referer',
    'retry-after',
    'tk',
    'upgrade-insecure-requests',
    'user-agent',
    'x-content-type-options',
  ],
]);

/** Belong to connections of HTTP/1.1 and have no place here. Source: RFC 9113, section 8.2.2. */
const OF_CONNECTION = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'http2-settings', 'te'],
  'host',
]);

/** Lines as the fields of a stream: names in lower case, repeated ones as lists, values with one character a byte. */
export function toHeaders(lines: readonly (readonly string[])[]): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders & Record<string, string | string[]> = Object.create(null) as Record<
    string,
    string | string[]
  >;
  for (const [written = '', value = ''] of lines) {
    const name = written.toLowerCase();
    if (OF_CONNECTION.has(name) || name.startsWith(':')) continue;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (SINGLE.has(name)) continue;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [before, value];
  }
  return headers;
}
