import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InputOf, Resources } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, settled, type ApiInput, type Traffic } from '../support/traffic.ts';

const CHECK = 'urn:function:check';

/** A backend that answers as functions do, with what a test last said. */
let service: Backend;
let backend: Backend;
let traffic: Traffic;

beforeEach(async () => {
  [service, backend] = await Promise.all([openBackend(), openBackend()]);
  traffic = await openTraffic({ functions: { [CHECK]: { url: `http://${service.address}/check` } } });
  decide('allow');
});

afterEach(async () => {
  await traffic.dispose();
  await Promise.all([service.dispose(), backend.dispose()]);
});

function answerWith(answer: unknown): void {
  service.answer((_, response) => {
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
}

function decide(status: string, context?: Json): void {
  answerWith({ statusCode: 200, body: JSON.stringify({ status, ...(context && { context }) }) });
}

function putAuthorizer(
  input: Partial<Omit<InputOf<Resources['authorizer']>, 'gatewayId'>> = {},
  id = createId(),
): string {
  const { gatewayId } = traffic;
  const usual = { gatewayId, name: `authorizer_${id}`, type: 'FRONTEND', functionUrn: CHECK };
  traffic.put('authorizer', id, settled('authorizer', { ...usual, ...input }));
  return id;
}

function publish(input: ApiInput): void {
  traffic.publish({
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/', address: backend.address },
    ...input,
  });
}

/** The last event that the function was given. */
function event(): Json {
  return JSON.parse(service.last().body.toString()) as Json;
}

describe('an API with a frontend authorizer', () => {
  test('lets in whom the function allows, and tells it about the call', async () => {
    const authorizerId = putAuthorizer({
      identities: [
        { name: 'Authorization', location: 'HEADER' },
        { name: 'tenant', location: 'QUERY' },
      ],
      userData: 'for the function',
    });
    publish({
      authentication: 'AUTHORIZER',
      authorizerId,
      path: '/orders/{id}',
      requestParameters: [{ name: 'id', location: 'PATH' }],
    });

    const answer = await traffic.call({
      path: '/orders/7?tenant=shop&other=1',
      headers: { authorization: 'Bearer a', other: '1' },
    });

    expect(answer.status).toBe(200);
    expect(event()).toMatchObject({
      headers: { authorization: 'Bearer a' },
      queryStringParameters: { tenant: 'shop' },
      user_data: 'for the function',
      httpMethod: 'GET',
      path: '/orders/7',
      pathParameters: { id: '7' },
      requestContext: { stage: 'RELEASE', requestId: answer.headers['x-request-id'] },
    });
    expect(event()['headers']).not.toHaveProperty('other');
    expect(event()).not.toHaveProperty('body');
    expect(backend.last().headers['authorization']).toBe('Bearer a');
  });

  test('refuses whom the function denies with APIG.0305', async () => {
    publish({ authentication: 'AUTHORIZER', authorizerId: putAuthorizer() });
    decide('deny', { code: 'x' });

    expect(await traffic.call('/')).toMatchObject({
      status: 401,
      code: 'APIG.0305',
      message: 'Incorrect authentication information: frontend authorizer',
    });
    expect(backend.requests).toHaveLength(0);
  });

  test('gives a function without identities all headers and query parameters, and the body if it needs it', async () => {
    publish({
      authentication: 'AUTHORIZER',
      authorizerId: putAuthorizer({ needBody: true }),
      method: 'POST',
    });

    await traffic.call({ path: '/?a=1&a=2', method: 'POST', headers: { 'X-Other': '1' }, body: 'an order' });

    expect(event()).toMatchObject({
      headers: { 'x-other': '1', host: traffic.domain },
      queryStringParameters: { a: ['1', '2'] },
      body: Buffer.from('an order').toString('base64'),
      isBase64Encoded: true,
    });
    expect(backend.last().body.toString()).toBe('an order');
  });

  test.each([
    ['an identity that is missing', {}],
    ['an identity of another form', { token: 'xBearer a' }],
  ])('refuses %s without asking the function', async (_what, headers) => {
    const authorizerId = putAuthorizer({
      identities: [{ name: 'Token', location: 'HEADER', validation: 'Bearer .+' }],
    });
    publish({ authentication: 'AUTHORIZER', authorizerId });

    expect(await traffic.call({ path: '/', headers })).toMatchObject({ status: 401, code: 'APIG.0305' });
    expect(service.requests).toHaveLength(0);
    expect(await traffic.call({ path: '/', headers: { token: 'Bearer a' } })).toMatchObject({ status: 200 });
  });

  test.each<readonly [string, unknown]>([
    ['another status code', { statusCode: 500, body: '{"status":"allow"}' }],
    ['no body', { statusCode: 200 }],
    ['a body that is no JSON', { statusCode: 200, body: 'allow' }],
    ['another word', { statusCode: 200, body: '{"status":"ALLOW"}' }],
    ['a context that is not flat', { statusCode: 200, body: '{"status":"allow","context":{"a":{}}}' }],
    ['a context with a number', { statusCode: 200, body: '{"status":"allow","context":{"a":1}}' }],
    ['a context with a bad key', { statusCode: 200, body: '{"status":"allow","context":{"1a":"x"}}' }],
    ['no JSON', 'allow'],
  ])('answers 500 with APIG.0601 to a function that answers with %s', async (_what, answer) => {
    publish({ authentication: 'AUTHORIZER', authorizerId: putAuthorizer() });
    answerWith(answer);

    expect(await traffic.call('/')).toMatchObject({ status: 500, code: 'APIG.0601' });
  });

  test('answers 500 with APIG.0601 when the function cannot be reached', async () => {
    publish({ authentication: 'AUTHORIZER', authorizerId: putAuthorizer() });
    await service.dispose();

    expect(await traffic.call('/')).toMatchObject({ status: 500, code: 'APIG.0601' });
    service = await openBackend();
  });

  test('gives what the function says to the backend', async () => {
    decide('allow', { user: 'alice', Role: 'buyer' });
    publish({
      authentication: 'AUTHORIZER',
      authorizerId: putAuthorizer(),
      backendParameters: [
        { origin: 'SYSTEM', name: 'X-User', location: 'HEADER', value: '$context.authorizer.frontend.user' },
        { origin: 'SYSTEM', name: 'X-Role', location: 'HEADER', value: '$context.authorizer.frontend.role' },
      ],
    });

    await traffic.call({ path: '/', headers: { 'X-Role': 'admin' } });

    expect(backend.last().headers).toMatchObject({ 'x-user': 'alice' });
    expect(backend.last().headers).not.toHaveProperty('x-role');
  });

  test('chooses a backend by what the function says', async () => {
    decide('allow', { tier: 'gold' });
    publish({
      authentication: 'AUTHORIZER',
      authorizerId: putAuthorizer(),
      httpBackend: undefined,
      mockBackend: { result: 'usual' },
      mockPolicies: [
        {
          name: 'gold',
          effectMode: 'ALL',
          result: 'golden',
          conditions: [
            {
              origin: 'frontend_authorizer',
              type: 'exact',
              value: 'gold',
              authorizerParameter: '$context.authorizer.frontend.tier',
            },
          ],
        },
      ],
    });

    expect((await traffic.call('/')).text).toBe('golden');
    decide('allow');
    expect((await traffic.call('/')).text).toBe('usual');
  });

  test('with APP asks the function only about apps that signed', async () => {
    const app = traffic.createApp();
    const published = traffic.publish({ authentication: 'APP', authorizerId: putAuthorizer() });
    traffic.authorize(app.id, published);

    expect(await traffic.call('/')).toMatchObject({ status: 401, code: 'APIG.0303' });
    expect(service.requests).toHaveLength(0);
    expect(await traffic.call({ path: '/', signedBy: app })).toMatchObject({ status: 200 });
    decide('deny');
    expect(await traffic.call({ path: '/', signedBy: app })).toMatchObject({
      status: 401,
      code: 'APIG.0305',
    });
  });

  test('whose authorizer is gone answers 500 with APIG.0606', async () => {
    const authorizerId = putAuthorizer();
    publish({ authentication: 'AUTHORIZER', authorizerId });
    traffic.remove('authorizer', authorizerId);

    expect(await traffic.call('/')).toMatchObject({ status: 500, code: 'APIG.0606' });
  });
});

describe('decisions', () => {
  const identities = [{ name: 'Token', location: 'HEADER' }] as const;
  const call = (token: string, path = '/') => traffic.call({ path, headers: { token } });

  test('are kept for the same identities as long as the authorizer says', async () => {
    publish({
      authentication: 'AUTHORIZER',
      authorizerId: putAuthorizer({ identities: [...identities], cacheSeconds: 60 }),
    });
    await call('a');
    decide('deny');
    expect((await call('a')).status).toBe(200);
    expect((await call('b')).status).toBe(401);
    decide('allow');
    expect((await call('b')).status).toBe(401);
    expect(service.requests).toHaveLength(2);

    traffic.clock.advance(60_000);
    decide('deny');

    expect((await call('a')).status).toBe(401);
  });

  test('are not kept without a time', async () => {
    publish({ authentication: 'AUTHORIZER', authorizerId: putAuthorizer({ identities: [...identities] }) });
    await call('a');
    await call('a');

    expect(service.requests).toHaveLength(2);
  });

  test('of one API do not hold for another', async () => {
    const authorizerId = putAuthorizer({ identities: [...identities], cacheSeconds: 60 });
    publish({ authentication: 'AUTHORIZER', authorizerId });
    publish({ authentication: 'AUTHORIZER', authorizerId, path: '/other' });
    await call('a');
    decide('deny');

    expect((await call('a', '/other')).status).toBe(401);
  });

  test('are forgotten when the authorizer changes', async () => {
    const authorizerId = putAuthorizer({ identities: [...identities], cacheSeconds: 60 });
    publish({ authentication: 'AUTHORIZER', authorizerId });
    await call('a');
    decide('deny');
    putAuthorizer({ identities: [...identities], cacheSeconds: 60, userData: 'other' }, authorizerId);

    expect((await call('a')).status).toBe(401);
  });

  test('that are faults are not kept', async () => {
    publish({
      authentication: 'AUTHORIZER',
      authorizerId: putAuthorizer({ identities: [...identities], cacheSeconds: 60 }),
    });
    answerWith('nonsense');
    expect((await call('a')).status).toBe(500);
    decide('allow');

    expect((await call('a')).status).toBe(200);
  });
});

describe('a backend authorizer', () => {
  test('is given its text and gives values for the backend', async () => {
    const authorizerId = putAuthorizer({ type: 'BACKEND', userData: 'secret of the shop' });
    decide('allow', { token: 'abc' });
    publish({
      httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/', address: backend.address, authorizerId },
      backendParameters: [
        { origin: 'SYSTEM', name: 'X-Token', location: 'HEADER', value: '$context.authorizer.backend.token' },
      ],
    });

    expect((await traffic.call({ path: '/?a=1', headers: { other: '1' } })).status).toBe(200);
    expect(event()).toEqual({ user_data: 'secret of the shop' });
    expect(backend.last().headers['x-token']).toBe('abc');
  });

  test('refuses calls that the function denies, to mocks too', async () => {
    const authorizerId = putAuthorizer({ type: 'BACKEND' });
    decide('deny');
    publish({ httpBackend: undefined, mockBackend: { result: 'hello', authorizerId } });

    expect(await traffic.call('/')).toMatchObject({
      status: 401,
      code: 'APIG.0305',
      message: 'Incorrect authentication information: backend authorizer',
    });
  });
});
