import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { fail } from '@apig/sdk/contract';
import { featuresOf } from '../../features.ts';
import type { Bodies } from '../../store/configuration.ts';
import type { Rules } from '../kinds.ts';
import { randomHex } from './secrets.ts';

type SignatureKey = Bodies['signatureKey'];

/** Source: API reference, "Creating a Signature Key" and "Deleting a Signature Key". */
export const signatureKeyRules: Rules<'signatureKey'> = {
  keeps: ['type', 'algorithm'],

  // Keys of one form are none of another one.
  forgets: ({ type = 'hmac', algorithm }, { body }) =>
    type === body.type && algorithm === body.algorithm ? [] : ['key', 'secret'],

  complete: (value) => {
    // Settled by the kind's own description, so it is what the kind stores, but for what is chosen here.
    const settled = value as Omit<SignatureKey, 'key' | 'secret'> & Partial<SignatureKey>;
    if (settled.key !== undefined && settled.secret !== undefined)
      return { ...settled, key: settled.key, secret: settled.secret };
    const made = makeKey(settled);
    // The halves of a pair belong together.
    if (settled.type === 'public_key') {
      if (settled.key !== undefined)
        throw fail('valueInvalid', { reason: 'expected the private key too', field: 'sign_secret' });
      if (settled.secret === undefined) return { ...settled, ...made };
      return { ...settled, key: publicHalfOf(settled.secret) ?? made.key, secret: settled.secret };
    }
    return { ...settled, key: settled.key ?? made.key, secret: settled.secret ?? made.secret };
  },

  check: ({ gatewayId, type, key, secret }, _id, _before, { draft }) => {
    if (type !== 'public_key') return;
    if (featuresOf(draft, gatewayId).publicKeyPrefix === undefined)
      throw fail('signatureTypeNotSupported', { name: type });
    const expected = publicHalfOf(secret);
    if (expected === undefined)
      throw fail('valueInvalid', {
        reason: 'expected a PKCS #8 key in Base64, RSA or P-256',
        field: 'sign_secret',
      });
    if (expected !== key)
      throw fail('valueInvalid', { reason: 'expected the public key of sign_secret', field: 'sign_key' });
  },

  deleting: ({ id }, { draft }) => {
    for (const binding of draft.by('signatureBinding', 'signatureKeyId', id)) draft.remove(binding);
  },
};

/** A key and a secret that the service chooses. */
function makeKey({ type, algorithm }: Pick<SignatureKey, 'type' | 'algorithm'>): {
  readonly key: string;
  readonly secret: string;
} {
  switch (type) {
    case 'hmac':
    case 'basic':
      return { key: randomHex(32), secret: randomHex(32) };
    case 'aes':
      return { key: randomHex(algorithm === 'aes-256-cfb' ? 32 : 16), secret: randomHex(16) };
    case 'public_key': {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return {
        key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
        secret: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      };
    }
  }
}

/** The public key of a private one, as DER in Base64; undefined for what is no private key of a kind that signs here. */
function publicHalfOf(secret: string): string | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' });
    const isCurve = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    if (key.asymmetricKeyType !== 'rsa' && !isCurve) return undefined;
    return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
  } catch {
    // The library is the only judge of its formats, and its message may quote the key.
    return undefined;
  }
}
