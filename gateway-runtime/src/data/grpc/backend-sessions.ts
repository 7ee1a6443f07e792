import type { LookupFunction } from 'node:net';
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { BackendCertificate } from '../../features.ts';
import { forbidden, type ForbiddenAddresses } from '../forbidden-addresses.ts';
import { withCertificate, type BackendTlsOptions } from '../backend-tls.ts';
import { toUpstreamFailure, type UpstreamFailure } from '../http1/upstream-failure.ts';

/** How long a connection without calls is kept, in milliseconds. */
const IDLE_MS = 60_000;

/** How often a connection with calls is asked whether it lives, in milliseconds; a silent one is ended as long after. */
const PING_MS = 20_000;

/** Calls on a connection before another one is opened, if the backend allows as many. */
const MAX_STREAMS = 100;

/** The connections to backends over HTTP/2, by origin. */
export class BackendSessions {
  readonly #tls: BackendTlsOptions;
  readonly #forbidden: ForbiddenAddresses;
  readonly #sessions = new Map<string, BackendSession[]>();

  constructor(tls: BackendTlsOptions, forbidden: ForbiddenAddresses) {
    this.#tls = tls;
    this.#forbidden = forbidden;
  }

  /** Number of open connections. */
  get count(): number {
    let count = 0;
    for (const sessions of this.#sessions.values()) count += sessions.length;
    return count;
  }

  /**
   * Opens a stream on a connection to an origin such as `https://orders.internal:8443`.
   *
   * @param headers the head; its method and target among them
   * @param certificate shown to the backend
   * @throws `backendUnavailable` for an address that nothing is sent to
   */
  open(origin: string, headers: OutgoingHttpHeaders, certificate?: BackendCertificate): BackendStream {
    const key = `${origin} ${certificate?.id ?? ''}`;
    const sessions = this.#sessions.get(key) ?? [];
    let session = sessions.find((each) => each.hasRoom);
    if (session === undefined) {
      const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
      if (this.#forbidden.has(host)) throw forbidden(host);
      const options = { ...withCertificate(this.#tls, certificate), lookup: this.#forbidden.lookup };
      session = new BackendSession(origin, options, (ended) => this.#remove(key, ended));
      sessions.push(session);
      this.#sessions.set(key, sessions);
    }
    return session.open(headers);
  }

  /** Lets go of connections that no plan leads to, when their calls have ended. */
  keepOnly(isInUse: (origin: string) => boolean): void {
    for (const [key, sessions] of this.#sessions) {
      if (!isInUse(key.split(' ', 1)[0] ?? '')) for (const session of [...sessions]) session.close();
    }
  }

  /** Ends all connections, the busy ones too. */
  destroy(): void {
    for (const sessions of [...this.#sessions.values()]) {
      for (const session of [...sessions]) session.destroy();
    }
  }

  #remove(origin: string, session: BackendSession): void {
    const left = (this.#sessions.get(origin) ?? []).filter((each) => each !== session);
    if (left.length === 0) this.#sessions.delete(origin);
    else this.#sessions.set(origin, left);
  }
}

/** A stream to a backend. */
export interface BackendStream {
  readonly stream: ClientHttp2Stream;
  /** What an error of the stream means. */
  failureOf(error: Error): UpstreamFailure;
  /** Ends the connection, if it has not been made: nobody waits for it. */
  giveUp(): void;
}

type SessionOptions = BackendTlsOptions & { readonly lookup: LookupFunction };

class BackendSession {
  readonly #session: ClientHttp2Session;
  #streams = 0;
  #isConnected = false;
  #failure: Error | undefined;
  #ping: NodeJS.Timeout | undefined;

  constructor(origin: string, options: SessionOptions, onEnd: (session: BackendSession) => void) {
    const session = connect(origin, { ...options, settings: { enablePush: false } });
    this.#session = session;
    session.on('connect', () => (this.#isConnected = true));
    session.on('error', (error: Error) => (this.#failure = error));
    session.on('goaway', () => onEnd(this));
    session.on('close', () => {
      clearInterval(this.#ping);
      onEnd(this);
    });
    session.setTimeout(IDLE_MS, () => {
      if (this.#streams === 0) this.close();
    });
    session.unref();
    this.#ping = setInterval(() => this.#probe(), PING_MS);
    this.#ping.unref();
  }

  get hasRoom(): boolean {
    const session = this.#session;
    // Before the backend has said what it allows, nothing is known of it.
    const allowed = this.#isConnected ? session.remoteSettings.maxConcurrentStreams : undefined;
    return (
      !session.closed && !session.destroyed && this.#streams < Math.min(MAX_STREAMS, allowed ?? MAX_STREAMS)
    );
  }

  open(headers: OutgoingHttpHeaders): BackendStream {
    const stream = this.#session.request(headers, { endStream: false });
    this.#streams += 1;
    stream.on('close', () => (this.#streams -= 1));
    return {
      stream,
      failureOf: (error) =>
        toUpstreamFailure(this.#failure ?? error, this.#isConnected ? 'connected' : 'connecting'),
      giveUp: () => {
        if (!this.#isConnected) this.destroy();
      },
    };
  }

  close(): void {
    if (!this.#session.closed) this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  /** A connection that lost its other end is found out only by asking. */
  #probe(): void {
    const session = this.#session;
    if (this.#streams === 0 || !this.#isConnected || session.destroyed) return;
    const timer = setTimeout(() => session.destroy(new Error('a backend is silent')), PING_MS);
    timer.unref();
    session.ping(() => clearTimeout(timer));
  }
}
