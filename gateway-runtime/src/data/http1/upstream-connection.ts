import { connect as connectPlain, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Answer, type AnswerSource } from './answer.ts';
import { BodyDecoder } from './body-decoder.ts';
import { BodySender, type SenderOwner } from './body-sender.ts';
import { latin1 } from './characters.ts';
import { FRAMING } from './framing.ts';
import { MORE, REFUSED, type HeadLimits } from './head-parser.ts';
import { IncomingBody, type BodyFailure } from './incoming-body.ts';
import type { Origin } from './origin.ts';
import { flushSoon, type Sender } from './turn.ts';
import { ReadBuffer } from './read-buffer.ts';
import { ResponseParser } from './response-parser.ts';
import type { ResponseHead } from './response-head.ts';
import type { Sweep, Timed } from './sweep.ts';
import { toUpstreamFailure, UpstreamFailure, type Stage } from './upstream-failure.ts';
import type { UpstreamHandler, UpstreamRequest } from './upstream-request.ts';

/** A body of up to that many bytes is handed on as a string, and leaves with its head in one write. */
const TEXT_BYTES = 16 * 1024;

/** Methods whose request says that it has no body. Source: RFC 9110, section 8.6. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** What a connection needs of its pool. */
export interface ConnectionPool {
  readonly sweep: Sweep;
  readonly limits: HeadLimits;
  readonly idleMs: number;
  /** The connection is free. @returns whether it is kept */
  release(connection: UpstreamConnection): boolean;
  /** The connection has closed. */
  remove(connection: UpstreamConnection): void;
}

/** Bytes of a connection that is no longer HTTP. */
export interface TunnelEnd {
  /** Takes in what was read. @returns whether it keeps the buffer */
  onData(buffer: ReadBuffer, start: number, end: number): boolean;
  onDrain(): void;
  onEnd(): void;
  onClose(): void;
  onIdle(): void;
}

/**
 * The client's side of a connection: one request at a time, and the answer to it.
 *
 * The socket reads into memory of ours, so that a small answer costs no object for its bytes and a large one is
 * written to the caller out of the memory into which it was read. Bytes that no request asked for end the connection:
 * they would be taken for the answer to the next one.
 */
export class UpstreamConnection implements Timed, AnswerSource, SenderOwner, Sender {
  deadline = Infinity;
  sweepIndex = -1;
  readonly origin: Origin;
  readonly socket: Socket;
  /** Whether it has carried a request before the present one. */
  isReused = false;
  /** Whether any byte of an answer to the present request has come. */
  hasAnswered = false;
  readonly #pool: ConnectionPool;
  readonly #parser: ResponseParser;
  readonly #decoder: BodyDecoder;
  #buffer = ReadBuffer.take();
  /** The buffer is in use elsewhere; the next read needs another one. */
  #isBufferGone = false;
  /** The socket has read into the buffer before. */
  #isBufferKnown = false;
  /** What is to be written at the end of the turn, one character a byte: a request without a body that follows. */
  #gathered = '';
  #stage: Stage = 'connecting';
  #request: UpstreamRequest | undefined;
  #handler: UpstreamHandler | undefined;
  #answer: Answer | undefined;
  #sender: BodySender | undefined;
  #isPaused = false;
  #isOver = false;
  #tunnel: TunnelEnd | undefined;

  constructor(origin: Origin, pool: ConnectionPool) {
    this.origin = origin;
    this.#pool = pool;
    this.#parser = new ResponseParser(pool.limits);
    this.#decoder = new BodyDecoder(pool.limits);
    this.socket = this.#connect();
    this.socket.on('error', this.#onError);
    this.socket.on('end', this.#onEnd);
    this.socket.on('close', this.#onClose);
    this.socket.on('drain', this.#onDrain);
    pool.sweep.add(this);
  }

  /** Sends a request. The connection must be free. */
  send(request: UpstreamRequest, handler: UpstreamHandler): void {
    this.#request = request;
    this.#handler = handler;
    this.hasAnswered = false;
    this.#parser.isForHead = request.method === 'HEAD';
    this.deadline = this.#pool.sweep.after(request.headMs);
    const { body } = request;
    let { head } = request;
    if (request.upgrade !== undefined) head += `Connection: upgrade\r\nUpgrade: ${request.upgrade}\r\n`;
    if (body === undefined) {
      if (WITH_BODY.has(request.method)) head += 'Content-Length: 0\r\n';
      this.#write(`${head}\r\n`);
    } else if (body instanceof IncomingBody) {
      head +=
        body.length === undefined ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${body.length}\r\n`;
      this.socket.write(`${head}\r\n`, 'latin1');
      this.#sender = new BodySender(body, this.socket, this);
      // Until there is a connection nothing is taken from the body, so that it can still be sent elsewhere.
      if (this.#stage === 'connected') this.#sender.start();
    } else this.#sendWhole(`${head}Content-Length: ${body.length}\r\n\r\n`, body);
  }

  flush(): void {
    const text = this.#gathered;
    this.#gathered = '';
    if (!this.#isOver && text !== '') this.socket.write(text, 'latin1');
  }

  /** Ends the connection, and the request on it without telling anybody. */
  cancel(): void {
    this.#handler = undefined;
    this.#answer = undefined;
    this.#tunnel = undefined;
    this.#close();
  }

  /** Hands the connection over after 101. */
  takeOver(tunnel: TunnelEnd): void {
    this.#tunnel = tunnel;
    this.#answer = undefined;
    this.#request = undefined;
    this.deadline = Infinity;
    this.resumeAnswer();
  }

  /** Ends a tunnel that is silent for longer. */
  setIdle(idleMs: number): void {
    this.deadline = this.#pool.sweep.after(idleMs);
  }

  pauseAnswer(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.deadline = Infinity;
    this.socket.pause();
  }

  resumeAnswer(): void {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    this.#armGap();
    this.socket.resume();
  }

  expire(): void {
    if (this.#tunnel !== undefined) this.#tunnel.onIdle();
    else if (this.#request === undefined) this.#close();
    else this.#fail(new UpstreamFailure('timedOut'));
  }

  onSent(): void {
    this.#armHead();
  }

  onAllSent(): void {
    this.#sender = undefined;
    this.#armHead();
  }

  onBodyFailure(failure: BodyFailure): void {
    this.#sender = undefined;
    this.#fail(new UpstreamFailure('bodyFailed', undefined, undefined, failure));
  }

  #connect(): Socket {
    const { host, port, tls, lookup } = this.origin.options;
    const onread: OnReadOpts = {
      // Asked before the first read and after each one; undefined leaves the buffer as it is, which the types do not
      // say, and spares a call into the system at each read.
      buffer: this.#nextBuffer as () => Buffer,
      callback: this.#onRead,
    };
    const options = { host, port, onread, noDelay: true, allowHalfOpen: true, ...(lookup && { lookup }) };
    if (tls === undefined) {
      const socket = connectPlain(options);
      socket.once('connect', this.#onConnected);
      return socket;
    }
    const socket = connectTls({
      ...options,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ...tls,
      ...(this.origin.session && { session: this.origin.session }),
      ALPNProtocols: ['http/1.1'],
    });
    socket.on('session', (session) => {
      this.origin.session = session;
    });
    socket.once('connect', () => {
      this.#stage = 'handshaking';
    });
    socket.once('secureConnect', this.#onConnected);
    return socket;
  }

  #sendWhole(head: string, body: string | Buffer): void {
    const { socket } = this;
    if (typeof body === 'string') this.#write(head + body);
    else if (body.length <= TEXT_BYTES) this.#write(head + body.toString('latin1'));
    else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
  }

  #write(text: string): void {
    this.#gathered = text;
    flushSoon(this);
  }

  readonly #nextBuffer = (): Buffer | undefined => {
    if (!this.#isBufferGone) return this.#isBufferKnown ? undefined : this.#buffer.view;
    this.#isBufferGone = false;
    this.#buffer = ReadBuffer.take();
    return this.#buffer.view;
  };

  readonly #onRead = (bytes: number): boolean => {
    this.#isBufferKnown = true;
    const buffer = this.#buffer;
    const end = buffer.offset + bytes;
    if (this.#tunnel !== undefined) this.#isBufferGone = this.#tunnel.onData(buffer, buffer.offset, end);
    else if (this.#request === undefined) this.#close();
    else if (this.#answer === undefined) this.#readHead(buffer, end);
    else {
      this.#armGap();
      this.#readBody(this.#answer, buffer, buffer.offset, end);
    }
    return !this.#isPaused;
  };

  #readHead(buffer: ReadBuffer, end: number): void {
    const parser = this.#parser;
    this.hasAnswered = true;
    let at = buffer.offset;
    for (;;) {
      at = parser.parse(buffer.bytes, at, end);
      if (at === MORE) return;
      const { head } = parser;
      if (at === REFUSED || head === undefined) {
        this.#fail(UpstreamFailure.malformed(parser.fault));
        return;
      }
      parser.reset();
      if (head.status >= 200) {
        this.#begin(head, buffer, at, end);
        return;
      }
      if (head.status === 101) {
        this.#switch(head, buffer, at, end);
        return;
      }
      if (head.status !== 100) this.#handler?.onInterim?.(head);
      if (at === end) return;
    }
  }

  /** The head of the final answer is here; its body starts at `at`. */
  #begin(head: ResponseHead, buffer: ReadBuffer, at: number, end: number): void {
    const decoder = this.#decoder;
    const handler = this.#handler;
    decoder.begin(head.framing, head.length);
    if (!decoder.isComplete && at < end) {
      const after = decoder.decode(buffer.bytes, at, end);
      if (after === REFUSED) {
        this.#fail(UpstreamFailure.malformed(decoder.fault));
        return;
      }
      at = after;
    } else {
      decoder.dataStart = at;
      decoder.dataEnd = at;
    }
    const { dataStart, dataEnd } = decoder;
    const answer = new Answer(head, this);
    this.#answer = answer;
    this.#armGap();
    if (decoder.isComplete) {
      answer.trailerLines = head.framing === FRAMING.chunked ? decoder.trailerLines : '';
      answer.isComplete = true;
      if (dataEnd - dataStart <= TEXT_BYTES && answer.trailerLines === '') {
        answer.text = dataEnd > dataStart ? latin1(buffer.bytes, dataStart, dataEnd) : '';
      } else this.#isBufferGone = answer.push(buffer, dataStart, dataEnd);
      this.#complete(at === end);
      answer.finish();
    } else if (dataEnd > dataStart) this.#isBufferGone = answer.push(buffer, dataStart, dataEnd);
    handler?.onAnswer(answer);
  }

  #readBody(answer: Answer, buffer: ReadBuffer, from: number, end: number): void {
    const decoder = this.#decoder;
    const after = decoder.decode(buffer.bytes, from, end);
    if (after === REFUSED) {
      this.#fail(UpstreamFailure.malformed(decoder.fault));
      return;
    }
    if (decoder.isComplete) {
      answer.trailerLines = decoder.trailerLines;
      answer.isComplete = true;
    }
    if (decoder.dataEnd > decoder.dataStart) {
      this.#isBufferGone = answer.push(buffer, decoder.dataStart, decoder.dataEnd);
    }
    if (!decoder.isComplete) return;
    this.#complete(after === end);
    answer.finish();
  }

  /** The answer is complete: the connection is free, if nothing is left over in either direction. */
  #complete(isClean: boolean): void {
    const answer = this.#answer;
    const isSent = this.#sender === undefined;
    this.#sender?.stop();
    this.#sender = undefined;
    this.#request = undefined;
    this.#handler = undefined;
    this.#answer = undefined;
    if (!isClean || !isSent || answer?.head.keepsAlive !== true || this.#isOver) {
      this.#close();
      return;
    }
    this.isReused = true;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.socket.resume();
    }
    this.deadline = this.#pool.sweep.after(this.#pool.idleMs);
    if (!this.#pool.release(this)) this.#close();
  }

  #switch(head: ResponseHead, buffer: ReadBuffer, at: number, end: number): void {
    if (this.#request?.upgrade === undefined) {
      this.#fail(new UpstreamFailure('malformed', 'upgradeUnasked'));
      return;
    }
    const answer = new Answer(head, this);
    const handler = this.#handler;
    answer.connection = this;
    this.#answer = answer;
    this.#handler = undefined;
    // Nothing more is read until somebody takes the connection over.
    this.pauseAnswer();
    if (at < end) this.#isBufferGone = answer.push(buffer, at, end);
    handler?.onAnswer(answer);
  }

  /** As long as the body is being sent, the time to the head starts anew with each piece. */
  #armHead(): void {
    if (this.#request !== undefined && this.#answer === undefined) {
      this.deadline = this.#pool.sweep.after(this.#request.headMs);
    }
  }

  #armGap(): void {
    if (
      this.#request !== undefined &&
      this.#tunnel === undefined &&
      !this.#isPaused &&
      this.#answer !== undefined
    ) {
      this.deadline = this.#pool.sweep.after(this.#request.gapMs);
    }
  }

  readonly #onConnected = (): void => {
    this.#stage = 'connected';
    this.#sender?.start();
  };

  readonly #onDrain = (): void => {
    if (this.#tunnel !== undefined) this.#tunnel.onDrain();
    else this.#sender?.resume();
  };

  readonly #onEnd = (): void => {
    if (this.#tunnel !== undefined) {
      this.#tunnel.onEnd();
      return;
    }
    const answer = this.#answer;
    if (answer !== undefined && answer.head.framing === FRAMING.close) {
      answer.isComplete = true;
      this.#complete(false);
      answer.finish();
    } else this.#fail(new UpstreamFailure('broken'));
  };

  readonly #onError = (error: Error): void => {
    this.#fail(toUpstreamFailure(error, this.#stage));
  };

  readonly #onClose = (): void => {
    this.#fail(new UpstreamFailure('broken'));
    this.#tunnel?.onClose();
    this.#tunnel = undefined;
  };

  #fail(failure: UpstreamFailure): void {
    const answer = this.#answer;
    const handler = this.#handler;
    this.#answer = undefined;
    this.#handler = undefined;
    this.#close();
    if (answer !== undefined) answer.fail(failure);
    else handler?.onFailure(failure);
  }

  #close(): void {
    this.#sender?.stop();
    this.#sender = undefined;
    this.#request = undefined;
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pool.sweep.remove(this);
    this.#pool.remove(this);
    this.socket.destroy();
  }
}
