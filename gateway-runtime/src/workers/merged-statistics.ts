import { together } from '../data/counted-calls.ts';
import type {
  CallMinute,
  CallTotals,
  DataPlaneState,
  Histogram,
  Statistics,
  TrafficMinute,
} from '../statistics.ts';
import type { Answer, Question } from './messages.ts';

/** Puts together what the threads have counted. What a thread had counted that is no more is lost. */
export function mergeStatistics(
  own: Statistics,
  ask: (question: Question) => Promise<readonly Answer[]>,
): Statistics {
  // Workers answer with what they are asked for.
  const answersTo = async <T extends Answer>(question: Question, mine: Promise<T>) => [
    await mine,
    ...((await ask(question)) as readonly T[]),
  ];
  return {
    ofApi: async (id, fromMinute) =>
      sumMinutes(await answersTo({ of: 'api', id, fromMinute }, own.ofApi(id, fromMinute)), together),
    ofGroup: async (id, fromMinute) =>
      sumMinutes(await answersTo({ of: 'group', id, fromMinute }, own.ofGroup(id, fromMinute)), together),
    traffic: async (id, fromMinute, toMinute) =>
      sumMinutes(
        await answersTo({ of: 'traffic', id, fromMinute, toMinute }, own.traffic(id, fromMinute, toMinute)),
        sumTraffic,
      ),
    state: async () => sumStates(await answersTo({ of: 'state' }, own.state())),
  };
}

function sumMinutes<T extends CallMinute | TrafficMinute>(
  lists: readonly (readonly T[])[],
  sum: (one: T, other: T) => T,
): readonly T[] {
  return sumBy(lists.flat(), ({ minute }) => minute, sum).sort((one, other) => one.minute - other.minute);
}

function sumBy<T, K>(items: readonly T[], keyOf: (item: T) => K, sum: (one: T, other: T) => T): T[] {
  const sums = new Map<K, T>();
  for (const item of items) {
    const key = keyOf(item);
    const known = sums.get(key);
    sums.set(key, known === undefined ? item : sum(known, item));
  }
  return [...sums.values()];
}

function sumTraffic(one: TrafficMinute, other: TrafficMinute): TrafficMinute {
  return {
    minute: one.minute,
    requestBytes: one.requestBytes + other.requestBytes,
    answerBytes: one.answerBytes + other.answerBytes,
    backendRequestBytes: one.backendRequestBytes + other.backendRequestBytes,
    backendAnswerBytes: one.backendAnswerBytes + other.backendAnswerBytes,
  };
}

function sumStates(states: readonly DataPlaneState[]): DataPlaneState {
  const sumOf = (read: (state: DataPlaneState) => number) =>
    states.reduce((sum, state) => sum + read(state), 0);
  return {
    calls: sumBy(
      states.flatMap(({ calls }) => calls),
      ({ api }) => (api === undefined ? '' : `${api.apiId}/${api.stage}`),
      sumTotals,
    ),
    connections: {
      http: sumOf(({ connections }) => connections.http),
      https: sumOf(({ connections }) => connections.https),
    },
    upstreamConnections: sumOf(({ upstreamConnections }) => upstreamConnections),
  };
}

function sumTotals(one: CallTotals, other: CallTotals): CallTotals {
  return {
    api: one.api,
    byClass: sumLists(one.byClass, other.byClass),
    total: sumHistograms(one.total, other.total),
    backend: sumHistograms(one.backend, other.backend),
    attempts: one.attempts + other.attempts,
    requestBytes: one.requestBytes + other.requestBytes,
    answerBytes: one.answerBytes + other.answerBytes,
    errors: sumMaps(one.errors, other.errors),
    failures: sumMaps(one.failures, other.failures),
    deeds: sumMaps(one.deeds, other.deeds),
  };
}

function sumHistograms(one: Histogram, other: Histogram): Histogram {
  return { counts: sumLists(one.counts, other.counts), sumMs: one.sumMs + other.sumMs };
}

function sumLists(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((count, index) => count + (other[index] ?? 0));
}

function sumMaps<K extends string>(
  one: ReadonlyMap<K, number>,
  other: ReadonlyMap<K, number>,
): ReadonlyMap<K, number> {
  const sums = new Map(one);
  for (const [key, count] of other) sums.set(key, (sums.get(key) ?? 0) + count);
  return sums;
}
