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
const BODY = { acl_name: 'office', acl_type: 'PERMIT', entity_type: 'IP', acl_value: '10.0.0.1,10.1.0.0/16' };

const rowsOf = async (gateway: Documented, path: string, key = 'apis') =>
  (await gateway.call('GET', path)).body[key] as readonly Record<string, unknown>[];

const bind = (gateway: Documented, aclId: string, ...publishIds: readonly string[]) =>
  gateway.call('POST', 'acl-bindings', { acl_id: aclId, publish_ids: publishIds });

describe('an ACL policy', () => {
  test('shows all documented fields with their types', async () => {
    const gateway = await running.create();

    const { status, body } = await gateway.call('POST', 'acls', BODY);

    expect(status).toBe(201);
    expect(body).toEqual({
      ...BODY,
      id: expect.stringMatching(ID),
      update_time: expect.stringMatching(/Z$/),
    });
    expect((await gateway.call('GET', `acls/${String(body['id'])}`)).body).toEqual(body);
    expect(await rowsOf(gateway, 'acls', 'acls')).toEqual([{ ...body, bind_num: 0 }]);
  });

  test('is found by name, type and type of entity', async () => {
    const gateway = await running.create();
    const id = await gateway.add('acls', BODY);
    await gateway.add('acls', {
      ...BODY,
      acl_name: 'others',
      acl_type: 'DENY',
      entity_type: 'DOMAIN',
      acl_value: 'me',
    });

    for (const query of ['name=offi', `id=${id}`, 'acl_type=PERMIT', 'entity_type=IP']) {
      expect([query, await rowsOf(gateway, `acls?${query}`, 'acls')]).toMatchObject([query, [{ id }]]);
    }
  });

  test('changes its name, type and values, and not what it lists', async () => {
    const gateway = await running.create();
    const id = await gateway.add('acls', BODY);
    const update = (fields: object) => gateway.call('PUT', `acls/${id}`, { ...BODY, ...fields });

    expect(await update({ acl_name: 'home', acl_type: 'DENY', acl_value: '::1' })).toMatchObject({
      status: 200,
      body: { acl_name: 'home', acl_type: 'DENY', acl_value: '::1' },
    });
    expect((await update({ entity_type: 'DOMAIN', acl_value: 'me' })).body['error_msg']).toMatch(
      /:entity_type$/,
    );
    expect((await update({ entity_type: undefined })).body['error_code']).toBe('APIG.2001');
  });

  test('has a name of its own', async () => {
    const gateway = await running.create();
    await gateway.add('acls', BODY);

    expect(await gateway.call('POST', 'acls', BODY)).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.3206' },
    });
  });

  test('that is bound is not deleted, alone or with others', async () => {
    const gateway = await running.create();
    const bound = await gateway.add('acls', BODY);
    const free = await gateway.add('acls', { ...BODY, acl_name: 'free_one' });
    await bind(gateway, bound, (await gateway.published()).publishId);

    expect(await gateway.call('DELETE', `acls/${bound}`)).toMatchObject({
      status: 403,
      body: { error_code: 'APIG.3447' },
    });
    const many = await gateway.call('PUT', 'acls?action=delete', { acls: [bound, free, NOWHERE] });
    expect(many.status).toBe(200);
    expect(many.body).toEqual({
      success_count: 1,
      failure: [
        { acl_id: bound, acl_name: 'office', error_code: 'APIG.3447', error_msg: expect.any(String) },
        { acl_id: NOWHERE, acl_name: '', error_code: 'APIG.3006', error_msg: expect.any(String) },
      ],
    });
    expect(await gateway.call('GET', `acls/${free}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3006' },
    });
  });
});

describe('binding an ACL policy', () => {
  test('is answered with the binding, and shows in all lists at once', async () => {
    const gateway = await running.create();
    const aclId = await gateway.add('acls', BODY);
    const { apiId, publishId } = await gateway.published({ name: 'read' });

    const { status, body } = await bind(gateway, aclId, publishId);

    expect(status).toBe(201);
    expect(body).toEqual({
      acl_bindings: [
        {
          id: expect.stringMatching(ID),
          api_id: apiId,
          env_id: RELEASE,
          acl_id: aclId,
          create_time: expect.stringMatching(/Z$/),
        },
      ],
    });
    const [binding] = body['acl_bindings'] as readonly Record<string, unknown>[];
    expect(await rowsOf(gateway, `acl-bindings/binded-apis?acl_id=${aclId}`)).toEqual([
      {
        api_id: apiId,
        api_name: 'read',
        api_type: 1,
        api_remark: '',
        env_id: RELEASE,
        env_name: 'RELEASE',
        bind_id: binding?.['id'],
        group_name: expect.any(String),
        bind_time: binding?.['create_time'],
        publish_id: publishId,
        req_method: 'GET',
      },
    ]);
    expect(await rowsOf(gateway, `acl-bindings/binded-acls?api_id=${apiId}`, 'acls')).toEqual([
      {
        acl_id: aclId,
        acl_name: 'office',
        acl_type: 'PERMIT',
        entity_type: 'IP',
        acl_value: '10.0.0.1,10.1.0.0/16',
        env_id: RELEASE,
        env_name: 'RELEASE',
        bind_id: binding?.['id'],
        bind_time: binding?.['create_time'],
      },
    ]);
    expect(await rowsOf(gateway, `acl-bindings/unbinded-apis?acl_id=${aclId}`)).toEqual([]);
  });

  test('takes the place of another one for the same type of entity, and no other', async () => {
    const gateway = await running.create();
    const office = await gateway.add('acls', BODY);
    const home = await gateway.add('acls', { ...BODY, acl_name: 'home' });
    const names = await gateway.add('acls', {
      ...BODY,
      acl_name: 'names',
      entity_type: 'DOMAIN',
      acl_value: 'me',
    });
    const { apiId, publishId } = await gateway.published();

    await bind(gateway, office, publishId);
    expect(await rowsOf(gateway, `acl-bindings/unbinded-apis?acl_id=${home}`)).toMatchObject([
      { id: apiId, acl_name: 'office' },
    ]);
    expect(await rowsOf(gateway, `acl-bindings/unbinded-apis?acl_id=${names}`)).toMatchObject([
      { id: apiId, acl_name: '' },
    ]);
    await bind(gateway, names, publishId);
    await bind(gateway, home, publishId);

    const bound = await rowsOf(gateway, `acl-bindings/binded-acls?api_id=${apiId}`, 'acls');
    expect(bound.map((row) => row['acl_name'])).toEqual(['home', 'names']);
  });

  test('is undone one by one and many at once', async () => {
    const gateway = await running.create();
    const aclId = await gateway.add('acls', BODY);
    const [one, two] = [await gateway.published(), await gateway.published({ name: 'two_api' })];
    const { body } = await bind(gateway, aclId, one.publishId, two.publishId);
    const [first, second] = (body['acl_bindings'] as readonly { id: string }[]).map(({ id }) => id);

    expect((await gateway.call('DELETE', `acl-bindings/${first ?? ''}`)).status).toBe(204);
    expect(await gateway.call('DELETE', `acl-bindings/${first ?? ''}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3010' },
    });
    const many = await gateway.call('PUT', 'acl-bindings?action=delete', { acl_bindings: [first, second] });
    expect(many.body).toMatchObject({
      success_count: 1,
      failure: [{ bind_id: first, error_code: 'APIG.3010' }],
    });
    expect((await gateway.call('DELETE', `acls/${aclId}`)).status).toBe(204);
  });

  test('needs a policy and publications that are there', async () => {
    const gateway = await running.create();
    const aclId = await gateway.add('acls', BODY);

    expect((await bind(gateway, NOWHERE)).body['error_code']).toBe('APIG.3006');
    expect((await bind(gateway, aclId, NOWHERE)).body['error_code']).toBe('APIG.3015');
    expect((await gateway.call('POST', 'acl-bindings', { acl_id: aclId })).body['error_code']).toBe(
      'APIG.2001',
    );
  });
});
