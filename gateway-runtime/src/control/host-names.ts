import { isIP } from 'node:net';

/**
 * Whether a `Host` header names this server by a name that is its own: an address, a name of this machine alone, or one
 * that the operator gave. Any other name may be one of a stranger's domain that was pointed at this machine, so that a
 * page of theirs could speak to it in the browser of somebody here (DNS rebinding). An address cannot be pointed.
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  // Only HTTP/1.0 goes without, and no browser speaks that.
  if (header === undefined) return true;
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = plain.toLowerCase().replace(/\.$/, '');
  return isIP(name) === 4 || name === 'localhost' || name.endsWith('.localhost') || names.includes(name);
}
