import type { Socket } from 'node:net';
import type { BodyFailure, BodyReader, IncomingBody } from './incoming-body.ts';

/** Who is told how sending goes. */
export interface SenderOwner {
  /** A piece was sent. */
  onSent(): void;
  /** The body was sent whole. */
  onAllSent(): void;
  onBodyFailure(failure: BodyFailure): void;
}

/** Sends the body of a request on while it arrives, no faster than the socket takes it. */
export class BodySender implements BodyReader {
  readonly #body: IncomingBody;
  readonly #socket: Socket;
  readonly #owner: SenderOwner;
  #isOver = false;

  constructor(body: IncomingBody, socket: Socket, owner: SenderOwner) {
    this.#body = body;
    this.#socket = socket;
    this.#owner = owner;
  }

  /** Begins. */
  start(): void {
    this.#body.read(this);
  }

  /** The socket has room again. */
  resume(): void {
    if (!this.#isOver) this.#body.resume();
  }

  /** Sends no more; what still arrives is thrown away. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#body.discard();
  }

  onData(chunk: Buffer): void {
    const socket = this.#socket;
    if (this.#body.length === undefined) {
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      socket.write(chunk);
      socket.write('\r\n', 'latin1');
      socket.uncork();
    } else socket.write(chunk);
    this.#owner.onSent();
    if (socket.writableNeedDrain) this.#body.pause();
  }

  onEnd(trailerLines: string): void {
    this.#isOver = true;
    if (this.#body.length === undefined) this.#socket.write(`0\r\n${trailerLines}\r\n`, 'latin1');
    this.#owner.onAllSent();
  }

  onFailure(failure: BodyFailure): void {
    this.#isOver = true;
    this.#owner.onBodyFailure(failure);
  }
}
