import { createCipheriv, createPrivateKey, hash, sign, type KeyObject } from 'node:crypto';
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  EMPTY_BODY_HASH,
  formatSdkDate,
  hashBody,
  UNSIGNED_PAYLOAD,
} from '@apig/sdk/signer';
import type { BackendSigner, SignedParts } from './backend-signature.ts';

/*
 * Signatures of the types `aes` and `public_key`. The documentation names their keys and says neither what is signed nor
 * where the signature travels, so both are this gateway's own, built of the parts that signatures of apps have.
 *
 * What is signed is the text of three lines that apps sign: the algorithm, `X-Sdk-Date`, and the SHA-256 of the
 * canonical request in hex digits. Signed are `host` and `x-sdk-date`, and for a body that streams
 * `x-sdk-content-sha256`, whose value is then UNSIGNED-PAYLOAD. A backend rebuilds the text from what it received and
 * compares.
 *
 * Source: user guide, "Configuring Signature Keys"; developer guide, "Verifying Signatures in Backends".
 */

const HEADERS = ['x-sdk-date', 'x-sdk-content-sha256'];

/**
 * Type `aes`: the first line is `SDK-AES-128-CFB` or `SDK-AES-256-CFB`, and the signature is the text encrypted by AES
 * in cipher feedback mode of 128 bits, in Base64. Key and initialisation vector are those of the signature key, as
 * bytes of UTF-8. The backend decrypts `X-Apig-Signature`, and finds the key by `X-Apig-Sign-Id`.
 */
export function createCipherSigner(
  id: string,
  key: string,
  vector: string,
  algorithm: 'aes-128-cfb' | 'aes-256-cfb',
): BackendSigner {
  const name = `SDK-${algorithm.toUpperCase()}`;
  return {
    headers: HEADERS,
    sign(parts, nowMs) {
      const { text, names, lines } = textToSign(name, parts, nowMs);
      const cipher = createCipheriv(algorithm, Buffer.from(key, 'utf8'), Buffer.from(vector, 'utf8'));
      const signature = cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
      return [...lines, 'X-Apig-Sign-Id', id, 'X-Apig-Signed-Headers', names, 'X-Apig-Signature', signature];
    },
  };
}

/**
 * Type `public_key`: the first line is `SDK-RSA-SHA256` or `SDK-ECDSA-SHA256`, and the signature is RSASSA-PKCS1-v1_5 or
 * ECDSA (in DER) with SHA-256, in Base64 for URLs: `X-Apig-Signature: <algorithm> Access=<id of the signature key>,
 * SignedHeaders=<names>, Signature=<signature>`.
 *
 * @param privateKey PKCS #8 in Base64
 * @returns undefined when it is no such key
 */
export function createPublicKeySigner(id: string, privateKey: string): BackendSigner | undefined {
  const key = readPrivateKey(privateKey);
  if (key === undefined) return undefined;
  const name = key.asymmetricKeyType === 'rsa' ? 'SDK-RSA-SHA256' : 'SDK-ECDSA-SHA256';
  return {
    headers: HEADERS,
    sign(parts, nowMs) {
      const { text, names, lines } = textToSign(name, parts, nowMs);
      const signature = sign('sha256', Buffer.from(text, 'utf8'), key).toString('base64url');
      const value = `${name} Access=${id}, SignedHeaders=${names}, Signature=${signature}`;
      return [...lines, 'X-Apig-Signature', value];
    },
  };
}

interface TextToSign {
  readonly text: string;
  /** Names of the signed headers. */
  readonly names: string;
  /** Header lines that the signature covers and the request does not have yet. */
  readonly lines: readonly string[];
}

function textToSign(
  algorithm: string,
  { method, target, host, body }: SignedParts,
  nowMs: number,
): TextToSign {
  const date = formatSdkDate(nowMs);
  const isStreamed = body === undefined;
  const values = new Map([
    ['host', host],
    ['x-sdk-date', date],
    ...(isStreamed ? [['x-sdk-content-sha256', UNSIGNED_PAYLOAD] as const] : []),
  ]);
  // The order of the alphabet, in which they are signed.
  const names = [...values.keys()].sort();
  const headers = canonicalHeaders({ header: (name) => values.get(name) }, names, false) ?? '';
  const payload = isStreamed ? UNSIGNED_PAYLOAD : body.length === 0 ? EMPTY_BODY_HASH : hashBody(body);
  const canonical = canonicalRequest(
    method,
    canonicalPath(target),
    canonicalQuery(target),
    headers,
    names.join(';'),
    payload,
  );
  return {
    text: `${algorithm}\n${date}\n${hash('sha256', canonical)}`,
    names: names.join(';'),
    lines: ['X-Sdk-Date', date, ...(isStreamed ? ['X-Sdk-Content-Sha256', UNSIGNED_PAYLOAD] : [])],
  };
}

function readPrivateKey(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec' ? key : undefined;
  } catch {
    // The library is the only judge of its formats, and its message may quote the key.
    return undefined;
  }
}
