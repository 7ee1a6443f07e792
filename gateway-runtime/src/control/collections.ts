import { aclAnswers } from './answers/acl.ts';
import { apiAnswers } from './answers/api.ts';
import { apiGroupAnswers } from './answers/api-group.ts';
import { appAnswers } from './answers/app.ts';
import { appQuotaAnswers } from './answers/app-quota.ts';
import { appCodeAnswers } from './answers/app-code.ts';
import { certificateAnswers } from './answers/certificate.ts';
import { domainAnswers } from './answers/domain.ts';
import { environmentAnswers } from './answers/environment.ts';
import { environmentVariableAnswers } from './answers/environment-variable.ts';
import { gatewayAnswers } from './answers/gateway.ts';
import { authorizerAnswers } from './answers/authorizer.ts';
import { loadBalanceChannelAnswers } from './answers/load-balance-channel.ts';
import { gatewayResponseAnswers } from './answers/gateway-response.ts';
import { pluginAnswers } from './answers/plugin.ts';
import { signatureKeyAnswers } from './answers/signature-key.ts';
import { throttleAnswers } from './answers/throttle.ts';
import { throttleExceptionAnswers } from './answers/throttle-exception.ts';
import { collectionOf } from './collection.ts';
import type { Collection, CollectionKind } from './kinds.ts';
import { aclRules } from './rules/acl.ts';
import { apiRules } from './rules/api.ts';
import { apiGroupRules } from './rules/api-group.ts';
import { appRules } from './rules/app.ts';
import { appQuotaRules } from './rules/app-quota.ts';
import { appCodeRules } from './rules/app-code.ts';
import { certificateRules } from './rules/certificate.ts';
import { domainRules } from './rules/domain.ts';
import { environmentRules } from './rules/environment.ts';
import { environmentVariableRules } from './rules/environment-variable.ts';
import { gatewayRules } from './rules/gateway.ts';
import { authorizerRules } from './rules/authorizer.ts';
import { loadBalanceChannelRules } from './rules/load-balance-channel.ts';
import { gatewayResponseRules } from './rules/gateway-response.ts';
import { pluginRules } from './rules/plugin.ts';
import { signatureKeyRules } from './rules/signature-key.ts';
import { throttleRules } from './rules/throttle.ts';
import { throttleExceptionRules } from './rules/throttle-exception.ts';

/** Every kind with the usual operations. */
export const collections: { readonly [K in CollectionKind]: Collection<K> } = {
  gateway: collectionOf('gateway', gatewayRules, gatewayAnswers),
  environment: collectionOf('environment', environmentRules, environmentAnswers),
  environmentVariable: collectionOf(
    'environmentVariable',
    environmentVariableRules,
    environmentVariableAnswers,
  ),
  apiGroup: collectionOf('apiGroup', apiGroupRules, apiGroupAnswers),
  domain: collectionOf('domain', domainRules, domainAnswers),
  certificate: collectionOf('certificate', certificateRules, certificateAnswers),
  gatewayResponse: collectionOf('gatewayResponse', gatewayResponseRules, gatewayResponseAnswers),
  api: collectionOf('api', apiRules, apiAnswers),
  throttle: collectionOf('throttle', throttleRules, throttleAnswers),
  throttleException: collectionOf('throttleException', throttleExceptionRules, throttleExceptionAnswers),
  acl: collectionOf('acl', aclRules, aclAnswers),
  signatureKey: collectionOf('signatureKey', signatureKeyRules, signatureKeyAnswers),
  app: collectionOf('app', appRules, appAnswers),
  appQuota: collectionOf('appQuota', appQuotaRules, appQuotaAnswers),
  appCode: collectionOf('appCode', appCodeRules, appCodeAnswers),
  loadBalanceChannel: collectionOf('loadBalanceChannel', loadBalanceChannelRules, loadBalanceChannelAnswers),
  authorizer: collectionOf('authorizer', authorizerRules, authorizerAnswers),
  plugin: collectionOf('plugin', pluginRules, pluginAnswers),
};

/** Kinds with the usual operations. */
export const COLLECTION_KINDS = Object.keys(collections) as readonly CollectionKind[];
