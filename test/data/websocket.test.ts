import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  connect as connectHttp2,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type Settings as Http2Settings,
} from 'node:http2';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openRawBackend, type RawPeer } from './http1/raw-backend.ts';
import { openRaw, statusesOf } from '../support/raw-http.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

const opened: { dispose(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.dispose();
});

const UPGRADE =
  'GET /chat HTTP/1.1\r\nHost: api.example.com\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const SWITCHED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

async function open(answer: (peer: RawPeer) => void, timeoutMs = 5000) {
  const backend = await openRawBackend(answer);
  opened.push(backend);
  const traffic = await openTraffic();
  opened.push(traffic);
  traffic.publish({
    path: '/chat',
    httpBackend: {
      address: `127.0.0.1:${backend.port}`,
      protocol: 'HTTP',
      method: 'GET',
      path: '/ws',
      timeoutMs,
    },
  });
  const caller = await openRaw(traffic.http);
  return { backend, traffic, caller };
}

describe('a call that asks for WebSocket', () => {
  test('becomes a tunnel when the backend agrees', async () => {
    const { backend, caller } = await open((peer) => {
      if (peer.received.endsWith('\r\n\r\n')) peer.socket.write(SWITCHED);
      else if (peer.received.endsWith('ping')) peer.socket.write('pong');
    });
    caller.write(UPGRADE);
    const head = await caller.read((received) => received.endsWith('\r\n\r\n'));
    expect(statusesOf(head)).toEqual([101]);
    expect(head).toContain('Upgrade: websocket\r\n');
    expect(head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
    expect(head).toMatch(/X-Request-Id: [0-9a-f]{32}\r\n/);
    caller.write('ping');
    expect((await caller.read((received) => received.endsWith('pong'))).endsWith('pong')).toBe(true);
    expect(backend.received()).toMatch(/^GET \/ws HTTP\/1\.1\r\n/);
    expect(backend.received()).toContain('Connection: upgrade\r\nUpgrade: websocket\r\n');
    caller.destroy();
  });

  test('is checked like any other before the backend hears of it', async () => {
    const { backend, caller, traffic } = await open((peer) => peer.socket.write(SWITCHED));
    traffic.publish({
      path: '/guarded',
      authentication: 'APP',
      httpBackend: { address: `127.0.0.1:${backend.port}`, protocol: 'HTTP', method: 'GET', path: '/ws' },
    });
    caller.write(UPGRADE.replace('/chat', '/guarded'));
    expect(statusesOf(await caller.read((received) => received.endsWith('"}')))).toEqual([401]);
    expect(backend.peers.length).toBe(0);
    caller.destroy();
  });

  test('stays HTTP when the backend does not agree', async () => {
    const { caller } = await open((peer) =>
      peer.socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'),
    );
    caller.write(UPGRADE + UPGRADE);
    const received = await caller.read((all) => statusesOf(all).length === 2 && all.endsWith('no'));
    expect(statusesOf(received)).toEqual([426, 426]);
    caller.destroy();
  });

  test('ends when nothing has passed for as long as the backend may be silent', async () => {
    const { caller } = await open((peer) => peer.socket.write(SWITCHED), 50);
    caller.write(UPGRADE);
    expect(statusesOf(await caller.readToEnd())).toEqual([101]);
  });

  test('does not keep a data plane from draining', async () => {
    const { caller, traffic } = await open((peer) => peer.socket.write(SWITCHED));
    caller.write(UPGRADE);
    await caller.read((received) => received.endsWith('\r\n\r\n'));
    await traffic.dataPlane.drain(50);
    expect(statusesOf(await caller.readToEnd())).toEqual([101]);
  });
});

describe('a call over HTTP/2 that asks for WebSocket', () => {
  const accept = (received: string) => {
    const key = /sec-websocket-key: (\S+)/i.exec(received)?.[1] ?? '';
    return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  };
  const agree = (peer: RawPeer) => {
    if (peer.received.endsWith('\r\n\r\n'))
      peer.socket.write(SWITCHED.replace('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', accept(peer.received)));
    else if (peer.received.endsWith('ping')) peer.socket.write('pong');
  };

  async function ask(traffic: Traffic, headers: Readonly<Record<string, string>> = {}) {
    const session = connectHttp2(`http://${traffic.http.host}:${traffic.http.port}`);
    opened.push({
      dispose: async () => {
        session.destroy();
        await Promise.resolve();
      },
    });
    // Requests for it may be made once the gateway has said that it knows them (RFC 8441, section 3).
    const [settings] = (await once(session, 'remoteSettings')) as [Http2Settings];
    expect(settings.enableConnectProtocol).toBe(true);
    const stream = session.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'http',
      ':authority': traffic.domain,
      ':path': '/chat',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'chat',
      ...headers,
    });
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    return { session, stream, answer };
  }

  async function textOf(stream: ClientHttp2Stream, length: number): Promise<string> {
    let text = '';
    while (text.length < length) {
      const [chunk] = (await once(stream, 'data')) as [Buffer];
      text += chunk.toString();
    }
    return text;
  }

  test('becomes a tunnel when the backend agrees, as one of HTTP/1.1 does', async () => {
    const { backend, traffic } = await open(agree);
    const { stream, answer } = await ask(traffic);

    expect(answer[':status']).toBe(200);
    expect(answer).toMatchObject({ 'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/) });
    for (const name of ['upgrade', 'connection', 'sec-websocket-accept'])
      expect(answer).not.toHaveProperty(name);
    stream.write('ping');
    expect(await textOf(stream, 4)).toBe('pong');
    expect(backend.received()).toMatch(/^GET \/ws HTTP\/1\.1\r\n/);
    expect(backend.received()).toContain('Connection: upgrade\r\nUpgrade: websocket\r\n');
    expect(backend.received()).toContain('sec-websocket-protocol: chat\r\n');
    expect(backend.received()).not.toContain(':protocol');
    stream.end();
    await once(stream, 'end');
  });

  test('shares its connection with other calls', async () => {
    const { traffic } = await open(agree);
    traffic.publish({ path: '/mock' });
    const { session, stream } = await ask(traffic);
    const other = session.request({ ':path': '/mock', ':authority': traffic.domain });
    const [answer] = (await once(other, 'response')) as [IncomingHttpHeaders];
    expect(answer[':status']).toBe(200);
    other.close();
    stream.write('ping');
    expect(await textOf(stream, 4)).toBe('pong');
  });

  test.each<readonly [string, (peer: RawPeer) => void, number]>([
    ['agrees to another key', (peer) => peer.socket.write(SWITCHED), 502],
    [
      'does not agree',
      (peer) => peer.socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'),
      426,
    ],
  ])('has another answer when the backend %s', async (_what, backendAnswer, status) => {
    const { traffic } = await open(backendAnswer);
    const { stream, answer } = await ask(traffic);
    expect(answer[':status']).toBe(status);
    stream.resume();
    await once(stream, 'end');
  });

  test('is checked like any other before the backend hears of it', async () => {
    const { backend, traffic } = await open(agree);
    traffic.publish({
      path: '/guarded',
      authentication: 'APP',
      httpBackend: { address: `127.0.0.1:${backend.port}`, protocol: 'HTTP', method: 'GET', path: '/ws' },
    });
    expect((await ask(traffic, { ':path': '/guarded' })).answer[':status']).toBe(401);
    expect((await ask(traffic, { ':path': '/nowhere' })).answer[':status']).toBe(404);
    expect(backend.peers.length).toBe(0);
  });

  test('is refused with another protocol, and shows no key of its own to the backend', async () => {
    const { backend, traffic } = await open(agree);
    expect((await ask(traffic, { ':protocol': 'connect-udp' })).answer[':status']).toBe(400);
    expect((await ask(traffic, { 'sec-websocket-key': 'mine' })).answer[':status']).toBe(200);
    expect(backend.received()).not.toContain('mine');
  });

  test('ends with its backend, with its silence, and with the gateway', async () => {
    const { backend, traffic } = await open(agree);
    const first = await ask(traffic);
    first.stream.resume();
    backend.peers[0]?.socket.end();
    await once(first.stream, 'end');

    const silent = await open(agree, 50);
    const second = await ask(silent.traffic);
    second.stream.on('error', () => undefined);
    second.stream.resume();
    await once(second.stream, 'close');

    const third = await ask(traffic);
    third.stream.on('error', () => undefined);
    third.session.on('error', () => undefined);
    const closed = once(third.stream, 'close');
    await traffic.dataPlane.drain(50);
    third.stream.resume();
    await closed;
  });
});
