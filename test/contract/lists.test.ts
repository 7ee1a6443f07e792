import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { operations, type DocumentedOperation } from '../support/document.ts';
import { openWorld, type RequestParts, type World } from './world.ts';

const NOBODY = 'nothing-has-this-value';

/** Parameters that ask for something else than a narrower list. */
const NO_FILTERS = ['offset', 'limit', 'precise_search', 'return_data_mode', 'secrets', 'duration'];

/** Keys of rows that hold what a parameter is compared with, where they do not have its name. */
const KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  listGateway: { instance_id: 'id' },
  listAcl: { name: 'acl_name' },
  listThrottleException: { user: '' },
  listLoadBalanceChannel: { member_host: '', member_port: '', member_group_name: '', member_group_id: '' },
  listApi: { vpc_channel_name: '', env_id: 'run_env_id' },
  listMembers: { name: 'ecs_name' },
  listThrottlesOfApi: { throttle_id: 'id', throttle_name: 'name', env_id: '' },
  listThrottleBinding: { env_id: 'run_env_id', env_name: 'run_env_name', api_id: 'id', api_name: 'name' },
  listApisWithoutThrottle: { env_id: 'run_env_id', env_name: 'run_env_name', api_id: 'id', api_name: 'name' },
  listApisWithoutAcl: { env_id: 'run_env_id', env_name: 'run_env_name', api_id: 'id', api_name: 'name' },
  listApisWithoutSignatureKey: {
    env_id: 'run_env_id',
    env_name: 'run_env_name',
    api_id: 'id',
    api_name: 'name',
  },
  listUnauthorizedApis: { env_name: 'run_env_name', api_id: 'id', api_name: 'name' },
  listAppQuotaBinding: { app_name: 'name' },
  listBindableApps: { app_name: 'name' },
  listCertificateDomains: { url_domain: 'url_domain' },
};

const paged = operations
  // What is found by tags is shown in another form.
  .filter(({ id }) => id !== 'findGatewaysByTag')
  .filter(({ parameters }) => parameters.some(({ name }) => name === 'offset'));
const filtered = paged.flatMap((operation) =>
  filtersOf(operation).map((name) => ({ id: operation.id, name, operation })),
);
const precise = filtered.filter(({ name, operation }) => preciseOf(operation).includes(name));

describe('a list', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
    // A second one of each, so that there is what a page or a filter leaves out.
    for (const [operation, fields] of SECOND) await world.make(operation, fields);
    const api_id = await world.make('createApi');
    const { publish_id } = await world.succeed('publishApi', { api_id });
    await world.succeed('publishApi');
    const publish_ids = [publish_id, world.ids['publish_id']];
    for (const name of ['createThrottleBinding', 'createAclBinding', 'createSignatureBinding']) {
      await world.succeed(name, { publish_ids });
    }
    await world.succeed('createPluginAttachment', { api_ids: [api_id, world.ids['api_id']] });
    const app = await world.make('createApp');
    await world.succeed('createAppAuthorization', { app_ids: [app, world.ids['app_id']], api_ids: [api_id] });
    await world.succeed('createAppQuotaBinding', { app_ids: [app] });
    const free = await world.make('createApi');
    await world.succeed('publishApi', { api_id: free });
    await world.succeed('attachCertificate');
  });
  afterAll(() => world.dispose());

  test.each(paged)('$id is cut into pages, whatever is asked for', async (operation) => {
    const all = await rowsOf(operation, { limit: '500' });
    expect(all.size).toBe(Math.min(all.total, 500));
    const usual = await rowsOf(operation, {});
    expect(usual.rows).toEqual(all.rows.slice(0, 20));

    for (const [query, offset, limit] of [
      [{ offset: '-5' }, 0, 20],
      [{ offset: '+1' }, 1, 20],
      [{ limit: '0' }, 0, 20],
      [{ limit: '-3' }, 0, 20],
      [{ limit: '1' }, 0, 1],
      [{ limit: '501' }, 0, 500],
      [{ limit: '999999999' }, 0, 500],
      [{ offset: '1', limit: '1' }, 1, 1],
      [{ offset: '999999999' }, 999_999_999, 20],
      [{ offset: '', limit: '' }, 0, 20],
    ] as const) {
      const { total, size, rows } = await rowsOf(operation, query);
      expect({ query, total, rows }).toEqual({
        query,
        total: all.total,
        rows: all.rows.slice(offset, offset + limit),
      });
      expect(size).toBe(rows.length);
    }
  });

  test.each(paged)('$id refuses what is no number, and names it', async (operation) => {
    const sample = await world.sampleOf(operation);
    for (const name of ['offset', 'limit']) {
      for (const value of ['x', '1.5', '1e3', '0x10', '9'.repeat(30)]) {
        const { status, body } = await world.ask(operation, {
          ...sample,
          query: { ...sample.query, [name]: value },
        });
        expect({ value, status, code: body['error_code'] }).toEqual({
          value,
          status: 400,
          code: 'APIG.2012',
        });
        expect(body['error_msg']).toMatch(new RegExp(`parameterName:${name}$`));
      }
    }
  });

  test.each(filtered)(
    '$id is empty when nothing has the $name that is asked for',
    async ({ operation, name }) => {
      const sample = await world.sampleOf(operation);
      const { status, body } = await world.ask(operation, {
        ...sample,
        query: { ...sample.query, [name]: NOBODY },
      });
      // A list of what is bound to something asks for that to be there.
      if (status === 404) expect(body['error_msg']).toContain(NOBODY);
      else expect({ status, total: body['total'] }).toEqual({ status: 200, total: 0 });
    },
  );

  test.each(filtered)(
    '$id has all that have the $name that is asked for, and no others',
    async ({ operation, name }) => {
      const key = KEYS[operation.id]?.[name] ?? name;
      const { rows } = await rowsOf(operation, { limit: '500' });
      const values = rows.map((row) => (row as Json)[key]);
      const [value] = values;
      if (key === '' || (typeof value !== 'string' && typeof value !== 'number')) return;
      const wanted = String(value);
      const found = await rowsOf(operation, { limit: '500', [name]: wanted, precise_search: name });
      const expected = rows.filter((row) =>
        String((row as Json)[key])
          .split('|')
          .includes(wanted),
      );
      expect(found.rows).toEqual(expected);
      // What is left out is as if it were not asked for.
      expect((await rowsOf(operation, { limit: '500', [name]: '' })).rows).toEqual(rows);
    },
  );

  test.each(precise)('$id takes a part of $name, unless it is to be precise', async ({ operation, name }) => {
    const key = KEYS[operation.id]?.[name] ?? name;
    const { rows } = await rowsOf(operation, { limit: '500' });
    const value = key === '' ? undefined : (rows[0] as Json | undefined)?.[key];
    if (typeof value !== 'string' || value.length < 3) return;
    const part = value.slice(1, -1);
    const found = await rowsOf(operation, { limit: '500', [name]: part });
    expect(found.rows).toEqual(rows.filter((row) => String((row as Json)[key]).includes(part)));
    const whole = await rowsOf(operation, { limit: '500', [name]: part, precise_search: `other,${name}` });
    expect(whole.rows).toEqual(rows.filter((row) => (row as Json)[key] === part));
  });

  async function rowsOf(operation: DocumentedOperation, query: Readonly<Record<string, string>>) {
    const sample: RequestParts = await world.sampleOf(operation);
    const { status, body, text } = await world.ask(operation, {
      ...sample,
      query: { ...sample.query, ...query },
    });
    expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
    const lists = Object.values(body).filter((value): value is readonly unknown[] => Array.isArray(value));
    // Clients count the one list that they find.
    expect(lists).toHaveLength(1);
    return { total: Number(body['total']), size: Number(body['size']), rows: lists[0] ?? [] };
  }
});

/** What a second one of each kind is made of. */
const SECOND: readonly (readonly [string, Json?])[] = [
  ['createGateway'],
  ['createEnvironment'],
  ['createApiGroup'],
  ['createEnvironmentVariable'],
  ['createCertificate'],
  ['createDomain'],
  ['createGatewayResponse'],
  ['createLoadBalanceChannel', { members: [{ host: '127.0.0.9', weight: 1 }], member_groups: [] }],
  ['createAuthorizer', { type: 'BACKEND' }],
  ['createThrottle'],
  ['createThrottleException'],
  ['createApp'],
  ['createAppCode'],
  ['createAcl', { acl_type: 'DENY', entity_type: 'DOMAIN', acl_value: 'shop' }],
  ['createSignatureKey'],
  ['createAppQuota'],
  ['createPlugin', { plugin_type: 'cors', plugin_content: '{"allow_origin":"*","allow_methods":"GET"}' }],
  ['openChangeset'],
];

function filtersOf({ id, parameters }: DocumentedOperation): readonly string[] {
  return (
    parameters
      .filter((each) => each.in === 'query' && each.required !== true && !NO_FILTERS.includes(each.name))
      .map(({ name }) => name)
      // What can be attached somewhere is not itself in an environment.
      .filter((name) => id !== 'listAttachablePlugins' || name !== 'env_id')
  );
}

/** Parameters that `precise_search` may name. */
function preciseOf({ parameters }: DocumentedOperation): readonly string[] {
  const described = parameters.find(({ name }) => name === 'precise_search') as
    { readonly description?: string } | undefined;
  return [...(described?.description ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
}
