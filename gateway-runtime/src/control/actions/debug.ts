import { fail, type Json } from '@apig/sdk/contract';
import type { DebugCall } from '../../debugging.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import { variablesIn } from '../../variables.ts';
import { optionalTextIn, textIn, wordIn } from '../body.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import type { ControlContext, View } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { publicationAt } from '../publication.ts';

const MAX_PATH = 1024;
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_NAME_BYTES = 32;
/** All headers, or the whole query. Source: user guide, "Notes and Constraints" (URL and headers). */
const MAX_VALUES_BYTES = 30 * 1024;

/** A body of the largest size in which each character is written as an escape, and the rest. */
const MAX_REQUEST_BYTES = 6 * MAX_BODY_BYTES + 1024 * 1024;

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'] as const;

/** Headers that say where the request goes and where it ends; these are written as they must be. */
const WRITTEN_HERE: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'proxy-connection'],
  ...['te', 'trailer', 'upgrade', 'expect'],
]);

/** What callers of published APIs are told by app and account alone. */
const CREDENTIALS: ReadonlySet<string> = new Set(['x-auth-token', 'authorization']);

const HEADER_NAME = /^[A-Za-z][\w.-]*$/;
const QUERY_NAME = /^[A-Za-z][A-Za-z0-9._-]*$/;
/** Half a character, which no encoding has. */
const HALF = /\p{Cs}/u;
/** Characters that end a header line, or mean something else to somebody; a tab does not. */
const CONTROL = /(?!\t)\p{Cc}/u;

/**
 * Calls an API and shows what became of it: as it is being edited, or as it is published in an environment.
 *
 * Source: API reference, "Debugging an API".
 */
export function debugAction(context: ControlContext): ControlRoute {
  const { read } = inside(context, 'apis');
  const route = read(
    'debug/{apiId}',
    async (call, view, gatewayId) => {
      const api = required(view.configuration, 'api', gatewayId, param(call, 'apiId'));
      const result = await context.debug(view.configuration, debugCallOf(call, api, view));
      const { request, response, latencyMs, log } = result;
      return { request, response, latency: latencyMs, log };
    },
    { method: 'POST' },
  );
  return { ...route, maxBodyBytes: MAX_REQUEST_BYTES };
}

type Mode = 'DEVELOPER' | 'CONSUMER';

function debugCallOf({ body, account }: ControlCall, api: Stored<'api'>, view: View): DebugCall {
  const { configuration } = view;
  const { gatewayId } = api.body;
  const mode = wordIn(body, 'mode', ['DEVELOPER', 'CONSUMER']);
  const scheme = wordIn(body, 'scheme', ['HTTP', 'HTTPS']);
  const method = wordIn(body, 'method', METHODS);
  const path = pathIn(body);
  const query = new URLSearchParams(valuesIn(body, 'query', mode, QUERY_NAME)).toString();
  const headers = valuesIn(body, 'header', mode, HEADER_NAME);
  const text = bodyIn(body);
  const app = appIn(body);
  const environmentId = environmentOf(body, gatewayId, configuration);
  const definition = definitionOf(mode, api, environmentId, configuration);
  assertDebuggable(definition);
  return {
    gatewayId,
    apiId: api.id,
    environmentId,
    ...(mode === 'DEVELOPER' && { draft: definition }),
    secure: scheme === 'HTTPS',
    method,
    host: domainIn(body, definition.groupId, view),
    target: query === '' ? path : `${path}?${query.replaceAll('+', '%20')}`,
    headers,
    body: text,
    ...(app !== undefined && { app }),
    account,
  };
}

function pathIn(body: Json): string {
  const path = textIn(body, 'path');
  const refuse = (reason: string) => fail('valueInvalid', { reason, field: 'path' });
  if (path.length > MAX_PATH) throw refuse(`expected at most ${MAX_PATH} characters`);
  if (!path.startsWith('/')) throw refuse('expected a path that starts with /');
  if (/[?#]/.test(path))
    throw refuse('expected a path without ? and #; parameters of the query belong to query');
  if (CONTROL.test(path) || HALF.test(path)) throw refuse('expected characters of text');
  return path.replace(/[^\w\-.~!$&'()*+,;=:@/%]/gu, encodeURIComponent);
}

/** The values of a map of lists, in turn. One that is no list counts as a list of one. */
function valuesIn(
  body: Json,
  field: 'header' | 'query',
  mode: Mode,
  form: RegExp,
): [name: string, value: string][] {
  const given = body[field] ?? {};
  if (typeof given !== 'object' || Array.isArray(given))
    throw fail('valueInvalid', { reason: 'expected an object of lists of texts', field });
  const values = Object.entries(given).flatMap(([name, list]: readonly [string, unknown]) => {
    assertName(name, field, mode, form);
    return (Array.isArray(list) ? (list as readonly unknown[]) : [list]).map((value) => {
      const isText = typeof value === 'string' && !HALF.test(value);
      if (!isText || (field === 'header' && CONTROL.test(value))) {
        throw fail('valueInvalid', { reason: 'expected a list of texts', field: `${field}.${name}` });
      }
      return [name, field === 'header' ? value.trim() : value] satisfies [string, string];
    });
  });
  const bytes = values.reduce((sum, pair) => sum + encodeURIComponent(pair.join()).length + 3, 0);
  if (bytes <= MAX_VALUES_BYTES) return values;
  throw fail('valueInvalid', { reason: `expected at most ${MAX_VALUES_BYTES} bytes in all`, field });
}

function assertName(name: string, field: 'header' | 'query', mode: Mode, form: RegExp): void {
  const key = name.toLowerCase();
  const reason =
    name.length > MAX_NAME_BYTES || !form.test(name)
      ? `expected names of at most ${MAX_NAME_BYTES} letters, digits, . _ and -, starting with a letter`
      : key === 'x-stage' || key.startsWith('x-apig-') || key.startsWith('x-sdk-')
        ? 'expected no x-stage, and nothing that starts with x-apig- or x-sdk-'
        : mode === 'CONSUMER' && CREDENTIALS.has(key)
          ? 'expected no x-auth-token and no authorization in mode CONSUMER'
          : field === 'header' && WRITTEN_HERE.has(key)
            ? 'expected no header of the connection'
            : undefined;
  if (reason !== undefined) throw fail('valueInvalid', { reason, field: `${field}.${name.slice(0, 64)}` });
}

function bodyIn(body: Json): string | undefined {
  const text = optionalTextIn(body, 'body');
  if (text === undefined || Buffer.byteLength(text) <= MAX_BODY_BYTES) return text;
  throw fail('valueInvalid', { reason: `expected at most ${MAX_BODY_BYTES} bytes`, field: 'body' });
}

function appIn(body: Json): DebugCall['app'] {
  const key = optionalTextIn(body, 'app_key');
  const secret = optionalTextIn(body, 'app_secret');
  if (key === undefined && secret === undefined) return undefined;
  if (key === undefined) throw fail('valueMissing', { field: 'app_key' });
  if (secret === undefined) throw fail('valueMissing', { field: 'app_secret' });
  if (!/^[\w-]+$/.test(key))
    throw fail('valueInvalid', { reason: 'expected letters, digits, _ and -', field: 'app_key' });
  return { key, secret };
}

function environmentOf(body: Json, gatewayId: string, configuration: ConfigurationReader): string {
  const stage = optionalTextIn(body, 'stage') ?? 'RELEASE';
  const environment = configuration
    .by('environment', 'gatewayId', gatewayId)
    .find(({ body: { name } }) => name === stage);
  if (environment === undefined) throw fail('environmentNotFound', { id: stage });
  return environment.id;
}

/** What is debugged: the API as it is being edited, or the version in force. */
function definitionOf(
  mode: Mode,
  { id: apiId, body }: Stored<'api'>,
  environmentId: string,
  configuration: ConfigurationReader,
): Stored<'api'>['body'] {
  const { gatewayId } = body;
  if (mode === 'DEVELOPER') {
    if (variablesIn(body).length === 0) return body;
    throw fail('debugRequestInvalid', {
      reason: 'its backend uses environment variables, so it can only be debugged in mode CONSUMER',
    });
  }
  const versionId = publicationAt(configuration, { gatewayId, apiId, environmentId })?.body.versionId;
  if (versionId === undefined) throw fail('publicationNotFound', { id: `${apiId}/${environmentId}` });
  return required(configuration, 'apiVersion', gatewayId, versionId).body.definition;
}

function assertDebuggable({ protocol }: Stored<'api'>['body']): void {
  if (protocol === 'GRPCS') throw fail('debugRequestInvalid', { reason: 'it is called by gRPC' });
}

/** The debug domain of the group, or a domain that is bound to it. */
function domainIn(body: Json, groupId: string, { configuration, domainSuffix }: View): string {
  const usual = `${groupId}.apic.${domainSuffix}`;
  const domain = optionalTextIn(body, 'domain')?.toLowerCase() ?? usual;
  const parent = domain.slice(domain.indexOf('.'));
  const names = configuration
    .by('domain', 'groupId', groupId)
    .map(({ body: { name } }) => name.toLowerCase().replace(/\.$/, ''));
  if (domain === usual.toLowerCase() || names.includes(domain) || names.includes(`*${parent}`)) return domain;
  throw fail('valueInvalid', { reason: 'expected a domain of the group', field: 'domain' });
}
