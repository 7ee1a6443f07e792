import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where bytes are sent to. */
export interface RawTarget {
  readonly host: string;
  readonly port: number;
  /** PEM of an issuer to trust; given, the connection is encrypted. */
  readonly ca?: string;
  /** Name that the certificate is checked for. */
  readonly servername?: string;
}

/** A connection on which bytes are written as they are. */
export interface RawConnection {
  write(bytes: string | Uint8Array): void;
  /** Ends the sending side. */
  end(): void;
  /** Breaks the connection off. */
  destroy(): void;
  /** Everything received, one character per byte, as soon as `isEnough` says so of it or the connection ends. */
  read(isEnough: (received: string) => boolean): Promise<string>;
  /** Everything received until the other side closes. */
  readToEnd(): Promise<string>;
}

/** Opens a connection for requests that no HTTP client would send. */
export async function openRaw({ host, port, ca, servername }: RawTarget): Promise<RawConnection> {
  const socket =
    ca === undefined
      ? connect(port, host)
      : connectTls({ host, port, ca, servername: servername ?? 'localhost' });
  let received = '';
  let isClosed = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const each of waiting) each();
  };
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    wake();
  });
  // Resets are ordinary here: they are seen as the end of what was received.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once(ca === undefined ? 'connect' : 'secureConnect', resolve);
    socket.once('error', reject);
  });

  const read = (isEnough: (received: string) => boolean) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!isClosed && !isEnough(received)) return;
        waiting.delete(look);
        resolve(received);
      };
      waiting.add(look);
      look();
    });
  return {
    write: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
    read,
    readToEnd: () => read(() => false),
  };
}

/** Sends bytes and returns everything received until the other side closes; the bytes should ask for that. */
export async function sendRaw(target: RawTarget, bytes: string | Uint8Array): Promise<string> {
  const connection = await openRaw(target);
  connection.write(bytes);
  const received = await connection.readToEnd();
  connection.destroy();
  return received;
}

/** The statuses of all answers in a stream of bytes. */
export function statusesOf(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}
