import type { KeyedCertificate } from '@apig/sdk/contract';
import type { ConfigurationReader, Change } from '../store/configuration.ts';
import type { MemberHealth } from './channels.ts';
import type { SharedCounts } from './counting/count-memory.ts';

/** What data planes in several threads share, so that they act as one. */
export interface Sharing {
  readonly counts: SharedCounts;
  /** Number of this thread, 1 or more. */
  readonly owner: number;
  /** Threads that take calls at the same ports. */
  readonly threads: number;
  /** Certificate of domains without one of their own. */
  readonly certificate?: KeyedCertificate;
  /** From it come the keys under which TLS sessions go on in any thread. */
  readonly ticketSecret: Uint8Array;
  /** Port of HTTPS callers of a plane that does not listen itself. */
  readonly httpsPort?: number;
  /** Asked before each look at what is in force: has all changes taken over that were put in force before. */
  readonly catchUp?: (refresh: Refresh) => void;
  /** Told what health checks find out. */
  readonly onHealth?: (health: MemberHealth) => void;
}

/** Takes over changes, which the configuration holds already. */
export type Refresh = (configuration: ConfigurationReader, changes: readonly Change[]) => void;
