import { fail } from '@apig/sdk/contract';
import type { Call } from './call.ts';

/** Under which notes of a head have the name of its host. */
const HOST_NAME = {};

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;

/**
 * Takes host, path and query out of a head, and refuses a path that climbs (`..`, also written `%2e%2e`).
 *
 * Everything else that two servers could read differently, and sizes, the listener has refused before. Source: RFC
 * 9112, section 3.2; RFC 3986, section 5.2.4.
 *
 * @throws `badRequest`
 */
export function admitHead(call: Call): void {
  const { head } = call.headers;
  let host = head.notes?.find(HOST_NAME);
  if (!call.target.startsWith('/')) {
    // The form that proxies are asked in; the host in it wins over the header (RFC 9112, 3.2.2).
    const [, named, rest] = ABSOLUTE.exec(call.target) ?? [];
    if (named !== undefined && rest !== undefined) {
      host = toHostName(named);
      call.target = rest.startsWith('/') ? rest : `/${rest}`;
    }
  }
  if (host === undefined) {
    host = toHostName(head.first('host') ?? '');
    head.notes?.keep(HOST_NAME, host);
  }
  call.host = host;
  const queryAt = call.target.indexOf('?');
  call.rawPath = queryAt < 0 ? call.target : call.target.slice(0, queryAt);
  call.query = queryAt < 0 ? '' : call.target.slice(queryAt + 1);
  // Where a refused request ends, and the next one on the connection begins, is a matter of opinion.
  call.reply.isLast = true;
  call.path = decodePath(call.rawPath);
  call.reply.isLast = false;
}

/** How most callers write hosts. */
const PLAIN_HOST = /^[a-z0-9.-]*[a-z0-9-]$/;

/** A host without port and final dot, in lower case, as hosts are compared. */
export function toHostName(authority: string): string {
  if (PLAIN_HOST.test(authority)) return authority;
  const portAt = authority.lastIndexOf(':');
  const hasPort = portAt >= 0 && portAt > authority.lastIndexOf(']');
  const host = hasPort ? authority.slice(0, portAt) : authority;
  return (host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase();
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
