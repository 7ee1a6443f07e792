import { createHmac, hash } from 'node:crypto';
import { createSigningKey } from '@apig/sdk/signer';
import type { Bodies, ConfigurationReader, Stored } from '../store/configuration.ts';
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

/** Worked out by the first call that needs it: apps are written one by one, and there may be thousands of them. */
function callersOf(
  configuration: ConfigurationReader,
  gatewayId: string,
  counters: Counters,
): CallersOfGateway {
  const objects: CallerObjects = {
    apps: configuration.by('app', 'gatewayId', gatewayId),
    codes: configuration.by('appCode', 'gatewayId', gatewayId),
    acls: configuration.by('appAcl', 'gatewayId', gatewayId),
    quotas: configuration.by('appQuota', 'gatewayId', gatewayId),
    quotaBindings: configuration.by('appQuotaBinding', 'gatewayId', gatewayId),
  };
  let made: CallersOfGateway | undefined;
  const callers = () => (made ??= compileCallers(objects, counters));
  return {
    get byKey() {
      return callers().byKey;
    },
    get byCode() {
      return callers().byCode;
    },
  };
}

/** What is configured of the apps of a gateway, at one moment. */
interface CallerObjects {
  readonly apps: readonly Stored<'app'>[];
  readonly codes: readonly Stored<'appCode'>[];
  readonly acls: readonly Stored<'appAcl'>[];
  readonly quotas: readonly Stored<'appQuota'>[];
  readonly quotaBindings: readonly Stored<'appQuotaBinding'>[];
}

function compileCallers(objects: CallerObjects, counters: Counters): CallersOfGateway {
  const acls = new Map(objects.acls.map(({ body }) => [body.appId, aclOf(body)]));
  const quotas = new Map(objects.quotas.map((quota) => [quota.id, quota]));
  const plans = new Map(
    objects.quotaBindings.map(({ body: { appId, appQuotaId } }) => [
      appId,
      quotaOf(quotas.get(appQuotaId), appId, counters),
    ]),
  );
  const byKey = new Map<string, AppEntry>();
  const byId = new Map<string, AppEntry>();
  for (const { id, body } of objects.apps) {
    const app = { id, name: body.name, ...secretsOf(body), acl: acls.get(id), quota: plans.get(id) };
    byKey.set(body.appKey, app);
    byId.set(id, app);
  }
  const byCode = new Map<string, AppEntry>();
  for (const { body } of objects.codes) {
    const app = byId.get(body.appId);
    if (app !== undefined) byCode.set(digestOfCode(body.code), app);
  }
  return { byKey, byCode };
}

/** What is made of the secrets of an app, as long as it has them: an app that changes is one among many. */
const prepared = new WeakMap<Bodies['app'], AppSecrets>();

type AppSecrets = Pick<AppEntry, 'key' | 'secretDigest' | 'mac'>;

function secretsOf(app: Bodies['app']): AppSecrets {
  const known = prepared.get(app);
  if (known !== undefined) return known;
  const secrets = {
    key: createSigningKey(app.appSecret),
    secretDigest: hash('sha256', app.appSecret, 'buffer'),
    mac: (text: string) => createHmac('sha256', app.appSecret).update(text).digest(),
  };
  prepared.set(app, secrets);
  return secrets;
}

function aclOf({ type, values }: Bodies['appAcl']): AddressRule {
  return { type, listed: new AddressTable(values) };
}

function quotaOf(
  quota: Stored<'appQuota'> | undefined,
  appId: string,
  counters: Counters,
): QuotaPlan | undefined {
  return quota && compileQuota(quota.body, counters.quota(quota.id, appId));
}
