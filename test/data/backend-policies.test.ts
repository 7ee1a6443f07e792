import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, type ApiInput, type TestCall, type Traffic } from '../support/traffic.ts';

type Policy = NonNullable<ApiInput['mockPolicies']>[number];
type Condition = Policy['conditions'][number];

let traffic: Traffic;
let backend: Backend;
let other: Backend;

beforeAll(async () => {
  backend = await openBackend();
  other = await openBackend({ answer: (_, response) => void response.end('other') });
  traffic = await openTraffic();
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
  await other.dispose();
});

const requestParameters: NonNullable<ApiInput['requestParameters']> = [
  { name: 'tier', location: 'QUERY' },
  { name: 'X-Region', location: 'HEADER' },
  { name: 'color', location: 'QUERY', defaultValue: 'blue' },
];
const param = (requestParameter: string, type: 'exact' | 'enum' | 'pattern', value: string): Condition => ({
  origin: 'param',
  requestParameter,
  type,
  value,
});

/** Which of an API's mock answers a call gets: `policy` or `usual`. */
async function chosen(conditions: Condition[], effectMode: 'ALL' | 'ANY', call: Partial<TestCall> = {}) {
  const path = `/${createId()}`;
  traffic.publish({
    path,
    method: 'ANY',
    requestParameters,
    mockBackend: { result: 'usual' },
    mockPolicies: [{ name: 'policy_1', effectMode, conditions, result: 'policy' }],
  });
  return (await traffic.call({ ...call, path: path + (call.path ?? '') })).text;
}

// Source: user guide, "Creating an API" (backend policies).
describe('a condition', () => {
  test.each<[string, Condition, Partial<TestCall>]>([
    ['an equal parameter', param('tier', 'exact', 'gold'), { path: '?tier=gold' }],
    ['an equal header', param('X-Region', 'exact', 'eu'), { headers: { 'x-region': 'eu' } }],
    ['one of an enumeration', param('tier', 'enum', 'silver, gold'), { path: '?tier=gold' }],
    ['a pattern for the whole value', param('tier', 'pattern', 'go.d|x'), { path: '?tier=gold' }],
    ['the default of an absent parameter', param('color', 'exact', 'blue'), {}],
    ['the address', { origin: 'source', value: '192.0.2.1,127.0.0.1' }, {}],
    ['the network', { origin: 'source', value: '127.0.0.0/8' }, {}],
    ['a range of addresses', { origin: 'source', value: '127.0.0.0-127.0.0.9' }, {}],
    [
      'the method',
      { origin: 'system', systemParameter: 'req_method', type: 'enum', value: 'PUT,POST' },
      { method: 'POST' },
    ],
    [
      'the method by its old name',
      { origin: 'system', systemParameter: 'reqMethod', type: 'exact', value: 'GET' },
      {},
    ],
    [
      'the path',
      { origin: 'system', systemParameter: 'req_path', type: 'pattern', value: '/[0-9a-f]{32}' },
      {},
    ],
  ])('on %s holds', async (_, condition, call) => {
    expect(await chosen([condition], 'ALL', call)).toBe('policy');
  });

  test.each<[string, Condition, Partial<TestCall>]>([
    ['another value', param('tier', 'exact', 'gold'), { path: '?tier=Gold' }],
    ['an absent parameter', param('tier', 'pattern', '.*'), {}],
    ['none of an enumeration', param('tier', 'enum', 'silver,gold'), { path: '?tier=gol' }],
    ['a pattern that is only found inside', param('tier', 'pattern', 'go.d'), { path: '?tier=golden' }],
    [
      'a pattern of which an alternative is only found inside',
      param('tier', 'pattern', 'a|gold'),
      { path: '?tier=xgold' },
    ],
    ['another address', { origin: 'source', value: '192.0.2.0/24' }, {}],
    ['another method', { origin: 'system', systemParameter: 'req_method', type: 'exact', value: 'PUT' }, {}],
    [
      'a cookie',
      { origin: 'cookie', cookie: 'tier', type: 'exact', value: 'gold' },
      { headers: { cookie: 'tier=gold' } },
    ],
  ])('on %s does not hold', async (_, condition, call) => {
    expect(await chosen([condition], 'ALL', call)).toBe('usual');
  });
});

describe('a policy', () => {
  const both = [param('tier', 'exact', 'gold'), param('X-Region', 'exact', 'eu')];

  test.each([
    ['ALL', '?tier=gold', 'usual'],
    ['ANY', '?tier=gold', 'policy'],
    ['ANY', '?tier=none', 'usual'],
  ] as const)(
    'with %s of two conditions for %s leads to the %s answer',
    async (effectMode, path, expected) => {
      expect(await chosen(both, effectMode, { path })).toBe(expected);
    },
  );

  test('wins over later ones', async () => {
    const path = `/${createId()}`;
    const any: Condition = { origin: 'source', value: '127.0.0.0/8' };
    traffic.publish({
      path,
      mockBackend: { result: 'usual' },
      mockPolicies: [
        { name: 'first', effectMode: 'ALL', conditions: [any], result: 'first', statusCode: 202 },
        { name: 'second', effectMode: 'ALL', conditions: [any], result: 'second' },
      ],
    });
    expect(await traffic.call(path)).toMatchObject({ status: 202, text: 'first' });
  });

  test('has its own target, method, path and parameters', async () => {
    const path = `/${createId()}`;
    traffic.publish({
      path,
      requestParameters: [{ name: 'tier', location: 'QUERY' }],
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/usual' },
      backendParameters: [{ name: 'from', location: 'QUERY', origin: 'CONSTANT', value: 'usual' }],
      httpPolicies: [
        {
          name: 'policy_1',
          effectMode: 'ALL',
          conditions: [param('tier', 'exact', 'gold')],
          address: other.address,
          protocol: 'HTTP',
          method: 'PUT',
          path: '/gold/{tier}',
          backendParameters: [{ name: 'tier', location: 'PATH', origin: 'REQUEST', value: 'tier' }],
        },
      ],
    });
    expect((await traffic.call(`${path}?tier=gold`)).text).toBe('other');
    expect(other.last()).toMatchObject({ method: 'PUT', target: '/gold/gold' });
    await traffic.call(`${path}?tier=none`);
    expect(backend.last()).toMatchObject({ method: 'GET', target: '/usual?tier=none&from=usual' });
  });
});

describe('a mock backend', () => {
  test('answers with its status, headers and text', async () => {
    const path = `/${createId()}`;
    const headers = [
      { key: 'X-Mock', value: 'yes' },
      { key: 'Content-Type', value: 'text/plain' },
    ];
    traffic.publish({ path, mockBackend: { result: 'short and stout', statusCode: 418, headers } });
    const answer = await traffic.call(path);
    expect(answer).toMatchObject({ status: 418, text: 'short and stout' });
    expect(answer.headers).toMatchObject({ 'x-mock': 'yes', 'content-type': 'text/plain' });
  });

  test('answers JSON unless it says otherwise', async () => {
    const path = `/${createId()}`;
    traffic.publish({ path, mockBackend: { result: '{}' } });
    expect((await traffic.call(path)).headers['content-type']).toBe('application/json');
  });

  test('answers HEAD with the head alone', async () => {
    const path = `/${createId()}`;
    traffic.publish({ path, method: 'HEAD', mockBackend: { result: 'four' } });
    const answer = await traffic.call({ path, method: 'HEAD' });
    expect(answer.headers['content-length']).toBe('4');
    expect(answer.text).toBe('');
  });
});

describe('a backend that the runtime does not have', () => {
  test.each<[string, ApiInput, string]>([
    [
      'a channel',
      { httpBackend: { channelId: 'c', protocol: 'HTTP', method: 'GET', path: '/' } },
      'APIG.0609',
    ],
    [
      'a backend authorizer',
      { httpBackend: { address: 'a:1', protocol: 'HTTP', method: 'GET', path: '/', authorizerId: 'a' } },
      'APIG.0606',
    ],
  ])('is answered 500: %s', async (_, input, code) => {
    const path = `/${createId()}`;
    traffic.publish({ path, ...input });
    expect(await traffic.call(path)).toMatchObject({ status: 500, code });
  });
});
