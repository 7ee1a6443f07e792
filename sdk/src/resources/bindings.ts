import { z } from 'zod';
import { describe, immutable, ref, set, wire } from '../describe.ts';

const environmentId = () => immutable(wire('env_id', ref('environment')));
const apiIds = () => set(z.array(ref('api')).min(1));

/** Throttle policy of APIs in an environment. Source: API reference, "Binding a Request Throttling Policy". */
export const throttleBinding = describe({
  kind: 'throttleBinding',
  title: 'throttle binding',
  path: 'instances/{gatewayId}/throttle-bindings',
  operations: {
    shape: 'binding',
    owner: { field: 'throttleId', body: 'strategy_id', query: 'throttle_id' },
    target: 'publication',
    answerKey: 'throttle_applys',
    bound: { path: 'binded-apis', listKey: 'apis', apiId: 'id', bindingId: 'throttle_apply_id' },
  },
  missing: 'throttleBindingNotFound',
  input: {
    /** Gateway that has the policy and the APIs. Changing it replaces the throttle binding. */
    gatewayId: immutable(ref('gateway')),
    /** Policy to bind. It takes the place of another one that an API has in the environment. Changing it replaces the throttle binding. */
    throttleId: immutable(ref('throttle')),
    /** Environment in which the policy is to act. Changing it replaces the throttle binding. */
    environmentId: environmentId(),
    /** APIs to bind, published in the environment. */
    apiIds: apiIds(),
  },
  output: {},
});

/** Access control policy of APIs in an environment. Source: API reference, "Binding an Access Control Policy". */
export const aclBinding = describe({
  kind: 'aclBinding',
  title: 'ACL binding',
  path: 'instances/{gatewayId}/acl-bindings',
  operations: {
    shape: 'binding',
    owner: { field: 'aclId', body: 'acl_id', query: 'acl_id' },
    target: 'publication',
    answerKey: 'acl_bindings',
    bound: { path: 'binded-apis', listKey: 'apis', apiId: 'api_id', bindingId: 'bind_id' },
  },
  missing: 'aclBindingNotFound',
  input: {
    /** Gateway that has the policy and the APIs. Changing it replaces the ACL binding. */
    gatewayId: immutable(ref('gateway')),
    /** Policy to bind. It takes the place of another one for the same entity type that an API has in the environment. Changing it replaces the ACL binding. */
    aclId: immutable(ref('acl')),
    /** Environment in which the policy is to act. Changing it replaces the ACL binding. */
    environmentId: environmentId(),
    /** APIs to bind, published in the environment. */
    apiIds: apiIds(),
  },
  output: {},
});

/** Signature key of APIs in an environment. Source: API reference, "Binding a Signature Key". */
export const signatureBinding = describe({
  kind: 'signatureBinding',
  title: 'signature key binding',
  path: 'instances/{gatewayId}/sign-bindings',
  operations: {
    shape: 'binding',
    owner: { field: 'signatureKeyId', body: 'sign_id', query: 'sign_id' },
    target: 'publication',
    answerKey: 'bindings',
    bound: { path: 'binded-apis', listKey: 'bindings', apiId: 'api_id', bindingId: 'id' },
  },
  missing: 'signatureBindingNotFound',
  input: {
    /** Gateway that has the key and the APIs. Changing it replaces the signature key binding. */
    gatewayId: immutable(ref('gateway')),
    /** Key to bind. It takes the place of another one that an API has in the environment. Changing it replaces the signature key binding. */
    signatureKeyId: immutable(ref('signatureKey')),
    /** Environment in which the gateway is to sign. Changing it replaces the signature key binding. */
    environmentId: environmentId(),
    /** APIs to bind, published in the environment. */
    apiIds: apiIds(),
  },
  output: {},
});

/** An app's right to call APIs in an environment. Source: API reference, "Authorizing Apps". */
export const appAuthorization = describe({
  kind: 'appAuthorization',
  title: 'app authorization',
  path: 'instances/{gatewayId}/app-auths',
  operations: {
    shape: 'binding',
    owner: { field: 'appId', body: 'app_ids', query: 'app_id' },
    target: 'api',
    answerKey: 'auths',
    bound: { path: 'binded-apis', listKey: 'auths', apiId: 'api_id', bindingId: 'id' },
  },
  missing: 'appAuthorizationNotFound',
  input: {
    /** Gateway that has the app and the APIs. Changing it replaces the app authorization. */
    gatewayId: immutable(ref('gateway')),
    /** App that may call. Changing it replaces the app authorization. */
    appId: immutable(ref('app')),
    /** Environment in which it may. Changing it replaces the app authorization. */
    environmentId: environmentId(),
    /** APIs that it may call; each with authentication `APP`. They need not be published yet. */
    apiIds: apiIds(),
  },
  output: {},
});

/** Plug-in of APIs in an environment. Source: API reference, "Binding a Plug-in to APIs". */
export const pluginAttachment = describe({
  kind: 'pluginAttachment',
  title: 'plug-in attachment',
  path: 'instances/{gatewayId}/plugins',
  operations: {
    shape: 'binding',
    owner: { field: 'pluginId', body: 'plugin_id', query: 'plugin_id' },
    byOwner: { attach: 'attach', detach: 'detach' },
    target: 'api',
    answerKey: 'attached_plugins',
    bound: { path: 'attached-apis', listKey: 'apis', apiId: 'api_id', bindingId: 'plugin_attach_id' },
  },
  missing: 'pluginAttachmentNotFound',
  input: {
    /** Gateway that has the plug-in and the APIs. Changing it replaces the plug-in attachment. */
    gatewayId: immutable(ref('gateway')),
    /** Plug-in to attach. It takes the place of another one of its type that an API has in the environment. Changing it replaces the plug-in attachment. */
    pluginId: immutable(ref('plugin')),
    /** Environment in which the plug-in is to act. Changing it replaces the plug-in attachment. */
    environmentId: environmentId(),
    /** APIs to attach it to, published in the environment. */
    apiIds: apiIds(),
  },
  output: {},
});
