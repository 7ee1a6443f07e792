import type { Exchange } from '../../../gateway-runtime/src/data/http1/exchange.ts';
import { FAULTS } from '../../../gateway-runtime/src/data/http1/faults.ts';
import { forwardedText } from '../../../gateway-runtime/src/data/http1/hop-by-hop.ts';
import { FIELD } from '../../../gateway-runtime/src/data/http1/head.ts';
import type { Origin } from '../../../gateway-runtime/src/data/http1/origin.ts';
import { type OriginOptions } from '../../../gateway-runtime/src/data/http1/origin.ts';
import { relay } from '../../../gateway-runtime/src/data/http1/relay.ts';
import { Server } from '../../../gateway-runtime/src/data/http1/server.ts';
import type { ServerConnection } from '../../../gateway-runtime/src/data/http1/server-connection.ts';
import type { ServerSettings, ServerTimes } from '../../../gateway-runtime/src/data/http1/settings.ts';
import { openTunnel } from '../../../gateway-runtime/src/data/http1/tunnel.ts';
import type { UpstreamFailure } from '../../../gateway-runtime/src/data/http1/upstream-failure.ts';
import { UpstreamPool } from '../../../gateway-runtime/src/data/http1/upstream-pool.ts';
import { LIMITS } from './framed.ts';

const TIMES: ServerTimes = {
  headMs: 5000,
  bodyPauseMs: 5000,
  idleMs: 5000,
  writeStallMs: 5000,
  lingerMs: 500,
};

/** A running server of the engine. */
export interface Engine {
  readonly port: number;
  readonly server: Server;
  /** Faults of requests that were refused, in order. */
  readonly refused: readonly string[];
  dispose(): Promise<void>;
}

/** Opens a server that answers by `serve`. */
export async function openEngine(
  serve: ServerSettings['serve'],
  settings: Partial<Omit<ServerSettings, 'serve' | 'refuse' | 'times'>> & {
    readonly times?: Partial<ServerTimes>;
  } = {},
): Promise<Engine> {
  const refused: string[] = [];
  const server = new Server({
    limits: LIMITS,
    maxBodyBytes: 1024 * 1024,
    maxConnections: 1000,
    maxConnectionsPerAddress: 1000,
    ...settings,
    times: { ...TIMES, ...settings.times },
    serve,
    refuse: (fault) => {
      refused.push(fault);
      return { status: FAULTS[fault], fields: '', body: fault };
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { port, server, refused, dispose: () => server.drain(0) };
}

/** A proxy made of both sides of the engine. */
export interface EngineProxy extends Engine {
  readonly pool: UpstreamPool;
  readonly origin: Origin;
  readonly failures: readonly UpstreamFailure[];
}

/** How a proxy differs from the usual one. */
export interface ProxyOptions extends NonNullable<Parameters<typeof openEngine>[1]> {
  readonly upstream?: Partial<OriginOptions>;
  readonly headMs?: number;
  readonly gapMs?: number;
  readonly poolIdleMs?: number;
}

/** Opens a proxy in front of a port: request and answer pass with hygiene and nothing else. */
export async function openProxy(port: number, options: ProxyOptions = {}): Promise<EngineProxy> {
  const { upstream, headMs = 5000, gapMs = 5000, poolIdleMs = 5000, ...settings } = options;
  const failures: UpstreamFailure[] = [];
  const pool = new UpstreamPool({ limits: LIMITS, idleMs: poolIdleMs, maxIdle: 100 });
  const origin = pool.origin({ host: '127.0.0.1', port, ...upstream });
  const engine = await openEngine((exchange, connection) => {
    proxy(exchange, connection, pool, origin, { headMs, gapMs }, failures);
  }, settings);
  return {
    ...engine,
    pool,
    origin,
    failures,
    async dispose() {
      await engine.dispose();
      pool.destroy();
    },
  };
}

function proxy(
  exchange: Exchange,
  connection: ServerConnection,
  pool: UpstreamPool,
  origin: Origin,
  times: { readonly headMs: number; readonly gapMs: number },
  failures: UpstreamFailure[],
): void {
  const { head } = exchange;
  const lines = forwardedText(head, head.connectionNames, (each, index) => each.kind(index) === FIELD.host);
  const call = pool.send(
    {
      origin,
      method: head.method,
      head: `${head.method} ${head.target} HTTP/1.1\r\nHost: backend\r\n${lines}`,
      body: exchange.body,
      ...(head.upgradeAt >= 0 && { upgrade: head.value(head.upgradeAt) }),
      ...times,
    },
    {
      onAnswer: (answer) => {
        const { head: answered } = answer;
        const fields = forwardedText(answered, answered.connectionNames, () => false);
        exchange.onGone = undefined;
        if (answered.status === 101) {
          openTunnel(
            exchange,
            connection,
            answer,
            `Upgrade: ${answered.first('upgrade') ?? ''}\r\n${fields}`,
            5000,
            () => {
              // Nothing is counted here.
            },
          );
        } else {
          relay(exchange, answer, fields, (_isWhole, failure) => {
            if (failure !== undefined) failures.push(failure);
          });
        }
      },
      onFailure: (failure) => {
        failures.push(failure);
        exchange.send(
          failure.kind === 'timedOut' ? 504 : failure.kind === 'bodyFailed' ? 400 : 502,
          '',
          failure.kind,
        );
      },
      onInterim: (interim) => {
        exchange.inform(
          interim.status,
          forwardedText(interim, interim.connectionNames, () => false),
        );
      },
    },
  );
  exchange.onGone = () => call.cancel();
}
