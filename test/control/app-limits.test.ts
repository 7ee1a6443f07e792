import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import {
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

let running: DocumentedRuntime;
let gateway: Documented;
beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
});
afterAll(() => running.dispose());

const nobody = '0'.repeat(32);
const app = () => gateway.add('apps', { name: uniqueName('app') });
const errorOf = (answer: { status: number; body: Json }) => [answer.status, answer.body['error_code']];

describe('the ACL of an app', () => {
  const acl = { app_acl_type: 'PERMIT', app_acl_values: ['192.0.2.1', '10.0.0.0/8'] };

  test('is nothing until it is set, is replaced when it is set again, and removed', async () => {
    const appId = await app();
    const path = `apps/${appId}/app-acl`;
    expect(await gateway.call('GET', path)).toMatchObject({ status: 200, text: '{}' });

    const set = await gateway.call('PUT', path, acl);
    expect([set.status, set.body]).toEqual([201, { ...acl, app_id: appId }]);
    expect((await gateway.call('GET', path)).body).toEqual(set.body);
    const other = { app_acl_type: 'DENY', app_acl_values: ['192.0.2.5-192.0.2.9'] };
    expect((await gateway.call('PUT', path, other)).body).toEqual({ ...other, app_id: appId });

    expect((await gateway.call('DELETE', path)).status).toBe(204);
    expect((await gateway.call('DELETE', path)).status).toBe(204);
    expect((await gateway.call('GET', path)).text).toBe('{}');
  });

  test.each<readonly [string, Json, string]>([
    ['no type', { app_acl_values: ['192.0.2.1'] }, 'APIG.2001'],
    ['another type', { ...acl, app_acl_type: 'ALLOW' }, 'APIG.2011'],
    ['no values', { app_acl_type: 'DENY' }, 'APIG.2001'],
    ['an empty list', { ...acl, app_acl_values: [] }, 'APIG.2011'],
    ['a name', { ...acl, app_acl_values: ['localhost'] }, 'APIG.2011'],
    ['a text in the place of a list', { ...acl, app_acl_values: '192.0.2.1' }, 'APIG.2011'],
  ])('is refused with %s', async (_what, body, code) => {
    expect(errorOf(await gateway.call('PUT', `apps/${await app()}/app-acl`, body))).toEqual([400, code]);
  });

  test('is of an app that exists', async () => {
    for (const [method, body] of [['GET'], ['PUT', acl], ['DELETE']] as const) {
      const answer = await gateway.call(method, `apps/${nobody}/app-acl`, body);
      expect(errorOf(answer)).toEqual([404, 'APIG.3004']);
    }
  });
});

describe('an app quota', () => {
  const quota = () => ({ name: uniqueName('quota'), call_limits: 10, time_interval: 1, time_unit: 'HOUR' });
  const create = async () => String((await gateway.call('POST', 'app-quotas', quota())).body['app_quota_id']);

  test('is created, read, listed, replaced and deleted', async () => {
    const body = { ...quota(), reset_time: '2026-01-01 05:05:00' };
    const created = await gateway.call('POST', 'app-quotas', body);
    expect(created.status).toBe(201);
    const { app_quota_id: id } = created.body;
    expect(created.body).toMatchObject({ ...body, remark: '', bound_app_num: 0 });
    expect(created.body['create_time']).toMatch(/Z$/);

    const path = `app-quotas/${String(id)}`;
    const other = { ...quota(), remark: 'less' };
    const replaced = await gateway.call('PUT', path, other);
    expect(replaced).toMatchObject({ status: 200, body: { ...other, app_quota_id: id, reset_time: '' } });
    expect((await gateway.call('GET', path)).body).toEqual(replaced.body);
    const listed = await gateway.call('GET', `app-quotas?name=${other.name}`);
    expect(listed.body).toEqual({ total: 1, size: 1, quotas: [replaced.body] });

    expect((await gateway.call('DELETE', path)).status).toBe(204);
    expect(errorOf(await gateway.call('GET', path))).toEqual([404, 'APIG.3093']);
  });

  test.each<readonly [string, Json, string]>([
    ['no name', { name: undefined }, 'APIG.2001'],
    ['a name with a hyphen', { name: 'a-b-c' }, 'APIG.2011'],
    ['no calls', { call_limits: 0 }, 'APIG.2002'],
    ['another unit', { time_unit: 'WEEK' }, 'APIG.2011'],
    ['no interval', { time_interval: undefined }, 'APIG.2001'],
    ['a time of another form', { reset_time: '2026-01-01T00:00:00Z' }, 'APIG.2011'],
    ['a time that does not exist', { reset_time: '2026-02-30 00:00:00' }, 'APIG.2011'],
    ['a remark with brackets', { remark: '<b>' }, 'APIG.2011'],
  ])('is refused with %s', async (_what, fields, code) => {
    const answer = await gateway.call('POST', 'app-quotas', { ...quota(), ...fields });
    expect(errorOf(answer)).toEqual([400, code]);
  });

  test('is refused when its name is taken', async () => {
    const body = quota();
    await gateway.call('POST', 'app-quotas', body);
    expect(errorOf(await gateway.call('POST', 'app-quotas', body))).toEqual([400, 'APIG.3325']);
  });

  test('is bound to apps, of which each has one at most, and unbound', async () => {
    const [first, second, one, two] = [await create(), await create(), await app(), await app()];
    const bind = (id: string, ids: readonly string[]) =>
      gateway.call('POST', `app-quotas/${id}/binding-apps`, { app_ids: ids });
    const bound = async (id: string) => {
      const { body } = await gateway.call('GET', `app-quotas/${id}/bound-apps`);
      return (body['apps'] as readonly Json[]).map((row) => row['app_id']);
    };

    const answer = await bind(first, [one, two]);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        applies: [
          { app_quota_id: first, app_id: one },
          { app_quota_id: first, app_id: two },
        ],
      },
    });
    expect(await bound(first)).toEqual([two, one]);
    expect((await bind(first, [one])).body).toEqual({
      applies: [(answer.body['applies'] as readonly Json[])[0]],
    });

    await bind(second, [two]);
    expect([await bound(first), await bound(second)]).toEqual([[one], [two]]);
    expect((await gateway.call('GET', `apps/${two}/bound-quota`)).body).toMatchObject({
      app_quota_id: second,
      bound_app_num: 1,
    });
    const bindable = await gateway.call('GET', `app-quotas/${first}/bindable-apps?limit=500`);
    const rows = bindable.body['apps'] as readonly Json[];
    expect(rows.find((row) => row['app_id'] === two)).toMatchObject({ app_quota_id: second });
    expect(rows.find((row) => row['app_id'] === one)).toBeUndefined();

    expect((await gateway.call('DELETE', `app-quotas/${first}/bound-apps/${one}`)).status).toBe(204);
    expect((await gateway.call('DELETE', `app-quotas/${first}/bound-apps/${one}`)).status).toBe(404);
    expect(errorOf(await gateway.call('GET', `apps/${one}/bound-quota`))).toEqual([404, 'APIG.3093']);
  });

  test('is bound to all of the apps or, when one does not exist, to none', async () => {
    const [id, one] = [await create(), await app()];
    const answer = await gateway.call('POST', `app-quotas/${id}/binding-apps`, { app_ids: [one, nobody] });
    expect(errorOf(answer)).toEqual([404, 'APIG.3004']);
    expect((await gateway.call('GET', `app-quotas/${id}`)).body['bound_app_num']).toBe(0);
  });

  test('loses its apps with them, and they lose it with it', async () => {
    const [id, one, two] = [await create(), await app(), await app()];
    await gateway.call('POST', `app-quotas/${id}/binding-apps`, { app_ids: [one, two] });
    await gateway.call('DELETE', `apps/${one}`);
    expect((await gateway.call('GET', `app-quotas/${id}`)).body['bound_app_num']).toBe(1);
    await gateway.call('DELETE', `app-quotas/${id}`);
    expect((await gateway.call('GET', `apps/${two}/bound-quota`)).status).toBe(404);
  });
});

describe('the client', () => {
  test('binds a quota to apps, changes the difference, and shares the set with others', async () => {
    const { client } = running;
    const gatewayId = gateway.id;
    const [one, two, three] = [await app(), await app(), await app()];
    const quota = await client.appQuota.create({
      gatewayId,
      name: uniqueName('quota'),
      callLimit: 1,
      timeInterval: 1,
      timeUnit: 'DAY',
    });
    const place = { gatewayId, appQuotaId: quota.id };
    const binding = await client.appQuotaBinding.create({ ...place, appIds: [one, two] });
    expect(binding).toEqual({ ...place, appIds: [one, two], id: quota.id });
    await client.appQuotaBinding.create({ ...place, appIds: [three] });
    expect(await client.appQuotaBinding.get(binding)).toEqual(binding);
    const [all] = await client.appQuotaBinding.list(place);
    expect(all?.appIds.toSorted()).toEqual([one, two, three].toSorted());

    await client.appQuotaBinding.update(binding, { ...place, appIds: [two] });
    await client.appQuotaBinding.delete({ ...place, id: quota.id, appIds: [three] });
    const [left] = await client.appQuotaBinding.list(place);
    expect(left?.appIds).toEqual([two]);
    await client.appQuotaBinding.delete({ ...place, id: quota.id });
    expect(await client.appQuotaBinding.get(binding)).toBeUndefined();
  });
});
