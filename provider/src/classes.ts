import type { Resources } from '@apig/sdk/contract';
import { resourceClass, type ResourceClass } from './resource.ts';

/** A gateway: what all other resources are in. */
export const Gateway: ResourceClass<Resources['gateway']> = resourceClass('gateway');
/** An instance of {@link Gateway}. */
export type Gateway = InstanceType<typeof Gateway>;

/** An environment of a gateway, such as test or production. `RELEASE` exists in every gateway. */
export const Environment: ResourceClass<Resources['environment']> = resourceClass('environment');
/** An instance of {@link Environment}. */
export type Environment = InstanceType<typeof Environment>;

/** A value that backend addresses and paths of a group may name, for one environment. */
export const EnvironmentVariable: ResourceClass<Resources['environmentVariable']> =
  resourceClass('environmentVariable');
/** An instance of {@link EnvironmentVariable}. */
export type EnvironmentVariable = InstanceType<typeof EnvironmentVariable>;

/** A group of APIs that share domains. */
export const ApiGroup: ResourceClass<Resources['apiGroup']> = resourceClass('apiGroup');
/** An instance of {@link ApiGroup}. */
export type ApiGroup = InstanceType<typeof ApiGroup>;

/** A domain name on which a group answers. */
export const DomainBinding: ResourceClass<Resources['domain']> = resourceClass('domain');
/** An instance of {@link DomainBinding}. */
export type DomainBinding = InstanceType<typeof DomainBinding>;

/** A TLS certificate that domain bindings may serve. */
export const Certificate: ResourceClass<Resources['certificate']> = resourceClass('certificate');
/** An instance of {@link Certificate}. */
export type Certificate = InstanceType<typeof Certificate>;
/** What a group's callers are told when the gateway itself answers. */
export const GatewayResponse: ResourceClass<Resources['gatewayResponse']> = resourceClass('gatewayResponse');
/** An instance of {@link GatewayResponse}. */
export type GatewayResponse = InstanceType<typeof GatewayResponse>;

/** An API: the calls that are taken, and the backend that answers them. In force once deployed. */
export const Api: ResourceClass<Resources['api']> = resourceClass('api');
/** An instance of {@link Api}. */
export type Api = InstanceType<typeof Api>;

/** An API in force in an environment. Published anew when the API's `digest` changes. */
export const Deployment: ResourceClass<Resources['deployment']> = resourceClass('deployment');
/** An instance of {@link Deployment}. */
export type Deployment = InstanceType<typeof Deployment>;

/** A limit of calls in a window of time. */
export const Throttle: ResourceClass<Resources['throttle']> = resourceClass('throttle');
/** An instance of {@link Throttle}. */
export type Throttle = InstanceType<typeof Throttle>;

/** A throttle that acts on APIs in an environment. */
export const ThrottleBinding: ResourceClass<Resources['throttleBinding']> = resourceClass('throttleBinding');
/** An instance of {@link ThrottleBinding}. */
export type ThrottleBinding = InstanceType<typeof ThrottleBinding>;

/** Another limit of a throttle for one app or account. */
export const ThrottleException: ResourceClass<Resources['throttleException']> =
  resourceClass('throttleException');
/** An instance of {@link ThrottleException}. */
export type ThrottleException = InstanceType<typeof ThrottleException>;

/** A list of addresses or accounts that may, or may not, call. */
export const Acl: ResourceClass<Resources['acl']> = resourceClass('acl');
/** An instance of {@link Acl}. */
export type Acl = InstanceType<typeof Acl>;

/** An access control policy that acts on APIs in an environment. */
export const AclBinding: ResourceClass<Resources['aclBinding']> = resourceClass('aclBinding');
/** An instance of {@link AclBinding}. */
export type AclBinding = InstanceType<typeof AclBinding>;

/** A key with which the gateway signs its calls to a backend. */
export const SignatureKey: ResourceClass<Resources['signatureKey']> = resourceClass('signatureKey');
/** An instance of {@link SignatureKey}. */
export type SignatureKey = InstanceType<typeof SignatureKey>;

/** A signature key that the gateway uses for APIs in an environment. */
export const SignatureBinding: ResourceClass<Resources['signatureBinding']> =
  resourceClass('signatureBinding');
/** An instance of {@link SignatureBinding}. */
export type SignatureBinding = InstanceType<typeof SignatureBinding>;

/** A caller that signs its calls with a key and a secret. */
export const App: ResourceClass<Resources['app']> = resourceClass('app');
/** An instance of {@link App}. */
export type App = InstanceType<typeof App>;

/** A code that an app may send in the place of a signature. */
export const AppCode: ResourceClass<Resources['appCode']> = resourceClass('appCode');
/** An instance of {@link AppCode}. */
export type AppCode = InstanceType<typeof AppCode>;

/** An app's right to call APIs in an environment. */
export const AppAuthorization: ResourceClass<Resources['appAuthorization']> =
  resourceClass('appAuthorization');
/** An instance of {@link AppAuthorization}. */
export type AppAuthorization = InstanceType<typeof AppAuthorization>;

/** Servers that share the calls of APIs. */
export const LoadBalanceChannel: ResourceClass<Resources['loadBalanceChannel']> =
  resourceClass('loadBalanceChannel');
/** An instance of {@link LoadBalanceChannel}. */
export type LoadBalanceChannel = InstanceType<typeof LoadBalanceChannel>;

/** A function that decides who may call, or that makes values for a backend. */
export const Authorizer: ResourceClass<Resources['authorizer']> = resourceClass('authorizer');
/** An instance of {@link Authorizer}. */
export type Authorizer = InstanceType<typeof Authorizer>;

/** A feature of a gateway, turned on or off and configured. */
export const GatewayFeature: ResourceClass<Resources['gatewayFeature']> = resourceClass('gatewayFeature');
/** An instance of {@link GatewayFeature}. */
export type GatewayFeature = InstanceType<typeof GatewayFeature>;

/** The addresses from which an app may, or may not, call. */
export const AppAcl: ResourceClass<Resources['appAcl']> = resourceClass('appAcl');
/** An instance of {@link AppAcl}. */
export type AppAcl = InstanceType<typeof AppAcl>;

/** How many calls an app may make in a cycle, over all APIs. */
export const AppQuota: ResourceClass<Resources['appQuota']> = resourceClass('appQuota');
/** An instance of {@link AppQuota}. */
export type AppQuota = InstanceType<typeof AppQuota>;

/** The apps that have a quota. */
export const AppQuotaBinding: ResourceClass<Resources['appQuotaBinding']> = resourceClass('appQuotaBinding');
/** An instance of {@link AppQuotaBinding}. */
export type AppQuotaBinding = InstanceType<typeof AppQuotaBinding>;
/** A policy of its own kind, such as cross-origin permissions, for calls or answers. */
export const Plugin: ResourceClass<Resources['plugin']> = resourceClass('plugin');
/** An instance of {@link Plugin}. */
export type Plugin = InstanceType<typeof Plugin>;

/** A plug-in that acts on APIs in an environment. */
export const PluginAttachment: ResourceClass<Resources['pluginAttachment']> =
  resourceClass('pluginAttachment');
/** An instance of {@link PluginAttachment}. */
export type PluginAttachment = InstanceType<typeof PluginAttachment>;
