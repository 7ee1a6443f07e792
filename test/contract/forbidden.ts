import type { Json } from '@apig/sdk/contract';
import { makeCertificate } from '../support/certificates.ts';
import { MORE_FORBIDDEN } from './more-forbidden.ts';
import { UNKNOWN } from './samples.ts';
import type { RequestParts, World } from './world.ts';

/** Something that a rule forbids: the operation, the request, made of the world, and the code that it is refused with. */
export type Row = readonly [
  operation: string,
  what: string,
  code: string,
  request: (world: World) => RequestParts | Promise<RequestParts>,
];

const taken =
  (key: string, read: string, list: string): Row[3] =>
  async (world) => {
    const sample = await world.sampleOf(read);
    const { body } = await world.ask(read, sample);
    const [first] = body[list] as readonly Json[];
    return { body: { [key]: first?.[key] } };
  };

/** What the rules forbid in a world that has one of each. The body is laid over that of the sample. */
export const FORBIDDEN: readonly Row[] = [
  [
    'createGateway',
    'of a name that is taken',
    'APIC.7500',
    taken('instance_name', 'listGateway', 'instances'),
  ],
  [
    'createGateway',
    'of an ID that is taken',
    'APIC.7505',
    ({ ids }) => ({ body: { instance_id: ids['instance_id'] } }),
  ],
  ['createGateway', 'of an edition that is not there', 'APIC.7301', () => ({ body: { spec_id: 'TINY' } })],
  ['createGateway', 'without a zone', 'APIC.7238', () => ({ body: { available_zone_ids: [] } })],
  ['createGateway', 'with a window at noon', 'APIC.7235', () => ({ body: { maintain_begin: '12:00:00' } })],
  ['createGateway', 'with a window of an hour', 'APIC.7230', () => ({ body: { maintain_end: '23:00:00' } })],
  ['createGateway', 'with too many tags', 'APIC.7402', () => ({ body: { tags: manyTags() } })],
  ['setGatewayEdition', 'to the one that it has', 'APIC.7707', () => ({ body: { spec_id: 'BASIC' } })],
  [
    'addGatewayIngressBandwidthMbps',
    'twice',
    'APIC.7711',
    async (world) => ({
      params: { instance_id: await world.make('createGateway', { ingress_bandwidth_size: 5 }) },
    }),
  ],
  ['createEnvironment', 'of a name that is taken', 'APIG.3205', taken('name', 'listEnvironment', 'envs')],
  ['updateEnvironment', 'RELEASE to another name', 'APIG.1103', () => ({ params: RELEASE })],
  ['deleteEnvironment', 'RELEASE', 'APIG.1103', () => ({ params: RELEASE })],
  [
    'deleteEnvironment',
    'in which an API is published',
    'APIG.3418',
    ({ ids }) => ({ params: { env_id: ids['env_id'] ?? '' } }),
  ],
  [
    'createEnvironmentVariable',
    'of a name that is taken',
    'APIG.3303',
    taken('variable_name', 'listEnvironmentVariable', 'variables'),
  ],
  [
    'createEnvironmentVariable',
    'in an environment that is not there',
    'APIG.3003',
    () => ({ body: { env_id: UNKNOWN } }),
  ],
  ['createApiGroup', 'of a name that is taken', 'APIG.3201', taken('name', 'listApiGroup', 'groups')],
  [
    'checkApiGroup',
    'for a name that is taken',
    'APIG.3201',
    async (world) => ({
      body: { group_name: (await world.ask('getApiGroup', {})).body['name'] },
    }),
  ],
  [
    'deleteApiGroup',
    'that has APIs',
    'APIG.3415',
    ({ ids }) => ({ params: { api_group_id: ids['api_group_id'] ?? '' } }),
  ],
  ['deleteApiGroup', 'DEFAULT', 'APIG.1101', async (world) => ({ params: await defaultGroup(world) })],
  [
    'createDomain',
    'of a name that is taken',
    'APIG.3305',
    async (world) => {
      const { body } = await world.ask('getApiGroup', {});
      return { body: { url_domain: (body['url_domains'] as readonly Json[])[0]?.['domain'] } };
    },
  ],
  ['createDomain', 'of a name that is none', 'APIG.2024', () => ({ body: { url_domain: 'no domain' } })],
  [
    'updateDomain',
    'of another group',
    'APIG.3474',
    async (world) => ({
      params: { api_group_id: await world.make('createApiGroup') },
    }),
  ],
  [
    'attachCertificate',
    'to a domain that it does not cover',
    'APIG.2103',
    async (world) => {
      await world.make('createDomain', { url_domain: 'other.example.org' });
      return { body: { domains: [{ domain: 'other.example.org' }] } };
    },
  ],
  [
    'detachCertificate',
    'from a domain that does not have it',
    'APIG.2000',
    () => ({
      body: { domains: [{ domain: 'nobody.example.com' }] },
    }),
  ],
  ['createCertificate', 'of a name that is taken', 'APIG.3325', taken('name', 'listCertificate', 'certs')],
  [
    'createCertificate',
    'with the key of another',
    'APIG.2101',
    async () => ({
      body: { private_key: (await makeCertificate(['*.example.com'])).key },
    }),
  ],
  [
    'deleteCertificate',
    'that a domain has',
    'APIG.3462',
    ({ ids }) => ({ params: { certificate_id: ids['certificate_id'] ?? '' } }),
  ],
  [
    'createGatewayResponse',
    'of a name that is taken',
    'APIG.3216',
    taken('name', 'listGatewayResponse', 'responses'),
  ],
  [
    'deleteGatewayResponse',
    'default',
    'APIG.3491',
    async (world) => ({ params: await defaultResponse(world) }),
  ],
  [
    'updateGatewayResponse',
    'default to another name',
    'APIG.3492',
    async (world) => ({ params: await defaultResponse(world) }),
  ],
  ['createApi', 'of a name that is taken', 'APIG.3202', taken('name', 'listApi', 'apis')],
  ['createApi', 'of a method and path that are taken', 'APIG.3301', taken('req_uri', 'listApi', 'apis')],
  ['createApi', 'in a group that is not there', 'APIG.3001', () => ({ body: { group_id: UNKNOWN } })],
  [
    'createApi',
    'with an authorizer that is not there',
    'APIG.3081',
    () => ({
      body: { auth_type: 'AUTHORIZER', auth_opt: {}, authorizer_id: UNKNOWN },
    }),
  ],
  [
    'createApi',
    'with a placeholder that nothing declares',
    'APIG.2026',
    () => ({ body: { req_params: [], backend_params: [], policy_https: [] } }),
  ],
  [
    'createApi',
    'with too many tags',
    'APIG.3133',
    () => ({ body: { tags: manyTags().map(({ key }) => `t${key}`) } }),
  ],
  ['createApi', 'with a tag twice', 'APIG.3213', () => ({ body: { tags: ['shop', 'shop'] } })],
  [
    'createApi',
    'with a function that is not there',
    'APIG.3019',
    () => ({
      body: {
        backend_type: 'FUNCTION',
        policy_https: [],
        backend_params: [],
        func_info: {
          function_urn: 'urn:fss:eu-de:shop:function:default:none',
          invocation_type: 'sync',
          network_type: 'V1',
          timeout: 1000,
        },
      },
    }),
  ],
  [
    'checkApi',
    'for a method and path that are taken',
    'APIG.3301',
    async (world) => {
      const { body } = await world.ask('getApi', {});
      const { group_id, req_method, req_uri } = body;
      return { body: { type: 'path', group_id, req_method, req_uri } };
    },
  ],
  ['deleteApi', 'that is published', 'APIG.3416', ({ ids }) => ({ params: { api_id: ids['api_id'] ?? '' } })],
  ['publishApi', 'in an environment that is not there', 'APIG.3003', () => ({ body: { env_id: UNKNOWN } })],
  [
    'publishApi',
    'offline, where it is not published',
    'APIG.3015',
    async (world) => ({
      body: { action: 'offline', api_id: await world.make('createApi') },
    }),
  ],
  [
    'switchApiVersion',
    'to a version of another API',
    'APIG.3022',
    async (world) => ({
      params: { api_id: await world.make('createApi') },
    }),
  ],
  [
    'getApiRuntime',
    'of an API that is not published',
    'APIG.3015',
    async (world) => ({
      params: { api_id: await world.make('createApi') },
    }),
  ],
  ['createThrottle', 'of a name that is taken', 'APIG.3204', taken('name', 'listThrottle', 'throttles')],
  [
    'createThrottle',
    'with more for a user than for the API',
    'APIG.2003',
    () => ({ body: { user_call_limits: 101 } }),
  ],
  [
    'createThrottleBinding',
    'to what is not published',
    'APIG.3015',
    () => ({ body: { publish_ids: [UNKNOWN] } }),
  ],
  [
    'createThrottleException',
    'for an app that has one',
    'APIG.3308',
    taken('object_id', 'listThrottleException', 'throttle_specials'),
  ],
  [
    'createThrottleException',
    'for an app that is not there',
    'APIG.3004',
    () => ({ body: { object_id: UNKNOWN } }),
  ],
  [
    'createThrottleException',
    'with more than the API has',
    'APIG.2003',
    () => ({ body: { call_limits: 101 } }),
  ],
  ['createAcl', 'of a name that is taken', 'APIG.3206', taken('acl_name', 'listAcl', 'acls')],
  ['deleteAcl', 'that is bound', 'APIG.3447', ({ ids }) => ({ params: { acl_id: ids['acl_id'] ?? '' } })],
  ['createSignatureKey', 'of a name that is taken', 'APIG.3207', taken('name', 'listSignatureKey', 'signs')],
  ['createApp', 'of a name that is taken', 'APIG.3203', taken('name', 'listApp', 'apps')],
  ['createApp', 'of a key that is taken', 'APIG.3310', taken('app_key', 'listApp', 'apps')],
  [
    'getQuotaOfApp',
    'that has none',
    'APIG.3093',
    async (world) => ({ params: { app_id: await world.make('createApp') } }),
  ],
  ['createAppQuota', 'of a name that is taken', 'APIG.3325', taken('name', 'listAppQuota', 'quotas')],
  [
    'deleteAppQuotaBinding',
    'of an app that is not bound',
    'APIG.3004',
    async (world) => ({
      params: { bound_app_id: await world.make('createApp') },
    }),
  ],
  [
    'createLoadBalanceChannel',
    'of a name that is taken',
    'APIG.3208',
    taken('name', 'listLoadBalanceChannel', 'vpc_channels'),
  ],
  [
    'deleteLoadBalanceChannel',
    'that an API uses',
    'APIG.3414',
    ({ ids }) => ({ params: { vpc_channel_id: ids['vpc_channel_id'] ?? '' } }),
  ],
  [
    'createAuthorizer',
    'of a name that is taken',
    'APIG.3211',
    taken('name', 'listAuthorizer', 'authorizer_list'),
  ],
  [
    'createAuthorizer',
    'with a function that is not there',
    'APIG.3019',
    () => ({ body: { authorizer_uri: 'urn:fss:eu-de:shop:function:default:none' } }),
  ],
  [
    'createAuthorizer',
    'with an identity twice',
    'APIG.3212',
    () => ({
      body: {
        identities: [
          { name: 'ticket', location: 'HEADER' },
          { name: 'ticket', location: 'HEADER' },
        ],
      },
    }),
  ],
  [
    'deleteAuthorizer',
    'that an API uses',
    'APIG.3462',
    async (world) => {
      const authorizer_id = await world.make('createAuthorizer');
      await world.make('createApi', { auth_type: 'AUTHORIZER', auth_opt: {}, authorizer_id });
      return { params: { authorizer_id } };
    },
  ],
  ['createPlugin', 'of a name that is taken', 'APIG.3326', taken('plugin_name', 'listPlugin', 'plugins')],
  [
    'createPlugin',
    'with content that is no JSON',
    'APIG.2011',
    () => ({ body: { plugin_content: 'no JSON' } }),
  ],
  [
    'deletePlugin',
    'that is attached',
    'APIG.3462',
    ({ ids }) => ({ params: { plugin_id: ids['plugin_id'] ?? '' } }),
  ],
  [
    'createPluginAttachment',
    'to what is not published',
    'APIG.3707',
    async (world) => ({
      body: { api_ids: [await world.make('createApi')] },
    }),
  ],
  ['setGatewayFeature', 'that is not there', 'APIG.2000', () => ({ body: { name: 'magic' } })],
  [
    'setGatewayFeature',
    'that this gateway does not have',
    'APIG.3458',
    () => ({ body: { name: 'lts', config: '{}' } }),
  ],
  [
    'createToken',
    'with a wrong password',
    'IAM.0401',
    async (world) => {
      const { body } = await world.sampleOf('createToken');
      return {
        token: undefined,
        body: JSON.parse(JSON.stringify(body).replace('test-password', 'guessed')) as Json,
      };
    },
  ],
  ['getToken', 'of one that is not there', 'IAM.0404', () => ({ headers: { 'x-subject-token': 'none' } })],
  ['loadSnapshot', 'where something is configured', 'RUNTIME.0012', () => ({ query: {} })],
  ['loadSnapshot', 'of another format', 'RUNTIME.0010', () => ({ body: { format: 'other' } })],
  ...MORE_FORBIDDEN,
];

/** Limits, and what has used them up in a world that has one of each: the operation, its limit, how many there are, and the code. */
export const LIMITS: readonly (readonly [operation: string, limit: string, room: number, code: string])[] = [
  ['createGateway', 'INSTANCE_NUM_LIMIT', 1, 'APIC.7400'],
  ['createEnvironment', 'ENVIRONMENT_NUM_LIMIT', 2, 'APIG.3104'],
  ['createEnvironmentVariable', 'VARIABLE_NUM_LIMIT', 1, 'APIG.3106'],
  ['createApiGroup', 'APIGROUP_NUM_LIMIT', 2, 'APIG.3101'],
  ['createDomain', 'APIGROUP_DOMAIN_NUM_LIMIT', 1, 'APIG.3108'],
  ['createGatewayResponse', 'RESPONSE_NUM_LIMIT', 2, 'APIG.3136'],
  ['createApi', 'API_NUM_LIMIT', 1, 'APIG.3102'],
  ['createApi', 'API_NUM_LIMIT_PER_GROUP', 1, 'APIG.3125'],
  ['createThrottle', 'THROTTLE_NUM_LIMIT', 1, 'APIG.3107'],
  ['createAcl', 'ACL_NUM_LIMIT', 1, 'APIG.3112'],
  ['createSignatureKey', 'SIGN_NUM_LIMIT', 1, 'APIG.3105'],
  ['createApp', 'APP_NUM_LIMIT', 2, 'APIG.3103'],
  ['createAppCode', 'APP_CODE_NUM_LIMIT', 1, 'APIG.3131'],
  ['generateAppCode', 'APP_CODE_NUM_LIMIT', 1, 'APIG.3131'],
  ['createLoadBalanceChannel', 'VPC_NUM_LIMIT', 1, 'APIG.3109'],
  ['addMembers', 'VPC_INSTANCE_NUM_LIMIT', 2, 'APIG.3110'],
  ['createAuthorizer', 'AUTHORIZER_NUM_LIMIT', 1, 'APIG.3116'],
  ['updateAuthorizer', 'AUTHORIZER_IDENTITY_NUM_LIMIT', 1, 'APIG.3117'],
  ['createAuthorizer', 'AUTHORIZER_IDENTITY_NUM_LIMIT', 1, 'APIG.3117'],
  ['createLoadBalanceChannel', 'VPC_INSTANCE_NUM_LIMIT', 2, 'APIG.3110'],
  ['updateLoadBalanceChannel', 'VPC_INSTANCE_NUM_LIMIT', 2, 'APIG.3110'],
  ['setMembers', 'VPC_INSTANCE_NUM_LIMIT', 2, 'APIG.3110'],
  ['importApis', 'APIGROUP_NUM_LIMIT', 2, 'APIG.3101'],
  ['importMicroservice', 'APIGROUP_NUM_LIMIT', 2, 'APIG.3101'],
  ['importMicroservice', 'VPC_NUM_LIMIT', 1, 'APIG.3109'],
  ['importMicroservice', 'API_NUM_LIMIT', 1, 'APIG.3102'],
  ['importMicroservice', 'API_NUM_LIMIT_PER_GROUP', 1, 'APIG.3125'],
  ['addEndpointPermissions', 'ENDPOINT_PERMISSION_NUM_LIMIT', 1, 'APIG.3100'],
];

const TWO_IDENTITIES: Json = {
  identities: [
    { name: 'ticket', location: 'HEADER' },
    { name: 'ticket', location: 'QUERY' },
  ],
};

const THREE_MEMBERS: Json = {
  member_groups: [],
  members: [7, 8, 9].map((number) => ({ host: `127.0.0.${number}` })),
};

/** Fields with more than there is room for, where it is not the object that is one too many. */
export const FULL: Readonly<Record<string, Json>> = {
  addMembers: { members: [{ host: '127.0.0.7' }] },
  createAuthorizer: TWO_IDENTITIES,
  createLoadBalanceChannel: THREE_MEMBERS,
  updateLoadBalanceChannel: THREE_MEMBERS,
  setMembers: THREE_MEMBERS,
  importMicroservice: { apis: [{ req_uri: '/a' }, { req_uri: '/b' }] },
  addEndpointPermissions: { permissions: ['a', 'b'].map((letter) => `iam:domain::${letter.repeat(32)}`) },
  updateAuthorizer: TWO_IDENTITIES,
};

const RELEASE = { env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID' };

function manyTags(): readonly { readonly key: string; readonly value: string }[] {
  return Array.from({ length: 21 }, (_, index) => ({ key: `tag${index}`, value: 'x' }));
}

async function defaultGroup(world: World): Promise<Readonly<Record<string, string>>> {
  const { body } = await world.ask('listApiGroup', { query: { name: 'DEFAULT' } });
  return { api_group_id: String((body['groups'] as readonly Json[])[0]?.['id']) };
}

async function defaultResponse(world: World): Promise<Readonly<Record<string, string>>> {
  const { body } = await world.ask('listGatewayResponse', {});
  const found = (body['responses'] as readonly Json[]).find((response) => response['default'] === true);
  return { gateway_response_id: String(found?.['id']) };
}
