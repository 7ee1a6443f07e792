import type { Json } from '@apig/sdk/contract';
import type { Outcome } from '../model.ts';
import { stableId } from './configuration.ts';
import type { ProbeRequest } from './probe.ts';
import type { View } from './view.ts';
import { objectIn, rowsIn, textIn } from '../values.ts';

/** What becomes of a request on one side. */
export interface SeenOutcome {
  readonly outcome: Outcome;
  /** Equal where callers, backends and operators see the same. */
  readonly fingerprint: string;
  /** Parts of the fingerprint, to tell what differs. */
  readonly parts: OutcomeParts;
}

/** What an outcome consists of, in texts that are compared and not shown. */
export interface OutcomeParts {
  readonly answer: string;
  readonly forwarded: string;
  /** Where it is forwarded: origin, or what stands for it. */
  readonly target: string;
  readonly api: string;
  readonly limits: readonly Limit[];
  readonly signature: string;
  /** Policies whose effect no explanation shows: their names to what they say. */
  readonly plugins: ReadonlyMap<string, string>;
}

/** A limit that a request meets. */
export interface Limit {
  readonly dimension: string;
  readonly calls: number;
  readonly interval: number;
  readonly unit: string;
  /** Whether all APIs with the same throttle use it up together. */
  readonly isShared: boolean;
}

/** Header lines of the gateway's own, which say nothing of the configuration. */
const OWN_LINES = /^(?:server|x-request-id|date)$/i;

/** Limits that a throttle has. */
const THROTTLED = /^(?:api|user|app|ip)$/;

/** Reads an explanation. */
export function outcomeOf(explained: Json, request: ProbeRequest, view: View): SeenOutcome {
  const answer = objectIn(explained, 'answer');
  const backend = objectIn(explained, 'backend');
  const matched = objectIn(explained, 'matched');
  const code = textIn(objectIn(explained, 'error'), 'code');
  const result = resultOf(explained);
  // What is refused anyway is not counted.
  const met = result === 'refused' ? [] : rowsIn(explained, 'limits');
  const policies = rowsIn(explained, 'policies').map((row) => ({
    kind: textIn(row, 'kind') ?? '',
    id: textIn(row, 'id') ?? '',
    name: textIn(row, 'name') ?? '',
  }));
  const isShared = policies.some(
    ({ kind, id }) => kind === 'throttle' && view.get('throttle', id)?.body['scope'] === 'SHARED',
  );
  const limits = met.map((row) => limitIn(row, isShared));
  const api = textIn(matched, 'api_name');
  const isPassed = result === 'forwarded' || result === 'depends';
  const plugins = isPassed
    ? policies.filter(({ kind }) => kind === 'plugin').flatMap((policy) => pluginPart(policy, request, view))
    : [];
  const parts: OutcomeParts = {
    answer: answerText(answer),
    forwarded: isPassed ? requestText(backend) : '',
    target: isPassed ? (targetOf(backend) ?? '') : (textIn(backend, 'kind') ?? ''),
    api: JSON.stringify([matched['gateway_id'], matched['group_name'], api, matched['environment']]),
    limits,
    signature: backend['signed'] === true ? signatureOf(policies, view) : '',
    plugins: new Map([...plugins, ...(isPassed ? gatewayParts(matched, view) : [])]),
  };
  return {
    outcome: {
      result,
      status: typeof answer['status'] === 'number' ? answer['status'] : undefined,
      code,
      api,
      backend: targetOf(backend),
      limits: limits.map(limitText),
      policies: policies.map(({ kind, name }) => `${kind} ${name}`),
    },
    // Which API has refused a request, nobody sees.
    fingerprint: JSON.stringify(
      result === 'refused'
        ? [result, code, parts.answer]
        : [
            ...[result, parts.answer, parts.forwarded, parts.api, limits, parts.signature],
            ...[[...parts.plugins], textIn(objectIn(explained, 'depends_on'), 'kind')],
          ],
    ),
    parts,
  };
}

/**
 * Reads a limit of an explanation.
 *
 * @param isShared whether the throttle is one for all of its APIs together
 */
export function limitIn(row: Json, isShared: boolean): Limit {
  const dimension = textIn(row, 'dimension') ?? '';
  return {
    dimension,
    calls: Number(row['limit']),
    interval: Number(row['interval']),
    unit: textIn(row, 'unit') ?? '',
    isShared: isShared && THROTTLED.test(dimension),
  };
}

/** A limit in words. */
export function limitText({ dimension, calls, interval, unit, isShared }: Limit): string {
  const window = interval === 1 ? unit.toLowerCase() : `${String(interval)} ${unit.toLowerCase()}s`;
  return `${String(calls)} calls per ${window} (${dimension}${isShared ? ', shared' : ''})`;
}

function resultOf(explained: Json): Outcome['result'] {
  const result = textIn(explained, 'outcome');
  return result === 'forwarded' || result === 'answered' || result === 'depends' ? result : 'refused';
}

/** The gateway's answer as a caller sees it. */
function answerText(answer: Json): string {
  if (answer['status'] === undefined) return '';
  const lines = pairsIn(answer['headers']).filter(([name]) => !OWN_LINES.test(name));
  const shown = lines.map(([name, value]) =>
    // The port is that of the process that compares.
    /^location$/i.test(name) ? [name, value.replace(/^(https:\/\/[^/:]+):\d+/, '$1')] : [name, value],
  );
  return JSON.stringify([
    answer['status'],
    shown.map(([name = '', value]) => [name.toLowerCase(), value]).sort(),
    answer['body'],
  ]);
}

/** What the backend is sent. */
function requestText(backend: Json): string {
  const { policy: _, headers, ...rest } = backend;
  return JSON.stringify([rest, pairsIn(headers).map(([name, value]) => [name.toLowerCase(), value])]);
}

/** Where a request goes, without what could be a secret in it. */
function targetOf(backend: Json): string | undefined {
  const policy = textIn(backend, 'policy');
  const by = policy === undefined ? '' : ` by policy ${policy}`;
  switch (backend['kind']) {
    case 'http': {
      const url = (textIn(backend, 'url') ?? '').split('?', 1)[0] ?? '';
      const members = Array.isArray(backend['channel_members'])
        ? backend['channel_members'].map(String)
        : undefined;
      const where =
        members === undefined
          ? url
          : `${members.slice(0, 3).join(', ')}${members.length > 3 ? ', …' : ''}${url}`;
      return `${textIn(backend, 'method') ?? ''} ${where}${by}`;
    }
    case 'mock':
      return `mock answer${by}`;
    case 'function':
      return `function ${textIn(backend, 'function_urn') ?? ''}${by}`;
    default:
      return undefined;
  }
}

interface Policy {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

function signatureOf(policies: readonly Policy[], view: View): string {
  return policies
    .filter(({ kind }) => kind === 'signatureKey')
    .map(({ id }) => stableId(JSON.stringify(view.get('signatureKey', id)?.body ?? id)))
    .join();
}

/** Plug-ins that act on what comes back, or on the side. Others show in limits, answers and decisions. */
function pluginPart(
  { id, name }: Policy,
  request: ProbeRequest,
  view: View,
): readonly (readonly [string, string])[] {
  const body = view.get('plugin', id)?.body;
  const type = String(body?.['type']);
  if (type === 'rate_limit' || type === 'third_auth') return [];
  const asksOrigin = Object.keys(request.headers).some((header) => header.toLowerCase() === 'origin');
  if (type === 'cors' && !asksOrigin) return [];
  return [[`${type} plug-in ${name}`, `${type} ${String(body?.['content'])}`]];
}

/** What a gateway or an API does to every answer. */
function gatewayParts(matched: Json, view: View): readonly (readonly [string, string])[] {
  const gatewayId = textIn(matched, 'gateway_id') ?? '';
  const gzip = view
    .by('gatewayFeature', 'gatewayId', gatewayId)
    .find(({ body }) => body['name'] === 'gzip' && body['enabled'] === true);
  const version = view.get('apiVersion', textIn(matched, 'version_id') ?? '');
  const definition = (version?.body['definition'] ?? {}) as Json;
  return [
    ...(gzip === undefined ? [] : ([['compression', String(gzip.body['config'])]] as const)),
    ...(definition['cors'] === true ? ([['answers to all origins', 'on']] as const) : []),
  ];
}

function pairsIn(value: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown) =>
    Array.isArray(pair) ? [[String(pair[0]), String(pair[1])] as const] : [],
  );
}
