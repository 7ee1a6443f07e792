import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fail, type ApigError } from '@apig/sdk/contract';
import { toAddress } from './address.ts';
import { Call, type Connection, type ConnectionTls } from './call.ts';
import { usualAnswer } from './gateway-response.ts';
import { HeaderLines } from './header-lines.ts';
import { IDLE_MS, MAX_HEADERS_BYTES, MAX_URI_BYTES, type CallerTimeouts } from './limits.ts';
import { NodeBody } from './node-body.ts';
import { NodeReply, type ListenerState } from './node-reply.ts';
import { createRequestId } from './request-id.ts';
import { TlsFront, type TlsFrontOptions } from './tls/front.ts';

/** A bound address. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

/** Where calls come in. */
export interface Listener {
  readonly address: BoundAddress;
  /** Takes no new connections, lets calls under way finish for at most that long, then ends what is left. */
  drain(timeoutMs: number): Promise<void>;
}

/** What a listener is told. */
export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Encrypts. */
  readonly tls?: TlsFrontOptions;
  readonly timeouts: CallerTimeouts;
  readonly onCall: (call: Call) => void;
}

/** Node's limit counts target and lines together; above it the rest is not even parsed. */
const MAX_HEAD_BYTES = MAX_URI_BYTES + MAX_HEADERS_BYTES + 16 * 1024;

const SERVER_OPTIONS: ServerOptions = {
  insecureHTTPParser: false,
  // Missing and repeated hosts are refused with an answer of the gateway's own form.
  requireHostHeader: false,
  maxHeaderSize: MAX_HEAD_BYTES,
  // Bodies may be long; the pauses in them are bounded.
  requestTimeout: 0,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: IDLE_MS,
  noDelay: true,
};

/** Opens a listener on `node:http` or `node:https`. Nothing outside it and its helpers knows that these are used. */
export async function openListener({
  host,
  port,
  tls,
  timeouts,
  onCall,
}: ListenerOptions): Promise<Listener> {
  const options = { ...SERVER_OPTIONS, headersTimeout: timeouts.headMs };
  const server = createServer(options);
  const secured = new WeakMap<Socket, ConnectionTls>();
  const front = tls && encrypt(server, tls, timeouts.headMs, secured);
  // Lines above a number would be cut off unseen; their size is bounded instead.
  server.maxHeadersCount = 0;
  const lanes = new WeakMap<Socket, Lane>();
  const state: ListenerState = { isDraining: false };

  const accept = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const { socket } = request;
    let lane = lanes.get(socket);
    if (lane === undefined) lanes.set(socket, (lane = createLane(socket, secured.get(socket))));
    const { connection } = lane;
    const body = NodeBody.of(request, timeouts.bodyMs, expectsContinue ? response : undefined);
    const call = new Call({
      id: createRequestId(),
      method: request.method ?? '',
      target: request.url ?? '',
      httpVersion: request.httpVersion,
      headers: new HeaderLines(request.rawHeaders),
      body,
      connection,
      reply: new NodeReply(request, response, body, state),
    });
    response.on('close', () => {
      leave(lane, socket);
      // The head of an answer that was under way did not say that the connection ends.
      if (state.isDraining && !lane.isBusy) socket.end();
    });
    enter(lane, socket, () => onCall(call));
  };
  server.on('request', (request, response) => accept(request, response, false));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    accept(request, response, true),
  );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    accept(request, response, false),
  );
  server.on('connect', (_, socket: Duplex) => refuse(socket, fail('badRequest')));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuse(socket, toHeadError(error.code));
  });

  await listen(server, host, port);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a listener has no address');
  return {
    address: { host: bound.address, port: bound.port },
    async drain(timeoutMs) {
      state.isDraining = true;
      await drain(server, front, timeoutMs);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Lets the server have connections once they are encrypted. */
function encrypt(
  server: Server,
  options: TlsFrontOptions,
  handshakeMs: number,
  secured: WeakMap<Socket, ConnectionTls>,
): TlsFront {
  const takers = server.listeners('connection');
  const front = new TlsFront(options, handshakeMs, (socket, tls) => {
    secured.set(socket, tls);
    for (const take of takers) take.call(server, socket);
  });
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => front.accept(socket));
  return front;
}

function drain(server: Server, front: TlsFront | undefined, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
      front?.drop();
    }, timeoutMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** The calls of one connection. They are served one after another, since a later one may count on what an earlier one did. */
interface Lane {
  readonly connection: Connection;
  isBusy: boolean;
  readonly waiting: (() => void)[];
}

/** Requests that a caller may send ahead of their answers. */
const MAX_WAITING = 100;

function createLane(socket: Socket, tls: ConnectionTls | undefined): Lane {
  const peer = toAddress(socket.remoteAddress ?? '');
  const localAddress = toAddress(socket.localAddress ?? '').text;
  return { connection: { secure: tls !== undefined, tls, peer, localAddress }, isBusy: false, waiting: [] };
}

function enter(lane: Lane, socket: Socket, start: () => void): void {
  if (!lane.isBusy) {
    lane.isBusy = true;
    start();
  } else if (lane.waiting.length < MAX_WAITING) lane.waiting.push(start);
  else socket.destroy();
}

function leave(lane: Lane, socket: Socket): void {
  if (socket.destroyed) lane.waiting.length = 0;
  const next = lane.waiting.shift();
  if (next === undefined) lane.isBusy = false;
  else next();
}

/** What a request is told that the parser did not take. */
function toHeadError(code: string | undefined): ApigError {
  if (code === 'HPE_HEADER_OVERFLOW') return fail('headersTooLarge');
  return fail(code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'bodyTimeout' : 'badRequest');
}

/** Answers on a connection whose bytes are no request, and ends it: where the next one would begin is unknown. */
function refuse(socket: Duplex, error: ApigError): void {
  const id = createRequestId();
  const { status, body } = usualAnswer(error, id);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Request Header Too Large'}\r\n` +
      `Server: api-gateway\r\nX-Request-Id: ${id}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
