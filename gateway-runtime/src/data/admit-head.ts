import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';
import { MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_HEADERS_BYTES, MAX_URI_BYTES } from './limits.ts';

const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\dA-Fa-f:.]+\])(?::\d*)?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const TARGET = /^[\x21\x22\x24-\x7e]+$/;
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;

/**
 * Refuses a request whose head is too large or can be read in two ways, and takes host, path and query out of it.
 *
 * What two servers read differently is the way to smuggle a second request past the first of them, so such a head
 * is refused and not repaired: more than one `Host`, a `Transfer-Encoding` that is not exactly `chunked` or comes
 * with `Content-Length` or HTTP/1.0, a target with a fragment, a path that climbs (`..`, also written `%2e%2e`).
 * Source: RFC 9112, sections 3.2, 6.1 and 6.3; user guide, "Notes and Constraints" (sizes).
 *
 * @throws `uriTooLarge`, `headersTooLarge`, `bodyTooLarge`, `badRequest`
 */
export function admitHead(call: Call): void {
  // Where a refused request ends, and the next one on the connection begins, is a matter of opinion.
  call.reply.isLast = true;
  if (call.target.length > MAX_URI_BYTES) throw fail('uriTooLarge');
  admitHeaders(call);
  let authority = call.headers.first('host') ?? '';
  if (!TARGET.test(call.target)) throw fail('badRequest');
  if (!call.target.startsWith('/')) {
    // The form that proxies are asked in; the host in it wins over the header (RFC 9112, 3.2.2).
    const [, host, rest] = ABSOLUTE.exec(call.target) ?? [];
    if (host !== undefined && rest !== undefined) {
      authority = host;
      call.target = rest.startsWith('/') ? rest : `/${rest}`;
    }
  }
  if (!HOST.test(authority)) throw fail('badRequest');
  call.host = toHostName(authority);
  const queryAt = call.target.indexOf('?');
  call.rawPath = queryAt < 0 ? call.target : call.target.slice(0, queryAt);
  call.query = queryAt < 0 ? '' : call.target.slice(queryAt + 1);
  call.path = decodePath(call.rawPath);
  call.reply.isLast = false;
}

/** A host without port and final dot, in lower case, as hosts are compared. */
export function toHostName(authority: string): string {
  const portAt = authority.lastIndexOf(':');
  const hasPort = portAt >= 0 && portAt > authority.lastIndexOf(']');
  const host = hasPort ? authority.slice(0, portAt) : authority;
  return (host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase();
}

function admitHeaders({ headers, httpVersion, body }: Call): void {
  let bytes = 0;
  let hosts = 0;
  let lengths = 0;
  let encodings = 0;
  for (let index = 0; index < headers.names.length; index += 1) {
    const name = headers.names[index] ?? '';
    const size = name.length + (headers.lines[index * 2 + 1] ?? '').length + 4;
    if (size > MAX_HEADER_BYTES) throw fail('headersTooLarge');
    bytes += size;
    if (name === 'host') hosts += 1;
    else if (name === 'content-length') lengths += 1;
    else if (name === 'transfer-encoding') encodings += 1;
  }
  if (bytes > MAX_HEADERS_BYTES) throw fail('headersTooLarge');
  const isOld = httpVersion === '1.0';
  if (hosts > 1 || (hosts === 0 && !isOld) || lengths > 1) throw fail('badRequest');
  if (encodings > 0) {
    const isChunked = headers.joined('transfer-encoding')?.toLowerCase() === 'chunked';
    if (isOld || lengths > 0 || !isChunked) throw fail('badRequest');
  }
  if ((body?.length ?? 0) > MAX_BODY_BYTES) throw fail('bodyTooLarge');
}

function decodePath(rawPath: string): string {
  let path = rawPath;
  if (rawPath.includes('%')) {
    try {
      path = decodeURIComponent(rawPath);
    } catch (error) {
      throw fail('badRequest', {}, { cause: error });
    }
    if (path.includes('\0')) throw fail('badRequest');
  }
  if (path.includes('/.') && DOT_SEGMENT.test(path)) throw fail('badRequest');
  return path;
}
