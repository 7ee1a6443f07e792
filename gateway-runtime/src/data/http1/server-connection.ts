import type { Socket } from 'node:net';
import { BodyDecoder } from './body-decoder.ts';
import { readDirectly } from './direct-reads.ts';
import { Exchange, type ExchangeConnection } from './exchange.ts';
import type { Fault } from './faults.ts';
import { FRAMING } from './framing.ts';
import { MORE, REFUSED } from './head-parser.ts';
import { IncomingBody, type BodySource } from './incoming-body.ts';
import { flushSoon, type Sender } from './turn.ts';
import { RequestParser } from './request-parser.ts';
import type { ServerSettings } from './settings.ts';
import { statusLine } from './status-line.ts';
import type { Sweep, Timed } from './sweep.ts';

/** No byte of the next request is here. */
const IDLE = 0;
/** Some bytes of a head are here. */
const IN_HEAD = 1;
/** A request is being answered, or the rest of its body taken in after the answer. */
const IN_EXCHANGE = 2;
/** All is said; what still comes is thrown away so that the caller can read the answer. */
const LINGERING = 3;
/** The socket belongs to somebody else, or nobody. */
const RELEASED = 4;

/** Bytes of later requests that may wait while one is answered. */
const MAX_WAITING_BYTES = 16 * 1024;

/** Text that may gather until the end of a turn. */
const MAX_GATHERED = 32 * 1024;

/** An unread rest of a body of up to that many bytes is taken in so that the connection can be kept. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** Times that a caller which has said its last word is asked whether it still listens. */
const PROBES = 2;

/** What a connection needs of its server. */
export interface ConnectionServer {
  readonly settings: ServerSettings;
  readonly sweep: Sweep;
  readonly isDraining: boolean;
  /** Called once when the connection is no longer this engine's: closed, or handed to another protocol. */
  release(connection: ServerConnection): void;
}

/**
 * The server's side of a connection: requests in, one at a time and in order, answers out.
 *
 * While a request is answered, what comes after it waits in memory up to a small bound, and in the caller's socket
 * beyond it. A request that breaks the rules gets an answer and ends the connection, as nobody knows where the next
 * one would start. An answer is never cut off by closing: what the caller still sends is read for a while.
 */
export class ServerConnection implements Timed, BodySource, ExchangeConnection, Sender {
  deadline = Infinity;
  sweepIndex = -1;
  readonly socket: Socket;
  readonly isSecure: boolean;
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** For whoever serves requests to keep what it knows of the connection; at first what encrypting it has shown. */
  note: unknown;
  readonly #server: ConnectionServer;
  readonly #parser: RequestParser;
  readonly #decoder: BodyDecoder;
  readonly #readAsUsual: () => void;
  /** What is to be written at the end of the turn, one character a byte. */
  #gathered = '';
  #phase = IDLE;
  #exchange: Exchange | undefined;
  #body: IncomingBody | undefined;
  #unread: Buffer | undefined;
  #unreadAt = 0;
  #isReading = false;
  #isPaused = false;
  /** The connection ends after the present answer. */
  #closes = false;
  /** The caller has sent its last byte. */
  #isEnded = false;
  /** A request has come. */
  #hasServed = false;
  #probes = 0;
  #owesContinue = false;
  /** The body of the present request broke the rules; nothing after it can be read. */
  #isBroken = false;
  /** Bytes that were waiting to be written when the deadline was set. */
  #unsent = 0;

  constructor(socket: Socket, isSecure: boolean, note: unknown, server: ConnectionServer) {
    this.socket = socket;
    this.isSecure = isSecure;
    this.note = note;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.localAddress = socket.localAddress ?? '';
    this.#server = server;
    this.#parser = new RequestParser(server.settings.limits);
    this.#decoder = new BodyDecoder(server.settings.limits);
    socket.on('data', this.#onData);
    this.#readAsUsual = readDirectly(socket, this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('error', noop);
    socket.on('close', this.#onClose);
    this.deadline = server.sweep.after(server.settings.times.headMs);
    server.sweep.add(this);
  }

  /** Ends the connection now when it is idle, else after the present answer. */
  drain(): void {
    this.#closes = true;
    if (this.#phase === IDLE) this.#end();
  }

  write(text: string): void {
    if (this.#gathered === '') flushSoon(this);
    this.#gathered += text;
    if (this.#gathered.length > MAX_GATHERED) this.flush();
  }

  flush(): void {
    if (this.#gathered === '') return;
    const text = this.#gathered;
    this.#gathered = '';
    this.socket.write(text, 'latin1');
    this.noteWrite();
  }

  /** Takes the socket away from the engine, with the bytes that were read but not used. */
  detach(): Buffer | undefined {
    this.flush();
    this.#phase = RELEASED;
    const { socket } = this;
    socket.off('data', this.#onData);
    this.#readAsUsual();
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    socket.off('close', this.#onClose);
    const rest = this.#unread?.subarray(this.#unreadAt);
    this.#unread = undefined;
    this.#server.sweep.remove(this);
    this.#server.release(this);
    return rest;
  }

  decideClose(): boolean {
    const exchange = this.#exchange;
    const isLast =
      exchange?.isLast === true || exchange?.endsByClose === true || exchange?.head.keepsAlive !== true;
    // Whoever has said its last word may have said more than this request.
    const isLastWord = this.#isEnded && this.#unread === undefined;
    // The rest of the body is not worth reading, or will never come.
    const isUnfinished =
      !this.#decoder.isComplete && (this.#owesContinue || this.#decoder.left > MAX_DISCARDED_BYTES);
    this.#closes ||= isLast || isLastWord || isUnfinished || this.#server.isDraining;
    return this.#closes;
  }

  noteWrite(): void {
    if (this.socket.writableLength > 0) this.#arm();
  }

  finish(): void {
    this.#exchange = undefined;
    this.#body?.discard();
    if (this.#closes) {
      this.#end();
      return;
    }
    if (this.#decoder.isComplete) this.#becomeIdle();
    else this.#arm();
    this.#read();
  }

  wantBody(): void {
    if (this.#owesContinue) {
      this.#owesContinue = false;
      if (this.#exchange?.isStarted === false) this.write('HTTP/1.1 100 Continue\r\n\r\n');
    }
    this.#arm();
    this.#read();
  }

  holdBody(): void {
    this.#pause();
    this.#arm();
  }

  expire(): void {
    const { socket } = this;
    if (this.#isEnded && this.#probes > 0 && this.#exchange?.isStarted === false) {
      this.#probe();
      return;
    }
    if (this.#unsent > 0 && this.#phase !== LINGERING) {
      // A caller that takes nothing in is given up, a slow one is not.
      if (socket.writableLength >= this.#unsent) socket.destroy();
      else this.#arm();
      return;
    }
    if (this.#phase === IN_HEAD) this.#refuse('headTimedOut');
    else if (this.#phase === IDLE) this.#end();
    else if (this.#phase === LINGERING) socket.destroy();
    else if (this.#exchange === undefined) this.#end();
    else if (this.#body?.isAwaited === true) this.#failBody('bodyTimedOut');
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#phase === LINGERING || this.#isBroken) return;
    if (this.#unread === undefined) this.#unread = chunk;
    else this.#unread = Buffer.concat([this.#unread.subarray(this.#unreadAt), chunk]);
    this.#unreadAt = 0;
    this.#read();
  };

  readonly #onEnd = (): void => {
    this.#isEnded = true;
    if (this.#phase === IN_EXCHANGE && this.#decoder.isComplete) {
      // It may have hung up, or have said all and listen. Whoever hung up answers a byte with a reset.
      if (this.#exchange?.isStarted === false && this.#exchange.head.minorVersion === 1) {
        this.#probes = PROBES;
        this.deadline = this.#server.sweep.after(0);
      }
      return;
    }
    this.flush();
    if (this.#phase === IDLE || this.#phase === LINGERING) this.socket.end();
    else this.socket.destroy();
  };

  readonly #onDrain = (): void => {
    this.#arm();
    this.#exchange?.onDrain?.();
    if (this.#phase === IDLE) this.#read();
  };

  readonly #onClose = (): void => {
    this.#phase = RELEASED;
    this.#server.sweep.remove(this);
    this.#unread = undefined;
    this.#body?.fail('gone');
    this.#exchange?.leave();
    this.#server.release(this);
  };

  /** Goes through the bytes that are here for as long as something can be made of them. */
  #read(): void {
    // A request may be answered while it is being read; the loop below then goes on with the next one.
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#unread !== undefined && this.#step(this.#unread));
    this.#isReading = false;
    this.#balance();
  }

  /** Takes one head or one piece of a body. @returns whether to go on */
  #step(chunk: Buffer): boolean {
    if (this.#phase === IDLE || this.#phase === IN_HEAD) {
      // Who does not take answers in gets no further ones.
      if (this.socket.writableNeedDrain) return false;
      this.#readHead(chunk);
      return true;
    }
    if (this.#phase !== IN_EXCHANGE || this.#decoder.isComplete || this.#body?.wantsBreak === true)
      return false;
    this.#readBody(chunk);
    return true;
  }

  #readHead(chunk: Buffer): void {
    const parser = this.#parser;
    const after = parser.parse(chunk, this.#unreadAt, chunk.length);
    if (after === MORE) {
      this.#unread = undefined;
      if (this.#phase === IDLE && parser.isInside) {
        this.#phase = IN_HEAD;
        this.deadline = this.#server.sweep.after(this.#server.settings.times.headMs);
      }
      return;
    }
    if (after === REFUSED) {
      const preface = parser.fault === 'versionUnknown' ? parser.preface : undefined;
      if (preface === undefined || !this.#handToHttp2(preface))
        this.#refuse(parser.fault ?? 'requestLineMalformed');
      return;
    }
    const { head } = parser;
    parser.reset();
    if (head === undefined) return;
    this.#hasServed = true;
    this.#consume(chunk, after);
    this.#phase = IN_EXCHANGE;
    this.deadline = Infinity;
    this.#decoder.begin(head.framing, head.length);
    this.#body =
      head.framing === FRAMING.none
        ? undefined
        : new IncomingBody(this, head.framing === FRAMING.length ? head.length : undefined);
    this.#exchange = new Exchange(head, this.#body, this);
    if (head.length > this.#server.settings.maxBodyBytes) {
      this.#refuse('bodyTooLarge');
      return;
    }
    this.#owesContinue = head.expectsContinue && this.#unread === undefined;
    // What has come with the head of a small body is all of it, and then it can be sent on with the head.
    if (this.#body !== undefined && this.#unread !== undefined) this.#readBody(this.#unread);
    this.#server.settings.serve(this.#exchange, this);
  }

  /** Leaves the connection to HTTP/2, if that is spoken here and nothing else was before. @returns whether it was */
  #handToHttp2(read: Buffer): boolean {
    const { takeHttp2 } = this.#server.settings;
    if (takeHttp2 === undefined || this.#hasServed || this.isSecure) return false;
    this.#unread = undefined;
    this.detach();
    const { socket } = this;
    socket.pause();
    socket.unshift(read);
    takeHttp2(socket, false, this.note);
    return true;
  }

  #readBody(chunk: Buffer): void {
    const decoder = this.#decoder;
    const body = this.#body;
    const after = decoder.decode(chunk, this.#unreadAt, chunk.length);
    if (after === REFUSED) {
      this.#failBody(decoder.fault ?? 'chunkMalformed');
      return;
    }
    this.#consume(chunk, after);
    const { dataStart, dataEnd } = decoder;
    if (dataEnd > dataStart && body !== undefined) {
      const most = Math.min(body.maxBytes, this.#server.settings.maxBodyBytes);
      if (body.bytes + dataEnd - dataStart > most) {
        this.#failBody('bodyTooLarge');
        return;
      }
      body.push(chunk.subarray(dataStart, dataEnd));
    }
    if (decoder.isComplete) {
      body?.finish(decoder.trailerLines);
      if (this.#exchange === undefined && this.#phase === IN_EXCHANGE) this.#becomeIdle();
      else this.#arm();
    } else this.#arm();
  }

  #consume(chunk: Buffer, after: number): void {
    if (after >= chunk.length) this.#unread = undefined;
    this.#unreadAt = after;
  }

  #becomeIdle(): void {
    this.#phase = IDLE;
    this.#body = undefined;
    if (this.#isEnded && this.#unread === undefined) this.#end();
    else this.#arm();
  }

  /** Reads on or stops reading, as there is room. */
  #balance(): void {
    const waiting = this.#unread === undefined ? 0 : this.#unread.length - this.#unreadAt;
    if (waiting > MAX_WAITING_BYTES || (this.#body?.wantsBreak === true && !this.#decoder.isComplete))
      this.#pause();
    else if (waiting === 0 || this.#phase !== IDLE) this.#resume();
    if (!this.#isEnded || waiting > 0) return;
    if (this.#phase === IDLE) this.#end();
    // A part of a request whose rest will never come.
    else if (this.#phase === IN_HEAD || (this.#phase === IN_EXCHANGE && !this.#decoder.isComplete)) {
      this.flush();
      this.socket.destroy();
    }
  }

  #pause(): void {
    if (this.#isPaused || this.#phase === RELEASED) return;
    this.#isPaused = true;
    this.socket.pause();
  }

  #resume(): void {
    if (!this.#isPaused || this.#phase === RELEASED) return;
    this.#isPaused = false;
    this.socket.resume();
  }

  /** Sets the deadline that fits what is waited for. */
  #arm(): void {
    const { times } = this.#server.settings;
    const { sweep } = this.#server;
    if (this.#phase === RELEASED || this.#phase === LINGERING) return;
    this.#unsent = this.socket.writableLength;
    if (this.#unsent > 0) this.deadline = sweep.after(times.writeStallMs);
    else if (this.#phase === IDLE) this.deadline = sweep.after(times.idleMs);
    else if (this.#phase === IN_EXCHANGE) {
      const isAwaited = this.#exchange === undefined || this.#body?.isAwaited === true;
      this.deadline = isAwaited && !this.#decoder.isComplete ? sweep.after(times.bodyPauseMs) : Infinity;
    }
  }

  /** Answers a request that breaks the rules, and ends the connection. */
  #refuse(fault: Fault): void {
    const { settings } = this.#server;
    this.#unread = undefined;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (exchange?.isStarted === true) {
      this.flush();
      this.socket.destroy();
      return;
    }
    const { status, fields, body } = settings.refuse(fault, this);
    this.write(
      `${statusLine(status)}${fields}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${
        exchange?.head.method === 'HEAD' ? '' : body
      }`,
    );
    this.#end();
  }

  /** The body of the present request will not become complete; whoever reads it answers. */
  #failBody(fault: Fault): void {
    this.#unread = undefined;
    this.#isBroken = true;
    this.#closes = true;
    if (this.#exchange === undefined) {
      this.#end();
      return;
    }
    this.deadline = Infinity;
    this.#body?.fail(fault);
  }

  #probe(): void {
    this.#probes -= 1;
    this.write('HTTP/1.1 100 Continue\r\n\r\n');
    if (this.#probes > 0) this.deadline = this.#server.sweep.after(0);
    else this.#arm();
  }

  /** Says nothing more, and waits a while for the caller to close, so that it can read what was said. */
  #end(): void {
    if (this.#phase === LINGERING || this.#phase === RELEASED) return;
    this.#phase = LINGERING;
    this.#unread = undefined;
    this.flush();
    this.socket.end();
    this.#resume();
    this.deadline = this.#server.sweep.after(this.#server.settings.times.lingerMs);
  }
}

function noop(): void {
  // A broken connection is told by its close.
}
