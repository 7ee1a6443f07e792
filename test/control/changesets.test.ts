import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID, type Json } from '@apig/sdk/contract';
import {
  apiBody,
  at,
  openDocumented,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';
import { send, TEST_ACCOUNT, type RawAnswer } from '../support/gateway.ts';

const OTHER = { ...TEST_ACCOUNT, userName: 'other', tokens: ['other-token'], accessKeys: [] };

let running: DocumentedRuntime;
let gateway: Documented;

beforeAll(async () => {
  running = await openDocumented({ credentials: { accounts: [TEST_ACCOUNT, OTHER] } });
});
beforeEach(async () => {
  gateway = await running.create();
});
afterAll(() => running.dispose());

describe('a changeset', () => {
  test('shows what is staged to its own calls only, until it is committed as one revision', async () => {
    const id = await open();
    const before = await head();
    const group = await staged(id, 'POST', 'api-groups', { name: 'staged_group' });
    const groupId = String(group.body['id']);
    const api = await staged(id, 'POST', 'apis', {
      ...apiBody(groupId),
      req_uri: '/staged',
      mock_info: { result_content: '"staged"' },
    });
    const apiId = String(api.body['id']);
    await staged(id, 'POST', 'apis/action', {
      action: 'online',
      api_id: apiId,
      env_id: RELEASE_ENVIRONMENT_ID,
    });

    const inside = await staged(id, 'GET', `apis/${apiId}`);
    const outside = await gateway.call('GET', `apis/${apiId}`);
    const early = await callApi(groupId);
    const untouched = await head();
    const commit = await own('POST', `changesets/${id}/commit`);
    const late = await callApi(groupId);

    expect([group.status, api.status, inside.status, outside.status]).toEqual([201, 201, 200, 404]);
    expect([early.status, untouched]).toEqual([404, before]);
    expect(commit.status).toBe(200);
    expect(commit.body).toMatchObject({ id, revision: before + 1 });
    expect([late.status, late.text]).toEqual([200, '"staged"']);
    expect((await gateway.call('GET', `apis/${apiId}`)).body['name']).toBe(inside.body['name']);
    expect((await own('GET', `changesets/${id}`)).status).toBe(404);
  });

  test('keeps what was staged before when a later call of it is refused', async () => {
    const id = await open();
    await staged(id, 'POST', 'apps', { name: 'kept' });

    const refused = await staged(id, 'POST', 'apps', { name: 'kept' });
    const shown = await own('GET', `changesets/${id}`);

    expect(refused.status).toBe(400);
    expect(shown.body['change_count']).toBe(1);
    expect(at(shown.body, 'changes', 0)).toMatchObject({ kind: 'app', action: 'create' });
    await own('DELETE', `changesets/${id}`);
  });

  test('leaves no trace when it is withdrawn, or expires', async () => {
    const withdrawn = await open();
    const expired = await open({ expires_in_seconds: 60 });
    for (const id of [withdrawn, expired]) await staged(id, 'POST', 'apps', { name: 'gone' });
    const before = await head();

    expect((await own('DELETE', `changesets/${withdrawn}`)).status).toBe(204);
    running.clock.advance(60_000);

    for (const id of [withdrawn, expired]) {
      const late = await staged(id, 'POST', 'apps', { name: 'late' });
      expect([late.status, late.body['error_code']]).toEqual([404, 'RUNTIME.0020']);
      expect((await own('POST', `changesets/${id}/commit`)).status).toBe(404);
    }
    expect([await head(), (await gateway.call('GET', 'apps')).body['total']]).toEqual([before, 0]);
  });

  test('goes together with what others write elsewhere meanwhile', async () => {
    const id = await open();
    await staged(id, 'POST', 'apps', { name: 'mine' });
    await gateway.add('apps', { name: 'theirs' });

    const commit = await own('POST', `changesets/${id}/commit`);

    expect(commit.body['changes']).toBe(1);
    expect((await gateway.call('GET', 'apps')).body['total']).toBe(2);
  });

  test.each<readonly [string, string, (id: string) => Promise<unknown>]>([
    [
      'the same object was changed',
      'it was changed by somebody else',
      async (id) => {
        const app = await gateway.add('apps', { name: 'both' });
        await staged(id, 'PUT', `apps/${app}`, { name: 'mine' });
        await gateway.call('PUT', `apps/${app}`, { name: 'theirs' });
        return `app ${app}`;
      },
    ],
    [
      'a name was taken',
      'has what only one may have',
      async (id) => {
        const { body } = await staged(id, 'POST', 'apps', { name: 'wanted' });
        await gateway.add('apps', { name: 'wanted' });
        return `app ${String(body['id'])}`;
      },
    ],
    [
      'a parent was deleted',
      'which is gone',
      async (id) => {
        const groupId = await gateway.group();
        const { body } = await staged(id, 'POST', 'apis', apiBody(groupId));
        await gateway.call('DELETE', `api-groups/${groupId}`);
        return `api ${String(body['id'])}`;
      },
    ],
    [
      'what it deletes was used',
      'it is needed by api',
      async (id) => {
        const groupId = await gateway.group();
        await staged(id, 'DELETE', `api-groups/${groupId}`);
        await gateway.api({ group_id: groupId });
        return `apiGroup ${groupId}`;
      },
    ],
    [
      'the same API was published',
      'has what only one may have',
      async (id) => {
        const apiId = await gateway.api();
        const online = { action: 'online', api_id: apiId, env_id: RELEASE_ENVIRONMENT_ID };
        await staged(id, 'POST', 'apis/action', online);
        await gateway.publish(apiId);
        return 'publication';
      },
    ],
  ])('is not committed when %s meanwhile, and names the object', async (_what, reason, clash) => {
    const id = await open();
    await staged(id, 'POST', 'apps', { name: 'innocent' });
    const named = await clash(id);
    const before = await head();

    const commit = await own('POST', `changesets/${id}/commit`);

    expect([commit.status, commit.body['error_code']]).toEqual([409, 'RUNTIME.0023']);
    expect(commit.body['error_msg']).toContain(named);
    expect(commit.body['error_msg']).toContain(reason);
    expect(await head()).toBe(before);
    const { body } = await gateway.call('GET', 'apps?name=innocent');
    expect(body['total']).toBe(0);
    const shown = await own('GET', `changesets/${id}`);
    expect((shown.body['conflicts'] as Json[]).length).toBeGreaterThan(0);
    await own('DELETE', `changesets/${id}`);
  });

  test('is committed once, however often that is asked for at a time', async () => {
    const id = await open();
    await staged(id, 'POST', 'apps', { name: 'once' });

    const answers = await Promise.all([1, 2, 3].map(() => own('POST', `changesets/${id}/commit`)));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404]);
    expect((await gateway.call('GET', 'apps')).body['total']).toBe(1);
  });

  test('is for who opened it', async () => {
    const id = await open();

    const read = await own('GET', `changesets/${id}`, undefined, 'other-token');
    const write = await staged(id, 'POST', 'apps', { name: 'intruder' }, 'other-token');

    expect([read.status, write.status]).toEqual([404, 404]);
    expect((await own('GET', 'changesets', undefined, 'other-token')).body['total']).toBe(0);
    await own('DELETE', `changesets/${id}`);
  });

  test('is refused beyond the number of those that may be open', async () => {
    const ids: string[] = [];
    while (ids.length < 32) ids.push(await open());

    const refused = await own('POST', 'changesets', {});

    expect([refused.status, refused.body['error_code']]).toEqual([409, 'RUNTIME.0021']);
    for (const id of ids) await own('DELETE', `changesets/${id}`);
  });

  test('lasts as long as it may', async () => {
    const answers = await Promise.all(
      [0, 7 * 24 * 3600 + 1, 'x'].map((seconds) =>
        own('POST', 'changesets', { expires_in_seconds: seconds }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });
});

function own(method: string, path: string, body?: unknown, token = 'test-token'): Promise<RawAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return send(`${running.endpoint}/runtime/v1/${path}`, method, { 'X-Auth-Token': token }, text);
}

async function open(body: Json = {}): Promise<string> {
  return String((await own('POST', 'changesets', body)).body['id']);
}

/** Sends a call into the gateway as part of a changeset. */
function staged(
  id: string,
  method: string,
  path: string,
  body?: unknown,
  token = 'test-token',
): Promise<RawAnswer> {
  const url = `${running.endpoint}/v2/${running.projectId}/apigw/instances/${gateway.id}/${path}`;
  const headers = { 'X-Auth-Token': token, 'X-Apig-Changeset': id };
  return send(url, method, headers, body === undefined ? undefined : JSON.stringify(body));
}

async function head(): Promise<number> {
  return Number((await own('GET', 'revisions?limit=1')).body['total']);
}

function callApi(groupId: string): Promise<RawAnswer> {
  const { host, port } = running.gateway.http ?? { host: '', port: 0 };
  return send(`http://${host}:${port}/staged`, 'GET', { host: `${groupId}.apic.localhost` });
}
