import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiBody, at, openDocumented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const HTTP = {
  url_domain: 'orders.internal:8080',
  req_protocol: 'HTTP',
  req_method: 'GET',
  req_uri: '/orders/{id}',
  timeout: 3000,
};
const ID = /^[0-9a-f]{32}$/;

/** The documented body of an API that uses everything. */
function wholeBody(groupId: string) {
  return {
    ...apiBody(groupId),
    req_uri: '/orders/{id}',
    mock_info: undefined,
    backend_type: 'HTTP',
    backend_api: { ...HTTP, retry_count: '2' },
    auth_type: 'APP',
    auth_opt: { app_code_auth_type: 'HEADER' },
    req_protocol: 'HTTPS',
    tags: ['shop'],
    req_params: [
      { name: 'id', location: 'PATH', type: 'NUMBER', valid_enable: 1, min_num: 1 },
      {
        name: 'full',
        location: 'QUERY',
        type: 'STRING',
        enumerations: 'yes,no',
        valid_enable: 0,
        sample_value: '',
      },
    ],
    backend_params: [
      { origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id' },
      { origin: 'CONSTANT', name: 'X-Origin', location: 'HEADER', value: 'gateway' },
    ],
    policy_https: [
      {
        ...HTTP,
        req_uri: '/',
        name: 'inside',
        effect_mode: 'ANY',
        conditions: [
          {
            condition_origin: 'param',
            req_param_name: 'full',
            condition_type: 'exact',
            condition_value: 'yes',
          },
          { condition_origin: 'source', condition_value: '10.0.0.0/8' },
        ],
      },
    ],
  };
}

describe('an API', () => {
  test('shows all documented fields with their types', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group('orders');

    const { status, body } = await gateway.call('POST', 'apis', { ...wholeBody(groupId), name: 'read' });

    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: expect.stringMatching(ID),
      name: 'read',
      type: 1,
      group_id: groupId,
      group_name: 'orders',
      group_version: 'V1',
      version: '',
      req_protocol: 'HTTPS',
      req_method: 'GET',
      req_uri: '/orders/{id}',
      match_mode: 'NORMAL',
      auth_type: 'APP',
      auth_opt: { app_code_auth_type: 'HEADER' },
      authorizer_id: '',
      cors: false,
      remark: '',
      tags: ['shop'],
      status: 1,
      arrange_necessary: 2,
      backend_type: 'HTTP',
      register_time: expect.stringMatching(/Z$/),
      update_time: expect.stringMatching(/Z$/),
      run_env_id: '',
      run_env_name: '',
      publish_id: '',
      publish_time: '',
      api_group_info: {
        id: groupId,
        name: 'orders',
        status: 1,
        url_domains: [],
        sl_domain_access_enabled: true,
      },
      backend_api: {
        id: expect.stringMatching(ID),
        status: 1,
        url_domain: 'orders.internal:8080',
        req_protocol: 'HTTP',
        req_method: 'GET',
        req_uri: '/orders/{id}',
        timeout: 3000,
        retry_count: '2',
        enable_client_ssl: false,
        vpc_channel_status: 2,
        vpc_channel_info: {},
      },
    });
    expect(body['mock_info']).toBeUndefined();
    expect(body['func_info']).toBeUndefined();
    expect((await gateway.call('GET', `apis/${String(body['id'])}`)).body).toEqual(body);
  });

  test('shows its parameters, policies and conditions with IDs', async () => {
    const gateway = await running.create();

    const { body } = await gateway.call('POST', 'apis', wholeBody(await gateway.group()));

    const [id, full] = body['req_params'] as readonly [unknown, unknown];
    expect(id).toMatchObject({
      id: expect.stringMatching(ID),
      name: 'id',
      type: 'NUMBER',
      required: 1,
      valid_enable: 1,
      min_num: 1,
      pass_through: 1,
    });
    expect(full).toMatchObject({ required: 2, valid_enable: 2, enumerations: 'yes,no' });
    expect(body['backend_params']).toMatchObject([
      { id: expect.stringMatching(ID), origin: 'REQUEST', req_param_id: at(id, 'id') },
      { id: expect.stringMatching(ID), origin: 'CONSTANT', value: 'gateway' },
    ]);
    expect(body['policy_https']).toMatchObject([
      {
        id: expect.stringMatching(ID),
        name: 'inside',
        effect_mode: 'ANY',
        retry_count: '-1',
        timeout: 3000,
        vpc_channel_info: {},
        backend_params: [],
        conditions: [
          { req_param_id: at(full, 'id'), req_param_location: 'QUERY', condition_value: 'yes' },
          { condition_origin: 'source', condition_value: '10.0.0.0/8' },
        ],
      },
    ]);
    expect(body['policy_mocks']).toEqual([]);
  });

  test('with a MOCK backend shows what the mock answers', async () => {
    const gateway = await running.create();
    const header = [{ key: 'X-Mock', value: 'yes', remark: 'why not' }];

    const { body } = await gateway.call('POST', 'apis', {
      ...apiBody(await gateway.group()),
      mock_info: { result_content: 'gone', status_code: 410, header },
    });

    expect(body['mock_info']).toMatchObject({ result_content: 'gone', status_code: 410, header });
    expect(body['backend_api']).toBeUndefined();
  });

  test('is replaced by an update, and its parts get other IDs', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    const before = await gateway.call('POST', 'apis', { ...wholeBody(groupId), name: 'read', remark: 'old' });
    running.clock.advance(1000);

    const { status, body } = await gateway.call('PUT', `apis/${String(before.body['id'])}`, {
      ...wholeBody(groupId),
      name: 'read',
      cors: true,
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ id: before.body['id'], cors: true, remark: '' });
    expect(body['register_time']).toBe(before.body['register_time']);
    expect(body['update_time']).not.toBe(before.body['update_time']);
    expect(at(body, 'backend_api', 'id')).not.toBe(at(before.body, 'backend_api', 'id'));
  });

  test('may change the type of its backend', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    const id = await gateway.api({ group_id: groupId });

    const { body } = await gateway.call('PUT', `apis/${id}`, {
      ...apiBody(groupId),
      backend_type: 'HTTP',
      backend_api: { ...HTTP, req_uri: '/' },
    });

    expect(body['backend_type']).toBe('HTTP');
    expect(body['mock_info']).toBeUndefined();
  });

  test('has a name of its own in its group', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    await gateway.api({ group_id: groupId, name: 'read' });

    const taken = { status: 400, body: { error_code: 'APIG.3202' } };
    expect(await gateway.call('POST', 'apis', { ...apiBody(groupId), name: 'read' })).toMatchObject(taken);
    expect(await gateway.api({ name: 'read' })).toMatch(ID);
    const check = (fields: object) =>
      gateway.call('POST', 'apis/check', { type: 'name', name: 'read', ...fields });
    expect(await check({ group_id: groupId })).toMatchObject(taken);
    expect(await check({})).toMatchObject(taken);
    expect((await check({ name: 'write' })).status).toBe(204);
  });

  test.each([
    ['the same path', {}, 400],
    [
      'a path whose placeholders have other names',
      { req_uri: '/a/{key}', req_params: [{ name: 'key', location: 'PATH', type: 'STRING' }] },
      400,
    ],
    ['another method', { req_method: 'POST' }, 201],
    ['another match mode', { match_mode: 'SWA' }, 201],
    ['another path', { req_uri: '/b/{id}' }, 201],
  ])('beside one of %s', async (_what, fields, status) => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    const path = { req_uri: '/a/{id}', req_params: [{ name: 'id', location: 'PATH', type: 'STRING' }] };
    await gateway.api({ group_id: groupId, ...path });

    const second = await gateway.call('POST', 'apis', { ...apiBody(groupId), ...path, ...fields });
    const elsewhere = await gateway.call('POST', 'apis', { ...apiBody(await gateway.group()), ...path });

    expect(second.status).toBe(status);
    if (status === 400) expect(second.body['error_code']).toBe('APIG.3301');
    expect(elsewhere.status).toBe(201);
  });

  test('is told beforehand that its path is taken', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    const id = await gateway.api({ group_id: groupId, req_uri: '/a' });
    const check = (fields: object) =>
      gateway.call('POST', 'apis/check', {
        type: 'path',
        group_id: groupId,
        req_method: 'GET',
        req_uri: '/a',
        match_mode: 'NORMAL',
        ...fields,
      });

    expect(await check({})).toMatchObject({ status: 400, body: { error_code: 'APIG.3301' } });
    expect((await check({ api_id: id })).status).toBe(204);
    expect((await check({ match_mode: 'SWA' })).status).toBe(204);
  });

  test('moves to another group while it is offline everywhere', async () => {
    const gateway = await running.create();
    const [one, other] = [await gateway.group(), await gateway.group()];
    const id = await gateway.api({ group_id: one });
    await gateway.publish(id);
    const move = () => gateway.call('PUT', `apis/${id}`, apiBody(other));

    expect(await move()).toMatchObject({ status: 409, body: { error_code: 'APIG.3416' } });
    await gateway.call('POST', 'apis/action', {
      action: 'offline',
      api_id: id,
      env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
    });
    expect(await move()).toMatchObject({ status: 200, body: { group_id: other } });
  });

  test('that is published is not deleted', async () => {
    const gateway = await running.create();
    const { apiId } = await gateway.published();

    expect(await gateway.call('DELETE', `apis/${apiId}`)).toMatchObject({
      status: 409,
      body: { error_code: 'APIG.3416' },
    });
  });

  test('that is gone is not found', async () => {
    const gateway = await running.create();
    const id = await gateway.api();
    await gateway.call('DELETE', `apis/${id}`);

    for (const [method, path] of [
      ['GET', `apis/${id}`],
      ['DELETE', `apis/${id}`],
      ['GET', `apis/publish/${id}`],
    ] as const) {
      expect(await gateway.call(method, path)).toMatchObject({
        status: 404,
        body: { error_code: 'APIG.3002' },
      });
    }
  });

  test('is one of as many as its group and the edition of the gateway allow', async () => {
    const limited = await openDocumented({ limits: { API_NUM_LIMIT_PER_GROUP: 1, API_NUM_LIMIT: 2 } });
    const gateway = await limited.create();
    const full = await gateway.group();
    await gateway.api({ group_id: full });

    expect((await gateway.call('POST', 'apis', apiBody(full))).body['error_code']).toBe('APIG.3125');
    await gateway.api();
    expect((await gateway.call('POST', 'apis', apiBody(await gateway.group()))).body['error_code']).toBe(
      'APIG.3102',
    );
    await limited.dispose();
  });
});

describe('the list of APIs', () => {
  test('shows no details, unless it is asked for the group or the backend', async () => {
    const gateway = await running.create();
    const id = await gateway.api({ backend_type: 'HTTP', backend_api: { ...HTTP, req_uri: '/' } });
    const item = async (mode: string) =>
      at((await gateway.call('GET', `apis?id=${id}${mode}`)).body, 'apis', 0) as Record<string, unknown>;

    const brief = await item('');
    expect(brief).toMatchObject({ id, req_method: 'GET', auth_opt: {}, publish_time: '' });
    expect(
      ['backend_api', 'req_params', 'api_group_info', 'policy_https'].filter((key) => key in brief),
    ).toEqual([]);
    expect(await item('&return_data_mode=include_group')).toHaveProperty('api_group_info');
    const whole = await item('&return_data_mode=include_group_backend');
    expect(whole).toMatchObject({ api_group_info: {}, backend_api: { vpc_channel_info: {} } });
  });

  test('finds by each documented filter', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    const id = await gateway.api({
      group_id: groupId,
      name: 'wanted',
      req_method: 'POST',
      req_uri: '/wanted/path',
      req_protocol: 'HTTPS',
      auth_type: 'IAM',
      type: 2,
    });
    await gateway.published({ req_uri: '/other' });
    const found = async (query: string) =>
      ((await gateway.call('GET', `apis?${query}`)).body['apis'] as readonly { id: string }[]).map(
        (api) => api.id,
      );

    for (const query of [
      `id=${id}`,
      'name=ante',
      'name=wanted&precise_search=name',
      `group_id=${groupId}`,
      'req_method=POST',
      'req_uri=/wanted',
      'req_protocol=HTTPS',
      'auth_type=IAM',
      'type=2',
    ]) {
      expect([query, await found(query)]).toEqual([query, [id]]);
    }
    expect(await found('name=ante&precise_search=name,req_uri')).toEqual([]);
    expect(await found('env_id=DEFAULT_ENVIRONMENT_RELEASE_ID')).not.toContain(id);
    expect(await found('env_id=DEFAULT_ENVIRONMENT_RELEASE_ID')).toHaveLength(1);
  });
});
