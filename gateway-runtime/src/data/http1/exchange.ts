import type { Socket } from 'node:net';
import { FRAMING } from './framing.ts';
import type { IncomingBody } from './incoming-body.ts';
import type { RequestHead } from './request-head.ts';
import { statusLine } from './status-line.ts';

/** What an exchange needs of its connection. */
export interface ExchangeConnection {
  readonly socket: Socket;
  readonly isSecure: boolean;
  /** Decides, as the head of the answer is made, whether the connection ends after it. */
  decideClose(): boolean;
  /** Writes text, one character a byte, by the end of the present turn. */
  write(text: string): void;
  /** Writes what has gathered: before bytes go to the socket by another way, and before its end. */
  flush(): void;
  /** Bytes were handed to the socket. */
  noteWrite(): void;
  /** The answer is complete. */
  finish(exchange: Exchange): void;
}

/** A body of up to that many bytes leaves together with its head as one string. */
const ONE_WRITE_BYTES = 16 * 1024;

/**
 * One request and the answer to it.
 *
 * Field lines are text with a character a byte, each with its CR LF. They must not frame: `Content-Length`,
 * `Transfer-Encoding` and `Connection` are written here, since only here is known what they must say. After the end
 * of an exchange, or once its caller has hung up, all that is written is thrown away.
 */
export class Exchange {
  readonly head: RequestHead;
  /** Undefined when the request has no body. */
  readonly body: IncomingBody | undefined;
  readonly connection: ExchangeConnection;
  /** Whether the head of the answer was sent. */
  isStarted = false;
  /** Whether the caller hung up before the answer was complete. */
  isGone = false;
  /** Called once when the caller hangs up before the answer is complete. */
  onGone: (() => void) | undefined;
  /** Called when `write` is welcome again after it returned false. */
  onDrain: (() => void) | undefined;
  /** Set before an answer is sent: the connection ends with it. */
  isLast = false;
  /** Bytes of answer body given so far. */
  bytesSent = 0;
  #isOver = false;
  #isChunked = false;
  #isBodiless = false;
  /** Bytes that the length in the head still announces; `Infinity` without one. */
  #left = Infinity;
  #endsByClose = false;

  constructor(head: RequestHead, body: IncomingBody | undefined, connection: ExchangeConnection) {
    this.head = head;
    this.body = body;
    this.connection = connection;
  }

  /** Whether nothing can be written any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the answer's body is sent as chunks; known once it has started. */
  get isChunked(): boolean {
    return this.#isChunked;
  }

  /** Whether the answer has no body whatever it says of its length: HEAD, 204, 304; known once it has started. */
  get isBodiless(): boolean {
    return this.#isBodiless;
  }

  /** Sends an interim answer, such as 103; to callers that can read one (RFC 9110, 15.2). */
  inform(status: number, fields: string): void {
    if (this.#isOver || this.isStarted || this.head.minorVersion === 0) return;
    this.#write(`${statusLine(status)}${fields}\r\n`);
  }

  /** Sends a whole answer. A string has one character a byte. */
  send(status: number, fields: string, body: string | Uint8Array, reason?: string): void {
    if (this.#isOver || this.isStarted) return;
    // 304 would tell the length of the answer that it stands for, which nobody has said.
    const length = status === 304 && body.length === 0 ? undefined : body.length;
    const head = this.openHead(status, fields, length, reason);
    const isEmpty = this.#isBodiless || body.length === 0;
    if (isEmpty) this.#write(head);
    else if (typeof body === 'string') this.#write(head + body);
    else if (body.length <= ONE_WRITE_BYTES) this.#write(head + latin1(body));
    else this.#writeBoth(head, body);
    if (!isEmpty) this.bytesSent = body.length;
    this.close();
  }

  /** Begins an answer whose body follows in pieces; `length` when it is known. */
  start(status: number, fields: string, length: number | undefined, reason?: string): void {
    if (this.#isOver || this.isStarted) return;
    this.#write(this.openHead(status, fields, length, reason));
  }

  /** Sends a piece, whose memory belongs to the socket from now on; false asks to wait for `onDrain`. */
  write(piece: Uint8Array): boolean {
    if (this.#isOver || this.#isBodiless || piece.length === 0) return true;
    if (!this.count(piece.length)) return true;
    const { socket } = this.connection;
    this.connection.flush();
    if (this.#isChunked) {
      socket.cork();
      socket.write(`${piece.length.toString(16)}\r\n`, 'latin1');
      socket.write(piece);
      socket.write('\r\n', 'latin1');
      socket.uncork();
    } else socket.write(piece);
    this.connection.noteWrite();
    return !socket.writableNeedDrain;
  }

  /** Ends an answer that was begun. Fewer bytes than announced break it off, which the caller must notice. */
  end(trailerLines = ''): void {
    if (this.#isOver) return;
    if (this.#left > 0 && this.#left !== Infinity && !this.#isBodiless) {
      this.abort();
      return;
    }
    if (this.#isChunked) this.#write(`0\r\n${this.head.takesTrailers ? trailerLines : ''}\r\n`);
    this.close();
  }

  /** Breaks the answer off in a way that the caller notices. */
  abort(): void {
    if (this.#isOver) return;
    const { socket } = this.connection;
    this.connection.flush();
    // Where the end of the connection is that of the answer, only a reset tells that it is not.
    if (this.#endsByClose && !this.connection.isSecure) socket.resetAndDestroy();
    else socket.destroy();
    this.leave();
  }

  /**
   * Makes the head of the answer, with the lines that frame it, and takes the answer as started: the caller of this
   * writes what it returns.
   */
  openHead(status: number, fields: string, length: number | undefined, reason?: string): string {
    const { head } = this;
    this.isStarted = true;
    this.#isBodiless = head.method === 'HEAD' || status === 204 || status === 304;
    let text = statusLine(status, reason) + fields;
    if (length !== undefined && status !== 204) {
      text += `Content-Length: ${length}\r\n`;
      this.#left = length;
    } else if (!this.#isBodiless) {
      this.#isChunked = head.minorVersion === 1;
      this.#endsByClose = !this.#isChunked;
      if (this.#isChunked) text += 'Transfer-Encoding: chunked\r\n';
    }
    if (this.connection.decideClose()) return `${text}Connection: close\r\n\r\n`;
    return head.minorVersion === 0 ? `${text}Connection: keep-alive\r\n\r\n` : `${text}\r\n`;
  }

  /** Whether the end of the connection is the end of the answer. */
  get endsByClose(): boolean {
    return this.#endsByClose;
  }

  /**
   * Takes note of bytes of the body.
   *
   * @returns whether they fit into the length that the head announced; if not, the answer is broken off
   */
  count(bytes: number): boolean {
    this.bytesSent += bytes;
    this.#left -= bytes;
    if (this.#left >= 0) return true;
    this.abort();
    return false;
  }

  /** Takes the answer as complete; the caller of this has written all of it. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.connection.finish(this);
  }

  /** The caller has hung up; called by the connection. */
  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.isGone = true;
    const { onGone } = this;
    this.onGone = undefined;
    onGone?.();
  }

  /** Whether a body is still on its way in. */
  get isReceiving(): boolean {
    return this.head.framing !== FRAMING.none && this.body?.isComplete === false;
  }

  #write(text: string): void {
    this.connection.write(text);
  }

  #writeBoth(head: string, body: Uint8Array): void {
    const { socket } = this.connection;
    this.connection.flush();
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
    this.connection.noteWrite();
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
