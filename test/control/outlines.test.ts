import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDocumented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

describe('outlines', () => {
  test('count groups', async () => {
    const gateway = await running.create();
    await gateway.group();
    const { status, body } = await gateway.call('GET', 'resources/outline/groups');
    // Each gateway has the group DEFAULT.
    expect([status, body]).toEqual([200, { onsell_nums: 0, offsell_nums: 2 }]);
  });

  test('count APIs, those in force apart', async () => {
    const gateway = await running.create();
    const { apiId } = await gateway.published();
    await gateway.api();
    const outline = () => gateway.call('GET', 'resources/outline/apis');
    expect((await outline()).body).toMatchObject({ nums_on_release: 1, nums_off_release: 1 });
    await gateway.call('POST', 'apis/action', {
      action: 'offline',
      api_id: apiId,
      env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
    });
    const before = (await outline()).body['instance_num'];
    expect((await outline()).body).toMatchObject({ nums_on_release: 0, nums_off_release: 2 });
    await running.create();
    expect((await outline()).body['instance_num']).toBe(Number(before) + 1);
  });

  test('count apps, those that may call something apart', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api({ auth_type: 'APP' });
    const appId = await gateway.add('apps', { name: 'app_1' });
    await gateway.add('apps', { name: 'app_2' });
    await gateway.call('POST', 'app-auths', {
      env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
      app_ids: [appId],
      api_ids: [apiId],
    });
    const { status, body } = await gateway.call('GET', 'resources/outline/apps');
    expect([status, body]).toEqual([200, { authed_nums: 1, unauthed_nums: 1 }]);
  });

  test.each(['resources/outline/groups', 'resources/outline/apis', 'resources/outline/apps', 'tags'])(
    '%s is not there for a gateway that is not',
    async (path) => {
      const { status, body } = await running.call('GET', `instances/${'0'.repeat(32)}/${path}`);
      expect([status, body['error_code']]).toEqual([404, 'APIG.3030']);
    },
  );
});

describe('tags', () => {
  test('are those of all APIs, each once, page by page', async () => {
    const gateway = await running.create();
    await gateway.api({ tags: ['orders', 'beta'] });
    await gateway.api({ tags: ['orders', 'alpha'] });
    await gateway.api();
    const all = await gateway.call('GET', 'tags');
    expect([all.status, all.body]).toEqual([200, { total: 3, size: 3, tags: ['alpha', 'beta', 'orders'] }]);
    const page = await gateway.call('GET', 'tags?offset=1&limit=1');
    expect(page.body).toEqual({ total: 3, size: 1, tags: ['beta'] });
    const past = await gateway.call('GET', 'tags?offset=9');
    expect(past.body).toEqual({ total: 3, size: 0, tags: [] });
  });
});
