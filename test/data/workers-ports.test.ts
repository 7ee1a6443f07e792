import { describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { canSharePorts } from '../../gateway-runtime/src/workers/start-workers.ts';
import { openWorkers } from '../support/workers.ts';

describe('ports of several threads', () => {
  test.each([
    ['linux', true],
    ['freebsd', true],
    ['darwin', false],
    ['win32', false],
  ] as const)('on %s can be shared: %s', (platform, isSo) => {
    expect(canSharePorts(platform)).toBe(isSo);
  });

  test('are refused when another gateway has them', async () => {
    const first = await openWorkers(2);
    try {
      const { host = '', port = 0 } = first.gateway.http ?? {};
      await expect(openWorkers(2, { http: { host, port } })).rejects.toMatchObject({
        code: 'EADDRINUSE',
        port,
      });
    } finally {
      await first.dispose();
    }
  });

  test('are free again after a start that failed', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const at = { host: '127.0.0.1', port };
    await expect(openWorkers(2, { http: { host: '127.0.0.1', port: 0 }, https: at })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port,
    });
    await new Promise<void>((resolve) => taken.close(() => resolve()));

    const running = await openWorkers(2, { https: at });

    expect(running.gateway.https).toEqual(at);
    await running.dispose();
  });
});
