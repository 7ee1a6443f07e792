import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { at, openDocumented, type Documented, type DocumentedRuntime } from '../support/documented.ts';
import { send } from '../support/gateway.ts';

let running: DocumentedRuntime;
let gateway: Documented;
beforeAll(async () => {
  running = await openDocumented({ limits: { ENDPOINT_PERMISSION_NUM_LIMIT: 3 } });
  gateway = await running.create();
});
afterAll(() => running.dispose());

const account = (digit: string) => `iam:domain::${digit.repeat(32)}`;
const add = (permissions: unknown, of = gateway) =>
  of.call('POST', 'vpc-endpoint/permissions/batch-add', { permissions });
const remove = (permissions: unknown, of = gateway) =>
  of.call('POST', 'vpc-endpoint/permissions/batch-delete', { permissions });
const listed = async (query = '', of = gateway) =>
  (await of.call('GET', `vpc-endpoint/permissions${query}`)).body;

describe('permissions of an endpoint service', () => {
  test('are added, listed newest first, filtered, paged and removed', async () => {
    const added = await add([account('a'), account('b'), 'iam:domain::*', account('a')]);
    expect([added.status, added.body]).toEqual([
      200,
      { permissions: [account('a'), account('b'), 'iam:domain::*'] },
    ]);
    const all = await listed();
    expect(all).toMatchObject({
      total: 3,
      size: 3,
      permissions: [
        { permission: 'iam:domain::*' },
        { permission: account('b') },
        { permission: account('a') },
      ],
    });
    expect(at(all, 'permissions', 0, 'id')).toMatch(/^[0-9a-f]{32}$/);
    expect(at(all, 'permissions', 0, 'created_at')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await listed('?permission=bbb')).toMatchObject({
      total: 1,
      permissions: [{ permission: account('b') }],
    });
    expect(await listed('?offset=1&limit=1')).toMatchObject({ total: 3, size: 1, permissions: [{}] });
    expect(await listed('?offset=5')).toEqual({ total: 3, size: 0, permissions: [] });

    const removed = await remove([account('a'), account('f')]);
    expect([removed.status, removed.body]).toEqual([200, { permissions: [account('a'), account('f')] }]);
    expect(await listed()).toMatchObject({ total: 2 });
  });

  test('are there once, however often they are added', async () => {
    const of = await running.create();
    await add([account('a'), account('b')], of);
    const before = await listed('', of);
    expect((await add([account('b'), account('a')], of)).status).toBe(200);
    expect(await listed('', of)).toEqual(before);
  });

  test('are only as many as there may be, or none of a request is added', async () => {
    const of = await running.create();
    await add([account('a'), account('b')], of);
    const refused = await add([account('c'), account('d')], of);
    expect([refused.status, refused.body['error_code']]).toEqual([403, 'APIG.3100']);
    expect(await listed('', of)).toMatchObject({ total: 2 });
    expect((await add([account('a'), account('c')], of)).status).toBe(200);
  });

  test('are those of one gateway, and go with it', async () => {
    const of = await running.create();
    expect(await listed('', of)).toMatchObject({ total: 0, permissions: [] });
    await add([account('a')], of);
    expect((await of.call('DELETE', '')).status).toBe(204);
    expect((await of.call('GET', 'vpc-endpoint/permissions')).status).toBe(404);
  });

  test('are a part of snapshots and survive a restart', async () => {
    const own = await openDocumented();
    const inside = await own.create();
    await add([account('e')], inside);
    const headers = { 'x-auth-token': 'test-token', 'content-type': 'application/json' };
    const snapshot = `${own.endpoint}/runtime/v1/snapshot`;
    const { text } = await send(`${snapshot}?secrets=omit`, 'GET', headers);
    await remove([account('e')], inside);
    const loaded = await send(`${snapshot}?replace=true`, 'POST', headers, text);
    expect(loaded.status).toBeLessThan(300);
    const faulty = await send(
      `${snapshot}?replace=true`,
      'POST',
      headers,
      text.replace(account('e'), 'somebody'),
    );
    expect([faulty.status, faulty.text]).toEqual([400, expect.stringContaining('permission')]);
    const after = await own.restart();
    const { body } = await after.call('GET', `instances/${inside.id}/vpc-endpoint/permissions`);
    await after.dispose();
    expect(body).toMatchObject({ permissions: [{ permission: account('e') }] });
  });

  test.each<readonly [what: string, permissions: unknown, code: string, field: string]>([
    ['none', undefined, 'APIG.2001', 'permissions'],
    ['an empty list', [], 'APIG.2011', 'permissions'],
    ['a text', account('a'), 'APIG.2011', 'permissions'],
    ['another form', [account('a'), 'iam:user::x'], 'APIG.2011', 'permissions.1'],
    ['an ID that is too short', ['iam:domain::abc'], 'APIG.2011', 'permissions.0'],
    [
      '51 of them',
      Array.from({ length: 51 }, (_, index) => `${account('a')}${index}`),
      'APIG.2011',
      'permissions',
    ],
  ])('cannot be %s', async (_, permissions, code, field) => {
    for (const answer of [await add(permissions), await remove(permissions)]) {
      expect([answer.status, answer.body['error_code']]).toEqual([400, code]);
      expect(answer.body['error_msg']).toContain(`parameterName:${field}`);
    }
  });
});

describe('connections to an endpoint service', () => {
  test('are none', async () => {
    const answer = await gateway.call('GET', 'vpc-endpoint/connections?status=accepted&marker_id=1&id=x');
    expect([answer.status, answer.body]).toEqual([200, { total: 0, size: 0, connections: [] }]);
  });

  test.each<readonly [what: string, body: Json, status: number, code: string]>([
    ['an unknown one', { action: 'receive', endpoints: ['x'] }, 404, 'APIC.7314'],
    ['an unknown one to reject', { action: 'reject', endpoints: ['x'] }, 404, 'APIC.7314'],
    ['another action', { action: 'accept', endpoints: ['x'] }, 400, 'APIG.2011'],
    ['no action', { endpoints: ['x'] }, 400, 'APIG.2001'],
    ['no endpoint', { action: 'reject' }, 400, 'APIG.2001'],
    ['an empty list', { action: 'reject', endpoints: [] }, 400, 'APIG.2011'],
  ])('are not decided on with %s', async (_, sent, status, code) => {
    const answer = await gateway.call('POST', 'vpc-endpoint/connections/action', sent);
    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });
});
