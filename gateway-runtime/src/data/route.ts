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
  const entry = findDomain(host, snapshot) ?? findAddress(host, snapshot);
  if (entry === undefined) throw fail('apiNotPublished');
  call.responses = snapshot.responses.get(entry.groupId);
  call.features = snapshot.features.get(entry.gatewayId) ?? USUAL_FEATURES;
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

function findAddress(host: string, { addresses }: Snapshot): HostEntry | undefined {
  if (addresses === undefined) return undefined;
  const text = host.startsWith('[') ? host.slice(1, -1) : host;
  return isIP(text) !== 0 || text === 'localhost' ? addresses : undefined;
}
