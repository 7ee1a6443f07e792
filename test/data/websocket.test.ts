import { afterEach, describe, expect, test } from '@jest/globals';
import { openRawBackend, type RawPeer } from './http1/raw-backend.ts';
import { openRaw, statusesOf } from '../support/raw-http.ts';
import { openTraffic } from '../support/traffic.ts';

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
