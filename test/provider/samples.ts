import type { InputOf, Kind, Resources } from '@apig/sdk';
import { makeCertificate } from '../support/certificates.ts';

const SAMPLE_CERTIFICATE = await makeCertificate(['api.example.com']);

/** One valid input for each kind, with lists, objects and optional fields. IDs are of objects that do not exist. */
export const SAMPLES: { readonly [K in Kind]: InputOf<Resources[K]> } = {
  gateway: {
    name: 'shop-gateway',
    edition: 'PROFESSIONAL',
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    securityGroupId: 'security-group-1',
    availableZoneIds: ['zone-a', 'zone-b'],
    description: 'orders and returns',
    egressBandwidthMbps: 10,
    tags: { team: 'shop', stage: 'test' },
  },
  environment: { gatewayId: 'gateway-1', name: 'staging', remark: 'before production' },
  environmentVariable: {
    gatewayId: 'gateway-1',
    groupId: 'group-1',
    environmentId: 'environment-1',
    name: 'ORDERS_HOST',
    value: 'orders.internal:8080',
  },
  apiGroup: { gatewayId: 'gateway-1', name: 'orders', remark: 'all about orders' },
  domain: { gatewayId: 'gateway-1', groupId: 'group-1', name: 'api.example.com', minTlsVersion: 'TLSv1.2' },
  certificate: {
    name: 'orders',
    type: 'instance',
    gatewayId: 'gateway-1',
    certificate: SAMPLE_CERTIFICATE.certificate,
    privateKey: SAMPLE_CERTIFICATE.key,
  },
  gatewayResponse: {
    gatewayId: 'gateway-1',
    groupId: 'group-1',
    name: 'friendly',
    responses: {
      throttled: {
        status: 503,
        body: '{"message":"$context.error.message"}',
        headers: { 'Retry-After': '1' },
      },
      default4xx: {},
    },
  },
  api: {
    gatewayId: 'gateway-1',
    groupId: 'group-1',
    name: 'get-order',
    protocol: 'BOTH',
    method: 'GET',
    path: '/orders/{orderId}',
    authentication: 'APP',
    requestParameters: [
      { name: 'orderId', location: 'PATH' },
      { name: 'fields', location: 'QUERY', enumerations: ['short', 'full'], validated: true },
    ],
    backendParameters: [
      { origin: 'REQUEST', name: 'id', location: 'PATH', value: 'orderId' },
      { origin: 'CONSTANT', name: 'source', location: 'HEADER', value: 'gateway' },
    ],
    httpBackend: {
      address: 'orders.internal:8080',
      protocol: 'HTTP',
      method: 'GET',
      path: '/v1/orders/{id}',
      timeoutMs: 2000,
    },
    httpPolicies: [
      {
        name: 'beta',
        effectMode: 'ALL',
        conditions: [{ origin: 'source', value: '10.0.0.0/8' }],
        address: 'beta.internal',
        protocol: 'HTTP',
        method: 'GET',
        path: '/v2/orders',
      },
    ],
    tags: ['orders', 'read'],
  },
  deployment: {
    gatewayId: 'gateway-1',
    apiId: 'api-1',
    environmentId: 'environment-1',
    apiDigest: 'digest-1',
    remark: 'first',
  },
  throttle: {
    gatewayId: 'gateway-1',
    name: 'gold',
    apiCallLimit: 100,
    userCallLimit: 50,
    timeInterval: 1,
    timeUnit: 'MINUTE',
  },
  throttleBinding: {
    gatewayId: 'gateway-1',
    throttleId: 'throttle-1',
    environmentId: 'environment-1',
    apiIds: ['api-1', 'api-2', 'api-3'],
  },
  throttleException: {
    gatewayId: 'gateway-1',
    throttleId: 'throttle-1',
    objectType: 'APP',
    objectId: 'app-1',
    callLimit: 10,
  },
  acl: {
    gatewayId: 'gateway-1',
    name: 'offices',
    type: 'DENY',
    entityType: 'IP',
    values: ['192.0.2.1', '198.51.100.0/24', '203.0.113.5-203.0.113.9'],
  },
  aclBinding: {
    gatewayId: 'gateway-1',
    aclId: 'acl-1',
    environmentId: 'environment-1',
    apiIds: ['api-1', 'api-2'],
  },
  signatureKey: {
    gatewayId: 'gateway-1',
    name: 'backend_key',
    key: 'signing-key-1',
    secret: 'signing-secret-0001',
  },
  signatureBinding: {
    gatewayId: 'gateway-1',
    signatureKeyId: 'key-1',
    environmentId: 'environment-1',
    apiIds: ['api-1', 'api-2'],
  },
  app: {
    gatewayId: 'gateway-1',
    name: 'web_shop',
    remark: 'the shop',
    appKey: 'app-key-1',
    appSecret: 'app-secret-1',
  },
  appCode: { gatewayId: 'gateway-1', appId: 'app-1', code: 'c0de'.repeat(16) },
  gatewayFeature: { gatewayId: 'gateway-1', name: 'ratelimit', config: '{"api_limits": 500}' },
  appAcl: {
    gatewayId: 'gateway-1',
    appId: 'app-1',
    type: 'PERMIT',
    values: ['192.0.2.1', '198.51.100.0/24', '203.0.113.5-203.0.113.9'],
  },
  appQuota: {
    gatewayId: 'gateway-1',
    name: 'bronze',
    callLimit: 1000,
    timeInterval: 1,
    timeUnit: 'DAY',
    resetTime: '2026-01-01 05:05:00',
  },
  appQuotaBinding: { gatewayId: 'gateway-1', appQuotaId: 'quota-1', appIds: ['app-1', 'app-2', 'app-3'] },
  appAuthorization: {
    gatewayId: 'gateway-1',
    appId: 'app-1',
    environmentId: 'environment-1',
    apiIds: ['api-1', 'api-2'],
  },
  loadBalanceChannel: {
    gatewayId: 'gateway-1',
    name: 'orders.internal',
    port: 8080,
    strategy: 'LEAST_CONNECTIONS',
    memberGroups: [{ name: 'blue', weight: 20 }, { name: 'green' }],
    members: [
      { host: '192.0.2.10', weight: 3, group: 'blue' },
      { host: 'spare.internal', port: 9090, backup: true },
    ],
    healthCheck: { protocol: 'HTTP', path: '/health', goodStatuses: '200,201-204' },
  },
  plugin: {
    gatewayId: 'gateway-1',
    name: 'browsers',
    type: 'cors',
    content: '{"allow_origin":"https://shop.example.com","allow_methods":"GET,POST","max_age":600}',
  },
  pluginAttachment: {
    gatewayId: 'gateway-1',
    pluginId: 'plugin-1',
    environmentId: 'environment-1',
    apiIds: ['api-1', 'api-2'],
  },
  authorizer: {
    gatewayId: 'gateway-1',
    name: 'tokens',
    type: 'FRONTEND',
    functionUrn: 'urn:fss:eu-de:project:function:default:check',
    identities: [
      { name: 'Authorization', location: 'HEADER', validation: 'Bearer .+' },
      { name: 'tenant', location: 'QUERY' },
    ],
    cacheSeconds: 60,
  },
};

/** Every kind. */
export const KINDS = Object.keys(SAMPLES) as readonly Kind[];

/** For each kind an input that is wrong in one place, and the property that is to be named for it. */
export const FAULTS: {
  readonly [K in Kind]: { readonly property: string; readonly args: Readonly<Record<string, unknown>> };
} = {
  gateway: { property: 'availableZoneIds', args: { ...SAMPLES.gateway, availableZoneIds: [] } },
  environment: { property: 'name', args: { ...SAMPLES.environment, name: '1st' } },
  environmentVariable: { property: 'value', args: { ...SAMPLES.environmentVariable, value: 'a b' } },
  apiGroup: { property: 'debugDomainEnabled', args: { ...SAMPLES.apiGroup, debugDomainEnabled: 'yes' } },
  domain: { property: 'name', args: { ...SAMPLES.domain, name: 'not a domain' } },
  certificate: { property: 'privateKey', args: { ...SAMPLES.certificate, privateKey: 'secret, but no key' } },
  gatewayResponse: {
    property: 'responses.throttled.status',
    args: { ...SAMPLES.gatewayResponse, responses: { throttled: { status: 444 } } },
  },
  api: {
    property: 'requestParameters[1].type',
    args: {
      ...SAMPLES.api,
      requestParameters: [
        { name: 'orderId', location: 'PATH' },
        { name: 'fields', location: 'QUERY', type: 'TEXT' },
      ],
    },
  },
  deployment: { property: 'apiDigest', args: { ...SAMPLES.deployment, apiDigest: undefined } },
  throttle: { property: 'userCallLimit', args: { ...SAMPLES.throttle, userCallLimit: 101 } },
  throttleBinding: { property: 'apiIds', args: { ...SAMPLES.throttleBinding, apiIds: ['api-1', 'api-1'] } },
  throttleException: { property: 'callLimit', args: { ...SAMPLES.throttleException, callLimit: 0 } },
  acl: { property: 'values[1]', args: { ...SAMPLES.acl, values: ['192.0.2.1', '192.0.2.256'] } },
  aclBinding: { property: 'apiId', args: { ...SAMPLES.aclBinding, apiId: 'api-1' } },
  signatureKey: { property: 'algorithm', args: { ...SAMPLES.signatureKey, algorithm: 'aes-128-cfb' } },
  signatureBinding: { property: 'environmentId', args: { ...SAMPLES.signatureBinding, environmentId: 7 } },
  app: { property: 'appSecret', args: { ...SAMPLES.app, appSecret: 'not so secret' } },
  appCode: { property: 'code', args: { ...SAMPLES.appCode, code: 'short-but-secret' } },
  gatewayFeature: { property: 'name', args: { ...SAMPLES.gatewayFeature, name: 'rate_limit' } },
  appAcl: { property: 'values[0]', args: { ...SAMPLES.appAcl, values: ['everywhere'] } },
  appQuota: { property: 'resetTime', args: { ...SAMPLES.appQuota, resetTime: '2026-02-30 00:00:00' } },
  appQuotaBinding: { property: 'appIds', args: { ...SAMPLES.appQuotaBinding, appIds: [] } },
  appAuthorization: { property: 'apiIds', args: { ...SAMPLES.appAuthorization, apiIds: 'api-1' } },
  plugin: { property: 'content', args: { ...SAMPLES.plugin, content: '{"allow_origin":7}' } },
  pluginAttachment: { property: 'apiIds', args: { ...SAMPLES.pluginAttachment, apiIds: [] } },
  authorizer: {
    property: 'identities[0].validation',
    args: {
      ...SAMPLES.authorizer,
      identities: [{ name: 'Authorization', location: 'HEADER', validation: '(' }],
    },
  },
  loadBalanceChannel: {
    property: 'members[0].host',
    args: { ...SAMPLES.loadBalanceChannel, members: [{ weight: 2 }] },
  },
};
