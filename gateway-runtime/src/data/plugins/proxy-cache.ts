import { fail, type PluginContent } from '@apig/sdk/contract';
import type { PluginDeed } from '../../statistics.ts';
import type { HttpBackend } from '../backend-policy.ts';
import type { Call } from '../call.ts';
import { fromFields } from '../fields.ts';
import { returnedFields } from '../forwarded-lines.ts';
import { passOn } from '../pass-on.ts';
import { Answer } from '../http1/answer.ts';
import { FRAMING } from '../http1/framing.ts';
import type { ParameterValues } from '../parameters.ts';
import { queryOf } from '../query.ts';
import { gatewayHead, shapedLines } from '../reply-head.ts';
import type { Plan } from '../snapshot.ts';
import { systemParameter } from '../system-parameters.ts';
import type { AnswerCache, CacheSpace, KeptAnswer } from './answer-cache.ts';
import { millisecondsOf, parseCacheControl, type CacheControl } from './cache-control.ts';
import { copying, type Tap } from './tap.ts';

/** Longest body that is kept. Source: user guide, "Configuring a Response Caching Policy". */
const MAX_BODY_BYTES = 1024 * 1024;

/** Headers of answers that are always kept: they tell what the content is, for whom, and how long it is good. */
const USUAL_HEADERS: readonly string[] = [
  ...['cache-control', 'expires', 'date', 'last-modified', 'etag', 'vary', 'location', 'link'],
  ...['content-type', 'content-encoding', 'content-language', 'content-location', 'content-disposition'],
  ...['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers'],
];

/** What a 304 says again. Source: RFC 9110, section 15.4.5. */
const OF_UNCHANGED: ReadonlySet<string> = new Set([
  ...['cache-control', 'content-location', 'date', 'etag', 'expires', 'vary'],
]);

/** How answers of an API are kept. */
export interface CachePlan {
  readonly cache: AnswerCache;
  readonly space: CacheSpace;
  /** What tells answers apart beside the backend, the path and what the mapping takes from the caller. */
  readonly keyParts: readonly ((call: Call) => string | undefined)[];
  /** Status -> milliseconds for which an answer of it is kept at most. */
  readonly ttls: ReadonlyMap<number, number>;
  /** Whether the `Cache-Control` of a caller counts. */
  readonly heeds: (call: Call) => boolean;
  /** Lower-case names of the headers that are kept. */
  readonly headers: ReadonlySet<string>;
  readonly note: (deed: PluginDeed) => void;
}

/** Works out a plug-in of type `proxy_cache`. */
export function compileProxyCache(
  content: PluginContent<'proxy_cache'>,
  cache: AnswerCache,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
  note: CachePlan['note'],
): CachePlan {
  const { cache_key: key, client_cache_control: control } = content;
  const apps = new Set(control?.datas ?? []);
  return {
    cache,
    space: cache.open(),
    keyParts: [
      ...(key.system_params ?? []).map((name) => systemPart(name, plan)),
      ...(key.parameters ?? []).map((name) => queryPart(name)),
      ...(key.headers ?? []).map((name) => headerPart(name.toLowerCase())),
    ],
    ttls: new Map(
      // Of a status that is named twice the first one counts.
      content.cache_http_status_and_ttl
        .toReversed()
        .flatMap(({ http_status: statuses, ttl }) => statuses.map((status) => [status, ttl * 1000] as const)),
    ),
    heeds:
      control?.mode === 'all'
        ? () => true
        : control?.mode === 'apps'
          ? ({ caller }) => caller.kind === 'app' && apps.has(caller.app.id)
          : () => false,
    headers: new Set([
      ...USUAL_HEADERS,
      ...(content.cacheable_headers ?? []).map((name) => name.toLowerCase()),
    ]),
    note,
  };
}

/** What becomes of a call of an API whose answers are kept: it is answered, or its answer is looked at on its way. */
export type CacheOutcome = { readonly sent: Promise<void> | undefined } | Tap | undefined;

/**
 * Answers a call with what was kept, or sees to it that its answer is.
 *
 * 1. Only answers to GET are kept; they answer HEAD too. Requests with a body, for a part or for a change of protocol
 *    pass by. Another method makes all forget that is kept of the path, once the backend did not refuse it.
 * 2. The key of an answer is the API, the backend that the policies choose, the path, and what the plug-in names. What the
 *    mapping sends of the caller itself (its address, its app, what authorizers said) belongs to it without being
 *    named, and so does what the mapping puts into the backend's path.
 * 3. An answer is kept for the time that the plug-in gives to its status, or for less if it says so itself. `no-store`,
 *    `private`, `no-cache`, `Set-Cookie` and `Vary: *` keep it from being kept, and so do more than 1 MiB.
 * 4. Where a caller's credentials reach the backend, only answers that say that they are for all are kept and given.
 * 5. All that keeps callers out or limits them has had its say before.
 *
 * Source: user guide, "Configuring a Response Caching Policy"; RFC 9111.
 *
 * @throws `backendTimeout` when nothing is kept and the caller wants nothing else (RFC 9111, 5.2.1.7)
 */
export function answerByCache(
  call: Call,
  plan: Plan,
  cachePlan: CachePlan,
  backend: HttpBackend,
  values: ParameterValues,
): CacheOutcome {
  const { cache, space, note } = cachePlan;
  const { method, headers } = call;
  if (call.upgrade !== undefined) return undefined;
  if (method !== 'GET' && method !== 'HEAD') return forgetting(call, cachePlan);
  if (call.body !== undefined || headers.first('range') !== undefined) return undefined;
  const wishes = cachePlan.heeds(call) ? wishesOf(call) : NO_WISHES;
  const key = keyOf(call, cachePlan, backend, values);
  const showsCredentials = reachesBackend(call, plan);
  const found = wishes.has('no-cache')
    ? undefined
    : cache
        .find(key)
        .find(
          (each) =>
            isFresh(each, call.nowMs, wishes) &&
            (each.isPublic || !showsCredentials) &&
            each.varies.every(([name, value]) => headers.joined(name) === value),
        );
  const isOnlyKept = wishes.has('only-if-cached');
  // Where the backend is not asked, its circuit learns nothing.
  if (found !== undefined || isOnlyKept) call.circuit = undefined;
  if (found !== undefined) {
    note('cache_hit');
    call.cache = 'hit';
    return { sent: sendKept(call, found) };
  }
  note('cache_miss');
  call.cache = 'miss';
  if (isOnlyKept) throw fail('backendTimeout');
  if (method === 'HEAD' || wishes.has('no-store')) return undefined;
  return keeping(call, cachePlan, key, space, showsCredentials);
}

const NO_WISHES: CacheControl = new Map();

function wishesOf({ headers }: Call): CacheControl {
  const control = headers.joined('cache-control');
  // The older word counts only without the newer one (RFC 9111, 5.4).
  return parseCacheControl(control ?? headers.joined('pragma'));
}

function isFresh(
  { ageMs, keptAtMs, freshUntilMs }: KeptAnswer,
  nowMs: number,
  wishes: CacheControl,
): boolean {
  const maxAgeMs = millisecondsOf(wishes, 'max-age') ?? Infinity;
  const minFreshMs = millisecondsOf(wishes, 'min-fresh') ?? 0;
  return freshUntilMs > nowMs + minFreshMs && ageMs + nowMs - keptAtMs <= maxAgeMs;
}

function keyOf(
  call: Call,
  { space, keyParts }: CachePlan,
  backend: HttpBackend,
  values: ParameterValues,
): string {
  const { ofCaller, path } = backend.mapping;
  return JSON.stringify([
    space.id,
    space.numberOf(backend),
    call.path,
    ...keyParts.map((part) => part(call) ?? null),
    ...ofCaller.map((source) => source(call, values, call.nowMs) ?? null),
    ...path.map((part) => (typeof part === 'string' ? '' : (part.source(call, values, call.nowMs) ?? null))),
    ...call.carried,
  ]);
}

/** Whether credentials of the caller's own go to the backend. */
function reachesBackend({ headers, credential, features }: Call, { authentication }: Plan): boolean {
  if (headers.first('x-auth-token') !== undefined && credential !== 'token') return true;
  if (headers.first('authorization') === undefined) return false;
  const { type } = authentication;
  return !(type === 'IAM' || (type === 'APP' && features.appAuthHeader === undefined));
}

/** Forgets what is kept of a path when something may have changed there. Source: RFC 9111, section 4.4. */
function forgetting({ method, path }: Call, { cache, space }: CachePlan): Tap | undefined {
  if (method === 'OPTIONS') return undefined;
  return (answer) => {
    if (answer.head.status < 400) cache.dropPath(space, path);
    return answer;
  };
}

function keeping(
  call: Call,
  { cache, ttls, headers }: CachePlan,
  key: string,
  space: CacheSpace,
  showsCredentials: boolean,
): Tap {
  return (answer) => {
    const { head } = answer;
    const now = call.nowMs;
    const control = parseCacheControl(joined(answer, 'cache-control'));
    const isPublic = ['public', 's-maxage', 'must-revalidate'].some((name) => control.has(name));
    const vary = joined(answer, 'vary');
    const ageMs = (Number(head.first('age')) || 0) * 1000;
    const ttlMs = ttls.get(head.status);
    const isKept =
      ttlMs !== undefined &&
      !['no-store', 'private', 'no-cache'].some((name) => control.has(name)) &&
      head.find('set-cookie') < 0 &&
      !(vary ?? '').includes('*') &&
      !(showsCredentials && !isPublic) &&
      answer.trailerLines === '' &&
      (answer.text !== undefined || (answer.length ?? 0) <= MAX_BODY_BYTES);
    if (!isKept) return answer;
    const freshMs = Math.min(ttlMs, (lifetimeOf(answer, control) ?? Infinity) - ageMs);
    if (freshMs <= 0) return answer;
    const fields = keptFields(returnedFields(head), headers);
    const varies = (vary?.split(',') ?? [])
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== '')
      .map((name) => [name, call.headers.joined(name)] as const);
    const keep = (text: string) =>
      cache.keep(space, call.path, key, {
        ...{ head, fields, text, varies, isPublic, ageMs },
        keptAtMs: now,
        freshUntilMs: now + freshMs,
      });
    if (head.framing === FRAMING.none) {
      keep('');
      return answer;
    }
    if (answer.text !== undefined) {
      keep(answer.text);
      return answer;
    }
    return copying(answer, MAX_BODY_BYTES, (bytes) => {
      if (bytes !== undefined) keep(bytes.toString('latin1'));
    });
  };
}

/** Milliseconds for which an answer says that it is good; undefined when it says nothing (RFC 9111, 4.2.1). */
function lifetimeOf({ head }: Answer, control: CacheControl): number | undefined {
  const named = millisecondsOf(control, 's-maxage') ?? millisecondsOf(control, 'max-age');
  const expires = head.first('expires');
  if (named !== undefined || expires === undefined) return named;
  const lifetime = Date.parse(expires) - Date.parse(head.first('date') ?? '');
  return Number.isNaN(lifetime) ? 0 : lifetime;
}

function joined({ head }: Answer, name: string): string | undefined {
  const values: string[] = [];
  for (let at = head.find(name); at >= 0; at = head.find(name, at + 1)) values.push(head.value(at));
  return values.length === 0 ? undefined : values.join(',');
}

function keptFields(fields: string, names: ReadonlySet<string>): string {
  return fields
    .split('\r\n')
    .filter((line) => names.has(line.slice(0, line.indexOf(':')).toLowerCase()))
    .map((line) => `${line}\r\n`)
    .join('');
}

/** Sends what was kept, or that the caller has it already. Source: RFC 9111, sections 4.3.2 and 5.1. */
function sendKept(call: Call, kept: KeptAnswer): Promise<void> | undefined {
  const { head, text, ageMs, keptAtMs } = kept;
  const age = Math.floor((ageMs + call.nowMs - keptAtMs) / 1000);
  if (head.status === 200 && isUnchanged(call, kept)) {
    const lines = fromFields(kept.fields).filter(([name]) => OF_UNCHANGED.has(name.toLowerCase()));
    call.status = 304;
    call.reply.send(
      304,
      [...shapedLines(call, [...lines.flat(), 'Age', String(age)]), ...gatewayHead(call)],
      '',
    );
    return undefined;
  }
  const answer = new Answer(head, NO_SOURCE);
  answer.text = text;
  answer.isComplete = true;
  call.status = head.status;
  return passOn(call, answer, `${kept.fields}Age: ${age}\r\n`, 0);
}

const NO_SOURCE = {
  pauseAnswer: () => undefined,
  resumeAnswer: () => undefined,
  cancel: () => undefined,
};

/** Source: RFC 9110, sections 13.1.2 and 13.1.3. */
function isUnchanged({ headers }: Call, { head }: KeptAnswer): boolean {
  const tags = headers.joined('if-none-match');
  if (tags !== undefined) {
    const etag = head.first('etag')?.replace(/^W\//, '');
    const named: readonly string[] = tags.match(/"[^"]*"/g) ?? [];
    return tags.trim() === '*' || (etag !== undefined && named.includes(etag));
  }
  const since = Date.parse(headers.first('if-modified-since') ?? '');
  const changed = Date.parse(head.first('last-modified') ?? '');
  return changed <= since;
}

function systemPart(
  name: string,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
): (call: Call) => string | undefined {
  switch (name) {
    case 'host':
      return ({ host }) => host;
    case 'scheme':
      return ({ connection }) => (connection.secure ? 'https' : 'http');
    case 'method':
      // An answer to GET is one to HEAD too.
      return () => 'GET';
    case 'uri':
      return ({ path }) => path;
    case 'requestUri':
      return ({ rawPath, query }) => `${rawPath}?${query}`;
    default: {
      const read = systemParameter(`$context.${name}`, plan);
      return (call) => read(call, call.nowMs);
    }
  }
}

/** All values of a name, in their order. */
function queryPart(name: string): (call: Call) => string | undefined {
  return (call) => {
    const found = queryOf(call).filter((piece) => piece.name === name);
    return found.length === 0 ? undefined : JSON.stringify(found.map(({ value }) => value));
  };
}

function headerPart(name: string): (call: Call) => string | undefined {
  return ({ headers }) => headers.joined(name);
}
