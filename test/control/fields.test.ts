import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import {
  apiBody,
  gatewayBody,
  openDocumented,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

let running: DocumentedRuntime;
let gateway: Documented;
let groupId: string;
let throttleId: string;
let appId: string;
beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
  groupId = await gateway.group();
  throttleId = await gateway.add('throttles', THROTTLE);
  appId = await gateway.add('apps', { name: 'shop' });
});
afterAll(() => running.dispose());

const THROTTLE = { name: 'parent', api_call_limits: 10, time_interval: 1, time_unit: 'SECOND' };
const HTTP = { url_domain: 'a.b:80', req_protocol: 'HTTP', req_method: 'GET', req_uri: '/', timeout: 5000 };
const many = (count: number, item: (index: number) => unknown) =>
  Array.from({ length: count }, (_, index) => item(index));

/** Body or change of a valid body, status, code, and what the message ends with. */
type Row = readonly [what: string, fields: Json, status: number, code: string, end?: string];

function refuses(rows: readonly Row[], post: (fields: Json) => Promise<{ status: number; body: Json }>) {
  const cases = rows.map(([what, fields, status, code, end = '']) => ({ what, fields, status, code, end }));
  test.each(cases)('refuses $what', async ({ fields, status, code, end }) => {
    const answer = await post(fields);

    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
    expect(answer.body['error_msg']).toMatch(new RegExp(`${end}$`));
  });
}

describe('creating a gateway', () => {
  refuses(
    [
      [
        'no name',
        { instance_name: undefined },
        400,
        'APIC.7211',
        String.raw`parameter name\[instance_name\]`,
      ],
      ['a short name', { instance_name: 'a' }, 400, 'APIC.7211', String.raw`parameter name\[instance_name\]`],
      ['a name of another type', { instance_name: 7 }, 400, 'APIC.7211'],
      ['an unknown edition', { spec_id: 'HUGE' }, 404, 'APIC.7301'],
      ['no edition', { spec_id: undefined }, 400, 'APIC.7211'],
      ['no zone', { available_zone_ids: [] }, 400, 'APIC.7238'],
      ['a window at another hour', { maintain_begin: '03:00:00' }, 400, 'APIC.7235'],
      [
        'a window of another length',
        { maintain_begin: '02:00:00', maintain_end: '08:00:00' },
        400,
        'APIC.7230',
      ],
      [
        'more than 20 tags',
        { tags: many(21, (n) => ({ key: `k${String(n)}`, value: '' })) },
        403,
        'APIC.7402',
      ],
      ['a tag of the system', { tags: [{ key: '_sys_a', value: '' }] }, 400, 'APIC.7211'],
      ['tags of another type', { tags: [null] }, 400, 'APIC.7211'],
      ['a description with brackets', { description: '<b>' }, 400, 'APIC.7211'],
      ['a bandwidth below 5', { bandwidth_size: 4 }, 400, 'APIC.7211'],
      ['an ID of another form', { instance_id: 'mine' }, 400, 'APIC.7211'],
    ],
    (fields) => running.call('POST', 'instances', { ...gatewayBody(), ...fields }),
  );
});

describe('creating an environment', () => {
  refuses(
    [
      ['no name', {}, 400, 'APIG.2001', 'parameterName:name'],
      ['a name that starts with a digit', { name: '1abc' }, 400, 'APIG.2011', 'parameterName:name'],
      ['a long remark', { name: 'beta', remark: 'x'.repeat(256) }, 400, 'APIG.2011', 'parameterName:remark'],
    ],
    (fields) => gateway.call('POST', 'envs', fields),
  );
});

describe('creating an API group', () => {
  refuses(
    [
      ['no name', {}, 400, 'APIG.2001', 'parameterName:name'],
      ['a name of two characters', { name: 'ab' }, 400, 'APIG.2011', 'parameterName:name'],
      ['a long remark', { name: 'abc', remark: 'x'.repeat(1001) }, 400, 'APIG.2011', 'parameterName:remark'],
    ],
    (fields) => gateway.call('POST', 'api-groups', fields),
  );
});

describe('binding a domain', () => {
  refuses(
    [
      ['no domain', {}, 400, 'APIG.2001', 'parameterName:url_domain'],
      ['a name without a dot', { url_domain: 'localhost' }, 400, 'APIG.2024', 'parameterName:url_domain'],
      ['a wildcard in the middle', { url_domain: 'a.*.com' }, 400, 'APIG.2024'],
      [
        'an unknown version of TLS',
        { url_domain: 'a.com', min_ssl_version: 'TLSv9' },
        400,
        'APIG.2011',
        'parameterName:min_ssl_version',
      ],
    ],
    (fields) => gateway.call('POST', `api-groups/${groupId}/domains`, fields),
  );
});

describe('creating an API', () => {
  const parameter = (name: string, location = 'QUERY') => ({ name, location, type: 'STRING' });
  const policy = {
    name: 'other',
    effect_mode: 'ALL',
    conditions: [{ condition_origin: 'source', condition_value: '10.0.0.1' }],
  };
  const http = { backend_type: 'HTTP', mock_info: undefined, backend_api: HTTP };

  refuses(
    [
      ['no name', { name: undefined }, 400, 'APIG.2001', 'parameterName:name'],
      ['an unknown type', { type: 3 }, 400, 'APIG.2011', 'parameterName:type'],
      ['an unknown method', { req_method: 'CONNECT' }, 400, 'APIG.2011', 'parameterName:req_method'],
      ['a path without a slash', { req_uri: 'a' }, 400, 'APIG.2011', 'parameterName:req_uri'],
      [
        'a placeholder that nothing declares',
        { req_uri: '/a/{id}' },
        400,
        'APIG.2026',
        'parameterName:req_uri',
      ],
      ['a group that does not exist', { group_id: '0'.repeat(32) }, 404, 'APIG.3001'],
      ['no backend', { mock_info: undefined }, 400, 'APIG.2011', 'parameterName:backend_api'],
      [
        'a parameter twice',
        { req_params: [parameter('a'), parameter('A')] },
        400,
        'APIG.3209',
        'parameterName:req_params.1.name',
      ],
      [
        'a parameter with a reserved name',
        { req_params: [parameter('x-stage', 'HEADER')] },
        400,
        'APIG.2011',
        'parameterName:req_params.0.name',
      ],
      [
        'more than 50 parameters',
        { req_params: many(51, (n) => parameter(`p${String(n)}`)) },
        403,
        'APIG.3111',
      ],
      ['more than 10 tags', { tags: many(11, (n) => `t${String(n)}`) }, 403, 'APIG.3133'],
      ['a tag twice', { tags: ['t', 't'] }, 400, 'APIG.3213', 'parameterName:tags'],
      [
        'a backend placeholder that nothing fills',
        { ...http, backend_api: { ...HTTP, req_uri: '/{id}' } },
        400,
        'APIG.2027',
        'parameterName:backend_api.req_uri',
      ],
      [
        'a backend parameter from nowhere',
        { backend_params: [{ origin: 'REQUEST', name: 'a', location: 'QUERY', value: 'b' }], ...http },
        400,
        'APIG.2028',
        'parameterName:backend_params.0.value',
      ],
      [
        'an authorizer variable without an authorizer',
        {
          backend_params: [
            { origin: 'SYSTEM', name: 'a', location: 'QUERY', value: '$context.authorizer.frontend.a' },
          ],
          ...http,
        },
        400,
        'APIG.2036',
      ],
      [
        'a client certificate over HTTP',
        { ...http, backend_api: { ...HTTP, enable_client_ssl: true } },
        400,
        'APIG.3717',
      ],
      [
        'a timeout of 0',
        { ...http, backend_api: { ...HTTP, timeout: 0 } },
        400,
        'APIG.2002',
        'parameterName:backend_api.timeout',
      ],
      [
        'a timeout above ten minutes',
        { ...http, backend_api: { ...HTTP, timeout: 600_001 } },
        400,
        'APIG.2003',
        'parameterName:backend_api.timeout',
      ],
      [
        'more than 5 policies',
        { policy_mocks: many(6, (n) => ({ ...policy, name: `pol${String(n)}` })) },
        403,
        'APIG.3113',
      ],
      [
        'a policy twice',
        { policy_mocks: [policy, policy] },
        400,
        'APIG.3210',
        'parameterName:policy_mocks.1.name',
      ],
      [
        'more than 5 conditions',
        { policy_mocks: [{ ...policy, conditions: many(6, () => policy.conditions[0]) }] },
        403,
        'APIG.3114',
      ],
      ['an authorizer, as there are none', { auth_type: 'AUTHORIZER', authorizer_id: 'a' }, 404, 'APIG.3081'],
      [
        'no authorizer where one is needed',
        { auth_type: 'AUTHORIZER' },
        400,
        'APIG.2011',
        'parameterName:authorizer_id',
      ],
      ['a gateway response that does not exist', { response_id: 'r' }, 404, 'APIG.3007'],
      [
        'a channel that does not exist',
        {
          ...http,
          backend_api: {
            ...HTTP,
            url_domain: '',
            vpc_channel_status: 1,
            vpc_channel_info: { vpc_channel_id: 'c' },
          },
        },
        404,
        'APIG.3023',
      ],
      [
        'a function, as there are none',
        {
          backend_type: 'FUNCTION',
          func_info: { function_urn: 'urn:f', invocation_type: 'sync', network_type: 'V1', timeout: 5000 },
        },
        404,
        'APIG.3019',
      ],
      [
        'a function of network V1 with more than a minute',
        {
          backend_type: 'FUNCTION',
          func_info: { function_urn: 'urn:f', invocation_type: 'sync', network_type: 'V1', timeout: 60_001 },
        },
        400,
        'APIG.2003',
        'at most 60000,parameterName:func_info.timeout',
      ],
    ],
    (fields) => gateway.call('POST', 'apis', { ...apiBody(groupId), ...fields }),
  );
});

describe('creating a throttle', () => {
  refuses(
    [
      ['no limit', { api_call_limits: undefined }, 400, 'APIG.2001', 'parameterName:api_call_limits'],
      ['a limit of 0', { api_call_limits: 0 }, 400, 'APIG.2002', 'parameterName:api_call_limits'],
      [
        'a limit above 2147483647',
        { api_call_limits: 2_147_483_648 },
        400,
        'APIG.2003',
        'parameterName:api_call_limits',
      ],
      ['a limit that is text', { api_call_limits: '5' }, 400, 'APIG.2011', 'parameterName:api_call_limits'],
      ['an unknown unit', { time_unit: 'WEEK' }, 400, 'APIG.2011', 'parameterName:time_unit'],
      [
        'more for a user than for the API',
        { user_call_limits: 11 },
        400,
        'APIG.2003',
        'at most 10,parameterName:user_call_limits',
      ],
      [
        'more for an app than for a user',
        { user_call_limits: 5, app_call_limits: 6 },
        400,
        'APIG.2003',
        'at most 5,parameterName:app_call_limits',
      ],
      [
        'more for an address than for the API',
        { ip_call_limits: 11 },
        400,
        'APIG.2003',
        'parameterName:ip_call_limits',
      ],
      ['an unknown type', { type: 3 }, 400, 'APIG.2011', 'parameterName:type'],
    ],
    (fields) => gateway.call('POST', 'throttles', { ...THROTTLE, name: 'other', ...fields }),
  );
});

describe('creating a special throttle', () => {
  refuses(
    [
      [
        'more than the throttle allows',
        { object_type: 'USER', object_id: 'u', call_limits: 11 },
        400,
        'APIG.2003',
        'parameterName:call_limits',
      ],
      [
        'an app that does not exist',
        { object_type: 'APP', object_id: 'a', call_limits: 1 },
        404,
        'APIG.3004',
      ],
      [
        'an unknown type of object',
        { object_type: 'GROUP', object_id: 'a', call_limits: 1 },
        400,
        'APIG.2011',
        'parameterName:object_type',
      ],
    ],
    (fields) => gateway.call('POST', `throttles/${throttleId}/throttle-specials`, fields),
  );
});

describe('creating an ACL policy', () => {
  const acl = { acl_name: 'acl_one', acl_type: 'PERMIT', entity_type: 'IP', acl_value: '10.0.0.1' };
  refuses(
    [
      ['no name', { acl_name: '' }, 400, 'APIG.2011', 'parameterName:acl_name'],
      ['an unknown type', { acl_type: 'MAYBE' }, 400, 'APIG.2011', 'parameterName:acl_type'],
      [
        'a value that is no address',
        { acl_value: '10.0.0.1,here' },
        400,
        'APIG.2011',
        'parameterName:acl_value',
      ],
      ['no value', { acl_value: '' }, 400, 'APIG.2011', 'parameterName:acl_value'],
      [
        'more than 100 addresses',
        { acl_value: many(101, (n) => `10.0.0.${String(n)}`).join(',') },
        400,
        'APIG.2011',
        'parameterName:acl_value',
      ],
      [
        'an account name of digits',
        { entity_type: 'DOMAIN', acl_value: '123' },
        400,
        'APIG.2011',
        'parameterName:acl_value',
      ],
      [
        'a short account ID',
        { entity_type: 'DOMAIN_ID', acl_value: 'abc' },
        400,
        'APIG.2011',
        'parameterName:acl_value',
      ],
    ],
    (fields) => gateway.call('POST', 'acls', { ...acl, ...fields }),
  );
});

describe('creating a signature key', () => {
  refuses(
    [
      ['a short key', { sign_key: 'short' }, 400, 'APIG.2011', 'parameterName:sign_key'],
      ['a short secret', { sign_secret: 'short' }, 400, 'APIG.2011', 'parameterName:sign_secret'],
      [
        'a cipher where none is used',
        { sign_algorithm: 'aes-128-cfb' },
        400,
        'APIG.2011',
        'parameterName:sign_algorithm',
      ],
      ['an unknown type', { sign_type: 'rsa' }, 400, 'APIG.2011', 'parameterName:sign_type'],
      ['type aes without its cipher', { sign_type: 'aes' }, 400, 'APIG.2011', 'parameterName:sign_algorithm'],
      ['type public_key without the feature', { sign_type: 'public_key' }, 412, 'APIG.3548'],
    ],
    (fields) => gateway.call('POST', 'signs', { name: 'sign_one', ...fields }),
  );
});

describe('creating an app', () => {
  refuses(
    [
      ['a short key', { app_key: 'short' }, 400, 'APIG.2011', 'parameterName:app_key'],
      ['a short secret', { app_secret: 'short' }, 400, 'APIG.2011', 'parameterName:app_secret'],
      ['no name', { name: undefined }, 400, 'APIG.2001', 'parameterName:name'],
    ],
    (fields) => gateway.call('POST', 'apps', { name: 'app_one', ...fields }),
  );
});

describe('creating an AppCode', () => {
  refuses(
    [
      ['no code', {}, 400, 'APIG.2001', 'parameterName:app_code'],
      ['a short code', { app_code: 'short' }, 400, 'APIG.2011', 'parameterName:app_code'],
    ],
    (fields) => gateway.call('POST', `apps/${appId}/app-codes`, fields),
  );
});

test('a message never repeats a secret that was refused', async () => {
  const answer = await gateway.call('POST', 'apps', { name: 'app_one', app_secret: 'sécret' });

  expect(answer.status).toBe(400);
  expect(answer.text).not.toContain('sécret');
});
