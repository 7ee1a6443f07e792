import { hash, timingSafeEqual } from 'node:crypto';

/** Compares a secret with what somebody says it is, in a time that tells nothing of it. No secret is the same as nothing. */
export function isSameSecret(secret: string | undefined, given: string): boolean {
  // Of digests, which have one length; and also where there is no secret, so that its absence takes as long.
  const isSame = timingSafeEqual(digestOf(secret ?? ''), digestOf(given));
  return secret !== undefined && isSame;
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
