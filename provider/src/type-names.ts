import type { Kind } from '@apig/sdk/contract';

/**
 * Kind -> name of its class, which is also the last part of its type token. Both stand in the state of every stack that
 * has such a resource, so an entry never changes.
 */
export const TYPE_NAMES = Object.freeze({
  gateway: 'Gateway',
  environment: 'Environment',
  environmentVariable: 'EnvironmentVariable',
  apiGroup: 'ApiGroup',
  domain: 'DomainBinding',
  certificate: 'Certificate',
  gatewayResponse: 'GatewayResponse',
  gatewayFeature: 'GatewayFeature',
  api: 'Api',
  deployment: 'Deployment',
  throttle: 'Throttle',
  throttleBinding: 'ThrottleBinding',
  throttleException: 'ThrottleException',
  acl: 'Acl',
  aclBinding: 'AclBinding',
  signatureKey: 'SignatureKey',
  signatureBinding: 'SignatureBinding',
  app: 'App',
  appCode: 'AppCode',
  appAcl: 'AppAcl',
  appQuota: 'AppQuota',
  appQuotaBinding: 'AppQuotaBinding',
  appAuthorization: 'AppAuthorization',
  loadBalanceChannel: 'LoadBalanceChannel',
  authorizer: 'Authorizer',
  plugin: 'Plugin',
  pluginAttachment: 'PluginAttachment',
} as const satisfies Record<Kind, string>);

/** The type token of a kind. The part before the last `/` is how the engine knows a dynamic resource. */
export function typeTokenOf(kind: Kind): string {
  return `pulumi-nodejs:dynamic/apig:${TYPE_NAMES[kind]}`;
}

/** The type tokens of the components, which stand in the URNs of all their children: an entry never changes. */
export const COMPONENT_TOKENS = Object.freeze({
  RestApi: 'apig:index:RestApi',
  Product: 'apig:index:Product',
} as const);
