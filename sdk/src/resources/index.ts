import type { Description } from '../describe.ts';
import { acl } from './acl.ts';
import { apiGroup } from './api-group.ts';
import { api } from './api.ts';
import { appAcl } from './app-acl.ts';
import { appQuota, appQuotaBinding } from './app-quota.ts';
import { appCode } from './app-code.ts';
import { app } from './app.ts';
import { authorizer } from './authorizer.ts';
import {
  aclBinding,
  appAuthorization,
  pluginAttachment,
  signatureBinding,
  throttleBinding,
} from './bindings.ts';
import { certificate } from './certificate.ts';
import { deployment } from './deployment.ts';
import { domain } from './domain.ts';
import { environmentVariable } from './environment-variable.ts';
import { environment } from './environment.ts';
import { gatewayFeature } from './gateway-feature.ts';
import { gatewayResponse } from './gateway-response.ts';
import { gateway } from './gateway.ts';
import { loadBalanceChannel } from './load-balance-channel.ts';
import { plugin } from './plugin.ts';
import { signatureKey } from './signature-key.ts';
import { throttleException } from './throttle-exception.ts';
import { throttle } from './throttle.ts';

/** Every described kind. An interface, so that the fields keep their comments in the editor. */
export interface Resources {
  gateway: typeof gateway;
  environment: typeof environment;
  environmentVariable: typeof environmentVariable;
  apiGroup: typeof apiGroup;
  certificate: typeof certificate;
  domain: typeof domain;
  gatewayResponse: typeof gatewayResponse;
  gatewayFeature: typeof gatewayFeature;
  api: typeof api;
  deployment: typeof deployment;
  throttle: typeof throttle;
  throttleBinding: typeof throttleBinding;
  throttleException: typeof throttleException;
  acl: typeof acl;
  aclBinding: typeof aclBinding;
  signatureKey: typeof signatureKey;
  signatureBinding: typeof signatureBinding;
  app: typeof app;
  appCode: typeof appCode;
  appAcl: typeof appAcl;
  appQuota: typeof appQuota;
  appQuotaBinding: typeof appQuotaBinding;
  appAuthorization: typeof appAuthorization;
  loadBalanceChannel: typeof loadBalanceChannel;
  authorizer: typeof authorizer;
  plugin: typeof plugin;
  pluginAttachment: typeof pluginAttachment;
}

/** Name of a described kind. */
export type Kind = keyof Resources;

/** The registry: kind to description. */
export const resources: Resources = {
  gateway,
  environment,
  environmentVariable,
  apiGroup,
  certificate,
  domain,
  gatewayResponse,
  gatewayFeature,
  api,
  deployment,
  throttle,
  throttleBinding,
  throttleException,
  acl,
  aclBinding,
  signatureKey,
  signatureBinding,
  app,
  appCode,
  appAcl,
  appQuota,
  appQuotaBinding,
  appAuthorization,
  loadBalanceChannel,
  authorizer,
  plugin,
  pluginAttachment,
};

/** The description of a kind in its general form, for code that works on any kind. */
export function descriptionOf(kind: Kind): Description {
  // The parts of a description that take values are typed by its own fields, which code for any kind does not know.
  return resources[kind] as unknown as Description;
}
