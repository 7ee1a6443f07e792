import { descriptionOf, referencesIn } from '@apig/sdk/contract';
import type { Change, ConfigurationReader, Stored, StoredKind, Tie } from '../store/configuration.ts';
import { featuresOf, USUAL_FEATURES, type Features } from '../features.ts';
import { withCallers } from './compile-callers.ts';
import { compileHosts, type Hosts } from './compile-hosts.ts';
import { compilePlan, originsOf, TIE_KINDS } from './compile-plan.ts';
import { withResponses } from './compile-responses.ts';
import type { Lasting } from './lasting.ts';
import { createRouter, type Route, type Router } from './router.ts';
import type { CallersOfGateway, Plan, Snapshot } from './snapshot.ts';

/** What a change makes out of date. */
interface Stale {
  /** Keys of publications. */
  readonly publications: Set<string>;
  /** Ids of gateways whose apps changed. */
  readonly callers: Set<string>;
  /** Changes of gateway responses. */
  readonly responses: Pick<Change, 'before' | 'after'>[];
  /** Ids of gateways whose features changed. */
  readonly features: Set<string>;
  hosts: boolean;
}

/**
 * Makes snapshots out of the configuration. It keeps what it worked out, so that a change costs what it touches: the
 * plans of the APIs that it concerns and the index of their groups.
 */
export class Compiler {
  readonly #domainSuffix: string;
  readonly #lasting: Lasting;
  /** Publication -> plan. */
  readonly #plans = new Map<string, Plan>();
  /** Group -> publications of its plans. */
  readonly #members = new Map<string, Set<string>>();
  /** Origin -> number of plans that lead there. */
  readonly #originUses = new Map<string, number>();
  #hosts: Hosts = { hosts: new Map(), wildcards: new Map(), addresses: undefined };
  #groups: ReadonlyMap<string, ReadonlyMap<string, Router<Plan>>> = new Map();
  #callers: ReadonlyMap<string, CallersOfGateway> = new Map();
  #responses: Snapshot['responses'] = new Map();
  #features: ReadonlyMap<string, Features> = new Map();

  constructor(domainSuffix: string, lasting: Lasting) {
    this.#domainSuffix = domainSuffix;
    this.#lasting = lasting;
  }

  /** The snapshot of a whole configuration. */
  start(configuration: ConfigurationReader): Snapshot {
    for (const { id, body } of configuration.all('loadBalanceChannel')) this.#lasting.channels.put(id, body);
    return this.#update(configuration, {
      publications: new Set(configuration.all('publication').map(({ id }) => id)),
      callers: new Set(configuration.all('gateway').map(({ id }) => id)),
      responses: configuration.all('gatewayResponse').map((after) => ({ after })),
      features: new Set(configuration.all('gatewayFeature').map(({ body }) => body.gatewayId)),
      hosts: true,
    });
  }

  /** The snapshot after changes, which the configuration holds already. */
  refresh(configuration: ConfigurationReader, changes: readonly Change[]): Snapshot {
    const stale: Stale = {
      publications: new Set(),
      callers: new Set(),
      responses: [],
      features: new Set(),
      hosts: false,
    };
    for (const change of changes) {
      this.#takeChannel(change);
      if (change.kind === 'plugin') this.#forgetPlugin(change.key, change.after === undefined);
      if (change.kind === 'authorizer') this.#lasting.decisions.forget(change.key);
      if (change.after === undefined) this.#forgetCalls(change);
      mark(stale, configuration, change);
    }
    return this.#update(configuration, stale);
  }

  /** Whether calls may be sent to an origin. */
  isInUse(origin: string): boolean {
    return this.#originUses.has(origin) || this.#lasting.channels.isInUse(origin);
  }

  #forgetPlugin(id: string, isGone: boolean): void {
    this.#lasting.circuits.forget(id);
    if (isGone) this.#lasting.logs.forget(id);
  }

  /** A channel acts at once: plans lead to it and not to its members. */
  #takeChannel({ kind, key, after }: Change): void {
    if (kind !== 'loadBalanceChannel') return;
    // Its other members may have other answers.
    this.#lasting.answers.clear();
    if (after === undefined) this.#lasting.channels.remove(key);
    else this.#lasting.channels.put(key, (after as Stored<'loadBalanceChannel'>).body);
  }

  #forgetCalls({ kind, key }: Change): void {
    if (kind === 'publication') this.#lasting.calls.forget(key);
    if (kind === 'gateway') this.#lasting.calls.forgetGateway(key);
  }

  #update(configuration: ConfigurationReader, stale: Stale): Snapshot {
    if (stale.hosts) this.#hosts = compileHosts(configuration, this.#domainSuffix);
    const groups = new Set<string>();
    for (const id of stale.publications) this.#replacePlan(configuration, id, groups);
    if (groups.size > 0) this.#groups = this.#indexed(groups);
    if (stale.callers.size > 0) {
      this.#callers = withCallers(this.#callers, configuration, stale.callers, this.#lasting.counters);
    }
    if (stale.responses.length > 0) this.#responses = withResponses(this.#responses, stale.responses);
    if (stale.features.size > 0) {
      this.#features = new Map([
        ...this.#features,
        ...[...stale.features].map((id) => [id, featuresOf(configuration, id)] as const),
      ]);
    }
    return {
      ...this.#hosts,
      groups: this.#groups,
      callers: this.#callers,
      responses: this.#responses,
      features: this.#features,
      publicKeyOf: (gatewayId, id) => {
        const key = configuration.get('signatureKey', id)?.body;
        return key?.type === 'public_key' && key.gatewayId === gatewayId ? key.key : undefined;
      },
      maxBodyBytes: Math.max(
        USUAL_FEATURES.maxBodyBytes,
        ...[...this.#features.values()].map(({ maxBodyBytes }) => maxBodyBytes),
      ),
    };
  }

  #replacePlan(configuration: ConfigurationReader, id: string, groups: Set<string>): void {
    const before = this.#plans.get(id);
    if (before !== undefined) {
      const { cache } = before.plugins;
      if (cache !== undefined) this.#lasting.answers.close(cache.space);
      this.#plans.delete(id);
      this.#members.get(before.groupId)?.delete(id);
      this.#countOrigins(before, -1);
      groups.add(before.groupId);
    }
    const publication = configuration.get('publication', id);
    const plan = publication && compilePlan(configuration, publication, this.#lasting);
    if (plan === undefined) return;
    this.#plans.set(id, plan);
    this.#countOrigins(plan, 1);
    const members = this.#members.get(plan.groupId);
    if (members === undefined) this.#members.set(plan.groupId, new Set([id]));
    else members.add(id);
    groups.add(plan.groupId);
  }

  #countOrigins(plan: Plan, by: 1 | -1): void {
    for (const origin of originsOf(plan)) {
      const uses = (this.#originUses.get(origin) ?? 0) + by;
      if (uses > 0) this.#originUses.set(origin, uses);
      else this.#originUses.delete(origin);
    }
  }

  #indexed(groupIds: ReadonlySet<string>): ReadonlyMap<string, ReadonlyMap<string, Router<Plan>>> {
    const groups = new Map(this.#groups);
    for (const groupId of groupIds) {
      const plans = [...(this.#members.get(groupId) ?? [])]
        .map((id) => this.#plans.get(id))
        .filter((plan) => plan !== undefined);
      if (plans.length === 0) {
        groups.delete(groupId);
        this.#members.delete(groupId);
        continue;
      }
      groups.set(
        groupId,
        new Map(
          [...new Set(plans.map(({ stage }) => stage))].map((stage) => [
            stage,
            createRouter(plans.filter((plan) => plan.stage === stage).map(toRoute)),
          ]),
        ),
      );
    }
    return groups;
  }
}

/** Kinds that say who answers on which host, and how. */
const HOSTING: readonly StoredKind[] = ['gateway', 'apiGroup', 'domain', 'certificate', 'gatewayFeature'];

function toRoute(plan: Plan): Route<Plan> {
  const { method, path, matchMode, keepsEscapes } = plan;
  return { method, path, matchMode, keepsEscapes, target: plan };
}

function mark(stale: Stale, configuration: ConfigurationReader, change: Change): void {
  const { kind, key, before, after } = change;
  if (HOSTING.includes(kind)) stale.hosts = true;
  if (kind === 'publication') stale.publications.add(key);
  if (kind === 'gatewayResponse') stale.responses.push(change);
  if (kind === 'gateway') stale.callers.add(key);
  // Drafts are not in force, and variables act through the versions that use them: neither is looked at.
  for (const object of [before, after])
    if (object !== undefined) markObject(stale, configuration, object, key);
}

function markObject(stale: Stale, configuration: ConfigurationReader, object: Stored, key: string): void {
  const { kind } = object;
  // Of a version, the values of its variables change.
  if (isOf(object, [...TIE_KINDS, 'apiVersion'])) markTie(stale, configuration, object.body);
  else if (isOf(object, ['gatewayFeature'])) markFeature(stale, configuration, object);
  else if (isOf(object, ['environment'])) markEnvironment(stale, configuration, object);
  else if (isOf(object, ['app', 'appCode', 'appAcl', 'appQuota', 'appQuotaBinding']))
    stale.callers.add(object.body.gatewayId);
  else if (isOf(object, ['throttleException']))
    markBound(stale, configuration, 'throttleBinding', 'throttleId', object.body.throttleId);
  else if (isOf(object, ['authorizer'])) markUsers(stale, configuration, object);
  else if (kind === 'throttle') markBound(stale, configuration, 'throttleBinding', 'throttleId', key);
  else if (kind === 'plugin') markBound(stale, configuration, 'pluginAttachment', 'pluginId', key);
  else if (kind === 'acl') markBound(stale, configuration, 'aclBinding', 'aclId', key);
  else if (kind === 'signatureKey')
    markBound(stale, configuration, 'signatureBinding', 'signatureKeyId', key);
}

function isOf<K extends StoredKind>(object: Stored, kinds: readonly K[]): object is Stored<K> {
  return (kinds as readonly StoredKind[]).includes(object.kind);
}

/** Features that are worked into the plans. */
const IN_PLANS: ReadonlySet<string> = new Set([
  'backend_timeout',
  'custom_auth_header',
  'backend_client_certificate',
  'api_uri_no_escape',
  'app_jwt',
]);

function markFeature(
  stale: Stale,
  configuration: ConfigurationReader,
  { body: { gatewayId, name } }: Stored<'gatewayFeature'>,
): void {
  stale.features.add(gatewayId);
  if (!IN_PLANS.has(name)) return;
  for (const { id } of configuration.by('publication', 'gatewayId', gatewayId)) stale.publications.add(id);
}

function markTie(stale: Stale, configuration: ConfigurationReader, { apiId, environmentId }: Tie): void {
  for (const { id, body } of configuration.by('publication', 'apiId', apiId)) {
    if (body.environmentId === environmentId) stale.publications.add(id);
  }
}

function markBound<K extends 'throttleBinding' | 'aclBinding' | 'signatureBinding' | 'pluginAttachment'>(
  stale: Stale,
  configuration: ConfigurationReader,
  kind: K,
  field: keyof Stored<K>['body'] & string,
  ownerId: string,
): void {
  for (const { body } of configuration.by<K>(kind, field, ownerId)) markTie(stale, configuration, body);
}

/** Marks the APIs that ask an authorizer. */
function markUsers(
  stale: Stale,
  configuration: ConfigurationReader,
  { id, body }: Stored<'authorizer'>,
): void {
  const { input } = descriptionOf('api');
  for (const publication of configuration.by('publication', 'gatewayId', body.gatewayId)) {
    const { versionId } = publication.body;
    const version = versionId === undefined ? undefined : configuration.get('apiVersion', versionId);
    const used = version === undefined ? [] : referencesIn(input, { ...version.body.definition });
    if (used.some((each) => each.kind === 'authorizer' && each.id === id))
      stale.publications.add(publication.id);
  }
}

function markEnvironment(
  stale: Stale,
  configuration: ConfigurationReader,
  environment: Stored<'environment'>,
): void {
  for (const { id, body } of configuration.by('publication', 'environmentId', environment.id)) {
    if (body.gatewayId === environment.body.gatewayId) stale.publications.add(id);
  }
}
