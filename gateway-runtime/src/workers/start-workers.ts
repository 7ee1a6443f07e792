import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import type { KeyedCertificate } from '@apig/sdk/contract';
import type { Credentials } from '../control/credentials.ts';
import type { IssuedTokens } from '../control/identity/issued-tokens.ts';
import { selfSigned, startDataPlane, type DataPlane, type DataPlaneOptions } from '../data/data-plane.ts';
import type { TakenCalls } from '../data/counted-calls.ts';
import { createSharedCounts } from '../data/counting/count-memory.ts';
import { createSecret } from '../data/counting/count-table.ts';
import type { FunctionTargets } from '../function-registry.ts';
import type { MicroserviceEntry } from '../microservice-registry.ts';
import type { ListenAddress } from '../listen-address.ts';
import { writeLines, type Log, type LogLevel } from '../observe/log.ts';
import { STORED_KINDS, type Change, type ConfigurationReader } from '../store/configuration.ts';
import { mergeStatistics } from './merged-statistics.ts';
import type { WorkerSettings } from './messages.ts';
import { WorkerPool } from './worker-pool.ts';

/** What workers need beside what a data plane in the main thread does. */
export interface WorkersOptions extends DataPlaneOptions {
  /** 2 or more. */
  readonly threads: number;
  /** What the objects of each may take, in MiB. */
  readonly memoryMb?: number;
  readonly credentials: Credentials;
  readonly tokens: IssuedTokens;
  readonly functionTargets: FunctionTargets;
  readonly microserviceEntries: readonly MicroserviceEntry[];
}

/** The part of a gateway that takes calls, in this thread or in several. */
export interface Calls extends Omit<DataPlane, 'refresh' | 'health' | 'forgetThread' | 'counted'> {
  /** Takes over changes. They are in force everywhere when it returns, or when what it returns resolves. */
  refresh(configuration: ConfigurationReader, changes: readonly Change[]): void | Promise<void>;
}

/** Number of the main thread among those that count. */
const MAIN = 1;

const MEGABYTE = 2 ** 20;

/** Whether threads can share a port here: the system has to spread the connections. */
export function canSharePorts(platform: NodeJS.Platform = process.platform): boolean {
  return ['linux', 'freebsd', 'sunos', 'aix'].includes(platform);
}

/**
 * Starts taking calls in several threads.
 *
 * The workers take the calls. The main thread has the same configuration and counts, and listens nowhere: it checks the
 * members of channels, makes debug calls, and works out changes first, so that what cannot be worked out reaches nobody.
 *
 * @throws the system's error when a port is taken
 */
export async function startWorkers(options: WorkersOptions): Promise<Calls> {
  const { configuration, listen, log, tokens, threads, domainSuffix = 'localhost' } = options;
  const certificate: KeyedCertificate | undefined = listen.https && (await selfSigned(domainSuffix));
  const settings: WorkerSettings = {
    news: new SharedArrayBuffer(4),
    counts: createSharedCounts(createSecret()),
    threads,
    certificate,
    ticketSecret: randomBytes(32),
    credentials: options.credentials,
    functions: options.functionTargets,
    microservices: options.microserviceEntries,
    backendTls: options.backendTls,
    connections: options.connections,
    minTlsVersion: options.minTlsVersion,
    domainSuffix,
    logLevel: levelOf(log),
  };
  const main: { plane?: DataPlane } = {};
  /** What workers have counted before the main thread was ready for it. */
  const early: TakenCalls[] = [];
  const pool = new WorkerPool({
    threads,
    memoryMb: options.memoryMb ?? memoryFor(threads),
    log,
    news: new Int32Array(settings.news),
    startOf: (owner, addresses, newsNumber) => ({
      settings,
      owner,
      listen: addresses,
      newsNumber,
      objects: STORED_KINDS.flatMap((kind) => configuration.all(kind)),
      tokens: tokens.all,
      unhealthy: main.plane?.health.unhealthy() ?? [],
    }),
    onLines: (text) => writeLines(log, text),
    onCounted: (calls) => {
      if (main.plane === undefined) early.push(calls);
      else main.plane.counted.add(calls);
    },
    onGone: (owner) => main.plane?.forgetThread(owner),
  });
  for (const address of [listen.http, listen.https]) if (address !== undefined) await assertFree(address);
  const { http, https } = await pool.open(listen);
  const own = await startDataPlane({
    ...options,
    listen: {},
    sharing: {
      counts: settings.counts,
      owner: MAIN,
      threads,
      ticketSecret: settings.ticketSecret,
      ...(https && { httpsPort: https.port }),
      onHealth: (health) => void pool.tell({ health }),
    },
  });
  main.plane = own;
  for (const calls of early) own.counted.add(calls);
  tokens.listen({
    issued: (token) => void pool.tell({ token }),
    revoked: (digest) => void pool.tell({ revoked: digest }),
  });
  return {
    ...own,
    ...(http && { http }),
    ...(https && { https }),
    ...(certificate && { certificate: certificate.certificate }),
    statistics: mergeStatistics(own.statistics, () => pool.ask()),
    refresh: (after, changes) => {
      own.refresh(after, changes);
      return pool.tell({ changes });
    },
    drain: async (timeoutMs) => {
      await pool.drain(timeoutMs);
      await own.drain(timeoutMs);
    },
  };
}

/**
 * Makes sure that nobody has a port: workers share theirs, and would share it with another gateway of the same user too.
 *
 * @throws the system's error when the port is taken
 */
async function assertFree({ host, port }: ListenAddress): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** What each of several threads may take for its objects, so that all fit: in MiB. */
function memoryFor(threads: number): number {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const share = Math.floor((total * 0.75) / (threads + 1) / MEGABYTE);
  return Math.max(128, Math.min(4096, share));
}

function levelOf({ level }: Log): LogLevel {
  // Logs are made with one of them.
  return level as LogLevel;
}
