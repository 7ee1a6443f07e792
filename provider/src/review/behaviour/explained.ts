import type { Json } from '@apig/sdk/contract';
import { limitIn, limitText } from './outcome.ts';
import { AT, textOf, toExplained, type ProbeRequest } from './probe.ts';
import { toSnapshot } from './configuration.ts';
import type { OwnRuntime } from './runtime.ts';
import type { View } from './view.ts';
import { objectIn, rowsIn, textIn } from '../values.ts';

/** What becomes of one request, and why. */
export interface Explained {
  readonly text: string;
  readonly json: Json;
}

/** Asks a runtime what becomes of a request under a configuration. */
export async function explainRequest(
  runtime: OwnRuntime,
  request: ProbeRequest,
  view: View,
  { who, side }: { readonly who: string; readonly side: string },
): Promise<Explained> {
  const [explained = {}] = await runtime.client.runtime.explain({
    requests: [toExplained(request)],
    snapshot: toSnapshot(view.configured),
    at: AT,
  });
  const json = { request: textOf(request), caller: who, configuration: side, ...explained };
  return { text: toText(explained, request, view, { who, side }), json };
}

/** Steps about which there is nothing to say when they let a request pass. */
const SILENT: ReadonlySet<string> = new Set([
  ...['request', 'tls', 'body_size', 'debug_domain', 'preflight', 'public_key', 'circuit', 'client_address'],
  ...['third_party', 'account_control', 'app_address_control', 'app_quota', 'https_redirect', 'mapping'],
  ...['backend_authorizer', 'protocol'],
]);

const SIGNS: Readonly<Record<string, string>> = {
  passed: '✓',
  refused: '✗',
  answered: '→',
  forwarded: '→',
  depends: '?',
};

function toText(
  explained: Json,
  request: ProbeRequest,
  view: View,
  { who, side }: { readonly who: string; readonly side: string },
): string {
  const names = new Map(
    view.configured.objects.flatMap(({ id, body: { name } }) =>
      typeof name === 'string' ? [[id, name] as const] : [],
    ),
  );
  const stages = rowsIn(explained, 'stages');
  const lines = stages
    .filter(({ stage, decision }) => decision !== 'passed' || !SILENT.has(String(stage)))
    .map(({ stage, decision, because }) => {
      const title = String(stage).replaceAll('_', ' ').padEnd(18);
      return `  ${SIGNS[String(decision)] ?? ' '} ${title} ${factsText(because, names)}`.trimEnd();
    });
  return [
    `${textOf(request)}, ${who}`,
    `${side}: ${headline(explained)}`,
    '',
    ...lines,
    '',
    ...details(explained),
    '',
  ].join('\n');
}

/** The outcome in one line. */
function headline(explained: Json): string {
  const answer = objectIn(explained, 'answer');
  const error = objectIn(explained, 'error');
  switch (explained['outcome']) {
    case 'forwarded':
      return `served by ${backendText(objectIn(explained, 'backend'))}`;
    case 'answered':
      return `answered by the gateway itself with ${String(answer['status'])}`;
    case 'depends': {
      const kind =
        objectIn(explained, 'depends_on')['kind'] === 'authorizer'
          ? 'its custom authorizer'
          : 'a third party';
      return `served, if ${kind} agrees; --authorizers allow or deny says what it decides`;
    }
    default:
      return `refused with ${String(answer['status'])} ${textIn(error, 'code') ?? ''}: ${textIn(error, 'message') ?? ''}`;
  }
}

function details(explained: Json): readonly string[] {
  const { api_name: api, group_name: group, environment } = objectIn(explained, 'matched');
  const policies = rowsIn(explained, 'policies').map(({ kind, name }) => `${String(kind)} ${String(name)}`);
  const limits = rowsIn(explained, 'limits').map((row) => limitText(limitIn(row, false)));
  const backend = objectIn(explained, 'backend');
  return [
    typeof api === 'string'
      ? `API       ${api} of group ${String(group)}, in ${String(environment)}`
      : 'API       none',
    ...(policies.length > 0 ? [`Policies  ${policies.join(', ')}`] : []),
    ...(limits.length > 0 ? [`Limits    ${limits.join(', ')}`] : []),
    ...(backend['kind'] === undefined ? [] : [`Backend   ${backendText(backend)}`]),
  ];
}

function backendText(backend: Json): string {
  const policy = typeof backend['policy'] === 'string' ? `, chosen by policy ${backend['policy']}` : '';
  switch (backend['kind']) {
    case 'http': {
      const { channel_members: members } = backend;
      const among = Array.isArray(members) ? ` at one of ${members.map(String).join(', ')}` : '';
      const url = String(backend['url']).split('?', 1)[0] ?? '';
      return `${String(backend['method'])} ${url}${among}${backend['signed'] === true ? ', signed' : ''}${policy}`;
    }
    case 'function':
      return `function ${String(backend['function_urn'])}${policy}`;
    case 'mock':
      return `a mock answer${policy}`;
    default:
      return 'nothing';
  }
}

function factsText(because: unknown, names: ReadonlyMap<string, string>): string {
  if (typeof because !== 'object' || because === null) return '';
  return Object.entries(because)
    .filter(([name, value]) => value !== undefined && name !== 'limits')
    .map(([name, value]: [string, unknown]) => {
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      const shown = values.map((each) =>
        typeof each === 'string' ? (names.get(each) ?? each) : JSON.stringify(each),
      );
      return `${name.replaceAll('_', ' ')} ${shown.length === 0 ? 'none' : shown.join(', ')}`;
    })
    .join('; ');
}
