import { systemTimers, type Timers } from '../clock.ts';
import { Decisions } from './authenticate/decisions.ts';
import { Channels } from './channels.ts';
import { CountedCalls } from './counted-calls.ts';
import { Counters } from './counters.ts';
import type { BackendTls } from './origins.ts';
import { Circuits } from './plugins/circuits.ts';
import { SideCalls } from './side-call.ts';

/** What plans lead to and what outlives them: a change of the configuration must not set it back. */
export interface Lasting {
  readonly counters: Counters;
  readonly calls: CountedCalls;
  readonly channels: Channels;
  readonly sideCalls: SideCalls;
  readonly decisions: Decisions;
  readonly circuits: Circuits;
}

/** What it is made with. */
export interface LastingOptions {
  /** How certificates are judged; verified unless told otherwise. */
  readonly backendTls?: BackendTls | undefined;
  /** When health checks are due; by the machine's timers, unless given. */
  readonly timers?: Timers | undefined;
}

/** Makes it, with nothing in it. */
export function createLasting({ backendTls, timers }: LastingOptions = {}): Lasting {
  const sideCalls = new SideCalls(backendTls ?? { verify: true });
  return {
    counters: new Counters(),
    calls: new CountedCalls(),
    channels: new Channels(sideCalls, timers ?? systemTimers),
    sideCalls,
    decisions: new Decisions(),
    circuits: new Circuits(),
  };
}

/** Ends all that it does by itself. */
export function endLasting({ channels, sideCalls }: Lasting): void {
  channels.stop();
  sideCalls.destroy();
}
