import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  randomFillSync,
} from 'node:crypto';

/*
 * A sealed value is the JSON of the value, encrypted with AES-256-GCM under a key of 32 bytes (NIST SP 800-38D). Its
 * nonce is 96 random bits, which a key bears for 2^32 values. What it is bound to (the place where it stands) is
 * authenticated with it, so that a sealed value moved to another place does not open. The text is base64 of nonce, tag
 * and ciphertext, in this order. The ID of the key stands beside it; it is an HMAC under the key and tells nothing of it.
 */

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Nonces that are drawn at a time: a draw costs as much as sealing does. */
const NONCES_AT_ONCE = 256;

/** Length of a key. */
export const KEY_BYTES = 32;

/** A value that cannot be read without the key. */
export interface SealedValue {
  readonly sealed: typeof ALGORITHM;
  /** ID of the key. */
  readonly key: string;
  readonly text: string;
}

/** Seals values and opens them again. */
export interface Seal {
  readonly keyId: string;
  /** Seals a value of JSON for one place. */
  seal(value: unknown, place: string): SealedValue;
  /** The value of a sealed one; undefined when another key or another place sealed it, or somebody changed it. */
  open(sealed: SealedValue, place: string): unknown;
}

/** The seal of a key. */
export function createSeal(key: Uint8Array): Seal {
  if (key.length !== KEY_BYTES) throw new Error(`a sealing key has ${KEY_BYTES} bytes`);
  const keyId = createHmac('sha256', key).update('apig sealing key id').digest('hex').slice(0, 16);
  // Made ready once: it takes longer than to seal a short secret.
  const secretKey = createSecretKey(key);
  const nextNonce = createNonces();
  return {
    keyId,
    seal: (value, place) => {
      const nonce = nextNonce();
      const cipher = createCipheriv(ALGORITHM, secretKey, nonce).setAAD(Buffer.from(place));
      const ciphertext = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      const text = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64');
      return { sealed: ALGORITHM, key: keyId, text };
    },
    open: (sealed, place) => {
      const bytes = Buffer.from(sealed.text, 'base64');
      if (sealed.key !== keyId || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(ALGORITHM, secretKey, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      try {
        return JSON.parse(Buffer.concat([opened, decipher.final()]).toString('utf8')) as unknown;
      } catch {
        // The tag does not fit: the one way in which this is said.
        return undefined;
      }
    },
  };
}

/** Whether a value is a sealed one. */
export function isSealed(value: unknown): value is SealedValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sealed' in value &&
    value.sealed === ALGORITHM &&
    'key' in value &&
    typeof value.key === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}

/** Random nonces, each of which is given once. */
function createNonces(): () => Buffer {
  const drawn = randomBytes(NONCES_AT_ONCE * NONCE_BYTES);
  let next = 0;
  return () => {
    if (next === drawn.length) {
      randomFillSync(drawn);
      next = 0;
    }
    next += NONCE_BYTES;
    return drawn.subarray(next - NONCE_BYTES, next);
  };
}
