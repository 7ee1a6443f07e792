import type { LookupFunction } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { UpstreamConnection } from './upstream-connection.ts';

/** Where requests are sent to. */
export interface OriginOptions {
  readonly host: string;
  readonly port: number;
  /** Encrypts; certificates are verified unless it says otherwise. */
  readonly tls?: Pick<
    ConnectionOptions,
    'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername' | 'minVersion'
  >;
  readonly lookup?: LookupFunction;
}

/** One scheme, host and port with its TLS settings, and the connections to it that wait for work. */
export class Origin {
  readonly options: OriginOptions;
  /** The last one that became free is used first: it is the warmest, and those below it grow old and are closed. */
  readonly idle: UpstreamConnection[] = [];
  /** Session of the last TLS connection, by which the next one saves a round of the handshake. */
  session: Buffer | undefined;
  /** Connections are kept no more. */
  isRetired = false;

  constructor(options: OriginOptions) {
    this.options = options;
  }
}
