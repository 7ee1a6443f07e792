import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FeatureName } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;
beforeEach(async () => {
  traffic = await openTraffic();
  backend = await openBackend();
});
afterEach(async () => {
  await backend.dispose();
  await traffic.dispose();
});

const ids = new Map<string, string>();
function set(name: FeatureName, config: unknown, enabled = true): void {
  const { gatewayId } = traffic;
  const id = ids.get(`${gatewayId}/${name}`) ?? createId();
  ids.set(`${gatewayId}/${name}`, id);
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  traffic.put('gatewayFeature', id, settled('gatewayFeature', { gatewayId, name, enabled, config: text }));
}

const toBackend = () => ({
  httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/' } as const,
});
const statuses = async (count: number) => {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push((await traffic.call('/')).status);
  return found;
};

describe('ratelimit', () => {
  test('bounds an API without a policy, at once', async () => {
    traffic.publish();
    set('ratelimit', { api_limits: 2 });
    expect(await statuses(3)).toEqual([200, 200, 429]);
    set('ratelimit', { api_limits: 3 });
    expect(await statuses(2)).toEqual([200, 429]);
  });
});

describe('real_ip_from_xff', () => {
  const withAcl = () => {
    const published = traffic.publish();
    const acl = traffic.createAcl({ type: 'PERMIT', entityType: 'IP', values: ['198.51.100.7'] });
    traffic.bind('aclBinding', acl, published);
  };
  const call = (forwarded?: string) =>
    traffic.call({ path: '/', headers: forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded } });

  test.each<readonly [string, unknown, boolean, string | undefined, number]>([
    ['is off by default', { xff_index: 0 }, false, '198.51.100.7', 403],
    ['takes the first', { xff_index: 0 }, true, '198.51.100.7, 192.0.2.1', 200],
    ['takes the last', { xff_index: -1 }, true, '192.0.2.1, 198.51.100.7', 200],
    ['takes no other', { xff_index: -1 }, true, '198.51.100.7, 192.0.2.1', 403],
    ['keeps the peer without the header', { xff_index: 0 }, true, undefined, 403],
    ['keeps the peer outside of the list', { xff_index: 5 }, true, '198.51.100.7', 403],
    ['has a switch of its own', { xff_index: 0, enable: 'off' }, true, '198.51.100.7', 403],
  ])('%s', async (_what, config, enabled, forwarded, expected) => {
    withAcl();
    set('real_ip_from_xff', config, enabled);
    expect((await call(forwarded)).status).toBe(expected);
  });

  test('refuses what is no address', async () => {
    traffic.publish();
    set('real_ip_from_xff', { xff_index: 0 });
    expect(await call('unknown')).toMatchObject({ status: 403, code: 'APIG.0401' });
  });

  test('is what limits per address and backends go by', async () => {
    const published = traffic.publish(toBackend());
    const throttle = traffic.createThrottle({
      apiCallLimit: 10,
      ipCallLimit: 1,
      timeInterval: 1,
      timeUnit: 'DAY',
    });
    traffic.bind('throttleBinding', throttle, published);
    set('real_ip_from_xff', { xff_index: 0 });
    const found = [];
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) found.push((await call(address)).status);
    expect(found).toEqual([200, 200, 429]);
    expect(backend.last().headers).toMatchObject({
      'x-real-ip': '192.0.2.2',
      'x-forwarded-for': '192.0.2.2, 127.0.0.1',
    });
  });
});

test('real_ip_header_getter takes the address from a header', async () => {
  const published = traffic.publish();
  const acl = traffic.createAcl({ type: 'PERMIT', entityType: 'IP', values: ['2001:db8::1'] });
  traffic.bind('aclBinding', acl, published);
  set('real_ip_header_getter', { header_getter: 'header:X-Client' });
  expect((await traffic.call({ path: '/', headers: { 'x-client': '2001:db8::1' } })).status).toBe(200);
  expect((await traffic.call('/')).status).toBe(403);
});

test('default_group_host_trustlist lets the group DEFAULT answer on hosts', async () => {
  const { gatewayId } = traffic;
  const groupId = createId();
  traffic.put('apiGroup', groupId, {
    gatewayId,
    name: 'DEFAULT',
    debugDomainEnabled: true,
    isDefault: true,
  });
  traffic.publish({ path: '/who', groupId, mockBackend: { result: 'default' } });
  const call = () => traffic.call({ path: '/who', host: 'trusted.example.net' });
  expect((await call()).status).toBe(404);
  set('default_group_host_trustlist', { hosts: ['Trusted.example.net'] });
  expect((await call()).text).toBe('default');
  set('default_group_host_trustlist', { hosts: [] });
  expect((await call()).status).toBe(404);
});

describe('what an app may send in the place of a signature', () => {
  const publish = () => {
    const published = traffic.publish({ authentication: 'APP', ...toBackend() });
    const app = traffic.createApp();
    traffic.authorize(app.id, published);
    return app;
  };
  const basic = (key: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
  });
  type App = ReturnType<typeof publish>;
  const ROWS: readonly (readonly [FeatureName, (app: App) => Record<string, string>])[] = [
    ['app_basic', ({ accessKey, secret }) => basic(accessKey, secret)],
    ['app_secret', ({ accessKey, secret }) => ({ 'X-HW-ID': accessKey, 'X-HW-AppKey': secret })],
    ['app_api_key', ({ accessKey }) => ({ apikey: accessKey })],
  ];

  test.each(ROWS)('%s: only where it is on, and never seen by the backend', async (name, headersOf) => {
    const app = publish();
    const headers = headersOf(app);
    expect(await traffic.call({ path: '/', headers })).toMatchObject({ status: 401, code: 'APIG.0303' });
    set(name, 'on');
    expect((await traffic.call({ path: '/', headers })).status).toBe(200);
    for (const header of Object.keys(headers)) {
      expect(backend.last().headers).not.toHaveProperty(header.toLowerCase());
    }
    expect((await traffic.call({ path: '/', signedBy: app })).status).toBe(200);
    set(name, 'off');
    expect((await traffic.call({ path: '/', headers })).status).toBe(401);
  });

  test.each(ROWS)('%s: not with another key or secret', async (name, headersOf) => {
    const app = publish();
    set(name, 'on');
    const wrong = [headersOf({ ...app, accessKey: 'nobody' })];
    if (name !== 'app_api_key') wrong.push(headersOf({ ...app, secret: 'wrong' }));
    for (const headers of wrong) {
      expect(await traffic.call({ path: '/', headers })).toMatchObject({ status: 401, code: 'APIG.0303' });
    }
  });
});

test('policy_cookie_param lets backend policies look at cookies', async () => {
  traffic.publish({
    mockBackend: { result: 'usual' },
    mockPolicies: [
      {
        name: 'beta',
        effectMode: 'ALL',
        conditions: [{ origin: 'cookie', type: 'exact', cookie: 'tier', value: 'beta' }],
        result: 'beta',
      },
    ],
  });
  const call = async (cookie: string) => (await traffic.call({ path: '/', headers: { cookie } })).text;
  expect(await call('tier=beta')).toBe('usual');
  set('policy_cookie_param', 'on');
  expect(await call('a=b; tier=beta; c=d')).toBe('beta');
  expect(await call('tiers=beta; tier=alpha')).toBe('usual');
});

test('backend_timeout shortens the time of backends that are published already', async () => {
  backend.answer(() => undefined);
  traffic.publish({ httpBackend: { ...toBackend().httpBackend, timeoutMs: 60_000, retryCount: 0 } });
  set('backend_timeout', { max_timeout: 50 });
  expect(await traffic.call('/')).toMatchObject({ status: 504, code: 'APIG.0203' });
});

describe('request_body_size', () => {
  const MB = 1024 * 1024;
  const post = (bytes: number, headers = {}) =>
    traffic.call({ path: '/', method: 'POST', body: Buffer.alloc(bytes), headers });

  test.each([
    ['announced', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('lowers what a body may hold, %s', async (_how, headers) => {
    traffic.publish({ method: 'POST', ...toBackend() });
    set('request_body_size', String(MB));
    expect((await post(MB, headers)).status).toBe(200);
    expect(await post(MB + 1, headers)).toMatchObject({ status: 413, code: 'APIG.0201' });
  });

  test('raises it', async () => {
    traffic.publish({ method: 'POST', ...toBackend() });
    expect((await post(12 * MB + 1)).status).toBe(413);
    set('request_body_size', String(13 * MB));
    expect((await post(12 * MB + 1)).status).toBe(200);
    expect(backend.last().body).toHaveLength(12 * MB + 1);
  });
});
