import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request as a backend received it. */
export interface BackendRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as on the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Answers a request whose body has arrived. `count` is the number of requests so far, with this one. */
export type BackendAnswer = (request: BackendRequest, response: ServerResponse, count: number) => void;

/** How a backend is opened. */
export interface OpenBackendOptions {
  /** 200 with a small JSON text, unless given. */
  readonly answer?: BackendAnswer;
  /** Takes requests as streams in the place of `answer`; they are counted and not recorded. */
  readonly stream?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Serves HTTPS with that certificate. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A real HTTP server on a free port that records what it is sent. */
export interface Backend {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly requests: readonly BackendRequest[];
  /** Connections opened so far. */
  readonly connections: number;
  /** The latest request. */
  last(): BackendRequest;
  /** Answers otherwise from now on. */
  answer(answer: BackendAnswer): void;
  /** Closes connections that no request uses. */
  closeIdle(): void;
  dispose(): Promise<void>;
}

const USUAL_ANSWER: BackendAnswer = (_, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end('{"from":"backend"}');
};

/** Opens a backend on 127.0.0.1. */
export async function openBackend(options: OpenBackendOptions = {}): Promise<Backend> {
  const requests: BackendRequest[] = [];
  const sockets = new Set<Socket>();
  let answer = options.answer ?? USUAL_ANSWER;
  let connections = 0;
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    if (options.stream !== undefined) {
      options.stream(request, response);
      return;
    }
    buffer(request).then(
      (body) => {
        const { method = '', url = '', headers, rawHeaders } = request;
        const received = { method, target: url, headers, rawHeaders, body };
        requests.push(received);
        answer(received, response, requests.length);
      },
      // A request that breaks off is not answered.
      () => undefined,
    );
  };
  const server =
    options.tls === undefined
      ? createServer(receive)
      : createHttpsServer({ cert: options.tls.certificate, key: options.tls.key }, receive);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections;
    },
    last: () => {
      const request = requests.at(-1);
      if (request === undefined) throw new Error('the backend was sent nothing');
      return request;
    },
    answer: (next) => {
      answer = next;
    },
    closeIdle: () => server.closeIdleConnections(),
    dispose: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
