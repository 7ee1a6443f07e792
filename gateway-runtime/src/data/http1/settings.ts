import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';
import type { Fault } from './faults.ts';
import type { HeadLimits } from './head-parser.ts';
import type { ServerConnection } from './server-connection.ts';

/** How long things may take, in milliseconds. */
export interface ServerTimes {
  /** From the first byte of a head, or the start of the connection, to its end. */
  readonly headMs: number;
  /** Pause in a body. */
  readonly bodyPauseMs: number;
  /** Between requests. */
  readonly idleMs: number;
  /** Without a byte of an answer taken in. */
  readonly writeStallMs: number;
  /** After the last answer, until the caller closes. */
  readonly lingerMs: number;
}

/** How a server treats its callers. */
export interface ServerSettings {
  readonly limits: HeadLimits;
  readonly times: ServerTimes;
  /** Largest body of a request. */
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Answers a request, now or later; must not throw. */
  serve(exchange: Exchange, connection: ServerConnection): void;
  /**
   * Takes a connection over whose caller speaks HTTP/2: by the handshake, or by the preface, which is given back to the
   * socket. Without it such callers are refused. Source: RFC 9113, sections 3.2 and 3.3.
   */
  readonly takeHttp2?: (socket: Socket, isSecure: boolean, note: unknown) => void;
  /**
   * The answer to a request that breaks the rules, or to a connection over the limit, which is not given then. Lines
   * that frame are added.
   */
  refuse(fault: Fault, connection: ServerConnection | undefined): Refusal;
}

/** An answer of the engine's own. */
export interface Refusal {
  readonly status: number;
  /** Field lines, each with its CR LF. */
  readonly fields: string;
  /** One character a byte. */
  readonly body: string;
}
