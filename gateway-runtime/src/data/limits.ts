import type { HeadLimits } from './http1/head-parser.ts';

/*
 * Sizes and times that bound what one caller can cost.
 * Source: user guide, "Notes and Constraints" and "Gateway Parameters" (request_body_size, request_body_timeout).
 */

/** Largest request target. */
export const MAX_URI_BYTES = 32 * 1024;

/** Largest header line. */
export const MAX_HEADER_BYTES = 32 * 1024;

/** Largest set of header lines. */
export const MAX_HEADERS_BYTES = 128 * 1024;

/** Largest number of header lines. */
const MAX_HEADERS = 10_000;

/** The limits of a head, as the wire is told them. */
export const HEAD_LIMITS: HeadLimits = {
  firstLineBytes: MAX_URI_BYTES,
  fieldBytes: MAX_HEADER_BYTES,
  headBytes: MAX_HEADERS_BYTES,
  fields: MAX_HEADERS,
};

/** How many connections callers may have open on each port. */
export interface ConnectionLimits {
  readonly all: number;
  /** From one address. Callers behind one proxy share theirs. */
  readonly ofAddress: number;
}

/** How many connections callers may have open unless the operator says otherwise. */
export const CONNECTION_LIMITS: ConnectionLimits = { all: 50_000, ofAddress: 50_000 };

/** How long callers are waited for. */
export interface CallerTimeouts {
  /** For the head of a request. */
  readonly headMs: number;
  /** For the next piece of a body. */
  readonly bodyMs: number;
  /** For reading the next piece of an answer. */
  readonly unreadMs: number;
}

/** How long callers are waited for unless the operator says otherwise. */
export const CALLER_TIMEOUTS: CallerTimeouts = { headMs: 10_000, bodyMs: 8000, unreadMs: 60_000 };

/** Longest time that an idle connection of a caller is kept. */
export const IDLE_MS = 75_000;

/** Longest time for which the rest of a body is taken in after the answer, so that the caller can read the answer. */
export const LINGER_MS = 10_000;

/** A body of up to this many announced bytes is read before the backend is asked: one write, and it can be sent again. */
export const HELD_BODY_BYTES = 64 * 1024;

/** How often a call may pass through gateways. Source: user guide, "Error Codes", APIG.0612. */
export const MAX_HOPS = 10;
