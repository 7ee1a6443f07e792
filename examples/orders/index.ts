import * as apig from '@apig/provider';
import { Config, interpolate } from '@pulumi/pulumi';
import { readOperations, toApi } from './operations.ts';

const config = new Config();
const cloud = config.getObject<Network>('network') ?? {
  vpcId: 'vpc-shop',
  subnetId: 'subnet-shop',
  securityGroupId: 'sg-shop',
};
const gateway = new apig.Gateway('shop', {
  name: 'shop',
  edition: 'BASIC',
  availableZoneIds: ['az-1'],
  ...cloud,
});
const here = { gatewayId: gateway.id };

const group = new apig.ApiGroup('orders', { ...here, name: 'orders', remark: 'Orders of the shop' });
const domain = new apig.DomainBinding('orders', {
  ...here,
  groupId: group.id,
  name: config.require('domain'),
});
const beta = new apig.Environment('beta', { ...here, name: 'beta', remark: 'Operations to come' });

// One API and one deployment for each operation of the OpenAPI document.
const apis = readOperations().map((operation) => {
  const args = toApi(operation, config.require('backendAddress'));
  const api = new apig.Api(operation.id, { ...here, groupId: group.id, ...args });
  const environmentId = operation.isBeta ? beta.id : apig.RELEASE_ENVIRONMENT_ID;
  const deployment = new apig.Deployment(operation.id, {
    ...here,
    apiId: api.id,
    apiDigest: api.digest,
    environmentId,
  });
  return { ...operation, apiId: api.id, deployment };
});

// What OpenAPI cannot say: limits, addresses, keys and callers of the released operations.
const released = apis.filter(({ isBeta }) => !isBeta);
const inRelease = { ...here, environmentId: apig.RELEASE_ENVIRONMENT_ID };
const published = { dependsOn: released.map(({ deployment }) => deployment) };
const idsOf = (some: typeof apis) => some.map(({ apiId }) => apiId);

for (const [name, scope, limit, isMine] of [
  ['reads', 'API', config.requireNumber('readsPerMinute'), (method: string) => method === 'GET'],
  ['writes', 'SHARED', config.requireNumber('writesPerMinute'), (method: string) => method !== 'GET'],
] as const) {
  const throttle = new apig.Throttle(name, {
    ...here,
    name,
    scope,
    apiCallLimit: limit,
    timeInterval: 1,
    timeUnit: 'MINUTE',
  });
  const apiIds = idsOf(released.filter(({ method }) => isMine(method)));
  new apig.ThrottleBinding(name, { ...inRelease, throttleId: throttle.id, apiIds }, published);
}

const values = config.requireObject<string[]>('blockedAddresses');
const blocked = new apig.Acl('blocked', { ...here, name: 'blocked', type: 'DENY', entityType: 'IP', values });
new apig.AclBinding('blocked', { ...inRelease, aclId: blocked.id, apiIds: idsOf(released) }, published);

const pair = { key: config.require('backendKey'), secret: config.requireSecret('backendSecret') };
const signing = new apig.SignatureKey('backend', { ...here, name: 'backend', type: 'hmac', ...pair });
new apig.SignatureBinding(
  'backend',
  { ...inRelease, signatureKeyId: signing.id, apiIds: idsOf(released) },
  published,
);

const storefront = new apig.App('storefront', { ...here, name: 'storefront' });
const forApps = idsOf(released.filter(({ authentication }) => authentication === 'APP'));
new apig.AppAuthorization('storefront', { ...inRelease, appId: storefront.id, apiIds: forApps });

export const gatewayId = gateway.id;
export const url = interpolate`http://${domain.name}`;
export const debugUrl = interpolate`http://${group.debugDomain}`;
export const appKey = storefront.appKey;
export const appSecret = storefront.appSecret;

interface Network {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly securityGroupId: string;
}
