import { apiGroupActions } from './actions/api-group.ts';
import { apiCheck } from './actions/api-check.ts';
import { appAclActions } from './actions/app-acl.ts';
import { appActions } from './actions/app.ts';
import { certificateActions } from './actions/certificate.ts';
import { gatewayActions } from './actions/gateway.ts';
import { loadBalanceChannelActions } from './actions/load-balance-channel.ts';
import { debugAction } from './actions/debug.ts';
import { endpointActions } from './actions/endpoints.ts';
import { featureActions } from './actions/feature.ts';
import { gatewayResponseActions } from './actions/gateway-response.ts';
import { microserviceImport } from './actions/microservice.ts';
import { outlineActions } from './actions/outlines.ts';
import { publicationActions } from './actions/publication.ts';
import { quotaActions } from './actions/quotas.ts';
import { resourceInstanceActions } from './actions/resource-instances.ts';
import { statisticsActions } from './actions/statistics.ts';
import { aclBindingRoutes } from './bindings/acl.ts';
import { appAuthorizationRoutes } from './bindings/app.ts';
import { appQuotaBindingRoutes } from './bindings/app-quota.ts';
import { pluginAttachmentRoutes } from './bindings/plugin.ts';
import { signatureBindingRoutes } from './bindings/signature.ts';
import { throttleBindingRoutes } from './bindings/throttle.ts';
import type { ControlRoute } from './call.ts';
import { collectionRoutes } from './collection.ts';
import { collections, COLLECTION_KINDS } from './collections.ts';
import type { ControlContext } from './context.ts';
import type { CollectionKind } from './kinds.ts';
import { openApiRoutes } from './openapi-documents/routes.ts';

/** Every operation of the management API below a project. */
export function controlRoutes(context: ControlContext): readonly ControlRoute[] {
  return [
    ...COLLECTION_KINDS.flatMap((kind) => routesOf(kind, context)),
    ...gatewayActions(context),
    ...apiGroupActions(context),
    ...certificateActions(context),
    ...gatewayResponseActions(context),
    ...featureActions(context),
    ...quotaActions(context),
    ...outlineActions(context),
    ...endpointActions(context),
    ...resourceInstanceActions(context),
    ...statisticsActions(context),
    ...appActions(context),
    ...loadBalanceChannelActions(context),
    microserviceImport(context),
    apiCheck(context),
    debugAction(context),
    ...publicationActions(context),
    ...throttleBindingRoutes(context),
    ...aclBindingRoutes(context),
    ...signatureBindingRoutes(context),
    ...pluginAttachmentRoutes(context),
    ...appAuthorizationRoutes(context),
    ...appAclActions(context),
    ...appQuotaBindingRoutes(context),
    ...openApiRoutes(context),
  ];
}

function routesOf<K extends CollectionKind>(kind: K, context: ControlContext): readonly ControlRoute[] {
  return collectionRoutes<K>(collections[kind], context);
}
