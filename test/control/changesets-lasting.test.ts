import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID, type Json } from '@apig/sdk/contract';
import { apiBody, at, openDocumented, type DocumentedRuntime } from '../support/documented.ts';
import { send, type RawAnswer, type TestGateway } from '../support/gateway.ts';

const HOUR_MS = 3_600_000;

let running: TestGateway;
let gatewayId: string;

beforeEach(async () => {
  const opened: DocumentedRuntime = await openDocumented();
  gatewayId = (await opened.create()).id;
  running = opened;
});
afterEach(() => running.dispose());

describe('a changeset over a long run', () => {
  test('is found by its name, and goes on after a restart of the gateway', async () => {
    await open({ name: 'other' });
    const { id } = await open({ name: 'shop/dev' });
    const app = await call(id, 'POST', 'apps', { name: 'shop', app_secret: 'the-first-secret' });

    running = await running.restart();
    const listed = await own('GET', 'changesets?name=shop/dev');
    const found = at(listed.body, 'changesets', 0);
    await call(id, 'POST', 'apps', { name: 'later' });
    const read = await call(id, 'GET', `apps/${String(app.body['id'])}`);
    const commit = await own('POST', `changesets/${id}/commit`);

    expect([listed.body['total'], (await own('GET', 'changesets')).body['total']]).toEqual([1, 1]);
    expect(found).toMatchObject({ id, name: 'shop/dev', change_count: 1, expires_in_seconds: 3600 });
    expect(read.body['app_secret']).toBe('the-first-secret');
    expect([commit.status, commit.body['changes']]).toEqual([200, 2]);
    expect((await call(undefined, 'GET', 'apps')).body['total']).toBe(2);
  });

  test('is recorded as a change of who committed it, with where that says it comes from', async () => {
    const { id } = await open();
    await call(id, 'POST', 'apps', { name: 'shop' });

    const commit = await own(
      'POST',
      `changesets/${id}/commit`,
      {},
      { 'X-Apig-Provenance-Stack': 'shop/dev' },
    );

    const { body } = await own('GET', 'revisions?limit=1');
    expect(at(body, 'revisions', 0)).toMatchObject({
      revision: commit.body['revision'],
      actor: 'test_domain/tester',
      credential: 'token',
      request_id: commit.headers['x-request-id'],
      provenance: { stack: 'shop/dev' },
    });
  });

  test('stays open as long as calls use it', async () => {
    const { id } = await open({ expires_in_seconds: 3600 });

    for (let hours = 0; hours < 3; hours += 1) {
      running.clock.advance(HOUR_MS - 1);
      const { status } = await call(id, hours === 1 ? 'GET' : 'POST', 'apps', { name: `app_${hours}` });
      expect(status).toBeLessThan(300);
    }

    const now = running.clock.now();
    expect((await own('GET', `changesets/${id}`)).body['expires_at']).toBe(
      new Date(now + HOUR_MS).toISOString(),
    );
    running.clock.advance(HOUR_MS);
    expect((await own('GET', `changesets/${id}`)).status).toBe(404);
  });

  test('shows its own calls publications, bindings and lists, and others none of them', async () => {
    const { id } = await open();
    const group = await call(id, 'POST', 'api-groups', { name: 'staged_group' });
    const api = await call(id, 'POST', 'apis', {
      ...apiBody(String(group.body['id'])),
      req_uri: '/staged',
      mock_info: { result_content: '{}' },
    });
    const place = { api_id: api.body['id'], env_id: RELEASE_ENVIRONMENT_ID };
    const online = await call(id, 'POST', 'apis/action', { action: 'online', ...place });
    const throttle = await call(id, 'POST', 'throttles', {
      name: 'one_a_day',
      api_call_limits: 1,
      time_interval: 1,
      time_unit: 'DAY',
      type: 1,
    });
    const bound = { strategy_id: throttle.body['id'], publish_ids: [online.body['publish_id']] };
    await call(id, 'POST', 'throttle-bindings', bound);
    const lists = [
      'api-groups',
      'apis',
      'throttles',
      `throttle-bindings/binded-apis?throttle_id=${String(throttle.body['id'])}`,
    ];

    const inside = await Promise.all(lists.map((path) => call(id, 'GET', path)));
    const outside = await Promise.all(lists.slice(0, 3).map((path) => call(undefined, 'GET', path)));
    await own('POST', `changesets/${id}/commit`);
    const statuses = [await callApi(group), await callApi(group)].map(({ status }) => status);

    expect(inside.map(({ body }) => body['total'])).toEqual([2, 1, 1, 1]);
    expect(at(inside[1]?.body, 'apis', 0, 'publish_id')).toBe(online.body['publish_id']);
    // Every gateway has a group.
    expect(outside.map(({ body }) => body['total'])).toEqual([1, 0, 0]);
    expect(statuses).toEqual([200, 429]);
  });

  test('takes over what others changed before it staged a change of the same object', async () => {
    const app = await call(undefined, 'POST', 'apps', { name: 'start' });
    const { id } = await open();
    await call(undefined, 'PUT', `apps/${String(app.body['id'])}`, { name: 'theirs', remark: 'of theirs' });
    await call(id, 'PUT', `apps/${String(app.body['id'])}`, { name: 'mine' });

    const commit = await own('POST', `changesets/${id}/commit`);

    expect(commit.status).toBe(200);
    expect((await call(undefined, 'GET', `apps/${String(app.body['id'])}`)).body['name']).toBe('mine');
  });

  test('is not committed when it no longer has room beside what others made, and names the object', async () => {
    const { id } = await open();
    const mine = await call(id, 'POST', 'envs', { name: 'mine' });
    for (let count = 0; count < 9; count += 1)
      await call(undefined, 'POST', 'envs', { name: `theirs_${count}` });

    const commit = await own('POST', `changesets/${id}/commit`);
    const shown = await own('GET', `changesets/${id}`);

    expect([commit.status, commit.body['error_code']]).toEqual([409, 'RUNTIME.0023']);
    expect(commit.body['error_msg']).toContain(`environment ${String(mine.body['id'])} (mine): `);
    expect(at(shown.body, 'conflicts', 0)).toMatchObject({ kind: 'environment', name: 'mine' });
    expect((await call(undefined, 'GET', 'envs')).body['total']).toBe(10);
  });

  test('is not committed when a limit has been lowered meanwhile, whoever reached it', async () => {
    const { id } = await open();
    for (const name of ['one', 'two']) await call(id, 'POST', 'apps', { name });
    await running.gateway.close();
    const again = await openDocumented({
      dataDirectory: running.dataDirectory,
      limits: { APP_NUM_LIMIT: 1 },
    });
    running.client.close();
    running = again;

    const commit = await own('POST', `changesets/${id}/commit`);

    expect(commit.status).toBe(409);
    expect((await call(undefined, 'GET', 'apps')).body['total']).toBe(0);
  });

  test('is not committed when a rule of a kind refuses it now', async () => {
    const policy = {
      name: 'gold',
      api_call_limits: 9,
      app_call_limits: 9,
      time_interval: 1,
      time_unit: 'DAY',
      type: 1,
    };
    const throttle = await call(undefined, 'POST', 'throttles', policy);
    const path = `throttles/${String(throttle.body['id'])}`;
    const app = await call(undefined, 'POST', 'apps', { name: 'shop' });
    const { id } = await open();
    const special = { object_type: 'APP', object_id: app.body['id'], call_limits: 8 };
    expect((await call(id, 'POST', `${path}/throttle-specials`, special)).status).toBe(201);
    await call(undefined, 'PUT', path, { ...policy, api_call_limits: 7, app_call_limits: 7 });

    const commit = await own('POST', `changesets/${id}/commit`);

    expect([commit.status, commit.body['error_code']]).toEqual([409, 'RUNTIME.0023']);
    expect(commit.body['error_msg']).toContain('throttleException');
  });
});

function own(
  method: string,
  path: string,
  body?: Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const all = { 'X-Auth-Token': 'test-token', ...headers };
  return send(`${running.endpoint}/runtime/v1/${path}`, method, all, text);
}

async function open(body: Json = {}): Promise<{ readonly id: string }> {
  return { id: String((await own('POST', 'changesets', body)).body['id']) };
}

/** Sends a call into the gateway, as part of a changeset if one is given. */
function call(id: string | undefined, method: string, path: string, body?: Json): Promise<RawAnswer> {
  const url = `${running.endpoint}/v2/${running.projectId}/apigw/instances/${gatewayId}/${path}`;
  const headers = { 'X-Auth-Token': 'test-token', ...(id !== undefined && { 'X-Apig-Changeset': id }) };
  return send(
    url,
    method,
    headers,
    body === undefined || method === 'GET' ? undefined : JSON.stringify(body),
  );
}

function callApi(group: RawAnswer): Promise<RawAnswer> {
  const { host, port } = running.gateway.http ?? { host: '', port: 0 };
  const domain = `${String(group.body['id'])}.apic.localhost`;
  return send(`http://${host}:${port}/staged`, 'GET', { host: domain });
}
