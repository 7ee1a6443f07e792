import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { OFFERED_FEATURES } from '../../gateway-runtime/src/features.ts';
import {
  apiBody,
  at,
  openDocumented,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

let running: DocumentedRuntime;
let gateway: Documented;
beforeAll(async () => {
  running = await openDocumented({ limits: { APP_NUM_LIMIT: 7, INSTANCE_NUM_LIMIT: 30 } });
  gateway = await running.create();
});
afterAll(() => running.dispose());

const set = (name: string, config?: unknown, enable: unknown = true, of = gateway) =>
  of.call('POST', 'features', { name, enable, config });
const errorOf = (answer: { status: number; body: Json }) => [answer.status, answer.body['error_code']];

describe('a feature', () => {
  test('is set, listed and set again; it has an ID before it is set', async () => {
    const of = await running.create();
    const list = async () => (await of.call('GET', 'features?limit=500')).body['features'] as readonly Json[];
    const one = async () => (await list()).find((feature) => feature['name'] === 'ratelimit');
    expect(await one()).toMatchObject({ enable: true, config: '{"api_limits":200}', instance_id: of.id });

    const answer = await set('ratelimit', '{ "api_limits": 300 }', true, of);
    expect(answer).toMatchObject({
      status: 201,
      body: { name: 'ratelimit', enable: true, config: '{"api_limits":300}', instance_id: of.id },
    });
    expect(await one()).toEqual(answer.body);
    const again = await set('ratelimit', undefined, false, of);
    expect(again.body).toMatchObject({ id: answer.body['id'], enable: false, config: '{"api_limits":300}' });
  });

  test('may be configured by an object in the place of its text', async () => {
    const { status, body } = await set('real_ip_from_xff', { enable: 'on', xff_index: 1 });
    expect([status, body['config']]).toEqual([201, '{"enable":"on","xff_index":1}']);
  });

  test.each<readonly [string, string, unknown]>([
    ['no limit', 'ratelimit', '{}'],
    ['a limit of 0', 'ratelimit', '{"api_limits":0}'],
    ['a limit as text', 'ratelimit', '{"api_limits":"200"}'],
    ['more than ten minutes', 'backend_timeout', '{"max_timeout":600001}'],
    ['less than a megabyte', 'request_body_size', '1000'],
    ['no number', 'request_body_size', 'large'],
    ['an index that is none', 'real_ip_from_xff', '{"xff_index":1.5}'],
    ['no header', 'real_ip_header_getter', '{"header_getter":"X-Real-IP"}'],
    ['hosts that are no list', 'default_group_host_trustlist', '{"hosts":"a.com"}'],
    ['a host that is none', 'default_group_host_trustlist', '{"hosts":["a b"]}'],
    ['neither on nor off', 'app_basic', 'yes'],
    ['a level above 9', 'gzip', '{"comp_level":10}'],
    ['no certificate', 'backend_client_certificate', '{"content":"-","key":"-"}'],
    ['a header that frames', 'custom_auth_header', '{"app_auth_header":"Content-Length"}'],
    ['no path', 'public_key', '{"public_key_uri_prefix":"keys"}'],
    ['another strategy', 'throttle_strategy', '{"strategy":"none"}'],
    ['a time above 20 hours', 'app_token', '{"app_token_expire_time":72001}'],
    ['no path for tokens', 'app_token', '{"app_token_uri":"token"}'],
    ['a header that frames', 'app_jwt', '{"auth_header":"Host"}'],
    ['no expression', 'backend_token_allow', '{"backend_token_allow_users":["("]}'],
    ['no list of users', 'backend_token_allow', '{}'],
    ['another place', 'custom_log', '{"custom_logs":[{"location":"body","name":"a"}]}'],
    [
      'more than ten fields',
      'custom_log',
      JSON.stringify({ custom_logs: Array.from({ length: 11 }, () => ({ location: 'query', name: 'a' })) }),
    ],
    ['another suite', 'ssl_ciphers', '{"ssl_ciphers":["RC4-SHA"]}'],
    ['no suite', 'ssl_ciphers', '{"ssl_ciphers":[]}'],
    ['no routes', 'route', '{}'],
    ['neither on nor off', 'api_uri_no_escape', '{}'],
  ])('is refused with %s', async (_what, name, config) => {
    expect(errorOf(await set(name, config))).toEqual([400, 'APIG.2011']);
  });

  test('that has no effect here cannot be turned on, but may be turned off', async () => {
    for (const name of ['lts', 'vpc_health_status', 'request_custom_config']) {
      expect(errorOf(await set(name, '{}'))).toEqual([412, 'APIG.3458']);
      expect((await set(name, '{}', false)).status).toBe(201);
    }
  });

  test('that does not exist is told', async () => {
    expect(errorOf(await set('telepathy', 'on'))).toEqual([400, 'APIG.2000']);
    expect(errorOf(await set('', 'on'))).toEqual([400, 'APIG.2001']);
    expect(errorOf(await set('ratelimit', '{"api_limits":1}', 'yes'))).toEqual([400, 'APIG.2011']);
  });

  test('is one of those that the gateway says it supports', async () => {
    const { body } = await gateway.call('GET', 'instance-features?limit=500');
    const names = body['features'] as readonly string[];
    expect(names).toEqual(expect.arrayContaining([...OFFERED_FEATURES, 'app_acl', 'gateway_responses']));
    expect(names).not.toContain('lts');
    const detail = await gateway.call('GET', '');
    expect(detail.body['supported_features']).toEqual(names);
  });
});

describe('a backend', () => {
  test('may have as much time as the gateway allows', async () => {
    const of = await running.create();
    const group = await of.group();
    const create = (timeout: number) =>
      of.call('POST', 'apis', {
        ...apiBody(group),
        backend_type: 'HTTP',
        mock_info: undefined,
        backend_api: { url_domain: 'a.b', req_protocol: 'HTTP', req_method: 'GET', req_uri: '/', timeout },
      });
    expect((await create(60_000)).status).toBe(201);
    const refused = await create(60_001);
    expect(errorOf(refused)).toEqual([400, 'APIG.2003']);
    expect(at(refused.body, 'error_msg')).toMatch(/parameterName:backend_api\.timeout$/);
    await set('backend_timeout', '{"max_timeout":120000}', true, of);
    expect((await create(60_001)).status).toBe(201);
  });
});

describe('the name of a channel', () => {
  test('stays where the gateway does not let it be changed', async () => {
    const of = await running.create();
    const channel = {
      name: 'orders',
      port: 80,
      balance_strategy: 1,
      member_type: 'ip',
      type: 2,
      members: [{ host: '127.0.0.1', weight: 1 }],
    };
    const { body } = await of.call('POST', 'vpc-channels', channel);
    const path = `vpc-channels/${String(body['id'])}`;
    expect((await of.call('PUT', path, { ...channel, name: 'returns' })).status).toBe(200);
    await set('vpc_name_modifiable', 'off', true, of);
    expect(errorOf(await of.call('PUT', path, { ...channel, name: 'others' }))).toEqual([400, 'APIG.2011']);
    expect((await of.call('PUT', path, { ...channel, name: 'returns', port: 81 })).status).toBe(200);
  });
});

describe('quotas', () => {
  const configs = async (path: string) =>
    (await running.call('GET', path)).body['configs'] as readonly Json[];

  test('of a project are shown', async () => {
    expect(await configs('instance/configs')).toEqual([
      expect.objectContaining({ config_id: '1', config_name: 'INSTANCE_NUM_LIMIT', config_value: '30' }),
    ]);
  });

  test('of a gateway are shown with what is used of them', async () => {
    const of = await running.create();
    await of.add('apps', { name: 'shop' });
    const shown = await configs(`instances/${of.id}/project/configs?limit=500`);
    expect(shown).toHaveLength(42);
    const item = (name: string) => shown.find((config) => config['config_name'] === name);
    expect(item('APP_NUM_LIMIT')).toMatchObject({ config_id: '2', config_value: '7', used: 1 });
    expect(item('API_NUM_LIMIT')).toMatchObject({ config_value: '250', used: 0 });
    expect(item('APIGROUP_NUM_LIMIT')).toMatchObject({ config_value: '1500', used: 1 });
    expect(item('APP_JWT_SWITCH')).toMatchObject({ config_value: '2', used: 0 });
  });
});

describe('the client', () => {
  test('sets a feature, reads it by its name, and sets it back', async () => {
    const { client } = running;
    const gatewayId = (await running.create()).id;
    const address = { gatewayId, id: `${gatewayId}/ratelimit` } as const;
    const usual = await client.gatewayFeature.get(address);
    expect(usual).toMatchObject({ name: 'ratelimit', enabled: true, config: '{"api_limits":200}' });
    const created = await client.gatewayFeature.create({
      gatewayId,
      name: 'ratelimit',
      config: '{ "api_limits": 5 }',
    });
    expect(created).toEqual({
      ...address,
      name: 'ratelimit',
      enabled: true,
      config: '{"api_limits":5}',
    });
    expect(await client.gatewayFeature.get(address)).toEqual(created);
    const changed = await client.gatewayFeature.update(address, { ...created, config: '{"api_limits":6}' });
    expect(changed).toEqual({ ...created, config: '{"api_limits":6}' });
    await client.gatewayFeature.delete(address);
    expect(await client.gatewayFeature.get(address)).toEqual(usual);
  });
});
