import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers a request. `count` is the number of requests so far, with this one. */
export type Script = (request: Arrived, response: ServerResponse, count: number) => void;

/** A real HTTP server that answers as its script says. */
export interface ScriptedServer {
  readonly endpoint: string;
  readonly requests: readonly Arrived[];
  dispose(): Promise<void>;
}

/** Opens a server for the failures that a working gateway does not show. */
export async function openScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: Arrived[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const arrived = {
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.headers,
        body: body.toString(),
      };
      requests.push(arrived);
      script(arrived, response, requests.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    async dispose() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
