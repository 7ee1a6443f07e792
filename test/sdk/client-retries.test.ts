import { afterEach, describe, expect, test } from '@jest/globals';
import { createClient, isApigError, isTransportError, type Client, type ClientOptions } from '@apig/sdk';
import { createRecordedTiming } from '../support/timing.ts';
import { answer, openScriptedServer, type Script, type ScriptedServer } from '../support/scripted-server.ts';

const INPUT = {
  gatewayId: 'g1',
  name: 'gold',
  apiCallLimit: 5,
  timeInterval: 1,
  timeUnit: 'MINUTE',
} as const;
const STORED = { id: 't1', name: 'gold', type: 1, api_call_limits: 5, time_interval: 1, time_unit: 'MINUTE' };
const BUSY = { error_code: 'APIG.9008', error_msg: 'busy', request_id: 'r1' };
const ADDRESS = { gatewayId: 'g1', id: 't1' };

const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.dispose();
});

async function open(
  script: Script,
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; server: ScriptedServer; waits: readonly number[] }> {
  const timing = createRecordedTiming();
  const server = await openScriptedServer(script);
  const client = createClient({
    endpoint: server.endpoint,
    projectId: 'p1',
    token: 'the-token',
    timing,
    ...options,
  });
  opened.push({
    async dispose() {
      client.close();
      await server.dispose();
    },
  });
  return { client, server, waits: timing.waits };
}

/** The error that an operation ends with. */
async function failureOf(operation: Promise<unknown>): Promise<unknown> {
  return operation.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a gateway that is busy', () => {
  test.each([429, 503])('is asked again after %i, also to create', async (status) => {
    const { client, server } = await open((_, response, count) => {
      if (count < 3) answer(response, status, BUSY);
      else answer(response, 201, STORED);
    });
    const created = await client.throttle.create(INPUT);
    expect(created.id).toBe('t1');
    expect(server.requests).toHaveLength(3);
  });

  test('is asked again after the seconds that it names', async () => {
    const { client, waits } = await open((_, response, count) => {
      if (count === 1) answer(response, 429, BUSY, { 'retry-after': '7' });
      else answer(response, 200, STORED);
    });
    await client.throttle.get(ADDRESS);
    expect(waits).toEqual([7200]);
  });

  test('is asked again after the date that it names', async () => {
    const { client, waits } = await open((_, response, count) => {
      if (count === 1) answer(response, 503, BUSY, { 'retry-after': 'Tue, 24 Nov 2026 12:00:05 GMT' });
      else answer(response, 200, STORED);
    });
    await client.throttle.get(ADDRESS);
    expect(waits).toEqual([5200]);
  });

  test('is not waited for when it asks for more than a minute', async () => {
    const { client, server, waits } = await open((_, response) => {
      answer(response, 429, BUSY, { 'retry-after': '61' });
    });
    expect(await failureOf(client.throttle.get(ADDRESS))).toMatchObject({ code: 'APIG.9008', status: 429 });
    expect(server.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test('is asked a bounded number of times, with growing pauses', async () => {
    const { client, server, waits } = await open((_, response) => {
      answer(response, 503, BUSY);
    });
    const error = await failureOf(client.throttle.get(ADDRESS));
    expect(isApigError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'APIG.9008', status: 503, requestId: 'r1', message: 'busy' });
    expect(server.requests).toHaveLength(5);
    expect(waits).toEqual([200, 400, 800, 1600]);
  });

  test('is asked as often as the client is told', async () => {
    const { client, server } = await open(
      (_, response) => {
        answer(response, 503, BUSY);
      },
      { retries: 0 },
    );
    await failureOf(client.throttle.get(ADDRESS));
    expect(server.requests).toHaveLength(1);
  });
});

describe('a fault on the way', () => {
  test.each([502, 504])('%i is followed by another attempt to read', async (status) => {
    const { client, server } = await open((_, response, count) => {
      if (count === 1) response.writeHead(status, { 'content-type': 'text/html' }).end('<html></html>');
      else answer(response, 200, STORED);
    });
    expect(await client.throttle.get(ADDRESS)).toMatchObject({ id: 't1', scope: 'API' });
    expect(server.requests).toHaveLength(2);
  });

  test.each([502, 504])('%i is not followed by another attempt to create', async (status) => {
    const { client, server } = await open((_, response) => {
      response.writeHead(status).end('<html></html>');
    });
    const error = await failureOf(client.throttle.create(INPUT));
    expect(isTransportError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'ANSWER_INVALID', status, outcomeUnknown: true });
    expect(server.requests).toHaveLength(1);
  });

  test('two writes that met are followed by another attempt to update', async () => {
    const { client, server } = await open((_, response, count) => {
      if (count === 1) answer(response, 500, { error_code: 'APIG.3500', error_msg: 'conflict' });
      else answer(response, 200, STORED);
    });
    await client.throttle.update(ADDRESS, INPUT);
    expect(server.requests.map(({ method }) => method)).toEqual(['PUT', 'PUT']);
  });

  test('other faults of the gateway are not', async () => {
    const { client, server } = await open((_, response) => {
      answer(response, 500, { error_code: 'APIG.9004', error_msg: 'IAM failed.' });
    });
    expect(await failureOf(client.throttle.get(ADDRESS))).toMatchObject({ name: 'iamFault', status: 500 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a connection that breaks before the answer', () => {
  test('is opened again to read, update and delete', async () => {
    const { client, server } = await open((request, response, count) => {
      if (count % 2 === 1) response.destroy();
      else if (request.method === 'DELETE') response.writeHead(204).end();
      else answer(response, 200, STORED);
    });
    await client.throttle.get(ADDRESS);
    await client.throttle.update(ADDRESS, INPUT);
    await client.throttle.delete(ADDRESS);
    expect(server.requests.map(({ method }) => method)).toEqual([
      'GET',
      'GET',
      'PUT',
      'PUT',
      'DELETE',
      'DELETE',
    ]);
  });

  test('leaves open whether an object was created, and creates it once', async () => {
    const { client, server } = await open((_, response) => {
      response.destroy();
    });
    const error = await failureOf(client.throttle.create(INPUT));
    expect(error).toMatchObject({ name: 'TransportError', code: 'ECONNRESET', outcomeUnknown: true });
    expect(server.requests).toHaveLength(1);
  });

  test('within the answer is as one before it', async () => {
    const { client, server } = await open((_, response, count) => {
      if (count > 1) {
        answer(response, 200, STORED);
        return;
      }
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"id":', () => response.destroy());
    });
    expect(await client.throttle.get(ADDRESS)).toMatchObject({ id: 't1' });
    expect(server.requests).toHaveLength(2);
  });

  test('does not make two AppCodes of one that is to be generated', async () => {
    const { client, server } = await open((_, response) => {
      response.destroy();
    });
    const error = await failureOf(client.appCode.create({ gatewayId: 'g1', appId: 'a1' }));
    expect(error).toMatchObject({ outcomeUnknown: true });
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([['PUT', '']]);
  });
});

test('an address where nobody listens is tried again, also to create, and surely did nothing', async () => {
  const { client, server, waits } = await open(() => undefined);
  await server.dispose();
  opened.length = 0;
  const error = await failureOf(client.throttle.create(INPUT));
  expect(error).toMatchObject({ code: 'ECONNREFUSED', outcomeUnknown: false });
  expect(waits).toHaveLength(4);
});

describe('an answer that does not come', () => {
  test('is waited for as long as the client is told, then asked for again', async () => {
    const { client, server } = await open(
      (_, response, count) => {
        if (count > 1) answer(response, 200, STORED);
      },
      { timeoutMs: 100 },
    );
    expect(await client.throttle.get(ADDRESS)).toMatchObject({ id: 't1' });
    expect(server.requests).toHaveLength(2);
  });

  test('to its end counts as one that does not come', async () => {
    const { client } = await open(
      (_, response) => {
        response.writeHead(200).write('{"id":');
      },
      { timeoutMs: 100, retries: 0 },
    );
    expect(await failureOf(client.throttle.get(ADDRESS))).toMatchObject({
      code: 'TIMEOUT',
      outcomeUnknown: false,
    });
  });

  test('leaves open whether an object was created', async () => {
    const { client, server } = await open(() => undefined, { timeoutMs: 100 });
    expect(await failureOf(client.throttle.create(INPUT))).toMatchObject({
      code: 'TIMEOUT',
      outcomeUnknown: true,
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('an operation that the caller ends', () => {
  test('before it begins sends nothing', async () => {
    const { client, server } = await open(() => undefined);
    const error = await failureOf(client.throttle.create(INPUT, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'ABORTED', outcomeUnknown: false });
    expect(server.requests).toHaveLength(0);
  });

  test('while it waits for an answer leaves open what was done', async () => {
    const controller = new AbortController();
    const { client } = await open(() => {
      controller.abort();
    });
    const error = await failureOf(client.throttle.create(INPUT, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'ABORTED', outcomeUnknown: true });
  });

  test('between two attempts makes no further one', async () => {
    const controller = new AbortController();
    const timing = createRecordedTiming(() => {
      controller.abort();
      throw new Error('ended');
    });
    const { client, server } = await open(
      (_, response) => {
        answer(response, 503, BUSY);
      },
      { timing },
    );
    const error = await failureOf(client.throttle.get(ADDRESS, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'ABORTED' });
    expect(server.requests).toHaveLength(1);
  });
});
