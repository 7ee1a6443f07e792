import { hash } from 'node:crypto';
import { createSigningKey } from '@apig/sdk/signer';
import type { ConfigurationReader, Stored } from '../store/configuration.ts';
import type { AddressRule } from './acl.ts';
import { AddressTable } from './address-table.ts';
import { compileQuota, type QuotaPlan } from './app-quota.ts';
import { digestOfCode } from './authenticate/app.ts';
import type { Counters } from './counters.ts';
import type { AppEntry, CallersOfGateway, Snapshot } from './snapshot.ts';

/** Who may call the APIs of each gateway, after a change in some. */
export function withCallers(
  before: Snapshot['callers'],
  configuration: ConfigurationReader,
  gatewayIds: ReadonlySet<string>,
  counters: Counters,
): Snapshot['callers'] {
  const callers = new Map(before);
  for (const gatewayId of gatewayIds) {
    if (configuration.get('gateway', gatewayId) === undefined) callers.delete(gatewayId);
    else callers.set(gatewayId, callersOf(configuration, gatewayId, counters));
  }
  return callers;
}

function callersOf(
  configuration: ConfigurationReader,
  gatewayId: string,
  counters: Counters,
): CallersOfGateway {
  const byKey = new Map<string, AppEntry>();
  const byId = new Map<string, AppEntry>();
  for (const stored of configuration.by('app', 'gatewayId', gatewayId)) {
    const app = entryOf(stored, configuration, counters);
    byKey.set(stored.body.appKey, app);
    byId.set(app.id, app);
  }
  const byCode = new Map<string, AppEntry>();
  for (const { body } of configuration.by('appCode', 'gatewayId', gatewayId)) {
    const app = byId.get(body.appId);
    if (app !== undefined) byCode.set(digestOfCode(body.code), app);
  }
  return { byKey, byCode };
}

function entryOf(
  { id, body }: Stored<'app'>,
  configuration: ConfigurationReader,
  counters: Counters,
): AppEntry {
  return {
    id,
    name: body.name,
    key: createSigningKey(body.appSecret),
    secretDigest: hash('sha256', body.appSecret, 'buffer'),
    acl: aclOf(id, configuration),
    quota: quotaOf(id, configuration, counters),
  };
}

function aclOf(appId: string, configuration: ConfigurationReader): AddressRule | undefined {
  const [acl] = configuration.by('appAcl', 'appId', appId);
  return acl && { type: acl.body.type, listed: new AddressTable(acl.body.values) };
}

function quotaOf(
  appId: string,
  configuration: ConfigurationReader,
  counters: Counters,
): QuotaPlan | undefined {
  const [binding] = configuration.by('appQuotaBinding', 'appId', appId);
  const quota = binding && configuration.get('appQuota', binding.body.appQuotaId);
  return quota && compileQuota(quota.body, counters.quota(quota.id, appId));
}
