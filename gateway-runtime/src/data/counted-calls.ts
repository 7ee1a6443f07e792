import type { CalledApi, CallMinute, CallTotals, TrafficMinute } from '../statistics.ts';
import { CallCounts, TrafficCounts, type MinuteNumbers, type TakenCounts } from './call-counts.ts';

/** What one thread has counted since it last told another one, which keeps it. */
export interface TakenCalls {
  /** Of calls that reached no API. */
  readonly unrouted: TakenCounts | undefined;
  readonly publications: readonly (readonly [publicationId: string, api: CalledApi, counts: TakenCounts])[];
  readonly traffic: readonly (readonly [gatewayId: string, minutes: MinuteNumbers])[];
}

/**
 * What all calls came to, by publication. It is no part of a snapshot: publishing an API anew does not set it back, and
 * an API that goes offline is remembered until it is deleted.
 */
export class CountedCalls {
  /** Calls that reached no API. */
  readonly unrouted = new CallCounts();
  /** Publication -> its calls. */
  readonly #counts = new Map<string, CallCounts>();
  /** Gateway id -> its traffic. */
  readonly #traffic = new Map<string, TrafficCounts>();

  /** The counts of a publication, which is known by these names from now on. */
  of(publicationId: string, api: CalledApi): CallCounts {
    let counts = this.#counts.get(publicationId);
    if (counts === undefined) {
      this.#counts.set(publicationId, (counts = new CallCounts(api, this.#trafficOf(api.gatewayId))));
    }
    counts.api = api;
    return counts;
  }

  /** Forgets a publication that was deleted. */
  forget(publicationId: string): void {
    this.#counts.delete(publicationId);
  }

  /** Forgets a gateway that was deleted. */
  forgetGateway(gatewayId: string): void {
    this.#traffic.delete(gatewayId);
  }

  /** The minutes of the APIs that a predicate takes, put together. */
  minutes(takes: (api: CalledApi) => boolean, fromMinute: number): readonly CallMinute[] {
    const sums = new Map<number, CallMinute>();
    for (const counts of this.#counts.values()) {
      if (counts.api === undefined || !takes(counts.api)) continue;
      for (const minute of counts.minutes(fromMinute)) {
        const sum = sums.get(minute.minute);
        sums.set(minute.minute, sum === undefined ? minute : together(sum, minute));
      }
    }
    return [...sums.values()].sort((one, other) => one.minute - other.minute);
  }

  /** The minutes of a gateway. */
  traffic(gatewayId: string, fromMinute: number, toMinute: number): readonly TrafficMinute[] {
    return this.#traffic.get(gatewayId)?.minutes(fromMinute, toMinute) ?? [];
  }

  /** What was counted, which is forgotten: it is for another thread, to which calls of all threads belong. */
  take(): TakenCalls {
    return {
      unrouted: this.unrouted.take(),
      publications: [...this.#counts].flatMap(([publicationId, counts]) => {
        const taken = counts.api === undefined ? undefined : counts.take();
        return taken === undefined || counts.api === undefined
          ? []
          : [[publicationId, counts.api, taken] as const];
      }),
      traffic: [...this.#traffic].flatMap(([gatewayId, traffic]) => {
        const minutes = traffic.take();
        return minutes.size === 0 ? [] : [[gatewayId, minutes] as const];
      }),
    };
  }

  /** Counts what another thread has counted, of the publications that are still there. */
  add({ unrouted, publications, traffic }: TakenCalls, isThere: (publicationId: string) => boolean): void {
    if (unrouted !== undefined) this.unrouted.add(unrouted);
    for (const [publicationId, api, counts] of publications) {
      if (isThere(publicationId)) this.of(publicationId, api).add(counts);
    }
    for (const [gatewayId, minutes] of traffic) this.#trafficOf(gatewayId).add(minutes);
  }

  /** Everything since the start. */
  totals(): readonly CallTotals[] {
    return [this.unrouted, ...this.#counts.values()].map((counts) => counts.totals());
  }

  #trafficOf(gatewayId: string): TrafficCounts {
    let traffic = this.#traffic.get(gatewayId);
    if (traffic === undefined) this.#traffic.set(gatewayId, (traffic = new TrafficCounts()));
    return traffic;
  }
}

/** Puts two sums of one minute together. */
export function together(one: CallMinute, other: CallMinute): CallMinute {
  return {
    minute: one.minute,
    calls: one.calls + other.calls,
    calls2xx: one.calls2xx + other.calls2xx,
    calls4xx: one.calls4xx + other.calls4xx,
    calls5xx: one.calls5xx + other.calls5xx,
    totalMs: one.totalMs + other.totalMs,
    maxTotalMs: Math.max(one.maxTotalMs, other.maxTotalMs),
    innerMs: one.innerMs + other.innerMs,
    maxInnerMs: Math.max(one.maxInnerMs, other.maxInnerMs),
    backendCalls: one.backendCalls + other.backendCalls,
    backendMs: one.backendMs + other.backendMs,
    maxBackendMs: Math.max(one.maxBackendMs, other.maxBackendMs),
    requestBytes: one.requestBytes + other.requestBytes,
    answerBytes: one.answerBytes + other.answerBytes,
  };
}
