import type { ConfigurationReader, Stored } from '../store/configuration.ts';
import { featuresOf, type Features } from '../features.ts';
import { toHostName } from './admit-head.ts';
import type { HostEntry, Snapshot } from './snapshot.ts';
import { servedCertificate } from './tls/served-certificate.ts';

/** The part of a snapshot by which hosts are found. */
export type Hosts = Pick<Snapshot, 'hosts' | 'wildcards' | 'addresses'>;

/**
 * Works out who answers on which host.
 *
 * Several gateways share the listeners of a runtime. A debug domain holds the id of its group and so is nobody else's.
 * A bound domain is unique in its gateway only: of two gateways the one that bound it first has it. Calls that name
 * an address reach the group `DEFAULT` of the gateway that was created first, and hosts that a gateway trusts its own.
 */
export function compileHosts(configuration: ConfigurationReader, domainSuffix: string): Hosts {
  const hosts = new Map<string, HostEntry>();
  const wildcards = new Map<string, HostEntry>();
  let addresses: HostEntry | undefined;
  const features = featuresBy(configuration);
  for (const domain of configuration.all('domain')) {
    const name = toHostName(domain.body.name);
    const isWildcard = name.startsWith('*.');
    const [table, key] = isWildcard ? [wildcards, name.slice(2)] : [hosts, name];
    if (!table.has(key)) table.set(key, entryOf(domain, configuration, features(domain.body.gatewayId)));
  }
  for (const { id, body } of configuration.all('apiGroup')) {
    const { ciphers, trustedHosts } = features(body.gatewayId);
    const entry = { gatewayId: body.gatewayId, groupId: id, isDebug: false, redirectToHttps: false, ciphers };
    if (body.debugDomainEnabled) hosts.set(debugDomainOf(id, domainSuffix), { ...entry, isDebug: true });
    if (!body.isDefault) continue;
    addresses ??= entry;
    for (const host of trustedHosts) {
      if (!hosts.has(host)) hosts.set(host, entry);
    }
  }
  return { hosts, wildcards, addresses };
}

/** The name on which a group answers without a bound domain. */
export function debugDomainOf(groupId: string, domainSuffix: string): string {
  return `${groupId}.apic.${domainSuffix}`.toLowerCase();
}

/** The features of each gateway, worked out once. */
function featuresBy(configuration: ConfigurationReader): (gatewayId: string) => Features {
  const known = new Map<string, Features>();
  return (gatewayId) => {
    let features = known.get(gatewayId);
    if (features === undefined) known.set(gatewayId, (features = featuresOf(configuration, gatewayId)));
    return features;
  };
}

function entryOf(
  { body }: Stored<'domain'>,
  configuration: ConfigurationReader,
  { ciphers }: Features,
): HostEntry {
  const { certificateId, groupId, minTlsVersion, verifyClientCertificate = false } = body;
  const stored = certificateId === undefined ? undefined : configuration.get('certificate', certificateId);
  const certificate = stored && servedCertificate(stored, verifyClientCertificate);
  return {
    gatewayId: body.gatewayId,
    groupId,
    isDebug: false,
    // Without a certificate there is nothing to redirect to.
    redirectToHttps: body.redirectToHttps && certificate !== undefined,
    minTlsVersion,
    ciphers,
    certificate,
  };
}
