import { join } from 'node:path';
import type { KeyedCertificate } from '@apig/sdk/contract';
import { systemClock, type Clock, type Timers } from './clock.ts';
import { Authentication } from './control/authentication.ts';
import type { Credentials } from './control/credentials.ts';
import type { ControlContext } from './control/context.ts';
import { ConfiguredIdentities } from './control/identities.ts';
import { IssuedTokens } from './control/identity/issued-tokens.ts';
import { identityRoutes } from './control/identity/routes.ts';
import type { Limits } from './control/limits.ts';
import { metricsProbe } from './control/metrics.ts';
import { ownRoutes } from './control/own-routes.ts';
import { controlRoutes } from './control/routes.ts';
import { startControlServer, type ControlServer, type Probe } from './control/server.ts';
import { startDataPlane } from './data/data-plane.ts';
import type { ConnectionLimits } from './data/limits.ts';
import type { BackendTls } from './data/origins.ts';
import { FunctionRegistry, type FunctionTargets } from './function-registry.ts';
import type { ListenAddress } from './listen-address.ts';
import { listenError } from './listen-error.ts';
import { MicroserviceRegistry, type MicroserviceEntry } from './microservice-registry.ts';
import type { Log } from './observe/log.ts';
import { Changesets } from './store/changesets.ts';
import type { Configuration } from './store/configuration.ts';
import { Ledger } from './store/ledger.ts';
import { openSqlite } from './store/sqlite.ts';
import { canSharePorts, startWorkers, type Calls } from './workers/start-workers.ts';

/** What a gateway is started with. */
export interface GatewayConfig {
  /** Holds the database; made when it is not there. */
  readonly dataDirectory: string;
  /** File with the key that seals secrets in the database; made in the data directory unless given. */
  readonly keyFile?: string;
  readonly credentials: Credentials;
  readonly management: ListenAddress;
  /** Encrypts the management API. */
  readonly managementTls?: KeyedCertificate;
  /** Host names by which callers may know the management API, besides addresses and `localhost`. */
  readonly managementNames?: readonly string[];
  /** Where calls of published APIs arrive; not at all unless given. */
  readonly http?: ListenAddress;
  readonly https?: ListenAddress;
  /** Debug domain of a group: `<group id>.apic.<suffix>`. */
  readonly domainSuffix: string;
  /** Limits that differ from the service's, by the name of the configuration item. */
  readonly limits: Limits;
  /** Longest time that calls under way are given when the gateway stops, in milliseconds. */
  readonly drainTimeoutMs: number;
  /** Whether anybody may read the metrics, and not only the owner. */
  readonly openMetrics?: boolean;
  readonly log: Log;
  /** Lowest TLS version that HTTPS callers may use; `TLSv1.2` unless given. Domains may ask for more. */
  readonly minTlsVersion?: 'TLSv1.1' | 'TLSv1.2';
  /** How certificates of HTTPS backends are judged; verified unless told otherwise. */
  readonly backendTls?: BackendTls;
  /** How many connections callers may have open on each port; 50,000 unless given, from one address or many. */
  readonly connections?: ConnectionLimits;
  /** Functions that APIs and authorizers may name; none unless given. */
  readonly functions?: FunctionTargets;
  /** Instances of microservices that channels may name; none unless given. */
  readonly microservices?: readonly MicroserviceEntry[];
  /** Threads that take calls; with one, which is usual, the main thread does. */
  readonly workers?: number;
  /** What the objects of each worker may take, in MiB; its part of the machine's memory unless given. */
  readonly workerMemoryMb?: number;
  /** The machine's clock, unless given. Workers go by the machine's. */
  readonly clock?: Clock;
  /** The machine's timers, unless given. */
  readonly timers?: Timers;
}

/** A gateway that serves. */
export interface Gateway {
  /** Where the management API listens. */
  readonly management: ListenAddress;
  readonly http?: ListenAddress;
  readonly https?: ListenAddress;
  /** PEM of the certificate that HTTPS callers meet on domains without one of their own. */
  readonly certificate?: string;
  /** Stops accepting, lets calls under way end, and closes the database. */
  close(): Promise<void>;
}

/** Starts a gateway. @throws StartupError when something keeps it from serving. */
export async function createGateway(config: GatewayConfig): Promise<Gateway> {
  const clock = config.clock ?? systemClock;
  const tokens = new IssuedTokens(clock);
  const identities = new ConfiguredIdentities(config.credentials, tokens);
  const store = await openSqlite(
    join(config.dataDirectory, 'gateway.db'),
    config.keyFile === undefined ? {} : { keyFile: config.keyFile },
  );
  let dataPlane: Calls | undefined;
  let functions: FunctionRegistry | undefined;
  let isClosing = false;
  try {
    const configuration = await store.load();
    functions = await FunctionRegistry.open(config.functions ?? {}, config.backendTls);
    const known = functions;
    const calls = await openDataPlane(config, configuration, identities, tokens, clock, known);
    dataPlane = calls;
    const ledger = new Ledger(store, configuration, clock, [
      (after, changes) => calls.refresh(after, changes),
    ]);
    const changesets = await Changesets.load(ledger, clock);
    const server = await openManagement(
      config,
      ledger,
      changesets,
      identities,
      tokens,
      clock,
      known,
      calls,
      () => !isClosing,
    );
    return {
      management: { host: server.host, port: server.port },
      ...(calls.http && { http: calls.http }),
      ...(calls.https && { https: calls.https }),
      ...(calls.certificate !== undefined && { certificate: calls.certificate }),
      close: async () => {
        isClosing = true;
        await Promise.all([server.close(config.drainTimeoutMs), calls.drain(config.drainTimeoutMs)]);
        known.close();
        await store.close();
      },
    };
  } catch (error) {
    await dataPlane?.drain(0);
    functions?.close();
    await store.close();
    throw error;
  }
}

async function openDataPlane(
  config: GatewayConfig,
  configuration: Configuration,
  identities: ConfiguredIdentities,
  tokens: IssuedTokens,
  clock: Clock,
  functions: FunctionRegistry,
): Promise<Calls> {
  const {
    http,
    https,
    domainSuffix,
    log,
    backendTls,
    connections,
    minTlsVersion,
    timers,
    workers = 1,
  } = config;
  const isShared = workers > 1 && canSharePorts();
  if (workers > 1 && !isShared)
    log.warn({ workers }, 'threads cannot share a port here: one takes all calls');
  try {
    const options = {
      configuration,
      listen: { ...(http && { http }), ...(https && { https }) },
      domainSuffix,
      clock,
      identities,
      functions,
      microservices: new MicroserviceRegistry(config.microservices ?? []),
      log,
      owner: identities.owner,
      ...(connections && { connections }),
      ...(minTlsVersion && { minTlsVersion }),
      ...(backendTls && { backendTls }),
      ...(timers && { timers }),
    };
    if (!isShared) return await startDataPlane(options);
    const { credentials, functions: functionTargets = {}, workerMemoryMb: memoryMb } = config;
    return await startWorkers({
      ...options,
      threads: workers,
      ...(memoryMb !== undefined && { memoryMb }),
      credentials,
      tokens,
      functionTargets,
      microserviceEntries: config.microservices ?? [],
    });
  } catch (error) {
    throw listenError('data plane', error);
  }
}

function openManagement(
  config: GatewayConfig,
  ledger: Ledger,
  changesets: Changesets,
  identities: ConfiguredIdentities,
  tokens: IssuedTokens,
  clock: Clock,
  functions: FunctionRegistry,
  calls: Calls,
  isReady: () => boolean,
): Promise<ControlServer> {
  const { management, http, https, domainSuffix, limits, log, credentials } = config;
  const address = (http ?? https ?? management).host;
  const ready: Probe = () =>
    isReady() ? { status: 200, body: { ready: true } } : { status: 503, body: { ready: false } };
  const context: ControlContext = {
    ledger,
    changesets,
    limits,
    domainSuffix,
    address,
    functions,
    microservices: new MicroserviceRegistry(config.microservices ?? []),
    clock,
    debug: calls.debug,
    explain: calls.explainMany,
    statistics: calls.statistics,
    log,
    projectIds: credentials.accounts.map(({ projectId }) => projectId),
    rehearse: (configuration) => {
      calls.rehearse(configuration);
    },
  };
  const isOpen = config.openMetrics === true;
  return startControlServer(
    {
      routes: controlRoutes(context),
      // What anybody may read needs no second route.
      runtimeRoutes: ownRoutes(context).filter(({ path }) => !isOpen || path !== 'metrics'),
      probes: {
        health: () => ({ status: 200, body: { status: 'ok' } }),
        ready,
        ...(isOpen && { metrics: metricsProbe(context) }),
      },
      identityRoutes: identityRoutes(credentials, tokens, clock),
      authentication: new Authentication(identities, clock),
      hostNames: (config.managementNames ?? []).map((name) => name.toLowerCase()),
      ...(config.managementTls && { tls: config.managementTls }),
      projectId: credentials.accounts[0].projectId,
      log,
    },
    management,
  );
}
