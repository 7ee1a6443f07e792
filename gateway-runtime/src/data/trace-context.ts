import type { Head } from './http1/head.ts';

/*
 * The context of a trace that a call is part of. The gateway takes no part of its own in traces: what callers send goes
 * to the backend as it is, so that its span hangs where the caller's says. A parent that breaks the rules, or one of
 * two, is as good as none, and the state that comes with it means nothing without it: the backend gets neither and
 * begins a trace of its own, as if it had been called without.
 *
 * Source: W3C Recommendation "Trace Context", sections 3.2 and 4.3.
 */

/** Version, ids of trace and parent, and flags; later versions may say more after another hyphen. */
const PARENT =
  /^(?:00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}|(?!00|ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-.*)?)$/;

/** Whether a request has a sound parent, or none. */
export function isTraceSound(head: Head): boolean {
  const at = head.find('traceparent');
  return at < 0 || (PARENT.test(head.value(at)) && head.find('traceparent', at + 1) < 0);
}

/** Whether a field is part of the context. */
export function isOfTrace(head: Head, index: number): boolean {
  return head.isNamed(index, 'traceparent') || head.isNamed(index, 'tracestate');
}
