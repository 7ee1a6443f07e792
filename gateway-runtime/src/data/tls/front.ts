import { createHmac } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type SecureVersion, type Server, type TLSSocket } from 'node:tls';
import type { KeyedCertificate } from '@apig/sdk/contract';
import type { ConnectionTls } from '../call.ts';
import { INCOMPLETE, readServerName } from './client-hello.ts';
import type { ServedCertificate } from './served-certificate.ts';

/** What encrypts connections is told. */
export interface TlsFrontOptions {
  /** Served to callers that name no domain with a certificate of its own. */
  readonly fallback: KeyedCertificate;
  /** What is in force for a server name, or for callers that name none, asked at each handshake. */
  readonly find: (serverName: string | undefined) => ServedHost | undefined;
  readonly minVersion: SecureVersion;
  /** Has sessions go on wherever the same secret is known, each under the certificate that it began with. */
  readonly ticketSecret?: Uint8Array;
}

/** How callers of a host are met. */
export interface ServedHost {
  /** Its own certificate; undefined: the usual one. */
  readonly certificate?: ServedCertificate | undefined;
  /** Cipher suites to choose from, joined by colons; undefined: the usual ones. They belong to TLS 1.2 and before. */
  readonly ciphers?: string | undefined;
}

/** Takes an encrypted connection. */
export type OnSecure = (socket: TLSSocket, tls: ConnectionTls) => void;

/** Callers' first messages are shorter by far, also those with the large keys against quantum computers. */
const MAX_HELLO_BYTES = 64 * 1024;

/** OpenSSL speaks versions below 1.2 at this level only. */
const OLD_CIPHERS = 'DEFAULT:@SECLEVEL=0';

/**
 * Encrypts connections with the certificate of the domain that the caller names.
 *
 * The name is read from the first bytes, before the handshake: whether callers are asked for a certificate, and of whom,
 * depends on the domain. The bytes are given back, and the handshake reads them as if nothing had happened. Each
 * certificate has a TLS server of its own, so that sessions are resumed under the one that they began with.
 */
export class TlsFront {
  readonly #options: TlsFrontOptions;
  readonly #handshakeMs: number;
  readonly #onSecure: OnSecure;
  /** Certificate -> cipher suites -> server. */
  readonly #servers = new WeakMap<object, Map<string, Server>>();
  /** Connections before the end of their handshake, by the caller's end. */
  readonly #pending = new Map<string, Socket>();

  /** @param handshakeMs time for the whole handshake */
  constructor(options: TlsFrontOptions, handshakeMs: number, onSecure: OnSecure) {
    this.#options = options;
    this.#handshakeMs = handshakeMs;
    this.#onSecure = onSecure;
  }

  /** Encrypts a connection. One whose handshake fails is closed without a word: it is nobody's request. */
  accept(raw: Socket): void {
    const end = endOf(raw);
    this.#pending.set(end, raw);
    const timer = setTimeout(() => {
      if (this.#pending.get(end) === raw) raw.destroy();
    }, this.#handshakeMs);
    raw.on('close', () => {
      clearTimeout(timer);
      if (this.#pending.get(end) === raw) this.#pending.delete(end);
    });
    raw.on('error', () => raw.destroy());
    let bytes: Buffer | undefined;
    const onData = (chunk: Buffer) => {
      bytes = bytes === undefined ? chunk : Buffer.concat([bytes, chunk]);
      const name = readServerName(bytes);
      if (name === INCOMPLETE) {
        if (bytes.length > MAX_HELLO_BYTES) raw.destroy();
        return;
      }
      raw.pause();
      raw.off('data', onData);
      raw.unshift(bytes);
      const { certificate, ciphers } = this.#options.find(name) ?? {};
      this.#serverOf(certificate, ciphers).emit('connection', raw);
    };
    raw.on('data', onData);
  }

  /** Closes the connections whose handshake is not over. */
  drop(): void {
    for (const raw of this.#pending.values()) raw.destroy();
  }

  #serverOf(served: ServedCertificate | undefined, ciphers: string | undefined): Server {
    const { fallback } = this.#options;
    const key = served ?? fallback;
    let servers = this.#servers.get(key);
    if (servers === undefined) this.#servers.set(key, (servers = new Map<string, Server>()));
    let server = servers.get(ciphers ?? '');
    if (server === undefined) {
      server = this.#createServer(
        served ?? { ...fallback, callersCa: undefined, callersCaId: undefined },
        ciphers,
      );
      servers.set(ciphers ?? '', server);
    }
    return server;
  }

  #createServer(
    { certificate, key, callersCa, callersCaId }: ServedCertificate,
    ciphers: string | undefined,
  ): Server {
    const { minVersion, ticketSecret } = this.#options;
    const isOld = minVersion === 'TLSv1.1' || minVersion === 'TLSv1';
    const server = createServer({
      cert: certificate,
      key,
      minVersion,
      ...(isOld && { ciphers: OLD_CIPHERS }),
      // The suites of TLS 1.3 are others: where these are chosen, no others are meant.
      ...(ciphers !== undefined && {
        ciphers: isOld ? `${ciphers}:@SECLEVEL=0` : ciphers,
        maxVersion: 'TLSv1.2' as const,
      }),
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: this.#handshakeMs,
      ...(ticketSecret && {
        ticketKeys: ticketKeysOf(ticketSecret, [certificate, callersCa ?? '', ciphers ?? '']),
      }),
      // Whoever has none gets an answer that says so, not a broken handshake.
      ...(callersCa !== undefined && { ca: callersCa, requestCert: true, rejectUnauthorized: false }),
    });
    server.on('secureConnection', (socket) => {
      this.#pending.delete(endOf(socket));
      const version = socket.getProtocol() ?? '';
      this.#onSecure(socket, { version, callersCaId: socket.authorized ? callersCaId : undefined });
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }
}

/** Keys for tickets: 16 bytes that name them, 16 to sign and 16 to encrypt. */
function ticketKeysOf(secret: Uint8Array, bound: readonly string[]): Buffer {
  return createHmac('sha512', secret).update(JSON.stringify(bound)).digest().subarray(0, 48);
}

function endOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
