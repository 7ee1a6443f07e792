import { createHash } from 'node:crypto';
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { CallerGone, type Reply } from '../call.ts';
import { fromFields } from '../fields.ts';
import type { Answer, AnswerReader } from '../http1/answer.ts';
import { FRAMING } from '../http1/framing.ts';
import { ReadBuffer } from '../http1/read-buffer.ts';
import type { Sweep, Timed } from '../http1/sweep.ts';
import { Tunnel } from '../http1/tunnel.ts';
import { UpstreamFailure } from '../http1/upstream-failure.ts';
import { toHeaders } from './response-headers.ts';

/** How an answer that is passed on by pieces has its trailers. */
export type TakeTrailers = () => OutgoingHttpHeaders;

/** The way back to a caller over HTTP/2. */
export class StreamReply implements Reply, Timed {
  deadline = Infinity;
  sweepIndex = -1;
  isStarted = false;
  isGone = false;
  /** Means nothing here: one request never decides where the next one begins. */
  isLast = false;
  onGone: (() => void) | undefined;
  bytesSent = 0;
  /** What a backend must have seen that agrees to WebSocket; undefined for other requests. */
  webSocketKey: string | undefined;
  readonly stream: ServerHttp2Stream;
  readonly #isHead: boolean;
  readonly #stallMs: number;
  readonly #sweep: Sweep;
  #isOver = false;
  #isBodiless = false;

  constructor(stream: ServerHttp2Stream, method: string, stallMs: number, sweep: Sweep) {
    this.stream = stream;
    this.#isHead = method === 'HEAD';
    this.#stallMs = stallMs;
    this.#sweep = sweep;
    stream.on('close', () => this.#onClose());
    // It is told by the close of the stream.
    stream.on('error', noop);
    sweep.add(this);
  }

  /** Whether nothing can be written any more. */
  get isOver(): boolean {
    return this.#isOver || this.stream.destroyed;
  }

  send(status: number, head: readonly string[], body: Uint8Array | string): void {
    if (this.isOver || this.isStarted) return;
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const lines: (readonly [string, string])[] = [];
    for (let index = 0; index < head.length; index += 2)
      lines.push([head[index] ?? '', head[index + 1] ?? '']);
    const length = status === 304 && bytes.length === 0 ? undefined : bytes.length;
    this.#sendWhole(status, lines, length, bytes);
  }

  inform(status: number, fields: string): void {
    if (this.isOver || this.isStarted) return;
    this.stream.additionalHeaders({ ...toHeaders(fromFields(fields)), ':status': status });
  }

  pass(answer: Answer, fields: string, idleMs: number): Promise<void> {
    const { head, text } = answer;
    if (this.isOver) {
      answer.cancel();
      return Promise.reject(new CallerGone());
    }
    const lines = fromFields(fields);
    if (head.status === 101) return this.#openTunnel(answer, lines, idleMs);
    if (head.framing === FRAMING.none || text !== undefined) {
      this.#sendWhole(head.status, lines, answer.length, Buffer.from(text ?? '', 'latin1'));
      return PASSED;
    }
    return new Promise((resolve, reject) => {
      const relay = new Relay(this, answer, (failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      });
      this.start(head.status, toHeaders(lines), answer.length, () => relay.trailers);
      relay.start();
    });
  }

  abort(): void {
    if (!this.#isOver) this.reset(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** Begins an answer whose body follows in pieces; `length` when it is known. */
  start(
    status: number,
    headers: OutgoingHttpHeaders,
    length: number | undefined,
    takeTrailers: TakeTrailers,
  ): void {
    const { stream } = this;
    stream.on('wantTrailers', () => stream.sendTrailers(takeTrailers()));
    this.#respond(status, headers, length, { waitForTrailers: true });
  }

  /** Sends a piece, and tells when its memory is free; false asks to wait for `drain` of the stream. */
  write(piece: Uint8Array, onFree: () => void): boolean {
    if (this.isOver || this.#isBodiless) {
      onFree();
      return true;
    }
    this.bytesSent += piece.length;
    const goesOn = this.stream.write(piece, (error) => {
      // Of a broken stream nobody knows what the connection still writes.
      if (error === null || error === undefined) onFree();
      this.#arm();
    });
    this.#arm();
    return goesOn;
  }

  /** Ends an answer that was begun. */
  end(): void {
    if (this.isOver) return;
    this.#finish();
    this.stream.end(() => this.#arm());
    this.#leaveRest();
  }

  /** Breaks the stream off. */
  reset(code: number): void {
    if (this.stream.destroyed) return;
    this.stream.close(code);
    // What is still to be written nobody will read.
    if (code !== constants.NGHTTP2_NO_ERROR) this.stream.destroy();
  }

  expire(): void {
    this.reset(constants.NGHTTP2_CANCEL);
  }

  /** Source: RFC 8441, section 5: 200 stands for 101, and there is no key to accept. */
  #openTunnel(
    answer: Answer,
    lines: readonly (readonly [name: string, value: string])[],
    idleMs: number,
  ): Promise<void> {
    const upstream = answer.connection;
    const key = this.webSocketKey ?? '';
    const accepted = createHash('sha1')
      .update(key + WEB_SOCKET)
      .digest('base64');
    if (upstream === undefined || answer.head.first('sec-websocket-accept') !== accepted) {
      answer.cancel();
      return Promise.reject(new UpstreamFailure('malformed', 'webSocketRefused'));
    }
    const told = lines.filter(([name]) => !/^(?:upgrade|connection|sec-websocket-accept)$/i.test(name));
    this.#respond(200, toHeaders(told), undefined, {});
    this.#finish();
    return new Promise((resolve) => {
      new Tunnel(this.stream, upstream, idleMs, resolve).start(answer);
    });
  }

  #sendWhole(
    status: number,
    lines: readonly (readonly string[])[],
    length: number | undefined,
    body: Uint8Array,
  ): void {
    const isEmpty = this.#isHead || isWithoutBody(status) || body.length === 0;
    this.#respond(status, toHeaders(lines), length, { endStream: isEmpty });
    this.#finish();
    if (!isEmpty) {
      this.bytesSent = body.length;
      this.stream.end(body, () => this.#arm());
      this.#arm();
    }
    this.#leaveRest();
  }

  #respond(
    status: number,
    headers: OutgoingHttpHeaders,
    length: number | undefined,
    options: { readonly endStream?: boolean; readonly waitForTrailers?: boolean },
  ): void {
    headers[':status'] = status;
    if (length !== undefined && status !== 204) headers['content-length'] = String(length);
    this.#isBodiless = this.#isHead || isWithoutBody(status);
    this.stream.respond(headers, options);
    this.isStarted = true;
  }

  #finish(): void {
    this.#isOver = true;
    this.onGone = undefined;
  }

  /** The rest of a body that nobody wants is not sent to its end. Source: RFC 9113, section 8.1. */
  #leaveRest(): void {
    const { stream } = this;
    if (!stream.readableEnded && !stream.endAfterHeaders) stream.once('finish', () => this.#closeUnread());
  }

  #closeUnread(): void {
    const { stream } = this;
    if (!stream.readableEnded && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #arm(): void {
    const waits = this.stream.writableLength > 0 && !this.stream.destroyed;
    this.deadline = waits ? this.#sweep.after(this.#stallMs) : Infinity;
  }

  #onClose(): void {
    this.#sweep.remove(this);
    if (this.#isOver) return;
    this.#isOver = true;
    this.isGone = true;
    const { onGone } = this;
    this.onGone = undefined;
    onGone?.();
  }
}

const PASSED = Promise.resolve();

/** Goes with the key into what is accepted. Source: RFC 6455, section 1.3. */
const WEB_SOCKET = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

function isWithoutBody(status: number): boolean {
  return status === 204 || status === 304;
}

function noop(): void {
  // A broken stream is told by its close.
}

/** Passes an upstream's answer on, as fast as the slower of the two. */
class Relay implements AnswerReader {
  trailers: OutgoingHttpHeaders = {};
  readonly #reply: StreamReply;
  readonly #answer: Answer;
  readonly #onEnd: (failure: UpstreamFailure | CallerGone | undefined) => void;
  /** Bytes that the length in the head still announces. */
  #left: number;

  constructor(
    reply: StreamReply,
    answer: Answer,
    onEnd: (failure: UpstreamFailure | CallerGone | undefined) => void,
  ) {
    this.#reply = reply;
    this.#answer = answer;
    this.#onEnd = onEnd;
    this.#left = answer.length ?? Infinity;
  }

  start(): void {
    this.#reply.onGone = () => {
      this.#answer.cancel();
      this.#onEnd(new CallerGone());
    };
    this.#reply.stream.on('drain', () => this.#answer.resume());
    this.#answer.read(this);
  }

  onData(buffer: ReadBuffer, start: number, end: number): boolean {
    this.#left -= end - start;
    if (this.#left < 0) {
      this.#reply.abort();
      return false;
    }
    const goesOn = this.#reply.write(buffer.bytes.subarray(start, end), () => ReadBuffer.give(buffer));
    if (!goesOn) this.#answer.pause();
    return true;
  }

  onEnd(trailerLines: string): void {
    this.trailers = toHeaders(fromFields(trailerLines));
    this.#reply.end();
    this.#onEnd(undefined);
  }

  onFailure(failure: UpstreamFailure): void {
    this.#reply.onGone = undefined;
    this.#reply.abort();
    this.#onEnd(failure);
  }
}
