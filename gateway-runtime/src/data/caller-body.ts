import { fail, type ApigError } from '@apig/sdk/contract';
import { CallerGone, type RequestBody } from './call.ts';
import type { BodyFailure, BodyReader, IncomingBody } from './http1/incoming-body.ts';

/** The body of a request. It is read when asked for, so an unread body waits in the caller's socket. */
export class CallerBody implements RequestBody {
  readonly incoming: IncomingBody;

  constructor(incoming: IncomingBody) {
    this.incoming = incoming;
  }

  get length(): number | undefined {
    return this.incoming.length;
  }

  get isStarted(): boolean {
    return this.incoming.isRead;
  }

  takeWhole(): Buffer | undefined {
    return this.incoming.takeWhole();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return new Pieces(this.incoming);
  }
}

/** What became of a body that is not complete. */
export function toBodyError(failure: BodyFailure): ApigError | CallerGone {
  if (failure === 'gone') return new CallerGone();
  if (failure === 'bodyTooLarge') return fail('bodyTooLarge');
  return fail(failure === 'bodyTimedOut' ? 'bodyTimeout' : 'badRequest');
}

/** The pieces of a body, one at a time: the connection rests while nobody asks. */
class Pieces implements AsyncIterator<Uint8Array>, BodyReader {
  readonly #incoming: IncomingBody;
  #isReading = false;
  #isOver = false;
  readonly #ahead: Buffer[] = [];
  #failure: Error | undefined;
  #waiting: { resolve(result: IteratorResult<Uint8Array>): void; reject(error: Error): void } | undefined;

  constructor(incoming: IncomingBody) {
    this.#incoming = incoming;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#isReading) this.#incoming.resume();
      else {
        this.#isReading = true;
        this.#incoming.read(this);
      }
      this.#settle();
    });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#isOver = true;
    this.#incoming.discard();
    return Promise.resolve(DONE);
  }

  onData(chunk: Buffer): void {
    this.#ahead.push(chunk);
    this.#incoming.pause();
    this.#settle();
  }

  onEnd(): void {
    this.#isOver = true;
    this.#settle();
  }

  onFailure(failure: BodyFailure): void {
    this.#failure = toBodyError(failure);
    this.#settle();
  }

  /** Answers whoever waits, if there is something to say. */
  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const chunk = this.#ahead.shift();
    if (chunk === undefined && this.#failure === undefined && !this.#isOver) return;
    this.#waiting = undefined;
    if (chunk !== undefined) waiting.resolve({ done: false, value: chunk });
    else if (this.#failure !== undefined) waiting.reject(this.#failure);
    else waiting.resolve(DONE);
  }
}

const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined };
