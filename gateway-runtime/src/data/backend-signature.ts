import { fail } from '@apig/sdk/contract';
import { createSigningKey, sign, UNSIGNED_PAYLOAD } from '@apig/sdk/signer';
import type { Bodies } from '../store/configuration.ts';

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
  /** The header lines of one attempt. @throws `backendSigningFailed` */
  sign(parts: SignedParts, nowMs: number): readonly string[];
}

/** Smallest set that every verifier takes; proxies on the way may change other headers. */
const SIGNED_HEADERS = ['host', 'x-sdk-date'];
const SIGNED_HEADERS_WITHOUT_BODY = [...SIGNED_HEADERS, 'x-sdk-content-sha256'];

/**
 * Prepares a signature key.
 *
 * `hmac`: the signature of the backend's request as it is sent, in the form in which apps sign; a body that streams
 * is left out of it, and the header `X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD` says so. `basic`: user name and password.
 * The other types exist in the management API only; signing with them fails.
 *
 * Source: user guide, "Configuring Signature Keys"; developer guide, "Verifying Signatures in Backends".
 */
export function createBackendSigner({ type, key, secret }: Bodies['signatureKey']): BackendSigner {
  if (type === 'basic') {
    const line = ['Authorization', `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`];
    return { sign: () => line };
  }
  if (type !== 'hmac') {
    return {
      sign: () => {
        throw fail('backendSigningFailed');
      },
    };
  }
  const signingKey = createSigningKey(secret);
  return {
    sign({ method, target, host, body }, nowMs) {
      const isStreamed = body === undefined;
      const headers = sign({
        method,
        target,
        headers: { host },
        body,
        accessKey: key,
        secret: signingKey,
        date: new Date(nowMs),
        signedHeaders: isStreamed ? SIGNED_HEADERS_WITHOUT_BODY : SIGNED_HEADERS,
        unsignedPayload: isStreamed,
      });
      const lines = ['Authorization', headers.Authorization, 'X-Sdk-Date', headers['X-Sdk-Date']];
      if (isStreamed) lines.push('X-Sdk-Content-Sha256', UNSIGNED_PAYLOAD);
      return lines;
    },
  };
}
