import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One client on one connection that is kept, with one request at a time. It reads no more of HTTP than it must, so that
 * what is measured is the server and not the client beside it.
 */
export class KeptConnection {
  readonly #socket: Socket;
  readonly #host: string;
  #received = '';
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#receive(chunk));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the connection was closed')));
  }

  /** Connects to the server of an address such as `http://127.0.0.1:8000`. */
  static async open(endpoint: string): Promise<KeptConnection> {
    const { hostname, port, host } = new URL(endpoint);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new KeptConnection(socket, host);
  }

  /** Sends a request and resolves with its answer, which has a length. The host is that of the address, unless given. */
  send(method: string, path: string, headers: string, body = '', host = this.#host): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = this.#received.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const end = headEnd + 4 + length;
    if (this.#received.length < end) return;
    const body = Buffer.from(this.#received.slice(headEnd + 4, end), 'latin1').toString('utf8');
    this.#received = this.#received.slice(end);
    this.#settle?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
