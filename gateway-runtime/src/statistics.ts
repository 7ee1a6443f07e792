/*
 * What calls came to, as the data plane counts it and the management API shows it. Everything is kept in memory: a
 * restart begins anew.
 */

/** Minutes for which single APIs are told apart. */
export const API_MINUTES = 60;

/** Minutes for which the traffic of a gateway is kept. */
export const TRAFFIC_MINUTES = 24 * 60;

/** The calls of one minute, or of several put together. Times are milliseconds, bytes are those of bodies. */
export interface CallMinute {
  /** Minutes since the epoch. */
  readonly minute: number;
  readonly calls: number;
  readonly calls2xx: number;
  readonly calls4xx: number;
  readonly calls5xx: number;
  /** From the end of the request's head to the end of the answer. */
  readonly totalMs: number;
  readonly maxTotalMs: number;
  /** What of it was not spent on waiting for the head of the backend's answer. */
  readonly innerMs: number;
  readonly maxInnerMs: number;
  /** Calls that a backend answered. */
  readonly backendCalls: number;
  readonly backendMs: number;
  readonly maxBackendMs: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
}

/** What passed through a gateway in one minute, in bytes of bodies. */
export interface TrafficMinute {
  /** Minutes since the epoch. */
  readonly minute: number;
  /** From callers. */
  readonly requestBytes: number;
  /** To callers. */
  readonly answerBytes: number;
  /** To backends. */
  readonly backendRequestBytes: number;
  /** From backends. */
  readonly backendAnswerBytes: number;
}

/** Times of calls, sorted into classes. */
export interface Histogram {
  /** Calls in each class of {@link BUCKETS_MS}, and beyond the last one. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** Upper bounds of the classes of times, in milliseconds. */
export const BUCKETS_MS: readonly number[] = Array.from({ length: 18 }, (_, power) => 0.25 * 2 ** power);

/** What plug-ins have done with calls. */
export type PluginDeed =
  | 'cache_hit'
  | 'cache_miss'
  | 'mirror_sent'
  | 'mirror_failed'
  | 'mirror_dropped'
  | 'kafka_sent'
  | 'kafka_failed'
  | 'kafka_dropped';

/** All calls since the start: of an API in an environment, or of those that reached no API. */
export interface CallTotals {
  /** Undefined: the calls reached no API. */
  readonly api: CalledApi | undefined;
  /** Calls by the first digit of their status, from `0` for those that ended without one. */
  readonly byClass: readonly number[];
  readonly total: Histogram;
  readonly backend: Histogram;
  /** Requests to backends, repeated ones included. */
  readonly attempts: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** Code of the gateway's own answers -> calls. */
  readonly errors: ReadonlyMap<string, number>;
  /** Why the last request to a backend failed -> calls. */
  readonly failures: ReadonlyMap<string, number>;
  /** What plug-ins have done -> how often. */
  readonly deeds: ReadonlyMap<PluginDeed, number>;
}

/** An API in an environment. */
export interface CalledApi {
  readonly gatewayId: string;
  readonly groupId: string;
  readonly apiId: string;
  readonly apiName: string;
  /** Name of the environment. */
  readonly stage: string;
}

/** What the data plane holds at the moment. */
export interface DataPlaneState {
  readonly calls: readonly CallTotals[];
  /** Open connections of callers. */
  readonly connections: { readonly http: number; readonly https: number };
  /** Open connections to backends. */
  readonly upstreamConnections: number;
}

/** Tells what calls came to. Answers may come from several threads, so they are waited for. */
export interface Statistics {
  /** The minutes of an API in all environments that saw calls, oldest first, from the given one on. */
  ofApi(apiId: string, fromMinute: number): Promise<readonly CallMinute[]>;
  /** The minutes of a group's APIs that saw calls. */
  ofGroup(groupId: string, fromMinute: number): Promise<readonly CallMinute[]>;
  /** The minutes of a gateway that saw calls, oldest first. */
  traffic(gatewayId: string, fromMinute: number, toMinute: number): Promise<readonly TrafficMinute[]>;
  /** Everything since the start. */
  state(): Promise<DataPlaneState>;
}
