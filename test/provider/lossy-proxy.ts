import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * What becomes of a request: passed on and answered, carried out but never answered, cut before it is passed on, or
 * answered by the proxy: come back later (429), or a failure (500).
 */
export type Fate = 'answered' | 'lost' | 'cut' | 'busy' | 'failing';

const OWN_ANSWERS = {
  busy: [429, { error_code: 'APIG.0308', error_msg: 'Too many requests.' }],
  failing: [500, { error_code: 'APIG.9000', error_msg: 'The service failed.' }],
} as const;

/** A real HTTP proxy in front of a gateway that loses what it is told to. */
export interface LossyProxy {
  readonly endpoint: string;
  /** Method and target of every request. */
  readonly requests: readonly string[];
  dispose(): Promise<void>;
}

/** Opens a proxy. */
export async function openLossyProxy(
  target: string,
  decide: (request: string, count: number) => Fate,
): Promise<LossyProxy> {
  const { hostname, port } = new URL(target);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url = '', headers } = request;
      const body = await buffer(request);
      requests.push(`${method} ${url}`);
      const fate = decide(`${method} ${url}`, requests.length);
      if (fate === 'cut') return request.socket.destroy();
      if (fate === 'busy' || fate === 'failing') {
        const [status, text] = OWN_ANSWERS[fate];
        return response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(text));
      }
      const upstream = httpRequest({ hostname, port, method, path: url, headers });
      upstream.end(body);
      const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
      const content = await buffer(answer);
      if (fate === 'lost') return request.socket.destroy();
      response.writeHead(answer.statusCode ?? 0, answer.headers).end(content);
      return undefined;
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async dispose() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
