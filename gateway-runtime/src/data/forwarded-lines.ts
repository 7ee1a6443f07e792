import type { Call } from './call.ts';

/*
 * Which header lines of a request a backend may see. Each set says why its lines stay behind.
 */

/** Belong to one connection (RFC 9110, 7.6.1; the last two by old custom), or are answered by the gateway (Expect). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'http2-settings',
  'expect',
] as const;

/** Are written anew: what a caller claims there must not reach a backend that trusts its gateway. */
const REWRITTEN = [
  'host',
  'content-length',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
  'x-stage',
] as const;

const NEVER_FORWARDED: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...REWRITTEN]);

/** Belong to a signature of the caller, which is not that of the forwarded request. */
const SIGNATURE: ReadonlySet<string> = new Set([
  'authorization',
  'x-sdk-date',
  'x-sdk-content-sha256',
  'x-security-token',
]);

/** Are secrets of apps, or take the place of one. */
const APP_SECRETS: ReadonlySet<string> = new Set(['authorization', 'x-hw-id', 'x-hw-appkey']);

/** Are secrets of accounts. */
const ACCOUNT_SECRETS: ReadonlySet<string> = new Set(['x-auth-token', 'x-security-token']);

/** Belong to an answer's connection. */
const NEVER_RETURNED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  // The gateway's own stand in their place.
  'server',
  'x-request-id',
]);

/** Names that no API can set towards its backend: they frame the message, or the gateway always sets them. `host` is not among them. */
export const NOT_MAPPABLE: ReadonlySet<string> = new Set(
  [...HOP_BY_HOP, ...REWRITTEN].filter((name) => name !== 'host'),
);

/** Headers in which a signature of the gateway travels; a caller's are taken away first. */
export const SIGNATURE_CARRIERS: ReadonlySet<string> = new Set([
  'authorization',
  'x-sdk-date',
  'x-sdk-content-sha256',
]);

/**
 * The caller's lines for the backend, without those in `removed`. Names with `_` are left out, as a backend may read
 * them as the same name with `-`. Sources: RFC 9110, 7.6.1; user guide, "Calling an API" (credentials).
 */
export function forwardedLines(call: Call, removed: ReadonlySet<string>): string[] {
  const { names, lines } = call.headers;
  const nominated = nominatedNames(call.headers.joined('connection'));
  const secrets = secretsOf(call);
  const isSigned = call.credential === 'signature';
  const forwarded: string[] = [];
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    if (NEVER_FORWARDED.has(name) || removed.has(name) || name.includes('_') || name.startsWith('x-apig-'))
      continue;
    if (
      secrets?.has(name) === true ||
      (isSigned && SIGNATURE.has(name)) ||
      nominated?.includes(name) === true
    )
      continue;
    forwarded.push(lines[index * 2] ?? '', lines[index * 2 + 1] ?? '');
  }
  return forwarded;
}

/** Whether a line of a backend's answer stays behind; `nominated` are the names in its `Connection` header. */
export function isReturned(name: string, nominated: readonly string[] | undefined): boolean {
  return !NEVER_RETURNED.has(name) && nominated?.includes(name) !== true;
}

/** The names that a `Connection` header says belong to the connection, in lower case. */
export function nominatedNames(connection: string | undefined): readonly string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return connection.split(',').map((name) => name.trim().toLowerCase());
}

function secretsOf(call: Call): ReadonlySet<string> | undefined {
  const type = call.plan?.authentication.type;
  if (type === 'APP') return APP_SECRETS;
  return type === 'IAM' ? ACCOUNT_SECRETS : undefined;
}
