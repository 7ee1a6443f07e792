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
   * Field lines and body of the answer to a request that breaks the rules. `connection` is undefined when it was not
   * taken in. Framing lines are added.
   */
  refuse(
    fault: Fault,
    status: number,
    connection: ServerConnection | undefined,
  ): { readonly fields: string; readonly body: string };
}
