import type { Answer } from './answer.ts';
import type { IncomingBody } from './incoming-body.ts';
import type { Origin } from './origin.ts';
import type { ResponseHead } from './response-head.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

/** A request to an upstream. */
export interface UpstreamRequest {
  readonly origin: Origin;
  readonly method: string;
  /** Request line and field lines, one character a byte, each with its CR LF; without fields that frame. */
  readonly head: string;
  /** A string has one character a byte. A body that arrives is sent on as it comes, and can be sent once. */
  readonly body: string | Buffer | IncomingBody | undefined;
  /** Protocol to change to. */
  readonly upgrade?: string | undefined;
  /** From the start, or the last piece of body that was sent, to the head of the answer. */
  readonly headMs: number;
  /** Pause in the answer. */
  readonly gapMs: number;
}

/** Who waits for the answer; each request ends with one call of `onAnswer` or `onFailure`. */
export interface UpstreamHandler {
  /** The head of the answer is here. Called within the read that brought it. */
  onAnswer(answer: Answer): void;
  /** There is no answer. */
  onFailure(failure: UpstreamFailure): void;
  /** An interim answer (RFC 9110, 15.2) other than 100 and 101. */
  onInterim?(head: ResponseHead): void;
}

/** A request under way. */
export interface UpstreamCall {
  /** Gives it up; nothing is called any more. */
  cancel(): void;
}
