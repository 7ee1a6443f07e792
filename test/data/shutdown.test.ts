import { describe, expect, test } from '@jest/globals';
import { openBackend } from '../support/backend.ts';
import { openRaw, statusesOf } from '../support/raw-http.ts';
import { openTraffic } from '../support/traffic.ts';

/** A promise and the function that keeps it. */
function signal(): { readonly given: Promise<void>; give(): void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

describe('a data plane that is drained', () => {
  test('finishes calls under way and closes their connections', async () => {
    const [arrived, released] = [signal(), signal()];
    const backend = await openBackend({
      answer: (_, response) => {
        arrived.give();
        void released.given.then(() => response.end('finished'));
      },
    });
    const traffic = await openTraffic();
    traffic.publish({
      path: '/slow',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const connection = await openRaw(traffic.http);
    connection.write(`GET /slow HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\n`);
    await arrived.given;
    const drained = traffic.dataPlane.drain(30_000);
    released.give();
    const received = await connection.readToEnd();
    await drained;
    await backend.dispose();
    expect(statusesOf(received)).toEqual([200]);
    expect(received).toContain('finished');
  });

  test('closes idle connections at once and takes no new ones', async () => {
    const traffic = await openTraffic();
    traffic.publish({ path: '/quick' });
    const idle = await openRaw(traffic.http);
    idle.write(`GET /quick HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\n`);
    await idle.read((received) => received.includes('mock'));
    const { http } = traffic;
    await traffic.dataPlane.drain(30_000);
    await idle.readToEnd();
    await expect(openRaw(http)).rejects.toThrow('ECONNREFUSED');
  });

  test('ends calls that take too long', async () => {
    const arrived = signal();
    const backend = await openBackend({ stream: () => arrived.give() });
    const traffic = await openTraffic();
    traffic.publish({
      path: '/hanging',
      httpBackend: {
        address: backend.address,
        protocol: 'HTTP',
        method: 'GET',
        path: '/',
        timeoutMs: 60_000,
      },
    });
    const connection = await openRaw(traffic.http);
    connection.write(`GET /hanging HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\n`);
    await arrived.given;
    await traffic.dataPlane.drain(50);
    expect(statusesOf(await connection.readToEnd())).toEqual([]);
    await backend.dispose();
  });
});

describe('a data plane whose port is taken', () => {
  test('does not start, and leaves no other port taken', async () => {
    const traffic = await openTraffic();
    await expect(openTraffic({ port: traffic.http.port, https: true })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await traffic.dispose();
  });
});
