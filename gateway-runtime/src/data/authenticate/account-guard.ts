import { fail } from '@apig/sdk/contract';
import { createSigningKey, type SigningKey } from '@apig/sdk/signer';
import type { AccessKey } from '../../identity.ts';

/** Failures in a row that a key may have. Source: user guide, "Error Codes", APIG.0301. */
const MAX_FAILURES = 5;
const LOCKED_MS = 5 * 60_000;

/**
 * Remembers who fails to sign. After more than five failures in a row a key is refused for five minutes, whatever it
 * signs then. Only keys that exist are remembered, so the memory is bounded by their number.
 */
export class AccountGuard {
  readonly #failures = new Map<string, { count: number; lockedUntilMs: number }>();
  readonly #keys = new Map<string, { readonly secret: string; readonly key: SigningKey }>();

  /** Refuses a locked key. @throws `iamRefused` */
  admit(accessKey: string, nowMs: number): void {
    const failures = this.#failures.get(accessKey);
    if (failures === undefined || failures.count <= MAX_FAILURES) return;
    if (nowMs < failures.lockedUntilMs) throw locked();
    this.#failures.delete(accessKey);
  }

  /** Counts a failure. @throws `iamRefused` when it is the one too many */
  fail(accessKey: string, nowMs: number): void {
    const count = (this.#failures.get(accessKey)?.count ?? 0) + 1;
    this.#failures.set(accessKey, { count, lockedUntilMs: nowMs + LOCKED_MS });
    if (count > MAX_FAILURES) throw locked();
  }

  /** Ends a row of failures. */
  succeed(accessKey: string): void {
    if (this.#failures.size > 0) this.#failures.delete(accessKey);
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
