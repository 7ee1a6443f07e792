import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { openWorkers, type WorkerGateway } from '../support/workers.ts';

let running: WorkerGateway;

beforeAll(async () => {
  running = await openWorkers(3, { https: { host: '127.0.0.1', port: 0 } });
});

afterAll(async () => {
  await running.dispose();
});

function open(maxVersion: 'TLSv1.2' | 'TLSv1.3', session?: Buffer): TLSSocket {
  const { host = '', port = 0 } = running.gateway.https ?? {};
  const { certificate: ca = '' } = running.gateway;
  return connect({ host, port, ca, maxVersion, servername: 'localhost', ...(session && { session }) });
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a session of %s goes on in whichever thread takes the next connection',
  async (version) => {
    const first = open(version);
    const [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();

    const reused = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const socket = open(version, session);
        await once(socket, 'secureConnect');
        const isReused = socket.isSessionReused();
        socket.destroy();
        return isReused;
      }),
    );

    expect(reused).toEqual(reused.map(() => true));
  },
);
