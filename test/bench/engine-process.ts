import { forwardedText } from '../../gateway-runtime/src/data/http1/hop-by-hop.ts';
import { FIELD } from '../../gateway-runtime/src/data/http1/head.ts';
import { relay } from '../../gateway-runtime/src/data/http1/relay.ts';
import { Server } from '../../gateway-runtime/src/data/http1/server.ts';
import { UpstreamPool } from '../../gateway-runtime/src/data/http1/upstream-pool.ts';

/* The engine alone as a proxy, without routes and policies: what the wire costs. Arguments: port, port of the backend. */

const [port = 0, backendPort = 0] = process.argv.slice(2).map(Number);
const limits = { firstLineBytes: 32_768, fieldBytes: 32_768, headBytes: 131_072, fields: 200 };
const pool = new UpstreamPool({ limits, idleMs: 60_000, maxIdle: 256 });
const origin = pool.origin({ host: '127.0.0.1', port: backendPort });
const server = new Server({
  limits,
  times: { headMs: 10_000, bodyPauseMs: 8000, idleMs: 75_000, writeStallMs: 60_000, lingerMs: 2000 },
  maxBodyBytes: 12 * 1024 * 1024,
  maxConnections: 20_000,
  maxConnectionsPerAddress: 20_000,
  refuse: (fault) => ({ status: 400, fields: '', body: fault }),
  serve: (exchange, connection) => {
    const { head, body } = exchange;
    const lines = forwardedText(head, head.connectionNames, (each, index) => each.kind(index) === FIELD.host);
    const call = pool.send(
      {
        origin,
        method: head.method,
        head: `${head.method} ${head.target} HTTP/1.1\r\nHost: backend\r\n${lines}X-Forwarded-For: ${connection.remoteAddress}\r\n`,
        body,
        headMs: 60_000,
        gapMs: 60_000,
      },
      {
        onAnswer: (answer) => {
          exchange.onGone = undefined;
          relay(
            exchange,
            answer,
            forwardedText(answer.head, answer.head.connectionNames, () => false),
            () => undefined,
          );
        },
        onFailure: (failure) => exchange.send(failure.kind === 'timedOut' ? 504 : 502, '', failure.kind),
      },
    );
    exchange.onGone = () => call.cancel();
  },
});
await server.listen({ host: '127.0.0.1', port });
process.once('SIGTERM', () => {
  void server.drain(0).then(() => pool.destroy());
});
