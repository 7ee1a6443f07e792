import type { Clock } from '../clock.ts';
import type { Account, Identities } from '../identity.ts';
import type { Log } from '../observe/log.ts';
import type { Functions } from '../functions.ts';
import type { AccountGuard } from './authenticate/account-guard.ts';
import type { Decisions } from './authenticate/decisions.ts';
import type { EndedCalls } from './call-counts.ts';
import type { Counters } from './counters.ts';
import type { Origins } from './origins.ts';
import type { HttpsPort } from './protocol.ts';
import type { Mirrors } from './plugins/proxy-mirror.ts';
import type { SideCalls } from './side-call.ts';

/** What stages need beside a call and its snapshot, and what outlives snapshots. */
export interface Services {
  readonly clock: Clock;
  readonly identities: Identities;
  /** Account that has the gateways and their apps; undefined when nobody said. */
  readonly owner: Account | undefined;
  readonly accounts: AccountGuard;
  readonly counters: Counters;
  /** Where calls are counted that reach no API. */
  readonly unrouted: EndedCalls;
  readonly origins: Origins;
  /** How long an answer may stay unread. */
  readonly unreadMs: number;
  readonly functions: Functions;
  readonly decisions: Decisions;
  readonly sideCalls: SideCalls;
  readonly mirrors: Mirrors;
  readonly httpsPort: HttpsPort;
  readonly log: Log;
}
