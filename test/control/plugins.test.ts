import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import {
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

let running: DocumentedRuntime;
let gateway: Documented;

beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
});
afterAll(() => running.dispose());

const CORS = { allow_origin: '*', allow_methods: 'GET' };

function pluginBody(fields: Json = {}): Json {
  return {
    plugin_name: uniqueName('plugin'),
    plugin_type: 'cors',
    plugin_scope: 'global',
    plugin_content: JSON.stringify(CORS),
    ...fields,
  };
}

async function addPlugin(fields: Json = {}): Promise<string> {
  const { status, body, text } = await gateway.call('POST', 'plugins', pluginBody(fields));
  if (status !== 201) throw new Error(text);
  return String(body['plugin_id']);
}

async function codeOf(answer: Promise<{ readonly status: number; readonly body: Json }>): Promise<unknown> {
  const { status, body } = await answer;
  return [status, body['error_code']];
}

const env_id = RELEASE_ENVIRONMENT_ID;

describe('a plug-in', () => {
  test('is created, shown as it was sent, listed, changed and deleted', async () => {
    const content = ' {"max_age": 60, "allow_origin":"*"} ';
    const created = await gateway.call(
      'POST',
      'plugins',
      pluginBody({ plugin_content: content, remark: 'x' }),
    );
    const id = String(created.body['plugin_id']);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      plugin_type: 'cors',
      plugin_scope: 'global',
      plugin_content: content,
      remark: 'x',
      create_time: expect.stringMatching(/Z$/),
      update_time: expect.stringMatching(/Z$/),
    });
    expect((await gateway.call('GET', `plugins/${id}`)).body).toEqual(created.body);
    expect((await gateway.call('GET', `plugins?plugin_id=${id}&plugin_type=cors`)).body).toMatchObject({
      total: 1,
      plugins: [created.body],
    });

    const changed = await gateway.call('PUT', `plugins/${id}`, { ...created.body, remark: '' });
    expect([changed.status, changed.body['remark']]).toEqual([200, '']);
    expect((await gateway.call('DELETE', `plugins/${id}`)).status).toBe(204);
    expect(await codeOf(gateway.call('GET', `plugins/${id}`))).toEqual([404, 'APIG.3068']);
  });

  const content = (type: string, value: unknown): Json => ({
    plugin_type: type,
    plugin_content: typeof value === 'string' ? value : JSON.stringify(value),
  });
  const LIMIT = { scope: 'basic', default_time_unit: 'second', default_interval: 1, api_limit: 10 };
  const CONDITION = {
    breaker_type: 'timeout',
    breaker_mode: 'counter',
    unhealthy_threshold: 3,
    time_window: 15,
    open_breaker_time: 15,
  };
  const CACHE = {
    cache_key: { system_params: ['$context.appId', 'host'], parameters: [], headers: [] },
    cache_http_status_and_ttl: [{ http_status: [200], ttl: 5 }],
    client_cache_control: { mode: 'off', datas: [] },
    cacheable_headers: ['X-Custom'],
  };
  const LOG = { broker_list: ['127.0.0.1:9092'], topic: 'calls', key: '', sasl_config: null };
  const AUTH = { auth_request: { method: 'GET', protocol: 'HTTP', url_domain: 'a.b', path: '/' } };

  test.each<readonly [string, Json]>([
    ['cors', content('cors', CORS)],
    [
      'headers',
      content('set_resp_headers', { response_headers: [{ name: 'a', value: 'b', action: 'add' }] }),
    ],
    ['limits', content('rate_limit', LIMIT)],
    [
      'limits with rules',
      content('rate_limit', {
        ...LIMIT,
        parameters: [{ name: 'reqPath', type: 'path', value: 'reqPath' }],
        rules: [
          { rule_name: 'r', match_regex: '["OR",["reqPath","~~","/a"],["method","in","GET,PUT"]]', limit: 1 },
        ],
      }),
    ],
    [
      'a breaker',
      content('breaker', { breaker_condition: CONDITION, downgrade_default: null, scope: 'share' }),
    ],
    ['an authentication service', content('third_auth', AUTH)],
    [
      'a downgrade',
      content('breaker', {
        breaker_condition: CONDITION,
        downgrade_default: {
          type: 'http',
          http_info: {
            isVpc: false,
            address: 'a.b:81',
            scheme: 'HTTP',
            method: 'GET',
            path: '/',
            timeout: 5000,
          },
          http_vpc_info: null,
          func_info: null,
          mock_info: null,
          passthrough_infos: null,
        },
      }),
    ],
    ['a cache', content('proxy_cache', CACHE)],
    ['a mirror', content('proxy_mirror', { protocol: 'HTTP', host: 'a.b:81', sample_ratio: 0.5 })],
    ['a log', content('kafka_log', LOG)],
    ['anything, where it is not documented', content('jwt_auth', { any: ['thing'] })],
  ])('is taken with %s', async (_what, fields) => {
    expect((await gateway.call('POST', 'plugins', pluginBody(fields))).status).toBe(201);
  });

  test.each<readonly [string, Json, string, string]>([
    ['a bad name', { plugin_name: '1st' }, 'APIG.2011', 'plugin_name'],
    ['no type', { plugin_type: undefined }, 'APIG.2001', 'plugin_type'],
    ['an unknown type', { plugin_type: 'magic' }, 'APIG.2011', 'plugin_type'],
    [
      'a log without brokers',
      content('kafka_log', { ...LOG, broker_list: [] }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a field of a log that there is none of',
      content('kafka_log', { ...LOG, meta_config: { system: { magic: true } } }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a log that shows who it is without a name',
      content('kafka_log', { ...LOG, sasl_config: { security_protocol: 'SASL_SSL' } }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a cache without a key',
      content('proxy_cache', { ...CACHE, cache_key: {} }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a cache of parts',
      content('proxy_cache', { ...CACHE, cache_http_status_and_ttl: [{ http_status: [206], ttl: 1 }] }),
      'APIG.2011',
      'plugin_content',
    ],
    ['a copy without a host', content('proxy_mirror', { protocol: 'HTTP' }), 'APIG.2011', 'plugin_content'],
    [
      'a share that is none',
      content('proxy_mirror', { protocol: 'HTTP', host: 'a.b', sample_ratio: 2 }),
      'APIG.2011',
      'plugin_content',
    ],
    ['no content', { plugin_content: undefined }, 'APIG.2001', 'plugin_content'],
    ['content that is no JSON', { plugin_content: '{' }, 'APIG.2011', 'plugin_content'],
    ['content that is no object', { plugin_content: '[]' }, 'APIG.2011', 'plugin_content'],
    ['cors without origin', content('cors', {}), 'APIG.2011', 'plugin_content'],
    [
      'a header of the gateway',
      content('set_resp_headers', {
        response_headers: [{ name: 'X-Request-Id', value: 'b', action: 'add' }],
      }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a system parameter that there is none of',
      content('set_resp_headers', {
        response_headers: [
          { name: 'a', value: '$context.magic', action: 'add', value_type: 'system_parameter' },
        ],
      }),
      'APIG.2011',
      'plugin_content',
    ],
    ['a limit of 0', content('rate_limit', { ...LIMIT, api_limit: 0 }), 'APIG.2011', 'plugin_content'],
    [
      'a header twice',
      content('set_resp_headers', {
        response_headers: ['a', 'A'].map((name) => ({ name, value: 'b', action: 'add' })),
      }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a limit above that of the API',
      content('rate_limit', { ...LIMIT, app_limit: 11 }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a rule that is none',
      content('rate_limit', { ...LIMIT, rules: [{ match_regex: '["a","like","b"]', limit: 1 }] }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a breaker without threshold',
      content('breaker', { breaker_condition: { ...CONDITION, unhealthy_threshold: undefined } }),
      'APIG.2011',
      'plugin_content',
    ],
    [
      'a downgrade that is not offered',
      content('breaker', { breaker_condition: CONDITION, downgrade_default: { type: 'magic' } }),
      'APIG.2011',
      'plugin_content',
    ],
    ...['mock', 'http', 'http_vpc', 'function'].map(
      (type) =>
        [
          `a downgrade of type ${type} without its part`,
          content('breaker', { breaker_condition: CONDITION, downgrade_default: { type } }),
          'APIG.2011',
          'plugin_content',
        ] as const,
    ),
    [
      'an authentication service without address',
      content('third_auth', { auth_request: { method: 'GET', protocol: 'HTTP', path: '/' } }),
      'APIG.2011',
      'plugin_content',
    ],
  ])('is refused with %s', async (_what, fields, code, field) => {
    const { status, body } = await gateway.call('POST', 'plugins', pluginBody(fields));

    expect([status, body['error_code']]).toEqual([400, code]);
    expect(body['error_msg']).toMatch(new RegExp(`parameterName:${field}$`));
  });

  test('has a name of its own, and keeps its type', async () => {
    const body = pluginBody();
    const { body: created } = await gateway.call('POST', 'plugins', body);

    expect(await codeOf(gateway.call('POST', 'plugins', body))).toEqual([400, 'APIG.3326']);
    const other = content('set_resp_headers', {
      response_headers: [{ name: 'a', value: 'b', action: 'add' }],
    });
    const change = gateway.call('PUT', `plugins/${String(created['plugin_id'])}`, { ...body, ...other });
    expect(await codeOf(change)).toEqual([400, 'APIG.2011']);
  });

  test('keeps the channel of its authentication service', async () => {
    const channelId = await gateway.add('vpc-channels', {
      name: uniqueName('channel'),
      port: 80,
      balance_strategy: 1,
    });
    const auth_request = {
      method: 'GET',
      protocol: 'HTTP',
      path: '/',
      vpc_channel_enabled: true,
      vpc_channel_info: { vpc_id: channelId },
    };
    const id = await addPlugin(content('third_auth', { auth_request }));

    expect(await codeOf(gateway.call('DELETE', `vpc-channels/${channelId}`))).toEqual([400, 'APIG.3710']);
    await gateway.call('DELETE', `plugins/${id}`);
    expect((await gateway.call('DELETE', `vpc-channels/${channelId}`)).status).toBe(204);
    expect(
      await codeOf(gateway.call('POST', 'plugins', pluginBody(content('third_auth', { auth_request })))),
    ).toEqual([404, 'APIG.3023']);
  });
});

describe('a plug-in that leads to others', () => {
  const CONDITION = {
    breaker_type: 'timeout',
    breaker_mode: 'counter',
    unhealthy_threshold: 3,
    time_window: 15,
    open_breaker_time: 15,
  };
  const breaker = (downgrade: Json): Json => ({
    plugin_type: 'breaker',
    plugin_content: JSON.stringify({ breaker_condition: CONDITION, downgrade_default: downgrade }),
  });

  test('keeps the channel of a downgrade', async () => {
    const channel = { name: uniqueName('channel'), port: 80, balance_strategy: 1 };
    const vpc_channel_id = await gateway.add('vpc-channels', channel);
    const content = breaker({
      type: 'http_vpc',
      http_vpc_info: { vpc_channel_id, scheme: 'HTTP', path: '/' },
    });
    const id = await addPlugin(content);

    expect(await codeOf(gateway.call('DELETE', `vpc-channels/${vpc_channel_id}`))).toEqual([
      400,
      'APIG.3710',
    ]);
    await gateway.call('DELETE', `plugins/${id}`);
    await gateway.call('DELETE', `vpc-channels/${vpc_channel_id}`);
    expect(await codeOf(gateway.call('POST', 'plugins', pluginBody(content)))).toEqual([404, 'APIG.3023']);
  });

  test('names no function that there is none of', async () => {
    const content = breaker({ type: 'function', func_info: { function_urn: 'urn:nowhere' } });
    expect(await codeOf(gateway.call('POST', 'plugins', pluginBody(content)))).toEqual([404, 'APIG.3019']);
  });

  test('is one of five that log to Kafka', async () => {
    const log = {
      plugin_type: 'kafka_log',
      plugin_content: '{"broker_list":["127.0.0.1:9092"],"topic":"calls"}',
    };
    const other = await running.create();
    for (let index = 0; index < 5; index += 1) {
      expect((await other.call('POST', 'plugins', pluginBody(log))).status).toBe(201);
    }
    expect(await codeOf(other.call('POST', 'plugins', pluginBody(log)))).toEqual([403, 'APIG.3100']);
  });
});

describe('an attachment', () => {
  const attached = async (apiId: string): Promise<readonly unknown[]> => {
    const { body } = await gateway.call('GET', `apis/${apiId}/attached-plugins`);
    return (body['plugins'] as Json[]).map(({ plugin_id: id }) => id);
  };

  test('is made from the plug-in and taken apart, and both sides show it', async () => {
    const { apiId } = await gateway.published();
    const id = await addPlugin();

    const answer = await gateway.call('POST', `plugins/${id}/attach`, { env_id, api_ids: [apiId] });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      attached_plugins: [{ plugin_id: id, plugin_type: 'cors', api_id: apiId, env_id, env_name: 'RELEASE' }],
    });
    const { body: apis } = await gateway.call('GET', `plugins/${id}/attached-apis?env_id=${env_id}`);
    expect(apis).toMatchObject({
      total: 1,
      apis: [{ api_id: apiId, env_id, plugin_attach_id: expect.any(String) }],
    });
    expect(await attached(apiId)).toEqual([id]);
    const { body: free } = await gateway.call(
      'GET',
      `plugins/${id}/attachable-apis?env_id=${env_id}&api_id=${apiId}`,
    );
    expect(free).toMatchObject({ total: 0, apis: [] });
    expect(await codeOf(gateway.call('DELETE', `plugins/${id}`))).toEqual([409, 'APIG.3462']);

    const detached = await gateway.call('PUT', `plugins/${id}/detach`, { env_id, api_ids: [apiId] });
    expect(detached.status).toBe(204);
    expect(await attached(apiId)).toEqual([]);
    expect((await gateway.call('DELETE', `plugins/${id}`)).status).toBe(204);
  });

  test('is made from the API and taken apart', async () => {
    const { apiId } = await gateway.published();
    const id = await addPlugin();
    const { body: free } = await gateway.call('GET', `apis/${apiId}/attachable-plugins?plugin_id=${id}`);
    expect(free).toMatchObject({ total: 1 });

    expect(
      (await gateway.call('POST', `apis/${apiId}/plugins/attach`, { env_id, plugin_ids: [id] })).status,
    ).toBe(201);
    expect(await attached(apiId)).toEqual([id]);
    expect(
      (await gateway.call('PUT', `apis/${apiId}/plugins/detach`, { env_id, plugin_ids: [id] })).status,
    ).toBe(204);
    expect(await attached(apiId)).toEqual([]);
  });

  test('takes the place of another one of its type only, and outlives the publication', async () => {
    const { apiId } = await gateway.published();
    const [first, second] = [await addPlugin(), await addPlugin()];
    const other = await addPlugin({
      plugin_type: 'set_resp_headers',
      plugin_content: '{"response_headers":[{"name":"a","value":"b","action":"add"}]}',
    });
    for (const id of [first, other, second]) {
      await gateway.call('POST', `plugins/${id}/attach`, { env_id, api_ids: [apiId] });
    }
    expect(new Set(await attached(apiId))).toEqual(new Set([second, other]));

    await gateway.call('POST', 'apis/action', { action: 'offline', api_id: apiId, env_id });
    expect(await attached(apiId)).toHaveLength(2);
    await gateway.call('DELETE', `apis/${apiId}`);
    expect((await gateway.call('DELETE', `plugins/${second}`)).status).toBe(204);
  });

  test.each<
    readonly [
      string,
      (ids: { readonly plugin: string; readonly api: string }) => readonly [string, Json],
      number,
      string,
    ]
  >([
    [
      'an API that is not published',
      ({ plugin, api }) => [`plugins/${plugin}/attach`, { env_id, api_ids: [api] }],
      409,
      'APIG.3707',
    ],
    [
      'an API that is not there',
      ({ plugin }) => [`plugins/${plugin}/attach`, { env_id, api_ids: ['x'] }],
      404,
      'APIG.3002',
    ],
    [
      'a plug-in that is not there',
      ({ api }) => ['plugins/x/attach', { env_id, api_ids: [api] }],
      404,
      'APIG.3068',
    ],
    [
      'an environment that is not there',
      ({ plugin, api }) => [`plugins/${plugin}/attach`, { env_id: 'x', api_ids: [api] }],
      404,
      'APIG.3003',
    ],
    [
      'no environment',
      ({ plugin, api }) => [`plugins/${plugin}/attach`, { api_ids: [api] }],
      400,
      'APIG.2001',
    ],
    ['no APIs', ({ plugin }) => [`plugins/${plugin}/attach`, { env_id }], 400, 'APIG.2001'],
    ['no plug-ins', ({ api }) => [`apis/${api}/plugins/attach`, { env_id }], 400, 'APIG.2001'],
  ])('is refused with %s', async (_what, requestOf, status, code) => {
    const [path, body] = requestOf({ plugin: await addPlugin(), api: await gateway.api() });

    expect(await codeOf(gateway.call('POST', path, body))).toEqual([status, code]);
  });
});

describe('a plug-in that would not act', () => {
  test.each(['oidc_auth', 'jwt_auth'])('of type %s is kept, but protects no API', async (plugin_type) => {
    const { apiId } = await gateway.published();
    const id = await addPlugin({ plugin_type, plugin_content: '{"issuer":"https://a.b"}' });

    expect((await gateway.call('GET', `plugins/${id}`)).body['plugin_content']).toBe(
      '{"issuer":"https://a.b"}',
    );
    const { status, body } = await gateway.call('POST', `plugins/${id}/attach`, { env_id, api_ids: [apiId] });
    expect([status, body['error_code']]).toEqual([400, 'APIG.2011']);
    expect(body['error_msg']).toContain('protect no API');
    const other = gateway.call('POST', `apis/${apiId}/plugins/attach`, { env_id, plugin_ids: [id] });
    expect(await codeOf(other)).toEqual([400, 'APIG.2011']);
  });

  test('of another backend for gRPC is not attached to it, nor becomes one', async () => {
    const { apiId } = await gateway.published({
      req_protocol: 'GRPCS',
      req_method: 'POST',
      req_uri: `/${uniqueName('pkg')}.Service`,
      match_mode: 'SWA',
      backend_type: 'GRPC',
      mock_info: undefined,
      backend_api: {
        req_protocol: 'GRPC',
        req_method: 'POST',
        req_uri: '/',
        url_domain: 'a.b',
        timeout: 5000,
      },
    });
    const content = (type: string, parts: Json = {}) => ({
      plugin_type: 'breaker',
      plugin_content: JSON.stringify({
        breaker_condition: {
          breaker_type: 'timeout',
          breaker_mode: 'counter',
          unhealthy_threshold: 3,
          time_window: 15,
          open_breaker_time: 15,
        },
        downgrade_default: { type, ...parts },
      }),
    });
    const attach = async (fields: Json) => {
      const id = await addPlugin(fields);
      const answer = gateway.call('POST', `plugins/${id}/attach`, { env_id, api_ids: [apiId] });
      return { id, outcome: await codeOf(answer) };
    };

    expect((await attach(content('mock', { mock_info: {} }))).outcome).toEqual([400, 'APIG.2011']);
    const { id, outcome } = await attach(content('passthrough'));
    expect(outcome).toEqual([201, undefined]);
    const change = pluginBody(content('mock', { mock_info: {} }));
    expect(await codeOf(gateway.call('PUT', `plugins/${id}`, change))).toEqual([400, 'APIG.2011']);
  });
});

describe('a plug-in for cross-origin calls', () => {
  const attach = (pluginId: string, apiId: string) =>
    codeOf(gateway.call('POST', `plugins/${pluginId}/attach`, { env_id, api_ids: [apiId] }));
  let group_id: string;
  beforeAll(async () => {
    group_id = await gateway.group();
  });
  const onPath = async (req_uri: string, req_method: string) =>
    (await gateway.published({ group_id, req_uri, req_method })).apiId;

  test('is the same for all APIs of a path', async () => {
    const path = `/${uniqueName('path')}`;
    const [first, second] = [await onPath(path, 'GET'), await onPath(path, 'POST')];
    const content = { plugin_content: JSON.stringify({ allow_origin: '*', allow_methods: 'GET, POST' }) };
    const [one, other] = [await addPlugin(content), await addPlugin(content)];
    expect(await attach(one, first)).toEqual([201, undefined]);
    expect(await attach(other, second)).toEqual([400, 'APIG.2011']);
    expect(await attach(one, second)).toEqual([201, undefined]);
  });

  test('has no place where an API answers OPTIONS', async () => {
    const path = `/${uniqueName('path')}`;
    const id = await onPath(path, 'GET');
    await onPath(path, 'OPTIONS');
    expect(await attach(await addPlugin(), id)).toEqual([400, 'APIG.2011']);
  });

  test('permits the method of its API', async () => {
    const id = await onPath(`/${uniqueName('path')}`, 'DELETE');
    expect(await attach(await addPlugin(), id)).toEqual([400, 'APIG.2011']);
  });
});
