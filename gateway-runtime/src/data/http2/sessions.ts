import type { Socket } from 'node:net';
import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { TLSSocket } from 'node:tls';
import type { Fault } from '../http1/faults.ts';
import type { HeadLimits } from '../http1/head-parser.ts';
import type { IncomingBody } from '../http1/incoming-body.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { Refusal, ServerTimes } from '../http1/settings.ts';
import { Sweep, type Timed } from '../http1/sweep.ts';
import { fromFields } from '../fields.ts';
import { RequestHeads } from './request-head.ts';
import { StreamBody } from './stream-body.ts';
import { StreamReply } from './stream-reply.ts';

/** A connection that requests come on. */
export interface SessionConnection {
  readonly isSecure: boolean;
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** For whoever serves requests to keep what it knows of the connection; at first what encrypting it has shown. */
  note: unknown;
}

/** A request of a stream. */
export interface StreamRequest {
  readonly head: RequestHead;
  /** Undefined when the request has none. */
  readonly body: IncomingBody | undefined;
  readonly reply: StreamReply;
  readonly connection: SessionConnection;
}

/** How callers over HTTP/2 are treated. */
export interface SessionSettings {
  readonly limits: HeadLimits;
  readonly times: ServerTimes;
  /** Largest body of a request. */
  readonly maxBodyBytes: number;
  /** Answers a request, now or later; must not throw. */
  serve(request: StreamRequest): void;
  /** The answer to a request that breaks the rules. */
  refuse(fault: Fault, connection: SessionConnection): Refusal;
}

/** Requests that may be under way at a time on a connection. Source: RFC 9113, section 6.5.2 (100 or more). */
export const MAX_STREAMS = 128;

/** A list of fields over the limit is answered up to that many bytes; a larger one breaks its stream off. */
const HEADER_LIST_FACTOR = 2;

/** Pings that may wait for an answer: more are a flood. Source: RFC 9113, section 10.5. */
const MAX_OUTSTANDING_PINGS = 10;

/** Memory that one connection may use, in millions of bytes, before further streams of it are refused. */
const MAX_SESSION_MEGABYTES = 10;

/** Streams that a caller may take back at once, and then in each second, before the connection ends (CVE-2023-44487). */
const RESET_BURST = 1000;
const RESETS_PER_SECOND = 33;

/** Versions of TLS that HTTP/2 is not spoken over. Source: RFC 9113, section 9.2. */
const OLD_TLS: ReadonlySet<string> = new Set(['TLSv1', 'TLSv1.1']);

const TICK_MS = 100;

/** The connections of callers over HTTP/2. */
export class Sessions {
  readonly #settings: SessionSettings;
  readonly #sweep = new Sweep(TICK_MS);
  readonly #sessions = new Set<Session>();
  #isDraining = false;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
  }

  /** Number of open connections. */
  get count(): number {
    return this.#sessions.size;
  }

  /** Speaks HTTP/2 on a connection whose caller has chosen it. */
  take(socket: Socket, isSecure: boolean, note: unknown): void {
    if (this.#isDraining || socket.destroyed) {
      socket.destroy();
      return;
    }
    const session = new Session(socket, { isSecure, note }, this.#settings, this.#sweep);
    this.#sessions.add(session);
    session.onClose(() => this.#sessions.delete(session));
  }

  /** Tells all callers to send no further requests here; connections end with those under way. */
  drain(): void {
    this.#isDraining = true;
    for (const session of [...this.#sessions]) session.drain();
  }
}

class Session implements Timed, SessionConnection {
  deadline = Infinity;
  sweepIndex = -1;
  note: unknown;
  readonly isSecure: boolean;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly #settings: SessionSettings;
  readonly #sweep: Sweep;
  readonly #heads: RequestHeads;
  readonly #session: ServerHttp2Session;
  #streams = 0;

  constructor(
    socket: Socket,
    shown: { readonly isSecure: boolean; readonly note: unknown },
    settings: SessionSettings,
    sweep: Sweep,
  ) {
    this.isSecure = shown.isSecure;
    this.note = shown.note;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.localAddress = socket.localAddress ?? '';
    this.#settings = settings;
    this.#sweep = sweep;
    this.#heads = new RequestHeads(settings.limits);
    const session = performServerHandshake(socket, {
      settings: {
        enablePush: false,
        enableConnectProtocol: true,
        maxConcurrentStreams: MAX_STREAMS,
        maxHeaderListSize: settings.limits.headBytes * HEADER_LIST_FACTOR,
      },
      maxHeaderListPairs: settings.limits.fields + 5,
      maxOutstandingPings: MAX_OUTSTANDING_PINGS,
      maxSessionMemory: MAX_SESSION_MEGABYTES,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      streamResetBurst: RESET_BURST,
      streamResetRate: RESETS_PER_SECOND,
    });
    this.#session = session;
    session.on('stream', (stream, _headers, _flags, raw) => this.#onStream(stream, raw));
    // What is wrong with a session ends it, and its streams with it.
    session.on('error', noop);
    session.on('close', () => sweep.remove(this));
    sweep.add(this);
    this.#armIdle();
    if (socket instanceof TLSSocket && OLD_TLS.has(socket.getProtocol() ?? '')) {
      session.destroy(new Error('TLS below 1.2'), constants.NGHTTP2_INADEQUATE_SECURITY);
    }
  }

  /** Has a function called when the connection has ended. */
  onClose(listener: () => void): void {
    this.#session.on('close', listener);
  }

  drain(): void {
    if (!this.#session.closed) this.#session.close();
  }

  expire(): void {
    this.drain();
  }

  #onStream(stream: ServerHttp2Stream, raw: readonly string[]): void {
    const { times } = this.#settings;
    this.#streams += 1;
    this.deadline = Infinity;
    stream.on('close', () => {
      this.#streams -= 1;
      if (this.#streams === 0) this.#armIdle();
    });
    const head = this.#heads.read(raw);
    if (typeof head === 'string') {
      this.#refuse(new StreamReply(stream, 'GET', times.writeStallMs, this.#sweep), head);
      return;
    }
    const reply = new StreamReply(stream, head.method, times.writeStallMs, this.#sweep);
    if (head.upgradeAt >= 0) {
      // What it sends is for whoever takes its stream over.
      reply.webSocketKey = head.first('sec-websocket-key');
      this.#settings.serve({ head, body: undefined, reply, connection: this });
      return;
    }
    const { maxBodyBytes } = this.#settings;
    if (head.length > maxBodyBytes) {
      this.#refuse(reply, 'bodyTooLarge');
      return;
    }
    this.#settings.serve({ head, body: this.#bodyOf(stream, head), reply, connection: this });
  }

  #bodyOf(stream: ServerHttp2Stream, head: RequestHead): IncomingBody | undefined {
    if (stream.endAfterHeaders) return undefined;
    if (head.find('content-length') >= 0 && head.length === 0) {
      // Nothing may come but the end.
      stream.resume();
      return undefined;
    }
    const settings = this.#settings;
    const announced = {
      length: head.length > 0 ? head.length : undefined,
      expectsContinue: head.first('expect') !== undefined,
    };
    const bounds = {
      bodyPauseMs: settings.times.bodyPauseMs,
      maxBodyBytes: () => settings.maxBodyBytes,
    };
    return new StreamBody(stream, announced, bounds, this.#sweep, this.#heads).incoming;
  }

  #refuse(reply: StreamReply, fault: Fault): void {
    const { status, fields, body } = this.#settings.refuse(fault, this);
    reply.send(status, fromFields(fields).flat(), Buffer.from(body, 'latin1'));
  }

  #armIdle(): void {
    this.deadline = this.#sweep.after(this.#settings.times.idleMs);
  }
}

function noop(): void {
  // A broken session is told by its close.
}
