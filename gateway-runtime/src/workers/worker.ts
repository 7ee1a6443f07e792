import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { systemClock, type Timers } from '../clock.ts';
import { ConfiguredIdentities } from '../control/identities.ts';
import { IssuedTokens } from '../control/identity/issued-tokens.ts';
import { startDataPlane, type DataPlane } from '../data/data-plane.ts';
import type { Refresh } from '../data/sharing.ts';
import { FunctionRegistry } from '../function-registry.ts';
import { MicroserviceRegistry } from '../microservice-registry.ts';
import { createLog } from '../observe/log.ts';
import { Configuration } from '../store/configuration.ts';
import { LineSender } from './line-sender.ts';
import type { News, Order, Report, StartFailure, WorkerStart } from './messages.ts';

/*
 * What a worker thread runs: a data plane on configuration that it is told, at ports that all workers share.
 *
 * News have numbers. The main thread puts news into the queue of each worker, then writes the number into memory that all
 * of them see, and from that moment they are in force: a worker compares the number before each call and, if it has
 * missed any, takes it out of its queue there and then. So there is one moment for all threads, and a call under way
 * keeps the snapshot that it began with.
 */

/** Members are checked by the main thread. */
const NEVER_DUE: Timers = { after: () => () => undefined };

/** How often what was counted is handed over: what a thread that fails has counted since then is lost. */
const HAND_OVER_MS = 1000;

await main(workerData as WorkerStart);

async function main(start: WorkerStart): Promise<void> {
  const { port, settings } = start;
  const report = (message: Report) => port.postMessage(message);
  const lines = new LineSender((text) => report({ kind: 'lines', text }));
  const log = createLog(settings.logLevel, lines);
  const configuration = new Configuration(start.objects);
  const tokens = new IssuedTokens(systemClock);
  for (const token of start.tokens) tokens.restore(token);
  const identities = new ConfiguredIdentities(settings.credentials, tokens);
  const newest = new Int32Array(settings.news);
  let known = start.newsNumber;
  /** News that came by event, before the moment from which they are in force. */
  const early: Order[] = [];
  let plane: DataPlane | undefined;
  let healthBefore = [...start.unhealthy];

  function take(news: News, number: number, refresh: Refresh): void {
    if ('changes' in news) {
      configuration.apply(news.changes, number);
      refresh(configuration, news.changes);
    } else if ('token' in news) tokens.restore(news.token);
    else if ('revoked' in news) tokens.forget(news.revoked);
    else if (plane === undefined) healthBefore = [...healthBefore, news.health];
    else plane.health.setHealth(news.health);
  }

  function obey(order: Order, refresh: Refresh): void {
    if (order.kind === 'news') {
      take(order.news, order.number, refresh);
      known = order.number;
      report({ kind: 'applied', number: known });
    } else if (order.kind === 'ping') report({ kind: 'alive' });
    else if (plane === undefined) throw new Error(`a worker that does not listen was told to ${order.kind}`);
    else if (order.kind === 'ask') answer(plane, order.id);
    else void drain(plane, order.timeoutMs);
  }

  function catchUp(refresh: Refresh): void {
    while (Atomics.load(newest, 0) > known) {
      const order = early.shift() ?? nextOf(port);
      if (order === undefined) throw new Error('a worker has missed news');
      obey(order, refresh);
    }
  }

  function listenTo(order: Order, refresh: Refresh): void {
    if (order.kind !== 'news') {
      obey(order, refresh);
      return;
    }
    early.push(order);
    settle(refresh);
  }

  function settle(refresh: Refresh): void {
    catchUp(refresh);
    if (early.length > 0) setImmediate(settle, refresh);
  }

  function answer(asked: DataPlane, id: number): void {
    handOver(asked);
    asked.statistics.state().then(
      ({ connections, upstreamConnections }) =>
        report({ kind: 'answer', id, told: { connections, upstreamConnections } }),
      (error: unknown) => log.error({ err: error }, 'a worker could not tell its statistics'),
    );
  }

  /** What was counted is kept by the main thread, so that it outlives this one. */
  function handOver({ counted }: DataPlane): void {
    const calls = counted.take();
    if (calls.unrouted !== undefined || calls.publications.length > 0) report({ kind: 'counted', calls });
  }

  async function drain(draining: DataPlane, timeoutMs: number): Promise<void> {
    await draining.drain(timeoutMs);
    handOver(draining);
    functions.close();
    lines.flush();
    report({ kind: 'drained' });
    port.close();
  }

  const functions = await FunctionRegistry.open(settings.functions, settings.backendTls);
  try {
    plane = await startDataPlane({
      configuration,
      listen: start.listen,
      domainSuffix: settings.domainSuffix,
      clock: systemClock,
      timers: NEVER_DUE,
      identities,
      owner: identities.owner,
      functions,
      microservices: new MicroserviceRegistry(settings.microservices),
      log,
      ...(settings.backendTls && { backendTls: settings.backendTls }),
      ...(settings.connections && { connections: settings.connections }),
      ...(settings.minTlsVersion && { minTlsVersion: settings.minTlsVersion }),
      sharing: {
        counts: settings.counts,
        owner: start.owner,
        threads: settings.threads,
        ticketSecret: settings.ticketSecret,
        ...(settings.certificate && { certificate: settings.certificate }),
        catchUp,
      },
    });
  } catch (error) {
    report({ kind: 'failed', failure: failureOf(error) });
    functions.close();
    port.close();
    return;
  }
  const ready = plane;
  const { http, https } = ready;
  for (const each of healthBefore) ready.health.setHealth(each);
  const refresh: Refresh = (after, changes) => {
    ready.refresh(after, changes);
  };
  port.on('message', (order: Order) => listenTo(order, refresh));
  setInterval(handOver, HAND_OVER_MS, ready).unref();
  report({ kind: 'listening', addresses: { ...(http && { http }), ...(https && { https }) } });
}

function nextOf(port: MessagePort): Order | undefined {
  return (receiveMessageOnPort(port) as { readonly message: Order } | undefined)?.message;
}

function failureOf(error: unknown): StartFailure {
  if (!(error instanceof Error)) return { message: String(error), fields: {} };
  const plain = Object.entries(error).filter(([, value]) => ['string', 'number'].includes(typeof value));
  return { message: error.message, fields: Object.fromEntries(plain) };
}
