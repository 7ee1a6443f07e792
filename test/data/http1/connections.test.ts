import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import type { Exchange } from '../../../gateway-runtime/src/data/http1/exchange.ts';
import { openRaw, sendRaw, statusesOf } from '../../support/raw-http.ts';
import { openEngine, type Engine } from './engine.ts';

const opened: Engine[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.dispose();
});

async function open(...args: Parameters<typeof openEngine>): Promise<Engine> {
  const engine = await openEngine(...args);
  opened.push(engine);
  return engine;
}

/** Answers with the target, once the body has come. */
const echo = (exchange: Exchange): void => {
  const { body, head } = exchange;
  let text = '';
  if (body === undefined) exchange.send(200, '', head.target);
  else {
    body.read({
      onData: (chunk) => {
        text += chunk.toString('latin1');
      },
      onEnd: () => exchange.send(200, '', `${head.target}=${text}`),
      onFailure: (failure) => exchange.send(failure === 'bodyTooLarge' ? 413 : 408, '', failure),
    });
  }
};

const at = (engine: Engine) => ({ host: '127.0.0.1', port: engine.port });
const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: h\r\n${more}\r\n`;
const last = (target: string) => get(target, 'Connection: close\r\n');

describe('a connection', () => {
  test('carries requests one after another', async () => {
    const engine = await open(echo);
    const caller = await openRaw(at(engine));
    caller.write(get('/1'));
    await caller.read((received) => received.endsWith('/1'));
    caller.write(get('/2'));
    await caller.read((received) => received.endsWith('/2'));
    expect(engine.server.connections).toBe(1);
    caller.destroy();
  });

  test('answers requests that came together in their order, one at a time', async () => {
    const waiting: Exchange[] = [];
    const engine = await open((exchange) => waiting.push(exchange));
    const caller = await openRaw(at(engine));
    caller.write(get('/1') + get('/2') + last('/3'));
    let received = '';
    for (const target of ['/1', '/2', '/3']) {
      await eventually(() => waiting.length === 1);
      const [exchange] = waiting.splice(0);
      expect(exchange?.head.target).toBe(target);
      exchange?.send(200, '', target);
      received = await caller.read((all) => all.endsWith(target));
    }
    expect(statusesOf(received)).toEqual([200, 200, 200]);
    expect(await caller.readToEnd()).toBe(received);
  });

  test('answers ten thousand requests that came together', async () => {
    const engine = await open(echo);
    const received = await sendRaw(at(engine), get('/x').repeat(9_999) + last('/end'));
    expect(statusesOf(received).length).toBe(10_000);
    expect(received.endsWith('/end')).toBe(true);
  });

  test('takes in only a little of what comes while a request is answered', async () => {
    const waiting: Exchange[] = [];
    const engine = await open((exchange) => waiting.push(exchange));
    const caller = await openRaw(at(engine));
    caller.write(get('/1'));
    await eventually(() => waiting.length === 1);
    caller.write(get('/2').repeat(400_000));
    const socket = waiting[0]?.connection.socket;
    await eventually(() => socket?.isPaused() === true);
    expect(socket?.bytesRead).toBeLessThan(1_000_000);
    caller.destroy();
  });

  test('of HTTP/1.0 ends after an answer unless asked to stay', async () => {
    const engine = await open(echo);
    const closed = await sendRaw(at(engine), 'GET /1 HTTP/1.0\r\n\r\n');
    expect(closed).toContain('Connection: close');
    const kept = await sendRaw(
      at(engine),
      'GET /1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n',
    );
    expect(kept).toContain('Connection: keep-alive');
    expect(statusesOf(kept)).toEqual([200, 200]);
  });

  test('whose caller has sent its last byte still gets the answer', async () => {
    const waiting: Exchange[] = [];
    const engine = await open((exchange) => waiting.push(exchange));
    const caller = await openRaw(at(engine));
    caller.write(get('/1'));
    caller.end();
    await eventually(() => waiting.length === 1);
    // Interim answers ask whether it still listens; it does.
    await caller.read((received) => received.includes('HTTP/1.1 100 Continue'));
    waiting[0]?.send(200, '', 'heard');
    expect(await caller.readToEnd()).toContain('heard');
  });

  test('that is broken off tells whoever answers', async () => {
    const gone: boolean[] = [];
    const engine = await open((exchange) => {
      exchange.onGone = () => gone.push(exchange.isGone);
    });
    const caller = await openRaw(at(engine));
    caller.write(get('/1'));
    await eventually(() => engine.server.connections === 1);
    caller.destroy();
    await eventually(() => gone.length === 1);
    expect(gone).toEqual([true]);
    await eventually(() => engine.server.connections === 0);
  });

  test('swallows what is written after its caller has gone', async () => {
    const waiting: Exchange[] = [];
    const engine = await open((exchange) => waiting.push(exchange));
    const caller = await openRaw(at(engine));
    caller.write(get('/1'));
    await eventually(() => waiting.length === 1);
    caller.destroy();
    await eventually(() => engine.server.connections === 0);
    const [exchange] = waiting;
    exchange?.start(200, '', undefined);
    expect(exchange?.write(Buffer.from('x'))).toBe(true);
    exchange?.end();
    exchange?.send(200, '', 'x');
    expect(exchange?.isGone).toBe(true);
  });

  test('that is idle is closed after a while', async () => {
    const engine = await open(echo, { times: { idleMs: 50 } });
    const caller = await openRaw(at(engine));
    caller.write(get('/1'));
    expect(statusesOf(await caller.readToEnd())).toEqual([200]);
  });
});

describe('a caller that takes its time', () => {
  test('over a head is told so', async () => {
    const engine = await open(echo, { times: { headMs: 50 } });
    const received = await sendRaw(at(engine), 'GET / HTTP/1.1\r\nHost: h\r\nX: ');
    expect(statusesOf(received)).toEqual([408]);
    expect(engine.refused).toEqual(['headTimedOut']);
  });

  test('byte by byte does not get more of it', async () => {
    const engine = await open(echo, { times: { headMs: 300 } });
    const caller = await openRaw(at(engine));
    caller.write('GET / HTTP/1.1\r\n');
    const timer = setInterval(() => caller.write('X'), 20);
    expect(statusesOf(await caller.readToEnd())).toEqual([408]);
    clearInterval(timer);
  });

  test('over a body is told so', async () => {
    const engine = await open(echo, { times: { bodyPauseMs: 50 } });
    const received = await sendRaw(at(engine), 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab');
    expect(statusesOf(received)).toEqual([408]);
    expect(received).toContain('bodyTimedOut');
  });

  test('without a single byte is closed', async () => {
    const engine = await open(echo, { times: { headMs: 50, idleMs: 50 } });
    expect(await (await openRaw(at(engine))).readToEnd()).toBe('');
  });

  test('to take an answer in is given up', async () => {
    const ended: string[] = [];
    const engine = await open(
      (exchange) => {
        exchange.onGone = () => ended.push('gone');
        exchange.send(200, '', Buffer.alloc(64 * 1024 * 1024));
        exchange.connection.socket.once('close', () => ended.push('closed'));
      },
      { times: { writeStallMs: 100 } },
    );
    const socket = connect(engine.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(get('/'));
    await eventually(() => ended.includes('closed'));
    socket.destroy();
    expect(engine.server.connections).toBe(0);
  });
});

describe('a body', () => {
  test.each([
    ['with a length', 'Content-Length: 5\r\n\r\nhello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'],
    [
      'in chunks with extensions and trailers',
      'Transfer-Encoding: chunked\r\n\r\n5;a=b;c="d"\r\nhello\r\n0\r\nX-T: 1\r\n\r\n',
    ],
  ])('%s arrives however it is cut', async (_name, rest) => {
    const engine = await open(echo);
    const caller = await openRaw(at(engine));
    const bytes = `POST /p HTTP/1.1\r\nHost: h\r\n${rest}${last('/next')}`;
    for (const byte of Array.from(bytes)) {
      caller.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const received = await caller.readToEnd();
    expect(statusesOf(received)).toEqual([200, 200]);
    expect(received).toContain('/p=hello');
    expect(received.endsWith('/next')).toBe(true);
  });

  test('that is announced and awaited is asked for', async () => {
    const engine = await open(echo);
    const caller = await openRaw(at(engine));
    caller.write(
      'POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n',
    );
    expect(await caller.read((received) => received !== '')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    caller.write('ok');
    expect(await caller.readToEnd()).toContain('/p=ok');
  });

  test('that is announced but not wanted is not asked for', async () => {
    const engine = await open((exchange) => exchange.send(403, '', 'no'));
    const caller = await openRaw(at(engine));
    caller.write('POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
    const received = await caller.readToEnd();
    expect(statusesOf(received)).toEqual([403]);
    expect(received).toContain('Connection: close');
  });

  test('larger than allowed is refused by its length', async () => {
    const engine = await open(echo, { maxBodyBytes: 10 });
    const received = await sendRaw(
      at(engine),
      `POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n${'x'.repeat(11)}`,
    );
    expect(statusesOf(received)).toEqual([413]);
    expect(engine.refused).toEqual(['bodyTooLarge']);
  });

  test('larger than allowed is refused when its chunks show it', async () => {
    const engine = await open(echo, { maxBodyBytes: 10 });
    const received = await sendRaw(
      at(engine),
      'POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n',
    );
    expect(statusesOf(received)).toEqual([413]);
  });

  test('that nobody reads is read over when it is small', async () => {
    const engine = await open((exchange) => exchange.send(200, '', exchange.head.target));
    const caller = await openRaw(at(engine));
    caller.write('POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc');
    await caller.read((received) => received.endsWith('/1'));
    caller.write('x'.repeat(997) + last('/2'));
    expect((await caller.readToEnd()).endsWith('/2')).toBe(true);
  });

  test('that nobody reads ends the connection when it is large, and the answer is not lost', async () => {
    const engine = await open((exchange) => exchange.send(200, '', 'early'));
    const caller = await openRaw(at(engine));
    caller.write('POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n');
    caller.write('x'.repeat(500_000));
    const received = await caller.readToEnd();
    expect(received).toContain('Connection: close');
    expect(received.endsWith('early')).toBe(true);
  });

  test('that waits for its reader waits with its sender', async () => {
    const waiting: Exchange[] = [];
    const engine = await open((exchange) => waiting.push(exchange), { maxBodyBytes: 100_000_000 });
    const caller = await openRaw(at(engine));
    caller.write('POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n');
    caller.write(Buffer.alloc(50_000_000));
    await eventually(() => waiting.length === 1 && waiting[0]?.connection.socket.isPaused() === true);
    const [exchange] = waiting;
    expect(exchange?.connection.socket.bytesRead).toBeLessThan(1_000_000);
    let bytes = 0;
    await new Promise<void>((resolve, reject) => {
      exchange?.body?.read({
        onData: (chunk) => {
          bytes += chunk.length;
        },
        onEnd: () => resolve(),
        onFailure: (failure) => reject(new Error(failure)),
      });
    });
    expect(bytes).toBe(50_000_000);
    exchange?.send(200, '', 'all');
    await caller.read((received) => received.endsWith('all'));
    caller.destroy();
  });
});

describe('an answer', () => {
  test('whose length is not known leaves in chunks', async () => {
    const engine = await open((exchange) => {
      exchange.start(200, 'X-A: b\r\n', undefined);
      exchange.write(Buffer.from('hello'));
      exchange.write(Buffer.from(' you'));
      exchange.end();
    });
    const received = await sendRaw(at(engine), last('/'));
    expect(received).toContain('X-A: b\r\nTransfer-Encoding: chunked\r\n');
    expect(received.endsWith('\r\n\r\n5\r\nhello\r\n4\r\n you\r\n0\r\n\r\n')).toBe(true);
  });

  test('whose length is not known ends with the connection for HTTP/1.0', async () => {
    const engine = await open((exchange) => {
      exchange.start(200, '', undefined);
      exchange.write(Buffer.from('hello'));
      exchange.end();
    });
    const received = await sendRaw(at(engine), 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect(received).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello');
  });

  test.each([
    ['HEAD', 200, 'Content-Length: 5'],
    ['GET', 304, 'Content-Length: 5'],
    ['GET', 204, undefined],
  ])('to %s with %i has no body', async (method, status, length) => {
    const engine = await open((exchange) => exchange.send(status, '', 'hello'));
    const received = await sendRaw(
      at(engine),
      `${method} / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`,
    );
    expect(received.endsWith('\r\n\r\n')).toBe(true);
    expect(received.includes('Content-Length')).toBe(length !== undefined);
  });

  test('that is shorter than announced is broken off', async () => {
    const engine = await open((exchange) => {
      exchange.start(200, '', 10);
      exchange.write(Buffer.from('hello'));
      exchange.end();
    });
    const caller = await openRaw(at(engine));
    caller.write(get('/') + get('/'));
    expect(statusesOf(await caller.readToEnd())).toEqual([200]);
  });
});

describe('limits', () => {
  test.each([
    ['a target', `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: h\r\n\r\n`, 414],
    ['a target that is not complete', `GET /${'a'.repeat(40_000)}`, 414],
    ['a method', 'A'.repeat(40_000), 400],
    ['a field', get('/', `X: ${'a'.repeat(40_000)}\r\n`), 494],
    ['a field that is not complete', `GET / HTTP/1.1\r\nHost: h\r\nX: ${'a'.repeat(40_000)}`, 494],
    ['a field name', `GET / HTTP/1.1\r\nHost: h\r\n${'a'.repeat(40_000)}`, 494],
    ['all fields together', get('/', `X: ${'a'.repeat(30_000)}\r\n`.repeat(5)), 494],
    ['the number of fields', get('/', 'X: y\r\n'.repeat(300)), 494],
  ])('on %s are kept', async (_name, bytes, status) => {
    const engine = await open(echo);
    expect(statusesOf(await sendRaw(at(engine), bytes))).toEqual([status]);
  });

  test('allow what is just within them', async () => {
    const engine = await open(echo);
    const target = `/${'a'.repeat(32 * 1024 - 1)}`;
    const bytes = get(target, `X: ${'b'.repeat(32 * 1024 - 3)}\r\n`.repeat(3) + 'Connection: close\r\n');
    expect(statusesOf(await sendRaw(at(engine), bytes))).toEqual([200]);
  });

  test('on connections are told', async () => {
    const engine = await open(echo, { maxConnections: 1 });
    const first = await openRaw(at(engine));
    first.write(get('/1'));
    await first.read((received) => received.endsWith('/1'));
    expect(statusesOf(await sendRaw(at(engine), get('/2')))).toEqual([503]);
    first.destroy();
    await eventually(() => engine.server.connections === 0);
    expect(statusesOf(await sendRaw(at(engine), last('/3')))).toEqual([200]);
  });

  test('on connections of one address are told', async () => {
    const engine = await open(echo, { maxConnectionsPerAddress: 1 });
    const first = await openRaw(at(engine));
    first.write(get('/1'));
    await first.read((received) => received.endsWith('/1'));
    expect(statusesOf(await sendRaw(at(engine), get('/2')))).toEqual([503]);
    expect(engine.refused).toEqual(['tooManyConnections']);
    first.destroy();
  });
});

describe('a server that is drained', () => {
  test('finishes what it does and takes nothing new', async () => {
    const waiting: Exchange[] = [];
    const engine = await open((exchange) => waiting.push(exchange));
    const idle = await openRaw(at(engine));
    const busy = await openRaw(at(engine));
    busy.write(get('/1') + get('/2'));
    await eventually(() => waiting.length === 1 && engine.server.connections === 2);
    const drained = engine.server.drain(5000);
    expect(await idle.readToEnd()).toBe('');
    waiting[0]?.send(200, '', 'done');
    const received = await busy.readToEnd();
    expect(statusesOf(received)).toEqual([200]);
    expect(received).toContain('Connection: close');
    busy.destroy();
    await drained;
  });

  test('breaks off what takes too long', async () => {
    const waiting: Exchange[] = [];
    const gone: boolean[] = [];
    const engine = await open((exchange) => {
      waiting.push(exchange);
      exchange.onGone = () => gone.push(true);
    });
    const caller = await openRaw(at(engine));
    caller.write(get('/1'));
    await eventually(() => waiting.length === 1);
    await engine.server.drain(50);
    expect(await caller.readToEnd()).toBe('');
    expect(gone).toEqual([true]);
  });
});

/** Waits for something that another part of this process does. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
