import type { Clock } from '../../clock.ts';

/** Failures of one account from one address within the window, after which neither right nor wrong secrets are looked at. */
const MAX_PER_ACCOUNT = 5;

/** Failures from one address, whatever the account. */
const MAX_PER_ADDRESS = 50;

const WINDOW_MS = 60_000;

/** Names that are watched at a time; the oldest make room. */
const MAX_WATCHED = 10_000;

interface Failures {
  count: number;
  readonly untilMs: number;
}

/** Slows down whoever guesses secrets: too many failures in a minute, and no further try is taken until it is over. */
export class FailedLogins {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds until the next try is taken; 0 when it is taken now. */
  waitSeconds(account: string, address: string): number {
    const waits = [
      this.#waitMs(accountKey(account, address), MAX_PER_ACCOUNT),
      this.#waitMs(address, MAX_PER_ADDRESS),
    ];
    return Math.ceil(Math.max(...waits) / 1000);
  }

  /** Counts a failure. */
  add(account: string, address: string): void {
    this.#count(accountKey(account, address));
    this.#count(address);
  }

  /** Forgets the failures of an account from an address, once it proved who it is. */
  clear(account: string, address: string): void {
    this.#failures.delete(accountKey(account, address));
  }

  #waitMs(key: string, limit: number): number {
    const failures = this.#failures.get(key);
    if (failures === undefined || failures.count < limit) return 0;
    return Math.max(0, failures.untilMs - this.#clock.now());
  }

  #count(key: string): void {
    const nowMs = this.#clock.now();
    const failures = this.#failures.get(key);
    if (failures !== undefined && failures.untilMs > nowMs) {
      failures.count += 1;
      return;
    }
    this.#failures.delete(key);
    this.#failures.set(key, { count: 1, untilMs: nowMs + WINDOW_MS });
    for (const [oldest] of this.#failures) {
      if (this.#failures.size <= MAX_WATCHED) return;
      this.#failures.delete(oldest);
    }
  }
}

function accountKey(account: string, address: string): string {
  return `${address} ${account}`;
}
