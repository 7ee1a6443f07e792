import type { Duplex } from 'node:stream';
import type { Answer, AnswerReader } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { ReadBuffer } from './read-buffer.ts';
import type { ServerConnection } from './server-connection.ts';
import { statusLine } from './status-line.ts';
import type { TunnelEnd, UpstreamConnection } from './upstream-connection.ts';

/**
 * Passes 101 on and then bytes in both directions, with back-pressure, until both sides have ended or one has broken
 * or nothing has come for `idleMs`. Source: RFC 9110, section 7.8.
 *
 * @param fields field lines of the answer without `Connection`
 */
export function openTunnel(
  exchange: Exchange,
  caller: ServerConnection,
  answer: Answer,
  fields: string,
  idleMs: number,
  onEnd: () => void,
): void {
  const upstream = answer.connection;
  if (upstream === undefined || exchange.isOver) {
    answer.cancel();
    onEnd();
    return;
  }
  const early = caller.detach();
  exchange.isStarted = true;
  const { socket } = caller;
  socket.write(`${statusLine(101, answer.head.reason)}${fields}Connection: upgrade\r\n\r\n`, 'latin1');
  if (early !== undefined) upstream.socket.write(early);
  new Tunnel(socket, upstream, idleMs, onEnd).start(answer);
}

/** The caller's end of a tunnel: its connection, or a stream of it. */
export interface CallerEnd extends Duplex {
  setTimeout(ms: number, onTimeout: () => void): unknown;
}

/** Bytes in both directions between a caller and an upstream that have agreed on a protocol. */
export class Tunnel implements TunnelEnd, AnswerReader {
  readonly #caller: CallerEnd;
  readonly #upstream: UpstreamConnection;
  readonly #idleMs: number;
  readonly #onOver: () => void;
  #hasCallerEnded = false;
  #hasCallerClosed = false;
  #hasUpstreamEnded = false;
  #hasUpstreamClosed = false;
  #isOver = false;

  /** @param onOver called once, at the end */
  constructor(caller: CallerEnd, upstream: UpstreamConnection, idleMs: number, onOver: () => void) {
    this.#caller = caller;
    this.#upstream = upstream;
    this.#idleMs = idleMs;
    this.#onOver = onOver;
  }

  /** Begins with what has come with the answer. */
  start(answer: Answer): void {
    const socket = this.#caller;
    const upstream = this.#upstream;
    socket.on('data', (chunk: Buffer) => {
      upstream.setIdle(this.#idleMs);
      if (!upstream.socket.write(chunk)) socket.pause();
    });
    socket.on('drain', () => upstream.resumeAnswer());
    socket.on('end', () => {
      this.#hasCallerEnded = true;
      upstream.socket.end();
    });
    socket.on('close', () => this.#onCallerClose());
    socket.resume();
    // What came in one read with the 101 goes first.
    answer.read(this);
    upstream.takeOver(this);
    upstream.setIdle(this.#idleMs);
    if (socket.destroyed) this.#end();
  }

  onData(buffer: ReadBuffer, start: number, end: number): boolean {
    const socket = this.#caller;
    this.#upstream.setIdle(this.#idleMs);
    socket.write(buffer.bytes.subarray(start, end));
    if (socket.writableNeedDrain) this.#upstream.pauseAnswer();
    return socket.writableLength > 0;
  }

  onDrain(): void {
    this.#caller.resume();
  }

  onEnd(): void {
    this.#hasUpstreamEnded = true;
    this.#caller.end();
  }

  onFailure(): void {
    this.#end();
  }

  onClose(): void {
    this.#hasUpstreamClosed = true;
    const socket = this.#caller;
    if (!this.#hasUpstreamEnded || this.#hasCallerClosed) this.#end();
    // Both have said all; what is on its way to the caller still arrives.
    else socket.setTimeout(this.#idleMs, () => this.#end());
  }

  onIdle(): void {
    this.#end();
  }

  #onCallerClose(): void {
    this.#hasCallerClosed = true;
    if (!this.#hasCallerEnded || this.#hasUpstreamClosed) this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#caller.destroy();
    this.#upstream.cancel();
    this.#onOver();
  }
}
