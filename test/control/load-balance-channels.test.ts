import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import {
  at,
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

let running: DocumentedRuntime;
let gateway: Documented;
let channelId: string;

beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
});
afterAll(() => running.dispose());
beforeEach(async () => {
  channelId = await gateway.add('vpc-channels', channelBody());
});

const HEALTH = {
  protocol: 'http',
  path: '/health',
  http_code: '200,201-299',
  threshold_normal: 2,
  threshold_abnormal: 5,
  timeout: 5,
  time_interval: 10,
};

function channelBody(fields: Json = {}): Json {
  return {
    name: uniqueName('channel'),
    port: 8080,
    balance_strategy: 1,
    member_type: 'ip',
    type: 2,
    member_groups: [{ member_group_name: 'blue', member_group_weight: 5 }, { member_group_name: 'green' }],
    members: [
      { host: '192.0.2.1', weight: 1, member_group_name: 'blue' },
      { host: '192.0.2.2', port: 9090, weight: 2, status: 2, is_backup: true },
    ],
    vpc_health_config: HEALTH,
    ...fields,
  };
}

async function read(path: string): Promise<Json> {
  const { status, body } = await gateway.call('GET', path);
  expect(status).toBe(200);
  return body;
}

/** Host, port and group of each member. */
async function members(): Promise<readonly (readonly unknown[])[]> {
  const body = await read(`vpc-channels/${channelId}/members`);
  return (body['members'] as Json[]).map((each) => [
    each['host'],
    each['port'],
    each['member_group_name'],
    each['weight'],
  ]);
}

/** The IDs of members by host. */
async function memberIds(): Promise<Readonly<Record<string, string>>> {
  const body = await read(`vpc-channels/${channelId}/members`);
  return Object.fromEntries((body['members'] as Json[]).map(({ host, id }) => [String(host), String(id)]));
}

describe('a channel', () => {
  test('is shown whole, with IDs for its parts', async () => {
    const answer = await gateway.call('POST', 'vpc-channels', channelBody());
    const id = String(answer.body['id']);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      port: 8080,
      balance_strategy: 1,
      member_type: 'ip',
      type: 2,
      status: 1,
      create_time: expect.stringMatching(/Z$/),
      member_groups: [
        {
          member_group_name: 'blue',
          member_group_weight: 5,
          member_group_id: expect.stringMatching(/^\w{32}$/),
        },
        { member_group_name: 'green' },
      ],
      members: [
        {
          id: expect.stringMatching(/^\w{32}$/),
          host: '192.0.2.1',
          ecs_id: '192.0.2.1',
          ecs_name: '192.0.2.1',
          port: 0,
          status: 1,
          is_backup: false,
          vpc_channel_id: id,
        },
        { host: '192.0.2.2', port: 9090, status: 2, is_backup: true, member_group_id: '' },
      ],
      vpc_health_config: { protocol: 'HTTP', status: 1, method: 'GET', vpc_channel_id: id, port: 0 },
    });
    expect(await read(`vpc-channels/${id}`)).toEqual(answer.body);
  });

  test('is listed without members and health check', async () => {
    const body = await read(`vpc-channels?id=${channelId}`);

    expect(body).toMatchObject({ total: 1, size: 1, vpc_channels: [{ id: channelId }] });
    expect(at(body, 'vpc_channels', 0)).not.toHaveProperty('members');
    expect(at(body, 'vpc_channels', 0)).not.toHaveProperty('vpc_health_config');
  });

  test.each([
    ['member_host=192.0.2.1', 1],
    ['member_host=192.0.2', 0],
    ['member_port=9090', 1],
    ['member_port=8080', 1],
    ['member_port=1', 0],
    ['member_group_name=blue', 1],
    ['member_group_name=red', 0],
    ['vpc_channel_type=builtin', 1],
    ['vpc_channel_type=microservice', 0],
  ])('is found by %s', async (query, total) => {
    expect(await read(`vpc-channels?id=${channelId}&${query}`)).toMatchObject({ total });
  });

  test('loses what an update leaves out, and keeps the IDs of what stays', async () => {
    const { '192.0.2.2': kept } = await memberIds();
    const answer = await gateway.call('PUT', `vpc-channels/${channelId}`, {
      ...channelBody(),
      vpc_health_config: undefined,
      members: [{ host: '192.0.2.2', port: 9090 }],
    });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ members: [{ id: kept, weight: 1 }] });
    expect(answer.body).not.toHaveProperty('vpc_health_config');
  });

  test.each<readonly [string, Json, number, string]>([
    ['no name', { name: undefined }, 400, 'APIG.2001'],
    ['a bad name', { name: '1st' }, 400, 'APIG.2011'],
    ['no port', { port: undefined }, 400, 'APIG.2001'],
    ['port 0', { port: 0 }, 400, 'APIG.2002'],
    ['port 65,536', { port: 65_536 }, 400, 'APIG.2003'],
    ['an unknown strategy', { balance_strategy: 5 }, 400, 'APIG.2011'],
    ['the type of microservices alone', { type: 3 }, 400, 'APIG.2001'],
    ['the newer name of that type alone', { vpc_channel_type: 'microservice' }, 400, 'APIG.2001'],
    ['a member without host', { members: [{ port: 80 }] }, 400, 'APIG.2001'],
    ['a host with a port', { members: [{ host: 'a/b' }] }, 400, 'APIG.2011'],
    ['a weight below 0', { members: [{ host: 'a.b', weight: -1 }] }, 400, 'APIG.2002'],
    ['a weight above 10,000', { members: [{ host: 'a.b', weight: 10_001 }] }, 400, 'APIG.2003'],
    ['a group that is not there', { members: [{ host: 'a.b', member_group_name: 'red' }] }, 400, 'APIG.2011'],
    [
      'a group twice',
      {
        member_groups: [{ member_group_name: 'blue' }, { member_group_name: 'blue', member_group_weight: 1 }],
      },
      400,
      'APIG.2011',
    ],
    [
      'a server of the cloud',
      { member_type: 'ecs', members: [{ ecs_id: 'x', ecs_name: 'x' }] },
      404,
      'APIG.3092',
    ],
    ['a check without path', { vpc_health_config: { ...HEALTH, path: '' } }, 400, 'APIG.2001'],
    ['a check without statuses', { vpc_health_config: { ...HEALTH, http_code: '' } }, 400, 'APIG.2001'],
    ['a check with a bad range', { vpc_health_config: { ...HEALTH, http_code: '2xx' } }, 400, 'APIG.2011'],
    [
      'a check that is slower than its interval',
      { vpc_health_config: { ...HEALTH, timeout: 10 } },
      400,
      'APIG.2011',
    ],
    [
      'a check with a certificate',
      { vpc_health_config: { ...HEALTH, enable_client_ssl: true } },
      400,
      'APIG.2011',
    ],
    [
      'more members than there may be',
      { members: Array.from({ length: 11 }, (_, index) => ({ host: `h${index}` })) },
      403,
      'APIG.3110',
    ],
  ])('is refused with %s', async (_what, fields, status, code) => {
    const created = await gateway.call(
      'POST',
      'vpc-channels',
      channelBody({ member_groups: [], members: [], ...fields }),
    );
    expect([created.status, created.body['error_code']]).toEqual([status, code]);

    const updated = await gateway.call(
      'PUT',
      `vpc-channels/${channelId}`,
      channelBody({ member_groups: [], members: [], ...fields }),
    );
    expect([updated.status, updated.body['error_code']]).toEqual([status, code]);
  });

  test('has a name of its own', async () => {
    const name = uniqueName('channel');
    await gateway.add('vpc-channels', channelBody({ name }));

    const answer = await gateway.call('POST', 'vpc-channels', channelBody({ name }));

    expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIG.3208']);
  });

  test('that an API uses cannot be deleted, not even while only its publication does', async () => {
    const backend_api = {
      req_protocol: 'HTTP',
      req_method: 'GET',
      req_uri: '/',
      timeout: 5000,
      vpc_channel_status: 1,
      vpc_channel_info: { vpc_channel_id: channelId, vpc_channel_proxy_host: 'orders.internal' },
    };
    const http = { backend_type: 'HTTP', mock_info: undefined, backend_api };
    const { apiId } = await gateway.published(http);
    const api = await read(`apis/${apiId}`);
    expect(api['backend_api']).toMatchObject({
      url_domain: channelId,
      vpc_channel_status: 1,
      vpc_channel_info: {
        vpc_channel_id: channelId,
        vpc_channel_proxy_host: 'orders.internal',
        vpc_channel_port: 0,
        cascade_flag: false,
      },
    });
    const { name } = await read(`vpc-channels/${channelId}`);
    expect(await read(`apis?vpc_channel_name=${String(name)}`)).toMatchObject({ apis: [{ id: apiId }] });
    expect((await gateway.call('DELETE', `vpc-channels/${channelId}`)).body['error_code']).toBe('APIG.3414');

    await gateway.call('PUT', `apis/${apiId}`, {
      ...api,
      backend_type: 'MOCK',
      backend_api: null,
      mock_info: {},
    });
    const refused = await gateway.call('DELETE', `vpc-channels/${channelId}`);
    expect([refused.status, refused.body['error_code']]).toEqual([403, 'APIG.3414']);

    await gateway.call('POST', 'apis/action', {
      action: 'offline',
      api_id: apiId,
      env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
    });
    expect((await gateway.call('DELETE', `vpc-channels/${channelId}`)).status).toBe(204);
    expect((await gateway.call('GET', `vpc-channels/${channelId}`)).body['error_code']).toBe('APIG.3023');
  });

  test('that is not there is nothing that an API may use', async () => {
    const backend_api = {
      req_protocol: 'HTTP',
      req_method: 'GET',
      req_uri: '/',
      timeout: 5000,
      vpc_channel_status: 1,
      vpc_channel_info: { vpc_channel_id: 'f'.repeat(32) },
    };
    const answer = await gateway.call('POST', 'apis', {
      ...(await read(`apis/${await gateway.api()}`)),
      name: uniqueName('api'),
      req_uri: '/other',
      backend_type: 'HTTP',
      backend_api,
    });

    expect([answer.status, answer.body['error_code']]).toEqual([404, 'APIG.3023']);
  });
});

describe('the members of a channel', () => {
  const path = () => `vpc-channels/${channelId}/members`;

  test('are added, or changed where group, host and port are the same', async () => {
    const { '192.0.2.1': known } = await memberIds();

    const answer = await gateway.call('POST', path(), {
      members: [
        { host: '192.0.2.1', port: 8080, weight: 7, member_group_name: 'blue' },
        { host: '192.0.2.1', weight: 8, member_group_name: 'blue' },
        { host: '192.0.2.1', weight: 9 },
      ],
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      total: 2,
      size: 2,
      members: [
        { id: known, weight: 7, member_group_name: 'blue' },
        { weight: 9, member_group_name: '' },
      ],
    });
    expect(await members()).toHaveLength(3);
  });

  test('are replaced, all or those of one group', async () => {
    const some = await gateway.call('PUT', path(), {
      member_group_name: 'blue',
      members: [{ host: '192.0.2.5' }],
    });
    expect(some.status).toBe(200);
    expect(some.body).toMatchObject({
      total: 1,
      members: [{ host: '192.0.2.5', member_group_name: 'blue' }],
    });
    expect((await members()).map(([host]) => host)).toEqual(['192.0.2.2', '192.0.2.5']);

    await gateway.call('PUT', path(), { members: [{ host: '192.0.2.6' }] });
    expect(await members()).toEqual([['192.0.2.6', 0, '', 1]]);
  });

  test.each([
    ['', 2],
    ['?name=192', 2],
    ['?name=192&precise_search=name', 0],
    ['?member_group_name=bl', 1],
    ['?member_group_name=bl&precise_search=member_group_name', 0],
    ['?limit=1', 1],
  ])('are listed by "%s"', async (query, size) => {
    expect(await read(`${path()}${query}`)).toMatchObject({ size });
  });

  test('are switched off and on', async () => {
    const { '192.0.2.1': one = '', '192.0.2.2': two = '' } = await memberIds();
    const statuses = async () => ((await read(path()))['members'] as Json[]).map(({ status }) => status);

    const off = await gateway.call('POST', `${path()}/batch-disable`, { member_ids: [one] });
    expect(off.status).toBe(204);
    expect(await statuses()).toEqual([2, 2]);

    const on = await gateway.call('POST', `${path()}/batch-enable`, { member_ids: [one, two] });
    expect(on.status).toBe(204);
    expect(await statuses()).toEqual([1, 1]);
  });

  test('are removed one by one', async () => {
    const { '192.0.2.1': id = '' } = await memberIds();

    expect((await gateway.call('DELETE', `${path()}/${id}`)).status).toBe(204);
    expect((await members()).map(([host]) => host)).toEqual(['192.0.2.2']);
  });

  test.each<readonly [string, string, string, Json | undefined, number, string]>([
    ['DELETE', 'one that is not there', '/nobody', undefined, 404, 'APIG.3024'],
    ['POST', 'switching on one that is not there', '/batch-enable', { member_ids: ['x'] }, 404, 'APIG.3024'],
    ['POST', 'switching on nobody', '/batch-enable', {}, 400, 'APIG.2001'],
    ['POST', 'no list', '', {}, 400, 'APIG.2001'],
    ['POST', 'a list of something else', '', { members: ['a'] }, 400, 'APIG.2011'],
    ['POST', 'a bad weight', '', { members: [{ host: 'a.b', weight: 'x' }] }, 400, 'APIG.2011'],
    [
      'PUT',
      'a group that is not there',
      '',
      { members: [{ host: 'a' }], member_group_name: 'red' },
      400,
      'APIG.2011',
    ],
  ])('%s refuses %s', async (method, _what, below, body, status, code) => {
    const before = await members();

    const answer = await gateway.call(method, `${path()}${below}`, body);

    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
    expect(await members()).toEqual(before);
  });
});

describe('the groups of a channel', () => {
  const path = () => `vpc-channels/${channelId}/member-groups`;
  const groupIds = async () =>
    Object.fromEntries(
      ((await read(path()))['member_groups'] as Json[]).map((each): [string, string] => [
        String(each['member_group_name']),
        String(each['id']),
      ]),
    );

  test('are added, or changed where the name is the same', async () => {
    const { blue } = await groupIds();

    const answer = await gateway.call('POST', path(), {
      member_groups: [{ member_group_name: 'blue', member_group_weight: 1 }, { member_group_name: 'red' }],
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      total: 2,
      member_groups: [
        { id: blue, member_group_id: blue, member_group_weight: 1 },
        { member_group_name: 'red' },
      ],
    });
    expect(Object.keys(await groupIds()).sort()).toEqual(['blue', 'green', 'red']);
  });

  test('are read, renamed with their members, and deleted with them', async () => {
    const { blue = '' } = await groupIds();
    expect(await read(`${path()}/${blue}`)).toMatchObject({ member_group_name: 'blue' });

    const answer = await gateway.call('PUT', `${path()}/${blue}`, {
      member_group_name: 'navy',
      member_group_remark: 'darker',
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id: blue, member_group_name: 'navy', member_group_remark: 'darker' });
    expect(await read(`vpc-channels/${channelId}/members?member_group_id=${blue}`)).toMatchObject({
      members: [{ host: '192.0.2.1', member_group_name: 'navy' }],
    });

    expect((await gateway.call('DELETE', `${path()}/${blue}`)).status).toBe(204);
    expect((await members()).map(([host]) => host)).toEqual(['192.0.2.2']);
    expect((await gateway.call('GET', `${path()}/${blue}`)).body['error_code']).toBe('APIG.3024');
  });

  test('have names of their own', async () => {
    const { blue = '' } = await groupIds();

    const answer = await gateway.call('PUT', `${path()}/${blue}`, { member_group_name: 'green' });

    expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIG.2011']);
    expect(Object.keys(await groupIds())).toEqual(['blue', 'green']);
  });
});

describe('the health check of a channel', () => {
  test('is replaced by an operation of its own', async () => {
    const answer = await gateway.call('PUT', `vpc-channels/${channelId}/health-config`, {
      protocol: 'TCP',
      threshold_normal: 1,
      threshold_abnormal: 1,
      timeout: 1,
      time_interval: 2,
      status: 2,
    });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      protocol: 'TCP',
      path: '',
      status: 2,
      id: expect.stringMatching(/^\w{32}$/),
      vpc_channel_id: channelId,
    });
    expect(await read(`vpc-channels/${channelId}`)).toMatchObject({ vpc_health_config: answer.body });
  });

  test('is refused when it cannot be', async () => {
    const answer = await gateway.call('PUT', `vpc-channels/${channelId}/health-config`, {
      ...HEALTH,
      timeout: 31,
    });

    expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIG.2003']);
    expect(answer.body['error_msg']).toMatch(/vpc_health_config\.timeout$/);
  });
});
