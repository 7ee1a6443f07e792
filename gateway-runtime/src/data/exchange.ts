import type { Dispatcher, Pool } from 'undici';
import { CallerGone, type Call, type Reply } from './call.ts';
import { isReturned, nominatedNames } from './forwarded-lines.ts';

/** Bytes of an answer that are taken in before somebody wants them. */
const AHEAD_BYTES = 64 * 1024;

/** The backend let too much time pass. */
export class BackendTimeout extends Error {
  override readonly name = 'BackendTimeout';
}

/** The head of a backend's answer; the body follows on demand. */
export interface BackendReply {
  readonly status: number;
  /** Lines for the caller: names and values in turn, without what belongs to the connection, without the length. */
  readonly lines: readonly string[];
  readonly hasCors: boolean;
  /** Sends the answer with the given head to the caller, at the caller's pace. */
  sendTo(reply: Reply, head: string[]): Promise<void>;
}

/** What `undici` is told of a request; its types know no async iterables as bodies. */
interface Request {
  readonly path: string;
  readonly method: string;
  readonly headers: string[];
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

/**
 * One request to a backend and its answer.
 *
 * Small answers, which arrive with their head, leave in one write; others are passed on chunk by chunk. While the
 * caller does not read, the backend's connection is not read either. Each silence of the backend is bounded by its
 * timeout, each silence of the caller by a time of the gateway.
 */
export class Exchange implements Dispatcher.DispatchHandler, BackendReply {
  status = 0;
  readonly lines: string[] = [];
  hasCors = false;
  readonly #call: Call;
  readonly #timeoutMs: number;
  readonly #unreadMs: number;
  readonly #sentAt = performance.now();
  #timer: NodeJS.Timeout;
  readonly #ahead: Buffer[] = [];
  #aheadBytes = 0;
  #length: string | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #settle: { resolve(reply: BackendReply): void; reject(error: Error): void } | undefined;
  #sending: { readonly reply: Reply; resolve(): void; reject(error: Error): void } | undefined;
  /** The answer is complete, or never will be. */
  #isOver = false;
  #failure: Error | undefined;
  #isPaused = false;

  constructor(call: Call, timeoutMs: number, unreadMs: number) {
    this.#unreadMs = unreadMs;
    this.#call = call;
    this.#timeoutMs = timeoutMs;
    this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
  }

  /** Sends the request; resolves with the head of the answer. */
  run(pool: Pool, request: Request): Promise<BackendReply> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      const { reply } = this.#call;
      if (reply.isGone) {
        this.#fail(new CallerGone());
        return;
      }
      reply.onGone = () => this.#fail(new CallerGone());
      // The types of undici leave out async iterables, which it takes.
      pool.dispatch(request as unknown as Dispatcher.DispatchOptions, this);
    });
  }

  /** Gives the backend its whole timeout again. */
  refresh(): void {
    if (!this.#isOver) this.#timer.refresh();
  }

  sendTo(reply: Reply, head: string[]): Promise<void> {
    if (this.#isOver && this.#failure === undefined) {
      // Both tell the length of what they do not hold.
      const hasNoBody = this.#call.method === 'HEAD' || this.status === 304;
      if (hasNoBody) reply.send(this.status, this.#withLength(head), undefined);
      else if (this.status === 204) reply.send(204, head, undefined);
      else reply.send(this.status, head, this.#takeAhead());
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      try {
        reply.start(this.status, this.#withLength(head));
      } catch (error) {
        // The backend sent what no head can hold.
        const failure = error instanceof Error ? error : new Error('the head was refused', { cause: error });
        this.#fail(failure);
        reject(failure);
        return;
      }
      this.#sending = { reply, resolve, reject };
      reply.onDrain = () => this.#resume();
      const ahead = this.#takeAhead();
      if (ahead.length > 0 && !reply.write(ahead)) this.#pause();
      else this.#resume();
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It may have waited for a connection so long that nobody wants it any more.
    if (this.#failure !== undefined) throw this.#failure;
    this.#controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // Interim answers are between the two ends of a connection.
    if (status < 200) return;
    this.status = status;
    this.#readLines(controller.rawHeaders);
    const { upstream } = this.#call;
    if (upstream !== undefined) {
      upstream.status = status;
      upstream.latencyMs = performance.now() - this.#sentAt;
    }
    this.#timer.refresh();
    this.#settle?.resolve(this);
    this.#settle = undefined;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#timer.refresh();
    if (this.#sending !== undefined) {
      if (!this.#sending.reply.write(chunk)) this.#pause();
      return;
    }
    this.#ahead.push(chunk);
    this.#aheadBytes += chunk.length;
    if (this.#aheadBytes > AHEAD_BYTES) this.#pause();
  }

  onResponseEnd(): void {
    this.#end();
    this.#sending?.reply.end();
    this.#sending?.resolve();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #onTimeout(): void {
    this.#fail(this.#isPaused ? new CallerGone() : new BackendTimeout());
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#failure = error;
    this.#end();
    this.#settle?.reject(error);
    this.#settle = undefined;
    this.#sending?.reject(error);
    if (this.#controller?.aborted === false) this.#controller.abort(error);
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#call.reply.onGone = undefined;
    this.#call.reply.onDrain = undefined;
  }

  #pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.#controller?.pause();
    this.#arm(this.#unreadMs);
  }

  #resume(): void {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    this.#arm(this.#timeoutMs);
    this.#controller?.resume();
  }

  #arm(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
  }

  #takeAhead(): Buffer {
    const [only] = this.#ahead;
    const ahead =
      this.#ahead.length === 1 && only !== undefined ? only : Buffer.concat(this.#ahead, this.#aheadBytes);
    this.#ahead.length = 0;
    return ahead;
  }

  #withLength(head: string[]): string[] {
    if (this.#length !== undefined) head.push('Content-Length', this.#length);
    return head;
  }

  #readLines(raw: Dispatcher.DispatchController['rawHeaders']): void {
    if (!Array.isArray(raw)) return;
    const text = raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
    const names = text.map((part, index) => (index % 2 === 0 ? part.toLowerCase() : ''));
    const connectionAt = names.indexOf('connection');
    const nominated = connectionAt < 0 ? undefined : nominatedNames(text[connectionAt + 1]?.toLowerCase());
    for (let index = 0; index < text.length; index += 2) {
      const name = names[index] ?? '';
      if (name === 'content-length') this.#length = text[index + 1];
      else if (isReturned(name, nominated)) {
        if (name.startsWith('access-control-')) this.hasCors = true;
        this.lines.push(text[index] ?? '', text[index + 1] ?? '');
      }
    }
  }
}
