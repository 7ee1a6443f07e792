import type { Scope } from './signing-key.ts';

/** The algorithm's name, first word of the header and first line of the string to sign. */
export const ALGORITHM = 'SDK-HMAC-SHA256';

const SCOPE_END = 'sdk_request';
/** More names than any request has headers; bounds the work that a forged header can cause. */
const MAX_SIGNED_HEADERS = 128;

/** A well-formed `Authorization` header; a scope tells the `Credential=` layout from the `Access=` one. */
export interface Authorization {
  readonly ok: true;
  /** AppKey, or access key of IAM, or key of a signature key. */
  readonly accessKey: string;
  readonly scope: Scope | undefined;
  /** The names as listed, joined by `;`. */
  readonly signedHeaders: string;
  /** The same names, each in lower case. */
  readonly signedHeaderNames: readonly string[];
  readonly signature: string;
}

/** Why a header is not an {@link Authorization}, and the text that tells the caller. */
export interface AuthorizationFailure {
  readonly ok: false;
  /**
   * `missing`: no header. `otherScheme`: it begins with another algorithm. `keyEmpty`: the key is absent or
   * empty. `malformed`: anything else.
   */
  readonly reason: 'missing' | 'otherScheme' | 'keyEmpty' | 'malformed';
  readonly text: string;
}

const MISSING = failure('missing', 'authorization header not found');
const OTHER_SCHEME = failure('otherScheme', 'authorization format incorrect');
const KEY_EMPTY = failure('keyEmpty', 'Access or Credential is empty in Authorization');
const MALFORMED = failure('malformed', 'authorization format incorrect');

const ALGORITHM_AND_BLANKS = new RegExp(`^${ALGORITHM}[ \\t]+`);
const USUAL_START = `${ALGORITHM} Access=`;
const USUAL_HEADERS = ', SignedHeaders=';
const USUAL_SIGNATURE = ', Signature=';
const WORD = /^\w+$/;
const FIELDS = /^(Access|Credential)=([^,]*),\s?SignedHeaders=([^,]+),\s?Signature=(\w+)$/;
const KEY_GIVEN = /(?:^|[\s,])(?:Access|Credential)=[^,\s]/;

/**
 * Reads an `Authorization` header of either layout:
 *
 * - `SDK-HMAC-SHA256 Access=<key>, SignedHeaders=<names>, Signature=<hex>`
 * - `SDK-HMAC-SHA256 Credential=<key>/<yyyymmdd>/<region>/<service>/sdk_request, SignedHeaders=…, Signature=…`
 *
 * The blank after a comma may be missing.
 */
export function parseAuthorization(header: string | undefined): Authorization | AuthorizationFailure {
  if (header === undefined || header === '') return MISSING;
  return parseUsual(header) ?? parseAny(header);
}

/** Writes an `Authorization` header, with exactly one blank after the algorithm and after each comma. */
export function formatAuthorization(
  accessKey: string,
  signedHeaders: string,
  signature: string,
  scope?: Scope,
): string {
  const key = scope === undefined ? `Access=${accessKey}` : `Credential=${accessKey}/${scopeText(scope)}`;
  return `${ALGORITHM} ${key}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

/** A scope as header and string to sign have it. */
export function scopeText(scope: Scope): string {
  return `${scope.day}/${scope.region}/${scope.service}/${SCOPE_END}`;
}

function failure(reason: AuthorizationFailure['reason'], text: string): AuthorizationFailure {
  return Object.freeze({ ok: false, reason, text });
}

/** Takes a header apart that is written as most are; undefined for all others, right or wrong. */
function parseUsual(header: string): Authorization | undefined {
  if (!header.startsWith(USUAL_START)) return undefined;
  const keyEnd = header.indexOf(',', USUAL_START.length);
  if (keyEnd <= USUAL_START.length || !header.startsWith(USUAL_HEADERS, keyEnd)) return undefined;
  const namesAt = keyEnd + USUAL_HEADERS.length;
  const namesEnd = header.indexOf(',', namesAt);
  if (namesEnd <= namesAt || !header.startsWith(USUAL_SIGNATURE, namesEnd)) return undefined;
  const signature = header.slice(namesEnd + USUAL_SIGNATURE.length);
  const signedHeaders = header.slice(namesAt, namesEnd);
  const signedHeaderNames = namesOf(signedHeaders);
  if (!WORD.test(signature) || signedHeaderNames.length > MAX_SIGNED_HEADERS) return undefined;
  const accessKey = header.slice(USUAL_START.length, keyEnd);
  return { ok: true, accessKey, scope: undefined, signedHeaders, signedHeaderNames, signature };
}

function parseAny(header: string): Authorization | AuthorizationFailure {
  const start = ALGORITHM_AND_BLANKS.exec(header)?.[0].length;
  if (start === undefined) return header === ALGORITHM ? KEY_EMPTY : OTHER_SCHEME;
  const rest = header.slice(start);
  const [, field, credential, signedHeaders, signature] = FIELDS.exec(rest) ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    return KEY_GIVEN.test(rest) ? MALFORMED : KEY_EMPTY;
  }
  if (credential === '') return KEY_EMPTY;
  const signedHeaderNames = namesOf(signedHeaders);
  if (signedHeaderNames.length > MAX_SIGNED_HEADERS) return MALFORMED;
  if (field === 'Access') {
    return { ok: true, accessKey: credential, scope: undefined, signedHeaders, signedHeaderNames, signature };
  }
  const [accessKey, day, region, service, end, more] = credential.split('/', 6);
  if (accessKey === undefined || accessKey === '') return KEY_EMPTY;
  if (day === undefined || region === undefined || service === undefined) return MALFORMED;
  if (end !== SCOPE_END || more !== undefined) return MALFORMED;
  const scope = { day, region, service };
  return { ok: true, accessKey, scope, signedHeaders, signedHeaderNames, signature };
}

// Whoever signs mostly signs the same headers each time, so the latest list is kept.
let namesText = '';
let names: readonly string[] = [];

function namesOf(signedHeaders: string): readonly string[] {
  if (signedHeaders !== namesText) {
    names = signedHeaders.toLowerCase().split(';', MAX_SIGNED_HEADERS + 1);
    namesText = signedHeaders;
  }
  return names;
}
