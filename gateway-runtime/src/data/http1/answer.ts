import { FRAMING } from './framing.ts';
import { ReadBuffer } from './read-buffer.ts';
import type { ResponseHead } from './response-head.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

/** Who reads an answer's body. */
export interface AnswerReader {
  /**
   * Takes a range of a buffer; `isLast` when nothing follows but the end.
   *
   * @returns whether it keeps the buffer, and then gives it back itself
   */
  onData(buffer: ReadBuffer, start: number, end: number, isLast: boolean): boolean;
  /** The body is complete; `trailerLines` are the fields that may be sent on. */
  onEnd(trailerLines: string): void;
  onFailure(failure: UpstreamFailure): void;
}

/** How an answer gets at its connection. */
export interface AnswerSource {
  pauseAnswer(): void;
  resumeAnswer(): void;
  cancel(): void;
}

interface Piece {
  readonly buffer: ReadBuffer;
  readonly start: number;
  readonly end: number;
}

/** An upstream's answer: its head, and its body as it arrives. */
export class Answer {
  readonly head: ResponseHead;
  /** The whole body, one character a byte, when it is small and came with the head. */
  text: string | undefined;
  /** Whether the last byte of the body is here. */
  isComplete = false;
  trailerLines = '';
  /** The connection, when the answer is 101: it belongs to whoever takes it over. */
  connection: UpstreamConnection | undefined;
  #source: AnswerSource | undefined;
  #held: Piece[] = [];
  #reader: AnswerReader | undefined;
  #failure: UpstreamFailure | undefined;
  #isPaused = false;

  constructor(head: ResponseHead, source: AnswerSource) {
    this.head = head;
    this.#source = source;
  }

  /** The length to announce when the answer is sent on; undefined when only the end will tell. */
  get length(): number | undefined {
    const { length, framing } = this.head;
    if (this.text !== undefined && framing !== FRAMING.none) return this.text.length;
    return length < 0 ? undefined : length;
  }

  /** Begins to read a body that did not come whole. What is here comes at once, within this call. */
  read(reader: AnswerReader): void {
    this.#reader = reader;
    const held = this.#held;
    this.#held = [];
    for (const [index, { buffer, start, end }] of held.entries()) {
      const isLast = this.isComplete && index === held.length - 1;
      if (!reader.onData(buffer, start, end, isLast)) ReadBuffer.give(buffer);
    }
    if (!this.#isPaused) this.#source?.resumeAnswer();
    this.#conclude();
  }

  /** Asks for a break. */
  pause(): void {
    this.#isPaused = true;
    this.#source?.pauseAnswer();
  }

  /** Ends a break. */
  resume(): void {
    this.#isPaused = false;
    this.#source?.resumeAnswer();
  }

  /** The rest is not wanted. */
  cancel(): void {
    this.#reader = undefined;
    this.#source?.cancel();
  }

  /** Takes in a range; called by the connection. @returns whether the buffer is kept */
  push(buffer: ReadBuffer, start: number, end: number): boolean {
    if (this.#reader !== undefined) return this.#reader.onData(buffer, start, end, this.isComplete);
    this.#held.push({ buffer, start, end });
    // Who has asked will read soon; nothing is read ahead of it.
    this.#source?.pauseAnswer();
    return true;
  }

  /** Ends the body; called by the connection. */
  finish(): void {
    this.#source = undefined;
    this.#conclude();
  }

  /** Breaks the body off; called by the connection. */
  fail(failure: UpstreamFailure): void {
    this.#source = undefined;
    this.#failure = failure;
    this.#conclude();
  }

  #conclude(): void {
    const reader = this.#reader;
    if (reader === undefined || (this.#failure === undefined && !this.isComplete)) return;
    this.#reader = undefined;
    if (this.#failure !== undefined) reader.onFailure(this.#failure);
    else reader.onEnd(this.trailerLines);
  }
}
