import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createClient, isOutcomeUnknown, isTransportError, type Client, type ClientOptions } from '@apig/sdk';
import { createSignableRequest, createSigningKey, parseAuthorization, verify } from '@apig/sdk/signer';
import { answer, openScriptedServer, type Script, type ScriptedServer } from '../support/scripted-server.ts';

const ADDRESS = { gatewayId: 'g1', id: 't1' };
const STORED = { id: 't1', name: 'gold', type: 1, api_call_limits: 5, time_interval: 1, time_unit: 'MINUTE' };

const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.dispose();
});

async function open(
  script: Script,
  options: Partial<ClientOptions> = { token: 'the-token' },
): Promise<{ client: Client; server: ScriptedServer }> {
  const server = await openScriptedServer(script);
  opened.push(server);
  const client = createClient({ endpoint: server.endpoint, projectId: 'p1', retries: 0, ...options });
  opened.push({
    dispose() {
      client.close();
      return Promise.resolve();
    },
  });
  return { client, server };
}

async function failureOf(operation: Promise<unknown>): Promise<unknown> {
  return operation.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a request of a client with keys', () => {
  test('is signed, with its query and its body', async () => {
    const { client, server } = await open((_, response) => answer(response, 201, STORED), {
      accessKey: 'access-1',
      secretKey: 'secret-1',
    });
    await client.throttle.list({ gatewayId: 'g1' }, { name: 'gold & silver' });
    await client.throttle.create({
      gatewayId: 'g1',
      name: 'gold',
      apiCallLimit: 5,
      timeInterval: 1,
      timeUnit: 'MINUTE',
      remark: 'für alle',
    });
    for (const { headers, ...request } of server.requests) {
      expect(headers['x-project-id']).toBe('p1');
      expect(headers['x-auth-token']).toBeUndefined();
      expect(headers.authorization).toMatch(
        /^SDK-HMAC-SHA256 Access=access-1, SignedHeaders=\S+, Signature=/,
      );
      const authorization = parseAuthorization(headers.authorization);
      if (!authorization.ok) throw new Error(authorization.text);
      const signed = createSignableRequest({ ...request, headers });
      const key = createSigningKey('secret-1');
      expect(verify(signed, authorization, key, Date.now())).toMatchObject({ ok: true });
    }
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  test('is signed with the time that the client is given', async () => {
    const timing = {
      now: () => Date.parse('2026-01-02T03:04:05Z'),
      random: () => 0,
      wait: () => Promise.resolve(),
    };
    const { client, server } = await open((_, response) => answer(response, 200, STORED), {
      accessKey: 'access-1',
      secretKey: 'secret-1',
      timing,
    });
    await client.throttle.get(ADDRESS);
    expect(server.requests[0]?.headers['x-sdk-date']).toBe('20260102T030405Z');
  });
});

test('a request of a client with a token carries the token', async () => {
  const { client, server } = await open((_, response) => answer(response, 200, STORED));
  await client.throttle.get(ADDRESS);
  expect(server.requests[0]).toMatchObject({
    method: 'GET',
    target: '/v2/p1/apigw/instances/g1/throttles/t1',
    headers: { 'x-auth-token': 'the-token', 'accept-encoding': 'identity' },
  });
});

test('an endpoint may have a path of its own', async () => {
  const { server } = await open((_, response) => answer(response, 200, STORED));
  const client = createClient({ endpoint: `${server.endpoint}/behind/a/`, projectId: 'p1', token: 't' });
  await client.throttle.get(ADDRESS);
  client.close();
  expect(server.requests[0]?.target).toBe('/behind/a/v2/p1/apigw/instances/g1/throttles/t1');
});

test.each([
  [{ endpoint: 'apig.example.com', token: 't' }, /endpoint/],
  [{ endpoint: 'ftp://apig.example.com', token: 't' }, /endpoint/],
  [{ endpoint: 'https://user:pass@apig.example.com', token: 't' }, /endpoint/],
  [{ endpoint: 'https://apig.example.com?x=1', token: 't' }, /endpoint/],
  [{ endpoint: 'https://apig.example.com' }, /accessKey and secretKey, or token/],
  [{ endpoint: 'https://apig.example.com', accessKey: 'a' }, /accessKey and secretKey, or token/],
  [{ endpoint: 'https://apig.example.com', token: 'se cret\n' }, /token: expected printable ASCII/],
])('a client is not made of %o', (options, message) => {
  const make = () => createClient({ projectId: 'p1', ...options });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

describe('an ID in a path', () => {
  test('is percent-encoded', async () => {
    const { client, server } = await open((_, response) => answer(response, 200, STORED));
    await client.throttle.get({ gatewayId: 'g1', id: "a/b?c#d'%e" });
    expect(server.requests[0]?.target).toBe('/v2/p1/apigw/instances/g1/throttles/a%2Fb%3Fc%23d%27%25e');
  });

  test.each(['', '.', '..'])('that leads elsewhere is refused: %j', async (id) => {
    const { client, server } = await open((_, response) => response.writeHead(204).end());
    await expect(client.throttle.delete({ gatewayId: 'g1', id })).rejects.toThrow(TypeError);
    await expect(client.throttle.delete({ gatewayId: id, id: 't1' })).rejects.toThrow(TypeError);
    expect(server.requests).toHaveLength(0);
  });
});

describe('an answer that no management API gives', () => {
  test.each([
    ['a page', 200, '<html></html>'],
    ['a list', 200, '[]'],
    ['a text', 200, '"x"'],
    ['a page that is not there', 404, '<html></html>'],
    ['an object without a code', 404, '{"message":"not found"}'],
    ['an error of something else', 418, '{}'],
  ])('%s is an error and not an absence', async (_, status, body) => {
    const { client } = await open((__, response) => response.writeHead(status).end(body));
    const error = await failureOf(client.throttle.get(ADDRESS));
    expect(isTransportError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'ANSWER_INVALID', status, outcomeUnknown: false });
  });

  test('a published API that knows no such path is an error and not an absence', async () => {
    const { client } = await open((_, response) =>
      answer(response, 404, {
        error_code: 'APIG.0101',
        error_msg: 'The API does not exist.',
        request_id: 'r',
      }),
    );
    expect(await failureOf(client.throttle.get(ADDRESS))).toMatchObject({ code: 'APIG.0101', status: 404 });
    expect(await failureOf(client.throttle.delete(ADDRESS))).toMatchObject({ code: 'APIG.0101' });
  });

  test('an object without an ID is an error', async () => {
    const { client } = await open((_, response) => answer(response, 201, { name: 'gold' }));
    const input = {
      gatewayId: 'g1',
      name: 'gold',
      apiCallLimit: 5,
      timeInterval: 1,
      timeUnit: 'DAY',
    } as const;
    expect(await failureOf(client.throttle.create(input))).toMatchObject({
      code: 'ANSWER_INVALID',
      outcomeUnknown: true,
    });
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await openScriptedServer((_, response) => answer(response, 200, STORED));
    opened.push(elsewhere);
    const { client } = await open((request, response) =>
      response.writeHead(307, { location: `${elsewhere.endpoint}${request.target}` }).end(),
    );
    expect(await failureOf(client.throttle.get(ADDRESS))).toMatchObject({
      code: 'ANSWER_INVALID',
      status: 307,
    });
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('a larger one than the bound is not read to its end', async () => {
    const { client } = await open(
      (_, response) => answer(response, 200, { ...STORED, remark: 'x'.repeat(5000) }),
      {
        token: 't',
        maxAnswerBytes: 4000,
      },
    );
    expect(await failureOf(client.throttle.get(ADDRESS))).toMatchObject({ code: 'ANSWER_TOO_LARGE' });
  });
});

describe('an error of a gateway', () => {
  test('keeps code, status and request ID, and has the name and the details of its catalogue entry', async () => {
    const { client } = await open((_, response) =>
      answer(response, 400, {
        error_code: 'APIG.3204',
        error_msg: 'The throttle name gold is taken.',
        request_id: 'r1',
      }),
    );
    expect(await failureOf(client.throttle.list({ gatewayId: 'g1' }))).toMatchObject({
      name: 'throttleNameTaken',
      code: 'APIG.3204',
      status: 400,
      requestId: 'r1',
      details: { name: 'gold' },
    });
  });

  test('with another text or code than those of the catalogue has no name', async () => {
    const { client } = await open((_, response) =>
      answer(response, 409, { error_code: 'APIG.7777', error_msg: 'New.' }, { 'x-request-id': 'r2' }),
    );
    expect(await failureOf(client.throttle.list({ gatewayId: 'g1' }))).toMatchObject({
      name: 'ApigError',
      code: 'APIG.7777',
      status: 409,
      requestId: 'r2',
      message: 'New.',
    });
  });
});

test.each([
  [500, true],
  [503, false],
  [400, false],
])('after status %i, whether something was done is to be looked at: %s', async (status, unknown) => {
  const { client } = await open((_, response) =>
    answer(response, status, { error_code: 'APIG.1', error_msg: '' }),
  );
  expect(isOutcomeUnknown(await failureOf(client.app.create({ gatewayId: 'g1', name: 'caller' })))).toBe(
    unknown,
  );
});

test('an endpoint that does not speak HTTPS is named as the reason', async () => {
  const { server } = await open((_, response) => answer(response, 200, STORED));
  const endpoint = server.endpoint.replace('http:', 'https:');
  const client = createClient({ endpoint, projectId: 'p1', token: 't', retries: 0 });
  const error = await failureOf(client.throttle.get(ADDRESS));
  expect(error).toMatchObject({ code: 'EPROTO' });
  expect(String(error)).toMatch(/does the endpoint speak HTTPS\?$/);
  client.close();
});

test('the proxy settings of the environment are not used', async () => {
  const proxy = await openScriptedServer((_, response) => answer(response, 200, STORED));
  opened.push(proxy);
  const { client, server } = await open((_, response) => answer(response, 200, STORED));
  const before = process.env['http_proxy'];
  process.env['http_proxy'] = proxy.endpoint;
  try {
    await client.throttle.get(ADDRESS);
  } finally {
    if (before === undefined) delete process.env['http_proxy'];
    else process.env['http_proxy'] = before;
  }
  expect(proxy.requests).toHaveLength(0);
  expect(server.requests).toHaveLength(1);
});

test('no error shows a key, a token or what was sent', async () => {
  const secrets = ['the-secret-key', 'the-token', 'the-app-secret', 'Signature='];
  const input = { gatewayId: 'g1', name: 'caller', appSecret: 'the-app-secret' };
  const scripts: Script[] = [
    (_, response) => response.destroy(),
    (_, response) => response.writeHead(502).end('the-app-secret'),
    (_, response) => response.writeHead(200).end('the-app-secret'),
    (_, response) =>
      answer(response, 500, { error_code: 'APIG.9999', error_msg: 'An unknown fault occurred.' }),
    () => undefined,
  ];
  const callers = [{ accessKey: 'access-1', secretKey: 'the-secret-key' }, { token: 'the-token' }];
  for (const script of scripts) {
    for (const caller of callers) {
      const { client } = await open(script, { ...caller, timeoutMs: 100 });
      const error = await failureOf(client.app.create(input));
      expect(error).toBeInstanceOf(Error);
      const shown = inspect(error, { depth: 20, showHidden: true });
      for (const secret of secrets) expect(shown).not.toContain(secret);
    }
  }
});

test('at most eight requests are under way at once, and all are answered', async () => {
  let underWay = 0;
  let most = 0;
  const held: (() => void)[] = [];
  const { client, server } = await open((_, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    held.push(() => {
      underWay -= 1;
      answer(response, 200, STORED);
    });
    // The first answer waits until there are eight requests, or no more to come.
    if (underWay === 8 || server.requests.length === 20) for (const release of held.splice(0)) release();
  });
  const all = Array.from({ length: 20 }, () => client.throttle.get(ADDRESS));
  expect(await Promise.all(all)).toHaveLength(20);
  expect(most).toBe(8);
});
