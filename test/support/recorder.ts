import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request and its answer, as they passed. */
export interface Exchange {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined without a body. */
  readonly request: unknown;
  readonly status: number;
  /** Parsed JSON; undefined without a body. */
  readonly answer: unknown;
}

/** A server that passes requests on unchanged, host and signature included, and remembers what passed. */
export interface Recorder {
  readonly endpoint: string;
  readonly exchanges: readonly Exchange[];
  dispose(): Promise<void>;
}

/** Opens a recorder in front of another server. */
export async function openRecorder(target: string): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    pass(target, incoming).then(
      ({ exchange, headers, bytes }) => {
        exchanges.push(exchange);
        outgoing.writeHead(exchange.status, headers).end(bytes);
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    exchanges,
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function pass(
  target: string,
  incoming: IncomingMessage,
): Promise<{ exchange: Exchange; headers: IncomingMessage['headers']; bytes: Buffer }> {
  const { method = '', url = '', headers } = incoming;
  const body = await buffer(incoming);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(new URL(url, target), { method, headers, agent: false }, resolve);
    request.on('error', reject).end(body);
  });
  const bytes = await buffer(response);
  const { pathname: path, searchParams: query } = new URL(url, target);
  const status = response.statusCode ?? 0;
  const exchange = { method, path, query, request: parsed(body), status, answer: parsed(bytes) };
  return { exchange, headers: response.headers, bytes };
}

function parsed(bytes: Buffer): unknown {
  return bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'));
}
