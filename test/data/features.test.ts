import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FeatureName, Json } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import { makeCertificate } from '../support/certificates.ts';
import { createId, openTraffic, settled, TOKENS, type ApiInput, type Traffic } from '../support/traffic.ts';

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
      expect(await traffic.call({ path: '/', headers })).toMatchObject(
        name === 'app_api_key'
          ? { status: 401, code: 'APIG.0303' }
          : { status: 400, code: 'APIG.1009', message: 'AppKey or AppSecret is invalid' },
      );
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

describe('app_token', () => {
  const PATH = '/v1/apigw/oauth2/token';
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const open = () => {
    const app = traffic.createApp();
    const published = traffic.publish({ ...toBackend(), authentication: 'APP' });
    traffic.authorize(app.id, published);
    set('app_token', { app_token_expire_time: 600, refresh_token_expire_time: 1200 });
    return app;
  };
  const ask = (body: string, headers: Readonly<Record<string, string>> = FORM) =>
    traffic.call({ path: PATH, method: 'POST', headers, body });
  const tokensOf = async (body: string) => JSON.parse((await ask(body)).text) as Record<string, string>;
  const show = (token: string | undefined) =>
    traffic.call({ path: '/', headers: { authorization: `Bearer ${token ?? ''}` } });

  test('gives tokens to apps, which call with them until they end', async () => {
    const { accessKey, secret } = open();
    const answer = await ask(
      `grant_type=client_credentials&client_id=${accessKey}&client_secret=${secret}&through_data=a%20b`,
    );
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const tokens = JSON.parse(answer.text) as Record<string, string>;
    expect(tokens).toMatchObject({
      token_type: 'Bearer',
      expires_in: 600,
      refresh_expires_in: 1200,
      through_data: 'a b',
    });

    expect((await show(tokens['access_token'])).status).toBe(200);
    expect(backend.last().headers).not.toHaveProperty('authorization');
    expect(await show(tokens['refresh_token'])).toMatchObject({ status: 400, code: 'APIG.2203' });
    traffic.clock.advance(600_000);
    expect(await show(tokens['access_token'])).toMatchObject({ status: 401, code: 'APIG.1002' });

    const again = await tokensOf(
      `grant_type=refresh_token&client_id=${accessKey}&client_secret=${secret}&refresh_token=${tokens['refresh_token'] ?? ''}`,
    );
    expect(again['through_data']).toBe('a b');
    expect((await show(again['access_token'])).status).toBe(200);
  });

  test('takes a JSON object, and key and secret as user name and password', async () => {
    const { accessKey, secret } = open();
    const basic = `Basic ${Buffer.from(`${accessKey}:${secret}`).toString('base64')}`;
    const answer = await ask('{"grant_type":"client_credentials"}', {
      'content-type': 'application/json; charset=utf-8',
      authorization: basic,
    });
    expect(answer.status).toBe(200);
  });

  test('gives none to those who do not ask as they should', async () => {
    const { accessKey, secret } = open();
    const other = traffic.createApp();
    const id = `client_id=${accessKey}`;
    const all = `grant_type=client_credentials&${id}&client_secret=${secret}`;
    const { refresh_token: refresh = '' } = await tokensOf(all);
    const cases: readonly (readonly [string, string, number, string, Readonly<Record<string, string>>?])[] = [
      ['a type of content', all, 400, 'APIG.2204', { 'content-type': 'text/plain' }],
      ['no JSON', '{', 400, 'APIG.2204', { 'content-type': 'application/json' }],
      ['another way to show it', all, 400, 'APIG.2206', { ...FORM, authorization: 'Bearer x' }],
      ['no user name', all, 400, 'APIG.2205', { ...FORM, authorization: 'Basic !' }],
      ['no grant', id, 400, 'APIG.2210'],
      ['another grant', `grant_type=password&${id}`, 400, 'APIG.2209'],
      ['no app', 'grant_type=client_credentials', 400, 'APIG.2211'],
      ['no secret', `grant_type=client_credentials&${id}`, 400, 'APIG.2212'],
      ['a wrong secret', `grant_type=client_credentials&${id}&client_secret=x`, 400, 'APIG.2201'],
      ['no such app', 'grant_type=client_credentials&client_id=x&client_secret=x', 400, 'APIG.2201'],
      ['too much', `${all}&through_data=${'x'.repeat(301)}`, 400, 'APIG.2208'],
      ['no token', `grant_type=refresh_token&${id}&client_secret=${secret}`, 400, 'APIG.2213'],
      [
        'a token that is none',
        `grant_type=refresh_token&${id}&client_secret=${secret}&refresh_token=x`,
        400,
        'APIG.2202',
      ],
      [
        'a token that was changed',
        `grant_type=refresh_token&${id}&client_secret=${secret}&refresh_token=${refresh.slice(0, -2)}AA`,
        400,
        'APIG.2202',
      ],
      [
        "another app's token",
        `grant_type=refresh_token&client_id=${other.accessKey}&client_secret=${other.secret}&refresh_token=${refresh}`,
        401,
        'APIG.1003',
      ],
    ];
    for (const [what, body, status, code, headers] of cases) {
      const answer = await ask(body, headers);
      expect([what, answer.status, answer.code]).toEqual([what, status, code]);
    }
    traffic.clock.advance(1_200_000);
    const late = `grant_type=refresh_token&${id}&client_secret=${secret}&refresh_token=${refresh}`;
    expect(await ask(late)).toMatchObject({ status: 401, code: 'APIG.1001' });
  });

  test('ends tokens with the secret of their app, with the key of the feature, and with itself', async () => {
    const app = open();
    const request = `grant_type=client_credentials&client_id=${app.accessKey}&client_secret=${app.secret}`;
    const { access_token: token } = await tokensOf(request);
    set('app_token', { app_token_key: 'another' });
    expect(await show(token)).toMatchObject({ status: 400, code: 'APIG.2203' });
    set('app_token', {});
    expect((await show(token)).status).toBe(200);
    set('app_token', {}, false);
    expect((await show(token)).code).toBe('APIG.0303');
    expect((await ask(request)).status).toBe(404);
    set('app_token', {});
    const { id, body } = [...traffic.configuration.all('app')][0] ?? { id: '', body: undefined };
    if (body !== undefined) traffic.put('app', id, { ...body, appSecret: 'another-secret' });
    expect(await show(token)).toMatchObject({ status: 400, code: 'APIG.2203' });
    traffic.remove('app', id);
    expect(await show(token)).toMatchObject({ status: 401, code: 'APIG.1004' });
  });
});

describe('app_jwt', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = (secret: string, claims: Json, header: Json = { alg: 'HS256', typ: 'JWT' }) => {
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  const seconds = () => Math.floor(traffic.clock.now() / 1000);
  const open = (config: Json = {}) => {
    const app = traffic.createApp();
    const published = traffic.publish({ ...toBackend(), authentication: 'APP' });
    traffic.authorize(app.id, published);
    set('app_jwt', config);
    return app;
  };
  const show = async (token: string, header = 'authorization') =>
    (await traffic.call({ path: '/', headers: { [header]: `Bearer ${token}` } })).status;

  test('takes tokens that apps sign with their secrets', async () => {
    const { accessKey, secret } = open();
    const exp = seconds() + 60;
    expect(await show(jwt(secret, { iss: accessKey, exp }))).toBe(200);
    expect(await show(jwt(secret, { iss: 'x', sub: accessKey, exp, nbf: seconds() }))).toBe(200);
    expect(backend.last().headers).not.toHaveProperty('authorization');
  });

  test('takes no others', async () => {
    const { accessKey: iss, secret } = open();
    const exp = seconds() + 60;
    const right = jwt(secret, { iss, exp });
    const refused: readonly (readonly [string, string])[] = [
      ['another secret', jwt('other', { iss, exp })],
      ['no such app', jwt(secret, { iss: 'nobody', exp })],
      ['no end', jwt(secret, { iss })],
      ['an end that is past', jwt(secret, { iss, exp: seconds() })],
      ['not yet begun', jwt(secret, { iss, exp, nbf: seconds() + 1 })],
      ['no algorithm', jwt(secret, { iss, exp }, { alg: 'none' })],
      ['another algorithm', jwt(secret, { iss, exp }, { alg: 'HS512' })],
      ['no signature', `${right.split('.').slice(0, 2).join('.')}.`],
      ['another part', `${right}.x`],
      ['no token', 'token'],
    ];
    for (const [what, token] of refused) expect([what, await show(token)]).toEqual([what, 401]);
    set('app_jwt', {}, false);
    expect(await show(right)).toBe(401);
  });

  test('may look in a header of its own, which the backend does not see', async () => {
    const { accessKey: iss, secret } = open({ auth_header: 'X-Token' });
    const token = jwt(secret, { iss, exp: seconds() + 60 });
    expect(await show(token)).toBe(401);
    const call = { path: '/', headers: { 'x-token': token, authorization: 'Bearer of another' } };
    expect((await traffic.call(call)).status).toBe(200);
    expect(backend.last().headers).not.toHaveProperty('x-token');
  });

  test('goes with app_token and with signatures', async () => {
    const app = open();
    set('app_token', {});
    const token = jwt(app.secret, { iss: app.accessKey, exp: seconds() + 60 });
    expect(await show(token)).toBe(200);
    expect((await traffic.call({ path: '/', signedBy: app })).status).toBe(200);
  });
});

describe('api_uri_no_escape', () => {
  const publish = (path: string, input: ApiInput = {}) =>
    traffic.publish({
      path,
      requestParameters: [{ name: 'x', location: 'PATH' }],
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/b/{y}' },
      backendParameters: [{ origin: 'REQUEST', name: 'y', location: 'PATH', value: 'x' }],
      ...input,
    });

  test('has paths compared and sent on as callers escape them', async () => {
    publish('/{x}');
    expect((await traffic.call('/aa%2Faa')).status).toBe(404);
    set('api_uri_no_escape', 'on');
    expect((await traffic.call('/aa%2Faa')).status).toBe(200);
    expect(backend.last().target).toBe('/b/aa%2Faa');
    set('api_uri_no_escape', 'off');
    expect((await traffic.call('/aa%2Faa')).status).toBe(404);
    expect((await traffic.call('/a%20b')).status).toBe(200);
    expect(backend.last().target).toBe('/b/a%20b');
  });

  test('reaches paths that are written with escapes, and what follows a prefix', async () => {
    set('api_uri_no_escape', 'on');
    const httpBackend = { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/b' } as const;
    traffic.publish({ path: '/a%20b', httpBackend });
    traffic.publish({ path: '/pre', matchMode: 'PREFIX', httpBackend });
    expect((await traffic.call('/a%20b')).status).toBe(200);
    expect((await traffic.call('/a%2520b')).status).toBe(404);
    expect((await traffic.call('/pre/x%2Fy%20z')).status).toBe(200);
    expect(backend.last().target).toBe('/b/x%2Fy%20z');
  });

  test('lets no path climb', async () => {
    set('api_uri_no_escape', 'on');
    publish('/{x}');
    for (const path of ['/%2e%2e', '/a%2F..%2Fb'])
      expect(await traffic.call(path)).toMatchObject({ status: 400, code: 'APIG.0602' });
  });
});

describe('backend_token_allow', () => {
  const token = async () => {
    const headers = { 'x-auth-token': TOKENS.alice };
    expect((await traffic.call({ path: '/', headers })).status).toBe(200);
    return backend.last().headers['x-auth-token'];
  };

  test('passes on the tokens of the accounts that it names, as a whole', async () => {
    traffic.publish({ ...toBackend(), authentication: 'IAM' });
    expect(await token()).toBeUndefined();
    set('backend_token_allow', { backend_token_allow_users: ['lic', 'bob'] });
    expect(await token()).toBeUndefined();
    set('backend_token_allow', { backend_token_allow_users: ['bob', 'al.*'] });
    expect(await token()).toBe(TOKENS.alice);
  });
});

test('custom_log adds fields to the log, up to a length, and shows no credentials', async () => {
  await traffic.dispose();
  traffic = await openTraffic({ logLevel: 'info' });
  traffic.publish();
  const logs = [
    { location: 'header', name: 'X-Kind' },
    { location: 'query', name: 'page' },
    { location: 'cookie', name: 'lang' },
    { location: 'header', name: 'Authorization' },
    { location: 'header', name: 'X-Missing' },
    { location: 'query', name: 'long' },
  ];
  set('custom_log', { custom_logs: logs });
  const long = 'x'.repeat(3000);
  await traffic.call({
    path: `/?page=2&long=${long}`,
    headers: { 'X-Kind': 'new', cookie: 'a=b; lang=de', authorization: 'secret' },
  });

  const line = traffic.logLines.map((text) => JSON.parse(text) as Json).find(({ msg }) => msg === 'call');
  expect(line).toMatchObject({
    custom_data_log01: 'new',
    custom_data_log02: '2',
    custom_data_log03: 'de',
    custom_data_log04: '***',
    custom_data_log06: 'x'.repeat(2048 - 9),
  });
  expect(line).not.toHaveProperty('custom_data_log05');
});

test('app_route lets apps reach the APIs of other groups by an address', async () => {
  const app = traffic.createApp();
  const published = traffic.publish({ path: '/mine', authentication: 'APP' });
  traffic.publish({ path: '/other', authentication: 'APP' });
  const { gatewayId } = traffic;
  const usual = { gatewayId, name: 'DEFAULT', debugDomainEnabled: true, isDefault: true };
  traffic.put('apiGroup', createId(), usual);
  traffic.authorize(app.id, published);
  const call = async (path: string, secret = app.secret) =>
    (
      await traffic.call({
        path,
        host: '127.0.0.1',
        headers: { 'x-hw-id': app.accessKey, 'x-hw-appkey': secret },
      })
    ).status;

  set('app_secret', 'on');
  expect(await call('/mine')).toBe(404);
  set('app_route', 'on');
  expect([await call('/mine'), await call('/mine', 'wrong'), await call('/other')]).toEqual([200, 400, 404]);
  set('app_secret', 'off');
  expect(await call('/mine')).toBe(404);
});

test('ssl_ciphers are what callers may choose from', async () => {
  await traffic.dispose();
  traffic = await openTraffic({ https: true });
  const { gatewayId, groupId, domain } = traffic;
  const [stored] = traffic.configuration.all('domain');
  const { certificate, key } = await makeCertificate([domain]);
  const certificateId = createId();
  traffic.put(
    'certificate',
    certificateId,
    settled('certificate', { name: 'cert_1', certificate, privateKey: key }),
  );
  traffic.put(
    'domain',
    stored?.id ?? '',
    settled('domain', { gatewayId, groupId, name: domain, certificateId }),
  );
  const meet = async (servername: string, ciphers?: string) => {
    const socket = connect({
      ...traffic.https,
      servername,
      rejectUnauthorized: false,
      ...(ciphers !== undefined && { ciphers, maxVersion: 'TLSv1.2' as const }),
    });
    try {
      await once(socket, 'secureConnect');
      return socket.getCipher().name;
    } catch {
      return 'refused';
    } finally {
      socket.destroy();
    }
  };
  const [ours, other] = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'];
  expect(await meet(domain, other)).toBe(other);
  set('ssl_ciphers', { ssl_ciphers: [ours, 'ECDHE-RSA-AES128-GCM-SHA256'] });
  const debugDomain = `${groupId}.apic.localhost`;
  expect(await Promise.all([meet(domain), meet(domain, other), meet(domain, ours)])).toEqual([
    ours,
    'refused',
    ours,
  ]);
  expect([await meet(debugDomain), await meet(debugDomain, other)]).toEqual([ours, 'refused']);
});
