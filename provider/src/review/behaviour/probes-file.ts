import { ReviewError } from '../plan.ts';
import { readYaml } from '../yaml.ts';
import { parseAddress } from '@apig/sdk/contract';
import { readRequestLine, toRequest, type AskedRequest } from './asked-request.ts';
import type { Probe } from './probe.ts';
import type { View } from './view.ts';
import { isRecord } from '../values.ts';

/** A request of a file, with its place there. */
interface Listed {
  readonly asked: AskedRequest;
  readonly name: string;
  readonly where: string;
}

/** Requests of the user's own, once it is known what is configured. */
export type ProbeSource = (before: View, after: View) => readonly Probe[];

const FIELDS = [
  ...[
    'request',
    'name',
    'headers',
    'body',
    'address',
    'app',
    'app_code',
    'account',
    'environment',
    'authorizers',
  ],
];

/**
 * Reads a file of requests, in YAML or JSON: a list `requests`.
 *
 * @throws ReviewError that names the field
 */
export function readProbes(text: string, file: string): ProbeSource {
  const document = readYaml(text, file);
  const list = isRecord(document) ? document['requests'] : document;
  if (!Array.isArray(list)) throw new ReviewError(`${file}: requests: expected a list.`);
  const listed = list.map((item: unknown, index) => toListed(item, `${file}: requests[${String(index)}]`));
  return (before, after) =>
    listed.map(({ asked, name, where }) => ({
      api: '',
      environment: asked.environment ?? 'RELEASE',
      caller: name,
      request: toRequest(asked, [before, after], where),
    }));
}

function toListed(item: unknown, where: string): Listed {
  const given = typeof item === 'string' ? { request: item } : item;
  if (!isRecord(given)) throw new ReviewError(`${where}: expected a request.`);
  const surplus = Object.keys(given).find((name) => !FIELDS.includes(name));
  if (surplus !== undefined)
    throw new ReviewError(`${where}.${surplus}: expected one of ${FIELDS.join(', ')}.`);
  const text = (name: string): string | undefined => {
    const value = given[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new ReviewError(`${where}.${name}: expected a text.`);
    return String(value);
  };
  const request = text('request');
  if (request === undefined) throw new ReviewError(`${where}.request: expected a method and a URL.`);
  const address = text('address');
  if (address !== undefined && parseAddress(address) === undefined)
    throw new ReviewError(`${where}.address: expected an IP address.`);
  const { app_code: byCode = false, authorizers: decision } = given;
  if (typeof byCode !== 'boolean') throw new ReviewError(`${where}.app_code: expected true or false.`);
  if (decision !== undefined && decision !== 'allow' && decision !== 'deny')
    throw new ReviewError(`${where}.authorizers: expected allow or deny.`);
  const app = text('app');
  const account = text('account');
  if (app !== undefined && account !== undefined)
    throw new ReviewError(`${where}.account: expected an app or an account, not both.`);
  return {
    where,
    name:
      text('name') ??
      (app !== undefined ? `app ${app}` : account !== undefined ? `account ${account}` : 'anonymous'),
    asked: {
      ...readRequestLine(request, `${where}.request`),
      headers: headersIn(given['headers'], where),
      body: text('body'),
      address,
      app,
      byCode,
      account,
      environment: text('environment'),
      allowed: decision === undefined ? undefined : decision === 'allow',
    },
  };
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

function headersIn(value: unknown, where: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new ReviewError(`${where}.headers: expected names and values.`);
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => {
      const isLine = TOKEN.test(name) && (typeof text === 'string' || typeof text === 'number');
      if (!isLine || /[\r\n]/.test(String(text)))
        throw new ReviewError(`${where}.headers.${name}: expected a header of one line.`);
      return [name, String(text)];
    }),
  );
}
