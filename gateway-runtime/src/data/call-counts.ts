import {
  API_MINUTES,
  BUCKETS_MS,
  TRAFFIC_MINUTES,
  type CalledApi,
  type CallMinute,
  type CallTotals,
  type Histogram,
  type PluginDeed,
  type TrafficMinute,
} from '../statistics.ts';
import type { Call } from './call.ts';
import { turnTime } from './http1/turn.ts';
import { MinuteRing } from './minute-ring.ts';

const MINUTE_MS = 60_000;

/** Fields of a minute of an API. */
const CALLS = 0;
const CALLS_2XX = 1;
const CALLS_4XX = 2;
const CALLS_5XX = 3;
const TOTAL_MS = 4;
const MAX_TOTAL_MS = 5;
const INNER_MS = 6;
const MAX_INNER_MS = 7;
const BACKEND_CALLS = 8;
const BACKEND_MS = 9;
const MAX_BACKEND_MS = 10;
const REQUEST_BYTES = 11;
const ANSWER_BYTES = 12;
const MINUTE_FIELDS = 13;

/** Those of them of which the largest counts, and not the sum. */
const LARGEST: ReadonlySet<number> = new Set([MAX_TOTAL_MS, MAX_INNER_MS, MAX_BACKEND_MS]);

/** Fields of a minute of a gateway. */
const FROM_CALLERS = 0;
const TO_CALLERS = 1;
const TO_BACKENDS = 2;
const FROM_BACKENDS = 3;
const TRAFFIC_FIELDS = 4;

/** Fields of what is counted since the start. */
const BY_CLASS = 0;
const CLASSES = 6;
const SUM_TOTAL_MS = 6;
const SUM_BACKEND_MS = 7;
const ATTEMPTS = 8;
const SUM_REQUEST_BYTES = 9;
const SUM_ANSWER_BYTES = 10;
const TOTAL_BUCKETS = 11;
const BUCKETS = BUCKETS_MS.length + 1;
const BACKEND_BUCKETS = TOTAL_BUCKETS + BUCKETS;
const TOTAL_FIELDS = BACKEND_BUCKETS + BUCKETS;

/** nginx's word for a caller that hung up; there is no standard one. */
const CALLER_GONE = 499;

const NOTHING = new Float64Array(TOTAL_FIELDS);

/** Is told of each call that has ended, once. */
export interface EndedCalls {
  /** @param startMs the time at which its pipeline began */
  note(call: Call, startMs: number): void;
}

/** Minute -> its numbers, in an order that only this module knows. */
export type MinuteNumbers = ReadonlyMap<number, Float64Array>;

/** What was counted of an API in an environment since it was last taken: for those who keep it instead. */
export interface TakenCounts {
  readonly totals: Float64Array;
  readonly minutes: MinuteNumbers;
  readonly errors: ReadonlyMap<string, number>;
  readonly failures: ReadonlyMap<string, number>;
  readonly deeds: ReadonlyMap<PluginDeed, number>;
}

/** What passes through a gateway. */
export class TrafficCounts {
  #ring: MinuteRing | undefined;

  /** Takes note of a call. */
  note(minute: number, requestBytes: number, answerBytes: number, hasBackend: boolean): void {
    const ring = (this.#ring ??= new MinuteRing(TRAFFIC_MINUTES, TRAFFIC_FIELDS));
    const at = ring.open(minute);
    if (at < 0) return;
    add(ring.values, at + FROM_CALLERS, requestBytes);
    add(ring.values, at + TO_CALLERS, answerBytes);
    if (!hasBackend) return;
    add(ring.values, at + TO_BACKENDS, requestBytes);
    add(ring.values, at + FROM_BACKENDS, answerBytes);
  }

  /** What it has counted, which it forgets. */
  take(): MinuteNumbers {
    return this.#ring?.take() ?? new Map();
  }

  /** Counts what another one has counted. */
  add(minutes: MinuteNumbers): void {
    this.#ring ??= new MinuteRing(TRAFFIC_MINUTES, TRAFFIC_FIELDS);
    addMinutes(this.#ring, minutes);
  }

  /** The minutes that saw calls. */
  minutes(from: number, to: number): readonly TrafficMinute[] {
    const ring = this.#ring;
    if (ring === undefined) return [];
    return ring.minutes(from, to).map((minute) => {
      const at = ring.open(minute);
      return {
        minute,
        requestBytes: ring.values[at + FROM_CALLERS] ?? 0,
        answerBytes: ring.values[at + TO_CALLERS] ?? 0,
        backendRequestBytes: ring.values[at + TO_BACKENDS] ?? 0,
        backendAnswerBytes: ring.values[at + FROM_BACKENDS] ?? 0,
      };
    });
  }
}

/**
 * What the calls of one API in one environment came to: since the start, and minute by minute for an hour.
 *
 * Taking note of a call adds to numbers in place; memory for them is taken when the first call comes.
 */
export class CallCounts implements EndedCalls {
  /** Undefined: for calls that reach no API. */
  api: CalledApi | undefined;
  readonly #traffic: TrafficCounts | undefined;
  #totals = NOTHING;
  #ring: MinuteRing | undefined;
  readonly #errors = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #deeds = new Map<PluginDeed, number>();

  constructor(api?: CalledApi, traffic?: TrafficCounts) {
    this.api = api;
    this.#traffic = traffic;
  }

  note(call: Call, startMs: number): void {
    const { reply, upstream, body } = call;
    const status = reply.isGone ? CALLER_GONE : call.status;
    const totalMs = turnTime() - call.startedAt;
    const backendMs = upstream?.latencyMs ?? -1;
    const requestBytes = body === undefined ? 0 : body.incoming.bytes;
    const answerBytes = reply.bytesSent;
    // A tunnel lasts as long as its ends want.
    const isTimed = status !== 101;
    if (this.#totals === NOTHING) this.#totals = new Float64Array(TOTAL_FIELDS);
    const totals = this.#totals;
    const digit = Math.trunc(status / 100);
    add(totals, BY_CLASS + (digit < CLASSES ? digit : 0), 1);
    add(totals, SUM_REQUEST_BYTES, requestBytes);
    add(totals, SUM_ANSWER_BYTES, answerBytes);
    if (isTimed) {
      add(totals, SUM_TOTAL_MS, totalMs);
      add(totals, TOTAL_BUCKETS + bucketOf(totalMs), 1);
    }
    if (upstream !== undefined) {
      add(totals, ATTEMPTS, upstream.attempts);
      if (upstream.failure !== undefined) count(this.#failures, upstream.failure);
    }
    if (backendMs >= 0) {
      add(totals, SUM_BACKEND_MS, backendMs);
      add(totals, BACKEND_BUCKETS + bucketOf(backendMs), 1);
    }
    if (call.errorCode !== undefined) count(this.#errors, call.errorCode);
    // Of what reaches no API nobody asks for minutes.
    if (this.api === undefined) return;
    const minute = Math.floor((startMs + totalMs) / MINUTE_MS);
    this.#noteMinute(minute, digit, isTimed ? totalMs : 0, backendMs, requestBytes, answerBytes);
    const hasAnswered = upstream?.status !== undefined && call.errorCode === undefined;
    this.#traffic?.note(minute, requestBytes, answerBytes, hasAnswered);
  }

  /** Takes note of what a plug-in has done. */
  noteDeed(deed: PluginDeed, times = 1): void {
    this.#deeds.set(deed, (this.#deeds.get(deed) ?? 0) + times);
  }

  /** What it has counted, which it forgets; undefined when that is nothing. */
  take(): TakenCounts | undefined {
    const hasCalls = this.#totals.subarray(BY_CLASS, BY_CLASS + CLASSES).some((calls) => calls > 0);
    if (!hasCalls && this.#deeds.size === 0) return undefined;
    const taken = {
      totals: this.#totals.slice(),
      minutes: this.#ring?.take() ?? new Map<number, Float64Array>(),
      errors: new Map(this.#errors),
      failures: new Map(this.#failures),
      deeds: new Map(this.#deeds),
    };
    if (hasCalls) this.#totals.fill(0);
    for (const counts of [this.#errors, this.#failures, this.#deeds]) counts.clear();
    return taken;
  }

  /** Counts what another one has counted. */
  add({ totals, minutes, errors, failures, deeds }: TakenCounts): void {
    if (this.#totals === NOTHING) this.#totals = new Float64Array(TOTAL_FIELDS);
    for (const [field, value] of totals.entries()) add(this.#totals, field, value);
    if (minutes.size > 0) {
      this.#ring ??= new MinuteRing(API_MINUTES, MINUTE_FIELDS);
      addMinutes(this.#ring, minutes, LARGEST);
    }
    for (const [code, calls] of errors) count(this.#errors, code, calls);
    for (const [failure, calls] of failures) count(this.#failures, failure, calls);
    for (const [deed, times] of deeds) this.noteDeed(deed, times);
  }

  /** The minutes that saw calls, from the given one on. */
  minutes(from: number): readonly CallMinute[] {
    const ring = this.#ring;
    if (ring === undefined) return [];
    return ring.minutes(from).map((minute) => minuteOf(ring, minute));
  }

  /** Everything since the start. */
  totals(): CallTotals {
    const totals = this.#totals;
    return {
      api: this.api,
      byClass: [...totals.subarray(BY_CLASS, BY_CLASS + CLASSES)],
      total: histogramOf(totals, TOTAL_BUCKETS, SUM_TOTAL_MS),
      backend: histogramOf(totals, BACKEND_BUCKETS, SUM_BACKEND_MS),
      attempts: totals[ATTEMPTS] ?? 0,
      requestBytes: totals[SUM_REQUEST_BYTES] ?? 0,
      answerBytes: totals[SUM_ANSWER_BYTES] ?? 0,
      errors: new Map(this.#errors),
      failures: new Map(this.#failures),
      deeds: new Map(this.#deeds),
    };
  }

  #noteMinute(
    minute: number,
    digit: number,
    totalMs: number,
    backendMs: number,
    requestBytes: number,
    answerBytes: number,
  ): void {
    const ring = (this.#ring ??= new MinuteRing(API_MINUTES, MINUTE_FIELDS));
    const at = ring.open(minute);
    if (at < 0) return;
    const { values } = ring;
    add(values, at + CALLS, 1);
    if (digit === 2) add(values, at + CALLS_2XX, 1);
    else if (digit === 4) add(values, at + CALLS_4XX, 1);
    else if (digit === 5) add(values, at + CALLS_5XX, 1);
    const innerMs = backendMs > 0 ? Math.max(0, totalMs - backendMs) : totalMs;
    add(values, at + TOTAL_MS, totalMs);
    raise(values, at + MAX_TOTAL_MS, totalMs);
    add(values, at + INNER_MS, innerMs);
    raise(values, at + MAX_INNER_MS, innerMs);
    add(values, at + REQUEST_BYTES, requestBytes);
    add(values, at + ANSWER_BYTES, answerBytes);
    if (backendMs < 0) return;
    add(values, at + BACKEND_CALLS, 1);
    add(values, at + BACKEND_MS, backendMs);
    raise(values, at + MAX_BACKEND_MS, backendMs);
  }
}

/** The class of a time: the first one whose upper bound it does not exceed. */
function bucketOf(ms: number): number {
  const quarters = Math.ceil(ms * 4);
  const bucket = quarters <= 1 ? 0 : 32 - Math.clz32(quarters - 1);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

function add(values: Float64Array, at: number, by: number): void {
  values[at] = (values[at] ?? 0) + by;
}

function raise(values: Float64Array, at: number, to: number): void {
  if (to > (values[at] ?? 0)) values[at] = to;
}

function count(counts: Map<string, number>, key: string, times = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + times);
}

function addMinutes(ring: MinuteRing, minutes: MinuteNumbers, largest?: ReadonlySet<number>): void {
  for (const [minute, numbers] of minutes) {
    const at = ring.open(minute);
    if (at < 0) continue;
    for (const [field, value] of numbers.entries()) {
      if (largest?.has(field) === true) raise(ring.values, at + field, value);
      else add(ring.values, at + field, value);
    }
  }
}

function histogramOf(totals: Float64Array, bucketsAt: number, sumAt: number): Histogram {
  return { counts: [...totals.subarray(bucketsAt, bucketsAt + BUCKETS)], sumMs: totals[sumAt] ?? 0 };
}

function minuteOf(ring: MinuteRing, minute: number): CallMinute {
  const at = ring.open(minute);
  const value = (field: number) => ring.values[at + field] ?? 0;
  return {
    minute,
    calls: value(CALLS),
    calls2xx: value(CALLS_2XX),
    calls4xx: value(CALLS_4XX),
    calls5xx: value(CALLS_5XX),
    totalMs: value(TOTAL_MS),
    maxTotalMs: value(MAX_TOTAL_MS),
    innerMs: value(INNER_MS),
    maxInnerMs: value(MAX_INNER_MS),
    backendCalls: value(BACKEND_CALLS),
    backendMs: value(BACKEND_MS),
    maxBackendMs: value(MAX_BACKEND_MS),
    requestBytes: value(REQUEST_BYTES),
    answerBytes: value(ANSWER_BYTES),
  };
}
