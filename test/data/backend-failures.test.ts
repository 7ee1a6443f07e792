import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../support/certificates.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import { openRaw } from '../support/raw-http.ts';
import { createId, openTraffic, type ApiInput, type TestCall, type Traffic } from '../support/traffic.ts';

const tls = await makeCertificate(['localhost', '127.0.0.1']);
const another = await makeCertificate(['other']);

type HttpBackend = NonNullable<ApiInput['httpBackend']>;

/** A server that does with its connections what HTTP servers do not. */
interface RawBackend {
  readonly address: string;
  /** Connections so far. */
  readonly connections: number;
  /** Heads of requests so far. */
  readonly heads: readonly string[];
  dispose(): Promise<void>;
}

let traffic: Traffic;
const opened: { dispose(): Promise<void> }[] = [];

beforeAll(async () => {
  traffic = await openTraffic();
});

afterAll(async () => {
  await traffic.dispose();
  for (const each of opened) await each.dispose();
});

/** Answers each request head with `onHead`. */
async function openRawBackend(onHead: (socket: Socket, count: number) => void): Promise<RawBackend> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heads.push(chunk.toString('latin1'));
      onHead(socket, heads.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const backend = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    heads,
    dispose: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  opened.push(backend);
  return backend;
}

async function openHttpBackend(...options: Parameters<typeof openBackend>): Promise<Backend> {
  const backend = await openBackend(...options);
  opened.push(backend);
  return backend;
}

/** Calls an API with that backend. */
function call(backend: Partial<HttpBackend>, call: Partial<TestCall> = {}) {
  const path = `/${createId()}`;
  traffic.publish({
    path,
    method: 'ANY',
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/b', retryCount: 0, ...backend },
  });
  return traffic.call({ ...call, path });
}

async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const hang = () => undefined;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a backend that', () => {
  test('refuses connections is answered 502 with APIG.0202', async () => {
    expect(await call({ address: `127.0.0.1:${await closedPort()}` })).toMatchObject({
      status: 502,
      code: 'APIG.0202',
      message: 'Backend unavailable',
    });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['resets the connection', (socket) => socket.resetAndDestroy()],
    ['closes the connection', (socket) => socket.end()],
    ['speaks another protocol', (socket) => socket.write('220 mail.example.com ESMTP\r\n')],
    ['answers a head that is none', (socket) => socket.write('HTTP/1.1 200 OK\r\nno colon\r\n\r\n')],
    [
      'answers with a control character in a header',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 2\r\n\r\nok'),
    ],
    [
      'streams an answer with a control character in a header',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 200\r\n\r\nok'),
    ],
    [
      'answers with two lengths',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk'),
    ],
    [
      'answers with length and coding',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    ],
    [
      'switches protocols unasked',
      (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    ],
    [
      'answers with endless headers',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(200_000)}`),
    ],
  ])('%s is answered 502 with APIG.0202', async (_, onHead) => {
    const backend = await openRawBackend(onHead);
    expect(await call({ address: backend.address })).toMatchObject({ status: 502, code: 'APIG.0202' });
  });

  test('does not answer in time is answered 504 with APIG.0203', async () => {
    const backend = await openRawBackend(hang);
    const start = performance.now();
    expect(await call({ address: backend.address, timeoutMs: 100 })).toMatchObject({
      status: 504,
      code: 'APIG.0203',
      message: 'Backend timeout',
    });
    expect(performance.now() - start).toBeGreaterThan(95);
  });

  test('has a name that does not exist is answered 500 with APIG.0605', async () => {
    expect(await call({ address: 'nowhere.invalid' })).toMatchObject({
      status: 500,
      code: 'APIG.0605',
      message: 'Domain name resolution failed.',
    });
  });

  test('is asked in HTTP but speaks HTTPS is answered with an error of its own or 502', async () => {
    const backend = await openHttpBackend({ tls });
    expect(await call({ address: backend.address })).toMatchObject({ status: 502, code: 'APIG.0202' });
  });

  test('is asked in HTTPS but speaks HTTP is answered 502', async () => {
    const backend = await openHttpBackend();
    expect(await call({ address: backend.address, protocol: 'HTTPS' })).toMatchObject({
      status: 502,
      code: 'APIG.0202',
    });
  });

  test('breaks off in the middle of its answer breaks the answer off for the caller too', async () => {
    const backend = await openRawBackend((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () =>
        setImmediate(() => socket.resetAndDestroy()),
      );
    });
    await expect(call({ address: backend.address })).rejects.toThrow();
  });

  test('falls silent in the middle of its answer breaks the answer off for the caller too', async () => {
    const backend = await openRawBackend((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
    );
    await expect(call({ address: backend.address, timeoutMs: 100 })).rejects.toThrow();
  });

  test('sends interim answers first is heard to the end', async () => {
    const backend = await openRawBackend((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`),
    );
    expect(await call({ address: backend.address })).toMatchObject({ status: 200, text: 'ok' });
  });

  test('ends its answer by closing is heard to the end', async () => {
    const backend = await openRawBackend((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'));
    expect(await call({ address: backend.address })).toMatchObject({ status: 200, text: 'all of it' });
  });

  test('answers before it has read the request is heard', async () => {
    const backend = await openRawBackend((socket, count) => {
      if (count === 1)
        socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nstop');
    });
    const answer = await call(
      { address: backend.address },
      { method: 'POST', body: Buffer.alloc(1024 * 1024) },
    );
    expect(answer).toMatchObject({ status: 413, text: 'stop' });
  });
});

describe('the certificate of a backend', () => {
  test('that nobody vouches for is refused with 502', async () => {
    const backend = await openHttpBackend({ tls });
    expect(await call({ address: `localhost:${backend.port}`, protocol: 'HTTPS' })).toMatchObject({
      status: 502,
      code: 'APIG.0202',
    });
    expect(backend.requests).toEqual([]);
  });

  test.each([
    ['that a given issuer vouches for is accepted', { verify: true, ca: tls.certificate }, 'localhost', 200],
    ['that is for another name is refused', { verify: true, ca: another.certificate }, 'localhost', 502],
    ['is not looked at if the operator says so', { verify: false }, '127.0.0.1', 200],
  ])('%s', async (_, backendTls, host, status) => {
    const backend = await openHttpBackend({ tls });
    const own = await openTraffic({ backendTls });
    opened.push(own);
    own.publish({
      path: '/tls',
      httpBackend: { address: `${host}:${backend.port}`, protocol: 'HTTPS', method: 'GET', path: '/' },
    });
    expect((await own.call('/tls')).status).toBe(status);
  });
});

describe('a failed request to a backend', () => {
  const failing = (times: number) => (socket: Socket, count: number) => {
    if (count <= times) socket.resetAndDestroy();
    else socket.write(OK);
  };

  test.each(['GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE'])(
    'is repeated once for %s unless the API says otherwise',
    async (method) => {
      const backend = await openRawBackend(failing(1));
      expect((await call({ address: backend.address, retryCount: -1 }, { method })).status).toBe(200);
      expect(backend.heads).toHaveLength(2);
    },
  );

  test.each(['POST', 'PATCH'])('is not repeated for %s unless the API says so', async (method) => {
    const backend = await openRawBackend(failing(1));
    const answer = await call(
      { address: backend.address, retryCount: -1 },
      { method, headers: { 'Content-Length': '0' } },
    );
    expect(answer.status).toBe(502);
    expect(backend.heads).toHaveLength(1);
  });

  test('is repeated as often as the API says, for any method', async () => {
    const backend = await openRawBackend(failing(3));
    const answer = await call({ address: backend.address, retryCount: 3 }, { method: 'POST', body: 'again' });
    expect(answer.status).toBe(200);
    expect(backend.heads).toHaveLength(4);
    expect(backend.heads.every((head) => head.endsWith('again'))).toBe(true);
  });

  test('is not repeated more often', async () => {
    const backend = await openRawBackend(failing(9));
    expect((await call({ address: backend.address, retryCount: 2 })).code).toBe('APIG.0202');
    expect(backend.heads).toHaveLength(3);
  });

  test('is repeated after a time-out', async () => {
    const backend = await openRawBackend((socket, count) => (count === 1 ? undefined : socket.write(OK)));
    expect((await call({ address: backend.address, retryCount: 1, timeoutMs: 100 })).status).toBe(200);
  });

  test('is not repeated for a bad status', async () => {
    const backend = await openHttpBackend({
      answer: (_, response) => void response.writeHead(503).end('later'),
    });
    expect(await call({ address: backend.address, retryCount: 5 })).toMatchObject({
      status: 503,
      text: 'later',
    });
    expect(backend.requests).toHaveLength(1);
  });

  test('is not repeated when a streamed body is under way', async () => {
    const backend = await openRawBackend((socket) => socket.resetAndDestroy());
    const answer = await call(
      { address: backend.address, retryCount: 5 },
      { method: 'POST', body: Buffer.alloc(200_000), headers: { 'Content-Length': '200000' } },
    );
    expect(answer.status).toBe(502);
    expect(backend.connections).toBe(1);
  });
});

describe('a caller that hangs up', () => {
  test('ends the request to the backend', async () => {
    let arrived: () => void = () => undefined;
    let left: () => void = () => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    const hasLeft = new Promise<void>((resolve) => (left = resolve));
    const backend = await openRawBackend((socket) => {
      socket.on('close', left);
      arrived();
    });
    const path = `/${createId()}`;
    traffic.publish({
      path,
      httpBackend: {
        address: backend.address,
        protocol: 'HTTP',
        method: 'GET',
        path: '/',
        timeoutMs: 60_000,
      },
    });
    const connection = await openRaw(traffic.http);
    connection.write(`GET ${path} HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\n`);
    await hasArrived;
    connection.destroy();
    await hasLeft;
    expect(backend.heads).toHaveLength(1);
  });

  test('in the middle of its body ends the request to the backend', async () => {
    let left: () => void = () => undefined;
    const hasLeft = new Promise<void>((resolve) => (left = resolve));
    let arrived: () => void = () => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    const backend = await openRawBackend((socket) => {
      socket.on('close', left);
      arrived();
    });
    const path = `/${createId()}`;
    traffic.publish({
      path,
      method: 'POST',
      httpBackend: {
        address: backend.address,
        protocol: 'HTTP',
        method: 'POST',
        path: '/',
        timeoutMs: 60_000,
        retryCount: 3,
      },
    });
    const connection = await openRaw(traffic.http);
    connection.write(
      `POST ${path} HTTP/1.1\r\nHost: ${traffic.domain}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    );
    await hasArrived;
    connection.destroy();
    await hasLeft;
    expect(backend.connections).toBe(1);
  });
});

describe('a gateway that calls itself', () => {
  test('stops after ten levels with APIG.0612', async () => {
    const path = `/${createId()}`;
    const { port } = traffic.http;
    traffic.publish({
      path,
      httpBackend: { address: `127.0.0.1:${port}`, protocol: 'HTTP', method: 'GET', path },
      backendParameters: [{ name: 'Host', location: 'HEADER', origin: 'CONSTANT', value: traffic.domain }],
    });
    expect(await traffic.call(path)).toMatchObject({
      status: 500,
      code: 'APIG.0612',
      message: 'An API cannot call itself.',
    });
  });
});

describe('connections to a backend', () => {
  test('are kept and used again', async () => {
    const backend = await openHttpBackend();
    const path = `/${createId()}`;
    traffic.publish({
      path,
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    for (let count = 0; count < 5; count += 1) await traffic.call(path);
    expect(backend.connections).toBe(1);
  });

  test('that the backend has closed meanwhile are replaced', async () => {
    const backend = await openHttpBackend();
    const path = `/${createId()}`;
    traffic.publish({
      path,
      method: 'POST',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'POST', path: '/' },
    });
    for (let count = 0; count < 5; count += 1) {
      expect((await traffic.call({ path, method: 'POST' })).status).toBe(200);
      backend.closeIdle();
    }
  });

  test('serve many calls at a time', async () => {
    const backend = await openHttpBackend();
    const path = `/${createId()}`;
    traffic.publish({
      path,
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => traffic.call(path)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200));
  });
});
