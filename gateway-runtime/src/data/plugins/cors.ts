import type { PluginContent } from '@apig/sdk/contract';
import type { Call } from '../call.ts';
import { gatewayHead } from '../reply-head.ts';
import type { HostEntry, Snapshot } from '../snapshot.ts';

/** Which other origins may use an API, and how. */
export interface CorsPlan {
  readonly origins: ReadonlySet<string>;
  readonly anyOrigin: boolean;
  readonly credentials: boolean;
  /** Lines of the answer to a preflight, without that of the origin. */
  readonly preflight: readonly string[];
  /** Lines of other answers, without that of the origin. */
  readonly actual: readonly string[];
}

/** Works out a plug-in of type `cors`. Source: user guide, "Configuring a CORS Policy". */
export function compileCors(content: PluginContent<'cors'>): CorsPlan {
  const { allow_origin, allow_methods, allow_headers, expose_headers, max_age, allow_credentials } = content;
  const origins = new Set(allow_origin.split(',').map((origin) => origin.trim()));
  const line = (name: string, value: string | number | undefined) =>
    value === undefined || value === '' ? [] : [name, String(value)];
  return {
    origins,
    anyOrigin: origins.has('*'),
    credentials: allow_credentials === true,
    preflight: [
      ...line('Access-Control-Allow-Methods', allow_methods),
      ...line('Access-Control-Allow-Headers', allow_headers),
      ...line('Access-Control-Max-Age', max_age),
    ],
    actual: line('Access-Control-Expose-Headers', expose_headers),
  };
}

/** What an answer permits to the origin of a call; nothing to one that is not listed. */
export function corsLines(
  call: Call,
  { origins, anyOrigin, credentials, actual }: CorsPlan,
): readonly string[] {
  const permitted = originLines(call, { origins, anyOrigin, credentials });
  return permitted.length === 0 ? permitted : [...permitted, ...actual];
}

/**
 * Answers the question of a browser whether it may make a call, if the API that would be called has a plug-in for it
 * and knows the origin. Such a question is neither authenticated nor counted.
 *
 * @returns whether it was answered
 */
export function answerPreflight(call: Call, host: HostEntry, snapshot: Snapshot): boolean {
  if (call.method !== 'OPTIONS') return false;
  const method = call.headers.first('access-control-request-method');
  if (method === undefined || call.headers.first('origin') === undefined) return false;
  const router = snapshot.groups.get(host.groupId)?.get(call.headers.first('x-stage') ?? 'RELEASE');
  const plan = router?.find(method, call.path).target;
  if (plan?.plugins.cors === undefined) return false;
  const permitted = originLines(call, plan.plugins.cors);
  if (permitted.length === 0) return false;
  call.status = 200;
  call.reply.send(200, [...permitted, ...plan.plugins.cors.preflight, ...gatewayHead(call)], '');
  return true;
}

function originLines(
  call: Call,
  { origins, anyOrigin, credentials }: Pick<CorsPlan, 'origins' | 'anyOrigin' | 'credentials'>,
): readonly string[] {
  const origin = call.headers.first('origin');
  const allowed = credentials ? ['Access-Control-Allow-Credentials', 'true'] : [];
  // Browsers take no asterisk for calls with credentials.
  if (anyOrigin && !credentials) return ['Access-Control-Allow-Origin', '*'];
  if (origin === undefined || !(anyOrigin || origins.has(origin))) return [];
  return ['Access-Control-Allow-Origin', origin, 'Vary', 'Origin', ...allowed];
}
