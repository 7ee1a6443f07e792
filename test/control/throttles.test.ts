import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDocumented, type Documented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const RELEASE = 'DEFAULT_ENVIRONMENT_RELEASE_ID';
const NOWHERE = '0'.repeat(32);
const ID = /^[0-9a-f]{32}$/;
const BODY = { name: 'gold', api_call_limits: 10, time_interval: 1, time_unit: 'SECOND' };

const rowsOf = async (gateway: Documented, path: string, key = 'apis') =>
  (await gateway.call('GET', path)).body[key] as readonly Record<string, unknown>[];

describe('a throttle', () => {
  test('shows all documented fields with their types', async () => {
    const gateway = await running.create();

    const { status, body } = await gateway.call('POST', 'throttles', BODY);

    expect(status).toBe(201);
    expect(body).toEqual({
      ...BODY,
      id: expect.stringMatching(ID),
      type: 1,
      user_call_limits: 0,
      app_call_limits: 0,
      ip_call_limits: 0,
      remark: '',
      enable_adaptive_control: 'FALSE',
      bind_num: 0,
      is_inclu_special_throttle: 2,
      create_time: expect.stringMatching(/Z$/),
    });
    expect((await gateway.call('GET', `throttles/${String(body['id'])}`)).body).toEqual(body);
    expect(await rowsOf(gateway, 'throttles', 'throttles')).toEqual([body]);
  });

  test('is replaced by an update', async () => {
    const gateway = await running.create();
    const id = await gateway.add('throttles', { ...BODY, user_call_limits: 5, remark: 'old' });

    const changed = await gateway.call('PUT', `throttles/${id}`, { ...BODY, type: 2, user_call_limits: 0 });

    expect(changed).toMatchObject({ status: 200, body: { id, type: 2, user_call_limits: 0, remark: '' } });
  });

  test('has a name of its own', async () => {
    const gateway = await running.create();
    await gateway.add('throttles', BODY);

    expect(await gateway.call('POST', 'throttles', BODY)).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.3204', error_msg: 'The throttle name gold is taken.' },
    });
  });

  test('is deleted with its bindings and exceptions', async () => {
    const gateway = await running.create();
    const id = await gateway.add('throttles', BODY);
    const { apiId, publishId } = await gateway.published();
    await gateway.call('POST', 'throttle-bindings', { strategy_id: id, publish_ids: [publishId] });
    await gateway.add(`throttles/${id}/throttle-specials`, {
      object_type: 'USER',
      object_id: 'u',
      call_limits: 1,
    });

    expect((await gateway.call('DELETE', `throttles/${id}`)).status).toBe(204);

    expect(await rowsOf(gateway, `throttle-bindings/binded-throttles?api_id=${apiId}`, 'throttles')).toEqual(
      [],
    );
    for (const [method, path] of [
      ['GET', `throttles/${id}`],
      ['PUT', `throttles/${id}`],
      ['DELETE', `throttles/${id}`],
      ['GET', `throttles/${id}/throttle-specials`],
      ['GET', `throttle-bindings/binded-apis?throttle_id=${id}`],
    ] as const) {
      const answer = await gateway.call(method, path, method === 'PUT' ? BODY : undefined);
      expect([path, answer.status, answer.body['error_code']]).toEqual([path, 404, 'APIG.3005']);
    }
  });
});

describe('binding a throttle', () => {
  test('is answered with the binding, and shows in all lists at once', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group('orders');
    const id = await gateway.add('throttles', BODY);
    const { apiId, publishId } = await gateway.published({ name: 'read', group_id: groupId });

    const bound = await gateway.call('POST', 'throttle-bindings', {
      strategy_id: id,
      publish_ids: [publishId],
    });

    expect(bound.status).toBe(201);
    expect(bound.body).toEqual({
      throttle_applys: [
        {
          id: expect.stringMatching(ID),
          publish_id: publishId,
          scope: 1,
          strategy_id: id,
          apply_time: expect.stringMatching(/Z$/),
        },
      ],
    });
    const [apply] = bound.body['throttle_applys'] as readonly Record<string, unknown>[];
    expect(await rowsOf(gateway, `throttle-bindings/binded-apis?throttle_id=${id}`)).toEqual([
      {
        id: apiId,
        name: 'read',
        type: 1,
        req_method: 'GET',
        req_uri: expect.stringMatching(/^\//),
        auth_type: 'NONE',
        remark: '',
        group_id: groupId,
        group_name: 'orders',
        publish_id: publishId,
        run_env_id: RELEASE,
        run_env_name: 'RELEASE',
        throttle_apply_id: apply?.['id'],
        throttle_name: 'gold',
        apply_time: apply?.['apply_time'],
      },
    ]);
    expect(await rowsOf(gateway, `throttle-bindings/unbinded-apis?throttle_id=${id}`)).toEqual([]);
    expect(
      await rowsOf(gateway, `throttle-bindings/binded-throttles?api_id=${apiId}`, 'throttles'),
    ).toMatchObject([{ id, name: 'gold', env_name: 'RELEASE', bind_id: apply?.['id'], bind_num: 1 }]);
  });

  test('lists what it could be bound to, with the other throttle that is there', async () => {
    const gateway = await running.create();
    const [gold, silver] = [
      await gateway.add('throttles', BODY),
      await gateway.add('throttles', { ...BODY, name: 'silver' }),
    ];
    const one = await gateway.published({ name: 'one_api' });
    const two = await gateway.published({ name: 'two_api' });
    await gateway.api({ name: 'unpublished' });
    await gateway.call('POST', 'throttle-bindings', { strategy_id: gold, publish_ids: [one.publishId] });

    const rows = await rowsOf(gateway, `throttle-bindings/unbinded-apis?throttle_id=${silver}`);

    expect(rows).toMatchObject([
      { id: two.apiId, throttle_name: '', throttle_apply_id: '' },
      { id: one.apiId, throttle_name: 'gold', throttle_apply_id: '' },
    ]);
    const filtered = `throttle-bindings/unbinded-apis?throttle_id=${silver}&api_name=two`;
    expect(await rowsOf(gateway, filtered)).toMatchObject([{ id: two.apiId }]);
    expect(await rowsOf(gateway, `throttle-bindings/unbinded-apis?throttle_id=${silver}&env_id=x`)).toEqual(
      [],
    );
  });

  test('takes the place of another one, and of itself without a change', async () => {
    const gateway = await running.create();
    const gold = await gateway.add('throttles', BODY);
    const silver = await gateway.add('throttles', { ...BODY, name: 'silver' });
    const { apiId, publishId } = await gateway.published();
    const bind = (id: string) =>
      gateway.call('POST', 'throttle-bindings', { strategy_id: id, publish_ids: [publishId] });

    const first = await bind(gold);
    expect((await bind(gold)).body).toEqual(first.body);
    await bind(silver);

    expect(await rowsOf(gateway, `throttle-bindings/binded-apis?throttle_id=${gold}`)).toEqual([]);
    expect(
      await rowsOf(gateway, `throttle-bindings/binded-throttles?api_id=${apiId}`, 'throttles'),
    ).toMatchObject([{ name: 'silver' }]);
  });

  test('is refused as a whole when a publication is unknown or offline', async () => {
    const gateway = await running.create();
    const id = await gateway.add('throttles', BODY);
    const one = await gateway.published();
    const offline = await gateway.published();
    await gateway.call('POST', 'apis/action', { action: 'offline', api_id: offline.apiId, env_id: RELEASE });

    for (const publishId of [NOWHERE, offline.publishId]) {
      const body = { strategy_id: id, publish_ids: [one.publishId, publishId] };
      expect(await gateway.call('POST', 'throttle-bindings', body)).toMatchObject({
        status: 404,
        body: { error_code: 'APIG.3015' },
      });
    }
    expect(await rowsOf(gateway, `throttle-bindings/binded-apis?throttle_id=${id}`)).toEqual([]);
  });

  test('survives that the API goes offline', async () => {
    const gateway = await running.create();
    const id = await gateway.add('throttles', BODY);
    const { apiId, publishId } = await gateway.published();
    await gateway.call('POST', 'throttle-bindings', { strategy_id: id, publish_ids: [publishId] });

    await gateway.call('POST', 'apis/action', { action: 'offline', api_id: apiId, env_id: RELEASE });

    expect(await rowsOf(gateway, `throttle-bindings/binded-apis?throttle_id=${id}`)).toMatchObject([
      { id: apiId, publish_id: publishId },
    ]);
  });

  test('is undone one by one and many at once', async () => {
    const gateway = await running.create();
    const id = await gateway.add('throttles', BODY);
    const [one, two] = [await gateway.published(), await gateway.published({ name: 'two_api' })];
    const { body } = await gateway.call('POST', 'throttle-bindings', {
      strategy_id: id,
      publish_ids: [one.publishId, two.publishId],
    });
    const [first, second] = (body['throttle_applys'] as readonly { id: string }[]).map((apply) => apply.id);

    expect((await gateway.call('DELETE', `throttle-bindings/${first ?? ''}`)).status).toBe(204);
    expect(await gateway.call('DELETE', `throttle-bindings/${first ?? ''}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3012' },
    });
    const many = await gateway.call('PUT', 'throttle-bindings?action=delete', {
      throttle_bindings: [first, second],
    });
    expect(many.status).toBe(200);
    expect(many.body).toEqual({
      success_count: 1,
      failure: [
        { bind_id: first, error_code: 'APIG.3012', error_msg: expect.any(String), api_id: '', api_name: '' },
      ],
    });
    expect(
      (await gateway.call('PUT', 'throttle-bindings', { throttle_bindings: [] })).body['error_code'],
    ).toBe('APIG.2001');
  });

  test.each([
    ['throttle-bindings/binded-apis', 400, 'APIG.2001'],
    ['throttle-bindings/unbinded-apis', 400, 'APIG.2001'],
    ['throttle-bindings/binded-throttles', 400, 'APIG.2001'],
    [`throttle-bindings/binded-apis?throttle_id=${NOWHERE}`, 404, 'APIG.3005'],
    [`throttle-bindings/binded-throttles?api_id=${NOWHERE}`, 404, 'APIG.3002'],
  ])('is not listed at %s', async (path, status, code) => {
    const gateway = await running.create();

    expect(await gateway.call('GET', path)).toMatchObject({ status, body: { error_code: code } });
  });
});

describe('a special throttle', () => {
  test('is created, listed, changed and deleted', async () => {
    const gateway = await running.create();
    const throttleId = await gateway.add('throttles', BODY);
    const appId = await gateway.add('apps', { name: 'shop' });
    const specials = `throttles/${throttleId}/throttle-specials`;

    const created = await gateway.call('POST', specials, {
      object_type: 'APP',
      object_id: appId,
      call_limits: 5,
    });
    const id = String(created.body['id']);
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.stringMatching(ID),
      call_limits: 5,
      apply_time: expect.stringMatching(/Z$/),
      app_id: appId,
      app_name: 'shop',
      object_id: appId,
      object_type: 'APP',
      object_name: 'shop',
      throttle_id: throttleId,
    });
    await gateway.add(specials, { object_type: 'USER', object_id: 'account', call_limits: 1 });

    expect(await rowsOf(gateway, `${specials}?object_type=APP`, 'throttle_specials')).toEqual([created.body]);
    expect(await rowsOf(gateway, `${specials}?app_name=sho`, 'throttle_specials')).toHaveLength(1);
    expect(await rowsOf(gateway, `${specials}?user=acc`, 'throttle_specials')).toMatchObject([
      { app_name: '' },
    ]);
    expect((await gateway.call('GET', `throttles/${throttleId}`)).body['is_inclu_special_throttle']).toBe(1);

    const changed = await gateway.call('PUT', `${specials}/${id}`, { call_limits: 6 });
    expect(changed).toMatchObject({ status: 200, body: { call_limits: 6, object_id: appId } });
    expect((await gateway.call('PUT', `${specials}/${id}`, { call_limits: 11 })).body['error_code']).toBe(
      'APIG.2003',
    );
    expect((await gateway.call('DELETE', `${specials}/${id}`)).status).toBe(204);
    expect(await gateway.call('DELETE', `${specials}/${id}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3013' },
    });
  });

  test('is one for each object, and one of 30 of its type', async () => {
    const gateway = await running.create();
    const specials = `throttles/${await gateway.add('throttles', BODY)}/throttle-specials`;
    const add = (objectId: string) =>
      gateway.call('POST', specials, { object_type: 'USER', object_id: objectId, call_limits: 1 });

    for (let count = 0; count < 30; count += 1) await add(`user${String(count)}`);

    expect((await add('user0')).body['error_code']).toBe('APIG.3308');
    expect(await add('user30')).toMatchObject({ status: 403, body: { error_code: 'APIG.3100' } });
    const appId = await gateway.add('apps', { name: 'shop' });
    const app = { object_type: 'APP', object_id: appId, call_limits: 1 };
    expect((await gateway.call('POST', specials, app)).status).toBe(201);
  });

  test('goes with its app', async () => {
    const gateway = await running.create();
    const specials = `throttles/${await gateway.add('throttles', BODY)}/throttle-specials`;
    const appId = await gateway.add('apps', { name: 'shop' });
    await gateway.add(specials, { object_type: 'APP', object_id: appId, call_limits: 1 });

    await gateway.call('DELETE', `apps/${appId}`);

    expect(await rowsOf(gateway, specials, 'throttle_specials')).toEqual([]);
  });
});
