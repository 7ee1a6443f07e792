import type { Call } from './call.ts';

/** The value of a cookie, the first of its name (RFC 6265, section 4.2.1). */
export function cookieOf({ headers }: Call, name: string): string | undefined {
  for (const pair of (headers.joined('cookie', ';') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
