import type { Answer, AnswerReader } from './answer.ts';
import type { ReadBuffer } from './read-buffer.ts';
import type { ResponseHead } from './response-head.ts';
import type { UpstreamFailure } from './upstream-failure.ts';
import type { UpstreamPool } from './upstream-pool.ts';
import type { UpstreamHandler, UpstreamRequest } from './upstream-request.ts';

/** An answer that was read whole. */
export interface WholeAnswer {
  readonly head: ResponseHead;
  readonly body: Buffer;
}

/** What bounds a whole answer. */
export interface WholeLimits {
  /** For all of it, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** What is thrown when that has passed. */
  readonly late: Error;
  /** Longest body. */
  readonly maxBytes: number;
}

/** Sends a request and reads the answer whole. @throws UpstreamFailure, or an error for an answer that is late or too long */
export function fetchWhole(
  pool: UpstreamPool,
  request: UpstreamRequest,
  limits: WholeLimits,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => new Fetch(limits, resolve, reject).start(pool, request));
}

class Fetch implements UpstreamHandler, AnswerReader {
  readonly #limits: WholeLimits;
  readonly #resolve: (answer: WholeAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #pieces: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #answer: Answer | undefined;
  #cancel: (() => void) | undefined;

  constructor(limits: WholeLimits, resolve: (answer: WholeAnswer) => void, reject: (error: Error) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#fail(limits.late), limits.timeoutMs);
  }

  start(pool: UpstreamPool, request: UpstreamRequest): void {
    const call = pool.send(request, this);
    this.#cancel ??= () => call.cancel();
  }

  onAnswer(answer: Answer): void {
    this.#answer = answer;
    this.#cancel = () => answer.cancel();
    if (answer.text === undefined) answer.read(this);
    else if (answer.text.length > this.#limits.maxBytes) this.#failTooLong();
    else {
      this.#pieces.push(Buffer.from(answer.text, 'latin1'));
      this.onEnd();
    }
  }

  onData(buffer: ReadBuffer, start: number, end: number): boolean {
    this.#bytes += end - start;
    if (this.#bytes > this.#limits.maxBytes) this.#failTooLong();
    else this.#pieces.push(Buffer.from(buffer.bytes.subarray(start, end)));
    return false;
  }

  onEnd(): void {
    clearTimeout(this.#timer);
    if (this.#answer !== undefined)
      this.#resolve({ head: this.#answer.head, body: Buffer.concat(this.#pieces) });
  }

  onFailure(failure: UpstreamFailure): void {
    clearTimeout(this.#timer);
    // As far as it matters how long is waited, the time for the head is the time for all.
    this.#reject(failure.kind === 'timedOut' ? this.#limits.late : failure);
  }

  #failTooLong(): void {
    this.#fail(new Error(`the answer is longer than ${this.#limits.maxBytes} bytes`));
  }

  #fail(error: Error): void {
    clearTimeout(this.#timer);
    this.#cancel?.();
    this.#reject(error);
  }
}
