import type { Client, Kind } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';

/**
 * A program with at least one resource of every kind, named after the kind. `changes.json` holds other arguments by the
 * name of the resource, and under `use` which of two objects others refer to.
 */
export const PROGRAM = `
import { readFileSync } from 'node:fs';
import * as apig from '@apig/provider';

const pem = (name: string) => readFileSync(name + '.pem', 'utf8');
const { use = {}, ...changes } = JSON.parse(readFileSync('changes.json', 'utf8'));
const args = (name: string, usual: object): any => ({ ...usual, ...changes[name] });

const gateway = new apig.Gateway('gateway', args('gateway', {
  name: 'main-gateway', edition: 'PROFESSIONAL', vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group', availableZoneIds: ['az1', 'az2'],
}));
const gatewayId = gateway.id;

const environment = new apig.Environment('environment', args('environment', { gatewayId, name: 'staging' }));
const otherEnvironment = new apig.Environment('otherEnvironment', { gatewayId, name: 'preview' });
const apiGroup = new apig.ApiGroup('apiGroup', args('apiGroup', { gatewayId, name: 'orders' }));
const otherGroup = new apig.ApiGroup('otherGroup', { gatewayId, name: 'returns' });
const groupId = use.otherGroup ? otherGroup.id : apiGroup.id;
const certificate = new apig.Certificate('certificate', args('certificate', {
  name: 'orders', type: 'instance', gatewayId, certificate: pem('certificate'), privateKey: pem('key'),
}));
new apig.DomainBinding('domain', args('domain', { gatewayId, groupId, name: 'api.example.com', certificateId: certificate.id }));

new apig.GatewayResponse('gatewayResponse', args('gatewayResponse', { gatewayId, groupId, name: 'friendly', responses: { throttled: { headers: { 'Retry-After': '1' } } } }));

const api = new apig.Api('api', args('api', {
  gatewayId, groupId, name: 'get-order', protocol: 'BOTH', method: 'GET', path: '/orders/{orderId}', authentication: 'APP',
  requestParameters: [{ name: 'orderId', location: 'PATH' }, { name: 'fields', location: 'QUERY', enumerations: ['short', 'full'] }],
  backendParameters: [{ origin: 'REQUEST', name: 'id', location: 'PATH', value: 'orderId' }],
  httpBackend: { address: 'orders.internal:8080', protocol: 'HTTP', method: 'GET', path: '/v1/orders/{id}' },
  tags: ['orders', 'read'],
}));
const otherApi = new apig.Api('otherApi', {
  gatewayId, groupId, name: 'ping', protocol: 'BOTH', method: 'GET', path: '/ping', authentication: 'APP', mockBackend: { result: 'pong' },
});
const environmentId = use.otherEnvironment ? otherEnvironment.id : environment.id;
new apig.EnvironmentVariable('environmentVariable', args('environmentVariable', { gatewayId, groupId, environmentId, name: 'ORDERS_HOST', value: 'orders.internal:8080' }));
const deployment = new apig.Deployment('deployment', args('deployment', { gatewayId, apiId: api.id, environmentId, apiDigest: api.digest }));
const otherDeployment = new apig.Deployment('otherDeployment', { gatewayId, apiId: otherApi.id, environmentId, apiDigest: otherApi.digest });
const place = {
  gatewayId,
  environmentId: deployment.environmentId,
  apiIds: use.bothApis ? [otherDeployment.apiId, deployment.apiId] : [deployment.apiId],
};

const throttle = new apig.Throttle('throttle', args('throttle', { gatewayId, name: 'gold', apiCallLimit: 100, timeInterval: 1, timeUnit: 'MINUTE' }));
const otherThrottle = new apig.Throttle('otherThrottle', { gatewayId, name: 'silver', apiCallLimit: 10, timeInterval: 1, timeUnit: 'MINUTE' });
new apig.ThrottleBinding('throttleBinding', { ...place, throttleId: use.otherThrottle ? otherThrottle.id : throttle.id });

const acl = new apig.Acl('acl', args('acl', { gatewayId, name: 'offices', type: 'PERMIT', entityType: 'IP', values: ['192.0.2.1', '198.51.100.0/24'] }));
new apig.AclBinding('aclBinding', { ...place, aclId: acl.id });

const signatureKey = new apig.SignatureKey('signatureKey', args('signatureKey', { gatewayId, name: 'backend_key', key: 'given-signing-key', secret: 'given-signing-secret' }));
const otherKey = new apig.SignatureKey('otherKey', { gatewayId, name: 'other_key' });
new apig.SignatureBinding('signatureBinding', { ...place, signatureKeyId: use.otherKey ? otherKey.id : signatureKey.id });

const app = new apig.App('app', args('app', { gatewayId, name: 'web_shop' }));
const otherApp = new apig.App('otherApp', { gatewayId, name: 'till', appKey: 'given-app-key', appSecret: 'given-app-secret' });
const appId = use.otherApp ? otherApp.id : app.id;
new apig.AppCode('appCode', args('appCode', { gatewayId, appId }));
new apig.GatewayFeature('gatewayFeature', args('gatewayFeature', { gatewayId, name: 'ratelimit', config: '{"api_limits": 500}' }));
new apig.AppAcl('appAcl', args('appAcl', { gatewayId, appId, type: 'PERMIT', values: ['192.0.2.1', '198.51.100.0/24'] }));
const appQuota = new apig.AppQuota('appQuota', args('appQuota', { gatewayId, name: 'bronze', callLimit: 1000, timeInterval: 1, timeUnit: 'DAY' }));
const otherQuota = new apig.AppQuota('otherQuota', { gatewayId, name: 'iron', callLimit: 10, timeInterval: 1, timeUnit: 'DAY' });
new apig.AppQuotaBinding('appQuotaBinding', {
  gatewayId,
  appQuotaId: use.otherApp ? otherQuota.id : appQuota.id,
  appIds: use.bothApis ? [otherApp.id, app.id] : [app.id],
});
new apig.AppAuthorization('appAuthorization', { ...place, appId });
const plugin = new apig.Plugin('plugin', args('plugin', { gatewayId, name: 'browsers', type: 'cors', content: '{"allow_origin": "*", "allow_methods": "GET"}' }));
const otherPlugin = new apig.Plugin('otherPlugin', { gatewayId, name: 'other_browsers', type: 'cors', content: '{"allow_origin": "https://shop.example.com"}' });
new apig.PluginAttachment('pluginAttachment', { ...place, pluginId: use.otherPlugin ? otherPlugin.id : plugin.id });
new apig.Authorizer('authorizer', args('authorizer', { gatewayId, name: 'tokens', type: 'FRONTEND', functionUrn: 'urn:function:check' }));
new apig.LoadBalanceChannel('loadBalanceChannel', args('loadBalanceChannel', {
  gatewayId, name: 'orders.internal', port: 8080,
  members: [{ host: '192.0.2.10', weight: 3 }, { host: '192.0.2.11', port: 9090, backup: true }],
}));
new apig.ThrottleException('throttleException', args('throttleException', { gatewayId, throttleId: throttle.id, objectType: 'APP', objectId: appId, callLimit: 10 }));
`;

/** Names of the program's resources that are not the first of their kind. */
export const OTHERS = [
  'otherEnvironment',
  'otherGroup',
  'otherApi',
  'otherDeployment',
  'otherThrottle',
  'otherKey',
  'otherPlugin',
  'otherApp',
  'otherQuota',
];

/** Everything that a service holds, by kind, without what it has from the start. */
export type Inventory = Readonly<Record<Kind, readonly Json[]>>;

/** Lists everything. */
export async function takeInventory(client: Client): Promise<Inventory> {
  const found: Partial<Record<Kind, Json[]>> = {};
  const add = (kind: Kind, objects: readonly Json[]) => (found[kind] = [...(found[kind] ?? []), ...objects]);
  const gateways = add('gateway', await client.gateway.list({}));
  for (const { id: gatewayId } of gateways as { id: string }[]) {
    const inGateway = { gatewayId };
    const environments = await client.environment.list(inGateway);
    add(
      'environment',
      environments.filter(({ name }) => name !== 'RELEASE'),
    );
    const groups = add(
      'apiGroup',
      (await client.apiGroup.list(inGateway)).filter(({ name }) => name !== 'DEFAULT'),
    );
    for (const group of groups as { id: string }[]) {
      add('domain', await client.domain.list({ gatewayId, groupId: group.id }));
    }
    for (const group of await client.apiGroup.list(inGateway)) {
      const responses = await client.gatewayResponse.list({ gatewayId, groupId: group.id });
      add(
        'gatewayResponse',
        responses.filter(({ isDefault }) => !isDefault),
      );
    }
    // A gateway has every feature; those that nobody set are as the service made them.
    const features = await client.gatewayFeature.list(inGateway, { name: 'ratelimit' });
    add(
      'gatewayFeature',
      features.filter(({ config = '{}' }) => (JSON.parse(config) as Json)['api_limits'] !== 200),
    );
    for (const { id } of add('appQuota', await client.appQuota.list(inGateway)) as { id: string }[]) {
      add('appQuotaBinding', await client.appQuotaBinding.list({ gatewayId, appQuotaId: id }));
    }
    for (const kind of IN_GATEWAY) add(kind, await client.collection(kind).list(inGateway));
    for (const { id } of await client.app.list(inGateway)) {
      add('appCode', await client.appCode.list({ gatewayId, appId: id }));
      add('appAcl', await client.appAcl.list({ gatewayId, appId: id }));
    }
    for (const { id } of await client.throttle.list(inGateway)) {
      add('throttleException', await client.throttleException.list({ gatewayId, throttleId: id }));
    }
  }
  add('certificate', await client.certificate.list({}));
  const all = (kind: Kind): readonly Json[] => found[kind] ?? [];
  return {
    gateway: all('gateway'),
    environment: all('environment'),
    environmentVariable: all('environmentVariable'),
    apiGroup: all('apiGroup'),
    domain: all('domain'),
    certificate: all('certificate'),
    gatewayResponse: all('gatewayResponse'),
    api: all('api'),
    deployment: all('deployment'),
    throttle: all('throttle'),
    throttleBinding: all('throttleBinding'),
    throttleException: all('throttleException'),
    acl: all('acl'),
    aclBinding: all('aclBinding'),
    signatureKey: all('signatureKey'),
    signatureBinding: all('signatureBinding'),
    app: all('app'),
    appCode: all('appCode'),
    gatewayFeature: all('gatewayFeature'),
    appAcl: all('appAcl'),
    appQuota: all('appQuota'),
    appQuotaBinding: all('appQuotaBinding'),
    appAuthorization: all('appAuthorization'),
    plugin: all('plugin'),
    pluginAttachment: all('pluginAttachment'),
    authorizer: all('authorizer'),
    loadBalanceChannel: all('loadBalanceChannel'),
  };
}

const IN_GATEWAY = [
  'environmentVariable',
  'api',
  'deployment',
  'throttle',
  'throttleBinding',
  'acl',
  'aclBinding',
  'signatureKey',
  'signatureBinding',
  'app',
  'appAuthorization',
  'plugin',
  'pluginAttachment',
  'authorizer',
  'loadBalanceChannel',
] as const;
