import type { Exchange, Outcome } from './exchange.ts';
import type { Timing } from './timing.ts';

/** Longest wait between two attempts without a word from the gateway. */
const MAX_BACKOFF_MS = 10_000;
const FIRST_BACKOFF_MS = 200;

/** A gateway that asks for a longer pause is not waited for: the caller decides. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Two writes met at one object. Source: API reference, appendix "Error Codes". */
const CONFLICTS = /"error_code"\s*:\s*"(?:APIG\.3500|APIG\.9999|APIC\.9224)"/;

/**
 * How long to wait before the next attempt; undefined when there should be none.
 *
 * 429 and 503 say that nothing was done, so any request is sent again. After 502, 504, a conflict or a connection that
 * broke, something may have been done: only what may be done twice is sent again. What never left this machine always is.
 *
 * @param attempt number of the attempt that ended, from 1.
 */
export function waitBeforeRetry(
  outcome: Outcome,
  { repeatable }: Exchange,
  attempt: number,
  timing: Timing,
): number | undefined {
  // Full jitter: clients that failed together come back apart.
  const backoffMs = timing.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  if (!outcome.answered) {
    return outcome.passing && (repeatable || !outcome.sent) ? backoffMs : undefined;
  }
  switch (outcome.status) {
    case 429:
    case 503: {
      const askedMs = parseRetryAfter(outcome.header('retry-after'), timing.now());
      if (askedMs === undefined) return backoffMs;
      return askedMs > MAX_RETRY_AFTER_MS ? undefined : askedMs + backoffMs;
    }
    case 502:
    case 504:
      return repeatable ? backoffMs : undefined;
    case 500:
      return repeatable && CONFLICTS.test(outcome.body.toString('latin1')) ? backoffMs : undefined;
    default:
      return undefined;
  }
}

/** Milliseconds that a `Retry-After` asks for, as seconds or as a date (RFC 9110, section 10.2.3). */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time - nowMs);
}
