/*
 * Methods of the registry that requests of their own kind are made with. CONNECT is not among them, PRI is no method.
 * Source: RFC 9110, section 16.1.1, and the registry of HTTP methods.
 */
const OTHERS = new Set([
  ...[
    'OPTIONS',
    'TRACE',
    'ACL',
    'BIND',
    'CHECKOUT',
    'COPY',
    'LINK',
    'LOCK',
    'MERGE',
    'MKACTIVITY',
    'MKCALENDAR',
  ],
  ...['MKCOL', 'MOVE', 'PROPFIND', 'PROPPATCH', 'REBIND', 'REPORT', 'SEARCH', 'UNBIND', 'UNLINK', 'UNLOCK'],
]);

/** The method that a text starts with and that is `length` long; undefined when it is unknown. Letters count as they are. */
export function methodOf(text: string, length: number): string | undefined {
  // The usual ones are told without making a string.
  if (length === 3) {
    if (text.startsWith('GET')) return 'GET';
    if (text.startsWith('PUT')) return 'PUT';
  } else if (length === 4) {
    if (text.startsWith('POST')) return 'POST';
    if (text.startsWith('HEAD')) return 'HEAD';
  } else if (length === 5 && text.startsWith('PATCH')) return 'PATCH';
  else if (length === 6 && text.startsWith('DELETE')) return 'DELETE';
  const method = text.slice(0, length);
  return OTHERS.has(method) ? method : undefined;
}

const IDEMPOTENT = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'PROPFIND',
  'REPORT',
  'SEARCH',
]);

/** Whether a request may be made again when it is not known whether it was carried out. Source: RFC 9110, 9.2.2. */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}
