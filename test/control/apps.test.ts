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
const CODE = `c${'0'.repeat(63)}`;

const rowsOf = async (gateway: Documented, path: string, key: string) =>
  (await gateway.call('GET', path)).body[key] as readonly Record<string, unknown>[];

describe('an app', () => {
  test('shows all documented fields, and what was generated in clear', async () => {
    const gateway = await running.create();

    const { status, body } = await gateway.call('POST', 'apps', { name: 'shop' });

    const id = String(body['id']);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(ID),
      name: 'shop',
      remark: '',
      creator: 'USER',
      app_key: expect.stringMatching(ID),
      app_secret: expect.stringMatching(ID),
      register_time: expect.stringMatching(/Z$/),
      update_time: expect.stringMatching(/Z$/),
      status: 1,
      app_type: 'apig',
      roma_app_type: '',
    });
    expect((await gateway.call('GET', `apps/${id}`)).body).toEqual(body);
    expect(await rowsOf(gateway, 'apps', 'apps')).toEqual([{ ...body, bind_num: 0 }]);
    expect(await gateway.call('GET', `apps/validation/${id}`)).toMatchObject({
      status: 200,
      body: { id, name: 'shop', remark: '' },
    });
  });

  test('keeps key and secret when an update leaves them out', async () => {
    const gateway = await running.create();
    const id = await gateway.add('apps', {
      name: 'shop',
      app_key: 'the_shop_key',
      app_secret: 'the-shop-secret',
    });

    const changed = await gateway.call('PUT', `apps/${id}`, { name: 'store', remark: 'new' });

    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'store', remark: 'new', app_key: 'the_shop_key', app_secret: 'the-shop-secret' },
    });
  });

  test('has its secret reset to a given or a generated one', async () => {
    const gateway = await running.create();
    const id = await gateway.add('apps', {
      name: 'shop',
      app_key: 'the_shop_key',
      app_secret: 'the-shop-secret',
    });
    const reset = (body?: unknown) => gateway.call('PUT', `apps/secret/${id}`, body);

    expect(await reset({ app_secret: 'another-secret' })).toMatchObject({
      status: 200,
      body: { id, app_key: 'the_shop_key', app_secret: 'another-secret' },
    });
    expect((await reset({})).body['app_secret']).toMatch(ID);
    expect((await reset({ app_secret: 'short' })).body['error_code']).toBe('APIG.2011');
    expect((await gateway.call('PUT', `apps/secret/${NOWHERE}`)).body['error_code']).toBe('APIG.3004');
  });

  test('has a name and a key of its own', async () => {
    const gateway = await running.create();
    await gateway.add('apps', { name: 'shop', app_key: 'the_shop_key' });
    const other = await gateway.add('apps', { name: 'store' });

    const codeOf = async (answer: Promise<{ body: Record<string, unknown> }>) =>
      (await answer).body['error_code'];
    expect(await codeOf(gateway.call('POST', 'apps', { name: 'shop' }))).toBe('APIG.3203');
    expect(await codeOf(gateway.call('POST', 'apps', { name: 'third', app_key: 'the_shop_key' }))).toBe(
      'APIG.3310',
    );
    expect(
      await codeOf(gateway.call('PUT', `apps/${other}`, { name: 'store', app_key: 'the_shop_key' })),
    ).toBe('APIG.3310');
  });

  test('that is gone is not found, nor what belonged to it', async () => {
    const gateway = await running.create();
    const id = await gateway.add('apps', { name: 'shop' });
    await gateway.add(`apps/${id}/app-codes`, { app_code: CODE });
    const apiId = await gateway.api({ auth_type: 'APP' });
    await gateway.call('POST', 'app-auths', { env_id: RELEASE, app_ids: [id], api_ids: [apiId] });

    expect((await gateway.call('DELETE', `apps/${id}`)).status).toBe(204);

    expect(await rowsOf(gateway, `app-auths/binded-apps?api_id=${apiId}`, 'auths')).toEqual([]);
    for (const path of [
      `apps/${id}`,
      `apps/${id}/app-codes`,
      `apps/validation/${id}`,
      `app-auths/binded-apis?app_id=${id}`,
    ]) {
      const answer = await gateway.call('GET', path);
      expect([path, answer.status, answer.body['error_code']]).toEqual([path, 404, 'APIG.3004']);
    }
  });
});

describe('an AppCode', () => {
  test('is given or generated, listed and deleted', async () => {
    const gateway = await running.create();
    const codes = `apps/${await gateway.add('apps', { name: 'shop' })}/app-codes`;

    const given = await gateway.call('POST', codes, { app_code: CODE });
    const generated = await gateway.call('PUT', codes);

    expect(given).toMatchObject({ status: 201, body: { id: expect.stringMatching(ID), app_code: CODE } });
    expect(generated).toMatchObject({
      status: 201,
      body: { app_code: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await rowsOf(gateway, codes, 'app_codes')).toEqual([generated.body, given.body]);
    const item = `${codes}/${String(given.body['id'])}`;
    expect(await gateway.call('GET', item)).toMatchObject({ status: 200, body: given.body });
    expect((await gateway.call('PUT', item, {})).status).toBe(405);
    expect((await gateway.call('DELETE', item)).status).toBe(204);
    expect(await gateway.call('DELETE', item)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3082' },
    });
  });

  test('stands for one app of the gateway', async () => {
    const gateway = await running.create();
    const [shop, store] = [
      await gateway.add('apps', { name: 'shop' }),
      await gateway.add('apps', { name: 'store' }),
    ];
    await gateway.add(`apps/${shop}/app-codes`, { app_code: CODE });

    for (const app of [shop, store]) {
      const answer = await gateway.call('POST', `apps/${app}/app-codes`, { app_code: CODE });
      expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIG.2011']);
      expect(answer.text).not.toContain(CODE);
    }
  });

  test('is one of at most five of its app', async () => {
    const gateway = await running.create();
    const codes = `apps/${await gateway.add('apps', { name: 'shop' })}/app-codes`;
    for (let count = 0; count < 5; count += 1) await gateway.call('PUT', codes);

    expect(await gateway.call('PUT', codes)).toMatchObject({
      status: 403,
      body: { error_code: 'APIG.3131' },
    });
  });
});

describe('authorizing apps', () => {
  const authorize = (
    gateway: Documented,
    appIds: readonly string[],
    apiIds: readonly string[],
    environmentId = RELEASE,
  ) => gateway.call('POST', 'app-auths', { env_id: environmentId, app_ids: appIds, api_ids: apiIds });

  test('is for one API of a path only, where apps find APIs by what they may call', async () => {
    const gateway = await running.create();
    const app = await gateway.add('apps', { name: 'shop' });
    const made: string[] = [];
    for (const group of ['one', 'two']) {
      const group_id = await gateway.group(group);
      made.push(await gateway.api({ auth_type: 'APP', req_uri: '/orders', group_id }));
    }
    const [first = '', second = ''] = made;
    const codeOf = async (apiId: string) => {
      const { body } = await authorize(gateway, [app], [apiId]);
      const [auth] = body['auths'] as readonly { readonly auth_result: Record<string, unknown> }[];
      return [auth?.auth_result['status'], auth?.auth_result['error_code']];
    };
    await gateway.call('POST', 'features', { name: 'app_route', enable: true, config: 'on' });

    expect(await codeOf(first)).toEqual(['SUCCESS', '']);
    expect(await codeOf(second)).toEqual(['FAILED', expect.stringMatching(/^APIG\./)]);
    await gateway.call('POST', 'features', { name: 'app_route', enable: true, config: 'off' });
    expect(await codeOf(second)).toEqual(['SUCCESS', '']);
  });

  test('is answered for each app and API, and shows in all lists at once', async () => {
    const gateway = await running.create();
    const [shop, store] = [
      await gateway.add('apps', { name: 'shop' }),
      await gateway.add('apps', { name: 'store' }),
    ];
    const groupId = await gateway.group('orders');
    const apiId = await gateway.api({ auth_type: 'APP', name: 'read', group_id: groupId });

    const { status, body } = await authorize(gateway, [shop, store], [apiId]);

    expect(status).toBe(201);
    const auths = body['auths'] as readonly Record<string, unknown>[];
    expect(auths).toHaveLength(2);
    expect(auths[0]).toEqual({
      id: expect.stringMatching(ID),
      api_id: apiId,
      app_id: shop,
      auth_result: { status: 'SUCCESS', error_msg: '', error_code: '', api_name: 'read', app_name: 'shop' },
      auth_time: expect.stringMatching(/Z$/),
      auth_role: 'PROVIDER',
      auth_tunnel: 'NORMAL',
      auth_whitelist: [],
      auth_blacklist: [],
      visit_params: '',
    });
    const row = {
      id: auths[0]?.['id'],
      api_id: apiId,
      api_name: 'read',
      group_id: groupId,
      group_name: 'orders',
      api_type: 1,
      api_remark: '',
      env_id: RELEASE,
      env_name: 'RELEASE',
      publish_id: '',
      auth_role: 'PROVIDER',
      auth_time: auths[0]?.['auth_time'],
      auth_tunnel: 'NORMAL',
      auth_whitelist: [],
      auth_blacklist: [],
      visit_param: '',
      app_id: shop,
      app_name: 'shop',
      app_remark: '',
      app_type: 'apig',
      app_creator: 'USER',
      roma_app_type: '',
    };
    expect(await rowsOf(gateway, `app-auths/binded-apis?app_id=${shop}`, 'auths')).toEqual([row]);
    expect(await rowsOf(gateway, `app-auths/binded-apps?api_id=${apiId}&app_name=sho`, 'auths')).toEqual([
      row,
    ]);
    expect(await rowsOf(gateway, `app-auths/binded-apps?api_id=${apiId}`, 'auths')).toHaveLength(2);
    expect(await rowsOf(gateway, `apps?name=shop`, 'apps')).toMatchObject([{ bind_num: 1 }]);
  });

  test('again is skipped', async () => {
    const gateway = await running.create();
    const appId = await gateway.add('apps', { name: 'shop' });
    const apiId = await gateway.api({ auth_type: 'APP' });
    const first = await authorize(gateway, [appId], [apiId]);

    const second = await authorize(gateway, [appId], [apiId]);

    const [before] = first.body['auths'] as readonly { id: string }[];
    expect(second.body['auths']).toMatchObject([{ id: before?.id, auth_result: { status: 'SKIPPED' } }]);
  });

  test('for an API with another authentication fails, without keeping the others', async () => {
    const gateway = await running.create();
    const appId = await gateway.add('apps', { name: 'shop' });
    const [open, closed] = [await gateway.api(), await gateway.api({ auth_type: 'APP' })];

    const { status, body } = await authorize(gateway, [appId], [open, closed]);

    expect(status).toBe(201);
    expect(body['auths']).toMatchObject([
      { id: '', api_id: open, auth_result: { status: 'FAILED', error_code: 'APIG.1119' } },
      { api_id: closed, auth_result: { status: 'SUCCESS' } },
    ]);
  });

  test.each([
    ['an unknown app', { app_ids: [NOWHERE] }, 404, 'APIG.3004'],
    ['an unknown API', { api_ids: [NOWHERE] }, 404, 'APIG.3002'],
    ['an unknown environment', { env_id: NOWHERE }, 404, 'APIG.3003'],
    ['no apps', { app_ids: undefined }, 400, 'APIG.2001'],
    ['apps that are no list', { app_ids: 'all' }, 400, 'APIG.2011'],
  ])('with %s is refused as a whole', async (_what, fields, status, code) => {
    const gateway = await running.create();
    const body = {
      env_id: RELEASE,
      app_ids: [await gateway.add('apps', { name: 'shop' })],
      api_ids: [await gateway.api({ auth_type: 'APP' })],
      ...fields,
    };

    const answer = await gateway.call('POST', 'app-auths', body);

    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });

  test('lists what is left to authorize, published or not', async () => {
    const gateway = await running.create();
    const appId = await gateway.add('apps', { name: 'shop' });
    const published = await gateway.published({ auth_type: 'APP', name: 'published' });
    const draft = await gateway.api({ auth_type: 'APP', name: 'draft_only' });
    const done = await gateway.api({ auth_type: 'APP', name: 'authorized' });
    await gateway.api({ name: 'open_to_all' });
    await authorize(gateway, [appId], [done]);

    const path = `app-auths/unbinded-apis?app_id=${appId}&env_id=${RELEASE}`;

    expect(await rowsOf(gateway, path, 'apis')).toMatchObject([
      { id: draft, publish_id: '', run_env_id: '', run_env_name: '' },
      { id: published.apiId, publish_id: published.publishId, run_env_id: RELEASE, run_env_name: 'RELEASE' },
    ]);
    expect((await gateway.call('GET', `app-auths/unbinded-apis?app_id=${appId}`)).body['error_code']).toBe(
      'APIG.2001',
    );
  });

  test('is cancelled', async () => {
    const gateway = await running.create();
    const appId = await gateway.add('apps', { name: 'shop' });
    const { body } = await authorize(gateway, [appId], [await gateway.api({ auth_type: 'APP' })]);
    const [authorization] = body['auths'] as readonly { id: string }[];
    const cancel = () => gateway.call('DELETE', `app-auths/${authorization?.id ?? ''}`);

    expect((await cancel()).status).toBe(204);
    expect(await cancel()).toMatchObject({ status: 404, body: { error_code: 'APIG.3009' } });
  });
});
