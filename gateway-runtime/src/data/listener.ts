import { toAddress } from './address.ts';
import { Call, type Connection, type ConnectionTls } from './call.ts';
import { CallerBody } from './caller-body.ts';
import { CallerReply } from './caller-reply.ts';
import { usualAnswer } from './gateway-response.ts';
import { HeaderLines } from './header-lines.ts';
import type { Exchange } from './http1/exchange.ts';
import type { Fault } from './http1/faults.ts';
import { Server, type CreateFront } from './http1/server.ts';
import type { ServerConnection } from './http1/server-connection.ts';
import type { RequestHead } from './http1/request-head.ts';
import type { Refusal } from './http1/settings.ts';
import { Sessions, type SessionConnection, type StreamRequest } from './http2/sessions.ts';
import { HEAD_LIMITS, IDLE_MS, LINGER_MS, type CallerTimeouts, type ConnectionLimits } from './limits.ts';
import { createRequestId } from './request-id.ts';
import { forwardingFields } from './mapping.ts';
import { faultError } from './wire-fault.ts';
import { TlsFront, type TlsFrontOptions } from './tls/front.ts';

/** A bound address. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

/** Where calls come in. */
export interface Listener {
  readonly address: BoundAddress;
  /** Number of open connections. */
  readonly connections: number;
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
  /** Largest body that any gateway takes now. */
  readonly maxBodyBytes: () => number;
  readonly onCall: (call: Call) => void;
  /** Told of requests that never become a call, and of connections that are turned away. */
  readonly onRefusal: (refusal: RefusedRequest) => void;
  readonly connections: ConnectionLimits;
  /** Threads that listen there. */
  readonly threads: number;
}

/** Opens a listener. */
export async function openListener({
  host,
  port,
  tls,
  timeouts,
  maxBodyBytes,
  onCall,
  onRefusal,
  connections,
  threads,
}: ListenerOptions): Promise<Listener> {
  const shared = {
    limits: HEAD_LIMITS,
    times: {
      headMs: timeouts.headMs,
      bodyPauseMs: timeouts.bodyMs,
      idleMs: IDLE_MS,
      writeStallMs: timeouts.unreadMs,
      lingerMs: LINGER_MS,
    },
    refuse: (fault: Fault, connection: SessionConnection | undefined) =>
      refuse(fault, connection, tls !== undefined, onRefusal),
  };
  const sessions = new Sessions({
    ...shared,
    get maxBodyBytes() {
      return maxBodyBytes();
    },
    serve: (request) => onCall(streamCall(request)),
  });
  // The system spreads connections evenly enough for each thread to have its share of them.
  const maxConnections = Math.ceil(connections.all / threads);
  const server = new Server(
    {
      ...shared,
      get maxBodyBytes() {
        return maxBodyBytes();
      },
      maxConnections,
      // The connections of one address may all come to one thread.
      maxConnectionsPerAddress: Math.min(connections.ofAddress, maxConnections),
      serve: (exchange, connection) => onCall(toCall(exchange, connection)),
      takeHttp2: (socket, isSecure, note) => sessions.take(socket, isSecure, note),
    },
    tls && encrypting(tls, timeouts.headMs),
  );
  const bound = await server.listen({ host, port, reusePort: threads > 1 });
  return {
    address: { host: bound.address, port: bound.port },
    get connections() {
      return server.connections;
    },
    drain: (timeoutMs) => {
      sessions.drain();
      return server.drain(timeoutMs);
    },
  };
}

function encrypting(options: TlsFrontOptions, handshakeMs: number): CreateFront {
  return (take) => {
    const front = new TlsFront(options, handshakeMs, take);
    return (socket) => front.accept(socket);
  };
}

function toCall(exchange: Exchange, connection: ServerConnection): Call {
  const { head, body } = exchange;
  return new Call({
    id: createRequestId(),
    method: head.method,
    target: head.target,
    httpVersion: head.minorVersion === 1 ? '1.1' : '1.0',
    headers: new HeaderLines(head, head.connectionNames),
    body: body && new CallerBody(body),
    connection: connectionOf(connection),
    reply: new CallerReply(exchange, connection),
    upgrade: upgradeOf(head),
  });
}

/**
 * The protocol that a caller asks to change to. HTTP/2 is none of them: through a tunnel, requests that nobody has
 * looked at would reach a backend that speaks it. Source: RFC 9113, section 3.1 (`h2c` is obsolete).
 */
function upgradeOf(head: RequestHead): string | undefined {
  if (head.upgradeAt < 0) return undefined;
  const upgrade = head.value(head.upgradeAt);
  return /\bh2c?\b/i.test(upgrade) ? undefined : upgrade;
}

/** A call over HTTP/2. */
function streamCall({ head, body, reply, connection }: StreamRequest): Call {
  return new Call({
    id: createRequestId(),
    method: head.method,
    target: head.target,
    httpVersion: '2.0',
    headers: new HeaderLines(head, head.connectionNames),
    body: body && new CallerBody(body),
    connection: connectionOf(connection),
    reply,
    upgrade: upgradeOf(head),
  });
}

/** What is known of a connection, found out once for all its calls. */
function connectionOf(connection: SessionConnection): Connection {
  const { note } = connection;
  if (note instanceof Known) return note;
  // Until its first call, a connection's note is what the handshake has shown.
  return (connection.note = new Known(connection, connection.isSecure ? (note as ConnectionTls) : undefined));
}

class Known implements Connection {
  readonly secure: boolean;
  readonly tls: ConnectionTls | undefined;
  readonly peer;
  readonly localAddress: string;
  readonly forwarded: string;

  constructor({ isSecure, remoteAddress, localAddress }: SessionConnection, tls: ConnectionTls | undefined) {
    this.secure = isSecure;
    this.tls = tls;
    this.peer = toAddress(remoteAddress);
    this.localAddress = toAddress(localAddress).text;
    this.forwarded = forwardingFields(this.peer.text, isSecure, this.peer.text, 1);
  }
}

/** A request that breaks the rules of HTTP or a limit of the listener, or a connection over its limit. */
export interface RefusedRequest {
  readonly id: string;
  readonly status: number;
  readonly errorCode: string;
  /** What is wrong with it. */
  readonly fault: Fault;
  readonly isSecure: boolean;
  /** Where it came from; undefined for a connection that was turned away. */
  readonly address: string | undefined;
}

/** Answers one. */
function refuse(
  fault: Fault,
  connection: SessionConnection | undefined,
  isSecure: boolean,
  onRefusal: ListenerOptions['onRefusal'],
): Refusal {
  const id = createRequestId();
  const error = faultError(fault);
  const { status, body } = usualAnswer(error, id);
  const address = connection && toAddress(connection.remoteAddress).text;
  onRefusal({ id, status, errorCode: error.code, fault, isSecure, address });
  return {
    status,
    fields: `Server: api-gateway\r\nX-Request-Id: ${id}\r\nContent-Type: application/json\r\n`,
    body: Buffer.from(body, 'utf8').toString('latin1'),
  };
}
