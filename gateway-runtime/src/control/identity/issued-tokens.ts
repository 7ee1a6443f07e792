import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Account } from '../../identity.ts';

/** How long a token lasts, as that of the service. */
const LIFETIME_MS = 24 * 3600 * 1000;

/** Tokens in force at most; the oldest make room. */
const MAX_TOKENS = 10_000;

/** What a token is for. */
export interface TokenRecord {
  readonly account: Account;
  readonly methods: readonly string[];
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** What the token was asked to act on. */
  readonly scope: 'project' | 'domain';
}

/** A token by its digest, which does not tell the token. */
export interface IssuedToken {
  /** SHA-256 of the token in hex. */
  readonly digest: string;
  readonly record: TokenRecord;
}

/** Told what becomes of tokens, before those who asked for it are. */
export interface TokenListener {
  issued(token: IssuedToken): void;
  revoked(digest: string): void;
}

/**
 * Tokens that were given out. They are kept as digests and in memory only: a restart revokes them all, and nobody finds
 * one in what is kept.
 */
export class IssuedTokens {
  readonly #clock: Clock;
  /** SHA-256 of the token in hex to what it is for, the oldest first. */
  readonly #records = new Map<string, TokenRecord>();
  #listener: TokenListener | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Gives out a token. */
  issue(
    account: Account,
    methods: readonly string[],
    scope: TokenRecord['scope'],
  ): { readonly token: string; readonly record: TokenRecord } {
    const issuedAtMs = this.#clock.now();
    const token = randomBytes(48).toString('base64url');
    const record = { account, methods, scope, issuedAtMs, expiresAtMs: issuedAtMs + LIFETIME_MS };
    this.#sweep(issuedAtMs);
    const digest = digestOf(token);
    this.#records.set(digest, record);
    this.#listener?.issued({ digest, record });
    return { token, record };
  }

  /** What a token is for; undefined when it is none, or not any more. */
  find(token: string): TokenRecord | undefined {
    const record = this.#records.get(digestOf(token));
    return record !== undefined && record.expiresAtMs > this.#clock.now() ? record : undefined;
  }

  /** Takes a token back. */
  revoke(token: string): void {
    const digest = digestOf(token);
    this.forget(digest);
    this.#listener?.revoked(digest);
  }

  /** Has somebody told from now on. */
  listen(listener: TokenListener): void {
    this.#listener = listener;
  }

  /** All tokens, the oldest first. */
  get all(): readonly IssuedToken[] {
    return [...this.#records].map(([digest, record]) => ({ digest, record }));
  }

  /** Takes over a token that was given out elsewhere. */
  restore({ digest, record }: IssuedToken): void {
    this.#sweep(this.#clock.now());
    this.#records.set(digest, record);
  }

  /** Takes over that a token was taken back elsewhere. */
  forget(digest: string): void {
    this.#records.delete(digest);
  }

  #sweep(nowMs: number): void {
    // All last equally long, so the oldest expire first.
    for (const [digest, { expiresAtMs }] of this.#records) {
      if (expiresAtMs > nowMs && this.#records.size < MAX_TOKENS) return;
      this.#records.delete(digest);
    }
  }
}

function digestOf(token: string): string {
  return hash('sha256', token);
}
