import { fail, type Json } from '@apig/sdk/contract';
import { API_MINUTES, type CallMinute, type TrafficMinute } from '../../statistics.ts';
import type { Stored } from '../../store/configuration.ts';
import { textIn, wordIn } from '../body.ts';
import type { ControlCall, ControlRoute } from '../call.ts';
import type { ControlContext } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { toSeconds } from '../times.ts';

const MINUTE_MS = 60_000;

/** What calls came to lately. Source: API reference, "API Analysis" and "Querying Monitoring Metric Data". */
export function statisticsActions(context: ControlContext): readonly ControlRoute[] {
  const { clock, statistics } = context;
  const { read } = inside(context, '');
  return [
    read('statistics/group/latest', async ({ query, account }, { configuration }, gatewayId) => {
      const { id } = required(configuration, 'apiGroup', gatewayId, textIn(query, 'group_id'));
      const span = spanOf('1h', clock.now());
      const minutes = await statistics.ofGroup(id, span.fromMinute);
      return report(span, minutes, (minute) => groupRow(minute, id, account.domainName));
    }),

    read('statistics/api/latest', async ({ query, account }, { configuration }, gatewayId) => {
      const { id, body } = required(configuration, 'api', gatewayId, textIn(query, 'api_id'));
      const span = spanOf(wordIn({ duration: '1h', ...query }, 'duration', ['1h', '1m']), clock.now());
      const minutes = await statistics.ofApi(id, span.fromMinute);
      return report(span, minutes, (minute) => ({
        ...groupRow(minute, body.groupId, account.domainName),
        ...apiPart(minute),
        api_id: id,
      }));
    }),

    read('metric-data', async ({ query }, { configuration }, gatewayId) => {
      const wanted = metricOf(query);
      const { fromMs, toMs } = wanted;
      const minutes = await statistics.traffic(
        gatewayId,
        Math.floor(fromMs / MINUTE_MS),
        Math.floor(toMs / MINUTE_MS),
      );
      // The gateway of the path is there.
      const gateway = configuration.get('gateway', gatewayId);
      return { datapoints: datapoints(wanted, minutes, gateway) };
    }),
  ];
}

interface Span {
  readonly fromMinute: number;
  readonly nowMs: number;
}

/** The last hour; or of the last minute the part that has passed, and the whole one before it. */
function spanOf(duration: '1h' | '1m', nowMs: number): Span {
  const minutes = duration === '1h' ? API_MINUTES : 2;
  return { fromMinute: Math.floor(nowMs / MINUTE_MS) - minutes + 1, nowMs };
}

function report(
  { fromMinute, nowMs }: Span,
  minutes: readonly CallMinute[],
  show: (minute: CallMinute) => Json,
): Json {
  return {
    code: 'APIG.0000',
    msg: 'Success',
    start_time: fromMinute * 60,
    end_time: Math.floor(nowMs / 1000),
    list: minutes.map(show),
  };
}

function groupRow(minute: CallMinute, groupId: string, owner: string): Json {
  const { calls, calls4xx, calls5xx } = minute;
  return {
    max_latency: Math.round(minute.maxTotalMs),
    avg_latency: average(minute.totalMs, calls),
    req_count: calls,
    req_count2xx: minute.calls2xx,
    req_count4xx: calls4xx,
    req_count5xx: calls5xx,
    req_count_error: calls4xx + calls5xx,
    output_throughput: minute.answerBytes,
    input_throughput: minute.requestBytes,
    current_minute: minute.minute * 60,
    group_id: groupId,
    provider: owner,
    req_time: timeOf(minute.minute),
    register_time: timeOf(minute.minute + 1),
  };
}

function apiPart(minute: CallMinute): Json {
  return {
    max_inner_latency: Math.round(minute.maxInnerMs),
    avg_inner_latency: average(minute.innerMs, minute.calls),
    max_backend_latency: Math.round(minute.maxBackendMs),
    avg_backend_latency: average(minute.backendMs, minute.backendCalls),
    cycle: 'MINUTE',
    status: '',
  };
}

/** With hundredths. */
function average(sum: number, count: number): number {
  return count === 0 ? 0 : Math.round((sum / count) * 100) / 100;
}

function timeOf(minute: number): string {
  return toSeconds(new Date(minute * MINUTE_MS).toISOString());
}

const METRICS = [
  'upstream_bandwidth',
  'downstream_bandwidth',
  'upstream_bandwidth_usage',
  'downstream_bandwidth_usage',
  'up_stream',
  'down_stream',
] as const;

const FILTERS = {
  average: (values: readonly number[]) => sumOf(values) / values.length,
  max: (values: readonly number[]) => Math.max(...values),
  min: (values: readonly number[]) => Math.min(...values),
  sum: sumOf,
  variance: (values: readonly number[]) => {
    const mean = sumOf(values) / values.length;
    return sumOf(values.map((value) => (value - mean) ** 2)) / values.length;
  },
};

/** Seconds that are put together; `1` stands for what is measured, which are minutes. */
const PERIODS = ['1', '300', '1200', '3600', '14400', '86400'] as const;

interface Wanted {
  readonly side: 'inbound_eip' | 'outbound_eip';
  readonly metric: (typeof METRICS)[number];
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodMinutes: number;
  readonly filter: keyof typeof FILTERS;
}

function metricOf(query: ControlCall['query']): Wanted {
  const fromMs = timeIn(query, 'from');
  const toMs = timeIn(query, 'to');
  if (toMs < fromMs)
    throw fail('pathOrQueryInvalid', { reason: 'expected no time before from', field: 'to' });
  const period = wordIn(query, 'period', PERIODS);
  return {
    side: wordIn(query, 'dim', ['inbound_eip', 'outbound_eip']),
    metric: wordIn(query, 'metric_name', METRICS),
    fromMs,
    toMs,
    periodMinutes: Math.max(1, Number(period) / 60),
    filter: wordIn(query, 'filter', ['average', 'max', 'min', 'sum', 'variance']),
  };
}

function timeIn(query: ControlCall['query'], name: string): number {
  const text = textIn(query, name);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw fail('pathOrQueryInvalid', { reason: 'expected milliseconds since the epoch', field: name });
}

/** A point for each period in which there were calls, at its beginning. */
function datapoints(
  { side, metric, periodMinutes, filter }: Wanted,
  minutes: readonly TrafficMinute[],
  gateway: Stored<'gateway'> | undefined,
): readonly Json[] {
  const periods = new Map<number, number[]>();
  for (const minute of minutes) {
    const start = minute.minute - (minute.minute % periodMinutes);
    const value = valueOf(metric, bytesOf(minute, side, metric), bandwidthOf(gateway, side));
    const values = periods.get(start);
    if (values === undefined) periods.set(start, [value]);
    else values.push(value);
  }
  return [...periods].map(([start, values]) => ({
    [filter]: Math.round(FILTERS[filter](values)),
    timestamp: start * MINUTE_MS,
    unit: unitOf(metric),
  }));
}

/** Up is what leaves the gateway: answers to callers, and requests to backends. */
function bytesOf(minute: TrafficMinute, side: Wanted['side'], metric: Wanted['metric']): number {
  const isUp = metric.startsWith('up');
  if (side === 'inbound_eip') return isUp ? minute.answerBytes : minute.requestBytes;
  return isUp ? minute.backendRequestBytes : minute.backendAnswerBytes;
}

/** Of a bandwidth that is not there nothing is used. */
function valueOf(metric: Wanted['metric'], bytes: number, bandwidthMbps: number | undefined): number {
  if (metric.endsWith('_stream')) return bytes;
  const bitsASecond = (bytes * 8) / 60;
  if (metric.endsWith('_bandwidth')) return bitsASecond;
  return bandwidthMbps === undefined ? 0 : (bitsASecond / (bandwidthMbps * 1_000_000)) * 100;
}

function unitOf(metric: Wanted['metric']): string {
  if (metric.endsWith('_stream')) return 'Byte';
  return metric.endsWith('_bandwidth') ? 'bit/s' : '%';
}

function bandwidthOf(gateway: Stored<'gateway'> | undefined, side: Wanted['side']): number | undefined {
  return side === 'inbound_eip' ? gateway?.body.ingressBandwidthMbps : gateway?.body.egressBandwidthMbps;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
