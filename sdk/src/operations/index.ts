import { appAuthorizationOperations, appOperations, appQuotaOperations } from './apps.ts';
import { certificateOperations } from './certificates.ts';
import { channelOperations } from './channels.ts';
import { gatewayOperations } from './gateways.ts';
import { endpointOperations } from './endpoints.ts';
import { domainOperations, gatewayResponseOperations, groupOperations } from './groups.ts';
import { identityOperations } from './identity.ts';
import { openApiOperations } from './openapi-documents.ts';
import { microserviceOperations } from './microservices.ts';
import type { Area } from './operation.ts';
import {
  aclBindingOperations,
  aclOperations,
  pluginAttachmentOperations,
  signatureBindingOperations,
  throttleBindingOperations,
} from './policies.ts';
import { apiOperations, publicationOperations } from './publications.ts';
import { runtimeOperations } from './runtime.ts';
import { statisticsOperations } from './statistics.ts';

/**
 * Every operation that no description of a kind implies. Together with those that the kinds imply these are all that a
 * gateway serves.
 */
export const areas: readonly Area[] = [
  gatewayOperations,
  endpointOperations,
  groupOperations,
  domainOperations,
  gatewayResponseOperations,
  certificateOperations,
  apiOperations,
  publicationOperations,
  openApiOperations,
  throttleBindingOperations,
  aclOperations,
  aclBindingOperations,
  signatureBindingOperations,
  pluginAttachmentOperations,
  appOperations,
  appQuotaOperations,
  appAuthorizationOperations,
  channelOperations,
  microserviceOperations,
  statisticsOperations,
  identityOperations,
  runtimeOperations,
];
