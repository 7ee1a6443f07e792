import { USUAL_LOG_FIELDS, type LogField, type PluginContent } from '@apig/sdk/contract';
import type { EndedCalls } from '../call-counts.ts';
import type { Call } from '../call.ts';
import { fromHeader } from '../header-text.ts';
import type { Answer } from '../http1/answer.ts';
import { turnTime } from '../http1/turn.ts';
import { customData } from '../custom-log.ts';
import { queryOf } from '../query.ts';
import { MASK, SECRET_HEADERS } from '../secret-headers.ts';
import type { KafkaLog, NoteMessages } from './kafka-logs.ts';
import { copying, type Tap } from './tap.ts';

/** Bytes of a body that a message tells; the rest is cut off. */
const MAX_BODY_BYTES = 64 * 1024;

/** How calls of an API are logged to Kafka. */
export interface LogPlan {
  /** Writes the message of a call that has ended. */
  readonly write: (call: Call) => void;
  /** Looks at the answer for what only it can tell; undefined when nothing of it is asked for. */
  readonly tap: ((call: Call) => Tap) | undefined;
}

/** What was seen of an answer. */
interface Seen {
  headers: readonly (readonly [name: string, value: string])[];
  body: string | undefined;
}

/**
 * Works out a plug-in of type `kafka_log`. A message is a JSON object: the fields that are switched on, and with
 * `call_data` what is asked for of headers, query, bodies and authorizers.
 *
 * Source: user guide, "Configuring a Kafka Log Push Policy".
 */
export function compileKafkaLog(
  content: PluginContent<'kafka_log'>,
  log: KafkaLog,
  note: NoteMessages,
): LogPlan {
  const { system, call_data: data } = content.meta_config ?? {};
  const tellsCustom = Object.entries(system ?? {}).some(([name, on]) => on && name.startsWith(CUSTOM));
  const isOn = (name: LogField) => system?.[name] ?? USUAL_LOG_FIELDS.includes(name);
  const fields = LOG_READERS.filter(([name]) => isOn(name));
  const seen = new WeakMap<Call, Seen>();
  const tellsHeaders = data?.log_response_header === true;
  const tellsBody = data?.log_response_body === true;
  const { key } = content;
  return {
    write: (call) => {
      const line: Record<string, unknown> = {};
      for (const [name, read] of fields) line[name] = read(call) ?? '';
      if (tellsCustom) {
        for (const [name, value] of Object.entries(customData(call)))
          if (system?.[name as LogField] === true) line[name] = value;
      }
      const told = data === null || data === undefined ? {} : callData(call, data, seen.get(call));
      if (Object.keys(told).length > 0) line['call_data'] = told;
      log.add({ key: key ?? '', value: JSON.stringify(line) }, note);
    },
    tap: tellsHeaders || tellsBody ? (call) => tapFor(call, seen, tellsBody) : undefined,
  };
}

/** What fields begin with that the feature `custom_log` of the gateway fills. */
const CUSTOM = 'custom_data_log';

/** Counts calls as usual, and logs them. */
export function loggedCalls(counts: EndedCalls, log: LogPlan): EndedCalls {
  return {
    note: (call, startMs) => {
      counts.note(call, startMs);
      log.write(call);
    },
  };
}

type CallData = NonNullable<NonNullable<PluginContent<'kafka_log'>['meta_config']>['call_data']>;

function tapFor(call: Call, seen: WeakMap<Call, Seen>, tellsBody: boolean): Tap {
  return (answer) => {
    const found: Seen = { headers: linesOf(answer), body: answer.text };
    seen.set(call, found);
    if (!tellsBody || answer.text !== undefined) return answer;
    return copying(answer, MAX_BODY_BYTES, (bytes) => {
      found.body = bytes?.toString('latin1');
    });
  };
}

function callData(call: Call, data: CallData, seen: Seen | undefined): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  const { headers } = call;
  if (data.log_request_header === true) {
    const lines = headers.names.map((name) => [name, headers.joined(name) ?? ''] as const);
    told['request_header'] = chosen(lines, data.request_header_filter);
  }
  if (data.log_request_query_string === true) {
    const pieces = queryOf(call).map(({ name, value }) => [name, value] as const);
    told['request_query_string'] = chosen(pieces, data.request_query_string_filter);
  }
  if (data.log_request_body === true && call.heldBody !== undefined)
    told['request_body'] = call.heldBody.toString('utf8', 0, MAX_BODY_BYTES);
  if (data.log_response_header === true && seen !== undefined)
    told['response_header'] = chosen(seen.headers, data.response_header_filter);
  if (data.log_response_body === true && seen?.body !== undefined)
    told['response_body'] = Buffer.from(seen.body, 'latin1').toString('utf8', 0, MAX_BODY_BYTES);
  const { frontend, backend } = data.custom_authorizer ?? {};
  if (frontend !== undefined || backend !== undefined) {
    told['custom_authorizer'] = {
      frontend: contextOf(call.context.frontend, frontend),
      backend: contextOf(call.context.backend, backend),
    };
  }
  return told;
}

/** Those of the names, comma-separated, or all where none are given. */
function chosen(
  pairs: readonly (readonly [name: string, value: string])[],
  filter: string | null | undefined,
): Record<string, string> {
  const names = (filter ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return Object.fromEntries(
    pairs
      .filter(([name]) => names.length === 0 || names.includes(name.toLowerCase()))
      .map(([name, value]) => [name, SECRET_HEADERS.has(name.toLowerCase()) ? MASK : fromHeader(value)]),
  );
}

function contextOf(
  values: Readonly<Record<string, string>> = {},
  names: readonly string[] | null | undefined,
): Record<string, string> {
  return Object.fromEntries(
    (names ?? []).flatMap((name) => (Object.hasOwn(values, name) ? [[name, values[name] ?? '']] : [])),
  );
}

function linesOf({ head }: Answer): readonly (readonly [name: string, value: string])[] {
  return Array.from(
    { length: head.count },
    (_, index) => [head.name(index).toLowerCase(), head.value(index)] as const,
  );
}

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms) / 1000);

/** What each field tells; the empty text where nothing is known, as of the networks of the cloud. */
const LOG_READERS: readonly (readonly [LogField, (call: Call) => string | number | undefined])[] = [
  ['start_time', ({ nowMs }) => new Date(nowMs).toISOString()],
  ['request_id', ({ id }) => id],
  ['client_ip', ({ client }) => client.text],
  ['api_id', ({ plan }) => plan?.apiId],
  ['user_name', ({ caller }) => (caller.kind === 'account' ? caller.account.userName : undefined)],
  ['app_id', ({ caller }) => (caller.kind === 'app' ? caller.app.id : undefined)],
  ['access_model1', ({ plan }) => plan?.authentication.type],
  ['request_time', ({ startedAt }) => seconds(turnTime() - startedAt)],
  ['http_status', ({ status, reply }) => (reply.isGone ? 499 : status)],
  ['server_protocol', ({ httpVersion }) => `HTTP/${httpVersion}`],
  ['scheme', ({ connection }) => (connection.secure ? 'https' : 'http')],
  ['request_method', ({ method }) => method],
  ['host', ({ host }) => host],
  ['api_uri_mode', ({ plan }) => (plan?.matchMode === 'PREFIX' ? 'SWA' : 'NORMAL')],
  ['uri', ({ rawPath }) => rawPath],
  ['request_size', ({ body }) => body?.incoming.bytes ?? 0],
  ['response_size', ({ reply }) => reply.bytesSent],
  ['upstream_uri', ({ upstream }) => upstream?.target.split('?', 1)[0]],
  ['upstream_addr', ({ upstream }) => upstream?.origin],
  ['upstream_status', ({ upstream }) => upstream?.status],
  ['upstream_connect_time', () => undefined],
  ['upstream_header_time', ({ upstream }) => seconds(upstream?.latencyMs)],
  ['upstream_response_time', ({ upstream }) => seconds(upstream?.latencyMs)],
  ['all_upstream_response_time', ({ upstream }) => seconds(upstream?.latencyMs)],
  ['region_id', () => undefined],
  ['auth_type', ({ plan }) => plan?.authentication.type],
  ['http_x_forwarded_for', ({ headers }) => headers.joined('x-forwarded-for')],
  ['http_user_agent', ({ headers }) => headers.joined('user-agent')],
  ['error_type', ({ errorCode }) => (errorCode === 'APIG.0308' ? 1 : 0)],
  ['access_model2', ({ plan }) => (plan?.authentication.authorizer === undefined ? undefined : 'AUTHORIZER')],
  ['inner_time', ({ startedAt, upstream }) => seconds(turnTime() - startedAt - (upstream?.latencyMs ?? 0))],
  ['proxy_protocol_vni', () => undefined],
  ['proxy_protocol_vpce_id', () => undefined],
  ['proxy_protocol_addr', () => undefined],
  ['body_bytes_sent', ({ reply }) => reply.bytesSent],
  ['api_name', ({ plan }) => plan?.apiName],
  ['app_name', ({ caller }) => (caller.kind === 'app' ? caller.app.name : undefined)],
  ['provider_app_id', () => undefined],
  ['provider_app_name', () => undefined],
  [
    'response_source',
    ({ upstream, errorCode }) =>
      upstream?.status === undefined || errorCode !== undefined ? 'local' : 'remote',
  ],
];
