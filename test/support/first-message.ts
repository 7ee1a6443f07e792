import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:tls';

/** The first bytes that a TLS client sends to a server of that name. */
export async function firstMessage(servername: string): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const received = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) =>
      socket.once('data', (bytes) => {
        socket.destroy();
        resolve(bytes);
      }),
    );
  });
  const { port } = server.address() as AddressInfo;
  connect({ host: '127.0.0.1', port, servername }).on('error', () => undefined);
  const bytes = await received;
  server.close();
  return bytes;
}
