import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail } from '@apig/sdk/contract';
import { CallerGone, type RequestBody } from './call.ts';
import { MAX_BODY_BYTES } from './limits.ts';

/** The body of a `node:http` request. It is read when asked for, so an unread body waits in the caller's socket. */
export class NodeBody implements RequestBody, AsyncIterator<Uint8Array> {
  readonly length: number | undefined;
  readonly #request: IncomingMessage;
  /** Longest wait for the next piece. */
  readonly #timeoutMs: number;
  #continue: ServerResponse | undefined;
  #bytes = 0;
  #failure: Error | undefined;
  #isEnded = false;
  #waiting: { resolve(result: IteratorResult<Uint8Array>): void; reject(error: Error): void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isListening = false;

  private constructor(
    request: IncomingMessage,
    length: number | undefined,
    timeoutMs: number,
    expecting: ServerResponse | undefined,
  ) {
    this.#request = request;
    this.length = length;
    this.#timeoutMs = timeoutMs;
    this.#continue = expecting;
  }

  /** The body of a request; undefined when it has none. `expecting` is the way to a caller that waits for `100 Continue`. */
  static of(
    request: IncomingMessage,
    timeoutMs: number,
    expecting: ServerResponse | undefined,
  ): NodeBody | undefined {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined) return new NodeBody(request, undefined, timeoutMs, expecting);
    if (length === undefined || Number(length) === 0) return undefined;
    return new NodeBody(request, Number(length), timeoutMs, expecting);
  }

  /** Whether the caller waits to be asked for it, and was not. */
  get isHeldBack(): boolean {
    return this.#continue !== undefined && !this.#isListening;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#isListening) this.#listen();
    const result = this.#take();
    if (result !== undefined) return Promise.resolve(result);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#timer = setTimeout(() => this.#fail(fail('bodyTimeout')), this.#timeoutMs);
    });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#isEnded = true;
    return Promise.resolve(DONE);
  }

  #listen(): void {
    this.#isListening = true;
    this.#continue?.writeContinue();
    this.#request.on('readable', () => this.#wake());
    this.#request.on('end', () => this.#wake());
    this.#request.on('error', () => this.#fail(new CallerGone()));
    this.#request.on('close', () => {
      if (!this.#request.complete) this.#fail(new CallerGone());
    });
  }

  #take(): IteratorResult<Uint8Array> | undefined {
    if (this.#failure !== undefined) return undefined;
    if (this.#isEnded) return DONE;
    const chunk = this.#request.read() as Buffer | null;
    if (chunk === null) return this.#request.readableEnded ? DONE : undefined;
    this.#bytes += chunk.length;
    if (this.#bytes <= MAX_BODY_BYTES) return { done: false, value: chunk };
    this.#fail(fail('bodyTooLarge'));
    return undefined;
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const result = this.#take();
    if (result === undefined) return;
    this.#stopWaiting();
    waiting.resolve(result);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#stopWaiting();
    waiting?.reject(this.#failure);
  }

  #stopWaiting(): void {
    this.#waiting = undefined;
    clearTimeout(this.#timer);
  }
}

const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined };
