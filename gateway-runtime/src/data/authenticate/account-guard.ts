import { fail } from '@apig/sdk/contract';
import { createSigningKey, type SigningKey } from '@apig/sdk/signer';
import type { AccessKey } from '../../identity.ts';
import type { Counters } from '../counters.ts';

/** Failures in a row that a key may have. Source: user guide, "Error Codes", APIG.0301. */
const MAX_FAILURES = 5;
const LOCKED_MS = 5 * 60_000;

/**
 * Remembers who fails to sign. After more than five failures in a row a key is refused for five minutes, whatever it
 * signs then. Only keys that exist are remembered, so the memory is bounded by their number.
 */
export class AccountGuard {
  readonly #counters: Counters;
  readonly #keys = new Map<string, { readonly secret: string; readonly key: SigningKey }>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** Refuses a locked key. @throws `iamRefused` */
  admit(accessKey: string, nowMs: number): void {
    if (this.#counters.failures(accessKey).isLocked(MAX_FAILURES, LOCKED_MS, nowMs)) throw locked();
  }

  /** Counts a failure. @throws `iamRefused` when it is the one too many */
  fail(accessKey: string, nowMs: number): void {
    if (this.#counters.failures(accessKey).add(nowMs) > MAX_FAILURES) throw locked();
  }

  /** Ends a row of failures. */
  succeed(accessKey: string): void {
    this.#counters.failures(accessKey).clear();
  }

  /** The prepared secret of a key. */
  keyOf({ accessKey, secretKey }: AccessKey): SigningKey {
    const kept = this.#keys.get(accessKey);
    // What is compared are two secrets of the runtime's own, not a caller's.
    if (kept?.secret === secretKey) return kept.key;
    const key = createSigningKey(secretKey);
    this.#keys.set(accessKey, { secret: secretKey, key });
    return key;
  }
}

function locked(): Error {
  return fail('iamRefused', { reason: 'AK access failed to reach the limit,forbidden' });
}
