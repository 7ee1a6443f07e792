import type { Unanswered } from './exchange.ts';

/** System calls before a request is sent. */
const CONNECTING = new Set(['connect', 'getaddrinfo']);

/** The server is not who it should be: found before a request is sent, and not to be cured by another attempt. */
const UNTRUSTED = /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** An answer that is not read to its end because it is too large. */
export function tooLarge(maxBytes: number): Unanswered {
  const reason = `answer of more than ${maxBytes} bytes`;
  return { answered: false, code: 'ANSWER_TOO_LARGE', reason, sent: true, passing: false, cause: undefined };
}

/** No complete answer in time. */
export function timedOut(timeoutMs: number): Unanswered {
  const reason = `no answer within ${timeoutMs} ms`;
  return { answered: false, code: 'TIMEOUT', reason, sent: true, passing: true, cause: undefined };
}

/** An end that the caller wanted. */
export function aborted(signal: AbortSignal | undefined, sent: boolean): Unanswered {
  const cause: unknown = signal?.reason;
  return { answered: false, code: 'ABORTED', reason: 'aborted by the caller', sent, passing: false, cause };
}

/** The failure of a connection. `code` is what is known when the failure itself says nothing. */
export function toUnanswered(cause: unknown, fallback = 'FAILED'): Unanswered {
  const code = textOf(cause, 'code') ?? fallback;
  // With several addresses for one name, each failed in its own way.
  const failures: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const connecting = failures.every((each) => CONNECTING.has(textOf(each, 'syscall') ?? ''));
  const untrusted = UNTRUSTED.test(code);
  const reasons = failures.map((each) => textOf(each, 'message')?.trim() ?? code);
  const hint = code === 'EPROTO' ? ['does the endpoint speak HTTPS?'] : [];
  const reason = [...reasons, ...hint].join('; ');
  return { answered: false, code, reason, sent: !connecting && !untrusted, passing: !untrusted, cause };
}

function textOf(error: unknown, key: string): string | undefined {
  const value: unknown =
    typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
