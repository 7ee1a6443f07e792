import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './call.ts';
import { LINGER_MS } from './limits.ts';
import type { NodeBody } from './node-body.ts';

/** Names of statuses that HTTP does not know. */
const NAMES: Readonly<Record<number, string>> = { 494: 'Request Header Too Large' };

/** Bodies up to here are cheaper copied than written for themselves. */
const ONE_WRITE_BYTES = 16 * 1024;

/** What all answers of a listener look at. */
export interface ListenerState {
  /** Connections end with the next answer on them. */
  isDraining: boolean;
}

/** The way back over a `node:http` response. */
export class NodeReply implements Reply {
  isGone = false;
  isLast = false;
  onGone: (() => void) | undefined;
  onDrain: (() => void) | undefined;
  bytesSent = 0;
  readonly #body: NodeBody | undefined;
  readonly #listener: ListenerState;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: NodeBody | undefined,
    listener: ListenerState,
  ) {
    this.#body = body;
    this.#listener = listener;
    this.#request = request;
    this.#response = response;
    response.on('close', () => this.#onClose());
    response.on('drain', () => this.onDrain?.());
    response.on('finish', () => this.#linger());
    // A broken connection is told by its close.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
  }

  get isStarted(): boolean {
    return this.#response.headersSent;
  }

  send(status: number, head: readonly string[], body: Uint8Array | string | undefined): void {
    if (this.isGone) return;
    if (body === undefined) {
      this.#writeHead(status, [...head]);
      this.#response.end();
      return;
    }
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    this.bytesSent = length;
    this.#writeHead(status, [...head, 'Content-Length', String(length)]);
    if (length === 0) this.#response.end();
    else if (typeof body === 'string') this.#response.end(body);
    else if (length > ONE_WRITE_BYTES) this.#response.end(body);
    // As a text of bytes it leaves in one write with the head.
    else this.#response.end(Buffer.from(body.buffer, body.byteOffset, length).toString('latin1'), 'latin1');
  }

  start(status: number, head: readonly string[]): void {
    if (!this.isGone) this.#writeHead(status, [...head]);
  }

  write(chunk: Uint8Array): boolean {
    this.bytesSent += chunk.length;
    return this.isGone || this.#response.write(chunk);
  }

  end(): void {
    this.#response.end();
  }

  abort(): void {
    this.isGone = true;
    this.#request.socket.destroy();
  }

  #writeHead(status: number, head: string[]): void {
    // A caller that was not asked for its body may send it or not: what comes next cannot be told.
    const isLast = this.isLast || this.#listener.isDraining || this.#body?.isHeldBack === true;
    if (isLast) this.#response.shouldKeepAlive = false;
    const name = NAMES[status];
    if (name === undefined) this.#response.writeHead(status, head);
    else this.#response.writeHead(status, name, head);
  }

  #onClose(): void {
    if (this.#response.writableFinished) return;
    this.isGone = true;
    const { onGone } = this;
    this.onGone = undefined;
    onGone?.();
  }

  /**
   * An answer may come before the request's body is there. The rest is taken in for a while: closing at once would
   * make the caller's system throw the answer away unread.
   */
  #linger(): void {
    const request = this.#request;
    if (request.complete) return;
    request.resume();
    const { socket } = request;
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    const stop = () => {
      clearTimeout(timer);
      socket.off('close', stop);
    };
    socket.on('close', stop);
    request.on('end', stop);
  }
}
