import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDocumented, type Documented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const RELEASE = 'DEFAULT_ENVIRONMENT_RELEASE_ID';
const ID = /^[0-9a-f]{32}$/;

const rowsOf = async (gateway: Documented, path: string, key: string) =>
  (await gateway.call('GET', path)).body[key] as readonly Record<string, unknown>[];

describe('a signature key', () => {
  test('shows all documented fields, and what was generated in clear', async () => {
    const gateway = await running.create();

    const { status, body } = await gateway.call('POST', 'signs', { name: 'orders' });

    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(ID),
      name: 'orders',
      sign_type: 'hmac',
      sign_key: expect.stringMatching(/^[a-f][0-9a-f]{31}$/),
      sign_secret: expect.stringMatching(/^[a-f][0-9a-f]{31}$/),
      sign_algorithm: '',
      create_time: expect.stringMatching(/Z$/),
      update_time: expect.stringMatching(/Z$/),
    });
    expect(await rowsOf(gateway, 'signs', 'signs')).toEqual([{ ...body, bind_num: 0, ldapi_bind_num: 0 }]);
    expect((await gateway.call('GET', `signs/${String(body['id'])}`)).status).toBe(405);
  });

  test('keeps key and secret when an update leaves them out', async () => {
    const gateway = await running.create();
    const id = await gateway.add('signs', {
      name: 'orders',
      sign_key: 'the_orders_key',
      sign_secret: 'the-orders-secret',
    });

    const renamed = await gateway.call('PUT', `signs/${id}`, { name: 'sales', sign_secret: '' });
    const changed = await gateway.call('PUT', `signs/${id}`, {
      name: 'sales',
      sign_secret: 'another-orders-secret',
    });

    expect(renamed).toMatchObject({
      status: 200,
      body: { name: 'sales', sign_key: 'the_orders_key', sign_secret: 'the-orders-secret' },
    });
    expect(changed.body).toMatchObject({ sign_key: 'the_orders_key', sign_secret: 'another-orders-secret' });
  });

  test('of type basic holds a user name and a password', async () => {
    const gateway = await running.create();

    const { body } = await gateway.call('POST', 'signs', {
      name: 'orders',
      sign_type: 'basic',
      sign_key: 'gateway',
      sign_secret: 'password',
    });

    expect(body).toMatchObject({ sign_type: 'basic', sign_key: 'gateway', sign_secret: 'password' });
  });

  test('has a name of its own', async () => {
    const gateway = await running.create();
    await gateway.add('signs', { name: 'orders' });

    expect(await gateway.call('POST', 'signs', { name: 'orders' })).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.3207' },
    });
  });

  test('is deleted with its bindings', async () => {
    const gateway = await running.create();
    const id = await gateway.add('signs', { name: 'orders' });
    const { apiId, publishId } = await gateway.published();
    await gateway.call('POST', 'sign-bindings', { sign_id: id, publish_ids: [publishId] });

    expect((await gateway.call('DELETE', `signs/${id}`)).status).toBe(204);

    expect(await rowsOf(gateway, `sign-bindings/binded-signs?api_id=${apiId}`, 'bindings')).toEqual([]);
    expect(await gateway.call('DELETE', `signs/${id}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3017' },
    });
  });
});

describe('binding a signature key', () => {
  test('is answered with the binding, and shows in all lists at once', async () => {
    const gateway = await running.create();
    const id = await gateway.add('signs', { name: 'orders' });
    const { apiId, publishId } = await gateway.published({ name: 'read' });

    const { status, body } = await gateway.call('POST', 'sign-bindings', {
      sign_id: id,
      publish_ids: [publishId],
    });

    expect(status).toBe(201);
    expect(body).toEqual({
      bindings: [
        {
          id: expect.stringMatching(ID),
          publish_id: publishId,
          api_id: apiId,
          api_name: 'read',
          api_type: 1,
          api_remark: '',
          req_method: 'GET',
          group_name: expect.any(String),
          env_id: RELEASE,
          env_name: 'RELEASE',
          binding_time: expect.stringMatching(/Z$/),
          sign_id: id,
          sign_name: 'orders',
          sign_type: 'hmac',
          sign_key: expect.any(String),
          sign_secret: expect.any(String),
        },
      ],
    });
    for (const path of [`binded-apis?sign_id=${id}`, `binded-signs?api_id=${apiId}&sign_name=ord`]) {
      expect(await rowsOf(gateway, `sign-bindings/${path}`, 'bindings')).toEqual(body['bindings']);
    }
    expect(await rowsOf(gateway, `sign-bindings/unbinded-apis?sign_id=${id}`, 'apis')).toEqual([]);
  });

  test('takes the place of another one', async () => {
    const gateway = await running.create();
    const [orders, sales] = [
      await gateway.add('signs', { name: 'orders' }),
      await gateway.add('signs', { name: 'sales' }),
    ];
    const { apiId, publishId } = await gateway.published();
    const bind = (id: string) =>
      gateway.call('POST', 'sign-bindings', { sign_id: id, publish_ids: [publishId] });

    await bind(orders);
    expect(await rowsOf(gateway, `sign-bindings/unbinded-apis?sign_id=${sales}`, 'apis')).toMatchObject([
      { id: apiId, publish_id: publishId, signature_name: 'orders' },
    ]);
    await bind(sales);

    expect(await rowsOf(gateway, `sign-bindings/binded-signs?api_id=${apiId}`, 'bindings')).toMatchObject([
      { sign_name: 'sales' },
    ]);
  });

  test('is undone', async () => {
    const gateway = await running.create();
    const id = await gateway.add('signs', { name: 'orders' });
    const { publishId } = await gateway.published();
    const { body } = await gateway.call('POST', 'sign-bindings', { sign_id: id, publish_ids: [publishId] });
    const [binding] = body['bindings'] as readonly { id: string }[];
    const undo = () => gateway.call('DELETE', `sign-bindings/${binding?.id ?? ''}`);

    expect((await undo()).status).toBe(204);
    expect(await undo()).toMatchObject({ status: 404, body: { error_code: 'APIG.3018' } });
  });
});
