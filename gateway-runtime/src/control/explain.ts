import { fail, toSnakeCase, type Json } from '@apig/sdk/contract';
import type { AssumedDecision, ExplainedRequest, Explanation } from '../explaining.ts';
import type { Account } from '../identity.ts';
import type { ConfigurationReader } from '../store/configuration.ts';
import { flagIn, numberIn, optionalFlagIn, optionalTextIn, textIn, wordIn } from './body.ts';
import type { ControlCall, ControlRoute } from './call.ts';
import { viewOf, type ControlContext } from './context.ts';
import { configurationIn, MAX_DOCUMENT_BYTES } from './snapshot.ts';

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const HOST = /^[\w.:[\]-]+$/;
/** What a request line may hold; a blank would end it. */
const TARGET = /^[\x21-\x7e]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_TARGET = 32 * 1024;

/** Headers that are written as they must be. */
const WRITTEN_HERE: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'expect'],
]);

/** Explanations are held in memory until all of them are there. */
const MAX_REQUESTS = 10_000;

/**
 * Tells what would become of a request, or of many, and why: under what is in force, under what a changeset has staged,
 * under a past revision, or under a snapshot. Nothing is counted, and nobody is asked.
 */
export function explainRoute(context: ControlContext): ControlRoute {
  return {
    method: 'POST',
    path: 'explain',
    status: 200,
    maxBodyBytes: MAX_DOCUMENT_BYTES,
    answer: async (call) => {
      const { body, account } = call;
      const many = body['requests'];
      const atMs = timeIn(body);
      const requests =
        many === undefined || many === null ? [requestIn(body, account)] : requestsIn(many, account);
      const configuration = await underWhich(call, context);
      const explained = await context.explain(configuration, requests, atMs);
      if (many === undefined || many === null) return inSnakeCase(explained[0]);
      return { explanations: explained.map((each) => inSnakeCase(shown(each, body))) };
    },
  };
}

/** Steps are most of an explanation, and those who compare many need none. */
function shown({ stages, ...rest }: Explanation, body: Json): unknown {
  return optionalFlagIn(body, 'without_stages') === true ? rest : { ...rest, stages };
}

function requestsIn(value: unknown, account: Account): readonly ExplainedRequest[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_REQUESTS)
    throw fail('valueInvalid', { reason: `expected 1 to ${MAX_REQUESTS} requests`, field: 'requests' });
  return value.map((each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each))
      throw fail('valueInvalid', { reason: 'expected objects', field: 'requests' });
    return requestIn(each as Json, account);
  });
}

function timeIn(body: Json): number | undefined {
  const text = optionalTextIn(body, 'at');
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time))
    throw fail('valueInvalid', { reason: 'expected a time such as 2026-01-31T12:00:00Z', field: 'at' });
  return time;
}

async function underWhich(call: ControlCall, context: ControlContext): Promise<ConfigurationReader> {
  const revision = numberIn(call.body, 'revision');
  const { snapshot } = call.body;
  if (revision !== undefined && snapshot !== undefined)
    throw fail('valueInvalid', { reason: 'expected a revision or a snapshot, not both', field: 'revision' });
  if (snapshot !== undefined) return configurationIn(objectIn(call.body, 'snapshot'), call, context);
  if (revision === undefined) return viewOf(context, call).configuration;
  const { store } = context.ledger;
  const { total } = await store.revisions({ offset: 0, limit: 1 });
  if (revision < 0 || revision > total) throw fail('configurationNotFound', { id: String(revision) });
  return store.at(revision);
}

function requestIn(body: Json, account: Account): ExplainedRequest {
  const path = textIn(body, 'path');
  const query = optionalTextIn(body, 'query');
  const target = query === undefined ? path : `${path}?${query}`;
  if (!TARGET.test(target) || !path.startsWith('/') || target.length > MAX_TARGET)
    throw fail('valueInvalid', { reason: 'expected a path as it is sent', field: 'path' });
  const assume = objectIn(body, 'assume');
  return {
    method: formIn(body, 'method', TOKEN),
    host: formIn(body, 'host', HOST),
    target,
    headers: headersIn(objectIn(body, 'headers')),
    body: optionalTextIn(body, 'body'),
    secure: body['scheme'] !== undefined && wordIn(body, 'scheme', ['HTTP', 'HTTPS']) === 'HTTPS',
    clientAddress: optionalTextIn(body, 'client_address', 45) ?? '127.0.0.1',
    appId: optionalTextIn(body, 'app_id'),
    account: accountIn(body, account),
    assumed: {
      authorizers: Object.fromEntries(
        Object.keys(objectIn(assume, 'authorizers')).map((id) => [id, decisionIn(assume, id)]),
      ),
      thirdParty: optionalFlagIn(assume, 'third_party'),
    },
  };
}

/** The account that is taken to call: the one that asks, or another one of the given name and ID. */
function accountIn(body: Json, account: Account): Account | undefined {
  if (body['account'] === undefined) return optionalFlagIn(body, 'as_account') === true ? account : undefined;
  const given = objectIn(body, 'account');
  return {
    ...account,
    domainId: optionalTextIn(given, 'domain_id', 64) ?? account.domainId,
    domainName: optionalTextIn(given, 'domain_name', 64) ?? account.domainName,
  };
}

function decisionIn(assume: Json, id: string): AssumedDecision {
  const decision = objectIn(objectIn(assume, 'authorizers'), id);
  const context = objectIn(decision, 'context');
  const texts = Object.entries(context).map(([key, value]) => [key, String(value)] as const);
  return { allow: flagIn(decision, 'allow'), context: Object.fromEntries(texts) };
}

function headersIn(headers: Json): [name: string, value: string][] {
  return Object.entries(headers).flatMap(([name, given]) => {
    const values: readonly unknown[] = Array.isArray(given) ? given : [given];
    return values.map((value): [string, string] => {
      const isLine = TOKEN.test(name) && typeof value === 'string' && VALUE.test(value);
      if (!isLine || WRITTEN_HERE.has(name.toLowerCase()))
        throw fail('valueInvalid', { reason: 'expected names and values', field: `headers.${name}` });
      return [name, value];
    });
  });
}

function formIn(body: Json, field: string, form: RegExp): string {
  const text = textIn(body, field);
  if (!form.test(text)) throw fail('valueInvalid', { reason: 'expected another form', field });
  return text;
}

function objectIn(body: Json, field: string): Json {
  const value = body[field] ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw fail('valueInvalid', { reason: 'expected an object', field });
  return value as Json;
}

/** Names of fields as all answers have them. */
function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [toSnakeCase(name), inSnakeCase(each)]),
  );
}
