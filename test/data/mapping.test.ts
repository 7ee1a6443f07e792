import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatSdkDate } from '@apig/sdk/signer';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, type ApiInput, type TestCall, type Traffic } from '../support/traffic.ts';

type HttpBackend = NonNullable<ApiInput['httpBackend']>;

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic();
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

/** Publishes an API with a backend, calls it, and returns what the backend received. */
async function received(
  input: ApiInput & { readonly backend?: Partial<HttpBackend> },
  call: TestCall | string = input.path ?? '/',
) {
  const { backend: target, ...api } = input;
  traffic.publish({
    method: 'ANY',
    ...api,
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/b', ...target },
  });
  const answer = await traffic.call(call);
  expect(answer).toMatchObject({ status: 200 });
  return backend.last();
}

/** As `received`, for calls that the gateway refuses. */
async function refused(
  input: ApiInput & { readonly backend?: Partial<HttpBackend> },
  call: TestCall | string,
) {
  const { backend: target, ...api } = input;
  const before = backend.requests.length;
  traffic.publish({
    method: 'ANY',
    ...api,
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/b', ...target },
  });
  const answer = await traffic.call(call);
  expect(backend.requests.length).toBe(before);
  return answer;
}

function unique(): string {
  return `/${createId()}`;
}

describe('what is not declared', () => {
  test('is forwarded as it came: query, headers, body', async () => {
    const path = unique();
    const query = '?a=1&a=2&&b&=c&d=%2F+%zz&e==f';
    const request = await received(
      { path },
      { path: path + query, method: 'POST', body: 'text', headers: { 'X-One': '1', 'X-Two': ['a', 'b'] } },
    );
    expect(request.target).toBe(`/b${query}`);
    expect(request.headers).toMatchObject({ 'x-one': '1', 'x-two': 'a, b' });
    expect(request.body.toString()).toBe('text');
  });

  test.each([
    ['ANY', 'DELETE', 'DELETE'],
    ['PUT', 'POST', 'PUT'],
  ] as const)('keeps or changes its method: %s', async (method, sent, expected) => {
    const path = unique();
    expect((await received({ path, backend: { method } }, { path, method: sent })).method).toBe(expected);
  });

  test('names the backend as host', async () => {
    expect((await received({ path: unique() })).headers.host).toBe(backend.address);
  });
});

describe('a declared parameter', () => {
  test('that is mapped is sent in its new place only', async () => {
    const path = `/${createId()}/{id}`;
    const request = await received(
      {
        path,
        requestParameters: [
          { name: 'id', location: 'PATH' },
          { name: 'q', location: 'QUERY' },
          { name: 'X-Tenant', location: 'HEADER' },
        ],
        backendParameters: [
          { name: 'order', location: 'QUERY', origin: 'REQUEST', value: 'id' },
          { name: 'X-Search', location: 'HEADER', origin: 'REQUEST', value: 'q' },
          { name: 'tenant', location: 'PATH', origin: 'REQUEST', value: 'X-Tenant' },
        ],
        backend: { path: '/t/{tenant}/orders' },
      },
      { path: `${path.replace('{id}', 'a%20b')}?q=x%2By&keep=1`, headers: { 'X-Tenant': 'blue/red' } },
    );
    expect(request.target).toBe('/t/blue%2Fred/orders?keep=1&order=a%20b');
    expect(request.headers['x-search']).toBe('x+y');
    expect(request.headers['x-tenant']).toBeUndefined();
  });

  test.each([
    [true, '?p=1&p=2&q=3'],
    [false, '?q=3'],
  ])('that is not mapped is sent as it came if it passes through (%s)', async (passThrough, query) => {
    const path = unique();
    const requestParameters = [{ name: 'p', location: 'QUERY' as const, passThrough }];
    expect((await received({ path, requestParameters }, `${path}?p=1&p=2&q=3`)).target).toBe(`/b${query}`);
  });

  test('in a header that does not pass through is not sent', async () => {
    const path = unique();
    const requestParameters = [{ name: 'X-Inner', location: 'HEADER' as const, passThrough: false }];
    const request = await received({ path, requestParameters }, { path, headers: { 'x-inner': 'a' } });
    expect(request.headers['x-inner']).toBeUndefined();
  });

  test('that is absent is sent with its default', async () => {
    const path = unique();
    const request = await received(
      {
        path,
        requestParameters: [
          { name: 'page', location: 'QUERY', defaultValue: '1' },
          { name: 'sort', location: 'QUERY', defaultValue: 'a b' },
          { name: 'X-Lang', location: 'HEADER', defaultValue: 'en' },
          { name: 'X-Sent', location: 'HEADER', defaultValue: 'default' },
        ],
        backendParameters: [{ name: 'X-Page', location: 'HEADER', origin: 'REQUEST', value: 'page' }],
      },
      { path, headers: { 'X-Sent': 'sent' } },
    );
    expect(request.target).toBe('/b?sort=a%20b');
    expect(request.headers).toMatchObject({ 'x-page': '1', 'x-lang': 'en', 'x-sent': 'sent' });
  });

  test('that is absent and has no default is left out, and nobody else can take its place', async () => {
    const path = unique();
    const request = await received(
      {
        path,
        requestParameters: [{ name: 'user', location: 'QUERY' }],
        backendParameters: [{ name: 'X-User', location: 'HEADER', origin: 'REQUEST', value: 'user' }],
      },
      { path, headers: { 'X-User': 'forged' } },
    );
    expect(request.headers['x-user']).toBeUndefined();
  });

  test('may swap names with another one', async () => {
    const path = unique();
    const request = await received(
      {
        path,
        requestParameters: [
          { name: 'a', location: 'QUERY' },
          { name: 'b', location: 'QUERY' },
        ],
        backendParameters: [
          { name: 'b', location: 'QUERY', origin: 'REQUEST', value: 'a' },
          { name: 'a', location: 'QUERY', origin: 'REQUEST', value: 'b' },
        ],
      },
      `${path}?a=1&b=2`,
    );
    expect(request.target).toBe('/b?b=1&a=2');
  });

  test('of which a place in the path has no value is refused', async () => {
    const path = unique();
    const answer = await refused(
      {
        path,
        requestParameters: [{ name: 'id', location: 'QUERY' }],
        backendParameters: [{ name: 'id', location: 'PATH', origin: 'REQUEST', value: 'id' }],
        backend: { path: '/b/{id}' },
      },
      path,
    );
    expect(answer).toMatchObject({
      status: 400,
      code: 'APIG.0106',
      message: 'Orchestration error: no value for id',
    });
  });
});

describe('the values of mapped parameters', () => {
  const inPath = (value: string): TestCall => ({ path: `?v=${value}` });

  test.each([
    ['a blank', '%20', '%20', ' '],
    ['a plus sign', '%2B', '%2B', '+'],
    ['a plus sign that means a blank', 'a+b', 'a%20b', 'a b'],
    ['what separates queries', '%26%3D%3F%23', '%26%3D%3F%23', '&=?#'],
    ['an escape sequence that was escaped', '%2541', '%2541', '%41'],
    [
      'letters beyond ASCII',
      '%C3%A9%F0%9F%98%80',
      '%C3%A9%F0%9F%98%80',
      Buffer.from('é😀').toString('latin1'),
    ],
    ['brackets and quotes', '%5B%22%5D', '%5B%22%5D', '["]'],
    ['an escape that is none', '100%', '100%25', '100%'],
  ])('keep %s', async (_, value, encoded, inHeader) => {
    const path = unique();
    const request = await received(
      {
        path,
        requestParameters: [{ name: 'v', location: 'QUERY' }],
        backendParameters: [
          { name: 'q', location: 'QUERY', origin: 'REQUEST', value: 'v' },
          { name: 'X-V', location: 'HEADER', origin: 'REQUEST', value: 'v' },
          { name: 'v', location: 'PATH', origin: 'REQUEST', value: 'v' },
        ],
        backend: { path: '/pre-{v}-post' },
      },
      path + inPath(value).path,
    );
    expect(request.target).toBe(`/pre-${encoded}-post?q=${encoded}`);
    expect(request.rawHeaders[request.rawHeaders.indexOf('X-V') + 1]).toBe(inHeader.trim());
  });

  test('keep letters beyond ASCII on the way from a header to a query', async () => {
    const path = unique();
    const request = await received(
      {
        path,
        requestParameters: [{ name: 'X-Name', location: 'HEADER' }],
        backendParameters: [{ name: 'name', location: 'QUERY', origin: 'REQUEST', value: 'X-Name' }],
      },
      { path, headers: { 'X-Name': Buffer.from('Zoë').toString('latin1') } },
    );
    expect(request.target).toBe('/b?name=Zo%C3%AB');
  });

  test('keep the slashes of a path parameter that stands for several segments', async () => {
    const path = `/${createId()}`;
    const request = await received(
      {
        path: `${path}/{rest+}`,
        requestParameters: [{ name: 'rest', location: 'PATH' }],
        backendParameters: [{ name: 'r', location: 'PATH', origin: 'REQUEST', value: 'rest' }],
        backend: { path: '/files/{r}' },
      },
      `${path}/a/b%20c/d`,
    );
    expect(request.target).toBe('/files/a/b%20c/d');
  });

  test.each(['%0d%0aX-Evil:%201', '%00', '%7F'])(
    'cannot begin a header line of their own (%s)',
    async (value) => {
      const path = unique();
      const answer = await refused(
        {
          path,
          requestParameters: [{ name: 'v', location: 'QUERY' }],
          backendParameters: [{ name: 'X-V', location: 'HEADER', origin: 'REQUEST', value: 'v' }],
        },
        `${path}?v=a${value}`,
      );
      expect(answer).toMatchObject({ status: 400, code: 'APIG.0106' });
    },
  );

  test.each(['..', '.'])('cannot climb out of their place in the path (%s)', async (value) => {
    const path = unique();
    const answer = await refused(
      {
        path,
        requestParameters: [{ name: 'v', location: 'QUERY' }],
        backendParameters: [{ name: 'v', location: 'PATH', origin: 'REQUEST', value: 'v' }],
        backend: { path: '/users/{v}/orders' },
      },
      `${path}?v=${value}`,
    );
    expect(answer).toMatchObject({ status: 400, code: 'APIG.0106' });
  });
});

describe('a constant', () => {
  test('takes the place of what the caller sent under its name', async () => {
    const path = unique();
    const request = await received(
      {
        path,
        backendParameters: [
          { name: 'version', location: 'QUERY', origin: 'CONSTANT', value: 'a&b' },
          { name: 'X-Source', location: 'HEADER', origin: 'CONSTANT', value: 'gateway' },
          { name: 'kind', location: 'PATH', origin: 'CONSTANT', value: 'a b' },
        ],
        backend: { path: '/{kind}/x' },
      },
      { path: `${path}?version=9&other=1&version=8`, headers: { 'x-source': ['me', 'you'] } },
    );
    expect(request.target).toBe('/a%20b/x?other=1&version=a%26b');
    expect(request.rawHeaders.filter((text) => text.toLowerCase() === 'x-source')).toHaveLength(1);
    expect(request.headers['x-source']).toBe('gateway');
  });

  test('may name another host', async () => {
    const backendParameters = [
      { name: 'Host', location: 'HEADER' as const, origin: 'CONSTANT' as const, value: 'inner.example.com' },
    ];
    expect((await received({ path: unique(), backendParameters })).headers.host).toBe('inner.example.com');
  });

  test.each(['Transfer-Encoding', 'Content-Length', 'Connection', 'X-Forwarded-For'])(
    'cannot set %s',
    async (name) => {
      const path = unique();
      const backendParameters = [
        { name, location: 'HEADER' as const, origin: 'CONSTANT' as const, value: '99' },
      ];
      const request = await received({ path, backendParameters }, { path, method: 'POST', body: 'text' });
      expect(request.headers[name.toLowerCase()]).not.toBe('99');
      expect(request.body.toString()).toBe('text');
    },
  );
});

describe('a system parameter', () => {
  const system = (name: string, value: string) => ({
    name,
    location: 'HEADER' as const,
    origin: 'SYSTEM' as const,
    value: `$context.${value}`,
  });

  test('tells the backend what the gateway knows', async () => {
    const path = unique();
    const app = traffic.createApp('the_app');
    const published = traffic.publish({
      path,
      name: 'the_api',
      authentication: 'APP',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/b' },
      backendParameters: [
        system('X-Ip', 'sourceIp'),
        system('X-Stage-Name', 'stage'),
        system('X-Api-Id', 'apiId'),
        system('X-Api-Name', 'apiName'),
        system('X-App-Id', 'appId'),
        system('X-App-Name', 'appName'),
        system('X-Id', 'requestId'),
        system('X-Server', 'serverAddr'),
        system('X-Server-Name', 'serverName'),
        system('X-Time', 'handleTime'),
        system('X-Provider', 'providerAppId'),
      ],
    });
    traffic.authorize(app.id, published);
    const answer = await traffic.call({ path, signedBy: app, headers: { 'X-Provider': 'forged' } });
    expect(backend.last().headers).toMatchObject({
      'x-ip': '127.0.0.1',
      'x-stage-name': 'RELEASE',
      'x-api-id': published.apiId,
      'x-api-name': 'the_api',
      'x-app-id': app.id,
      'x-app-name': 'the_app',
      'x-id': answer.headers['x-request-id'],
      'x-server': '127.0.0.1',
      'x-server-name': hostname(),
      'x-time': formatSdkDate(traffic.clock.now()),
    });
    expect(backend.last().headers['x-provider']).toBeUndefined();
  });

  test('without a value cannot be forged', async () => {
    const path = unique();
    const request = await received(
      { path, backendParameters: [system('X-App-Id', 'appId')] },
      { path, headers: { 'x-app-id': 'forged' } },
    );
    expect(request.headers['x-app-id']).toBeUndefined();
  });
});

describe('an API that matches by prefix', () => {
  test.each([
    ['/test/', '/test2/', '/AA/CC', '/test2/AA/CC'],
    ['/test', '/test2', '/AA/CC', '/test2/AA/CC'],
    ['/test', '/test2/', '/AA', '/test2/AA'],
    ['/test/', '/test2', '/AA', '/test2/AA'],
    ['/test', '/test2', '', '/test2'],
    ['/test', '/test2', '/', '/test2/'],
    ['/test', '/', '/AA', '/AA'],
    ['/test', '/test2', '/a%20b/%C3%A9/x:y@z;v=1', '/test2/a%20b/%C3%A9/x:y@z;v=1'],
    ['/test', '/test2', '/a%2Fb%3Fc%23d', '/test2/a/b%3Fc%23d'],
    ['/test', '/test2', '//a//', '/test2//a//'],
  ])('%s with the backend %s sends %s to %s', async (path, backendPath, rest, expected) => {
    const prefix = `/${createId()}`;
    const input = { path: prefix + path, matchMode: 'PREFIX' as const, backend: { path: backendPath } };
    const called = `${prefix}${path.endsWith('/') ? path.slice(0, -1) : path}${rest}?q=1`;
    expect((await received(input, called)).target).toBe(`${expected}?q=1`);
  });
});

describe('the content type of an API', () => {
  test.each([
    ['application/json', 'text/plain', 'application/json'],
    ['application/json', 'application/json; charset=utf-8', 'application/json; charset=utf-8'],
    ['multipart/form-data', 'multipart/form-data; boundary=x', 'multipart/form-data; boundary=x'],
    [undefined, 'text/csv', 'text/csv'],
  ] as const)('%s for %s tells the backend %s', async (contentType, sent, expected) => {
    const path = unique();
    const call = { path, method: 'POST', body: 'x', headers: { 'Content-Type': sent } };
    const input = contentType === undefined ? { path } : { path, contentType };
    expect((await received(input, call)).headers['content-type']).toBe(expected);
  });

  test('is not told where there is no content', async () => {
    expect(
      (await received({ path: unique(), contentType: 'application/json' })).headers['content-type'],
    ).toBeUndefined();
  });
});

describe('a backend that names variables', () => {
  test.each([{ address: '#HOST#:80' }, { path: '/#STAGE#/x' }])(
    'without a value is answered 500 with APIG.0105 (%p)',
    async (target) => {
      const path = unique();
      expect(await refused({ path, backend: target }, path)).toMatchObject({
        status: 500,
        code: 'APIG.0105',
      });
    },
  );
});
