import { MAX_DEBUG_BYTES } from '../../debugging.ts';
import { CallerGone, type Reply } from '../call.ts';
import { toFields } from '../fields.ts';
import type { Answer } from '../http1/answer.ts';
import { FRAMING } from '../http1/framing.ts';
import type { ReadBuffer } from '../http1/read-buffer.ts';
import { statusLine } from '../http1/status-line.ts';

const PASSED = Promise.resolve();
const NO_BYTES = Buffer.alloc(0);

/** The way back of a call that nobody but a text waits for. */
export class DebugReply implements Reply {
  isStarted = false;
  isGone = false;
  isLast = false;
  onGone: (() => void) | undefined;
  bytesSent = 0;
  readonly #isHead: boolean;
  #head = '';
  #pieces: Buffer[] = [];

  constructor(method: string) {
    this.#isHead = method === 'HEAD';
  }

  /** The answer as far as it has come, with its body up to the documented length. */
  get text(): string {
    const body = Buffer.concat(this.#pieces);
    if (body.length <= MAX_DEBUG_BYTES) return `${this.#head}${body.toString('utf8')}`;
    return `${this.#head}${body.toString('utf8', 0, MAX_DEBUG_BYTES)}[TRUNCATED]`;
  }

  send(status: number, head: readonly string[], body: Uint8Array | string): void {
    if (this.isStarted || this.isGone) return;
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body);
    const length = status === 304 && bytes.length === 0 ? undefined : bytes.length;
    this.#start(status, toFields(head), length);
    if (!this.#isHead) this.#take(bytes);
  }

  inform(): void {
    // Interim answers are no part of the answer that is shown.
  }

  pass(answer: Answer, fields: string): Promise<void> {
    const { head, text } = answer;
    if (this.isGone) {
      answer.cancel();
      return Promise.reject(new CallerGone());
    }
    this.#start(head.status, fields, answer.length, head.reason, head.framing === FRAMING.none);
    if (head.framing === FRAMING.none || text !== undefined) {
      this.#take(text === undefined ? NO_BYTES : Buffer.from(text, 'latin1'));
      return PASSED;
    }
    return new Promise((resolve, reject) => {
      this.onGone = () => {
        answer.cancel();
        reject(new CallerGone());
      };
      answer.read({
        onData: (buffer: ReadBuffer, start: number, end: number) => {
          this.#take(Buffer.from(buffer.bytes.subarray(start, end)));
          if (this.bytesSent <= MAX_DEBUG_BYTES) return false;
          // Nobody is shown the rest.
          answer.cancel();
          resolve();
          return false;
        },
        onEnd: () => resolve(),
        onFailure: reject,
      });
    });
  }

  abort(): void {
    // What has come is shown; the log tells that it is not all.
  }

  /** Waits no longer. */
  leave(): void {
    this.isGone = true;
    const { onGone } = this;
    this.onGone = undefined;
    onGone?.();
  }

  #start(
    status: number,
    fields: string,
    length: number | undefined,
    reason?: string,
    isBodiless = this.#isHead,
  ): void {
    this.isStarted = true;
    const isEmpty = isBodiless || status === 204 || status === 304;
    const framing =
      length !== undefined && status !== 204
        ? `Content-Length: ${length}\r\n`
        : isEmpty
          ? ''
          : 'Transfer-Encoding: chunked\r\n';
    this.#head = `${statusLine(status, reason)}${fields}${framing}\r\n`;
  }

  #take(piece: Buffer): void {
    this.bytesSent += piece.length;
    this.#pieces.push(piece);
  }
}
