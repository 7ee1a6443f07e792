import { generateKeyPairSync } from 'node:crypto';
import type { Json } from '@apig/sdk/contract';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { encodeForm } from '../support/openapi-documents.ts';
import { STRANGER } from './accounts.ts';
import type { Row } from './forbidden.ts';
import { UNKNOWN } from './samples.ts';
import type { RequestParts, World } from './world.ts';

/* More of what the rules forbid: what is refused when something is changed as when it is created, and documents. */

type Request = Row[3];

const saying =
  (body: Json): Request =>
  () => ({ body });

/** The first object of a list, other than the one that a request is about, has the value that it asks for. */
const takenBy =
  (key: string, create: string, update: string): Request =>
  async (world) => {
    const sample = await world.sampleOf(create);
    const value = (sample.body as Json)[key];
    await world.succeed(create, { [key]: value });
    return { ...(await world.sampleOf(update)), body: { [key]: value } };
  };

/** An ID that exists, of another parent. */
const inOtherGroup: Request = async (world) => ({
  params: { api_group_id: await world.make('createApiGroup') },
});

const CERTIFYING = ['createCertificate', 'updateCertificate', 'addDomainCertificate'] as const;

const unusable =
  (certificate: () => Promise<Json>): Request =>
  async () => ({ body: await certificate() });

const pair = async (
  options: Parameters<typeof makeCertificate>[1],
  names = ['*.example.com'],
): Promise<Json> => {
  const { certificate, key } = await makeCertificate(names, options);
  return { cert_content: certificate, private_key: key };
};

const ENCRYPTED_KEY = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'passphrase' },
}).privateKey;

const DAY_MS = 86_400_000;

const CERTIFICATES: readonly Row[] = CERTIFYING.flatMap((operation): readonly Row[] => [
  [
    operation,
    'with the key of another one',
    'APIG.2101',
    unusable(async () => ({ private_key: (await pair({}))['private_key'] })),
  ],
  [
    operation,
    'that has expired',
    'APIG.2102',
    unusable(() => pair({ notBeforeMs: Date.now() - 9 * DAY_MS, notAfterMs: Date.now() - DAY_MS })),
  ],
  [operation, 'that ends too late', 'APIG.3148', unusable(() => pair({ notAfterMs: Date.UTC(2050, 0, 2) }))],
  [
    operation,
    'whose issuer comes first',
    'APIG.2104',
    unusable(async () => {
      const authority = await makeAuthority('An authority');
      const issued = await makeCertificate(['*.example.com'], { issuer: authority });
      return { cert_content: authority.certificate + issued.certificate, private_key: issued.key };
    }),
  ],
  [operation, 'with an encrypted key', 'APIG.2105', saying({ private_key: ENCRYPTED_KEY })],
  [operation, 'without a name that it is for', 'APIG.2109', unusable(() => pair({ commonName: 'shop' }, []))],
]);

/** An import of some text. */
const importing =
  (content: unknown, fields: Readonly<Record<string, string>> = {}): Request =>
  () => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const { contentType, body } = encodeForm({
      ...fields,
      file_name: { fileName: 'apis.json', content: text },
    });
    return { headers: { 'content-type': contentType }, text: body.toString('utf8') };
  };

/** A form without a document. */
const withoutFile: Request = () => {
  const { contentType, body } = encodeForm({ is_create_group: 'true' });
  return { headers: { 'content-type': contentType }, text: body.toString('utf8') };
};

const documentOf = (title: string, count = 1, more: Json = {}): Json => ({
  swagger: '2.0',
  info: { title, version: '1' },
  paths: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `/path${index}`,
      {
        get: {
          responses: { default: { description: 'An answer.' } },
          'x-apigateway-backend': { type: 'MOCK', mockEndpoints: { 'result-content': '' } },
        },
      },
    ]),
  ),
  ...more,
});

const IMPORTS: readonly Row[] = [
  ['importApis', 'without a document', 'APIG.2001', withoutFile],
  ['startImport', 'without a document', 'APIG.2001', withoutFile],
  ['importApis', 'with another mode', 'APIG.2011', importing(documentOf('apis'), { api_mode: 'replace' })],
  ['startImport', 'with another mode', 'APIG.2011', importing(documentOf('apis'), { api_mode: 'replace' })],
  ['importApis', 'of a title that is no name', 'APIG.2044', importing(documentOf('1st'))],
  [
    'importApis',
    'with a server that is none',
    'APIG.2045',
    importing({
      openapi: '3.0.0',
      info: { title: 'servers', version: '1' },
      servers: [{ url: 'http://{' }],
      paths: {},
    }),
  ],
  [
    'importApis',
    'of a title that is taken',
    'APIG.3201',
    async (world) => {
      const name = `taken_${world.next()}`;
      await world.make('createApiGroup', { name });
      return importing(documentOf(name))(world);
    },
  ],
  ['importApis', 'of something else', 'APIG.3600', importing('{')],
  ['importApis', 'of another version', 'APIG.3601', importing({ ...documentOf('apis'), swagger: '1.2' })],
  ['importApis', 'with a fault', 'APIG.3602', importing({ ...documentOf('apis'), paths: 'none' })],
  ['importApis', 'of too much', 'APIG.3603', importing('x'.repeat(4 * 1024 * 1024 + 1))],
  ['startImport', 'of too much', 'APIG.3603', importing('x'.repeat(4 * 1024 * 1024 + 1))],
  ['importApis', 'of nothing', 'APIG.3609', importing(' ')],
  ['importApis', 'of too many APIs', 'APIG.3127', importing(documentOf('many', 301))],
  [
    'importApis',
    'into a group that is not there',
    'APIG.3001',
    importing(documentOf('apis'), { is_create_group: 'false', group_id: UNKNOWN }),
  ],
  ['exportApis', 'of an API that is not there', 'APIG.3002', saying({ apis: [UNKNOWN] })],
  [
    'exportApis',
    'of an API that is not published',
    'APIG.3015',
    async (world) => ({ body: { apis: [await world.make('createApi')] } }),
  ],
];

const authorizer = { auth_type: 'AUTHORIZER', auth_opt: {}, authorizer_id: UNKNOWN };

const httpBackend = (fields: Json): Json => ({
  policy_https: [],
  backend_params: [],
  req_params: [],
  req_uri: '/other',
  backend_api: {
    url_domain: 'orders.internal',
    req_protocol: 'HTTP',
    req_method: 'GET',
    req_uri: '/',
    timeout: 1000,
    ...fields,
  },
});

const functionBackend: Json = {
  backend_type: 'FUNCTION',
  policy_https: [],
  backend_params: [],
  func_info: {
    function_urn: 'urn:fss:eu-de:shop:function:default:none',
    invocation_type: 'sync',
    network_type: 'V1',
    timeout: 1000,
  },
};

const APIS: readonly Row[] = (['createApi', 'updateApi'] as const).flatMap((operation): readonly Row[] => [
  [operation, 'with an authorizer that is not there', 'APIG.3081', saying(authorizer)],
  [operation, 'with a function that is not there', 'APIG.3019', saying(functionBackend)],
  [operation, 'with a response that is not there', 'APIG.3007', saying({ response_id: UNKNOWN })],
  [
    operation,
    'with a certificate shown in clear',
    'APIG.3717',
    saying(httpBackend({ enable_client_ssl: true })),
  ],
  [
    operation,
    'with what an authorizer says that it does not have',
    'APIG.2036',
    saying({
      backend_params: [
        { origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id' },
        { origin: 'SYSTEM', name: 'user', location: 'HEADER', value: '$context.authorizer.frontend.user' },
      ],
    }),
  ],
]);

const MICROSERVICES: readonly Row[] = [
  ...(['createLoadBalanceChannel', 'updateLoadBalanceChannel'] as const).flatMap(
    (operation): readonly Row[] => {
      const channel = (microservice_info: Json): Request =>
        saying({ type: 3, members: [], member_groups: [], microservice_info });
      return [
        [operation, 'of a microservice without its name', 'APIG.2041', channel({ service_type: 'CSE' })],
        [
          operation,
          'of an engine that is not known',
          'APIG.2042',
          channel({ service_type: 'CSE', cse_info: { engine_id: 'none', service_id: 'orders' } }),
        ],
        [
          operation,
          'of a microservice that is not known',
          'APIG.2108',
          channel({ service_type: 'CSE', cse_info: { engine_id: 'engine-1', service_id: 'none' } }),
        ],
        [
          operation,
          'with servers of a cloud',
          'APIG.3092',
          saying({
            member_type: 'ecs',
            member_groups: [],
            members: [{ ecs_id: 'server', ecs_name: 'server' }],
          }),
        ],
      ];
    },
  ),
  [
    'importMicroservice',
    'without the name of a workload',
    'APIG.2041',
    saying({
      service_type: 'CCE',
      cce_info: { cluster_id: 'cluster-1', namespace: 'shop', workload_type: 'deployment', port: 80 },
    }),
  ],
  [
    'importMicroservice',
    'of an engine that is not known',
    'APIG.2042',
    saying({ cse_info: { engine_id: 'none', service_id: 'orders' } }),
  ],
  [
    'importMicroservice',
    'that is not known',
    'APIG.2108',
    saying({ cse_info: { engine_id: 'engine-1', service_id: 'none' } }),
  ],
  ['importMicroservice', 'with no time', 'APIG.2002', saying({ backend_timeout: 0 })],
  ['importMicroservice', 'with too much time', 'APIG.2003', saying({ backend_timeout: 600_001 })],
  [
    'importMicroservice',
    'into a group that is not there',
    'APIG.3001',
    saying({ group_info: { group_id: UNKNOWN } }),
  ],
  [
    'importMicroservice',
    'with a name twice',
    'APIG.3202',
    saying({
      apis: [
        { name: 'same', req_uri: '/a' },
        { name: 'same', req_uri: '/b' },
      ],
    }),
  ],
  [
    'importMicroservice',
    'with a path twice',
    'APIG.3301',
    saying({ apis: [{ req_uri: '/a' }, { req_uri: '/a' }] }),
  ],
];

/** A changeset in which an object is changed that somebody else changes too. */
const conflicting: Request = async (world) => {
  const { id } = await world.succeed('openChangeset');
  const headers = { 'x-apig-changeset': String(id) };
  await world.succeed('updateAcl', undefined, { headers });
  await world.succeed('updateAcl');
  return { params: { id: String(id) } };
};

/** As many changesets as there may be. */
const everyChangeset: Request = async (world) => {
  for (let index = 0; index < 33; index += 1) {
    const { status } = await world.ask('openChangeset', { body: {} });
    if (status >= 400) break;
  }
  return {};
};

/** An API whose backend is a variable of the environment that is not there. */
const apiWithVariable = (world: World): Promise<string> =>
  world.make('createApi', {
    ...httpBackend({ url_domain: '#NOWHERE#' }),
    req_uri: `/variable${world.next()}`,
  });

const MORE_LIMITS: readonly (readonly [operation: string, what: string, code: string, request: Request])[] = [
  [
    'createThrottleException',
    'for a 31st app',
    'APIG.3100',
    async (world) => {
      const throttle_id = await world.make('createThrottle');
      const params = { throttle_id };
      const exception = async () => ({
        call_limits: 1,
        object_type: 'APP',
        object_id: await world.make('createApp'),
      });
      for (let count = 0; count < 30; count += 1) {
        await world.succeed('createThrottleException', await exception(), { params });
      }
      return { params, body: await exception() };
    },
  ],
];

/** More of what the rules forbid in a world that has one of each. */
export const MORE_FORBIDDEN: readonly Row[] = [
  ...CERTIFICATES,
  ...IMPORTS,
  ...APIS,
  ...MICROSERVICES,
  ...MORE_LIMITS,
  ['updateGateway', 'to a window at noon', 'APIC.7235', saying({ maintain_begin: '12:00:00' })],
  [
    'updateGateway',
    'to a window of an hour',
    'APIC.7230',
    saying({ maintain_begin: '22:00:00', maintain_end: '23:00:00' }),
  ],
  [
    'updateGateway',
    'to a name that is taken',
    'APIC.7500',
    takenBy('instance_name', 'createGateway', 'updateGateway'),
  ],
  [
    'setGatewayEdition',
    'to a smaller one',
    'APIC.9215',
    async (world) => ({
      params: { instance_id: await world.make('createGateway', { spec_id: 'PROFESSIONAL' }) },
      body: { spec_id: 'BASIC' },
    }),
  ],
  [
    'changeGatewayIngressBandwidthMbps',
    'where there is none',
    'APIC.9211',
    async (world) => ({ params: { instance_id: await world.make('createGateway') } }),
  ],
  [
    'setGatewayTags',
    'of which there are too many',
    'APIC.7402',
    async (world) => {
      const instance_id = await world.make('createGateway', {
        tags: Array.from({ length: 20 }, (_, index) => ({ key: `tag${index}`, value: 'x' })),
      });
      return { params: { instance_id }, body: { tags: [{ key: 'more', value: 'x' }] } };
    },
  ],
  [
    'updateEnvironment',
    'to a name that is taken',
    'APIG.3205',
    takenBy('name', 'createEnvironment', 'updateEnvironment'),
  ],
  ['updateDomain', 'of another group', 'APIG.3474', inOtherGroup],
  ['deleteDomain', 'of another group', 'APIG.3474', inOtherGroup],
  ['addDomainCertificate', 'to one of another group', 'APIG.3474', inOtherGroup],
  ['getDomainCertificate', 'of one of another group', 'APIG.3474', inOtherGroup],
  ['removeDomainCertificate', 'of one of another group', 'APIG.3474', inOtherGroup],
  ['setDomainCertificateIdAndVerifyClientCertificate', 'of one of another group', 'APIG.3474', inOtherGroup],
  [
    'removeDomainCertificateIdAndVerifyClientCertificate',
    'of one of another group',
    'APIG.3474',
    inOtherGroup,
  ],
  [
    'setDomainCertificateIdAndVerifyClientCertificate',
    'that does not cover it',
    'APIG.2103',
    async (world) => ({
      params: { domain_id: await world.make('createDomain', { url_domain: `a${world.next()}.example.org` }) },
    }),
  ],
  [
    'addDomainCertificate',
    'that does not cover it',
    'APIG.2103',
    async (world) => ({
      params: { domain_id: await world.make('createDomain', { url_domain: `a${world.next()}.example.org` }) },
    }),
  ],
  [
    'updateCertificate',
    'to a name that is taken',
    'APIG.3325',
    takenBy('name', 'createCertificate', 'updateCertificate'),
  ],
  [
    'addDomainCertificate',
    'of a name that is taken',
    'APIG.3325',
    takenBy('name', 'createCertificate', 'addDomainCertificate'),
  ],
  [
    'updateCertificate',
    'to one that does not cover its domain',
    'APIG.2103',
    async ({ ids }) => ({
      params: { certificate_id: ids['certificate_id'] ?? '' },
      body: await pair({}, ['*.example.org']),
    }),
  ],
  [
    'createCertificate',
    'of a gateway that is not there',
    'APIG.3030',
    saying({ type: 'instance', instance_id: UNKNOWN }),
  ],
  [
    'updateThrottle',
    'to a name that is taken',
    'APIG.3204',
    takenBy('name', 'createThrottle', 'updateThrottle'),
  ],
  ['updateAcl', 'to a name that is taken', 'APIG.3206', takenBy('acl_name', 'createAcl', 'updateAcl')],
  [
    'updateSignatureKey',
    'to a name that is taken',
    'APIG.3207',
    takenBy('name', 'createSignatureKey', 'updateSignatureKey'),
  ],
  ['createSignatureKey', 'of a type that is off', 'APIG.3548', saying(PUBLIC_KEY())],
  ['updateSignatureKey', 'to a type that is off', 'APIG.3548', saying(PUBLIC_KEY())],
  ['updateApp', 'to a name that is taken', 'APIG.3203', takenBy('name', 'createApp', 'updateApp')],
  [
    'updateApp',
    'to a key that is taken',
    'APIG.3310',
    async (world) => ({ body: { app_key: (await world.succeed('createApp'))['app_key'] } }),
  ],
  [
    'updateAppQuota',
    'to a name that is taken',
    'APIG.3325',
    takenBy('name', 'createAppQuota', 'updateAppQuota'),
  ],
  [
    'updateLoadBalanceChannel',
    'to a name that is taken',
    'APIG.3208',
    takenBy('name', 'createLoadBalanceChannel', 'updateLoadBalanceChannel'),
  ],
  [
    'updateAuthorizer',
    'to a name that is taken',
    'APIG.3211',
    takenBy('name', 'createAuthorizer', 'updateAuthorizer'),
  ],
  ['updateAuthorizer', 'with too little time', 'APIG.2002', saying({ ttl: -1 })],
  ['updateAuthorizer', 'with too much time', 'APIG.2003', saying({ ttl: 3601 })],
  [
    'updateAuthorizer',
    'with an identity twice',
    'APIG.3212',
    saying({ identities: [1, 2].map(() => ({ name: 'ticket', location: 'HEADER' })) }),
  ],
  [
    'updatePlugin',
    'to a name that is taken',
    'APIG.3326',
    takenBy('plugin_name', 'createPlugin', 'updatePlugin'),
  ],
  [
    'updateApi',
    'to a name that is taken',
    'APIG.3202',
    async (world) => ({ body: { name: (await world.ask('getApi', {})).body['name'] } }),
  ],
  [
    'updateApi',
    'to a method and path that are taken',
    'APIG.3301',
    async (world) => ({ body: { req_uri: (await world.ask('getApi', {})).body['req_uri'] } }),
  ],
  [
    'updateApi',
    'that is published to another group',
    'APIG.3416',
    async (world) => ({
      params: { api_id: world.ids['api_id'] ?? '' },
      body: { group_id: await world.make('createApiGroup') },
    }),
  ],
  [
    'deleteLoadBalanceChannel',
    'that a plug-in uses',
    'APIG.3710',
    async (world) => {
      const vpc_channel_id = await world.make('createLoadBalanceChannel');
      await world.make('createPlugin', {
        plugin_type: 'third_auth',
        plugin_content: JSON.stringify(thirdAuth(vpc_channel_id)),
      });
      return { params: { vpc_channel_id } };
    },
  ],
  [
    'attachPlugins',
    'to what is not published',
    'APIG.3707',
    async (world) => ({ params: { api_id: await world.make('createApi') } }),
  ],
  [
    'checkApi',
    'for a name that is taken',
    'APIG.3202',
    async (world) => ({
      body: { type: 'name', name: (await world.ask('getApi', {})).body['name'] },
    }),
  ],
  [
    'checkApi',
    'in a group that is not there',
    'APIG.3001',
    saying({ type: 'path', group_id: UNKNOWN, req_method: 'GET', req_uri: '/' }),
  ],
  [
    'publishApis',
    'of a group that is not there',
    'APIG.3001',
    saying({ apis: undefined, group_id: UNKNOWN }),
  ],
  [
    'publishApi',
    'with a variable that is not there',
    'APIG.3011',
    async (world) => ({ body: { api_id: await apiWithVariable(world) } }),
  ],
  [
    'debugApi',
    'whose backend is a variable',
    'APIG.2030',
    async (world) => ({ params: { api_id: await apiWithVariable(world) } }),
  ],
  [
    'debugApi',
    'in an environment that is not there',
    'APIG.3003',
    saying({ mode: 'CONSUMER', stage: 'NOWHERE' }),
  ],
  ['debugApi', 'where it is not published', 'APIG.3015', saying({ mode: 'CONSUMER', stage: 'RELEASE' })],
  ['loadSnapshot', 'with another passphrase', 'RUNTIME.0011', sealedSnapshot((body) => body)],
  [
    'explain',
    'under a snapshot of another format',
    'RUNTIME.0010',
    saying({ snapshot: { format: 'other' } }),
  ],
  [
    'explain',
    'under a snapshot with another passphrase',
    'RUNTIME.0011',
    sealedSnapshot((snapshot) => ({ snapshot })),
  ],
  ['explain', 'under a revision that is yet to come', 'APIG.3007', saying({ revision: 999_999 })],
  [
    'explain',
    'with a passphrase that is too short',
    'RUNTIME.0001',
    async (world) => ({
      ...(await sealedSnapshot((snapshot) => ({ snapshot }))(world)),
      headers: { 'x-apig-passphrase': 'short' },
    }),
  ],
  [
    'commitChangeset',
    'with a provenance that is too long',
    'RUNTIME.0001',
    () => ({ headers: { 'x-apig-provenance-commit': 'x'.repeat(300) } }),
  ],
  [
    'updateApiGroup',
    'to a name that is taken',
    'APIG.3201',
    takenBy('name', 'createApiGroup', 'updateApiGroup'),
  ],
  [
    'updateApiGroup',
    'DEFAULT to another name',
    'APIG.1101',
    async (world) => {
      const { body } = await world.ask('listApiGroup', { query: { name: 'DEFAULT' } });
      return { params: { api_group_id: String((body['groups'] as readonly Json[])[0]?.['id']) } };
    },
  ],
  [
    'createCertificate',
    'of the gateway of another account',
    'APIG.1136',
    async (world) => {
      const made = await world.ask('createGateway', {
        ...(await world.sampleOf('createGateway')),
        token: STRANGER.tokens[0],
        params: { project_id: STRANGER.projectId },
      });
      return { body: { type: 'instance', instance_id: made.body['instance_id'] } };
    },
  ],
  [
    'switchApiVersion',
    'that is not published any more',
    'APIG.3015',
    async (world) => {
      const api_id = await world.make('createApi');
      const { version_id } = await world.succeed('publishApi', { api_id });
      await world.succeed('publishApi', { api_id, action: 'offline' });
      return { params: { api_id }, body: { version_id } };
    },
  ],
  ['commitChangeset', 'with an object that others have changed', 'RUNTIME.0023', conflicting],
  ['openChangeset', 'beside all that there may be', 'RUNTIME.0021', everyChangeset],
];

function PUBLIC_KEY(): Json {
  return { sign_type: 'public_key', sign_key: 'public-key-1', sign_secret: 'public-secret-number-1' };
}

function thirdAuth(channelId: string): Json {
  return {
    auth_request: {
      method: 'GET',
      protocol: 'HTTP',
      path: '/',
      vpc_channel_enabled: true,
      vpc_channel_info: { vpc_id: channelId, vpc_proxy_host: null },
    },
    simple_auth_mode_enabled: true,
  };
}

/** A snapshot with secrets, and a passphrase that does not open them. */
function sealedSnapshot(bodyOf: (snapshot: Json) => Json): Request {
  return async (world): Promise<RequestParts> => {
    const { body } = await world.ask('getSnapshot', {
      headers: { 'x-apig-passphrase': 'a passphrase of some length' },
    });
    return {
      body: bodyOf(body),
      headers: { 'x-apig-passphrase': 'another one of some length' },
      query: { replace: 'true' },
    };
  };
}
