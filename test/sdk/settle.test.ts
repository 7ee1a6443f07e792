import { describe, expect, test } from '@jest/globals';
import { descriptionOf, digestOf, resources, settle, type Kind } from '@apig/sdk/contract';

const throttle = { gatewayId: 'g', name: 'gold', apiCallLimit: 100, timeInterval: 1, timeUnit: 'MINUTE' };
const acl = { gatewayId: 'g', name: 'office', type: 'PERMIT', entityType: 'IP', values: ['10.0.0.0/8'] };
const key = { gatewayId: 'g', name: 'backend' };
const api = {
  gatewayId: 'g',
  groupId: 'h',
  name: 'get_order',
  method: 'GET',
  path: '/orders',
  authentication: 'NONE',
  mockBackend: { result: 'ok' },
};
const http = { address: 'orders:80', protocol: 'HTTP', method: 'GET', path: '/v1' };
const withHttp = { ...api, mockBackend: undefined, httpBackend: http };
const inPath = { name: 'id', location: 'PATH' };
const inQuery = { name: 'q', location: 'QUERY' };
const policy = {
  name: 'one',
  effectMode: 'ALL',
  conditions: [{ origin: 'param', type: 'exact', value: '1' }],
};
const toBackend = (origin: string, value: string) => [{ origin, name: 'a', location: 'QUERY', value }];

/** Kind, input, path of the fault, error that the management API answers. */
const BAD: readonly (readonly [Kind, Record<string, unknown>, string, string])[] = [
  ['throttle', { ...throttle, name: 'x' }, 'name', 'valueInvalid'],
  ['throttle', { ...throttle, name: undefined }, 'name', 'valueMissing'],
  ['throttle', { ...throttle, apiCallLimit: 0 }, 'apiCallLimit', 'valueTooSmall'],
  ['throttle', { ...throttle, apiCallLimit: 2 ** 31 }, 'apiCallLimit', 'valueTooLarge'],
  ['throttle', { ...throttle, userCallLimit: 101 }, 'userCallLimit', 'valueTooLarge'],
  ['throttle', { ...throttle, userCallLimit: 10, appCallLimit: 11 }, 'appCallLimit', 'valueTooLarge'],
  ['throttle', { ...throttle, ipCallLimit: 101 }, 'ipCallLimit', 'valueTooLarge'],
  ['throttle', { ...throttle, timeUnit: 'WEEK' }, 'timeUnit', 'valueInvalid'],
  ['acl', { ...acl, values: [] }, 'values', 'valueInvalid'],
  ['acl', { ...acl, values: ['10.0.0.0/33'] }, 'values.0', 'valueInvalid'],
  ['acl', { ...acl, values: ['10.0.0.1', '10.0.0.1'] }, 'values', 'valueInvalid'],
  ['acl', { ...acl, entityType: 'DOMAIN', values: ['123'] }, 'values.0', 'valueInvalid'],
  ['acl', { ...acl, entityType: 'DOMAIN_ID', values: ['short'] }, 'values.0', 'valueInvalid'],
  ['signatureKey', { ...key, key: 'short' }, 'key', 'valueInvalid'],
  ['signatureKey', { ...key, secret: 'short' }, 'secret', 'valueInvalid'],
  ['signatureKey', { ...key, type: 'aes' }, 'algorithm', 'valueInvalid'],
  ['signatureKey', { ...key, algorithm: 'aes-128-cfb' }, 'algorithm', 'valueInvalid'],
  [
    'signatureKey',
    { ...key, type: 'aes', algorithm: 'aes-256-cfb', key: 'k'.repeat(16) },
    'key',
    'valueInvalid',
  ],
  ['domain', { gatewayId: 'g', groupId: 'h', name: 'localhost' }, 'name', 'valueInvalid'],
  ['domain', { gatewayId: 'g', groupId: 'h', name: 'a.*.example.com' }, 'name', 'valueInvalid'],
  ['app', { gatewayId: 'g', name: 'shop', appSecret: '!bad' }, 'appSecret', 'valueInvalid'],
  ['appCode', { gatewayId: 'g', appId: 'a', code: 'short' }, 'code', 'valueInvalid'],
  [
    'appAuthorization',
    { gatewayId: 'g', appId: 'a', environmentId: 'e', apiIds: [] },
    'apiIds',
    'valueInvalid',
  ],
  ['environment', { gatewayId: 'g', name: 'pre-prod' }, 'name', 'valueInvalid'],
  ['api', { ...api, mockBackend: undefined }, 'httpBackend', 'valueInvalid'],
  ['api', { ...api, httpBackend: http }, 'mockBackend', 'valueInvalid'],
  ['api', { ...api, path: '/orders/{id}' }, 'path', 'pathParameterUndeclared'],
  ['api', { ...api, path: '/orders/{id}x', requestParameters: [inPath] }, 'path', 'valueInvalid'],
  ['api', { ...api, path: '/{id+}/x', requestParameters: [inPath] }, 'path', 'valueInvalid'],
  ['api', { ...api, requestParameters: [inPath] }, 'requestParameters.0.name', 'valueInvalid'],
  [
    'api',
    { ...api, requestParameters: [{ name: 'x_y', location: 'HEADER' }] },
    'requestParameters.0.name',
    'valueInvalid',
  ],
  ['api', { ...api, requestParameters: [inQuery, inQuery] }, 'requestParameters.1.name', 'parameterRepeated'],
  ['api', { ...api, authentication: 'AUTHORIZER' }, 'authorizerId', 'valueInvalid'],
  ['api', { ...api, allowAppCode: true }, 'allowAppCode', 'valueInvalid'],
  [
    'api',
    { ...withHttp, httpBackend: { ...http, address: 'http://x' } },
    'httpBackend.address',
    'valueInvalid',
  ],
  ['api', { ...withHttp, httpBackend: { ...http, channelId: 'c' } }, 'httpBackend.address', 'valueInvalid'],
  [
    'api',
    { ...withHttp, httpBackend: { ...http, clientTls: true } },
    'httpBackend.clientTls',
    'clientTlsNotPossible',
  ],
  [
    'api',
    { ...withHttp, httpBackend: { ...http, timeoutMs: 600_001 } },
    'httpBackend.timeoutMs',
    'valueTooLarge',
  ],
  [
    'api',
    { ...withHttp, httpBackend: { ...http, path: '/{id}' } },
    'httpBackend.path',
    'backendPathParameterUndeclared',
  ],
  [
    'api',
    { ...withHttp, backendParameters: toBackend('REQUEST', 'b') },
    'backendParameters.0.value',
    'mappedParameterUndeclared',
  ],
  [
    'api',
    { ...withHttp, backendParameters: toBackend('SYSTEM', '$context.x') },
    'backendParameters.0.value',
    'valueInvalid',
  ],
  [
    'api',
    { ...withHttp, backendParameters: toBackend('SYSTEM', '$context.authorizer.frontend.a') },
    'backendParameters.0.value',
    'authorizerVariableWithoutAuthorizer',
  ],
  ['api', { ...api, mockPolicies: [policy] }, 'mockPolicies.0.conditions.0.requestParameter', 'valueInvalid'],
  ['api', { ...withHttp, mockPolicies: [policy] }, 'mockPolicies', 'valueInvalid'],
];

describe('an input', () => {
  test.each(BAD)('of kind %s, %j, is refused at %s as %s', (kind, input, path, error) => {
    const { faults } = settle(descriptionOf(kind), input);
    expect(faults.map((fault) => [fault.path.join('.'), fault.error])).toContainEqual([path, error]);
  });

  test('has every fault reported at once', () => {
    const { faults } = settle(descriptionOf('throttle'), { gatewayId: 'g' });
    expect(faults.map(({ path }) => path.join('.'))).toEqual([
      'name',
      'apiCallLimit',
      'timeInterval',
      'timeUnit',
    ]);
  });

  test('never shows a secret value in a fault', () => {
    const { faults } = settle(descriptionOf('app'), { gatewayId: 'g', name: 'shop', appSecret: '!hunter2!' });
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  test('is not asked for rules over fields that are unknown', () => {
    const input = { ...throttle, userCallLimit: 101, apiCallLimit: 'not known yet' };
    const isUnknown = (value: unknown) => value === 'not known yet';
    expect(settle(descriptionOf('throttle'), input, isUnknown).faults).toEqual([]);
  });

  test('settles to itself', () => {
    const description = descriptionOf('api');
    const { value = {} } = settle(description, {
      ...withHttp,
      path: '/orders/{id}',
      requestParameters: [inPath],
    });
    expect(settle(description, value).value).toEqual(value);
  });

  test('makes path parameters required', () => {
    const { value } = settle(descriptionOf('api'), {
      ...api,
      path: '/orders/{id}',
      requestParameters: [inPath],
    });
    expect(value).toMatchObject({ requestParameters: [{ name: 'id', required: true }] });
  });
});

describe('the digest of a definition', () => {
  const digest = (input: Record<string, unknown>) => {
    const { value = {} } = settle(descriptionOf('api'), input);
    return resources.api.computed?.['digest']?.from(value as never);
  };

  test('does not depend on the order of keys and of lists without order, nor on defaults written out', () => {
    const one = { ...api, tags: ['a', 'b'] };
    const other = { ...Object.fromEntries(Object.entries(api).toReversed()), tags: ['b', 'a'], cors: false };
    expect(digest(other)).toBe(digest(one));
  });

  test('does not depend on the parents, which a preview may not know', () => {
    expect(digest({ ...api, gatewayId: 'other', groupId: 'another' })).toBe(digest(api));
  });

  test.each([
    ['the path', { path: '/other' }],
    ['authentication', { authentication: 'APP' }],
    ['the backend', { mockBackend: { result: 'other' } }],
  ])('changes with %s', (_, change) => {
    expect(digest({ ...api, ...change })).not.toBe(digest(api));
  });

  test('is the SHA-256 of canonical JSON', () => {
    expect(digestOf(descriptionOf('environment').input, { name: 'b', gatewayId: 'a' })).toBe(
      // printf '{"gatewayId":"a","name":"b"}' | sha256sum
      'b112d727ba7a68bbc0897592c1acf7608f5835127d0a02e2acf0d5a44d40f0df',
    );
  });
});
