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
  /** The certificate in force for a server name, asked at each handshake. */
  readonly find: (serverName: string) => ServedCertificate | undefined;
  readonly minVersion: SecureVersion;
  /** Has sessions go on wherever the same secret is known, each under the certificate that it began with. */
  readonly ticketSecret?: Uint8Array;
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
  readonly #servers = new WeakMap<object, Server>();
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
      const served = name === undefined ? undefined : this.#options.find(name);
      this.#serverOf(served).emit('connection', raw);
    };
    raw.on('data', onData);
  }

  /** Closes the connections whose handshake is not over. */
  drop(): void {
    for (const raw of this.#pending.values()) raw.destroy();
  }

  #serverOf(served: ServedCertificate | undefined): Server {
    const { fallback } = this.#options;
    const key = served ?? fallback;
    const known = this.#servers.get(key);
    if (known !== undefined) return known;
    const server = this.#createServer(
      served ?? { ...fallback, callersCa: undefined, callersCaId: undefined },
    );
    this.#servers.set(key, server);
    return server;
  }

  #createServer({ certificate, key, callersCa, callersCaId }: ServedCertificate): Server {
    const { minVersion, ticketSecret } = this.#options;
    const isOld = minVersion === 'TLSv1.1' || minVersion === 'TLSv1';
    const server = createServer({
      cert: certificate,
      key,
      minVersion,
      ...(isOld && { ciphers: OLD_CIPHERS }),
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: this.#handshakeMs,
      ...(ticketSecret && { ticketKeys: ticketKeysOf(ticketSecret, [certificate, callersCa ?? '']) }),
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
