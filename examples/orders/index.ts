import * as apig from '@apig/provider';
import { Config, interpolate } from '@pulumi/pulumi';
import { readOperations, toRequestParameter } from './operations.ts';

const config = new Config();
const perMinute = { timeInterval: 1, timeUnit: 'MINUTE' } as const;

const gateway = new apig.Gateway('shop', {
  name: 'shop',
  edition: 'BASIC',
  vpcId: config.get('vpcId') ?? 'vpc-shop',
  subnetId: config.get('subnetId') ?? 'subnet-shop',
  securityGroupId: config.get('securityGroupId') ?? 'sg-shop',
  availableZoneIds: config.getObject<string[]>('availableZoneIds') ?? ['az-1'],
});
const here = { gatewayId: gateway.id };
const group = new apig.ApiGroup('orders', { ...here, name: 'orders', remark: 'Orders of the shop' });
const domain = new apig.DomainBinding('orders', {
  ...here,
  groupId: group.id,
  name: config.require('domain'),
});
const beta = new apig.Environment('beta', { ...here, name: 'beta', remark: 'Operations to come' });

const apis = readOperations().map((operation) => {
  const { id, method, path, isPublic, isBeta, summary } = operation;
  const pathParameters = operation.parameters.filter((parameter) => parameter.in === 'path');
  const api = new apig.Api(id, {
    ...here,
    groupId: group.id,
    name: id,
    remark: summary,
    protocol: 'BOTH',
    method,
    path,
    authentication: isPublic ? 'NONE' : 'APP',
    allowAppCode: !isPublic,
    requestParameters: operation.parameters.map(toRequestParameter),
    backendParameters: [
      ...pathParameters.map(
        ({ name }) => ({ origin: 'REQUEST', name, location: 'PATH', value: name }) as const,
      ),
      { origin: 'SYSTEM', name: 'X-Caller', location: 'HEADER', value: '$context.appName' },
    ],
    httpBackend: { address: config.require('backendAddress'), protocol: 'HTTP', method, path: `/v1${path}` },
  });
  const environmentId = isBeta ? beta.id : apig.RELEASE_ENVIRONMENT_ID;
  const deployment = new apig.Deployment(id, {
    ...here,
    apiId: api.id,
    apiDigest: api.digest,
    environmentId,
  });
  return { ...operation, api, deployment };
});

// Everything below is bound to released operations; bindings wait for the publications that they need.
const released = apis.filter(({ isBeta }) => !isBeta);
const idsOf = (some: typeof apis) => some.map(({ api }) => api.id);
const dependsOn = released.map(({ deployment }) => deployment);
const inRelease = { ...here, environmentId: apig.RELEASE_ENVIRONMENT_ID };

const reads = new apig.Throttle('reads', {
  ...here,
  name: 'reads',
  apiCallLimit: config.requireNumber('readsPerMinute'),
  ...perMinute,
});
const writes = new apig.Throttle('writes', {
  ...here,
  name: 'writes',
  scope: 'SHARED',
  apiCallLimit: config.requireNumber('writesPerMinute'),
  ...perMinute,
});
const ofReads = idsOf(released.filter(({ method }) => method === 'GET'));
const ofWrites = idsOf(released.filter(({ method }) => method !== 'GET'));
new apig.ThrottleBinding('reads', { ...inRelease, throttleId: reads.id, apiIds: ofReads }, { dependsOn });
new apig.ThrottleBinding('writes', { ...inRelease, throttleId: writes.id, apiIds: ofWrites }, { dependsOn });

const blocked = new apig.Acl('blocked', {
  ...here,
  name: 'blocked',
  type: 'DENY',
  entityType: 'IP',
  values: config.requireObject('blockedAddresses'),
});
new apig.AclBinding('blocked', { ...inRelease, aclId: blocked.id, apiIds: idsOf(released) }, { dependsOn });

const key = new apig.SignatureKey('gateway', {
  ...here,
  name: 'gateway',
  type: 'hmac',
  key: config.require('backendKey'),
  secret: config.requireSecret('backendSecret'),
});
new apig.SignatureBinding(
  'gateway',
  { ...inRelease, signatureKeyId: key.id, apiIds: idsOf(released) },
  { dependsOn },
);

const storefront = new apig.App('storefront', { ...here, name: 'storefront' });
const ofApps = idsOf(released.filter(({ isPublic }) => !isPublic));
new apig.AppAuthorization('storefront', { ...inRelease, appId: storefront.id, apiIds: ofApps });

export const url = interpolate`http://${domain.name}`;
export const debugUrl = interpolate`http://${group.debugDomain}`;
export const gatewayId = gateway.id;
export const appKey = storefront.appKey;
export const appSecret = storefront.appSecret;
