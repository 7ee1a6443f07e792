import { isIP } from 'node:net';
import { fail } from '@apig/sdk/contract';
import { USUAL_FEATURES } from '../features.ts';
import type { Call } from './call.ts';
import type { Match } from './router.ts';
import type { HostEntry, Plan, Snapshot } from './snapshot.ts';

const DEFAULT_STAGE = 'RELEASE';

/**
 * Who answers on the host that a call names: an exact name before a wildcard, which stands for one label. An address,
 * or `localhost`, is that of the gateway itself.
 *
 * Source: user guide, "Binding a Domain Name" and "Calling an API".
 *
 * @throws `apiNotPublished` for a host that leads nowhere
 */
export function findHost(call: Call, snapshot: Snapshot): HostEntry {
  const { host } = call;
  const entry = findDomain(host, snapshot) ?? findAddress(call, snapshot);
  if (entry === undefined) throw fail('apiNotPublished');
  call.responses = snapshot.responses.get(entry.groupId);
  call.features = snapshot.features.get(entry.gatewayId) ?? USUAL_FEATURES;
  if (call.path !== call.rawPath && call.features.keepsEscapes) call.path = call.rawPath;
  return entry;
}

/** Who answers on a domain, in lower case; undefined when nobody does. */
export function findDomain(name: string, snapshot: Snapshot): HostEntry | undefined {
  return snapshot.hosts.get(name) ?? findWildcard(name, snapshot);
}

/**
 * The API that is called: published in the environment that the caller names, with that method and path.
 *
 * @throws `apiNotPublished`; `apiMethodNotDefined` when there is an API of another method on the path
 */
export function route(call: Call, entry: HostEntry, snapshot: Snapshot): Match<Plan> {
  // What echoes a request, or turns the connection into a tunnel, is no call of an API.
  if (call.method === 'TRACE' || call.method === 'CONNECT') throw fail('apiNotPublished');
  const router = snapshot.groups.get(entry.groupId)?.get(call.headers.first('x-stage') ?? DEFAULT_STAGE);
  const match = router?.find(call.method, call.path);
  if (match?.target === undefined) {
    throw match?.isOtherMethod === true ? fail('apiMethodNotDefined') : fail('apiNotPublished');
  }
  call.plan = match.target;
  const { responseId } = match.target;
  // A response that is gone leaves its place to the group's.
  const own = responseId === undefined ? undefined : snapshot.responses.get(responseId);
  if (own !== undefined) call.responses = own;
  return match;
}

function findWildcard(host: string, { wildcards }: Snapshot): HostEntry | undefined {
  return wildcards.size === 0 ? undefined : wildcards.get(host.slice(host.indexOf('.') + 1));
}

function findAddress(call: Call, snapshot: Snapshot): HostEntry | undefined {
  const { addresses } = snapshot;
  if (addresses === undefined) return undefined;
  const { host } = call;
  const text = host.startsWith('[') ? host.slice(1, -1) : host;
  if (isIP(text) === 0 && text !== 'localhost') return undefined;
  return findByApp(call, addresses, snapshot) ?? addresses;
}

/**
 * The group of an API that the app of a call may call, for a gateway that lets apps find them so. Its credentials are
 * looked at later, like those of others.
 *
 * Source: user guide, "Configuring Gateway Parameters" (app_route).
 */
function findByApp(
  call: Call,
  { gatewayId }: HostEntry,
  { features, callers, groups }: Snapshot,
): HostEntry | undefined {
  const { routesByApp, allowsSecret, keepsEscapes } = features.get(gatewayId) ?? USUAL_FEATURES;
  const key = routesByApp && allowsSecret ? call.headers.first('x-hw-id') : undefined;
  const app = key === undefined ? undefined : callers.get(gatewayId)?.byKey.get(key);
  if (app === undefined) return undefined;
  const path = keepsEscapes ? call.rawPath : call.path;
  for (const [groupId, routers] of groups) {
    const target = routers
      .get(call.headers.first('x-stage') ?? DEFAULT_STAGE)
      ?.find(call.method, path).target;
    if (target?.gatewayId === gatewayId && target.authentication.appIds.has(app.id))
      return { gatewayId, groupId, isDebug: false, redirectToHttps: false };
  }
  return undefined;
}
