import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at, openDocumented, type DocumentedRuntime } from '../support/documented.ts';
import { send } from '../support/gateway.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const read = (path: string, headers: Record<string, string> = { 'X-Auth-Token': 'test-token' }) =>
  send(`${running.endpoint}/runtime/v1/${path}`, 'GET', headers);

describe('the history of the configuration', () => {
  test('names who wrote, when and by which request, newest first', async () => {
    const gateway = await running.create();
    const answer = await gateway.call('POST', 'envs', { name: 'beta' });

    const { body } = await read('revisions?limit=1');

    expect(body['size']).toBe(1);
    expect(at(body, 'revisions', 0)).toEqual({
      revision: body['total'],
      at: new Date(running.clock.now()).toISOString(),
      actor: 'test_domain/tester',
      credential: 'TESTACCESSKEY',
      request_id: answer.headers['x-request-id'],
    });
  });

  test('shows what a write changed, without secrets', async () => {
    const gateway = await running.create();
    const id = await gateway.add('apps', { name: 'shop', app_secret: 'a-very-secret-one' });
    const newest = at((await read('revisions?limit=1')).body, 'revisions', 0, 'revision');

    const answer = await read(`revisions/${String(newest)}`);

    expect(at(answer.body, 'changes', 0)).toMatchObject({
      kind: 'app',
      key: id,
      before: null,
      after: { id, body: { name: 'shop', appSecret: '******' } },
    });
    expect(answer.text).not.toContain('a-very-secret-one');
  });

  test('names the changes of all revisions, by kind and object too', async () => {
    const gateway = await running.create();
    const id = await gateway.add('apps', { name: 'shop' });
    await gateway.call('PUT', `apps/${id}`, { name: 'store', remark: 'renamed' });
    await gateway.call('DELETE', `apps/${id}`);

    const { body } = await read(`changes?kind=app&key=${id}`);

    expect([body['total'], body['size']]).toEqual([3, 3]);
    const rows = body['changes'] as Record<string, unknown>[];
    expect(rows.map((row) => row['action'])).toEqual(['delete', 'update', 'create']);
    expect(rows[1]).toMatchObject({
      kind: 'app',
      key: id,
      fields: ['name', 'remark'],
      credential: 'TESTACCESSKEY',
    });
    expect((await read('changes?limit=1')).body['size']).toBe(1);
  });

  test('shows what differs between two revisions, field by field and without secrets, in both directions', async () => {
    const gateway = await running.create();
    const from = await head();
    const id = await gateway.add('apps', { name: 'shop', app_secret: 'a-very-secret-one' });
    const middle = await head();
    await gateway.call('PUT', `apps/${id}`, { name: 'shop', app_secret: 'another-secret-one' });
    await gateway.call('PUT', `apps/${id}`, { name: 'store' });
    const passing = await gateway.add('envs', { name: 'passing' });
    await gateway.call('DELETE', `envs/${passing}`);
    const to = await head();

    const forth = await read(`revisions/${middle}/differences/${to}`);
    const back = await read(`revisions/${to}/differences/${middle}`);
    const whole = await read(`revisions/${from}/differences/${to}`);

    const fields = [
      { field: 'name', before: 'shop', after: 'store' },
      { field: 'appSecret', secret: true },
    ];
    expect(forth.body).toMatchObject({ from: middle, to, total: 1, size: 1 });
    expect(at(forth.body, 'objects', 0)).toEqual({ kind: 'app', key: id, action: 'update', fields });
    expect(at(back.body, 'objects', 0, 'fields', 0)).toEqual({
      field: 'name',
      before: 'store',
      after: 'shop',
    });
    expect(at(whole.body, 'objects', 0, 'action')).toBe('create');
    for (const { text } of [forth, back, whole]) expect(text).not.toMatch(/very-secret|another-secret/);
  });

  test('shows what was configured at any revision, without secrets', async () => {
    const gateway = await running.create();
    const id = await gateway.add('apps', { name: 'shop', app_secret: 'a-very-secret-one' });
    const then = await head();
    await gateway.call('PUT', `apps/${id}`, { name: 'store' });

    const { body, text } = await read(`revisions/${then}/configuration`);
    const empty = await read('revisions/0/configuration');

    expect(body).toMatchObject({ format: 'apig-snapshot', version: 1, revision: then, secrets: 'omitted' });
    const objects = body['objects'] as Record<string, unknown>[];
    expect(objects.find((object) => object['id'] === id)).toMatchObject({
      kind: 'app',
      body: { gatewayId: gateway.id, name: 'shop' },
    });
    expect(text).not.toContain('a-very-secret-one');
    expect(empty.body['objects']).toEqual([]);
    expect((await read('revisions/999999/configuration')).status).toBe(404);
  });

  test('keeps where a change came from, as its author says in headers', async () => {
    const gateway = await running.create();
    const url = `${running.endpoint}/v2/${running.projectId}/apigw/instances/${gateway.id}/envs`;
    const headers = { 'X-Auth-Token': 'test-token', 'X-Apig-Provenance-Commit': 'abc123' };

    const answer = await send(url, 'POST', headers, JSON.stringify({ name: 'traced' }));
    const long = { ...headers, 'X-Apig-Provenance-Why': 'x'.repeat(257) };
    const refused = await send(url, 'POST', long, JSON.stringify({ name: 'refused' }));

    expect(answer.status).toBe(201);
    const { body } = await read('revisions?limit=1');
    expect(at(body, 'revisions', 0)).toMatchObject({ credential: 'token', provenance: { commit: 'abc123' } });
    expect([refused.status, refused.body['error_code']]).toEqual([400, 'RUNTIME.0001']);
  });

  test('has no revision of a number that was not reached', async () => {
    const answer = await read('revisions/999999');

    expect([answer.status, answer.body['error_code']]).toEqual([404, 'APIG.3007']);
  });

  test('is for those who run the gateway', async () => {
    expect((await read('revisions', {})).status).toBe(401);
  });
});

test('the runtime shows the OpenAPI document of its management API', async () => {
  const { status, body } = await read('openapi.json');

  expect(status).toBe(200);
  expect(body['openapi']).toMatch(/^3\.1/);
});

/** Number of the newest revision. */
async function head(): Promise<number> {
  return Number((await read('revisions?limit=1')).body['total']);
}
