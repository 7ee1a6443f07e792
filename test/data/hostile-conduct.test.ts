import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openBackend, type Backend } from '../support/backend.ts';
import { openRaw, type RawConnection } from '../support/raw-http.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

/*
 * While some callers and backends do their worst, the calls of everybody else are answered; once they have gone, nothing
 * of them is held.
 */

const HOSTILE = 100;
const OTHERS = 25;
const LARGE = 8 * 1024 * 1024;

let traffic: Traffic;
let backend: Backend;
let head: string;
const raw: RawConnection[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  [traffic, backend] = await Promise.all([openTraffic(), openBackend()]);
  head = `Host: ${traffic.domain}\r\n`;
  publish('/good', backend.address);
});
afterEach(async () => {
  for (const connection of raw.splice(0)) connection.destroy();
  await traffic.dispose();
  await backend.dispose();
  for (const server of servers.splice(0)) server.close();
});

function publish(path: string, address: string, timeoutMs = 60_000): void {
  const httpBackend = { protocol: 'HTTP', method: 'GET', path: '/o', address, timeoutMs } as const;
  traffic.publish({ path, method: 'GET', httpBackend });
}

async function openMany(count: number): Promise<readonly RawConnection[]> {
  const { http } = traffic;
  const opened = await Promise.all(Array.from({ length: count }, () => openRaw(http)));
  raw.push(...opened);
  return opened;
}

/** A backend that does with each connection what it likes. */
async function openRude(conduct: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    conduct(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function othersAreServed(): Promise<void> {
  const answers = await Promise.all(Array.from({ length: OTHERS }, () => traffic.call('/good')));
  expect(answers.map(({ status, text }) => [status, text])).toEqual(
    Array.from({ length: OTHERS }, () => [200, '{"from":"backend"}']),
  );
}

/** Waits until nobody is connected, and no backend is but what is kept for the next call. */
async function nothingIsHeld(): Promise<void> {
  for (const connection of raw.splice(0)) connection.destroy();
  for (;;) {
    const { connections, upstreamConnections } = await traffic.dataPlane.statistics.state();
    if (connections.http === 0 && upstreamConnections <= OTHERS) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('heads and bodies that never end keep nobody else waiting', async () => {
  const connections = await openMany(HOSTILE);
  connections.forEach((connection, index) => {
    const line =
      index % 2 === 0 ? 'GET /good HTTP/1.1\r\n' : 'POST /good HTTP/1.1\r\nContent-Length: 1000\r\n';
    connection.write(`${line}${head}${index % 2 === 0 ? 'X-Slow: ' : '\r\n'}a`);
  });
  await othersAreServed();
  for (const connection of connections) connection.write('b');
  await othersAreServed();
  await nothingIsHeld();
});

test('callers who do not read what they asked for keep nobody else waiting', async () => {
  const large = await openBackend({
    answer: (_, response) => {
      response.end(Buffer.alloc(LARGE, 'x'));
    },
  });
  try {
    publish('/large', large.address);
    const { http } = traffic;
    const stalled = Array.from({ length: 20 }, () => connect(http.port, http.host));
    for (const socket of stalled) {
      socket.on('error', () => undefined);
      // Without a listener nothing is read.
      socket.write(`GET /large HTTP/1.1\r\n${head}\r\n`);
    }
    while (large.requests.length < stalled.length) await new Promise((resolve) => setImmediate(resolve));
    await othersAreServed();
    for (const socket of stalled) socket.destroy();
    await nothingIsHeld();
  } finally {
    await large.dispose();
  }
});

test('a flood of what is no request is refused, each for itself', async () => {
  const junk = [
    '\0\0\0\0\r\n\r\n',
    'GET\r\n\r\n',
    `GET /good HTTP/1.1\r\n${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    `GET /good HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `GET /good HTTP/9.9\r\n${head}\r\n`,
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${head}\r\n`,
  ];
  const connections = await openMany(HOSTILE * 3);
  connections.forEach((connection, index) => connection.write(junk[index % junk.length] ?? ''));
  await othersAreServed();
  const answers = await Promise.all(connections.map((connection) => connection.readToEnd()));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 (?:400|414|431|505) /);
  expect(backend.requests).toHaveLength(OTHERS);
  await nothingIsHeld();
});

test.each<[string, (socket: Socket) => void, RegExp]>([
  ['reset', (socket) => socket.once('data', () => socket.resetAndDestroy()), /^50[24]$/],
  ['hang up at once', (socket) => socket.destroy(), /^50[24]$/],
  [
    'answer what is no HTTP',
    (socket) => socket.once('data', () => socket.write('SSH-2.0-x\r\n\r\n')),
    /^502$/,
  ],
  [
    'promise two lengths',
    (socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
      ),
    /^502$/,
  ],
  ['never answer', () => undefined, /^504$/],
  [
    'trickle their heads',
    (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')),
    /^504$/,
  ],
])('backends that %s fail their own calls alone', async (_, conduct, status) => {
  publish('/bad', await openRude(conduct), 200);
  const bad = Promise.all(Array.from({ length: HOSTILE }, () => traffic.call('/bad')));
  await othersAreServed();
  for (const answer of await bad) expect(String(answer.status)).toMatch(status);
  await othersAreServed();
  await nothingIsHeld();
});
