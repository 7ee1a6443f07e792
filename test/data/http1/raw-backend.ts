import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A connection that a backend was opened. */
export interface RawPeer {
  readonly socket: Socket;
  /** Everything received on it, one character a byte. */
  received: string;
}

/** A TCP server that writes bytes as they are. */
export interface RawBackend {
  readonly port: number;
  /** All connections so far, in order. */
  readonly peers: readonly RawPeer[];
  /** Everything received on all connections. */
  received(): string;
  dispose(): Promise<void>;
}

/** Opens a backend that calls `onData` with what has come on a connection so far. */
export async function openRawBackend(onData: (peer: RawPeer, count: number) => void): Promise<RawBackend> {
  const peers: RawPeer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const peer: RawPeer = { socket, received: '' };
    peers.push(peer);
    socket.on('data', (chunk: Buffer) => {
      peer.received += chunk.toString('latin1');
      onData(peer, peers.length);
    });
    socket.on('end', () => socket.end());
    // Resets are part of the play.
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    peers,
    received: () => peers.map((peer) => peer.received).join(''),
    async dispose() {
      for (const { socket } of peers) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers every complete head with the same bytes. */
export function answering(bytes: string): (peer: RawPeer) => void {
  const answered = new WeakMap<RawPeer, number>();
  return (peer) => {
    const heads = peer.received.split('\r\n\r\n').length - 1;
    for (let count = answered.get(peer) ?? 0; count < heads; count += 1) peer.socket.write(bytes, 'latin1');
    answered.set(peer, heads);
  };
}
