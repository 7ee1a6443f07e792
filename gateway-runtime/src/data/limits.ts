/*
 * Sizes and times that bound what one caller can cost.
 * Source: user guide, "Notes and Constraints" and "Gateway Parameters" (request_body_size, request_body_timeout).
 */

/** Largest body of a request. */
export const MAX_BODY_BYTES = 12 * 1024 * 1024;

/** Largest request target. */
export const MAX_URI_BYTES = 32 * 1024;

/** Largest header line. */
export const MAX_HEADER_BYTES = 32 * 1024;

/** Largest set of header lines. */
export const MAX_HEADERS_BYTES = 128 * 1024;

/** Longest pause in a request's body. */
export const BODY_PAUSE_MS = 8000;

/** Longest time for the head of a request to arrive. */
export const HEAD_TIMEOUT_MS = 10_000;

/** Longest time that a caller may leave an answer unread. */
export const UNREAD_MS = 60_000;

/** Longest time that an idle connection of a caller is kept. */
export const IDLE_MS = 75_000;

/** Longest time for which the rest of a body is taken in after the answer, so that the caller can read the answer. */
export const LINGER_MS = 10_000;

/** A body of up to this many announced bytes is read before the backend is asked: one write, and it can be sent again. */
export const HELD_BODY_BYTES = 64 * 1024;

/** How often a call may pass through gateways. Source: user guide, "Error Codes", APIG.0612. */
export const MAX_HOPS = 10;
