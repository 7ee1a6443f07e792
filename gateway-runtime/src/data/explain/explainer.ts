import { NEVER_DUE, type Clock } from '../../clock.ts';
import type { Explainer, ExplainerOfMany, ExplainedRequest, Explanation } from '../../explaining.ts';
import type { Account, Identities } from '../../identity.ts';
import { NO_FUNCTIONS } from '../../functions.ts';
import type { Microservices } from '../../microservices.ts';
import { createLog } from '../../observe/log.ts';
import type { ConfigurationReader } from '../../store/configuration.ts';
import { AccountGuard } from '../authenticate/account-guard.ts';
import { Compiler } from '../compiler.ts';
import { createLasting, endLasting, type Lasting } from '../lasting.ts';
import { Origins } from '../origins.ts';
import type { Services } from '../services.ts';
import type { Snapshot } from '../snapshot.ts';
import { explain } from './explain.ts';

/** Explains requests under one configuration, for as long as it is open. */
export interface OpenExplainer {
  /** What would become of a request. Nothing is counted: each request finds the limits as they were. */
  explain(request: ExplainedRequest): Promise<Explanation>;
  /** Lets go of what it holds. */
  close(): void;
}

/** How requests are explained away from a gateway that serves. */
export interface ExplainerOptions {
  /** What debug domains end in. */
  readonly domainSuffix?: string;
  readonly clock: Clock;
  /** Knows accounts by their keys and tokens; nobody unless given: then requests name their account. */
  readonly identities?: Identities;
  /** Account that has the apps. */
  readonly owner?: Account;
  /** Who knows the members of channels of microservices; nobody unless given. */
  readonly microservices?: Microservices;
  /** Port of an encrypted listener, to which redirections would lead. */
  readonly httpsPort?: number;
}

/**
 * Works a configuration out, in order to explain any number of requests: without sockets, timers and threads.
 *
 * @throws what keeps the configuration from being put in force
 */
export function openExplainer(configuration: ConfigurationReader, options: ExplainerOptions): OpenExplainer {
  const { clock, domainSuffix = 'localhost', identities = NOBODY, owner, httpsPort } = options;
  const lasting = createLasting({ timers: NEVER_DUE, microservices: options.microservices });
  const snapshot = new Compiler(domainSuffix, lasting).start(configuration);
  const origins = new Origins({ verify: true });
  const services: Services = {
    ...ofLasting(lasting),
    clock,
    identities,
    owner,
    accounts: new AccountGuard(lasting.counters),
    unrouted: lasting.calls.unrouted,
    functions: NO_FUNCTIONS,
    origins,
    unreadMs: 0,
    httpsPort,
    log: createLog('silent'),
  };
  return {
    explain: (request) => explain(snapshot, request, services, configuration),
    close: () => {
      origins.destroy();
      endLasting(lasting);
    },
  };
}

/** What is in force, for explanations. */
interface InForce {
  readonly configuration: ConfigurationReader;
  readonly snapshot: Snapshot;
  readonly services: Services;
  readonly microservices: Microservices | undefined;
}

/** Explains under what is in force, with the present counts, or under another configuration as if it were. */
export function createExplainer(
  domainSuffix: string,
  present: () => InForce,
): { readonly explain: Explainer; readonly explainMany: ExplainerOfMany } {
  const explainMany: ExplainerOfMany = async (under, requests, atMs) => {
    const { configuration, snapshot, services, microservices } = present();
    const clock = atMs === undefined ? services.clock : { now: () => atMs };
    if (under === configuration)
      return explainEach(requests, (each) => explain(snapshot, each, { ...services, clock }, under));
    const { identities, owner, httpsPort } = services;
    const opened = openExplainer(under, {
      domainSuffix,
      clock,
      identities,
      ...(owner && { owner }),
      ...(microservices && { microservices }),
      ...(httpsPort !== undefined && { httpsPort }),
    });
    try {
      return await explainEach(requests, (each) => opened.explain(each));
    } finally {
      opened.close();
    }
  };
  return {
    explainMany,
    explain: async (under, request) => {
      const [explanation] = await explainMany(under, [request]);
      if (explanation === undefined) throw new Error('a request was not explained');
      return explanation;
    },
  };
}

/** One after the other: what is found out for one does not depend on when another one is looked at. */
async function explainEach(
  requests: readonly ExplainedRequest[],
  explainOne: (request: ExplainedRequest) => Promise<Explanation>,
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = [];
  for (const request of requests) explanations.push(await explainOne(request));
  return explanations;
}

const NOBODY: Identities = { byAccessKey: () => undefined, byToken: () => undefined };

function ofLasting({
  counters,
  decisions,
  sideCalls,
  mirrors,
}: Lasting): Pick<Services, 'counters' | 'decisions' | 'sideCalls' | 'mirrors'> {
  return { counters, decisions, sideCalls, mirrors };
}
