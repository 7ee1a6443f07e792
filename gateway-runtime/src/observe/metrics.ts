import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Registry,
  type Histogram as PromHistogram,
} from 'prom-client';
import { BUCKETS_MS, type CallTotals, type DataPlaneState, type Histogram } from '../statistics.ts';

/** Media type of the text. Source: Prometheus, "Exposition formats". */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

const API_LABELS = ['gateway_id', 'group_id', 'api_id', 'api', 'environment'] as const;
type ApiLabels = Readonly<Record<(typeof API_LABELS)[number], string>>;

const BOUNDS: readonly string[] = [...BUCKETS_MS.map((ms) => String(ms / 1000)), '+Inf'];

/** What plug-ins do, by the beginning of its name. */
const DEEDS = {
  cache: ['apig_cache_total', 'Calls that a kept answer was looked for, by whether there was one.'],
  mirror: ['apig_mirror_copies_total', 'Copies of requests for another host, by what became of them.'],
  kafka: ['apig_kafka_log_messages_total', 'Messages of logs for Kafka, by what became of them.'],
} as const;

/** Process-wide facts, begun when somebody asks for the first time: observing them is not free. */
let processRegistry: Registry | undefined;

/** Tells what a gateway counts in the text form of Prometheus. Everything is gathered when it is asked for. */
export async function metricsText(state: DataPlaneState, revision: number): Promise<string> {
  if (processRegistry === undefined) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  const registry = new Registry();
  addCalls(registry, state.calls.filter(hasCalls));
  const connections = new Gauge({
    name: 'apig_connections',
    help: 'Open connections of callers.',
    labelNames: ['listener'],
    registers: [registry],
  });
  connections.set({ listener: 'http' }, state.connections.http);
  connections.set({ listener: 'https' }, state.connections.https);
  gauge(registry, 'apig_upstream_connections', 'Open connections to backends.', state.upstreamConnections);
  gauge(registry, 'apig_configuration_revision', 'Number of the configuration in force.', revision);
  return `${await registry.metrics()}\n${await processRegistry.metrics()}`;
}

function addCalls(registry: Registry, calls: readonly CallTotals[]): void {
  const counter = <T extends string>(name: string, help: string, ...labels: readonly T[]) =>
    new Counter({ name, help, labelNames: [...API_LABELS, ...labels], registers: [registry] });
  const ended = counter('apig_calls_total', 'Calls that have ended, by the class of their status.', 'class');
  const errors = counter('apig_gateway_errors_total', "The gateway's own answers, by their code.", 'code');
  const attempts = counter('apig_backend_attempts_total', 'Requests to backends, repeated ones included.');
  const failures = counter(
    'apig_backend_failures_total',
    'Calls whose last request to the backend failed, by the reason.',
    'reason',
  );
  const deeds = Object.entries(DEEDS).map(
    ([prefix, [name, help]]) => [`${prefix}_`, counter(name, help, 'result')] as const,
  );
  const requestBytes = counter('apig_request_bytes_total', 'Bytes of the bodies of requests.');
  const answerBytes = counter('apig_answer_bytes_total', 'Bytes of the bodies of answers.');
  for (const each of calls) {
    const labels = labelsOf(each);
    for (const [digit, count] of each.byClass.entries()) {
      if (count > 0) ended.inc({ ...labels, class: digit === 0 ? 'none' : `${digit}xx` }, count);
    }
    for (const [code, count] of each.errors) errors.inc({ ...labels, code }, count);
    for (const [reason, count] of each.failures) failures.inc({ ...labels, reason }, count);
    if (each.attempts > 0) attempts.inc(labels, each.attempts);
    for (const [deed, count] of each.deeds) {
      for (const [prefix, metric] of deeds) {
        if (deed.startsWith(prefix)) metric.inc({ ...labels, result: deed.slice(prefix.length) }, count);
      }
    }
    requestBytes.inc(labels, each.requestBytes);
    answerBytes.inc(labels, each.answerBytes);
  }
  addHistogram(
    registry,
    'apig_call_duration_seconds',
    "Time from the end of a request's head to the end of its answer.",
    calls.map((each) => [labelsOf(each), each.total] as const),
  );
  addHistogram(
    registry,
    'apig_backend_duration_seconds',
    'Time from the last request to a backend to the head of its answer.',
    calls.map((each) => [labelsOf(each), each.backend] as const),
  );
}

/** The library's own histogram can be told of single values only. */
function addHistogram(
  registry: Registry,
  name: string,
  help: string,
  rows: readonly (readonly [labels: ApiLabels, histogram: Histogram])[],
): void {
  const values = rows.flatMap(([labels, { counts, sumMs }]) => {
    let count = 0;
    const buckets = BOUNDS.map((le, index) => ({
      metricName: `${name}_bucket`,
      labels: { ...labels, le },
      value: (count += counts[index] ?? 0),
    }));
    if (count === 0) return [];
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sumMs / 1000 },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: () => ({ name, help, type: 'histogram', values }),
  };
  // Of a metric a registry asks for its name and its values, which this has.
  registry.registerMetric(metric as unknown as PromHistogram);
}

function gauge(registry: Registry, name: string, help: string, value: number): void {
  new Gauge({ name, help, registers: [registry] }).set(value);
}

function hasCalls({ byClass }: CallTotals): boolean {
  return byClass.some((count) => count > 0);
}

/** Calls that reached no API have no names. */
function labelsOf({ api }: CallTotals): ApiLabels {
  return {
    gateway_id: api?.gatewayId ?? '',
    group_id: api?.groupId ?? '',
    api_id: api?.apiId ?? '',
    api: api?.apiName ?? '',
    environment: api?.stage ?? '',
  };
}
