import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import type { ClientHttp2Stream } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../../support/backend.ts';
import { later, openHttp2, type Http2Caller } from '../../support/http2.ts';
import { openRaw } from '../../support/raw-http.ts';
import { openTraffic, type Traffic } from '../../support/traffic.ts';

const MIB = 1024 * 1024;

let traffic: Traffic;
let backend: Backend;
let serving: Backend;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let caller: Http2Caller;

beforeAll(async () => {
  backend = await openBackend();
  serving = await openBackend({ stream: (request, response) => serve(request, response) });
  traffic = await openTraffic({ https: true, timeouts: { bodyMs: 300, unreadMs: 400 } });
  traffic.publish({
    path: '/orders',
    method: 'ANY',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/in' },
  });
  traffic.publish({
    path: '/stream',
    method: 'ANY',
    httpBackend: { address: serving.address, protocol: 'HTTP', method: 'ANY', path: '/', timeoutMs: 10_000 },
  });
  traffic.publish({ path: '/mock', method: 'ANY' });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
  await serving.dispose();
});

function open(isSecure: boolean): Http2Caller {
  return isSecure
    ? openHttp2(traffic.https, { ca: traffic.dataPlane.certificate ?? '', authority: traffic.domain })
    : openHttp2(traffic.http, { authority: traffic.domain });
}

beforeEach(() => {
  caller = open(false);
});

afterEach(() => caller.dispose());

describe.each([
  ['with prior knowledge', false],
  ['over TLS', true],
])('a call over HTTP/2 %s', (_, isSecure) => {
  beforeEach(() => {
    caller.dispose();
    caller = open(isSecure);
  });

  test('is answered like one over HTTP/1.1', async () => {
    const answer = await caller.call({ ':path': '/orders?a=1&a=2', 'x-own': 'yes' });
    expect(answer).toMatchObject({ status: 200, text: '{"from":"backend"}' });
    expect(answer.headers).toMatchObject({ server: 'api-gateway', 'content-type': 'application/json' });
    expect(answer.headers['x-request-id']).toMatch(/^[\da-f]{32}$/);
    const sent = backend.last();
    expect(sent).toMatchObject({ method: 'GET', target: '/in?a=1&a=2' });
    expect(sent.headers).toMatchObject({ 'x-own': 'yes', 'x-forwarded-proto': isSecure ? 'https' : 'http' });
  });

  test('sends its body on', async () => {
    const body = 'x'.repeat(200_000);
    const answer = await caller.call({ ':path': '/orders', ':method': 'POST' }, body);
    expect(answer.status).toBe(200);
    expect(backend.last().body.toString()).toBe(body);
  });

  test('is refused by the errors of the catalogue', async () => {
    const answer = await caller.call({ ':path': '/nowhere' });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ error_code: 'APIG.0101' });
  });
});

describe('a connection over TLS', () => {
  test.each([
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1'], 'http/1.1'],
    [undefined, false],
  ])('that offers %j speaks %s', async (offered, spoken) => {
    const { host, port } = traffic.https;
    const socket = connectTls({
      host,
      port,
      ca: traffic.dataPlane.certificate,
      servername: 'localhost',
      ...(offered !== undefined && { ALPNProtocols: [...offered] }),
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe(spoken);
    socket.destroy();
  });
});

describe('the preface of HTTP/2', () => {
  test('is known in whatever pieces it comes', async () => {
    const connection = await openRaw(traffic.http);
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    const settings = '\0\0\0\x04\0\0\0\0\0';
    for (const byte of preface + settings) {
      connection.write(byte);
      await new Promise(setImmediate);
    }
    // The server's settings, and the receipt of ours.
    const received = await connection.read((text) => text.includes('\0\0\0\x04\x01\0\0\0\0'));
    expect(received.charCodeAt(3)).toBe(4);
    connection.destroy();
  });

  test('is refused after a request over HTTP/1.1', async () => {
    const connection = await openRaw(traffic.http);
    connection.write(`GET /mock HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`);
    const received = await connection.readToEnd();
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 /);
  });

  test('is not reached by the obsolete change of protocol', async () => {
    const connection = await openRaw(traffic.http);
    connection.write(
      `GET /orders HTTP/1.1\r\nHost: ${traffic.domain}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
    );
    const received = await connection.read((text) => text.includes('backend'));
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(backend.last().headers).not.toHaveProperty('upgrade');
    connection.destroy();
  });
});

describe('the head of a request over HTTP/2', () => {
  test('has its cookies joined', async () => {
    await caller.call({ ':path': '/orders', cookie: ['a=1', 'b=2'] });
    expect(backend.last().headers.cookie).toBe('a=1; b=2');
  });

  test('is refused when it names two hosts', async () => {
    const before = backend.requests.length;
    const answer = await caller.call({ ':path': '/orders', host: 'other.example.com' });
    expect(answer.status).toBe(400);
    expect(backend.requests).toHaveLength(before);
  });

  test.each([
    ['an unknown method', { ':path': '/orders', ':method': 'BREW' }, 400],
    ['a target over the limit', { ':path': `/orders?${'x'.repeat(33_000)}` }, 414],
    ['a field over the limit', { ':path': '/orders', 'x-long': 'x'.repeat(33_000) }, 494],
    ['an expectation that nobody knows', { ':path': '/orders', expect: 'much' }, 400],
  ])('is refused for %s', async (__, headers, status) => {
    const answer = await caller.call(headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toHaveProperty('error_code');
  });

  test('is answered when all fields together are over the limit', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 5 }, (___, index) => [`x-part-${index}`, 'x'.repeat(30_000)]),
    );
    const answer = await caller.call({ ':path': '/orders', ...fields });
    expect(answer.status).toBe(494);
  });

  test('leaves what is of the connection behind', async () => {
    await caller.call({ ':path': '/orders', te: 'trailers' });
    expect(backend.last().headers).not.toHaveProperty('te');
  });
});

describe('an answer over HTTP/2', () => {
  test('to HEAD has a length and no body', async () => {
    const answer = await caller.call({ ':path': '/mock', ':method': 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
  });

  test.each([204, 304])('with %i has no body', async (status) => {
    serve = (_request, response) => {
      response.writeHead(status).end();
    };
    const answer = await caller.call({ ':path': '/stream' });
    expect(answer).toMatchObject({ status, text: '', code: 0 });
  });

  test('has the trailers of the backend', async () => {
    serve = (_request, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('part');
      response.addTrailers({ 'X-Sum': '42' });
      response.end();
    };
    const answer = await caller.call({ ':path': '/stream' });
    expect(answer).toMatchObject({ status: 200, text: 'part', trailers: { 'x-sum': '42' } });
  });

  test('keeps lines of one name apart', async () => {
    serve = (_request, response) => {
      response.writeHead(200, [
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Content-Type', 'text/plain'],
        ...['Connection', 'x-hop', 'X-Hop', '1'],
      ]);
      response.end('x');
    };
    const answer = await caller.call({ ':path': '/stream' });
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers).not.toHaveProperty('x-hop');
  });

  test('comes after the interim ones of the backend', async () => {
    serve = (_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.end('x');
    };
    const answer = await caller.call({ ':path': '/stream' });
    expect(answer.interim).toEqual([103]);
  });

  test('arrives event by event', async () => {
    let response: ServerResponse | undefined;
    serve = (_request, given) => {
      response = given;
      given.writeHead(200, { 'Content-Type': 'text/event-stream' });
      given.write('data: 1\n\n');
    };
    const stream = caller.session.request({ ':path': '/stream', ':authority': traffic.domain });
    const [first] = (await once(stream, 'data')) as [Buffer];
    expect(first.toString()).toBe('data: 1\n\n');
    response?.write('data: 2\n\n');
    const [second] = (await once(stream, 'data')) as [Buffer];
    expect(second.toString()).toBe('data: 2\n\n');
    response?.end();
    await once(stream, 'end');
  });

  test('is broken off when the backend breaks it off', async () => {
    serve = (_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('part', () => response.destroy());
    };
    await expect(caller.call({ ':path': '/stream' })).rejects.toThrow();
  });

  test('waits for a caller that does not read, and so does the backend', async () => {
    const total = 64 * MIB;
    let sent = 0;
    let isStalled: () => void = () => undefined;
    const stalled = new Promise<void>((resolve) => (isStalled = resolve));
    serve = (_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const pump = () => {
        while (sent < total) {
          sent += piece.length;
          if (!response.write(piece)) {
            response.once('drain', pump);
            return;
          }
        }
        response.end();
      };
      pump();
      response.on('close', isStalled);
    };
    const stream = caller.session.request({ ':path': '/stream', ':authority': traffic.domain });
    stream.on('error', () => undefined);
    await once(stream, 'response');
    // It reads nothing, so the gateway gives it up, and the backend with it.
    await stalled;
    expect(sent).toBeLessThan(total);
  });
});

describe('the body of a request over HTTP/2', () => {
  test('reaches the backend piece by piece', async () => {
    const arrived = later<IncomingMessage>();
    serve = (request, response) => {
      arrived.resolve(request);
      request.on('end', () => response.end('done'));
    };
    const stream = post('/stream');
    stream.write('first');
    const request = await arrived.promise;
    const [piece] = (await once(request, 'data')) as [Buffer];
    expect(piece.toString()).toBe('first');
    const rest = once(request, 'data');
    stream.end('second');
    expect(String((await rest)[0])).toBe('second');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(200);
  });

  test('is asked for when its sender waits to be', async () => {
    serve = (request, response) => {
      request.resume().on('end', () => response.end('done'));
    };
    const stream = post('/stream', { expect: '100-continue' });
    await once(stream, 'continue');
    stream.end('body');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(200);
  });

  test('has its trailers sent on', async () => {
    const trailers = later<IncomingMessage['trailers']>();
    serve = (request, response) => {
      request.resume().on('end', () => {
        trailers.resolve(request.trailers);
        response.end('done');
      });
    };
    const stream = caller.session.request(
      { ':path': '/stream', ':method': 'POST', ':authority': traffic.domain },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7', authorization: 'late' }));
    stream.end('body');
    await expect(trailers.promise).resolves.toEqual({ 'x-sum': '7' });
    stream.resume();
    await once(stream, 'close');
  });

  test('over the limit is refused by what it announces', async () => {
    const stream = post('/mock', { 'content-length': String(13 * MIB) });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(413);
    stream.close();
  });

  test('over the limit is refused by what comes', async () => {
    serve = (request, response) => {
      request
        .on('error', () => undefined)
        .resume()
        .on('end', () => response.end('done'));
    };
    const stream = post('/stream');
    const piece = Buffer.alloc(MIB);
    for (let count = 0; count < 13; count += 1) stream.write(piece);
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(413);
    stream.close();
  });

  test('that pauses for too long is given up', async () => {
    serve = (request) => void request.on('error', () => undefined).resume();
    const stream = post('/stream');
    stream.write('first');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(408);
    stream.close();
  });

  test('that is taken back takes the request to the backend back', async () => {
    const gone = later<undefined>();
    const here = later<undefined>();
    serve = (request) => {
      request.on('error', () => undefined).on('close', () => gone.resolve(undefined));
      here.resolve(undefined);
    };
    const stream = post('/stream');
    stream.write('first');
    await here.promise;
    stream.close(8);
    await gone.promise;
  });
});

function post(path: string, headers: Record<string, string> = {}): ClientHttp2Stream {
  const stream = caller.session.request({
    ':path': path,
    ':method': 'POST',
    ':authority': traffic.domain,
    ...headers,
  });
  stream.on('error', () => undefined);
  return stream;
}
