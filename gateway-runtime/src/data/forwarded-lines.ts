import type { Call } from './call.ts';
import type { HeaderLines } from './header-lines.ts';
import { FieldNames } from './http1/field-names.ts';
import type { Head } from './http1/head.ts';
import { isOfTrace, isTraceSound } from './trace-context.ts';
import { forwardedText } from './http1/hop-by-hop.ts';
import type { ResponseHead } from './http1/response-head.ts';

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

/** Belong to a signature of the caller, which is not that of the forwarded request. */
const SIGNATURE = ['authorization', 'x-sdk-date', 'x-sdk-content-sha256', 'x-security-token'] as const;

/** Are secrets of callers, or take the place of one. */
const SECRETS = {
  NONE: [],
  AUTHORIZER: [],
  APP: ['authorization', 'x-hw-id', 'x-hw-appkey'],
  IAM: ['x-auth-token', 'x-security-token'],
} as const;

/** Belong to an answer's connection, or to the gateway, whose own stand in their place. */
export const NOT_RETURNABLE: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'server', 'x-request-id']);

const NEVER_RETURNED = new FieldNames(NOT_RETURNABLE);

/** Of a change of protocol the new one is told. */
const NEVER_RETURNED_WITH_101 = new FieldNames(['server', 'x-request-id']);

/** Names that no API can set towards its backend: they frame the message, or the gateway always sets them. `host` is not among them. */
export const NOT_MAPPABLE: ReadonlySet<string> = new Set(
  [...HOP_BY_HOP, ...REWRITTEN].filter((name) => name !== 'host'),
);

/** Which lines of callers stay behind, by what they showed to the gateway. */
export interface LeftBehind {
  readonly usual: FieldNames;
  readonly signed: FieldNames;
  readonly withApiKey: FieldNames;
  readonly withToken: FieldNames;
}

/**
 * Works out which lines of callers of an API stay behind, besides those in `removed` (lower case).
 *
 * @param appAuthHeader the header, in lower case, in which apps show who they are
 */
export function compileLeftBehind(
  authentication: keyof typeof SECRETS,
  removed: ReadonlySet<string>,
  appAuthHeader = 'authorization',
): LeftBehind {
  // Where apps show themselves in another header, `Authorization` is none of the gateway's business.
  const carrier = authentication === 'APP' ? appAuthHeader : 'authorization';
  const named = (names: readonly string[]) =>
    names.map((name) => (name === 'authorization' ? carrier : name));
  const usual = new FieldNames([...HOP_BY_HOP, ...REWRITTEN, ...named(SECRETS[authentication]), ...removed]);
  return {
    usual,
    signed: usual.with(named(SIGNATURE)),
    withApiKey: usual.with(['apikey']),
    withToken: new FieldNames([...HOP_BY_HOP, ...REWRITTEN, 'x-security-token', ...removed]),
  };
}

/**
 * The caller's lines for the backend. Names with `_` are left out, as a backend may read them as the same name with
 * `-`. Sources: RFC 9110, 7.6.1; user guide, "Calling an API" (credentials).
 */
export function forwardedFields(call: Call, left: LeftBehind, isTypeRemoved: boolean): string {
  const { head } = call.headers;
  const names =
    call.credential === 'signature'
      ? left.signed
      : call.credential === 'apiKey'
        ? left.withApiKey
        : call.credential === 'passedToken'
          ? left.withToken
          : left.usual;
  // The same fields are left with the same lines.
  const { notes } = head;
  if (notes === undefined || isTypeRemoved) return linesLeft(call.headers, names, isTypeRemoved);
  const known = notes.find(names);
  if (known !== undefined) return known;
  const lines = linesLeft(call.headers, names, false);
  notes.keep(names, lines);
  return lines;
}

/** The lines of a backend's answer that the caller may see. */
export function returnedFields(head: ResponseHead): string {
  if (head.status !== 101) {
    const known = head.notes?.find(NEVER_RETURNED);
    if (known !== undefined) return known;
    const lines = forwardedText(head, head.connectionNames, isNeverReturned);
    head.notes?.keep(NEVER_RETURNED, lines);
    return lines;
  }
  const upgrade = head.first('upgrade');
  const fields = forwardedText(head, head.connectionNames, (_, index) =>
    NEVER_RETURNED_WITH_101.has(head, index),
  );
  return upgrade === undefined ? fields : `Upgrade: ${upgrade}\r\n${fields}`;
}

function isNeverReturned(head: Head, index: number): boolean {
  return NEVER_RETURNED.has(head, index);
}

function linesLeft({ head, ofConnection }: HeaderLines, names: FieldNames, isTypeRemoved: boolean): string {
  const hasUnderscore = head.text.includes('_');
  const isTraceLost = !isTraceSound(head);
  return forwardedText(
    head,
    ofConnection,
    (_, index) =>
      names.has(head, index) ||
      head.nameStartsWith(index, 'x-apig-') ||
      (hasUnderscore && head.nameIncludes(index, '_')) ||
      (isTypeRemoved && head.isNamed(index, 'content-type')) ||
      (isTraceLost && isOfTrace(head, index)),
  );
}
