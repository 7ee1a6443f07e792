import type { KeyedCertificate } from '@apig/sdk/contract';
import { NEVER_DUE, systemClock, type Clock, type Timers } from '../clock.ts';
import type { Explainer, ExplainerOfMany } from '../explaining.ts';
import type { Debugger } from '../debugging.ts';
import { NO_FUNCTIONS, type Functions } from '../functions.ts';
import type { Account, Identities } from '../identity.ts';
import type { Microservices } from '../microservices.ts';
import type { Log } from '../observe/log.ts';
import type { Statistics } from '../statistics.ts';
import type { Change, ConfigurationReader } from '../store/configuration.ts';
import { logRefusal } from './access-log.ts';
import { AccountGuard } from './authenticate/account-guard.ts';
import type { Call } from './call.ts';
import type { Channels } from './channels.ts';
import { Compiler } from './compiler.ts';
import { CountTable } from './counting/count-table.ts';
import { Counters } from './counters.ts';
import { createExplainer } from './explain/explainer.ts';
import type { TakenCalls } from './counted-calls.ts';
import { createDebugger } from './debug/debugger.ts';
import { createLasting, endLasting } from './lasting.ts';
import { CALLER_TIMEOUTS, CONNECTION_LIMITS, type CallerTimeouts, type ConnectionLimits } from './limits.ts';
import { openListener, type BoundAddress, type RefusedRequest } from './listener.ts';
import { Origins, type BackendTls } from './origins.ts';
import { handle } from './pipeline.ts';
import { findDomain } from './route.ts';
import type { Services } from './services.ts';
import type { Refresh, Sharing } from './sharing.ts';
import { shareStandings } from './standings.ts';

/** What the data plane is told at its start. */
export interface DataPlaneOptions {
  readonly configuration: ConfigurationReader;
  /** Where it listens; port 0 takes any free one. */
  readonly listen: { readonly http?: BoundAddress; readonly https?: BoundAddress };
  /** What debug domains end in: `<group id>.apic.<suffix>`. */
  readonly domainSuffix?: string;
  readonly clock: Clock;
  readonly identities: Identities;
  readonly log: Log;
  /** Account that has the apps: limits per account count the calls of its apps together. */
  readonly owner?: Account;
  /** The functions that APIs and authorizers name; none unless given. */
  readonly functions?: Functions;
  /** Who knows the members of channels of microservices; nobody unless given. */
  readonly microservices?: Microservices;
  /** When health checks are due; by the machine's timers, unless given. */
  readonly timers?: Timers;
  /** How certificates of HTTPS backends are judged; verified unless told otherwise. */
  readonly backendTls?: BackendTls;
  /** Lowest TLS version that the listener speaks; `TLSv1.2` unless given. */
  readonly minTlsVersion?: 'TLSv1.1' | 'TLSv1.2';
  /** How long callers are waited for, where it differs from the usual. */
  readonly timeouts?: Partial<CallerTimeouts>;
  /** How many connections callers may have open; 50,000 unless given, from one address or many. */
  readonly connections?: ConnectionLimits;
  /** What it has in common with data planes in other threads; nothing unless given. */
  readonly sharing?: Sharing;
}

/** The part of a gateway that takes calls. */
export interface DataPlane {
  readonly http?: BoundAddress;
  readonly https?: BoundAddress;
  /** PEM of the certificate that HTTPS callers meet on domains without one of their own, for those who want to trust it. */
  readonly certificate?: string;
  /** Takes over changes, which the configuration holds already. In force when it returns; calls under way keep what was. */
  refresh(configuration: ConfigurationReader, changes: readonly Change[]): void;
  /** The health of members of channels, as it is known here. */
  readonly health: Pick<Channels, 'setHealth' | 'unhealthy'>;
  /** Goes on without a thread that is no more: what it had locked or under way is free. */
  forgetThread(owner: number): void;
  /** Works out what calls would meet under a configuration, and forgets it. @throws what keeps it from being put in force */
  rehearse(configuration: ConfigurationReader): void;
  /** What calls came to. */
  readonly statistics: Statistics;
  /** The counts behind it: one thread takes what it has counted, and another one, which keeps them all, adds it. */
  readonly counted: { take(): TakenCalls; add(taken: TakenCalls): void };
  /** Makes calls for those who want to see what becomes of them. */
  readonly debug: Debugger;
  /** Tells what would become of requests, and why. */
  readonly explain: Explainer;
  /** The same of many requests, which are explained in their order. */
  readonly explainMany: ExplainerOfMany;
  /** Takes no new calls, lets those under way finish for at most that long, and lets go of everything. */
  drain(timeoutMs: number): Promise<void>;
}

/** Starts taking calls. @throws the system's error when a port is taken */
export async function startDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const { configuration, listen, clock, identities, log, owner, domainSuffix = 'localhost' } = options;
  const { sharing } = options;
  const backendTls = options.backendTls ?? { verify: true };
  const table = new CountTable(sharing);
  const lasting = createLasting({
    backendTls,
    timers: options.timers,
    counters: new Counters(table),
    microservices: options.microservices,
    standings: sharing && shareStandings(table, sharing.owner, clock),
    onHealth: sharing?.onHealth,
  });
  const compiler = new Compiler(domainSuffix, lasting);
  const origins = new Origins(backendTls);
  const accounts = new AccountGuard(lasting.counters);
  const timeouts = { ...CALLER_TIMEOUTS, ...options.timeouts };
  let present = configuration;
  let snapshot = compiler.start(configuration);
  let services: Services = {
    clock,
    identities,
    owner,
    accounts,
    counters: lasting.counters,
    unrouted: lasting.calls.unrouted,
    decisions: lasting.decisions,
    sideCalls: lasting.sideCalls,
    mirrors: lasting.mirrors,
    functions: options.functions ?? NO_FUNCTIONS,
    origins,
    unreadMs: timeouts.unreadMs,
    httpsPort: undefined,
    log,
  };
  const refresh: Refresh = (after, changes) => {
    present = after;
    snapshot = compiler.refresh(after, changes);
    origins.keepOnly((origin) => compiler.isInUse(origin));
  };
  const catchUp = sharing?.catchUp;
  const inForce = () => {
    if (catchUp !== undefined) catchUp(refresh);
    return snapshot;
  };
  const onCall = (call: Call) => handle(call, inForce(), services);

  const fallback = listen.https && (sharing?.certificate ?? (await selfSigned(domainSuffix)));
  const tls = fallback && {
    fallback,
    ...(sharing && { ticketSecret: sharing.ticketSecret }),
    find: (name: string | undefined) => {
      const current = inForce();
      return (name === undefined ? undefined : findDomain(name, current)) ?? current.addresses;
    },
    minVersion: options.minTlsVersion ?? 'TLSv1.2',
  };
  const threads = sharing?.threads ?? 1;
  const shared = {
    timeouts,
    connections: options.connections ?? CONNECTION_LIMITS,
    maxBodyBytes: () => inForce().maxBodyBytes,
    onCall,
    onRefusal: (refusal: RefusedRequest) => logRefusal(refusal, log),
    threads,
  };
  const secure = listen.https && tls && (await openListener({ ...listen.https, ...shared, tls }));
  services = { ...services, httpsPort: secure?.address.port ?? sharing?.httpsPort };
  let plain;
  try {
    plain = listen.http && (await openListener({ ...listen.http, ...shared }));
  } catch (error) {
    await secure?.drain(0);
    endLasting(lasting);
    throw error;
  }

  return {
    ...(plain !== undefined && { http: plain.address }),
    ...(secure !== undefined && { https: secure.address }),
    ...(fallback !== undefined && { certificate: fallback.certificate }),
    statistics: {
      ofApi: (apiId, fromMinute) =>
        Promise.resolve(lasting.calls.minutes((api) => api.apiId === apiId, fromMinute)),
      ofGroup: (groupId, fromMinute) =>
        Promise.resolve(lasting.calls.minutes((api) => api.groupId === groupId, fromMinute)),
      traffic: (gatewayId, fromMinute, toMinute) =>
        Promise.resolve(lasting.calls.traffic(gatewayId, fromMinute, toMinute)),
      state: () =>
        Promise.resolve({
          calls: lasting.calls.totals(),
          connections: { http: plain?.connections ?? 0, https: secure?.connections ?? 0 },
          upstreamConnections: origins.pool.size,
        }),
    },
    counted: {
      take: () => lasting.calls.take(),
      add: (taken) => lasting.calls.add(taken, (id) => present.get('publication', id) !== undefined),
    },
    debug: createDebugger({
      domainSuffix,
      backendTls,
      timers: options.timers,
      microservices: options.microservices,
      present: () => ({ configuration: present, snapshot, services, lasting }),
    }),
    ...createExplainer(domainSuffix, () => ({
      configuration: present,
      snapshot: inForce(),
      services,
      microservices: options.microservices,
    })),
    health: lasting.channels,
    refresh,
    forgetThread(thread) {
      table.leaveFor(thread);
      lasting.channels.forgetThread(thread);
    },
    rehearse(other) {
      const trial = createLasting({ backendTls, timers: NEVER_DUE, microservices: options.microservices });
      try {
        new Compiler(domainSuffix, trial).start(other);
      } finally {
        endLasting(trial);
      }
    },
    async drain(timeoutMs) {
      await Promise.all([plain?.drain(timeoutMs), secure?.drain(timeoutMs)]);
      await lasting.logs.close(Math.min(timeoutMs, LOG_DRAIN_MS));
      endLasting(lasting);
      origins.destroy();
    },
  };
}

/** Time for the logs of the last calls to reach those who keep them. */
const LOG_DRAIN_MS = 2000;

/** A certificate for domains without one of their own. */
export async function selfSigned(domainSuffix: string): Promise<KeyedCertificate> {
  const names = [`*.apic.${domainSuffix}`, 'localhost', '127.0.0.1', '::1'];
  // The library takes a noticeable part of the start, and is loaded only where it is needed.
  const { createSelfSignedCertificate } = await import('../certificates/issue.ts');
  // Callers judge the certificate by their own time, which is the machine's.
  return createSelfSignedCertificate(names, systemClock.now());
}
