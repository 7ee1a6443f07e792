import type { Resources } from '@apig/sdk/contract';
import {
  lookup,
  lookupAll,
  lookupAllOutput,
  lookupOutput,
  type ListLookup,
  type ListLookupOutput,
  type Lookup,
  type LookupOutput,
} from './lookup.ts';

export type {
  FilterArgsOf,
  FoundOf,
  LaterArgs,
  ListLookup,
  ListLookupOutput,
  Lookup,
  LookupArgsOf,
  LookupOutput,
} from './lookup.ts';

/** A gateway that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getGateway: Lookup<Resources['gateway']> = lookup('gateway');
/** {@link getGateway} by values that may be known later. */
export const getGatewayOutput: LookupOutput<Resources['gateway']> = lookupOutput('gateway');
/** The gateways that exist and have the given values. Without their secrets. */
export const getGateways: ListLookup<Resources['gateway']> = lookupAll('gateway');
/** {@link getGateways} by values that may be known later. */
export const getGatewaysOutput: ListLookupOutput<Resources['gateway']> = lookupAllOutput('gateway');

/** An environment that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getEnvironment: Lookup<Resources['environment']> = lookup('environment');
/** {@link getEnvironment} by values that may be known later. */
export const getEnvironmentOutput: LookupOutput<Resources['environment']> = lookupOutput('environment');
/** The environments that exist and have the given values. Without their secrets. */
export const getEnvironments: ListLookup<Resources['environment']> = lookupAll('environment');
/** {@link getEnvironments} by values that may be known later. */
export const getEnvironmentsOutput: ListLookupOutput<Resources['environment']> =
  lookupAllOutput('environment');

/** An environment variable that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getEnvironmentVariable: Lookup<Resources['environmentVariable']> = lookup('environmentVariable');
/** {@link getEnvironmentVariable} by values that may be known later. */
export const getEnvironmentVariableOutput: LookupOutput<Resources['environmentVariable']> =
  lookupOutput('environmentVariable');
/** The environment variables that exist and have the given values. Without their secrets. */
export const getEnvironmentVariables: ListLookup<Resources['environmentVariable']> =
  lookupAll('environmentVariable');
/** {@link getEnvironmentVariables} by values that may be known later. */
export const getEnvironmentVariablesOutput: ListLookupOutput<Resources['environmentVariable']> =
  lookupAllOutput('environmentVariable');

/** A group of APIs that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getApiGroup: Lookup<Resources['apiGroup']> = lookup('apiGroup');
/** {@link getApiGroup} by values that may be known later. */
export const getApiGroupOutput: LookupOutput<Resources['apiGroup']> = lookupOutput('apiGroup');
/** The groups of APIs that exist and have the given values. Without their secrets. */
export const getApiGroups: ListLookup<Resources['apiGroup']> = lookupAll('apiGroup');
/** {@link getApiGroups} by values that may be known later. */
export const getApiGroupsOutput: ListLookupOutput<Resources['apiGroup']> = lookupAllOutput('apiGroup');

/** A domain binding that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getDomainBinding: Lookup<Resources['domain']> = lookup('domain');
/** {@link getDomainBinding} by values that may be known later. */
export const getDomainBindingOutput: LookupOutput<Resources['domain']> = lookupOutput('domain');
/** The domain bindings that exist and have the given values. Without their secrets. */
export const getDomainBindings: ListLookup<Resources['domain']> = lookupAll('domain');
/** {@link getDomainBindings} by values that may be known later. */
export const getDomainBindingsOutput: ListLookupOutput<Resources['domain']> = lookupAllOutput('domain');

/** A certificate that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getCertificate: Lookup<Resources['certificate']> = lookup('certificate');
/** {@link getCertificate} by values that may be known later. */
export const getCertificateOutput: LookupOutput<Resources['certificate']> = lookupOutput('certificate');
/** The certificates that exist and have the given values. Without their secrets. */
export const getCertificates: ListLookup<Resources['certificate']> = lookupAll('certificate');
/** {@link getCertificates} by values that may be known later. */
export const getCertificatesOutput: ListLookupOutput<Resources['certificate']> =
  lookupAllOutput('certificate');

/** A set of gateway responses that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getGatewayResponse: Lookup<Resources['gatewayResponse']> = lookup('gatewayResponse');
/** {@link getGatewayResponse} by values that may be known later. */
export const getGatewayResponseOutput: LookupOutput<Resources['gatewayResponse']> =
  lookupOutput('gatewayResponse');
/** The sets of gateway responses that exist and have the given values. Without their secrets. */
export const getGatewayResponses: ListLookup<Resources['gatewayResponse']> = lookupAll('gatewayResponse');
/** {@link getGatewayResponses} by values that may be known later. */
export const getGatewayResponsesOutput: ListLookupOutput<Resources['gatewayResponse']> =
  lookupAllOutput('gatewayResponse');

/** A feature of a gateway that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getGatewayFeature: Lookup<Resources['gatewayFeature']> = lookup('gatewayFeature');
/** {@link getGatewayFeature} by values that may be known later. */
export const getGatewayFeatureOutput: LookupOutput<Resources['gatewayFeature']> =
  lookupOutput('gatewayFeature');
/** The features of a gateway that exist and have the given values. Without their secrets. */
export const getGatewayFeatures: ListLookup<Resources['gatewayFeature']> = lookupAll('gatewayFeature');
/** {@link getGatewayFeatures} by values that may be known later. */
export const getGatewayFeaturesOutput: ListLookupOutput<Resources['gatewayFeature']> =
  lookupAllOutput('gatewayFeature');

/** An API that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getApi: Lookup<Resources['api']> = lookup('api');
/** {@link getApi} by values that may be known later. */
export const getApiOutput: LookupOutput<Resources['api']> = lookupOutput('api');
/** The APIs that exist and have the given values. Without their secrets. */
export const getApis: ListLookup<Resources['api']> = lookupAll('api');
/** {@link getApis} by values that may be known later. */
export const getApisOutput: ListLookupOutput<Resources['api']> = lookupAllOutput('api');

/** A deployment that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getDeployment: Lookup<Resources['deployment']> = lookup('deployment');
/** {@link getDeployment} by values that may be known later. */
export const getDeploymentOutput: LookupOutput<Resources['deployment']> = lookupOutput('deployment');
/** The deployments that exist and have the given values. Without their secrets. */
export const getDeployments: ListLookup<Resources['deployment']> = lookupAll('deployment');
/** {@link getDeployments} by values that may be known later. */
export const getDeploymentsOutput: ListLookupOutput<Resources['deployment']> = lookupAllOutput('deployment');

/** A throttle that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getThrottle: Lookup<Resources['throttle']> = lookup('throttle');
/** {@link getThrottle} by values that may be known later. */
export const getThrottleOutput: LookupOutput<Resources['throttle']> = lookupOutput('throttle');
/** The throttles that exist and have the given values. Without their secrets. */
export const getThrottles: ListLookup<Resources['throttle']> = lookupAll('throttle');
/** {@link getThrottles} by values that may be known later. */
export const getThrottlesOutput: ListLookupOutput<Resources['throttle']> = lookupAllOutput('throttle');

/** A throttle binding that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getThrottleBinding: Lookup<Resources['throttleBinding']> = lookup('throttleBinding');
/** {@link getThrottleBinding} by values that may be known later. */
export const getThrottleBindingOutput: LookupOutput<Resources['throttleBinding']> =
  lookupOutput('throttleBinding');
/** The throttle bindings that exist and have the given values. Without their secrets. */
export const getThrottleBindings: ListLookup<Resources['throttleBinding']> = lookupAll('throttleBinding');
/** {@link getThrottleBindings} by values that may be known later. */
export const getThrottleBindingsOutput: ListLookupOutput<Resources['throttleBinding']> =
  lookupAllOutput('throttleBinding');

/** An exception of a throttle that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getThrottleException: Lookup<Resources['throttleException']> = lookup('throttleException');
/** {@link getThrottleException} by values that may be known later. */
export const getThrottleExceptionOutput: LookupOutput<Resources['throttleException']> =
  lookupOutput('throttleException');
/** The exceptions of a throttle that exist and have the given values. Without their secrets. */
export const getThrottleExceptions: ListLookup<Resources['throttleException']> =
  lookupAll('throttleException');
/** {@link getThrottleExceptions} by values that may be known later. */
export const getThrottleExceptionsOutput: ListLookupOutput<Resources['throttleException']> =
  lookupAllOutput('throttleException');

/** An access control policy that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAcl: Lookup<Resources['acl']> = lookup('acl');
/** {@link getAcl} by values that may be known later. */
export const getAclOutput: LookupOutput<Resources['acl']> = lookupOutput('acl');
/** The access control policies that exist and have the given values. Without their secrets. */
export const getAcls: ListLookup<Resources['acl']> = lookupAll('acl');
/** {@link getAcls} by values that may be known later. */
export const getAclsOutput: ListLookupOutput<Resources['acl']> = lookupAllOutput('acl');

/** A binding of an access control policy that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAclBinding: Lookup<Resources['aclBinding']> = lookup('aclBinding');
/** {@link getAclBinding} by values that may be known later. */
export const getAclBindingOutput: LookupOutput<Resources['aclBinding']> = lookupOutput('aclBinding');
/** The bindings of access control policies that exist and have the given values. Without their secrets. */
export const getAclBindings: ListLookup<Resources['aclBinding']> = lookupAll('aclBinding');
/** {@link getAclBindings} by values that may be known later. */
export const getAclBindingsOutput: ListLookupOutput<Resources['aclBinding']> = lookupAllOutput('aclBinding');

/** A signature key that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getSignatureKey: Lookup<Resources['signatureKey']> = lookup('signatureKey');
/** {@link getSignatureKey} by values that may be known later. */
export const getSignatureKeyOutput: LookupOutput<Resources['signatureKey']> = lookupOutput('signatureKey');
/** The signature keys that exist and have the given values. Without their secrets. */
export const getSignatureKeys: ListLookup<Resources['signatureKey']> = lookupAll('signatureKey');
/** {@link getSignatureKeys} by values that may be known later. */
export const getSignatureKeysOutput: ListLookupOutput<Resources['signatureKey']> =
  lookupAllOutput('signatureKey');

/** A binding of a signature key that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getSignatureBinding: Lookup<Resources['signatureBinding']> = lookup('signatureBinding');
/** {@link getSignatureBinding} by values that may be known later. */
export const getSignatureBindingOutput: LookupOutput<Resources['signatureBinding']> =
  lookupOutput('signatureBinding');
/** The bindings of signature keys that exist and have the given values. Without their secrets. */
export const getSignatureBindings: ListLookup<Resources['signatureBinding']> = lookupAll('signatureBinding');
/** {@link getSignatureBindings} by values that may be known later. */
export const getSignatureBindingsOutput: ListLookupOutput<Resources['signatureBinding']> =
  lookupAllOutput('signatureBinding');

/** An app that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getApp: Lookup<Resources['app']> = lookup('app');
/** {@link getApp} by values that may be known later. */
export const getAppOutput: LookupOutput<Resources['app']> = lookupOutput('app');
/** The apps that exist and have the given values. Without their secrets. */
export const getApps: ListLookup<Resources['app']> = lookupAll('app');
/** {@link getApps} by values that may be known later. */
export const getAppsOutput: ListLookupOutput<Resources['app']> = lookupAllOutput('app');

/** An AppCode that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAppCode: Lookup<Resources['appCode']> = lookup('appCode');
/** {@link getAppCode} by values that may be known later. */
export const getAppCodeOutput: LookupOutput<Resources['appCode']> = lookupOutput('appCode');
/** The AppCodes that exist and have the given values. Without their secrets. */
export const getAppCodes: ListLookup<Resources['appCode']> = lookupAll('appCode');
/** {@link getAppCodes} by values that may be known later. */
export const getAppCodesOutput: ListLookupOutput<Resources['appCode']> = lookupAllOutput('appCode');

/** An app's list of addresses that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAppAcl: Lookup<Resources['appAcl']> = lookup('appAcl');
/** {@link getAppAcl} by values that may be known later. */
export const getAppAclOutput: LookupOutput<Resources['appAcl']> = lookupOutput('appAcl');
/** The apps' lists of addresses that exist and have the given values. Without their secrets. */
export const getAppAcls: ListLookup<Resources['appAcl']> = lookupAll('appAcl');
/** {@link getAppAcls} by values that may be known later. */
export const getAppAclsOutput: ListLookupOutput<Resources['appAcl']> = lookupAllOutput('appAcl');

/** A quota of apps that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAppQuota: Lookup<Resources['appQuota']> = lookup('appQuota');
/** {@link getAppQuota} by values that may be known later. */
export const getAppQuotaOutput: LookupOutput<Resources['appQuota']> = lookupOutput('appQuota');
/** The quotas of apps that exist and have the given values. Without their secrets. */
export const getAppQuotas: ListLookup<Resources['appQuota']> = lookupAll('appQuota');
/** {@link getAppQuotas} by values that may be known later. */
export const getAppQuotasOutput: ListLookupOutput<Resources['appQuota']> = lookupAllOutput('appQuota');

/** A binding of a quota that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAppQuotaBinding: Lookup<Resources['appQuotaBinding']> = lookup('appQuotaBinding');
/** {@link getAppQuotaBinding} by values that may be known later. */
export const getAppQuotaBindingOutput: LookupOutput<Resources['appQuotaBinding']> =
  lookupOutput('appQuotaBinding');
/** The bindings of quotas that exist and have the given values. Without their secrets. */
export const getAppQuotaBindings: ListLookup<Resources['appQuotaBinding']> = lookupAll('appQuotaBinding');
/** {@link getAppQuotaBindings} by values that may be known later. */
export const getAppQuotaBindingsOutput: ListLookupOutput<Resources['appQuotaBinding']> =
  lookupAllOutput('appQuotaBinding');

/** An authorization of an app that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAppAuthorization: Lookup<Resources['appAuthorization']> = lookup('appAuthorization');
/** {@link getAppAuthorization} by values that may be known later. */
export const getAppAuthorizationOutput: LookupOutput<Resources['appAuthorization']> =
  lookupOutput('appAuthorization');
/** The authorizations of apps that exist and have the given values. Without their secrets. */
export const getAppAuthorizations: ListLookup<Resources['appAuthorization']> = lookupAll('appAuthorization');
/** {@link getAppAuthorizations} by values that may be known later. */
export const getAppAuthorizationsOutput: ListLookupOutput<Resources['appAuthorization']> =
  lookupAllOutput('appAuthorization');

/** A load balance channel that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getLoadBalanceChannel: Lookup<Resources['loadBalanceChannel']> = lookup('loadBalanceChannel');
/** {@link getLoadBalanceChannel} by values that may be known later. */
export const getLoadBalanceChannelOutput: LookupOutput<Resources['loadBalanceChannel']> =
  lookupOutput('loadBalanceChannel');
/** The load balance channels that exist and have the given values. Without their secrets. */
export const getLoadBalanceChannels: ListLookup<Resources['loadBalanceChannel']> =
  lookupAll('loadBalanceChannel');
/** {@link getLoadBalanceChannels} by values that may be known later. */
export const getLoadBalanceChannelsOutput: ListLookupOutput<Resources['loadBalanceChannel']> =
  lookupAllOutput('loadBalanceChannel');

/** An authorizer that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getAuthorizer: Lookup<Resources['authorizer']> = lookup('authorizer');
/** {@link getAuthorizer} by values that may be known later. */
export const getAuthorizerOutput: LookupOutput<Resources['authorizer']> = lookupOutput('authorizer');
/** The authorizers that exist and have the given values. Without their secrets. */
export const getAuthorizers: ListLookup<Resources['authorizer']> = lookupAll('authorizer');
/** {@link getAuthorizers} by values that may be known later. */
export const getAuthorizersOutput: ListLookupOutput<Resources['authorizer']> = lookupAllOutput('authorizer');

/** A plug-in that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getPlugin: Lookup<Resources['plugin']> = lookup('plugin');
/** {@link getPlugin} by values that may be known later. */
export const getPluginOutput: LookupOutput<Resources['plugin']> = lookupOutput('plugin');
/** The plug-ins that exist and have the given values. Without their secrets. */
export const getPlugins: ListLookup<Resources['plugin']> = lookupAll('plugin');
/** {@link getPlugins} by values that may be known later. */
export const getPluginsOutput: ListLookupOutput<Resources['plugin']> = lookupAllOutput('plugin');

/** An attachment of a plug-in that exists: the one with an ID, or with values that it alone has. Without its secrets. */
export const getPluginAttachment: Lookup<Resources['pluginAttachment']> = lookup('pluginAttachment');
/** {@link getPluginAttachment} by values that may be known later. */
export const getPluginAttachmentOutput: LookupOutput<Resources['pluginAttachment']> =
  lookupOutput('pluginAttachment');
/** The attachments of plug-ins that exist and have the given values. Without their secrets. */
export const getPluginAttachments: ListLookup<Resources['pluginAttachment']> = lookupAll('pluginAttachment');
/** {@link getPluginAttachments} by values that may be known later. */
export const getPluginAttachmentsOutput: ListLookupOutput<Resources['pluginAttachment']> =
  lookupAllOutput('pluginAttachment');
