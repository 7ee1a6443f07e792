import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import {
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';
import { send } from '../support/gateway.ts';

const RELEASE = 'DEFAULT_ENVIRONMENT_RELEASE_ID';
const NONE = '0'.repeat(32);
const MIB = 1024 * 1024;

let running: DocumentedRuntime;
let gateway: Documented;
let backend: Backend;
beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
  backend = await openBackend();
});
beforeEach(() => {
  backend.answer((_, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.end('from the backend');
  });
});
afterAll(async () => {
  await running.dispose();
  await backend.dispose();
});

const toBackend = (fields: Json = {}): Json => ({
  backend_type: 'HTTP',
  mock_info: undefined,
  req_uri: `/${uniqueName('orders')}`,
  backend_api: {
    url_domain: backend.address,
    req_protocol: 'HTTP',
    req_method: 'GET',
    req_uri: '/inner',
    timeout: 5000,
  },
  ...fields,
});

interface Debugged {
  readonly status: number;
  readonly code: unknown;
  readonly message: unknown;
  readonly request: string;
  readonly response: string;
  readonly latency: number;
  readonly log: string;
}

async function debug(apiId: string, fields: Json = {}, of = gateway): Promise<Debugged> {
  const { status, body } = await of.call('POST', `apis/debug/${apiId}`, {
    mode: 'DEVELOPER',
    scheme: 'HTTP',
    method: 'GET',
    path: '/',
    ...fields,
  });
  return {
    status,
    code: body['error_code'],
    message: body['error_msg'],
    request: String(body['request']),
    response: String(body['response']),
    latency: Number(body['latency']),
    log: String(body['log']),
  };
}

describe('an API that is being edited', () => {
  test('is called at its real backend before it is published', async () => {
    const groupId = await gateway.group();
    const fields = toBackend({
      group_id: groupId,
      req_uri: '/orders/{id}',
      req_params: [pathParameter('id')],
    });
    const apiId = await gateway.api(fields);
    const { status, request, response, latency, log } = await debug(apiId, {
      path: '/orders/7',
      query: { part: ['a b', 'ü'] },
      header: { 'X-Trace': ['one', 'two'] },
    });
    expect(status).toBe(200);
    const host = `${groupId}.apic.localhost`;
    expect(request).toMatch(
      /^GET \/orders\/7\?part=a%20b&part=%C3%BC HTTP\/1\.1\r\nHost: .*\r\n(?:.*\r\n)*\r\n$/,
    );
    expect(request).toContain(
      `Host: ${host}\r\nUser-Agent: APIGatewayDebugClient/1.0\r\nX-Apig-Mode: debug\r\n`,
    );
    expect(request).toContain('X-Trace: one\r\nX-Trace: two\r\n');
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(response).toMatch(/\r\nContent-Type: text\/plain\r\n/i);
    expect(response).toMatch(/\r\nX-Apig-Upstream-Latency: \d+\r\n/);
    expect(response).toMatch(/\r\nX-Apig-RateLimit-api-allenv: remain:199,limit:200,time:1 second\r\n/);
    expect(response).toMatch(/\r\n\r\nfrom the backend$/);
    expect(Number.isInteger(latency)).toBe(true);
    expect(log).toContain(`(${apiId})`);
    expect(log).toContain(`Backend http://${backend.address}/inner, 1 attempt, status 200`);
    expect(backend.last().headers['x-trace']).toBe('one, two');
  });

  test('is called as it is now, whatever is published', async () => {
    const fields = toBackend();
    const { apiId } = await gateway.published(fields);
    const { body } = await gateway.call('GET', `apis/${apiId}`);
    const changed = { ...(body['backend_api'] as Json), req_uri: '/changed' };
    const put = await gateway.call('PUT', `apis/${apiId}`, { ...body, backend_api: changed });
    expect(put.status).toBe(200);
    await debug(apiId, { path: fields['req_uri'] });
    expect(backend.last().target).toBe('/changed');
    await debug(apiId, { mode: 'CONSUMER', path: fields['req_uri'] });
    expect(backend.last().target).toBe('/inner');
  });

  test('cannot be debugged while its backend uses variables', async () => {
    const backendApi = { ...(toBackend()['backend_api'] as Json), req_uri: '/#part#' };
    const apiId = await gateway.api(toBackend({ backend_api: backendApi }));
    expect(await debug(apiId)).toMatchObject({ status: 400, code: 'APIG.2030' });
  });

  test('answers as the gateway does when the call does not fit it', async () => {
    const apiId = await gateway.api();
    const { status, response, log } = await debug(apiId, { path: '/elsewhere' });
    expect(status).toBe(200);
    expect(response).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(response).toContain('APIG.0101');
    expect(log).toContain('APIG.0101');
  });

  test('shows why its backend fails', async () => {
    const gone = await openBackend();
    const address = gone.address;
    await gone.dispose();
    const fields = toBackend();
    const apiId = await gateway.api({
      ...fields,
      backend_api: { ...(fields['backend_api'] as Json), url_domain: address },
    });
    const { response, log } = await debug(apiId, { path: fields['req_uri'] });
    expect(response).toMatch(/^HTTP\/1\.1 50\d /);
    expect(log).toContain('last failure: ECONNREFUSED');
  });

  test('sends a body', async () => {
    const fields = toBackend({ req_method: 'POST' });
    const apiId = await gateway.api({
      ...fields,
      backend_api: { ...(fields['backend_api'] as Json), req_method: 'POST' },
    });
    const body = 'grüße'.repeat(30_000);
    const { request } = await debug(apiId, { method: 'POST', path: fields['req_uri'], body });
    expect(backend.last().body.toString('utf8')).toBe(body);
    expect(request.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });

  test.each(['HEAD', 'OPTIONS', 'PATCH'])('is called with %s', async (method) => {
    const fields = toBackend({ req_method: method });
    const apiId = await gateway.api({
      ...fields,
      backend_api: { ...(fields['backend_api'] as Json), req_method: method },
    });
    const { response } = await debug(apiId, { method, path: fields['req_uri'] });
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(backend.last().method).toBe(method);
    expect(response.endsWith('from the backend')).toBe(method !== 'HEAD');
  });

  test('is called over HTTPS without a listener for it', async () => {
    const apiId = await gateway.api({ req_protocol: 'HTTPS', req_uri: '/safe' });
    expect((await debug(apiId, { path: '/safe' })).response).toContain('APIG.0607');
    expect((await debug(apiId, { scheme: 'HTTPS', path: '/safe' })).response).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a published API', () => {
  test('is called in the environment that is named', async () => {
    const environmentId = await gateway.add('envs', { name: uniqueName('dev') });
    const { body: list } = await gateway.call('GET', `envs?limit=500`);
    const name = (list['envs'] as readonly Json[]).find(({ id }) => id === environmentId)?.['name'];
    const fields = toBackend();
    const apiId = await gateway.api(fields);
    await gateway.publish(apiId, environmentId);
    const call = { mode: 'CONSUMER', path: fields['req_uri'], stage: name };
    const { request, response } = await debug(apiId, call);
    expect(request).toContain(`X-Stage: ${String(name)}\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(await debug(apiId, { ...call, stage: undefined })).toMatchObject({
      status: 404,
      code: 'APIG.3015',
    });
  });

  test('is reached on the domains of its group only', async () => {
    const groupId = await gateway.group();
    await gateway.call('POST', `api-groups/${groupId}/domains`, { url_domain: 'debug.example.com' });
    await gateway.call('POST', `api-groups/${groupId}/domains`, { url_domain: '*.wild.example.com' });
    const { apiId } = await gateway.published({ group_id: groupId, req_uri: '/here' });
    const call = { mode: 'CONSUMER', path: '/here' };
    for (const domain of ['debug.example.com', 'one.wild.example.com']) {
      expect((await debug(apiId, { ...call, domain })).response).toMatch(/^HTTP\/1\.1 200 /);
    }
    const refused = await debug(apiId, { ...call, domain: 'other.example.com' });
    expect(refused).toMatchObject({ status: 400, code: 'APIG.2011' });
    expect(refused.message).toContain('domain');
  });

  test('is reached on the debug domain also where that is closed, and no call is counted there', async () => {
    const groupId = await gateway.group();
    await gateway.call('PUT', `api-groups/${groupId}/sl-domain-access-settings`, {
      sl_domain_access_enabled: false,
    });
    const { apiId } = await gateway.published({ group_id: groupId, req_uri: '/here' });
    expect((await debug(apiId, { mode: 'CONSUMER', path: '/here' })).response).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('gives debug calls what is staged on a changeset', async () => {
    const opened = await openChangeset();
    const fields = toBackend();
    const apiId = await gateway.api(fields);
    const staged = await opened('PUT', `apis/${apiId}`, {
      ...(await gateway.call('GET', `apis/${apiId}`)).body,
      backend_api: { ...(fields['backend_api'] as Json), req_uri: '/staged' },
    });
    expect(staged.status).toBe(200);
    const call = { mode: 'DEVELOPER', scheme: 'HTTP', method: 'GET', path: fields['req_uri'] };
    const answer = await opened('POST', `apis/debug/${apiId}`, call);
    expect(answer.status).toBe(200);
    expect(backend.last().target).toBe('/staged');
    await debug(apiId, { path: fields['req_uri'] });
    expect(backend.last().target).toBe('/inner');
  });
});

describe('debug calls', () => {
  test('are not kept out by access control or limits, and are not counted', async () => {
    const fields = toBackend();
    const { apiId, publishId } = await gateway.published(fields);
    const aclId = await gateway.add('acls', {
      acl_name: uniqueName('acl'),
      acl_type: 'DENY',
      acl_value: '127.0.0.1',
      entity_type: 'IP',
    });
    await gateway.call('POST', 'acl-bindings', { acl_id: aclId, publish_ids: [publishId] });
    const throttleId = await gateway.add('throttles', {
      name: uniqueName('throttle'),
      api_call_limits: 1,
      time_interval: 1,
      time_unit: 'DAY',
      type: 1,
    });
    await gateway.call('POST', 'throttle-bindings', { strategy_id: throttleId, publish_ids: [publishId] });
    for (let count = 0; count < 3; count += 1) {
      const { response } = await debug(apiId, { mode: 'CONSUMER', path: fields['req_uri'] });
      expect(response).toMatch(/^HTTP\/1\.1 200 /);
    }
    const { body } = await gateway.call('GET', `statistics/api/latest?api_id=${apiId}`);
    expect(body['list']).toEqual([]);
  });

  test('are signed as the app that they name, whose secret nobody sees', async () => {
    const { body: app } = await gateway.call('POST', 'apps', { name: uniqueName('app') });
    const [key, secret] = [String(app['app_key']), String(app['app_secret'])];
    const fields = toBackend({ auth_type: 'APP' });
    const { apiId } = await gateway.published(fields);
    const call = { mode: 'CONSUMER', path: fields['req_uri'], query: { q: ['1'] } };
    expect((await debug(apiId, call)).response).toContain('APIG.0303');
    const signed = { ...call, app_key: key, app_secret: secret };
    expect((await debug(apiId, signed)).response).toContain('APIG.0304');
    await gateway.call('POST', 'app-auths', { env_id: RELEASE, app_ids: [app['id']], api_ids: [apiId] });
    const { request, response, log } = await debug(apiId, signed);
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(log).toContain(`(${String(app['id'])})`);
    expect(`${request}${response}${log}`).not.toContain(secret);
    const wrong = await debug(apiId, { ...signed, app_secret: 'wrong-secret' });
    expect(wrong.response).toContain('APIG.0303');
    expect(`${wrong.response}${wrong.log}`).not.toContain('wrong-secret');
  });

  test('are made in the name of the account where the API wants one', async () => {
    const fields = toBackend({ auth_type: 'IAM' });
    const { apiId } = await gateway.published(fields);
    const { request, response, log } = await debug(apiId, { mode: 'CONSUMER', path: fields['req_uri'] });
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(request).toContain('X-Auth-Token: ******\r\n');
    expect(log).toContain('account test_domain');
    const own = await debug(apiId, { path: fields['req_uri'], header: { 'X-Auth-Token': ['wrong'] } });
    expect(own.response).toContain('APIG.0301');
  });

  test('are signed for the backend, which the log does not tell', async () => {
    const fields = toBackend();
    const { apiId, publishId } = await gateway.published(fields);
    const { body: key } = await gateway.call('POST', 'signs', {
      name: uniqueName('sign'),
      sign_type: 'basic',
      sign_key: 'backend-user',
      sign_secret: 'backend-password-1',
    });
    await gateway.call('POST', 'sign-bindings', { sign_id: key['id'], publish_ids: [publishId] });
    const { request, response, log } = await debug(apiId, { mode: 'CONSUMER', path: fields['req_uri'] });
    const { authorization = '' } = backend.last().headers;
    expect(authorization).toMatch(/^Basic /);
    expect(`${request}${response}${log}`).not.toContain(authorization.slice(6));
    expect(`${request}${response}${log}`).not.toContain('backend-password-1');
  });

  test('show at most 2 MiB of an answer', async () => {
    const fields = toBackend();
    const apiId = await gateway.api(fields);
    backend.answer((_, response) => response.end('x'.repeat(3 * MIB)));
    const { response } = await debug(apiId, { path: fields['req_uri'] });
    const body = response.slice(response.indexOf('\r\n\r\n') + 4);
    expect(body.length).toBe(2 * MIB + '[TRUNCATED]'.length);
    expect(body.endsWith('x[TRUNCATED]')).toBe(true);
    backend.answer((_, whole) => whole.end('y'.repeat(2 * MIB)));
    expect((await debug(apiId, { path: fields['req_uri'] })).response.endsWith('y')).toBe(true);
  });

  test('show the part of an answer that came before it broke off', async () => {
    const fields = toBackend();
    const apiId = await gateway.api(fields);
    backend.answer((_, response) => {
      response.setHeader('Content-Length', '100');
      response.write('only this', () => response.destroy());
    });
    const { response, log } = await debug(apiId, { path: fields['req_uri'] });
    expect(response.endsWith('\r\n\r\nonly this')).toBe(true);
    expect(log).toMatch(/Refused or failed: APIG\.02/);
  });

  test('end after a minute', async () => {
    const due: (() => void)[] = [];
    const asked: (() => void)[] = [];
    const arrived = new Promise<void>((resolve) => asked.push(resolve));
    const own = await openDocumented({
      timers: {
        after: (ms, task) => {
          if (ms === 60_000) due.push(task);
          return () => undefined;
        },
      },
    });
    const silent = await openBackend({ stream: () => asked.forEach((resolve) => resolve()) });
    const inside = await own.create();
    const fields = toBackend();
    const apiId = await inside.api({
      ...fields,
      backend_api: { ...(fields['backend_api'] as Json), url_domain: silent.address, timeout: 60_000 },
    });
    const pending = debug(apiId, { path: fields['req_uri'] }, inside);
    await arrived;
    for (const task of due) task();
    const { status, response, log } = await pending;
    await own.dispose();
    await silent.dispose();
    expect([status, response]).toEqual([200, '']);
    expect(log).toContain('No complete answer within 60000 ms');
  });
});

describe('a debug request', () => {
  let apiId: string;
  beforeAll(async () => {
    apiId = await gateway.api();
  });

  test.each<readonly [what: string, fields: Json, code: string, field: string]>([
    ['without mode', { mode: undefined }, 'APIG.2001', 'mode'],
    ['of another mode', { mode: 'MARKET' }, 'APIG.2011', 'mode'],
    ['without scheme', { scheme: undefined }, 'APIG.2001', 'scheme'],
    ['of another scheme', { scheme: 'FTP' }, 'APIG.2011', 'scheme'],
    ['without method', { method: '' }, 'APIG.2001', 'method'],
    ['of any method', { method: 'ANY' }, 'APIG.2011', 'method'],
    ['without path', { path: undefined }, 'APIG.2001', 'path'],
    ['with a relative path', { path: 'orders' }, 'APIG.2011', 'path'],
    ['with a long path', { path: `/${'x'.repeat(1024)}` }, 'APIG.2011', 'path'],
    ['with a query in the path', { path: '/?a=1' }, 'APIG.2011', 'path'],
    ['with a line in the path', { path: '/\r\nHost: other' }, 'APIG.2011', 'path'],
    ['with half a character', { path: '/\ud800' }, 'APIG.2011', 'path'],
    ['with a text as query', { query: 'a=1' }, 'APIG.2011', 'query'],
    ['with a number in the query', { query: { a: [1] } }, 'APIG.2011', 'query.a'],
    ['with a reserved query name', { query: { 'X-Stage': ['x'] } }, 'APIG.2011', 'query.X-Stage'],
    ['with a list as header', { header: ['a'] }, 'APIG.2011', 'header'],
    ['with a long name', { header: { [`x${'y'.repeat(32)}`]: ['v'] } }, 'APIG.2011', 'header.xy'],
    ['with a name of other characters', { header: { 'a b': ['v'] } }, 'APIG.2011', 'header.a b'],
    ['with a name that starts otherwise', { header: { '1a': ['v'] } }, 'APIG.2011', 'header.1a'],
    ['with a line in a header', { header: { a: ['v\r\nHost: other'] } }, 'APIG.2011', 'header.a'],
    ['with the mode of the gateway', { header: { 'x-apig-mode': ['x'] } }, 'APIG.2011', 'header.x-apig-mode'],
    ['with a date to sign', { header: { 'X-Sdk-Date': ['x'] } }, 'APIG.2011', 'header.X-Sdk-Date'],
    ['with a host', { header: { Host: ['x'] } }, 'APIG.2011', 'header.Host'],
    ['with an encoding', { header: { 'Transfer-Encoding': ['chunked'] } }, 'APIG.2011', 'header.Transfer'],
    [
      'of a consumer with a token',
      { mode: 'CONSUMER', header: { 'X-Auth-Token': ['x'] } },
      'APIG.2011',
      'header.X-Auth-Token',
    ],
    [
      'of a consumer with a signature',
      { mode: 'CONSUMER', header: { authorization: ['x'] } },
      'APIG.2011',
      'header.authorization',
    ],
    ['with long headers', { header: { a: ['x'.repeat(40_000)] } }, 'APIG.2011', 'header'],
    ['with a long query', { query: { a: ['%'.repeat(11_000)] } }, 'APIG.2011', 'query'],
    ['with an object as body', { body: {} }, 'APIG.2011', 'body'],
    ['with a long body', { body: 'ü'.repeat(MIB + 1) }, 'APIG.2011', 'body'],
    ['with a key alone', { app_key: 'key' }, 'APIG.2001', 'app_secret'],
    ['with a secret alone', { app_secret: 'secret' }, 'APIG.2001', 'app_key'],
    ['with a broken key', { app_key: 'a, b', app_secret: 'secret' }, 'APIG.2011', 'app_key'],
    ['with another domain', { domain: 'example.com' }, 'APIG.2011', 'domain'],
  ])('%s is refused with the field', async (_, fields, code, field) => {
    const answer = await debug(apiId, fields);
    expect([answer.status, answer.code]).toEqual([400, code]);
    expect(answer.message).toContain(`parameterName:${field}`);
  });

  test('of the longest body is taken, however it is written', async () => {
    const body = '\u0001'.repeat(2 * MIB);
    expect((await debug(apiId, { body })).status).toBe(200);
  });

  test.each(['/a "b" <c> {d} | \\ ^ `', '/50%', '/%zz', '/\u{1f600}', '//', '/..', '/%00'])(
    'for the path %j is answered as a call would be',
    async (path) => {
      const { status, response } = await debug(apiId, { path });
      expect(status).toBe(200);
      expect(response).toMatch(/^HTTP\/1\.1 4\d\d /);
    },
  );

  test.each([
    ['an API', `apis/debug/${NONE}`, {}, 'APIG.3002'],
    ['an environment', undefined, { stage: 'nowhere' }, 'APIG.3003'],
  ])('for %s that is not there is answered 404', async (_, path, fields, code) => {
    const { status, body } = await gateway.call('POST', path ?? `apis/debug/${apiId}`, {
      mode: 'CONSUMER',
      scheme: 'HTTP',
      method: 'GET',
      path: '/',
      ...fields,
    });
    expect([status, body['error_code']]).toEqual([404, code]);
  });
});

function pathParameter(name: string): Json {
  return { name, type: 'STRING', location: 'PATH', required: 1 };
}

/** Opens a changeset; requests are sent with its ID. */
async function openChangeset(): Promise<
  (method: string, path: string, body: unknown) => ReturnType<typeof send>
> {
  const token = { 'x-auth-token': 'test-token', 'content-type': 'application/json' };
  const { body } = await send(`${running.endpoint}/runtime/v1/changesets`, 'POST', token, '{}');
  return (method, path, sent) =>
    send(
      `${running.endpoint}/v2/${running.projectId}/apigw/instances/${gateway.id}/${path}`,
      method,
      { ...token, 'x-apig-changeset': String(body['id']) },
      JSON.stringify(sent),
    );
}
