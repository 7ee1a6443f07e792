import { systemTimers, type Timers } from '../clock.ts';
import { NO_MICROSERVICES, type Microservices } from '../microservices.ts';
import { Decisions } from './authenticate/decisions.ts';
import { Channels, type MemberHealth } from './channels.ts';
import { CountedCalls } from './counted-calls.ts';
import { Counters } from './counters.ts';
import type { BackendTls } from './origins.ts';
import { AnswerCache } from './plugins/answer-cache.ts';
import { Circuits } from './plugins/circuits.ts';
import { KafkaLogs } from './plugins/kafka-logs.ts';
import { Mirrors } from './plugins/proxy-mirror.ts';
import { SideCalls } from './side-call.ts';
import type { Standings } from './standings.ts';

/** What plans lead to and what outlives them: a change of the configuration must not set it back. */
export interface Lasting {
  readonly counters: Counters;
  readonly calls: CountedCalls;
  readonly channels: Channels;
  readonly sideCalls: SideCalls;
  readonly decisions: Decisions;
  readonly circuits: Circuits;
  readonly answers: AnswerCache;
  readonly mirrors: Mirrors;
  readonly logs: KafkaLogs;
}

/** What it is made with. */
export interface LastingOptions {
  /** How certificates are judged; verified unless told otherwise. */
  readonly backendTls?: BackendTls | undefined;
  /** When health checks are due; by the machine's timers, unless given. */
  readonly timers?: Timers | undefined;
  /** What other threads count in too. */
  readonly counters?: Counters | undefined;
  /** How members stand among threads. */
  readonly standings?: Standings | undefined;
  /** Who knows the members of channels of microservices; nobody unless given. */
  readonly microservices?: Microservices | undefined;
  /** Told what health checks find out. */
  readonly onHealth?: ((health: MemberHealth) => void) | undefined;
}

/** Makes it, with nothing in it. */
export function createLasting(options: LastingOptions = {}): Lasting {
  const { backendTls, timers, counters, standings, microservices, onHealth } = options;
  const sideCalls = new SideCalls(backendTls ?? { verify: true });
  return {
    counters: counters ?? new Counters(),
    calls: new CountedCalls(),
    channels: new Channels(
      sideCalls,
      timers ?? systemTimers,
      microservices ?? NO_MICROSERVICES,
      standings,
      onHealth,
    ),
    sideCalls,
    decisions: new Decisions(),
    circuits: new Circuits(),
    answers: new AnswerCache(),
    mirrors: new Mirrors(),
    logs: new KafkaLogs(),
  };
}

/** Ends all that it does by itself. */
export function endLasting({ channels, sideCalls, logs }: Lasting): void {
  channels.stop();
  sideCalls.destroy();
  void logs.close(0);
}
