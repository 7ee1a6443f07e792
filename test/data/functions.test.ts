import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import { openTraffic, type ApiInput, type Traffic } from '../support/traffic.ts';

const ANSWER = 'urn:function:answer';

let service: Backend;
let traffic: Traffic;

beforeEach(async () => {
  service = await openBackend();
  traffic = await openTraffic({
    functions: {
      [ANSWER]: { url: `http://${service.address}/usual` },
      [`${ANSWER}:v2`]: { url: `http://${service.address}/v2` },
      'urn:alias': { url: `http://${service.address}/alias` },
    },
  });
  answerWith({ statusCode: 200, body: 'hello' });
});

afterEach(async () => {
  await traffic.dispose();
  await service.dispose();
});

function answerWith(answer: unknown): void {
  service.answer((_, response) => {
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
}

function publish(functionBackend: object = {}, api: ApiInput = {}): void {
  traffic.publish({
    method: 'ANY',
    functionBackend: { functionUrn: ANSWER, invocation: 'sync', ...functionBackend },
    ...api,
  });
}

function event(): Json {
  return JSON.parse(service.last().body.toString()) as Json;
}

describe('an API with a function as backend', () => {
  test('gives it the call as an event', async () => {
    publish(
      {},
      {
        path: '/orders/{id}',
        requestParameters: [
          { name: 'id', location: 'PATH' },
          { name: 'hidden', location: 'QUERY', passThrough: false },
        ],
        backendParameters: [
          { origin: 'CONSTANT', name: 'X-From', location: 'HEADER', value: 'gateway' },
          { origin: 'SYSTEM', name: 'stage', location: 'QUERY', value: '$context.stage' },
        ],
      },
    );

    const answer = await traffic.call({
      path: '/orders/7?a=1&a=2&hidden=1',
      method: 'PUT',
      headers: { 'X-Stage': 'RELEASE', 'X-Other': 'ä' },
      body: 'an order',
    });

    expect(answer).toMatchObject({ status: 200, text: 'hello' });
    expect(event()).toMatchObject({
      httpMethod: 'PUT',
      path: '/orders/7',
      pathParameters: { id: '7' },
      queryStringParameters: { a: ['1', '2'], stage: 'RELEASE' },
      headers: { host: traffic.domain, 'x-from': 'gateway', 'x-request-id': answer.headers['x-request-id'] },
      body: Buffer.from('an order').toString('base64'),
      isBase64Encoded: true,
      requestContext: { stage: 'RELEASE' },
    });
    expect(event()['queryStringParameters']).not.toHaveProperty('hidden');
    expect(event()['headers']).not.toHaveProperty('x-stage');
  });

  test('gives it a body of JSON as it is, where the API says so', async () => {
    publish({}, { functionBodyBase64: false });
    const send = async (type: string) => {
      await traffic.call({ path: '/', method: 'PUT', headers: { 'content-type': type }, body: '{"grün":1}' });
      return event();
    };
    expect(await send('application/json; charset=utf-8')).toMatchObject({
      body: '{"grün":1}',
      isBase64Encoded: false,
    });
    expect(await send('text/plain')).toMatchObject({
      body: Buffer.from('{"grün":1}').toString('base64'),
      isBase64Encoded: true,
    });
  });

  test('answers with its status, headers and body', async () => {
    publish();
    answerWith({
      statusCode: 201,
      headers: { 'X-Order': 7, 'Set-Cookie': ['a=1', 'b=2'], Connection: 'close', 'Content-Length': '1' },
      body: Buffer.from([1, 2, 255]).toString('base64'),
      isBase64Encoded: true,
    });

    const answer = await traffic.call('/');

    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      'x-order': '7',
      'set-cookie': ['a=1', 'b=2'],
      'content-length': '3',
    });
  });

  test('calls the version or the alias that it names', async () => {
    publish({ version: 'v2' });
    publish({ version: 'v2', aliasUrn: 'urn:alias' }, { path: '/alias' });
    publish({ version: 'v3' }, { path: '/v3' });

    await traffic.call('/');
    await traffic.call('/alias');
    await traffic.call('/v3');

    expect(service.requests.map(({ target }) => target)).toEqual(['/v2', '/alias', '/usual']);
  });

  test('that does not wait answers 202 at once', async () => {
    const held: (() => void)[] = [];
    const arrived = new Promise<void>((resolve) => {
      service.answer((_, response) => {
        held.push(() => response.end('{}'));
        resolve();
      });
    });
    publish({ invocation: 'async' });

    expect(await traffic.call({ path: '/', method: 'POST', body: 'x' })).toMatchObject({
      status: 202,
      text: '',
    });
    await arrived;
    for (const end of held) end();
  });

  test.each<readonly [string, unknown]>([
    ['no JSON', 'hello'],
    ['no object', '"hello"'],
    ['no status', { body: 'hello' }],
    ['a status that is none', { statusCode: 42 }],
    ['a body that is no text', { statusCode: 200, body: {} }],
  ])('answers 502 with APIG.0202 to %s', async (_what, answer) => {
    publish();
    answerWith(answer);

    expect(await traffic.call('/')).toMatchObject({ status: 502, code: 'APIG.0202' });
  });

  test('answers 504 with APIG.0203 when it takes too long', async () => {
    publish({ timeoutMs: 20 });
    service.answer(() => undefined);

    expect(await traffic.call('/')).toMatchObject({ status: 504, code: 'APIG.0203' });
  });

  test('that is not known any more answers 502', async () => {
    publish({ functionUrn: 'urn:function:nobody' });

    expect(await traffic.call('/')).toMatchObject({ status: 502, code: 'APIG.0202' });
  });

  test('chooses another function by its policies', async () => {
    publish(
      {},
      {
        functionPolicies: [
          {
            name: 'second',
            effectMode: 'ALL',
            conditions: [{ origin: 'system', systemParameter: 'req_method', type: 'exact', value: 'POST' }],
            functionUrn: 'urn:alias',
            invocation: 'sync',
          },
        ],
      },
    );

    await traffic.call('/');
    await traffic.call({ path: '/', method: 'POST' });

    expect(service.requests.map(({ target }) => target)).toEqual(['/usual', '/alias']);
  });
});
