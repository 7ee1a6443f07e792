import fc from 'fast-check';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
import { ref, type Declared } from './states.ts';

/** What a random gateway is made of. Everything that is random is in it. */
export interface RandomGateway {
  readonly apis: readonly RandomApi[];
  readonly lists: readonly RandomList[];
  readonly groupsOnDebugDomain: boolean;
  readonly domains: readonly string[];
  readonly authorized: readonly (readonly [app: string, api: number])[];
  readonly appAcl: readonly string[] | undefined;
  readonly signed: 'one-key' | 'another-key' | undefined;
  readonly notFoundStatus: number | undefined;
  readonly corsOrigin: string | undefined;
  readonly header: string | undefined;
}

interface RandomApi {
  readonly isThere: boolean;
  readonly isPublished: boolean;
  readonly environment: 'RELEASE' | 'beta';
  readonly method: 'GET' | 'POST' | 'ANY';
  readonly path: string;
  readonly matchMode: 'EXACT' | 'PREFIX';
  readonly authentication: 'NONE' | 'APP';
  readonly allowAppCode: boolean;
  readonly protocol: 'HTTP' | 'HTTPS' | 'BOTH';
  readonly backend: 'http' | 'mock';
  readonly backendPath: string;
  readonly mockStatus: number;
  readonly parameter: RandomParameter | undefined;
  readonly hasPolicy: boolean;
  readonly list: number | undefined;
}

interface RandomParameter {
  readonly location: 'QUERY' | 'HEADER';
  readonly type: 'STRING' | 'NUMBER';
  readonly required: boolean;
  readonly min: number;
}

interface RandomList {
  readonly type: 'PERMIT' | 'DENY';
  readonly values: readonly string[];
}

export const APPS = ['storefront', 'partner'] as const;
export const PATHS = ['/a', '/a/b', '/a/{id}', '/c', '/'] as const;
export const DOMAINS = ['shop.example.com', 'other.example.com'] as const;
export const ADDRESSES = ['192.0.2.1', '192.0.2.7', '192.0.2.8', '198.51.100.7'] as const;
export const CODE = 'c0de'.repeat(16);

const list: fc.Arbitrary<RandomList> = fc.record({
  type: fc.constantFrom('PERMIT', 'DENY'),
  values: fc.uniqueArray(
    fc.constantFrom('192.0.2.0/29', '192.0.2.1', '198.51.100.0/24', '192.0.2.7-192.0.2.9'),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
});

const api: fc.Arbitrary<RandomApi> = fc.record({
  isThere: fc.boolean(),
  isPublished: fc.constantFrom(true, true, false),
  environment: fc.constantFrom('RELEASE', 'RELEASE', 'beta'),
  method: fc.constantFrom('GET', 'POST', 'ANY'),
  path: fc.constantFrom(...PATHS),
  matchMode: fc.constantFrom('EXACT', 'PREFIX'),
  authentication: fc.constantFrom('NONE', 'APP'),
  allowAppCode: fc.boolean(),
  protocol: fc.constantFrom('HTTP', 'HTTPS', 'BOTH'),
  backend: fc.constantFrom('http', 'mock'),
  backendPath: fc.constantFrom('/one', '/two'),
  mockStatus: fc.constantFrom(200, 503),
  parameter: fc.option(
    fc.record({
      location: fc.constantFrom('QUERY', 'HEADER'),
      type: fc.constantFrom('STRING', 'NUMBER'),
      required: fc.boolean(),
      min: fc.constantFrom(1, 3),
    }),
    { nil: undefined },
  ),
  hasPolicy: fc.boolean(),
  list: fc.option(fc.constantFrom(0, 1), { nil: undefined }),
});

const COUNT = 4;
const gateway: fc.Arbitrary<RandomGateway> = fc.record({
  apis: fc.array(api, { minLength: COUNT, maxLength: COUNT }),
  lists: fc.array(list, { minLength: 2, maxLength: 2 }),
  groupsOnDebugDomain: fc.boolean(),
  domains: fc.subarray([...DOMAINS]),
  authorized: fc.uniqueArray(fc.tuple(fc.constantFrom(...APPS), fc.nat(COUNT - 1)), {
    maxLength: 5,
    selector: ([app, index]) => `${app} ${String(index)}`,
  }),
  appAcl: fc.option(fc.constant(['192.0.2.0/30']), { nil: undefined, freq: 1 }),
  signed: fc.constantFrom(undefined, 'one-key', 'another-key'),
  notFoundStatus: fc.constantFrom(undefined, 404, 410),
  corsOrigin: fc.constantFrom(undefined, 'https://shop.example', '*'),
  header: fc.constantFrom(undefined, 'one', 'two'),
});

/** A gateway, and what some random edits make of it. */
export const edited: fc.Arbitrary<readonly [before: RandomGateway, after: RandomGateway]> = fc
  .tuple(gateway, gateway, fc.uniqueArray(fc.nat(COUNT + 8), { minLength: 1, maxLength: 3 }))
  .map(([before, other, places]) => {
    let after = before;
    const fields = [
      'lists',
      'groupsOnDebugDomain',
      'domains',
      'authorized',
      'appAcl',
      'signed',
      'notFoundStatus',
      'corsOrigin',
      'header',
    ] as const;
    for (const place of places) {
      if (place < COUNT) {
        const apis = after.apis.map((each, index) => (index === place ? (other.apis[index] ?? each) : each));
        after = { ...after, apis };
      } else {
        const field = fields[place - COUNT];
        if (field !== undefined) after = { ...after, [field]: other[field] };
      }
    }
    return [before, after] as const;
  });

/** The resources of a random gateway. */
export function declared(random: RandomGateway, backendAddress: string): readonly Declared[] {
  const gatewayId = ref('gateway', 'shop');
  const here = { gatewayId };
  const groupId = ref('apiGroup', 'orders');
  const taken = new Set<string>();
  const apis = random.apis.flatMap((each, index) => {
    // Of two APIs with one route, the service takes the first only.
    const route = JSON.stringify([each.method, each.matchMode, each.path]);
    if (!each.isThere || taken.has(route)) return [];
    taken.add(route);
    return [{ ...each, index, name: `api_${String(index)}` }];
  });
  const published = apis.filter(({ isPublished }) => isPublished);
  const environmentOf = (environment: string) =>
    environment === 'beta' ? ref('environment', 'beta') : RELEASE_ENVIRONMENT_ID;
  const resource = (kind: Declared['kind'], name: string, values: Declared['values']): Declared => ({
    kind,
    name,
    values,
  });
  const bind = (kind: Declared['kind'], owner: Record<string, unknown>, some: typeof published): Declared[] =>
    ['RELEASE', 'beta'].flatMap((environment) => {
      const inIt = some.filter((each) => each.environment === environment);
      if (inIt.length === 0) return [];
      const apiIds = inIt.map(({ name }) => ref('api', name));
      return [
        resource(kind, `${JSON.stringify(owner)} ${environment}`, {
          ...here,
          ...owner,
          environmentId: environmentOf(environment),
          apiIds,
        }),
      ];
    });
  return [
    resource('gateway', 'shop', {
      name: 'shop',
      edition: 'BASIC',
      availableZoneIds: ['az-1'],
      ...{ vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group' },
    }),
    // The clock stands still, and so does the window of the usual limit.
    resource('gatewayFeature', 'ratelimit', { ...here, name: 'ratelimit', config: '{"api_limits":1000000}' }),
    resource('environment', 'beta', { ...here, name: 'beta' }),
    resource('apiGroup', 'orders', {
      ...here,
      name: 'orders',
      debugDomainEnabled: random.groupsOnDebugDomain,
    }),
    ...random.domains.map((name) => resource('domain', name, { ...here, groupId, name })),
    ...(random.notFoundStatus === undefined
      ? []
      : [
          resource('gatewayResponse', 'refusals', {
            ...here,
            groupId,
            name: 'refusals',
            responses: { authFailure: { status: random.notFoundStatus }, accessDenied: { body: 'no' } },
          }),
        ]),
    ...APPS.map((name) =>
      resource('app', name, { ...here, name, appKey: `${name}-key-1`, appSecret: `${name}-secret-1` }),
    ),
    resource('appCode', 'storefront', { ...here, appId: ref('app', 'storefront'), code: CODE }),
    ...(random.appAcl === undefined
      ? []
      : [
          resource('appAcl', 'partner', {
            ...here,
            appId: ref('app', 'partner'),
            type: 'PERMIT',
            values: random.appAcl,
          }),
        ]),
    ...random.lists.map(({ type, values }, index) =>
      resource('acl', `list_${String(index)}`, {
        ...here,
        name: `list_${String(index)}`,
        type,
        entityType: 'IP',
        values,
      }),
    ),
    ...apis.map(({ name, ...each }) =>
      resource('api', name, { ...here, groupId, ...apiValues(name, each, random, backendAddress) }),
    ),
    ...published.map(({ name, environment }) =>
      resource('deployment', name, {
        ...here,
        apiId: ref('api', name),
        apiDigest: 'as-it-is',
        environmentId: environmentOf(environment),
      }),
    ),
    ...random.lists.flatMap((_, index) =>
      bind(
        'aclBinding',
        { aclId: ref('acl', `list_${String(index)}`) },
        published.filter(({ list: own }) => own === index),
      ),
    ),
    ...APPS.flatMap((app) =>
      bind(
        'appAuthorization',
        { appId: ref('app', app) },
        published.filter(
          ({ index, authentication }) =>
            authentication === 'APP' &&
            random.authorized.some(([who, what]) => who === app && what === index),
        ),
      ),
    ),
    ...(random.signed === undefined
      ? []
      : [
          resource('signatureKey', 'backend', {
            ...here,
            name: 'backend',
            type: 'hmac',
            key: 'backend-key',
            secret: `secret-of-${random.signed}`,
          }),
          ...bind(
            'signatureBinding',
            { signatureKeyId: ref('signatureKey', 'backend') },
            published.filter(({ index }) => index % 2 === 0),
          ),
        ]),
    ...(random.corsOrigin === undefined
      ? []
      : [
          resource('plugin', 'cors', {
            ...here,
            name: 'cors',
            type: 'cors',
            content: JSON.stringify({ allow_origin: random.corsOrigin, allow_methods: 'GET,POST' }),
          }),
          ...bind(
            'pluginAttachment',
            { pluginId: ref('plugin', 'cors') },
            published.filter(({ index }) => index % 2 === 1),
          ),
        ]),
    ...(random.header === undefined
      ? []
      : [
          resource('plugin', 'headers', {
            ...here,
            name: 'headers',
            type: 'set_resp_headers',
            content: JSON.stringify({
              response_headers: [{ name: 'X-Test', value: random.header, action: 'override' }],
            }),
          }),
          ...bind(
            'pluginAttachment',
            { pluginId: ref('plugin', 'headers') },
            published.filter(({ index }) => index < 2),
          ),
        ]),
  ];
}

function apiValues(
  name: string,
  each: Omit<RandomApi, 'isThere'>,
  random: RandomGateway,
  address: string,
): Declared['values'] {
  const { parameter } = each;
  const requestParameters = [
    ...(each.path.includes('{id}') ? [{ name: 'id', location: 'PATH' }] : []),
    ...(parameter === undefined
      ? []
      : [
          {
            name: 'x-size',
            location: parameter.location,
            type: parameter.type,
            required: parameter.required,
            validated: true,
            ...(parameter.type === 'NUMBER' ? { minNumber: parameter.min } : { minLength: parameter.min }),
          },
        ]),
  ];
  const target = { address, protocol: 'HTTP', method: 'ANY' };
  const conditions = [{ origin: 'source', value: '192.0.2.0/29' }];
  const policy = { name: 'near', effectMode: 'ALL', conditions };
  return {
    name,
    method: each.method,
    path: each.path,
    matchMode: each.matchMode,
    authentication: each.authentication,
    allowAppCode: each.authentication === 'APP' && each.allowAppCode,
    protocol: each.protocol,
    requestParameters,
    ...(random.notFoundStatus !== undefined && { responseId: ref('gatewayResponse', 'refusals') }),
    ...(each.backend === 'http'
      ? {
          httpBackend: { ...target, path: `/${name}${each.backendPath}` },
          ...(each.hasPolicy && { httpPolicies: [{ ...policy, ...target, path: `/${name}/near` }] }),
        }
      : {
          mockBackend: { result: name, statusCode: each.mockStatus },
          ...(each.hasPolicy && { mockPolicies: [{ ...policy, result: `${name} near`, statusCode: 200 }] }),
        }),
  };
}
