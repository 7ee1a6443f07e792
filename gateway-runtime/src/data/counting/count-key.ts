import { hash } from 'node:crypto';

/** By what something is counted: 64 bits that stand for a text. */
export interface CountKey {
  readonly high: number;
  readonly low: number;
}

/** Keys of callers that are kept. */
const MAX_KEPT = 16_384;

/**
 * Makes keys: digests under a secret, so that nobody can choose names whose counts fall together. Two of a million names
 * do so with a probability of one in thirty million.
 */
export class CountKeys {
  readonly #secret: string;
  readonly #kept = new Map<string, CountKey>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The key of a text. */
  of(text: string): CountKey {
    const digest = hash('sha256', `${this.#secret}${text}`, 'buffer');
    return { high: digest.readInt32LE(0), low: digest.readInt32LE(4) || 1 };
  }

  /** The key of a text that is likely to be asked for again soon. */
  again(text: string): CountKey {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    // Whoever calls is asked for again at once; the few that are not cost one digest each.
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const key = this.of(text);
    this.#kept.set(text, key);
    return key;
  }
}
