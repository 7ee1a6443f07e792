import type { Fault } from './faults.ts';

/** Why a body does not become complete: a fault, or the caller hung up. */
export type BodyFailure = Fault | 'gone';

/** Who reads a body. */
export interface BodyReader {
  /** Takes a piece, which it may keep. It asks for a break by `IncomingBody.pause`. */
  onData(chunk: Buffer): void;
  /** The body is complete; `trailerLines` are the fields that may be sent on. */
  onEnd(trailerLines: string): void;
  onFailure(failure: BodyFailure): void;
}

/** How a body gets at its connection. */
export interface BodySource {
  /** Bytes of the body are wanted: more of them may be read. */
  wantBody(): void;
  /** No more bytes of the body should be read for now. */
  holdBody(): void;
}

/** Bytes that are taken in before anybody reads: small bodies are there when they are asked for. */
const HELD_BYTES = 64 * 1024;

/** The body of a request while it arrives. It has one reader; what comes before it is held, up to a bound. */
export class IncomingBody {
  /** Bytes announced; undefined when only the last chunk tells. */
  readonly length: number | undefined;
  /** Whether somebody has begun to read: a body can be read once. */
  isRead = false;
  /** Whether the last byte was taken in. */
  isComplete = false;
  /** Bytes taken in. */
  bytes = 0;
  /** Bytes that may come; more than the server takes never do. */
  maxBytes = Infinity;
  /** Whether a pause of the caller has a limit. */
  isTimed = true;
  #failure: BodyFailure | undefined;
  #trailerLines = '';
  #held: Buffer[] = [];
  #reader: BodyReader | undefined;
  #isDiscarded = false;
  #isPaused = false;
  readonly #source: BodySource;

  constructor(source: BodySource, length: number | undefined) {
    this.#source = source;
    this.length = length;
  }

  /** The whole body, when it is here and nobody has read it; the caller of this is its reader. */
  takeWhole(): Buffer | undefined {
    if (!this.isComplete || this.#reader !== undefined || this.#isDiscarded || this.#trailerLines !== '')
      return undefined;
    const [first] = this.#held;
    const whole = this.#held.length === 1 && first !== undefined ? first : Buffer.concat(this.#held);
    this.isRead = true;
    this.discard();
    return whole;
  }

  /** Begins to read. What was held comes at once, within this call. */
  read(reader: BodyReader): void {
    this.#reader = reader;
    this.isRead = true;
    this.#deliver();
    this.#source.wantBody();
  }

  /** Asks for a break; pieces that are here already may still come. */
  pause(): void {
    this.#isPaused = true;
    if (!this.isComplete) this.#source.holdBody();
  }

  /** Ends a break. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
    // Delivering may have asked for the next break.
    if (!this.wantsBreak) this.#source.wantBody();
  }

  /** Throws away what is here and what will come. */
  discard(): void {
    this.#isDiscarded = true;
    this.#isPaused = false;
    this.#reader = undefined;
    this.#held = [];
  }

  /** Whether no more should be read from the connection for now. */
  get wantsBreak(): boolean {
    if (this.#isDiscarded) return false;
    return this.#isPaused || (this.#reader === undefined && this.bytes >= HELD_BYTES);
  }

  /** Whether somebody waits for bytes that the caller has not sent. */
  get isAwaited(): boolean {
    return !this.isComplete && !this.wantsBreak;
  }

  /** Takes in a piece; called by the connection. */
  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.#isDiscarded) return;
    if (this.#reader !== undefined && !this.#isPaused) this.#reader.onData(chunk);
    else this.#held.push(chunk);
  }

  /** Completes the body; called by the connection. */
  finish(trailerLines: string): void {
    this.isComplete = true;
    this.#trailerLines = trailerLines;
    if (!this.#isPaused) this.#conclude();
  }

  /** Ends the body before it is complete; called by the connection. */
  fail(failure: BodyFailure): void {
    if (this.isComplete || this.#failure !== undefined) return;
    this.#failure = failure;
    this.#conclude();
  }

  #deliver(): void {
    while (!this.#isPaused) {
      const chunk = this.#held.shift();
      if (chunk === undefined) break;
      this.#reader?.onData(chunk);
    }
    if (!this.#isPaused) this.#conclude();
  }

  /** Tells the reader of the end, once. */
  #conclude(): void {
    const reader = this.#reader;
    if (reader === undefined || (this.#failure === undefined && !this.isComplete)) return;
    this.discard();
    if (this.#failure !== undefined) reader.onFailure(this.#failure);
    else reader.onEnd(this.#trailerLines);
  }
}
