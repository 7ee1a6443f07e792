import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type LookupFunction } from 'node:net';
import { makeCertificate } from '../../support/certificates.ts';
import { openBackend, type OpenBackendOptions } from '../../support/backend.ts';
import { openRaw, sendRaw, statusesOf, type RawConnection } from '../../support/raw-http.ts';
import { openProxy, type EngineProxy, type ProxyOptions } from './engine.ts';
import { answering, openRawBackend, type RawPeer } from './raw-backend.ts';

const certificate = await makeCertificate(['localhost', '127.0.0.1']);

const opened: { dispose(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.dispose();
});

function keep<T extends { dispose(): Promise<void> }>(each: T): T {
  opened.push(each);
  return each;
}

async function withRaw(onData: (peer: RawPeer, count: number) => void, options: ProxyOptions = {}) {
  const backend = keep(await openRawBackend(onData));
  const proxy = keep(await openProxy(backend.port, options));
  return {
    backend,
    proxy,
    open: () => openRaw(at(proxy)),
    send: (bytes: string) => sendRaw(at(proxy), bytes),
  };
}

async function withBackend(backendOptions: OpenBackendOptions = {}, options: ProxyOptions = {}) {
  const backend = keep(await openBackend(backendOptions));
  const proxy = keep(await openProxy(backend.port, options));
  return {
    backend,
    proxy,
    open: () => openRaw(at(proxy)),
    send: (bytes: string) => sendRaw(at(proxy), bytes),
  };
}

const at = (proxy: EngineProxy) => ({ host: '127.0.0.1', port: proxy.port });
const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: h\r\n${more}\r\n`;
const last = (target: string) => get(target, 'Connection: close\r\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('connections to a backend', () => {
  test('are used again, the last one first', async () => {
    const { proxy, backend, send } = await withRaw(answering(OK));
    for (const target of ['/1', '/2', '/3']) expect(await send(last(target))).toContain('\r\n\r\nok');
    expect(backend.peers.length).toBe(1);
    expect(proxy.origin.idle.length).toBe(1);
  });

  test('are not used again when the backend closes them', async () => {
    const { backend, send } = await withRaw(
      answering('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    );
    for (const target of ['/1', '/2']) expect(await send(last(target))).toContain('\r\n\r\nok');
    expect(backend.peers.length).toBe(2);
  });

  test('are closed when nothing needs them for a while', async () => {
    const { proxy, send } = await withRaw(answering(OK), { poolIdleMs: 30 });
    await send(last('/1'));
    await eventually(() => proxy.pool.connections === 0);
    expect(proxy.origin.idle.length).toBe(0);
  });

  test('that the backend closes while idle are forgotten', async () => {
    const { proxy, backend, send } = await withRaw(answering(OK));
    await send(last('/1'));
    backend.peers[0]?.socket.end();
    await eventually(() => proxy.origin.idle.length === 0);
    expect(await send(last('/2'))).toContain('\r\n\r\nok');
  });

  test('of an origin that is retired are closed, busy ones after their answer', async () => {
    const peers: RawPeer[] = [];
    const { proxy, send } = await withRaw((peer) => peers.push(peer));
    const answered = send(last('/1'));
    await eventually(() => peers.length === 1);
    proxy.pool.retire(proxy.origin);
    peers[0]?.socket.write(OK);
    expect(await answered).toContain('\r\n\r\nok');
    expect(proxy.pool.connections).toBe(0);
  });
});

describe('a request whose kept connection breaks before an answer', () => {
  /** Answers the first request of a connection and breaks it off at the second. */
  const onceOnly = (peer: RawPeer): void => {
    if ((peer.received.match(/HTTP\/1\.1/g)?.length ?? 0) > 1) peer.socket.resetAndDestroy();
    else peer.socket.write(OK);
  };

  test.each(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'PUT'])(
    'is sent again, once, when it is %s',
    async (method) => {
      const { backend, send } = await withRaw(onceOnly);
      await send(last('/1'));
      const received = await send(`${method} /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
      expect(statusesOf(received)).toEqual([200]);
      expect(backend.peers.length).toBe(2);
      expect(backend.received().match(/\/2 /g)?.length).toBe(2);
    },
  );

  test('is sent again with its body when that is here', async () => {
    const { backend, send } = await withRaw(onceOnly);
    await send(last('/1'));
    const received = await send(
      'PUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
    );
    expect(statusesOf(received)).toEqual([200]);
    expect(backend.peers[1]?.received.endsWith('\r\n\r\nhello')).toBe(true);
  });

  test.each(['POST', 'PATCH'])('is not sent again when it is %s', async (method) => {
    const { backend, send, proxy } = await withRaw(onceOnly);
    await send(last('/1'));
    const received = await send(`${method} /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    expect(statusesOf(received)).toEqual([502]);
    expect(backend.received().match(/\/2 /g)?.length).toBe(1);
    expect(proxy.failures[0]?.kind).toBe('broken');
  });

  test('is not sent again when a byte of an answer has come', async () => {
    const { backend, send } = await withRaw((peer) => {
      if ((peer.received.match(/HTTP\/1\.1/g)?.length ?? 0) > 1) peer.socket.end('HTTP/1.1 2');
      else peer.socket.write(OK);
    });
    await send(last('/1'));
    expect(statusesOf(await send(last('/2')))).toEqual([502]);
    expect(backend.received().match(/\/2 /g)?.length).toBe(1);
  });

  test('is not sent again over a connection that was new', async () => {
    const { backend, send } = await withRaw((peer) => peer.socket.resetAndDestroy());
    expect(statusesOf(await send(last('/1')))).toEqual([502]);
    expect(backend.peers.length).toBe(1);
  });
});

describe('a failure', () => {
  test('to connect is told from the others', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const proxy = keep(await openProxy(port));
    expect(statusesOf(await sendRaw(at(proxy), last('/')))).toEqual([502]);
    expect(proxy.failures.map(({ kind, code }) => [kind, code])).toEqual([['connectFailed', 'ECONNREFUSED']]);
  });

  test('to resolve a name is told from the others', async () => {
    const proxy = keep(
      await openProxy(80, {
        upstream: {
          host: 'nowhere.invalid',
          lookup: (_host, _options, done) =>
            done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), ''),
        },
      }),
    );
    expect(statusesOf(await sendRaw(at(proxy), last('/')))).toEqual([502]);
    expect(proxy.failures[0]?.kind).toBe('nameUnresolved');
  });

  test('to answer in time is told from the others', async () => {
    const { proxy, send } = await withRaw(() => undefined, { headMs: 50 });
    expect(statusesOf(await send(last('/')))).toEqual([504]);
    expect(proxy.failures[0]?.kind).toBe('timedOut');
    expect(proxy.pool.connections).toBe(0);
  });

  test('in the middle of a head is one', async () => {
    const { proxy, send } = await withRaw((peer) => peer.socket.end('HTTP/1.1 200 OK\r\nX: '));
    expect(statusesOf(await send(last('/')))).toEqual([502]);
    expect(proxy.failures[0]?.kind).toBe('broken');
  });

  test.each([
    ['with a length', 'Content-Length: 10\r\n\r\nhalf', ''],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', ''],
    ['in a broken chunk', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', 'zz\r\n'],
  ])('in the middle of a body %s breaks the answer off', async (_name, bytes, rest) => {
    const { backend, proxy, open } = await withRaw((peer) =>
      peer.socket.write(`HTTP/1.1 200 OK\r\n${bytes}`),
    );
    const caller = await open();
    caller.write(get('/') + get('/'));
    await caller.read((received) => received.includes('half'));
    backend.peers[0]?.socket.end(rest);
    const received = await caller.readToEnd();
    expect(statusesOf(received)).toEqual([200]);
    expect(received).not.toContain('\r\n0\r\n\r\n');
    expect(proxy.failures.length).toBe(1);
  });

  test('of an answer that stops coming ends it', async () => {
    const { proxy, send } = await withRaw(
      (peer) => peer.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
      {
        gapMs: 50,
      },
    );
    expect(statusesOf(await send(last('/')))).toEqual([200]);
    expect(proxy.failures[0]?.kind).toBe('timedOut');
  });

  test('of the caller ends the request', async () => {
    const peers: RawPeer[] = [];
    const { open, proxy } = await withRaw((peer) => peers.push(peer));
    const caller = await open();
    caller.write(get('/'));
    await eventually(() => peers.length === 1);
    const closed = once(present(peers[0]).socket, 'close');
    caller.destroy();
    await closed;
    expect(proxy.pool.connections).toBe(0);
  });

  test('of a body ends the request', async () => {
    const { open, backend } = await withRaw(() => undefined, { times: { bodyPauseMs: 50 } });
    const caller = await open();
    caller.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
    expect(statusesOf(await caller.readToEnd())).toEqual([400]);
    await eventually(() => backend.peers[0]?.socket.destroyed === true);
  });
});

describe('an answer', () => {
  test.each([
    ['with a length', 'Content-Length: 5\r\n\r\nhello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n1\r\nh\r\n4;x=y\r\nello\r\n0\r\n\r\n'],
    ['that ends with its connection', 'Connection: close\r\n\r\nhello'],
  ])('%s arrives however it is cut', async (_name, rest) => {
    const { send } = await withRaw((peer) => void trickle(peer, `HTTP/1.1 200 OK\r\nX-A: b\r\n${rest}`));
    const received = await send(last('/'));
    expect(received).toContain('X-A: b\r\n');
    expect(bodyOf(received)).toBe('hello');
  });

  test('in chunks reaches a caller of HTTP/1.0 without them', async () => {
    const { send } = await withRaw(
      (peer) =>
        void trickle(
          peer,
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
        ),
    );
    const received = await send('GET / HTTP/1.0\r\n\r\n');
    expect(received.endsWith('Connection: close\r\n\r\nhello')).toBe(true);
  });

  test('keeps its reason and the lines that nobody changes', async () => {
    const { send } = await withRaw(
      answering(
        'HTTP/1.1 200 All is well\r\nx-lower:  a\t \r\nX-Two: \xe4\r\nX-Two: 2\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    expect(await send(last('/'))).toBe(
      'HTTP/1.1 200 All is well\r\nx-lower:  a\t \r\nX-Two: \xe4\r\nX-Two: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
  });

  test('comes after interim ones, of which 100 is not passed on', async () => {
    const { send } = await withRaw(
      answering(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${OK}`),
    );
    const received = await send(last('/'));
    expect(statusesOf(received)).toEqual([103, 200]);
    expect(received).toContain('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n');
    expect(statusesOf(await send('GET / HTTP/1.0\r\n\r\n'))).toEqual([200]);
  });

  test('brings its trailers to callers that take them, without those that would be acted on', async () => {
    const bytes =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\nSet-Cookie: a=b\r\n\r\n';
    const { send } = await withRaw(answering(bytes));
    expect(await send(get('/', 'Connection: close, TE\r\nTE: trailers\r\n'))).toMatch(
      /2\r\nok\r\n0\r\nX-T: 1\r\n\r\n$/,
    );
    expect(await send(last('/'))).toMatch(/2\r\nok\r\n0\r\n\r\n$/);
  });

  test.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'],
  ])('of %s has no body and leaves the connections as they are', async (_status, bytes) => {
    const { send, backend } = await withRaw(answering(bytes));
    const received = await send(get('/1') + last('/2'));
    expect(statusesOf(received).length).toBe(2);
    expect(bodyOf(received)).toBe(bytes.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    expect(backend.peers.length).toBe(1);
  });

  test('is not held back while its end is not known', async () => {
    const peers: RawPeer[] = [];
    const { open } = await withRaw((peer) => {
      peers.push(peer);
      peer.socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
    });
    const caller = await open();
    caller.write(get('/'));
    await caller.read((received) => received.endsWith('\r\n\r\n'));
    peers[0]?.socket.write('8\r\ndata: 1\n\r\n');
    await caller.read((received) => received.endsWith('8\r\ndata: 1\n\r\n'));
    peers[0]?.socket.write('8\r\ndata: 2\n\r\n0\r\n\r\n');
    await caller.read((received) => received.endsWith('8\r\ndata: 2\n\r\n0\r\n\r\n'));
    caller.destroy();
  });

  test('of many megabytes arrives whole, byte for byte', async () => {
    const bytes = Buffer.alloc(20_000_000);
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = (index * 7 + (index >> 10)) & 255;
    const { proxy } = await withBackend({
      answer: (request, response) => {
        if (request.target === '/chunks') response.flushHeaders();
        response.end(bytes);
      },
    });
    for (const target of ['/length', '/chunks']) {
      const answer = await fetch(`http://127.0.0.1:${proxy.port}${target}`);
      expect(bytes.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
    }
  });

  test('waits with its sender when the caller does not take it in, and goes on when it does', async () => {
    let sent = 0;
    const { backend, proxy } = await withRaw((peer) => {
      peer.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n`);
      const piece = Buffer.alloc(100_000, 'x');
      const more = (): void => {
        while (sent < 100_000_000 && peer.socket.write(piece)) sent += piece.length;
        sent += piece.length;
        if (sent < 100_000_000) peer.socket.once('drain', more);
      };
      more();
    });
    const socket = connect(proxy.port, '127.0.0.1');
    socket.pause();
    socket.write(last('/'));
    await eventually(() => backend.peers.length === 1);
    // Both sides stand still once the memory between them is full.
    let before = -1;
    while (sent !== before) {
      before = sent;
      for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(60_000_000);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    socket.resume();
    await once(socket, 'close');
    expect(bytes).toBeGreaterThan(100_000_000);
  });
});

describe('a body', () => {
  test.each([1, 1000, 70_000, 3_000_000])('of %i bytes arrives whole', async (length) => {
    const { send, backend } = await withBackend({}, { maxBodyBytes: 10_000_000 });
    const body = Array.from({ length }, (_, index) => String.fromCharCode((index * 31) & 255)).join('');
    const received = await send(
      `POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${body}`,
    );
    expect(statusesOf(received)).toEqual([200]);
    expect(backend.last().body.equals(Buffer.from(body, 'latin1'))).toBe(true);
    expect(backend.last().headers['content-length']).toBe(String(length));
  });

  test('in chunks that comes whole leaves with a length, one that comes slowly in chunks', async () => {
    const { send, open, backend, proxy } = await withBackend();
    const head = 'POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    await send(`${head}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`);
    expect(backend.last().headers['content-length']).toBe('5');
    const caller = await open();
    caller.write(`${head}2\r\nhe\r\n`);
    // The request is on its way as soon as it has taken the kept connection.
    await eventually(() => proxy.origin.idle.length === 0);
    caller.write('3\r\nllo\r\n0\r\n\r\n');
    expect(statusesOf(await caller.readToEnd())).toEqual([200]);
    expect(backend.last().headers['transfer-encoding']).toBe('chunked');
    expect(backend.last().body.toString()).toBe('hello');
  });

  test('that is not read to its end by the backend does not hold up its answer', async () => {
    const { open } = await withRaw((peer) => {
      if (peer.received.includes('\r\n\r\n'))
        peer.socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
    });
    const caller = await open();
    caller.write('POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nbegin');
    const received = await caller.readToEnd();
    expect(statusesOf(received)).toEqual([413]);
    expect(received.endsWith('no')).toBe(true);
  });

  test('that is absent is said to be so for POST', async () => {
    const { send, backend } = await withBackend();
    await send('POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    expect(backend.last().headers['content-length']).toBe('0');
  });
});

describe('a change of protocol', () => {
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n';

  async function tunnelled(): Promise<{ caller: RawConnection; peer: RawPeer; proxy: EngineProxy }> {
    const peers: RawPeer[] = [];
    const { open, proxy } = await withRaw((peer) => {
      if (peers.length > 0) return;
      peers.push(peer);
      peer.socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-A: b\r\n\r\nfirst',
      );
    });
    const caller = await open();
    caller.write(get('/chat', upgrade));
    await caller.read((received) => received.endsWith('first'));
    return { caller, peer: present(peers[0]), proxy };
  }

  test('opens a tunnel for bytes of both sides', async () => {
    const { caller, peer } = await tunnelled();
    expect(peer.received).toContain('Connection: upgrade\r\nUpgrade: websocket\r\n');
    caller.write('from the caller');
    await eventually(() => peer.received.endsWith('from the caller'));
    peer.socket.write('from the backend');
    const received = await caller.read((all) => all.endsWith('from the backend'));
    expect(received).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-A: b\r\nConnection: upgrade\r\n\r\nfirst/,
    );
    caller.destroy();
  });

  test('ends when a side breaks off', async () => {
    const { caller, peer, proxy } = await tunnelled();
    const closed = once(peer.socket, 'close');
    caller.destroy();
    await closed;
    await eventually(() => proxy.server.connections === 0 && proxy.pool.connections === 0);
  });

  test('lets one side go on after the other has said all', async () => {
    const { caller, peer, proxy } = await tunnelled();
    const ended = once(peer.socket, 'end');
    caller.write('last words');
    caller.end();
    await ended;
    expect(peer.received.endsWith('last words')).toBe(true);
    expect((await caller.readToEnd()).endsWith('first')).toBe(true);
    await eventually(() => proxy.server.connections === 0 && proxy.pool.connections === 0);
  });

  test('carries megabytes both ways without holding them', async () => {
    const { caller, peer } = await tunnelled();
    const bytes = 'z'.repeat(5_000_000);
    caller.write(bytes);
    peer.socket.write(bytes);
    await eventually(() => peer.received.length > 5_000_000);
    expect((await caller.read((received) => received.length > 5_000_000)).endsWith(bytes)).toBe(true);
    caller.destroy();
  });

  test('that the backend refuses leaves HTTP as it is', async () => {
    const { send } = await withRaw(answering('HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno'));
    expect(statusesOf(await send(get('/chat', upgrade) + last('/next')))).toEqual([400, 400]);
  });
});

describe('a backend over TLS', () => {
  test('is spoken to when its certificate is trusted, and sessions are resumed', async () => {
    const backend = keep(await openBackend({ tls: certificate }));
    const proxy = keep(
      await openProxy(backend.port, {
        upstream: { host: 'localhost', lookup: local, tls: { ca: certificate.certificate } },
        poolIdleMs: 1,
      }),
    );
    for (const target of ['/1', '/2'])
      expect(statusesOf(await sendRaw(at(proxy), last(target)))).toEqual([200]);
    expect(backend.requests.length).toBe(2);
    expect(proxy.origin.session).toBeDefined();
  });

  test('is not spoken to when its certificate is not trusted', async () => {
    const backend = keep(await openBackend({ tls: certificate }));
    const proxy = keep(
      await openProxy(backend.port, { upstream: { host: 'localhost', lookup: local, tls: {} } }),
    );
    expect(statusesOf(await sendRaw(at(proxy), last('/')))).toEqual([502]);
    expect(proxy.failures[0]?.kind).toBe('tlsFailed');
    expect(backend.requests).toEqual([]);
  });

  test('carries large answers', async () => {
    const backend = keep(
      await openBackend({ tls: certificate, answer: (_, response) => response.end('y'.repeat(3_000_000)) }),
    );
    const proxy = keep(
      await openProxy(backend.port, {
        upstream: { host: 'localhost', lookup: local, tls: { ca: certificate.certificate } },
      }),
    );
    const received = await sendRaw(at(proxy), last('/'));
    expect(bodyOf(received)).toBe('y'.repeat(3_000_000));
  });
});

const local: LookupFunction = (_host, options, done) => {
  if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};

/** The body of the first answer, without chunks. */
function bodyOf(received: string): string {
  const at = received.indexOf('\r\n\r\n') + 4;
  const body = received.slice(at);
  if (!received.slice(0, at).includes('Transfer-Encoding: chunked')) return body;
  let text = '';
  for (let from = 0; ;) {
    const lineEnd = body.indexOf('\r\n', from);
    const size = Number.parseInt(body.slice(from, lineEnd), 16);
    if (!(size > 0)) return text;
    text += body.slice(lineEnd + 2, lineEnd + 2 + size);
    from = lineEnd + 4 + size;
  }
}

/** Writes byte by byte, and then closes. */
async function trickle(peer: RawPeer, bytes: string): Promise<void> {
  for (const byte of Array.from(bytes)) {
    peer.socket.write(byte, 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
  }
  peer.socket.end();
}

/** Waits for something that another part of this process does. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing came');
  return value;
}
