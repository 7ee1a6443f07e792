import { pageSchema, PAGING, schemaRef, type Area } from './operation.ts';
import {
  both,
  choice,
  code,
  failures,
  filter,
  ids,
  INSIDE,
  MALFORMED,
  MISPAGED,
  needed,
  object,
  precise,
  text,
  time,
  whole,
} from './schemas.ts';
import { API_ROW, placeFilters } from './rows.ts';

const GATEWAY = 'instances/{gatewayId}';
const DELETE = needed('action', 'What is done.', choice(['delete'], 'What is done.'));

/** The answer to removing many. */
const REMOVED = (about: Parameters<typeof failures>[0]) =>
  object({ success_count: whole('How many were removed.', { min: 0 }), failure: failures(about) });

const TIE = {
  bind_id: text('ID of the binding.'),
  api_id: text('ID of the API; empty when there is no such binding.'),
  api_name: text('Name of the API; empty when there is no such binding.'),
};

/** What is listed and removed of bindings of throttles besides the usual. */
export const throttleBindingOperations: Area = {
  title: 'throttle binding',
  operations: [
    {
      id: 'deleteThrottleBindings',
      title: 'Unbind many',
      source: 'API reference, "Unbinding Request Throttling Policies from APIs in Batches"',
      method: 'PUT',
      path: `${GATEWAY}/throttle-bindings`,
      status: 200,
      query: [DELETE],
      request: object({ throttle_bindings: ids('IDs of bindings.') }),
      answer: REMOVED(TIE),
      errors: [...INSIDE, ...MALFORMED],
    },
    {
      id: 'listApisWithoutThrottle',
      title: 'List the APIs that it is not bound to',
      source: 'API reference, "Querying APIs Not Bound to a Request Throttling Policy"',
      method: 'GET',
      path: `${GATEWAY}/throttle-bindings/unbinded-apis`,
      status: 200,
      query: [...PAGING, needed('throttle_id', 'ID of the throttle.'), ...placeFilters()],
      answer: pageSchema(
        'apis',
        object({
          ...API_ROW,
          throttle_apply_id: text('Empty.'),
          throttle_name: text('Name of the throttle that the API has; empty when it has none.'),
        }),
      ),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'throttleNotFound'],
    },
    {
      id: 'listThrottlesOfApi',
      title: 'List the throttles of an API',
      source: 'API reference, "Querying Request Throttling Policies Bound to an API"',
      method: 'GET',
      path: `${GATEWAY}/throttle-bindings/binded-throttles`,
      status: 200,
      query: [
        ...PAGING,
        needed('api_id', 'ID of the API.'),
        filter('throttle_id', 'Only this throttle.'),
        filter('throttle_name', 'Only throttles with this in their names.'),
        ...placeFilters('api_id'),
      ],
      answer: pageSchema(
        'throttles',
        both(
          schemaRef('Throttle'),
          object({
            env_name: text('Name of the environment.'),
            bind_id: text('ID of the binding.'),
            bind_time: time('Time of the binding.'),
          }),
        ),
      ),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'apiNotFound'],
    },
  ],
};

/** Removes many access control policies. */
export const aclOperations: Area = {
  title: 'ACL',
  operations: [
    {
      id: 'deleteAcls',
      title: 'Delete many',
      source: 'API reference, "Deleting Access Control Policies in Batches"',
      method: 'PUT',
      path: `${GATEWAY}/acls`,
      status: 200,
      query: [DELETE],
      request: object({ acls: ids('IDs of policies.') }),
      answer: REMOVED({
        acl_id: text('ID of the policy.'),
        acl_name: text('Name of the policy; empty when there is none.'),
      }),
      errors: [...INSIDE, ...MALFORMED],
    },
  ],
};

/** What is listed and removed of bindings of access control policies besides the usual. */
export const aclBindingOperations: Area = {
  title: 'ACL binding',
  operations: [
    {
      id: 'deleteAclBindings',
      title: 'Unbind many',
      source: 'API reference, "Unbinding Access Control Policies from APIs in Batches"',
      method: 'PUT',
      path: `${GATEWAY}/acl-bindings`,
      status: 200,
      query: [DELETE],
      request: object({ acl_bindings: ids('IDs of bindings.') }),
      answer: REMOVED(TIE),
      errors: [...INSIDE, ...MALFORMED],
    },
    {
      id: 'listAclsOfApi',
      title: 'List the policies of an API',
      source: 'API reference, "Querying Access Control Policies Bound to an API"',
      method: 'GET',
      path: `${GATEWAY}/acl-bindings/binded-acls`,
      status: 200,
      query: [
        ...PAGING,
        needed('api_id', 'ID of the API.'),
        filter('acl_id', 'Only this policy.'),
        filter('acl_name', 'Only policies with this in their names.'),
        ...placeFilters('api_id'),
      ],
      answer: pageSchema(
        'acls',
        object({
          acl_id: text('ID of the policy.'),
          acl_name: text('Name of the policy.'),
          entity_type: choice(['IP', 'DOMAIN', 'DOMAIN_ID'], 'What it is about.'),
          acl_type: choice(['PERMIT', 'DENY'], 'Whether it lets in only these, or all but these.'),
          acl_value: text('What it is about, joined by commas.'),
          env_id: text('ID of the environment.'),
          env_name: text('Name of the environment.'),
          bind_id: text('ID of the binding.'),
          bind_time: time('Time of the binding.'),
        }),
      ),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'apiNotFound'],
    },
    {
      id: 'listApisWithoutAcl',
      title: 'List the APIs that it is not bound to',
      source: 'API reference, "Querying APIs Not Bound to an Access Control Policy"',
      method: 'GET',
      path: `${GATEWAY}/acl-bindings/unbinded-apis`,
      status: 200,
      query: [...PAGING, needed('acl_id', 'ID of the policy.'), ...placeFilters()],
      answer: pageSchema(
        'apis',
        object({
          ...API_ROW,
          acl_name: text('Name of the policy that the API has; empty when it has none.'),
        }),
      ),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'aclNotFound'],
    },
  ],
};

/** What is listed of bindings of signature keys besides the usual. */
export const signatureBindingOperations: Area = {
  title: 'signature key binding',
  operations: [
    {
      id: 'listApisWithoutSignatureKey',
      title: 'List the APIs that it is not bound to',
      source: 'API reference, "Querying APIs Not Bound to a Signature Key"',
      method: 'GET',
      path: `${GATEWAY}/sign-bindings/unbinded-apis`,
      status: 200,
      query: [...PAGING, needed('sign_id', 'ID of the key.'), ...placeFilters()],
      answer: pageSchema(
        'apis',
        object({
          ...API_ROW,
          signature_name: text('Name of the key that the API has; empty when it has none.'),
        }),
      ),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'signatureKeyNotFound'],
    },
    {
      id: 'listSignatureKeysOfApi',
      title: 'List the keys of an API',
      source: 'API reference, "Querying Signature Keys Bound to an API"',
      method: 'GET',
      path: `${GATEWAY}/sign-bindings/binded-signs`,
      status: 200,
      query: [
        ...PAGING,
        needed('api_id', 'ID of the API.'),
        filter('sign_id', 'Only this key.'),
        filter('sign_name', 'Only keys with this in their names.'),
        ...placeFilters('api_id'),
      ],
      answer: pageSchema(
        'bindings',
        object({
          id: text('ID of the binding.'),
          publish_id: text('ID of the publication.'),
          api_id: text('ID of the API.'),
          api_name: text('Name of the API.'),
          api_type: code([1, 2], '1: public; 2: private.'),
          api_remark: text('Remark of the API.'),
          req_method: text('Method that callers use.'),
          group_name: text('Name of the group.'),
          env_id: text('ID of the environment.'),
          env_name: text('Name of the environment.'),
          binding_time: time('Time of the binding.'),
          sign_id: text('ID of the key.'),
          sign_name: text('Name of the key.'),
          sign_type: choice(['hmac', 'basic', 'public_key', 'aes'], 'How it signs.'),
          sign_key: text('The key.'),
          sign_secret: { ...text('The secret.'), format: 'password' },
        }),
      ),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'apiNotFound'],
    },
  ],
};

const PLUGIN_FILTERS = [
  filter('plugin_id', 'Only this plug-in.'),
  filter('plugin_name', 'Only plug-ins with this in their names.'),
  filter('plugin_type', 'Only plug-ins of this type.'),
];

const ATTACHED = object({
  plugin_attach_id: text('ID of the attachment.'),
  plugin_id: text('ID of the plug-in.'),
  plugin_name: text('Name of the plug-in.'),
  plugin_type: text('Type of the plug-in.'),
  plugin_scope: text('Scope of the plug-in.'),
  env_id: text('ID of the environment.'),
  env_name: text('Name of the environment.'),
  api_id: text('ID of the API.'),
  api_name: text('Name of the API.'),
  attached_time: time('Time of the attachment.'),
});

const PLUGINS = object({ env_id: text('ID of the environment.'), plugin_ids: ids('IDs of plug-ins.', 500) });

/** Attachments of plug-ins, from the side of the API, and what could be attached. */
export const pluginAttachmentOperations: Area = {
  title: 'plug-in attachment',
  operations: [
    {
      id: 'attachPlugins',
      title: 'Attach plug-ins to an API',
      source: 'API reference, "Binding Plug-ins to an API"',
      method: 'POST',
      path: `${GATEWAY}/apis/{apiId}/plugins/attach`,
      status: 201,
      request: PLUGINS,
      answer: object({ attached_plugins: { type: 'array', items: ATTACHED } }),
      errors: [
        ...INSIDE,
        ...MALFORMED,
        'apiNotFound',
        'environmentNotFound',
        'pluginNotFound',
        'pluginOnUnpublishedApi',
      ],
    },
    {
      id: 'detachPlugins',
      title: 'Detach plug-ins from an API',
      source: 'API reference, "Unbinding Plug-ins from an API"',
      method: 'PUT',
      path: `${GATEWAY}/apis/{apiId}/plugins/detach`,
      status: 204,
      request: PLUGINS,
      errors: [...INSIDE, ...MALFORMED, 'apiNotFound', 'environmentNotFound'],
    },
    {
      id: 'listAttachableApis',
      title: 'List the APIs that it is not attached to',
      source: 'API reference, "Querying APIs to Which a Plug-in Can Be Bound"',
      method: 'GET',
      path: `${GATEWAY}/plugins/{pluginId}/attachable-apis`,
      status: 200,
      query: [
        ...PAGING,
        needed('env_id', 'ID of the environment.'),
        filter('req_method', 'Only APIs with this method.'),
        filter('req_uri', 'Only APIs with this in their paths.'),
        ...placeFilters('env_id'),
      ],
      answer: pageSchema(
        'apis',
        object({
          api_id: text('ID of the API.'),
          api_name: text('Name of the API.'),
          type: code([1, 2], '1: public; 2: private.'),
          req_protocol: text('Protocols that callers may use.'),
          req_method: text('Method that callers use.'),
          req_uri: text('Path that callers use.'),
          auth_type: text('Who may call.'),
          match_mode: choice(['NORMAL', 'SWA'], 'How the path is compared.'),
          remark: text('Remark.'),
          group_id: text('ID of the group.'),
          group_name: text('Name of the group.'),
          roma_app_id: text(),
          env_id: text('ID of the environment.'),
          env_name: text('Name of the environment.'),
          publish_id: text('ID of the publication.'),
          plugin_attach_id: text('Empty.'),
        }),
      ),
      errors: [...INSIDE, ...MISPAGED, 'valueMissing', 'pluginNotFound', 'environmentNotFound'],
    },
    {
      id: 'listPluginsOfApi',
      title: 'List the plug-ins of an API',
      source: 'API reference, "Querying Plug-ins Bound to an API"',
      method: 'GET',
      path: `${GATEWAY}/apis/{apiId}/attached-plugins`,
      status: 200,
      query: [
        ...PAGING,
        ...PLUGIN_FILTERS,
        filter('env_id', 'Only those in this environment.'),
        filter('env_name', 'Only those in environments with this in their names.'),
        precise(['plugin_name', 'env_name']),
      ],
      answer: pageSchema(
        'plugins',
        both(
          schemaRef('Plugin'),
          object({
            plugin_attach_id: text('ID of the attachment.'),
            env_id: text('ID of the environment.'),
            env_name: text('Name of the environment.'),
            attached_time: time('Time of the attachment.'),
          }),
        ),
      ),
      errors: [...INSIDE, ...MISPAGED, 'apiNotFound'],
    },
    {
      id: 'listAttachablePlugins',
      title: 'List the plug-ins that an API does not have',
      source: 'API reference, "Querying Plug-ins That Can Be Bound to an API"',
      method: 'GET',
      path: `${GATEWAY}/apis/{apiId}/attachable-plugins`,
      status: 200,
      query: [
        ...PAGING,
        ...PLUGIN_FILTERS,
        filter('env_id', 'Those that the API does not have in this environment.'),
        precise(['plugin_name']),
      ],
      answer: pageSchema('plugins', schemaRef('Plugin')),
      errors: [...INSIDE, ...MISPAGED, 'apiNotFound'],
    },
  ],
};
