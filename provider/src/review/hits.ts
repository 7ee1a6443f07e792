import type { Kind } from '@apig/sdk/contract';
import type { Graph } from './graph.ts';

/** Bindings of policies and apps, with the field that names what is bound. */
export const BINDINGS = {
  throttleBinding: 'throttleId',
  aclBinding: 'aclId',
  signatureBinding: 'signatureKeyId',
  pluginAttachment: 'pluginId',
  appAuthorization: 'appId',
} as const;

/** A kind of binding. */
export type BindingKind = keyof typeof BINDINGS;

/** Whom a resource acts on. */
export interface Hits {
  /** API to the environments in which it is hit; undefined for all in which it is in force. */
  readonly places: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** The apps that are hit; undefined for all that may call these APIs. */
  readonly apps: ReadonlySet<string> | undefined;
  /** The domains that are hit; undefined for all that lead to these APIs. */
  readonly domains: ReadonlySet<string> | undefined;
}

/** Follows references from a resource to the APIs that it acts on, and to who calls them. */
export function hitsOf(graph: Graph, key: string): Hits {
  const kind = graph.kindOf(key);
  switch (kind) {
    case 'gateway':
      return everywhere(graph.users(key, 'api', 'gatewayId'));
    case 'gatewayFeature':
      return everywhere(
        graph.targets(key, 'gatewayId').flatMap((gateway) => graph.users(gateway, 'api', 'gatewayId')),
      );
    case 'apiGroup':
      return everywhere(graph.users(key, 'api', 'groupId'));
    case 'environment':
      return union(
        (['deployment', ...bindingKinds] as const).flatMap((each) =>
          graph.users(key, each).map((user) => hitsOf(graph, user)),
        ),
        EVERYBODY,
      );
    case 'api':
      return everywhere([key]);
    case 'deployment':
      return { ...EVERYBODY, places: placesOf(graph, key, 'apiId') };
    case 'throttle':
    case 'acl':
    case 'signatureKey':
    case 'plugin':
      return union(
        bindingKinds.flatMap((each) => graph.users(key, each).map((user) => hitsOf(graph, user))),
        EVERYBODY,
      );
    case 'throttleBinding':
    case 'aclBinding':
    case 'signatureBinding':
    case 'pluginAttachment':
      return { ...EVERYBODY, places: placesOf(graph, key, 'apiIds') };
    case 'throttleException': {
      const apps = graph.targets(key, 'objectId');
      const throttles = graph.targets(key, 'throttleId').map((throttle) => hitsOf(graph, throttle));
      const hits = union(throttles, EVERYBODY);
      return apps.length === 0 ? hits : { ...hits, apps: new Set(apps) };
    }
    case 'appAuthorization':
      return {
        places: placesOf(graph, key, 'apiIds'),
        apps: new Set(graph.targets(key, 'appId')),
        domains: undefined,
      };
    case 'app':
      return {
        ...union(
          graph.users(key, 'appAuthorization', 'appId').map((user) => hitsOf(graph, user)),
          EVERYBODY,
        ),
        apps: new Set([key]),
      };
    case 'appCode':
    case 'appAcl':
      return appsHit(graph, graph.targets(key, 'appId'));
    case 'appQuotaBinding':
      return appsHit(graph, graph.targets(key, 'appIds'));
    case 'appQuota':
      return appsHit(
        graph,
        graph.users(key, 'appQuotaBinding').flatMap((user) => graph.targets(user, 'appIds')),
      );
    case 'domain':
      return {
        ...everywhere(graph.targets(key, 'groupId').flatMap((group) => graph.users(group, 'api', 'groupId'))),
        domains: new Set([key]),
      };
    case 'certificate': {
      const domains = graph.users(key, 'domain');
      const hits = union(
        domains.map((domain) => hitsOf(graph, domain)),
        EVERYBODY,
      );
      return { ...hits, domains: new Set(domains) };
    }
    case 'environmentVariable':
      return variableHits(graph, key);
    case 'gatewayResponse':
      return everywhere(responseUsers(graph, key));
    case 'authorizer':
    case 'loadBalanceChannel':
      return everywhere(graph.users(key, 'api'));
    case undefined:
    default:
      return EVERYBODY;
  }
}

/** Names the APIs, apps and domains that are hit. */
export function whoIsHit(
  graph: Graph,
  { places, apps, domains }: Hits,
  labelOf: (key: string) => string,
): Readonly<Record<'apis' | 'apps' | 'domains', readonly string[]>> {
  const apis = [...places.keys()];
  const callers = apps ?? new Set(apis.flatMap((api) => callersOf(graph, api)));
  const groups = new Set(apis.flatMap((api) => graph.targets(api, 'groupId')));
  const doors = domains ?? new Set([...groups].flatMap((group) => graph.users(group, 'domain', 'groupId')));
  const named = (keys: Iterable<string>) =>
    [...new Set(Array.from(keys, labelOf))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return { apis: named(apis), apps: named(callers), domains: named(doors) };
}

const bindingKinds = Object.keys(BINDINGS) as readonly BindingKind[];

const EVERYBODY: Hits = { places: new Map(), apps: undefined, domains: undefined };

function everywhere(apis: readonly string[]): Hits {
  return { ...EVERYBODY, places: new Map(apis.map((api) => [api, undefined])) };
}

function placesOf(graph: Graph, key: string, field: string): Hits['places'] {
  const environments = new Set(graph.targets(key, 'environmentId'));
  return new Map(graph.targets(key, field).map((api) => [api, environments]));
}

function callersOf(graph: Graph, api: string): readonly string[] {
  return graph
    .users(api, 'appAuthorization', 'apiIds')
    .flatMap((authorization) => graph.targets(authorization, 'appId'));
}

function appsHit(graph: Graph, apps: readonly string[]): Hits {
  return {
    ...union(
      apps.map((app) => hitsOf(graph, app)),
      EVERYBODY,
    ),
    apps: new Set(apps),
  };
}

/** APIs that name a variable in their backends, with the environment in which it has the value. */
function variableHits(graph: Graph, key: string): Hits {
  const name = graph.stateOf(key)?.inputs['name'];
  const environments = new Set(graph.targets(key, 'environmentId'));
  const apis = graph
    .targets(key, 'groupId')
    .flatMap((group) => graph.users(group, 'api', 'groupId'))
    .filter((api) =>
      JSON.stringify(graph.stateOf(api)?.inputs ?? {}).includes(`#${typeof name === 'string' ? name : ''}#`),
    );
  return { ...EVERYBODY, places: new Map(apis.map((api) => [api, environments])) };
}

/** The group's default response is that of every API which names none. */
function responseUsers(graph: Graph, key: string): readonly string[] {
  const named = graph.users(key, 'api', 'responseId');
  if (graph.stateOf(key)?.inputs['name'] !== 'default') return named;
  const others = graph
    .targets(key, 'groupId')
    .flatMap((group) => graph.users(group, 'api', 'groupId'))
    .filter((api) => graph.targets(api, 'responseId').length === 0);
  return [...new Set([...named, ...others])];
}

function union(all: readonly Hits[], nobody: Hits): Hits {
  const places = new Map<string, ReadonlySet<string> | undefined>();
  for (const hits of all)
    for (const [api, environments] of hits.places) {
      const known = places.get(api);
      const isEverywhere = environments === undefined || (places.has(api) && known === undefined);
      places.set(api, isEverywhere ? undefined : new Set([...(known ?? []), ...environments]));
    }
  return { ...nobody, places };
}

/** Kinds whose resources act on calls by themselves, without one that ties them to APIs. */
export const ACTING: readonly Kind[] = [
  'throttleException',
  'appCode',
  'appAcl',
  'appQuota',
  'appQuotaBinding',
  'app',
  'authorizer',
  'gatewayResponse',
  'loadBalanceChannel',
  'environmentVariable',
  'domain',
  'certificate',
  'gatewayFeature',
  'apiGroup',
  'environment',
  'gateway',
];
