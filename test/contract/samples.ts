import type { Json } from '@apig/sdk/contract';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import { encodeForm } from '../support/openapi-documents.ts';
import { OWNER } from './accounts.ts';
import type { RequestParts, World } from './world.ts';

/** Makes the valid request of an operation, and before it what the request is about, where that is used up by it. */
export type Sample = (world: World) => RequestParts | Promise<RequestParts>;

const nothing: Sample = () => ({});

/** A request with the given body. */
const say =
  (body: (world: World) => Json): Sample =>
  (world) => ({ body: body(world) });

/** A request with a query made of IDs of the world. */
const about =
  (...names: readonly (readonly [parameter: string, id: string])[]): Sample =>
  ({ ids }) => ({ query: Object.fromEntries(names.map(([parameter, id]) => [parameter, ids[id] ?? ''])) });

/** A request about an object that is made for it. */
const on =
  (parameter: string, create: string, body?: (world: World) => Json): Sample =>
  async (world) => ({
    params: { [parameter]: await world.make(create) },
    ...(body !== undefined && { body: body(world) }),
  });

const name = (world: World, what: string): string => `${what}_${world.next()}`;

/** A form with a document that has one API. */
function importOf(world: World): RequestParts {
  const content = JSON.stringify({
    swagger: '2.0',
    info: { title: name(world, 'imported'), version: '1' },
    paths: {
      '/imported': {
        get: {
          responses: { default: { description: 'An answer.' } },
          'x-apigateway-backend': { type: 'MOCK', mockEndpoints: { 'result-content': '{}' } },
        },
      },
    },
  });
  const { contentType, body } = encodeForm({ file_name: { fileName: 'apis.json', content } });
  return { headers: { 'content-type': contentType }, text: body.toString('utf8') };
}

/** The valid request of every operation, by its name. */
export const samples: Readonly<Record<string, Sample>> = {
  // Gateways.
  createGateway: say((world) => ({
    instance_name: name(world, 'gateway'),
    description: 'All of the shop.',
    spec_id: 'BASIC',
    vpc_id: 'vpc-1',
    subnet_id: 'subnet-1',
    security_group_id: 'group-1',
    available_zone_ids: ['az-a', 'az-b'],
    maintain_begin: '22:00:00',
    maintain_end: '02:00:00',
    bandwidth_size: 5,
    tags: [{ key: 'team', value: 'shop' }],
  })),
  listGateway: nothing,
  getGateway: nothing,
  updateGateway: say(({ next }) => ({ description: `Changed ${next()} times.` })),
  deleteGateway: on('instance_id', 'createGateway'),
  setGatewayEdition: on('instance_id', 'createGateway', () => ({ spec_id: 'PROFESSIONAL' })),
  addGatewayEgressBandwidthMbps: say(() => ({ bandwidth_size: 10 })),
  changeGatewayEgressBandwidthMbps: say(() => ({ bandwidth_size: 20 })),
  removeGatewayEgressBandwidthMbps: nothing,
  addGatewayIngressBandwidthMbps: on('instance_id', 'createGateway', () => ({ bandwidth_size: 10 })),
  changeGatewayIngressBandwidthMbps: async (world) => {
    const instance_id = await world.make('createGateway', { ingress_bandwidth_size: 5 });
    return { params: { instance_id }, body: { bandwidth_size: 20 } };
  },
  removeGatewayIngressBandwidthMbps: nothing,
  setGatewayEipId: async (world) => ({ params: await publicGateway(world), body: { eip_id: 'eip-1' } }),
  removeGatewayEipId: async (world) => ({ params: await publicGateway(world) }),
  bindGatewayEip: async (world) => ({ params: await publicGateway(world), body: { eip_id: 'eip-2' } }),
  setGatewayTags: say(({ next }) => ({ action: 'create', tags: [{ key: 'run', value: String(next()) }] })),
  getGatewayTags: nothing,
  listAvailableZones: nothing,
  findGatewaysByTag: say(() => ({ tags: [{ key: 'team', values: ['shop'] }], matches: [] })),
  countGatewaysByTag: say(() => ({ without_any_tag: true })),
  listEndpointConnections: nothing,
  decideOnEndpointConnections: say(() => ({ action: 'reject', endpoints: ['1'.repeat(32)] })),
  listEndpointPermissions: nothing,
  addEndpointPermissions: say(() => ({ permissions: [`iam:domain::${'a'.repeat(32)}`] })),
  deleteEndpointPermissions: say(() => ({ permissions: ['iam:domain::*'] })),
  getGatewayProgress: nothing,
  getGatewayRestriction: nothing,
  listGatewayTagsOfProject: nothing,
  listProjectQuotas: nothing,
  listGatewayQuotas: nothing,
  listGatewayFeatureNames: nothing,
  setGatewayFeature: say(() => ({ name: 'ratelimit', enable: true, config: '{"api_limits": 100}' })),
  listGatewayFeature: nothing,

  // Environments and variables.
  createEnvironment: say((world) => ({ name: name(world, 'env'), remark: 'For tests.' })),
  listEnvironment: nothing,
  updateEnvironment: say(({ next }) => ({ name: `renamed_${next()}`, remark: 'Changed.' })),
  deleteEnvironment: on('env_id', 'createEnvironment'),
  createEnvironmentVariable: say((world) => ({
    group_id: world.ids['api_group_id'],
    env_id: world.ids['env_id'],
    variable_name: name(world, 'VAR'),
    variable_value: 'orders.internal',
  })),
  listEnvironmentVariable: about(['group_id', 'api_group_id']),
  getEnvironmentVariable: nothing,
  updateEnvironmentVariable: say(() => ({ variable_value: 'stock.internal' })),
  deleteEnvironmentVariable: on('env_variable_id', 'createEnvironmentVariable'),

  // Groups, domains and certificates.
  createApiGroup: say((world) => ({ name: name(world, 'group'), remark: 'For tests.' })),
  listApiGroup: nothing,
  getApiGroup: nothing,
  updateApiGroup: say(({ next }) => ({ name: `renamed_${next()}`, remark: 'Changed.' })),
  deleteApiGroup: on('api_group_id', 'createApiGroup'),
  setApiGroupDebugDomainEnabled: say(() => ({ sl_domain_access_enabled: true })),
  checkApiGroup: say((world) => ({ group_name: name(world, 'free') })),
  createDomain: say(({ next }) => ({ url_domain: `shop${next()}.example.com`, min_ssl_version: 'TLSv1.2' })),
  updateDomain: say(() => ({ min_ssl_version: 'TLSv1.1', is_http_redirect_to_https: true })),
  deleteDomain: on('domain_id', 'createDomain'),
  setDomainCertificateIdAndVerifyClientCertificate: say(({ ids }) => ({
    certificate_ids: [ids['certificate_id']],
    verified_client_certificate_enabled: false,
  })),
  removeDomainCertificateIdAndVerifyClientCertificate: async (world) => ({
    params: { domain_id: await world.make('createDomain').then((id) => certified(world, id)) },
    body: { certificate_ids: [world.ids['certificate_id']] },
  }),
  addDomainCertificate: async (world) => ({
    params: { domain_id: await world.make('createDomain') },
    body: {
      name: name(world, 'cert'),
      cert_content: world.pair.certificate,
      private_key: world.pair.key,
    },
  }),
  getDomainCertificate: nothing,
  removeDomainCertificate: async (world) => ({
    params: { domain_id: await world.make('createDomain').then((id) => certified(world, id)) },
  }),
  createCertificate: say((world) => ({
    name: name(world, 'cert'),
    type: 'global',
    cert_content: world.pair.certificate,
    private_key: world.pair.key,
  })),
  listCertificate: nothing,
  getCertificate: nothing,
  updateCertificate: say((world) => ({
    name: name(world, 'cert'),
    type: 'global',
    cert_content: world.pair.certificate,
    private_key: world.pair.key,
  })),
  deleteCertificate: on('certificate_id', 'createCertificate'),
  listCertificateDomains: nothing,
  attachCertificate: async (world) => ({ body: { domains: [{ domain: await newDomain(world) }] } }),
  detachCertificate: async (world) => {
    const domain = await newDomain(world);
    await world.succeed('attachCertificate', { domains: [{ domain }] });
    return { body: { domains: [{ domain }] } };
  },
  createGatewayResponse: say((world) => ({
    name: name(world, 'response'),
    responses: {
      THROTTLED: { status: 429, body: '{"slow":"down"}', headers: [{ key: 'X-Slow', value: 'yes' }] },
    },
  })),
  listGatewayResponse: nothing,
  getGatewayResponse: nothing,
  updateGatewayResponse: say((world) => ({
    name: name(world, 'response'),
    responses: { NOT_FOUND: { status: 404, body: 'nothing' } },
  })),
  deleteGatewayResponse: on('gateway_response_id', 'createGatewayResponse'),
  getGatewayResponseType: nothing,
  setGatewayResponseType: say(() => ({ status: 503, body: 'later' })),
  resetGatewayResponseType: nothing,

  // APIs and publications.
  createApi: say((world) => apiBody(world)),
  listApi: nothing,
  getApi: nothing,
  updateApi: async (world) => {
    const body = apiBody(world);
    return { params: { api_id: await world.make('createApi') }, body };
  },
  deleteApi: on('api_id', 'createApi'),
  checkApi: say((world) => ({ type: 'name', name: name(world, 'free') })),
  debugApi: say(() => ({ mode: 'DEVELOPER', scheme: 'HTTP', method: 'GET', path: '/' })),
  publishApi: say(({ ids }) => ({ action: 'online', api_id: ids['api_id'], env_id: ids['env_id'] })),
  publishApis: async (world) => ({
    query: { action: 'online' },
    body: { apis: [await world.make('createApi')], env_id: world.ids['env_id'], remark: 'All of them.' },
  }),
  listApiPublications: nothing,
  switchApiVersion: say(({ ids }) => ({ version_id: ids['version_id'] })),
  getApiVersion: nothing,
  deleteApiVersion: async (world) => {
    const api_id = await world.make('createApi');
    const { version_id } = await world.succeed('publishApi', { api_id });
    return { params: { version_id: String(version_id) } };
  },
  getApiRuntime: about(['env_id', 'env_id']),

  // OpenAPI documents.
  importApis: (world) => importOf(world),
  exportApis: say(({ ids }) => ({ env_id: ids['env_id'], group_id: ids['api_group_id'], define: 'all' })),
  startImport: (world) => importOf(world),
  startExport: say(({ ids }) => ({ env_id: ids['env_id'], group_id: ids['api_group_id'], type: 'yaml' })),
  getTask: async (world) => {
    const { task_id } = await world.succeed('startExport');
    return { params: { async_task_id: String(task_id) } };
  },

  // Microservices.
  importMicroservice: say((world) => ({
    group_info: { group_name: name(world, 'microservice') },
    service_type: 'CSE',
    apis: [{ name: 'all', req_uri: '/' }],
    cse_info: { engine_id: 'engine-1', service_id: 'orders' },
  })),

  // Throttles.
  createThrottle: say((world) => ({ ...THROTTLE, name: name(world, 'throttle') })),
  listThrottle: nothing,
  getThrottle: nothing,
  updateThrottle: say((world) => ({ ...THROTTLE, name: name(world, 'throttle'), remark: 'Changed.' })),
  deleteThrottle: on('throttle_id', 'createThrottle'),
  createThrottleBinding: say(({ ids }) => ({
    strategy_id: ids['throttle_id'],
    publish_ids: [ids['publish_id']],
  })),
  listThrottleBinding: about(['throttle_id', 'throttle_id']),
  listApisWithoutThrottle: about(['throttle_id', 'throttle_id']),
  listThrottlesOfApi: about(['api_id', 'api_id']),
  deleteThrottleBinding: async (world) => ({
    params: { throttle_binding_id: await newTie(world, 'createThrottleBinding', 'throttle_applys') },
  }),
  deleteThrottleBindings: async (world) => ({
    query: { action: 'delete' },
    body: { throttle_bindings: [await newTie(world, 'createThrottleBinding', 'throttle_applys')] },
  }),
  createThrottleException: async (world) => ({
    body: { call_limits: 5, object_type: 'APP', object_id: await world.make('createApp') },
  }),
  listThrottleException: nothing,
  updateThrottleException: say(() => ({ call_limits: 6 })),
  deleteThrottleException: async (world) => {
    const throttle_id = await world.make('createThrottle');
    const throttle_special_id = await world.make('createThrottleException', undefined, {
      params: { throttle_id },
    });
    return { params: { throttle_id, throttle_special_id } };
  },

  // Access control.
  createAcl: say((world) => ({
    acl_name: name(world, 'acl'),
    acl_type: 'PERMIT',
    entity_type: 'IP',
    acl_value: '192.0.2.1,198.51.100.0/24',
  })),
  listAcl: nothing,
  getAcl: nothing,
  updateAcl: say((world) => ({
    acl_name: name(world, 'acl'),
    acl_type: 'DENY',
    entity_type: 'IP',
    acl_value: '192.0.2.2',
  })),
  deleteAcl: on('acl_id', 'createAcl'),
  deleteAcls: async (world) => ({
    query: { action: 'delete' },
    body: { acls: [await world.make('createAcl'), UNKNOWN] },
  }),
  createAclBinding: say(({ ids }) => ({ acl_id: ids['acl_id'], publish_ids: [ids['publish_id']] })),
  listAclBinding: about(['acl_id', 'acl_id']),
  listApisWithoutAcl: about(['acl_id', 'acl_id']),
  listAclsOfApi: about(['api_id', 'api_id']),
  deleteAclBinding: async (world) => ({
    params: { acl_binding_id: await newTie(world, 'createAclBinding', 'acl_bindings') },
  }),
  deleteAclBindings: async (world) => ({
    query: { action: 'delete' },
    body: { acl_bindings: [await newTie(world, 'createAclBinding', 'acl_bindings'), UNKNOWN] },
  }),

  // Signature keys.
  createSignatureKey: say((world) => ({
    name: name(world, 'key'),
    sign_type: 'hmac',
    sign_key: 'signature_key',
    sign_secret: 'signature-secret-1',
  })),
  listSignatureKey: nothing,
  updateSignatureKey: say((world) => ({ name: name(world, 'key'), sign_type: 'hmac' })),
  deleteSignatureKey: on('sign_id', 'createSignatureKey'),
  createSignatureBinding: say(({ ids }) => ({ sign_id: ids['sign_id'], publish_ids: [ids['publish_id']] })),
  listSignatureBinding: about(['sign_id', 'sign_id']),
  listApisWithoutSignatureKey: about(['sign_id', 'sign_id']),
  listSignatureKeysOfApi: about(['api_id', 'api_id']),
  deleteSignatureBinding: async (world) => ({
    params: { sign_binding_id: await newTie(world, 'createSignatureBinding', 'bindings') },
  }),

  // Apps.
  createApp: say((world) => ({ name: name(world, 'app'), remark: 'For tests.' })),
  listApp: nothing,
  getApp: nothing,
  updateApp: say((world) => ({ name: name(world, 'app'), remark: 'Changed.' })),
  deleteApp: on('app_id', 'createApp'),
  resetAppSecret: on('app_id', 'createApp', () => ({ app_secret: 'another-secret' })),
  checkApp: nothing,
  createAppCode: say(({ next }) => ({ app_code: `code${next()}`.padEnd(64, 'x') })),
  generateAppCode: nothing,
  listAppCode: nothing,
  getAppCode: nothing,
  deleteAppCode: on('app_code_id', 'createAppCode'),
  setAppAcl: say(() => ({ app_acl_type: 'PERMIT', app_acl_values: ['192.0.2.1', '198.51.100.0/24'] })),
  getAppAcl: nothing,
  deleteAppAcl: on('app_id', 'createApp'),
  createAppQuota: say((world) => ({
    name: name(world, 'quota'),
    call_limits: 100,
    time_unit: 'DAY',
    time_interval: 1,
    reset_time: '2026-01-01 00:00:00',
    remark: 'For tests.',
  })),
  listAppQuota: nothing,
  getAppQuota: nothing,
  updateAppQuota: say((world) => ({
    name: name(world, 'quota'),
    call_limits: 200,
    time_unit: 'HOUR',
    time_interval: 2,
  })),
  deleteAppQuota: on('app_quota_id', 'createAppQuota'),
  createAppQuotaBinding: say(({ ids }) => ({ app_ids: [ids['app_id']] })),
  listAppQuotaBinding: nothing,
  listBindableApps: nothing,
  deleteAppQuotaBinding: async (world) => {
    const bound_app_id = await world.make('createApp');
    await world.succeed('createAppQuotaBinding', { app_ids: [bound_app_id] });
    return { params: { bound_app_id } };
  },
  getQuotaOfApp: nothing,
  createAppAuthorization: say(({ ids }) => ({
    env_id: ids['env_id'],
    app_ids: [ids['app_id']],
    api_ids: [ids['api_id']],
  })),
  listAppAuthorization: about(['app_id', 'app_id']),
  listAppsOfApi: nothing,
  listUnauthorizedApis: about(['app_id', 'app_id'], ['env_id', 'env_id']),
  deleteAppAuthorization: async (world) => {
    const app = await world.make('createApp');
    const { auths } = await world.succeed('createAppAuthorization', { app_ids: [app] });
    return { params: { app_auth_id: String((auths as readonly Json[])[0]?.['id']) } };
  },

  // Channels.
  createLoadBalanceChannel: say((world) => ({
    name: name(world, 'channel'),
    port: 8080,
    balance_strategy: 1,
    member_type: 'ip',
    type: 2,
    member_groups: [{ member_group_name: 'blue', member_group_weight: 50 }],
    members: [
      { host: '127.0.0.1', weight: 1, member_group_name: 'blue' },
      { host: '127.0.0.2', port: 8081, weight: 2, is_backup: true, status: 1 },
    ],
    vpc_health_config: CHECK,
  })),
  listLoadBalanceChannel: nothing,
  getLoadBalanceChannel: nothing,
  updateLoadBalanceChannel: async (world) => ({
    params: { vpc_channel_id: await world.make('createLoadBalanceChannel') },
    body: { name: name(world, 'channel'), port: 9090, balance_strategy: 2, member_type: 'ip' },
  }),
  deleteLoadBalanceChannel: on('vpc_channel_id', 'createLoadBalanceChannel'),
  setHealthCheck: on('vpc_channel_id', 'createLoadBalanceChannel', () => CHECK),
  addMembers: on('vpc_channel_id', 'createLoadBalanceChannel', () => ({
    members: [{ host: '127.0.0.3', weight: 3 }],
  })),
  setMembers: on('vpc_channel_id', 'createLoadBalanceChannel', () => ({
    members: [{ host: '127.0.0.4', weight: 4 }],
    member_group_name: 'blue',
  })),
  listMembers: nothing,
  deleteMember: (world) => withPart(world, 'listMembers', 'members', 'member_id'),
  enableMembers: say(({ ids }) => ({ member_ids: [ids['member_id']] })),
  disableMembers: async (world) => {
    const { params } = await withPart(world, 'listMembers', 'members', 'member_id');
    return { ...(params && { params }), body: { member_ids: [params?.['member_id']] } };
  },
  addMemberGroups: on('vpc_channel_id', 'createLoadBalanceChannel', () => ({
    member_groups: [{ member_group_name: 'green', member_group_remark: 'New.', member_group_weight: 10 }],
  })),
  listMemberGroups: nothing,
  getMemberGroup: nothing,
  updateMemberGroup: async (world) => ({
    ...(await withPart(world, 'listMemberGroups', 'member_groups', 'member_group_id')),
    body: { member_group_name: 'teal', member_group_weight: 20 },
  }),
  deleteMemberGroup: (world) => withPart(world, 'listMemberGroups', 'member_groups', 'member_group_id'),

  // Authorizers.
  createAuthorizer: say((world) => ({
    name: name(world, 'authorizer'),
    type: 'FRONTEND',
    authorizer_type: 'FUNC',
    authorizer_uri: world.functionUrn,
    identities: [{ name: 'ticket', location: 'HEADER', validation: '^t' }],
    ttl: 60,
    need_body: false,
    user_data: 'shop',
  })),
  listAuthorizer: nothing,
  getAuthorizer: nothing,
  updateAuthorizer: say((world) => ({
    name: name(world, 'authorizer'),
    type: 'FRONTEND',
    authorizer_type: 'FUNC',
    authorizer_uri: world.functionUrn,
  })),
  deleteAuthorizer: on('authorizer_id', 'createAuthorizer'),

  // Plug-ins.
  createPlugin: say((world) => ({
    plugin_name: name(world, 'plugin'),
    plugin_type: 'set_resp_headers',
    plugin_scope: 'global',
    plugin_content: HEADERS,
  })),
  listPlugin: nothing,
  getPlugin: nothing,
  updatePlugin: async (world) => {
    const { body } = await world.ask('getPlugin', {});
    return { body: { ...body, remark: `Changed ${world.next()} times.` } };
  },
  deletePlugin: on('plugin_id', 'createPlugin'),
  createPluginAttachment: say(({ ids }) => ({ env_id: ids['env_id'], api_ids: [ids['api_id']] })),
  listPluginAttachment: nothing,
  listAttachableApis: about(['env_id', 'env_id']),
  listPluginsOfApi: nothing,
  listAttachablePlugins: nothing,
  attachPlugins: async (world) => {
    const api_id = await world.make('createApi');
    await world.succeed('publishApi', { api_id });
    return {
      params: { api_id },
      body: { env_id: world.ids['env_id'], plugin_ids: [world.ids['plugin_id']] },
    };
  },
  deletePluginAttachment: async (world) => {
    const { params = {} } = await newAttachment(world);
    return { body: { env_id: world.ids['env_id'], api_ids: [params['api_id']] } };
  },
  detachPlugins: async (world) => {
    const { params = {}, body } = await newAttachment(world);
    return { params, body };
  },

  // What calls came to.
  getGroupStatistics: about(['group_id', 'api_group_id']),
  getApiStatistics: about(['api_id', 'api_id']),
  listMetricData: () => ({
    query: {
      dim: 'inbound_eip',
      metric_name: 'upstream_bandwidth',
      from: '0',
      to: '4000000000000',
      period: '300',
      filter: 'average',
    },
  }),
  countGroups: nothing,
  countApis: nothing,
  countApps: nothing,
  listApiTags: nothing,

  // Who is who.
  listIdentityVersions: nothing,
  getIdentityVersion: nothing,
  createToken: () => ({ token: undefined, body: login(OWNER.password) }),
  getToken: async (world) => ({ headers: { 'x-subject-token': await newToken(world) } }),
  revokeToken: async (world) => ({ headers: { 'x-subject-token': await newToken(world) } }),
  getCatalog: nothing,
  listProjects: nothing,
  listOwnProjects: nothing,
  listOwnDomains: nothing,

  // The runtime itself.
  getHealth: () => ({ token: undefined }),
  getReadiness: () => ({ token: undefined }),
  getMetrics: nothing,
  getOpenApi: nothing,
  listRevisions: nothing,
  getRevision: nothing,
  getConfigurationAt: nothing,
  compareRevisions: nothing,
  explain: say(() => ({ method: 'GET', host: 'elsewhere.example.com', path: '/' })),
  listChanges: nothing,
  getSnapshot: () => ({ query: { secrets: 'omit' } }),
  loadSnapshot: async (world) => ({
    query: { replace: 'true' },
    body: (await world.ask('getSnapshot', { query: { secrets: 'omit' } })).body,
  }),
  openChangeset: say(() => ({ expires_in_seconds: 600 })),
  listChangesets: nothing,
  getChangeset: nothing,
  commitChangeset: on('id', 'openChangeset'),
  withdrawChangeset: on('id', 'openChangeset'),
};

/** An ID that nothing has. */
export const UNKNOWN = '0123456789abcdef0123456789abcdef';

const THROTTLE: Json = {
  api_call_limits: 100,
  time_interval: 1,
  time_unit: 'MINUTE',
  type: 1,
  user_call_limits: 50,
};

const CHECK: Json = {
  protocol: 'HTTP',
  path: '/health',
  method: 'GET',
  port: 0,
  threshold_normal: 2,
  threshold_abnormal: 3,
  timeout: 2,
  time_interval: 300,
  http_code: '200,201-299',
  status: 2,
};

const HEADERS = JSON.stringify({ response_headers: [{ name: 'X-Shop', value: 'yes', action: 'override' }] });

/** An API for apps, with all that an HTTP backend can have. */
function apiBody(world: World): Json {
  const { ids } = world;
  return {
    group_id: ids['api_group_id'],
    name: name(world, 'api'),
    type: 1,
    version: 'v1',
    req_protocol: 'BOTH',
    req_method: 'GET',
    req_uri: `/orders/{id}/${world.next()}`,
    match_mode: 'NORMAL',
    auth_type: 'APP',
    auth_opt: { app_code_auth_type: 'HEADER' },
    backend_type: 'HTTP',
    remark: 'For tests.',
    tags: ['shop'],
    req_params: [
      { name: 'id', type: 'STRING', location: 'PATH', required: 1 },
      { name: 'size', type: 'NUMBER', location: 'QUERY', valid_enable: 1, min_num: 1, max_num: 9 },
    ],
    backend_params: [{ origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id' }],
    backend_api: {
      req_protocol: 'HTTP',
      req_method: 'GET',
      req_uri: '/{id}',
      timeout: 5000,
      vpc_channel_status: 1,
      vpc_channel_info: { vpc_channel_id: ids['vpc_channel_id'], vpc_channel_proxy_host: 'orders.internal' },
    },
    policy_https: [
      {
        name: 'beta',
        effect_mode: 'ANY',
        url_domain: 'beta.internal:8080',
        req_protocol: 'HTTP',
        req_method: 'GET',
        req_uri: '/beta',
        timeout: 5000,
        conditions: [
          { condition_origin: 'source', condition_value: '192.0.2.0/24' },
          {
            condition_origin: 'param',
            condition_type: 'exact',
            condition_value: '1',
            req_param_name: 'size',
          },
        ],
      },
    ],
  };
}

/** A gateway of the kind that can have an EIP. */
async function publicGateway(world: World): Promise<Readonly<Record<string, string>>> {
  const instance_id = await world.make('createGateway', { loadbalancer_provider: 'lvs' });
  return { instance_id };
}

async function newDomain(world: World): Promise<string> {
  const { url_domain } = await world.succeed('createDomain');
  return String(url_domain);
}

async function certified(world: World, domain_id: string): Promise<string> {
  await world.succeed('setDomainCertificateIdAndVerifyClientCertificate', undefined, {
    params: { domain_id },
  });
  return domain_id;
}

/** Binds to an API that is published for it, and returns the ID of the tie. */
async function newTie(world: World, operation: string, list: string): Promise<string> {
  const api_id = await world.make('createApi');
  const { publish_id } = await world.succeed('publishApi', { api_id, env_id: RELEASE_ENVIRONMENT_ID });
  const body = await world.succeed(operation, { publish_ids: [publish_id] });
  return String((body[list] as readonly Json[])[0]?.['id']);
}

async function newAttachment(world: World): Promise<RequestParts> {
  const parts = (await samples['attachPlugins']?.(world)) ?? {};
  await world.ask('attachPlugins', parts);
  return parts;
}

/** A new channel, and the first of its parts. */
async function withPart(world: World, list: string, key: string, parameter: string): Promise<RequestParts> {
  const vpc_channel_id = await world.make('createLoadBalanceChannel');
  const { body } = await world.ask(list, { params: { vpc_channel_id } });
  return { params: { vpc_channel_id, [parameter]: String((body[key] as readonly Json[])[0]?.['id']) } };
}

function login(password: string): Json {
  const { userName, domainName } = OWNER;
  const user = { name: userName, password, domain: { name: domainName } };
  return { auth: { identity: { methods: ['password'], password: { user } } } };
}

async function newToken(world: World): Promise<string> {
  const { headers } = await world.ask('createToken', { token: undefined, body: login(OWNER.password) });
  return String(headers['x-subject-token']);
}
