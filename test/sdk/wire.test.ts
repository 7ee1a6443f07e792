import { describe, expect, test } from '@jest/globals';
import {
  descriptionOf,
  fromAnswer,
  fromRequest,
  settle,
  toAnswer,
  toRequest,
  toWirePath,
  type Kind,
} from '@apig/sdk/contract';

/** An input of a kind beside the documented request that means the same. Source: API reference, request examples. */
const REQUESTS: readonly (readonly [Kind, Record<string, unknown>, Record<string, unknown>])[] = [
  [
    'throttle',
    {
      gatewayId: 'g',
      name: 'gold',
      scope: 'SHARED',
      apiCallLimit: 800,
      ipCallLimit: 20,
      timeInterval: 1,
      timeUnit: 'MINUTE',
    },
    {
      name: 'gold',
      type: 2,
      api_call_limits: 800,
      ip_call_limits: 20,
      time_interval: 1,
      time_unit: 'MINUTE',
    },
  ],
  [
    'acl',
    { gatewayId: 'g', name: 'office', type: 'PERMIT', entityType: 'IP', values: ['10.0.0.0/8', '192.0.2.1'] },
    { acl_name: 'office', acl_type: 'PERMIT', entity_type: 'IP', acl_value: '10.0.0.0/8,192.0.2.1' },
  ],
  [
    'domain',
    { gatewayId: 'g', groupId: 'h', name: 'api.example.com' },
    { url_domain: 'api.example.com', min_ssl_version: 'TLSv1.1', is_http_redirect_to_https: false },
  ],
  [
    'signatureKey',
    { gatewayId: 'g', name: 'backend', key: 'backend_key', secret: 'backend_secret_1' },
    { name: 'backend', sign_type: 'hmac', sign_key: 'backend_key', sign_secret: 'backend_secret_1' },
  ],
  ['appCode', { gatewayId: 'g', appId: 'a', code: 'c'.repeat(64) }, { app_code: 'c'.repeat(64) }],
  [
    'gateway',
    {
      name: 'shop',
      edition: 'BASIC',
      vpcId: 'v',
      subnetId: 's',
      securityGroupId: 'sg',
      availableZoneIds: ['az-1'],
      maintainBegin: '22:00:00',
      egressBandwidthMbps: 5,
      tags: { team: 'shop' },
    },
    {
      instance_name: 'shop',
      spec_id: 'BASIC',
      vpc_id: 'v',
      subnet_id: 's',
      security_group_id: 'sg',
      available_zone_ids: ['az-1'],
      maintain_begin: '22:00:00',
      maintain_end: '02:00:00',
      enterprise_project_id: '0',
      loadbalancer_provider: 'elb',
      bandwidth_size: 5,
      tags: [{ key: 'team', value: 'shop' }],
    },
  ],
];

describe('a settled input', () => {
  test.each(REQUESTS)('of kind %s becomes the documented request', (kind, input, request) => {
    expect(toRequest(descriptionOf(kind), settled(kind, input))).toEqual(request);
  });

  test.each(REQUESTS)('of kind %s is read back from the request without loss', (kind, input) => {
    const description = descriptionOf(kind);
    const value = settled(kind, input);
    const parents = Object.fromEntries(description.parents.map((name) => [name, input[name]]));
    expect(
      settle(description, fromRequest(description, toRequest(description, value), parents)).value,
    ).toEqual(value);
  });
});

describe('an API', () => {
  const description = descriptionOf('api');
  const input = {
    gatewayId: 'g',
    groupId: 'h',
    name: 'get_order',
    method: 'GET',
    path: '/orders/{id}',
    authentication: 'APP',
    allowAppCode: true,
    requestParameters: [{ name: 'id', location: 'PATH', enumerations: ['b', 'a'] }],
    backendParameters: [{ origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id' }],
    httpBackend: { channelId: 'c', channelHost: 'orders', protocol: 'HTTP', method: 'GET', path: '/v1/{id}' },
  };

  test('has numbers, text and nested objects where the documented form has them', () => {
    expect(toRequest(description, settled('api', input))).toMatchObject({
      group_id: 'h',
      type: 1,
      match_mode: 'NORMAL',
      auth_opt: { app_code_auth_type: 'HEADER' },
      backend_type: 'HTTP',
      req_params: [{ required: 1, valid_enable: 2, pass_through: 1, enumerations: 'b,a' }],
      backend_api: {
        retry_count: '-1',
        vpc_channel_status: 1,
        vpc_channel_info: { vpc_channel_id: 'c', vpc_channel_proxy_host: 'orders' },
      },
    });
  });

  test('is the same after a round trip through an answer', () => {
    const value = settled('api', input);
    const answer = toAnswer(description, 'x', { ...value, registerTime: '2026-01-15T08:30:00Z' });
    expect(fromAnswer(description, answer, { gatewayId: 'g' })).toMatchObject({ ...value, id: 'x' });
  });

  test('keeps only the backend that its type selects', () => {
    const request = { ...toRequest(description, settled('api', input)), mock_info: { result_content: 'ok' } };
    expect(fromRequest(description, request, { gatewayId: 'g' })['mockBackend']).toBeUndefined();
  });

  test.each([
    [['httpBackend', 'timeoutMs'], 'backend_api.timeout'],
    [['requestParameters', 0, 'defaultValue'], 'req_params.0.default_value'],
    [['allowAppCode'], 'auth_opt'],
  ])('names the path %j as %s', (path, name) => {
    expect(toWirePath(description.input, path)).toBe(name);
  });
});

describe('what clients send for "nothing"', () => {
  test.each([
    ['null', { remark: null }],
    ['an empty text', { remark: '' }],
    ['a limit of 0', { user_call_limits: 0, app_call_limits: 0, ip_call_limits: 0 }],
  ])('is left out: %s', (_, extra) => {
    const description = descriptionOf('throttle');
    const request = { name: 'gold', api_call_limits: 8, time_interval: 1, time_unit: 'DAY', ...extra };
    expect(settle(description, fromRequest(description, request, { gatewayId: 'g' })).value).toEqual({
      gatewayId: 'g',
      name: 'gold',
      scope: 'API',
      apiCallLimit: 8,
      timeInterval: 1,
      timeUnit: 'DAY',
    });
  });
});

function settled(kind: Kind, input: Record<string, unknown>): Record<string, unknown> {
  const { value, faults } = settle(descriptionOf(kind), input);
  expect(faults).toEqual([]);
  return value ?? {};
}
