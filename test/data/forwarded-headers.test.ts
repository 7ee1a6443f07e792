import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic({ https: true });
  traffic.publish({
    path: '/headers',
    method: 'ANY',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/' },
  });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

/** Names of the headers that the backend received for a request with these lines. */
async function receivedFor(lines: readonly string[]): Promise<readonly string[]> {
  await sendRaw(
    traffic.http,
    [`GET /headers HTTP/1.1`, `Host: ${traffic.domain}`, ...lines, 'Connection: close', '', ''].join('\r\n'),
  );
  return backend.last().rawHeaders.filter((_, index) => index % 2 === 0);
}

// Source: RFC 9110, section 7.6.1.
describe('a header of a caller', () => {
  test.each([
    'Keep-Alive: timeout=5',
    'TE: trailers',
    'Trailer: X-Late',
    'Upgrade: websocket',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic eDp5',
    'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
    'X-Stage: RELEASE',
    'X-Apig-Mode: debug',
    'X-Apig-AppCode: secret',
    'X-Under_Score: 1',
    'x_forwarded_for: 198.51.100.1',
  ])('%s stays behind', async (line) => {
    const name = line.split(':', 1)[0]?.toLowerCase();
    const names = await receivedFor([line]);
    expect(names.map((each) => each.toLowerCase())).not.toContain(name);
  });

  test('that the caller says belongs to the connection stays behind', async () => {
    const names = await receivedFor(['X-Private: 1', 'X-Public: 2', 'Connection: X-Private , x-other']);
    expect(names).toContain('X-Public');
    expect(names).not.toContain('X-Private');
  });

  test('keeps its letters, its order and its repetitions', async () => {
    const names = await receivedFor(['X-B: 1', 'x-a: 2', 'X-B: 3']);
    expect(names.filter((name) => /^x-[ab]$/i.test(name))).toEqual(['X-B', 'x-a', 'X-B']);
  });

  test('keeps bytes beyond ASCII', async () => {
    await traffic.call({ path: '/headers', headers: { 'X-Bytes': 'Zo\xeb' } });
    expect(backend.last().headers['x-bytes']).toBe('Zo\xeb');
  });

  test('such as Authorization passes an API without authentication', async () => {
    const headers = { Authorization: 'Bearer x', 'X-Auth-Token': 'y', Cookie: 'a=b' };
    await traffic.call({ path: '/headers', headers });
    expect(backend.last().headers).toMatchObject({
      authorization: 'Bearer x',
      'x-auth-token': 'y',
      cookie: 'a=b',
    });
  });
});

describe('a backend', () => {
  test('is told where the call comes from, and its id', async () => {
    const answer = await traffic.call('/headers');
    expect(backend.last().headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-real-ip': '127.0.0.1',
      'x-request-id': answer.headers['x-request-id'],
    });
  });

  test('is told of HTTPS', async () => {
    await traffic.call({ path: '/headers', secure: true });
    expect(backend.last().headers['x-forwarded-proto']).toBe('https');
  });

  test('is told by the gateway alone', async () => {
    const headers = {
      'X-Forwarded-For': ['198.51.100.1', '198.51.100.2'],
      'X-Forwarded-Proto': 'https',
      'X-Real-IP': '198.51.100.3',
      'X-Request-Id': 'forged',
    };
    const answer = await traffic.call({ path: '/headers', headers });
    expect(backend.last().headers).toMatchObject({
      'x-forwarded-for': '198.51.100.1, 198.51.100.2, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-real-ip': '127.0.0.1',
      'x-request-id': answer.headers['x-request-id'],
    });
    const ids = backend.last().rawHeaders.filter((text) => text.toLowerCase() === 'x-request-id');
    expect(ids).toHaveLength(1);
  });
});

describe('an answer of a backend', () => {
  test('reaches the caller with status, headers and body, without what belongs to the connection', async () => {
    backend.answer((_, response) => {
      response.writeHead(207, [
        ...[
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'X-Own',
          'yes',
          'X-Private',
          '1',
          'Server',
          'backend/1.0',
        ],
        ...[
          'X-Request-Id',
          'of-the-backend',
          'Connection',
          'X-Private',
          'Keep-Alive',
          'timeout=9',
          'Trailer',
          'X-Late',
        ],
        ...[
          'Proxy-Authenticate',
          'Basic',
          'Date',
          'Thu, 01 Jan 2026 00:00:00 GMT',
          'Content-Type',
          'text/plain',
        ],
      ]);
      response.end('body');
    });
    const { status, headers, text } = await traffic.call('/headers');
    expect({ status, text }).toEqual({ status: 207, text: 'body' });
    expect(headers).toMatchObject({
      'set-cookie': ['a=1', 'b=2'],
      'x-own': 'yes',
      server: 'api-gateway',
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      'content-type': 'text/plain',
    });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
    for (const name of ['x-private', 'keep-alive', 'trailer', 'proxy-authenticate']) {
      expect(headers[name] ?? '').not.toMatch(/1|9|X-Late|Basic/);
    }
  });

  test.each([204, 304])('with status %d has no body', async (status) => {
    backend.answer((_, response) => void response.writeHead(status, { ETag: '"x"' }).end());
    const answer = await traffic.call('/headers');
    expect(answer).toMatchObject({ status, text: '' });
    expect(answer.headers['etag']).toBe('"x"');
    expect(answer.headers['content-length']).toBeUndefined();
  });

  test('to HEAD tells the length of what GET would return', async () => {
    backend.answer((_, response) => void response.writeHead(200, { 'Content-Length': '1234' }).end());
    const answer = await traffic.call({ path: '/headers', method: 'HEAD' });
    expect(answer.headers['content-length']).toBe('1234');
    expect(answer.text).toBe('');
  });

  test('that is an error is passed on as it is', async () => {
    backend.answer(
      (_, response) => void response.writeHead(500, { 'Content-Type': 'text/html' }).end('<h1>no</h1>'),
    );
    const answer = await traffic.call('/headers');
    expect(answer).toMatchObject({ status: 500, text: '<h1>no</h1>', code: undefined });
    expect(answer.headers['content-type']).toBe('text/html');
  });

  test('shows its time to callers that ask', async () => {
    const { headers } = await traffic.call({ path: '/headers', headers: { 'X-Apig-Mode': 'debug' } });
    expect(headers['x-apig-latency']).toMatch(/^\d+$/);
    expect(headers['x-apig-upstream-latency']).toMatch(/^\d+$/);
  });
});
