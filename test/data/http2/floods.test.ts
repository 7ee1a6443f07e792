import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MAX_STREAMS } from '../../../gateway-runtime/src/data/http2/sessions.ts';
import { openBackend, type Backend } from '../../support/backend.ts';
import { FLAG, FRAME, fieldBlock, frame, framesIn, getHead, START } from '../../support/http2-frames.ts';
import { later, openHttp2 } from '../../support/http2.ts';
import { openRaw, type RawConnection } from '../../support/raw-http.ts';
import { openTraffic, type Traffic } from '../../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;
let connection: RawConnection;

beforeAll(async () => {
  // It never answers.
  backend = await openBackend({ stream: (request) => void request.on('error', () => undefined).resume() });
  traffic = await openTraffic();
  traffic.publish({
    path: '/hang',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/', timeoutMs: 60_000 },
  });
  traffic.publish({ path: '/mock' });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

beforeEach(async () => {
  connection = await openRaw(traffic.http);
  connection.write(START);
});

afterEach(async () => {
  connection.destroy();
  // Whatever a caller does, others are served.
  const caller = openHttp2(traffic.http, { authority: traffic.domain });
  await expect(caller.call({ ':path': '/mock' })).resolves.toMatchObject({ status: 200 });
  caller.dispose();
});

describe('a caller over HTTP/2', () => {
  test('that takes requests back as fast as it makes them loses its connection', async () => {
    for (let stream = 1; stream < 8000; stream += 2) {
      connection.write(getHead(stream, traffic.domain, '/hang'));
      connection.write(frame(FRAME.reset, 0, stream, Buffer.from([0, 0, 0, 8])));
    }
    const frames = framesIn(await connection.readToEnd());
    expect(frames.some(({ type }) => type === FRAME.goaway)).toBe(true);
  });

  test('has no more requests under way at a time than it was told', async () => {
    const before = backend.connections;
    // The limit counts once it is acknowledged.
    await connection.read((received) => framesIn(received).length >= 2);
    connection.write(frame(FRAME.settings, FLAG.ack, 0));
    for (let index = 0; index <= MAX_STREAMS; index += 1) {
      connection.write(getHead(2 * index + 1, traffic.domain, '/hang'));
    }
    const frames = framesIn(await connection.readToEnd());
    expect(frames.some(({ type }) => type === FRAME.goaway)).toBe(true);
    expect(backend.connections).toBeLessThanOrEqual(before + MAX_STREAMS);
  });

  test('whose head never ends loses its connection', async () => {
    const block = fieldBlock([['x-field', 'x']]);
    connection.write(frame(FRAME.headers, FLAG.endStream, 1, block));
    for (let count = 0; count < 1000; count += 1) connection.write(frame(FRAME.continuation, 0, 1, block));
    const frames = framesIn(await connection.readToEnd());
    expect(frames.some(({ type, stream }) => type === FRAME.headers && stream === 1)).toBe(false);
  });

  test('whose head has more fields than are read is refused', async () => {
    const caller = openHttp2(traffic.http, { authority: traffic.domain });
    const fields = Object.fromEntries(Array.from({ length: 11_000 }, (_, index) => [`x-${index}`, '1']));
    await expect(caller.call({ ':path': '/mock', ...fields })).rejects.toThrow();
    caller.dispose();
  });

  test.each([
    ['pings', frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
    ['settings', frame(FRAME.settings, 0, 0)],
  ])('that sends %s and takes no answers in loses its connection', async (_, each) => {
    const { host, port } = traffic.http;
    const socket = connect({ host, port });
    const closed = later<undefined>();
    socket.on('error', () => undefined);
    socket.on('close', () => closed.resolve(undefined));
    socket.pause();
    socket.write(START);
    const flood = Buffer.concat(Array.from({ length: 5000 }, () => each));
    const pump = () => {
      while (!socket.destroyed && socket.write(flood));
    };
    socket.on('drain', pump);
    pump();
    await closed.promise;
  });
});
