import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InputOf, Resources } from '@apig/sdk/contract';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
beforeEach(async () => {
  traffic = await openTraffic();
});
afterEach(() => traffic.dispose());

type Responses = NonNullable<InputOf<Resources['gatewayResponse']>['responses']>;

/** Stores a response of the group and returns its id. */
function put(responses: Responses, isDefault = false, id = createId()): string {
  const { gatewayId, groupId } = traffic;
  const name = isDefault ? 'default' : `r${id}`;
  const body = settled('gatewayResponse', { gatewayId, groupId, name, responses });
  traffic.put('gatewayResponse', id, { ...body, isDefault });
  return id;
}

const REFUSING = { path: '/', authentication: 'APP' } as const;

describe('an error that a gateway answers itself', () => {
  test('has the status, the body and the headers that the API names for its type', async () => {
    const responseId = put({
      authHeaderMissing: {
        status: 418,
        body: '<b>$context.error.code</b>',
        headers: {
          'Content-Type': 'text/html',
          'X-Type': '$context.error.type',
          'X-Unknown': 'a$context.nothing.',
        },
      },
    });
    traffic.publish({ ...REFUSING, responseId });
    const { status, text, headers } = await traffic.call('/');
    expect([status, text]).toEqual([418, '<b>APIG.0303</b>']);
    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'x-type': 'AUTH_HEADER_MISSING',
      'x-unknown': 'a.',
      server: 'api-gateway',
    });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is JSON unless a header says otherwise, with values that cannot break out of it', async () => {
    const responseId = put({
      requestParametersFailure: { body: '{"why":"$context.error.message","uri":"$context.reqUri"}' },
    });
    traffic.publish({
      responseId,
      requestParameters: [{ name: 'a', location: 'QUERY', enumerations: ['x'], validated: true }],
    });
    const { headers, text } = await traffic.call('/?a="&b=\\');
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(text)).toEqual({
      why: 'Invalid query parameter: a, enum value required',
      uri: '/?a="&b=\\',
    });
  });

  test('knows the call, the API and the app', async () => {
    const responseId = put({
      throttled: {
        body: '$context.apiName|$context.appName|$context.stage|$context.sourceIp|$context.reqMethod|$context.reqPath',
      },
    });
    const published = traffic.publish({ ...REFUSING, name: 'orders', responseId });
    const app = traffic.createApp('shop');
    traffic.authorize(app.id, published);
    const throttle = traffic.createThrottle({ apiCallLimit: 1, timeInterval: 1, timeUnit: 'DAY' });
    traffic.bind('throttleBinding', throttle, published);
    await traffic.call({ path: '/', signedBy: app });
    const { status, text } = await traffic.call({ path: '/', signedBy: app });
    expect([status, text]).toEqual([429, 'orders|shop|RELEASE|127.0.0.1|GET|/']);
  });

  test('that the chosen response does not name is answered as usual, not as the group says', async () => {
    put({ authHeaderMissing: { status: 499 } }, true);
    const responseId = put({ throttled: { status: 503 } });
    traffic.publish({ ...REFUSING, responseId });
    expect(await traffic.call('/')).toMatchObject({ status: 401, code: 'APIG.0303' });
  });

  test.each([
    ['appears', '/other', 499],
    ['has another method', '/', 499],
  ])('before an API %s is answered as the group says', async (_what, path, expected) => {
    put({ notFound: { status: 499 } }, true);
    const responseId = put({ notFound: { status: 498 } });
    traffic.publish({ method: 'POST', path: '/', responseId });
    expect((await traffic.call(path)).status).toBe(expected);
  });

  test('for which no group is found is answered as usual', async () => {
    put({ notFound: { status: 499 } }, true);
    traffic.publish();
    expect((await traffic.call({ path: '/', host: 'nobody.example.com' })).status).toBe(404);
  });
});

describe('the status of an error', () => {
  test.each<readonly [string, Responses, number]>([
    ['is its own when nobody set its type', {}, 403],
    ['is its own when another type was set', { authFailure: { status: 499 } }, 403],
    ['is the set one', { unauthorized: { status: 499 } }, 499],
    ['is that of the type when only the body was set', { unauthorized: { body: 'no' } }, 401],
  ])('%s', async (_what, responses, expected) => {
    put(responses, true);
    traffic.publish(REFUSING);
    const app = traffic.createApp();
    expect((await traffic.call({ path: '/', signedBy: app })).status).toBe(expected);
  });

  test('of a class stays its own when only the body of the class was set', async () => {
    put({ default4xx: { body: 'no' } }, true);
    traffic.publish({ protocol: 'HTTPS' });
    const { status, text } = await traffic.call('/');
    expect([status, text]).toEqual([400, 'no']);
  });
});

describe('a change of a response', () => {
  test('acts at once, and so does its end', async () => {
    const responseId = put({ authHeaderMissing: { status: 418 } });
    traffic.publish({ ...REFUSING, responseId });
    expect((await traffic.call('/')).status).toBe(418);
    put({ authHeaderMissing: { status: 419 } }, false, responseId);
    expect((await traffic.call('/')).status).toBe(419);

    const usual = put({ authHeaderMissing: { status: 420 } }, true);
    traffic.remove('gatewayResponse', responseId);
    expect((await traffic.call('/')).status).toBe(420);
    put({}, true, usual);
    expect((await traffic.call('/')).status).toBe(401);
  });
});

test('an answer of a backend is never rewritten', async () => {
  put({ notFound: { status: 200 }, default4xx: { status: 200 } }, true);
  traffic.publish({ mockBackend: { result: 'gone', statusCode: 404 } });
  expect(await traffic.call('/')).toMatchObject({ status: 404, text: 'gone' });
});
