import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ServerConnection } from './server-connection.ts';
import type { ServerSettings } from './settings.ts';
import { statusLine } from './status-line.ts';
import { Sweep } from './sweep.ts';
import { allocateYoung } from './young-memory.ts';

/** Where a server listens. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Whether several threads or processes share the port. */
  readonly reusePort?: boolean;
}

/** Takes an encrypted connection, with whatever is to be known of it. */
export type TakeSecure = (socket: Socket, note: unknown) => void;

/** Makes what encrypts accepted sockets and hands them to `take`. A socket whose handshake fails it destroys. */
export type CreateFront = (take: TakeSecure) => (socket: Socket) => void;

/** How often deadlines of callers are looked at. */
const TICK_MS = 100;

/** Connections over the limit that are told so at a time; the others are closed without a word. */
const MAX_TOLD = 64;

const TOLD_MS = 1000;

/** An HTTP/1.1 server. */
export class Server {
  isDraining = false;
  readonly settings: ServerSettings;
  readonly sweep = new Sweep(TICK_MS);
  readonly #server: NetServer;
  readonly #encrypt: ((socket: Socket) => void) | undefined;
  readonly #connections = new Set<ServerConnection>();
  /** Accepted sockets, those that are shaking hands and those of tunnels too. */
  readonly #sockets = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  #told = 0;
  #onEmpty: (() => void) | undefined;

  constructor(settings: ServerSettings, createFront?: CreateFront) {
    allocateYoung();
    this.settings = settings;
    this.#encrypt = createFront?.((socket, note) => this.#open(socket, true, note));
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Begins to listen. @throws the system's error when the port is taken */
  listen(options: ListenOptions): Promise<AddressInfo> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ backlog: 4096, ...options }, () => {
        server.off('error', reject);
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('a server has no address'));
        else resolve(address);
      });
    });
  }

  /** Takes no new connections, lets requests under way finish for at most that long, then ends what is left. */
  async drain(timeoutMs: number): Promise<void> {
    this.isDraining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#sockets.size > 0) {
      const timer = setTimeout(() => {
        for (const socket of [...this.#sockets]) socket.destroy();
      }, timeoutMs);
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
      clearTimeout(timer);
    }
    await closed;
  }

  /** Forgets a connection that is no longer HTTP, or no longer there. */
  release(connection: ServerConnection): void {
    this.#connections.delete(connection);
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress;
    // Without an address it has closed already.
    if (address === undefined || this.isDraining) {
      socket.on('error', noop);
      socket.destroy();
      return;
    }
    const count = (this.#perAddress.get(address) ?? 0) + 1;
    if (
      this.#sockets.size >= this.settings.maxConnections ||
      count > this.settings.maxConnectionsPerAddress
    ) {
      this.#turnAway(socket);
      return;
    }
    this.#perAddress.set(address, count);
    this.#sockets.add(socket);
    socket.on('close', () => this.#forget(socket, address));
    if (this.#encrypt === undefined) this.#open(socket, false, undefined);
    else this.#encrypt(socket);
  }

  #open(socket: Socket, isSecure: boolean, note: unknown): void {
    const { takeHttp2 } = this.settings;
    if (takeHttp2 !== undefined && socket instanceof TLSSocket && socket.alpnProtocol === 'h2') {
      takeHttp2(socket, isSecure, note);
      return;
    }
    this.#connections.add(new ServerConnection(socket, isSecure, note, this));
  }

  #forget(socket: Socket, address: string): void {
    this.#sockets.delete(socket);
    const count = (this.#perAddress.get(address) ?? 1) - 1;
    if (count === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, count);
    if (this.#sockets.size === 0) this.#onEmpty?.();
  }

  /** Tells a connection over the limit why it is closed, if not too many are being told at the time. */
  #turnAway(socket: Socket): void {
    socket.on('error', noop);
    if (this.#told >= MAX_TOLD || this.#encrypt !== undefined) {
      socket.destroy();
      return;
    }
    this.#told += 1;
    const { status, fields, body } = this.settings.refuse('tooManyConnections', undefined);
    const timer = setTimeout(() => socket.destroy(), TOLD_MS);
    socket.on('close', () => {
      clearTimeout(timer);
      this.#told -= 1;
    });
    // What it sends is read and dropped: closing with bytes unread would take the answer back.
    socket.resume();
    socket.end(
      `${statusLine(status)}${fields}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      'latin1',
    );
  }
}

function noop(): void {
  // A broken connection is told by its close.
}
