import { fail } from '@apig/sdk/contract';
import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  createSigningKey,
  formatAuthorization,
  formatSdkDate,
  hashBody,
  stringToSign,
  UNSIGNED_PAYLOAD,
  type SigningKey,
} from '@apig/sdk/signer';
import type { Bodies } from '../store/configuration.ts';
import { createCipherSigner, createPublicKeySigner } from './backend-signature-other.ts';

/** What a signature covers of a backend's request. */
export interface SignedParts {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  /** The body; undefined when it streams and cannot be covered. */
  readonly body: Uint8Array | undefined;
}

/** Shows a backend that a request comes from the gateway. */
export interface BackendSigner {
  /** Names, in lower case, of the headers that it writes: a caller's are taken away first. */
  readonly headers: readonly string[];
  /** The header lines of one attempt. @throws `backendSigningFailed` */
  sign(parts: SignedParts, nowMs: number): readonly string[];
}

/** Smallest set that every verifier takes; proxies on the way may change other headers. */
const SIGNED_HEADERS = 'host;x-sdk-date';
const SIGNED_HEADERS_WITHOUT_BODY = 'host;x-sdk-content-sha256;x-sdk-date';

/**
 * Prepares a signature key.
 *
 * `hmac`: the signature of the backend's request as it is sent, in the form in which apps sign; a body that streams
 * is left out of it, and the header `X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD` says so. `basic`: user name and password.
 * Both travel in `Authorization`, or in the header that the gateway has for it. The other types write headers of
 * their own.
 *
 * Source: user guide, "Configuring Signature Keys" and "Configuring Gateway Parameters" (custom_auth_header);
 * developer guide, "Verifying Signatures in Backends".
 *
 * @param carrier the header in the place of `Authorization`
 */
export function createBackendSigner(
  id: string,
  { type, key, secret, algorithm }: Bodies['signatureKey'],
  carrier = 'Authorization',
): BackendSigner {
  if (type === 'basic') {
    const line = [carrier, `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`];
    return { headers: [carrier.toLowerCase(), ...DATE_AND_HASH], sign: () => line };
  }
  if (type === 'aes') return createCipherSigner(id, key, secret, algorithm ?? 'aes-128-cfb');
  if (type === 'public_key') return createPublicKeySigner(id, secret) ?? UNABLE;
  const signingKey = createSigningKey(secret);
  return {
    headers: [carrier.toLowerCase(), ...DATE_AND_HASH],
    sign(parts, nowMs) {
      const date = formatSdkDate(nowMs);
      const lines = [carrier, authorizationOf(parts, date, key, signingKey), 'X-Sdk-Date', date];
      if (parts.body === undefined) lines.push('X-Sdk-Content-Sha256', UNSIGNED_PAYLOAD);
      return lines;
    },
  };
}

/** Where a signature says when it was made, and what it says of the body. */
const DATE_AND_HASH = ['x-sdk-date', 'x-sdk-content-sha256'];

/** The key is none. */
const UNABLE: BackendSigner = {
  headers: DATE_AND_HASH,
  sign: () => {
    throw fail('backendSigningFailed');
  },
};

/** What is signed is always the same, so that none of it has to be looked for among the headers of a request. */
function authorizationOf(
  { method, target, host, body }: SignedParts,
  date: string,
  accessKey: string,
  key: SigningKey,
): string {
  const isStreamed = body === undefined;
  const names = isStreamed ? SIGNED_HEADERS_WITHOUT_BODY : SIGNED_HEADERS;
  const digest = isStreamed ? `x-sdk-content-sha256:${UNSIGNED_PAYLOAD}\n` : '';
  const canonical = canonicalRequest(
    method,
    canonicalPath(target),
    canonicalQuery(target),
    `host:${host}\n${digest}x-sdk-date:${date}\n`,
    names,
    isStreamed ? UNSIGNED_PAYLOAD : hashBody(body),
  );
  return formatAuthorization(accessKey, names, key.sign(stringToSign(date, canonical)));
}
