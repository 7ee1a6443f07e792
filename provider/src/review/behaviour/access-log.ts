import type { ProbeSource } from './probes-file.ts';
import { signed, type Probe, type ProbeRequest } from './probe.ts';
import type { View } from './view.ts';

/** Different calls of a log that are compared. */
const MOST_CALLS = 10_000;

/**
 * Reads a log of the runtime, one JSON object a line. Calls that differ in nothing that it keeps are one; queries, bodies
 * and headers are not in it. Lines that are no calls are left out.
 */
export function readAccessLog(text: string): {
  readonly source: ProbeSource;
  readonly notes: readonly string[];
} {
  const calls = new Map<string, Logged>();
  for (const line of text.split('\n')) {
    const call = toLogged(line);
    if (call !== undefined) calls.set(JSON.stringify(call), call);
  }
  const kept = [...calls.values()].slice(0, MOST_CALLS);
  return {
    source: (before, after) => kept.map((call) => toProbe(call, [before, after])),
    notes: [
      `${String(kept.length)} calls of the access log are compared, without queries, bodies and headers, which it does not keep.`,
      ...(calls.size > kept.length
        ? [`${String(calls.size - kept.length)} further calls of the access log are left out.`]
        : []),
    ],
  };
}

interface Logged {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
  readonly address: string;
  readonly stage: string;
  readonly appName: string | undefined;
  readonly isAccount: boolean;
}

function toLogged(line: string): Logged | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    // Logs have other lines too.
    return undefined;
  }
  if (typeof entry !== 'object' || entry === null) return undefined;
  const fields = entry as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  const [method, host, path, address] = [
    text('method'),
    text('host'),
    text('router_uri'),
    text('remote_addr'),
  ];
  if (method === undefined || host === undefined || path?.startsWith('/') !== true || address === undefined)
    return undefined;
  return {
    method,
    host,
    path,
    secure: text('scheme') === 'https',
    address,
    stage: text('stage') ?? 'RELEASE',
    appName: text('app_name'),
    isAccount: text('user_id') !== undefined,
  };
}

function toProbe(call: Logged, views: readonly View[]): Probe {
  const { method, host, path, secure, address, stage, appName, isAccount } = call;
  const plain: ProbeRequest = {
    method,
    host,
    target: path,
    secure,
    address,
    headers: stage === 'RELEASE' ? {} : { 'X-Stage': stage },
    ...(isAccount && { account: { domainId: '0'.repeat(32), domainName: 'recorded' } }),
  };
  const app = views.flatMap((view) => view.all('app')).find(({ body }) => body['name'] === appName);
  return {
    api: '',
    environment: stage,
    caller: `recorded: ${appName === undefined ? (isAccount ? 'an account' : 'anonymous') : `app ${appName}`}`,
    request:
      app === undefined || appName === undefined
        ? plain
        : signed(plain, { key: String(app.body['appKey']), secret: String(app.body['appSecret']) }),
  };
}
