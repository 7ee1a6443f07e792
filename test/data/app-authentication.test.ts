import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatSdkDate, sign } from '@apig/sdk/signer';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, type Published, type Traffic } from '../support/traffic.ts';

type App = ReturnType<Traffic['createApp']>;

const MINUTE_MS = 60_000;
const PREFIX = 'Incorrect app authentication information: ';

let traffic: Traffic;
let backend: Backend;
let app: App;
let stranger: App;
let api: Published;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic({ https: true });
  app = traffic.createApp('orders_app');
  stranger = traffic.createApp();
  const httpBackend = { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/b' } as const;
  api = traffic.publish({
    path: '/signed',
    method: 'ANY',
    matchMode: 'PREFIX',
    authentication: 'APP',
    httpBackend,
  });
  const coded = traffic.publish({ path: '/coded', authentication: 'APP', allowAppCode: true, httpBackend });
  traffic.authorize(app.id, api);
  traffic.authorize(app.id, coded);
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

describe('an API with app authentication', () => {
  test('serves a signed call of an authorized app', async () => {
    const answer = await traffic.call({ path: '/signed/x%20y?b=2&a=1&a=0&empty', signedBy: app });
    expect(answer.status).toBe(200);
    expect(backend.last().target).toBe('/b/x%20y?b=2&a=1&a=0&empty');
  });

  test('serves a signed call with a body, which the backend receives', async () => {
    const body = JSON.stringify({ name: 'Zoë' });
    expect((await traffic.call({ path: '/signed', method: 'POST', body, signedBy: app })).status).toBe(200);
    expect(backend.last().body.toString()).toBe(body);
  });

  test('serves a call whose signature leaves out the body', async () => {
    const call = { path: '/signed', method: 'POST', body: 'text', signedBy: app, unsignedPayload: true };
    expect((await traffic.call(call)).status).toBe(200);
    expect(backend.last().body.toString()).toBe('text');
  });

  test('does not show the backend who called', async () => {
    await traffic.call({
      path: '/signed',
      signedBy: app,
      unsignedPayload: true,
      headers: { 'X-Own': 'mine' },
    });
    const { headers } = backend.last();
    expect(headers['x-own']).toBe('mine');
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['authorization']));
    expect(headers['x-sdk-date'] ?? headers['x-sdk-content-sha256'] ?? headers.authorization).toBeUndefined();
  });

  test('asks for a credential when there is none', async () => {
    expect(await traffic.call('/signed')).toMatchObject({
      status: 401,
      code: 'APIG.0303',
      message: `${PREFIX}authorization header not found`,
    });
  });

  test.each([
    [
      'an algorithm without a key',
      'SDK-HMAC-SHA256 SignedHeaders=host, Signature=00',
      'Access or Credential is empty in Authorization',
    ],
    [
      'an empty key',
      'SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=00',
      'Access or Credential is empty in Authorization',
    ],
    ['a broken form', 'SDK-HMAC-SHA256 Access=key, Signature=00', 'authorization format incorrect'],
    [
      'text after the signature',
      'SDK-HMAC-SHA256 Access=key, SignedHeaders=host, Signature=00, x',
      'authorization format incorrect',
    ],
    ['another scheme', 'Basic bWU6c2VjcmV0', 'authorization format incorrect'],
    [
      'the layout of accounts',
      'SDK-HMAC-SHA256 Credential=k/20260101/r/s/sdk_request, SignedHeaders=host, Signature=00',
      'authorization format incorrect',
    ],
    [
      'an unknown key',
      'SDK-HMAC-SHA256 Access=unknown-key, SignedHeaders=host, Signature=00',
      'app not found, appkey unknown-key',
    ],
  ])('refuses %s', async (_, authorization, text) => {
    const answer = await traffic.call({ path: '/signed', headers: { Authorization: authorization } });
    expect(answer).toMatchObject({ status: 401, code: 'APIG.0303', message: PREFIX + text });
  });

  test('refuses a wrong secret and shows the canonical request', async () => {
    const answer = await traffic.call({ path: '/signed/?q=1', signedBy: { ...app, secret: 'wrong' } });
    const date = formatSdkDate(traffic.clock.now());
    expect(answer).toMatchObject({ status: 401, code: 'APIG.0303' });
    expect(answer.message).toBe(
      `${PREFIX}verify signature fail, canonicalRequest:GET|/signed/|q=1|host:api.example.com|x-sdk-date:${date}||` +
        'host;x-sdk-date|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test.each([
    ['15 minutes ago', -15 * MINUTE_MS, 200],
    ['15 minutes ahead', 15 * MINUTE_MS, 200],
    ['more than 15 minutes ago', -15 * MINUTE_MS - 1000, 401],
    ['more than 15 minutes ahead', 15 * MINUTE_MS + 1000, 401],
  ])('answers a call signed %s', async (_, offset, status) => {
    const now = traffic.clock.now();
    const headers = { host: traffic.domain };
    const signature = sign({
      method: 'GET',
      target: '/signed',
      headers,
      ...app,
      date: new Date(now + offset),
    });
    const answer = await traffic.call({ path: '/signed', headers: { ...signature } });
    expect(answer.status).toBe(status);
    if (status === 401) {
      expect(answer.message).toBe(
        `${PREFIX}signature expired, signature time:${formatSdkDate(now + offset)},server time:${formatSdkDate(now)}`,
      );
    }
  });

  test.each([
    ['the path', { path: '/signed/other' }],
    ['the query', { path: '/signed?a=2' }],
    ['the method', { path: '/signed?a=1', method: 'PUT' }],
    ['a signed header', { path: '/signed?a=1', headers: { 'X-Tenant': 'other' } }],
    ['the body', { path: '/signed?a=1', method: 'POST', body: 'other' }],
  ])('refuses a call in which %s was changed on the way', async (_, changed) => {
    const call = {
      method: 'POST',
      body: 'body',
      headers: { 'X-Tenant': 'mine' },
      ...changed,
    };
    const headers = { host: traffic.domain, 'X-Tenant': 'mine' };
    const signature = sign({
      method: 'POST',
      target: '/signed?a=1',
      headers,
      body: 'body',
      ...app,
      date: new Date(traffic.clock.now()),
    });
    const answer = await traffic.call({ ...call, headers: { ...call.headers, ...signature } });
    expect(answer).toMatchObject({ status: 401, code: 'APIG.0303' });
    expect(answer.message).toContain('verify signature fail');
  });

  test('refuses a body that is not that of its signed digest', async () => {
    const headers = {
      host: traffic.domain,
      'X-Sdk-Content-Sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    };
    const signature = sign({
      method: 'POST',
      target: '/signed',
      headers,
      ...app,
      date: new Date(traffic.clock.now()),
    });
    const answer = await traffic.call({
      path: '/signed',
      method: 'POST',
      body: 'evil',
      headers: { ...headers, ...signature },
    });
    expect(answer).toMatchObject({ status: 401, code: 'APIG.0303' });
  });

  test('refuses a signed header that is not there', async () => {
    const headers = { host: traffic.domain, 'x-tenant': 'mine' };
    const signature = sign({
      method: 'GET',
      target: '/signed',
      headers,
      ...app,
      date: new Date(traffic.clock.now()),
    });
    const answer = await traffic.call({ path: '/signed', headers: { ...signature } });
    expect(answer.message).toBe(`${PREFIX}signed header x-tenant not found`);
  });

  test('refuses an app that it was not opened to with APIG.0304', async () => {
    expect(await traffic.call({ path: '/signed', signedBy: stranger })).toMatchObject({
      status: 403,
      code: 'APIG.0304',
      message: 'The app is not authorized to access the API.',
    });
  });

  test('is open to an app in the environment of the authorization only', async () => {
    const beta = createId();
    traffic.put('environment', beta, { gatewayId: traffic.gatewayId, name: 'BETA' });
    const published = traffic.publish({ path: '/environments', authentication: 'APP' });
    const publicationId = createId();
    traffic.publishAgain(
      { apiId: published.apiId, environmentId: beta, publicationId },
      { path: '/environments', authentication: 'APP' },
    );
    traffic.authorize(app.id, { ...published, environmentId: beta });
    expect(
      (await traffic.call({ path: '/environments', signedBy: app, headers: { 'X-Stage': 'BETA' } })).status,
    ).toBe(200);
    expect((await traffic.call({ path: '/environments', signedBy: app })).code).toBe('APIG.0304');
  });

  test('refuses an old secret as soon as there is a new one', async () => {
    const changing = traffic.createApp();
    traffic.authorize(changing.id, api);
    expect((await traffic.call({ path: '/signed', signedBy: changing })).status).toBe(200);
    const body = traffic.body('app', changing.id);
    traffic.put('app', changing.id, { ...body, appSecret: 'another-secret' });
    expect((await traffic.call({ path: '/signed', signedBy: changing })).code).toBe('APIG.0303');
    expect(
      (await traffic.call({ path: '/signed', signedBy: { ...changing, secret: 'another-secret' } })).status,
    ).toBe(200);
  });

  test('refuses an app as soon as it is deleted', async () => {
    const leaving = traffic.createApp();
    traffic.authorize(leaving.id, api);
    traffic.remove('app', leaving.id);
    const answer = await traffic.call({ path: '/signed', signedBy: leaving });
    expect(answer.message).toBe(`${PREFIX}app not found, appkey ${leaving.accessKey}`);
  });

  test('refuses the app of another gateway', async () => {
    const gatewayId = createId();
    traffic.put('gateway', gatewayId, {
      ...traffic.body('gateway', traffic.gatewayId),
      name: 'other',
    });
    const foreign = { accessKey: createId(), secret: createId() };
    traffic.put('app', createId(), {
      gatewayId,
      name: 'foreign',
      appKey: foreign.accessKey,
      appSecret: foreign.secret,
    });
    expect((await traffic.call({ path: '/signed', signedBy: foreign })).code).toBe('APIG.0303');
  });
});

describe('an AppCode', () => {
  const code = `Code${'0123456789'.repeat(7)}`;
  const headers = { 'X-Apig-AppCode': code };

  beforeAll(() => {
    traffic.put('appCode', createId(), { gatewayId: traffic.gatewayId, appId: app.id, code });
  });

  test('takes the place of a signature over HTTPS', async () => {
    expect((await traffic.call({ path: '/coded', headers, secure: true })).status).toBe(200);
    expect(backend.last().headers['x-apig-appcode']).toBeUndefined();
  });

  test('is refused over plain HTTP', async () => {
    expect(await traffic.call({ path: '/coded', headers })).toMatchObject({
      status: 401,
      code: 'APIG.0303',
      message: `${PREFIX}appcode requires https`,
    });
  });

  test('that is unknown is refused without being shown whole', async () => {
    const answer = await traffic.call({
      path: '/coded',
      headers: { 'X-Apig-AppCode': `${code}x` },
      secure: true,
    });
    expect(answer).toMatchObject({
      status: 401,
      code: 'APIG.0303',
      message: `${PREFIX}app not found, appcode Code01***`,
    });
  });

  test('that is wrong is refused even if the call is signed', async () => {
    const answer = await traffic.call({
      path: '/coded',
      headers: { 'X-Apig-AppCode': 'wrong-code' },
      signedBy: app,
      secure: true,
    });
    expect(answer.code).toBe('APIG.0303');
  });

  test('means nothing to an API that takes signatures only', async () => {
    const answer = await traffic.call({ path: '/signed', headers, secure: true });
    expect(answer.message).toBe(`${PREFIX}authorization header not found`);
  });

  test('is refused as soon as it is deleted', async () => {
    const id = createId();
    const leaving = `Leaving${'0123456789'.repeat(7)}`;
    traffic.put('appCode', id, { gatewayId: traffic.gatewayId, appId: app.id, code: leaving });
    const call = { path: '/coded', headers: { 'X-Apig-AppCode': leaving }, secure: true };
    expect((await traffic.call(call)).status).toBe(200);
    traffic.remove('appCode', id);
    expect((await traffic.call(call)).status).toBe(401);
  });

  test('leaves the signature as a second way', async () => {
    expect((await traffic.call({ path: '/coded', signedBy: app })).status).toBe(200);
  });
});

describe('an API whose authentication needs what the runtime does not have', () => {
  test.each([
    ['a custom authorizer', { authentication: 'AUTHORIZER', authorizerId: 'a' }],
    ['a second factor', { authentication: 'APP', authorizerId: 'a' }],
  ] as const)('is closed: %s', async (_, input) => {
    const path = `/closed/${createId()}`;
    traffic.publish({ path, ...input });
    expect(await traffic.call({ path, signedBy: app })).toMatchObject({ status: 500, code: 'APIG.0606' });
  });
});
