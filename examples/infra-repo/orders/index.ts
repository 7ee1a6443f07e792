import * as apig from '@apig/provider';
import { Config, StackReference, type Output } from '@pulumi/pulumi';
import { routes } from './routes.ts';

const config = new Config();
const platform = new StackReference(config.require('platformStack'));
const here = { gatewayId: platform.requireOutput('gatewayId') as Output<string> };

const group = new apig.ApiGroup('orders', { ...here, name: 'orders', remark: 'Orders of the shop' });
new apig.DomainBinding('orders', { ...here, groupId: group.id, name: config.require('domain') });

// One API and one deployment for each route.
const published = routes.map(({ name, method, path, authentication }) => {
  const api = new apig.Api(name, {
    ...here,
    groupId: group.id,
    name,
    method,
    path,
    protocol: 'BOTH',
    authentication,
    requestParameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => ({
      name: parameter,
      location: 'PATH',
      type: 'STRING',
      required: true,
    })),
    httpBackend: {
      address: config.require('backendAddress'),
      protocol: 'HTTP',
      method,
      path: `/v1${path}`,
      timeoutMs: 5000,
    },
    backendParameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => ({
      name: parameter,
      location: 'PATH',
      origin: 'REQUEST',
      value: parameter,
    })),
  });
  const environmentId = apig.RELEASE_ENVIRONMENT_ID;
  const deployment = new apig.Deployment(name, {
    ...here,
    apiId: api.id,
    environmentId,
    apiDigest: api.digest,
  });
  return { name, authentication, apiId: deployment.apiId };
});
const idsOf = (some: typeof published) => some.map(({ apiId }) => apiId);
const inRelease = { ...here, environmentId: apig.RELEASE_ENVIRONMENT_ID };

const throttle = new apig.Throttle('orders', {
  ...here,
  name: 'orders',
  apiCallLimit: config.requireNumber('callsPerMinute'),
  timeInterval: 1,
  timeUnit: 'MINUTE',
});
new apig.ThrottleBinding('orders', { ...inRelease, throttleId: throttle.id, apiIds: idsOf(published) });

const partners = new apig.Acl('partners', {
  ...here,
  name: 'partners',
  type: 'PERMIT',
  entityType: 'IP',
  values: config.requireObject<string[]>('partnerAddresses'),
});
const forPartners = published.filter(({ name }) => name === 'export_orders');
new apig.AclBinding('partners', { ...inRelease, aclId: partners.id, apiIds: idsOf(forPartners) });

const storefront = new apig.App('storefront', { ...here, name: 'storefront' });
const forApps = published.filter(({ authentication }) => authentication === 'APP');
new apig.AppAuthorization('storefront', { ...inRelease, appId: storefront.id, apiIds: idsOf(forApps) });

export const storefrontKey = storefront.appKey;
export const storefrontSecret = storefront.appSecret;
