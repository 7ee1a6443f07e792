import { timingSafeEqual } from 'node:crypto';
import type { Authorization } from './authorization.ts';
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  queryAsForm,
  scopedQuery,
  stringToSign,
} from './canonical-request.ts';
import { EMPTY_BODY_HASH, hashBody, type SignableRequest } from './request.ts';
import { formatSdkDate, parseSdkDate } from './sdk-date.ts';
import type { SigningKey } from './signing-key.ts';

/** The value of `X-Sdk-Content-Sha256` that leaves the body out of the signature. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** How far the time of a signature may be from the time of the server, either way, inclusive. */
export const MAX_CLOCK_SKEW_MS = 15 * 60_000;

/** The request was signed with the key. */
export interface Verified {
  readonly ok: true;
}

/** Why a request is refused, and the text that tells the caller. */
export interface VerifyFailure {
  readonly ok: false;
  /**
   * `headerMissing`: a signed header is absent, or `x-sdk-date` is not signed. `expired`: the date is too far
   * off, or no date. `bodyUnknown`: the signature covers a body that was not read. `mismatch`: the signature
   * is not that of the request, or the body is not that of the digest.
   */
  readonly reason: 'headerMissing' | 'expired' | 'bodyUnknown' | 'mismatch';
  readonly text: string;
}

const VERIFIED: Verified = Object.freeze({ ok: true });
const SIGNATURE_CHARACTERS = 64;

const expectedBytes = Buffer.alloc(SIGNATURE_CHARACTERS);
const givenBytes = Buffer.alloc(SIGNATURE_CHARACTERS);

/** Tells whether the body must be read before the request can be verified. */
export function isBodySigned(request: SignableRequest): boolean {
  return request.header('x-sdk-content-sha256') !== UNSIGNED_PAYLOAD;
}

/**
 * Checks the signature of a request; `key` is that of `authorization.accessKey`. A refusal is a value,
 * since it is ordinary on the way of every call.
 *
 * The signed headers must be there, `x-sdk-date` among them and at most 15 minutes off; then the signature
 * is computed from what arrived and compared in constant time.
 */
export function verify(
  request: SignableRequest,
  authorization: Authorization,
  key: SigningKey,
  nowMs: number,
): Verified | VerifyFailure {
  const { scope, signedHeaders, signedHeaderNames } = authorization;
  const headers = canonicalHeaders(request, signedHeaderNames, scope !== undefined);
  if (headers === undefined || !signedHeaderNames.includes('x-sdk-date')) {
    return headerMissing(signedHeaderNames.find((name) => request.header(name) === undefined));
  }
  const date = request.header('x-sdk-date')?.trim() ?? '';
  if (!isCurrent(date, nowMs)) return expired(date, nowMs);
  const digest = request.header('x-sdk-content-sha256');
  if (digest !== UNSIGNED_PAYLOAD && request.bodyHash === undefined) return BODY_UNKNOWN;

  const { method, target, bodyHash = UNSIGNED_PAYLOAD } = request;
  const path = canonicalPath(target);
  const query = scope === undefined ? canonicalQuery(target) : scopedQuery(target);
  const canonical = canonicalRequest(method, path, query, headers, signedHeaders, digest ?? bodyHash);
  if (scope !== undefined && date.slice(0, 8) !== scope.day) return mismatch(canonical);
  if (digest !== undefined && isWrongDigest(digest, bodyHash)) return mismatch(canonical);
  if (isSigned(canonical, date, authorization, key)) return VERIFIED;

  if (bodyHash !== EMPTY_BODY_HASH) return mismatch(canonical);
  let other: string | undefined;
  if (digest === UNSIGNED_PAYLOAD) {
    // An official signer hashes the empty body and yet sends the header that says it did not.
    other = canonicalRequest(method, path, query, headers, signedHeaders, bodyHash);
  } else if (digest === undefined && scope !== undefined && method.toUpperCase() === 'POST') {
    // Signers of this layout tell a POST without a body from one with an empty body; the wire does not.
    other = canonicalRequest(method, path, '', headers, signedHeaders, hashBody(queryAsForm(target)));
  }
  return other !== undefined && isSigned(other, date, authorization, key) ? VERIFIED : mismatch(canonical);
}

const BODY_UNKNOWN: VerifyFailure = Object.freeze({
  ok: false,
  reason: 'bodyUnknown',
  text: 'the signature covers the body, which is too long to be verified',
});

function headerMissing(name = 'x-sdk-date'): VerifyFailure {
  return { ok: false, reason: 'headerMissing', text: `signed header ${name} not found` };
}

function expired(date: string, nowMs: number): VerifyFailure {
  const text = `signature expired, signature time:${date},server time:${formatSdkDate(nowMs)}`;
  return { ok: false, reason: 'expired', text };
}

function mismatch(canonical: string): VerifyFailure {
  const bars = canonical.replaceAll('\n', '|');
  return { ok: false, reason: 'mismatch', text: `verify signature fail, canonicalRequest:${bars}` };
}

/** Compares whole seconds, as the two times of the refusal show them. */
function isCurrent(date: string, nowMs: number): boolean {
  const signedMs = parseSdkDate(date);
  return signedMs !== undefined && Math.abs(Math.floor(nowMs / 1000) * 1000 - signedMs) <= MAX_CLOCK_SKEW_MS;
}

/** A digest that is not that of the body would leave the body unprotected though it looks signed. */
function isWrongDigest(digest: string, bodyHash: string): boolean {
  return digest !== UNSIGNED_PAYLOAD && digest.toLowerCase() !== bodyHash;
}

function isSigned(canonical: string, date: string, authorization: Authorization, key: SigningKey): boolean {
  const { scope, signature } = authorization;
  const signing = scope === undefined ? key : key.forScope(scope);
  return isEqual(signing.sign(stringToSign(date, canonical, scope)), signature);
}

function isEqual(expected: string, given: string): boolean {
  if (given.length !== SIGNATURE_CHARACTERS) return false;
  expectedBytes.write(expected, 'latin1');
  givenBytes.write(given, 'latin1');
  return timingSafeEqual(expectedBytes, givenBytes);
}
