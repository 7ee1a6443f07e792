import type { DebugCall } from '../../debugging.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import { compileAcl } from '../acl.ts';
import { answerByHttp } from '../answer-by-http.ts';
import { debugDomainOf } from '../compile-hosts.ts';
import { compilePlan } from '../compile-plan.ts';
import type { EndedCalls } from '../call-counts.ts';
import { CountedCalls } from '../counted-calls.ts';
import type { Lasting } from '../lasting.ts';
import { createRequestId } from '../request-id.ts';
import { findDomain } from '../route.ts';
import { createRouter } from '../router.ts';
import type { AppEntry, HostEntry, Plan, Snapshot } from '../snapshot.ts';

/** What a debug call meets: one API on one host, without limits and access control. */
export interface DebugScene {
  readonly plan: Plan;
  readonly host: HostEntry;
  readonly snapshot: Snapshot;
  /** Is told of the call's end. */
  readonly ended: EndOfCall;
}

/** Waits for the end of one call, which is counted nowhere. */
export class EndOfCall implements EndedCalls {
  /** Resolves at the end. */
  readonly call: Promise<void>;
  #resolve: (() => void) | undefined;

  constructor() {
    this.call = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  note(): void {
    this.#resolve?.();
  }
}

/**
 * Works out the API of a debug call as if its draft were published, or as it is.
 *
 * Policies that limit calls or keep callers out do not act on debug calls, and these are not counted. Source: user
 * guide, "Debugging an API".
 */
export function createScene(
  call: DebugCall,
  configuration: ConfigurationReader,
  usual: Snapshot,
  lasting: Lasting,
  domainSuffix: string,
): DebugScene {
  const published = publicationOf(call, configuration);
  const compiled = compilePlan(
    call.draft === undefined ? configuration : withVersion(configuration, draftOf(call)),
    published,
    { ...lasting, calls: new CountedCalls() },
  );
  if (compiled === undefined) throw new Error('the API of a debug call is not there');
  const ended = new EndOfCall();
  const plan: Plan = {
    ...compiled,
    answerByHttp,
    counts: ended,
    acl: compileAcl([]),
    // A count of its own, of one call.
    throttle: { policy: undefined, apiWindow: lasting.counters.api(createRequestId()) },
  };
  const { gatewayId, groupId, stage, method, path, matchMode, keepsEscapes } = plan;
  const host = hostOf(call, plan, usual, domainSuffix);
  const callers = usual.callers.get(gatewayId);
  const router = createRouter([{ method, path, matchMode, keepsEscapes, target: plan }]);
  const snapshot: Snapshot = {
    ...usual,
    hosts: new Map([[call.host.toLowerCase(), host]]),
    wildcards: new Map(),
    addresses: undefined,
    groups: new Map([[groupId, new Map([[stage, router]])]]),
    callers: new Map(
      callers && [[gatewayId, { byKey: unlimited(callers.byKey), byCode: unlimited(callers.byCode) }]],
    ),
  };
  return { plan, host, snapshot, ended };
}

const DRAFT = 'draft';

function publicationOf(
  { gatewayId, apiId, environmentId, draft }: DebugCall,
  configuration: ConfigurationReader,
): Stored<'publication'> {
  const known = configuration
    .by('publication', 'apiId', apiId)
    .find(({ body }) => body.environmentId === environmentId);
  if (draft === undefined && known !== undefined) return known;
  const time = '';
  return {
    kind: 'publication',
    id: known?.id ?? createRequestId(),
    body: { gatewayId, apiId, environmentId, versionId: DRAFT, publishTime: time },
    createdAt: time,
    updatedAt: time,
  };
}

function draftOf({ gatewayId, apiId, environmentId, draft }: DebugCall): Stored<'apiVersion'> {
  if (draft === undefined) throw new Error('a debug call has no draft');
  const time = '';
  return {
    kind: 'apiVersion',
    id: DRAFT,
    body: {
      gatewayId,
      apiId,
      environmentId,
      versionNo: '',
      publishTime: time,
      remark: '',
      definition: draft,
    },
    createdAt: time,
    updatedAt: time,
  };
}

/** The configuration with one version more. */
function withVersion(configuration: ConfigurationReader, version: Stored<'apiVersion'>): ConfigurationReader {
  return {
    get: (kind, key) =>
      kind === 'apiVersion' && key === version.id
        ? // The kind that is asked for is that of the version.
          (version as unknown as ReturnType<typeof configuration.get<typeof kind>>)
        : configuration.get(kind, key),
    all: (kind) => configuration.all(kind),
    by: (kind, field, value) => configuration.by(kind, field, value),
    count: (kind, field, value) => configuration.count(kind, field, value),
  };
}

/** Who answers on the host, as for other calls, but that calls on the debug domain are not counted. */
function hostOf(call: DebugCall, plan: Plan, usual: Snapshot, domainSuffix: string): HostEntry {
  const { gatewayId, groupId } = plan;
  const own: HostEntry = { gatewayId, groupId, isDebug: false, redirectToHttps: false };
  const name = call.host.toLowerCase();
  if (name === debugDomainOf(groupId, domainSuffix)) return own;
  const found = findDomain(name, usual);
  return found?.groupId === groupId ? { ...found, isDebug: false } : own;
}

function unlimited(apps: ReadonlyMap<string, AppEntry>): ReadonlyMap<string, AppEntry> {
  return new Map([...apps].map(([key, app]) => [key, { ...app, acl: undefined, quota: undefined }]));
}
