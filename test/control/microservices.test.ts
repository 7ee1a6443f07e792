import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { readTask } from '../../gateway-runtime/src/config.ts';
import type { MicroserviceEntry } from '../../gateway-runtime/src/microservice-registry.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import {
  at,
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';
import { send } from '../support/gateway.ts';

let running: DocumentedRuntime;
let gateway: Documented;
let backends: readonly Backend[];

const NAMES = ['one', 'two', 'three'] as const;

beforeAll(async () => {
  backends = await Promise.all(
    NAMES.map((name) => openBackend({ answer: ({ target }, response) => response.end(`${name} ${target}`) })),
  );
  running = await openDocumented({ microservices: registered(backends) });
});
afterAll(async () => {
  await running.dispose();
  for (const backend of backends) await backend.dispose();
});
beforeEach(async () => {
  gateway = await running.create();
});

/** Two versions of a service in an engine, and a workload in a cluster. */
function registered([one, two, three]: readonly Backend[]): readonly MicroserviceEntry[] {
  const engine = { engine_id: 'engine-1', service_id: 'orders' };
  return [
    { ...engine, version: '1.0.0', members: [one?.address ?? ''] },
    { ...engine, version: '2.0.0', labels: { tier: 'new' }, members: [two?.address ?? ''] },
    {
      cluster_id: 'cluster-1',
      namespace: 'shop',
      workload_type: 'deployment',
      app_name: 'stock',
      labels: { app: 'stock' },
      members: [`127.0.0.1:${three?.port ?? 0}`],
    },
    { cluster_id: 'cluster-1', namespace: 'shop', app_name: 'portless', members: ['127.0.0.1'] },
  ];
}

const CSE: Json = { engine_id: 'engine-1', service_id: 'orders' };
const CCE: Json = {
  cluster_id: 'cluster-1',
  namespace: 'shop',
  workload_type: 'deployment',
  label_key: 'app',
  label_value: 'stock',
};

function importBody(fields: Json = {}): Json {
  return {
    group_info: { group_name: uniqueName('group') },
    service_type: 'CSE',
    protocol: 'HTTP',
    apis: [{ name: 'all_orders', req_uri: '/orders' }],
    cse_info: CSE,
    ...fields,
  };
}

function channelBody(fields: Json = {}): Json {
  return {
    name: uniqueName('channel'),
    port: 80,
    balance_strategy: 1,
    type: 3,
    microservice_info: { service_type: 'CSE', cse_info: CSE },
    ...fields,
  };
}

/** Publishes an API and returns what calls it. */
async function published(apiId: string, groupId: string): Promise<(path: string) => Promise<string>> {
  await gateway.publish(apiId);
  const { port } = running.gateway.http ?? { port: 0 };
  return async (path) => {
    const answer = await send(`http://127.0.0.1:${port}${path}`, 'GET', {
      host: `${groupId}.apic.localhost`,
    });
    return answer.status === 200 ? answer.text : `${answer.status} ${answer.text}`;
  };
}

/** The names of who answers some calls, in order. */
async function answering(call: (path: string) => Promise<string>, path: string, count: number) {
  const names: string[] = [];
  for (let index = 0; index < count; index += 1) names.push((await call(path)).split(' ')[0] ?? '');
  return names.sort();
}

/** An API that asks a channel. */
async function apiOn(channelId: string) {
  const groupId = await gateway.group();
  const apiId = await gateway.api({
    group_id: groupId,
    req_uri: '/orders',
    backend_type: 'HTTP',
    mock_info: undefined,
    backend_api: {
      req_protocol: 'HTTP',
      req_method: 'GET',
      req_uri: '/orders',
      timeout: 5000,
      vpc_channel_status: 1,
      vpc_channel_info: { vpc_channel_id: channelId },
    },
  });
  return published(apiId, groupId);
}

describe('the import of a microservice', () => {
  test('makes a group, a channel and APIs that lead to the instances in turn', async () => {
    const { status, body } = await gateway.call('POST', 'microservice/import', importBody());

    expect(status).toBe(201);
    expect(body).toEqual({
      vpc_channel_id: expect.stringMatching(/^[\da-f]{32}$/),
      api_group_id: expect.stringMatching(/^[\da-f]{32}$/),
      apis: [
        {
          id: expect.stringMatching(/^[\da-f]{32}$/),
          name: 'all_orders',
          req_uri: '/orders',
          req_method: 'ANY',
          match_mode: 'SWA',
        },
      ],
    });
    const call = await published(String(at(body, 'apis', 0, 'id')), String(body['api_group_id']));
    expect(await answering(call, '/orders', 4)).toEqual(['one', 'one', 'two', 'two']);
    expect(await call('/orders/7?full=1')).toMatch(/^\w+ \/orders\/7\?full=1$/);
  });

  test('publishes nothing, and is one revision', async () => {
    const count = async () => {
      const token = { 'x-auth-token': 'test-token' };
      const answer = await send(`${running.endpoint}/runtime/v1/revisions?limit=1`, 'GET', token);
      return Number(answer.body['total']);
    };
    const before = await count();
    const { body } = await gateway.call(
      'POST',
      'microservice/import',
      importBody({ apis: [{ req_uri: '/a' }, { req_uri: '/b' }] }),
    );

    expect(await count()).toBe(before + 1);
    const api = await gateway.call('GET', `apis/${String(at(body, 'apis', 0, 'id'))}`);
    expect(api.body).toMatchObject({ publish_id: '', run_env_id: '', name: 'ANY:/a' });
  });

  test('has defaults', async () => {
    const { body } = await gateway.call(
      'POST',
      'microservice/import',
      importBody({ protocol: undefined, apis: [{ req_uri: '/' }] }),
    );
    const api = await gateway.call('GET', `apis/${String(at(body, 'apis', 0, 'id'))}`);

    expect(api.body).toMatchObject({
      name: 'ANY:/',
      req_protocol: 'HTTPS',
      req_method: 'ANY',
      match_mode: 'SWA',
      auth_type: 'NONE',
      cors: false,
      backend_api: { req_protocol: 'HTTPS', timeout: 5000, vpc_channel_status: 1 },
    });
  });

  test('takes what it is told', async () => {
    const groupId = await gateway.group();
    const { body } = await gateway.call(
      'POST',
      'microservice/import',
      importBody({
        group_info: { group_id: groupId, app_id: 'unused' },
        service_type: 'CCE',
        cse_info: undefined,
        cce_info: { ...CCE, port: 8080, version: undefined },
        apis: [{ name: 'item', req_method: 'GET', req_uri: '/items/{id}', match_mode: 'NORMAL' }],
        backend_timeout: 700,
        auth_type: 'APP',
        cors: true,
      }),
    );

    expect(body).toMatchObject({ api_group_id: groupId });
    const api = await gateway.call('GET', `apis/${String(at(body, 'apis', 0, 'id'))}`);
    expect(api.body).toMatchObject({
      name: 'item',
      req_method: 'GET',
      match_mode: 'NORMAL',
      auth_type: 'APP',
      cors: true,
      backend_api: { timeout: 700, req_uri: '/items/{id}' },
    });
    const channel = await gateway.call('GET', `vpc-channels/${String(body['vpc_channel_id'])}`);
    expect(channel.body).toMatchObject({
      type: 3,
      port: 8080,
      microservice_info: { service_type: 'CCE', cce_info: { ...CCE, app_name: '' } },
    });
  });

  test('passes the parameters of paths on', async () => {
    const { body } = await gateway.call(
      'POST',
      'microservice/import',
      importBody({ apis: [{ req_uri: '/items/{id}/{rest+}', match_mode: 'NORMAL' }] }),
    );
    const call = await published(String(at(body, 'apis', 0, 'id')), String(body['api_group_id']));

    expect(await call('/items/7/a/b')).toMatch(/^\w+ \/items\/7\/a\/b$/);
  });

  test('asks the instances of one version only, where it names one', async () => {
    const { body } = await gateway.call(
      'POST',
      'microservice/import',
      importBody({ cse_info: { ...CSE, version: '2.0.0' } }),
    );
    const call = await published(String(at(body, 'apis', 0, 'id')), String(body['api_group_id']));

    expect(await answering(call, '/orders', 3)).toEqual(['two', 'two', 'two']);
  });

  test.each<readonly [string, Json, number, string, string]>([
    ['no group', { group_info: undefined }, 400, 'APIG.2001', 'group_info'],
    ['no name of a group', { group_info: {} }, 400, 'APIG.2001', 'group_name'],
    ['a group that is not there', { group_info: { group_id: '0'.repeat(32) } }, 404, 'APIG.3001', ''],
    ['a bad name of a group', { group_info: { group_name: '!' } }, 400, 'APIG.2011', 'name'],
    ['no type of service', { service_type: undefined }, 400, 'APIG.2001', 'service_type'],
    ['another type of service', { service_type: 'NACOS' }, 400, 'APIG.2011', 'service_type'],
    ['another protocol', { protocol: 'GRPC' }, 400, 'APIG.2011', 'protocol'],
    ['no APIs', { apis: undefined }, 400, 'APIG.2001', 'apis'],
    ['an empty list of APIs', { apis: [] }, 400, 'APIG.2011', 'apis'],
    [
      '51 APIs',
      { apis: Array.from({ length: 51 }, (_, i) => ({ req_uri: `/${i}` })) },
      400,
      'APIG.2011',
      'apis',
    ],
    ['an API without a path', { apis: [{ name: 'nothing' }] }, 400, 'APIG.2001', 'req_uri'],
    ['a path without a slash', { apis: [{ req_uri: 'orders' }] }, 400, 'APIG.2011', 'req_uri'],
    ['another method', { apis: [{ req_uri: '/', req_method: 'TRACE' }] }, 400, 'APIG.2011', 'req_method'],
    [
      'another match mode',
      { apis: [{ req_uri: '/', match_mode: 'PREFIX' }] },
      400,
      'APIG.2011',
      'match_mode',
    ],
    ['the same path twice', { apis: [{ req_uri: '/a' }, { req_uri: '/a' }] }, 400, 'APIG.3301', ''],
    [
      'the same name twice',
      {
        apis: [
          { req_uri: '/a', name: 'same' },
          { req_uri: '/b', name: 'same' },
        ],
      },
      400,
      'APIG.3202',
      'same',
    ],
    ['no time', { backend_timeout: 0 }, 400, 'APIG.2002', 'timeout'],
    ['more time than there is', { backend_timeout: 60_001 }, 400, 'APIG.2003', 'timeout'],
    ['another authentication', { auth_type: 'AUTHORIZER' }, 400, 'APIG.2011', 'auth_type'],
    ['no service', { cse_info: undefined }, 400, 'APIG.2001', 'cse_info'],
    ['a service without a name', { cse_info: { engine_id: 'engine-1' } }, 400, 'APIG.2001', 'service_id'],
    ['an engine that is not known', { cse_info: { ...CSE, engine_id: 'x' } }, 400, 'APIG.2042', 'engine_id'],
    ['a service that is not known', { cse_info: { ...CSE, service_id: 'x' } }, 400, 'APIG.2108', ''],
    ['no workload', { service_type: 'CCE' }, 400, 'APIG.2001', 'cce_info'],
    ['a workload without a port', { service_type: 'CCE', cce_info: CCE }, 400, 'APIG.2001', 'port'],
    [
      'a workload without a name or label',
      { service_type: 'CCE', cce_info: { ...CCE, port: 80, label_key: '' } },
      400,
      'APIG.2041',
      'label_key',
    ],
    [
      'a workload that is not known',
      { service_type: 'CCE', cce_info: { ...CCE, port: 80, namespace: 'other' } },
      400,
      'APIG.2108',
      '',
    ],
  ])('is refused with %s, and leaves nothing', async (_, fields, status, code, about) => {
    const answer = await gateway.call('POST', 'microservice/import', importBody(fields));

    expect({ status: answer.status, code: answer.body['error_code'] }).toEqual({ status, code });
    expect(String(answer.body['error_msg'])).toContain(about);
    const groups = await gateway.call('GET', 'api-groups');
    const channels = await gateway.call('GET', 'vpc-channels');
    expect([groups.body['total'], channels.body['total']]).toEqual([1, 0]);
  });
});

describe('a channel of a microservice', () => {
  test('is shown with its microservice, and is found by its type', async () => {
    const { status, body } = await gateway.call(
      'POST',
      'vpc-channels',
      channelBody({
        member_groups: [
          {
            member_group_name: 'new',
            microservice_version: '2.0.0',
            microservice_port: 8080,
            microservice_labels: [{ label_name: 'tier', label_value: 'new' }],
          },
        ],
        members: [],
      }),
    );

    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 3,
      vpc_channel_type: 'microservice',
      members: [],
      member_groups: [
        {
          member_group_name: 'new',
          microservice_version: '2.0.0',
          microservice_port: 8080,
          microservice_labels: [{ label_name: 'tier', label_value: 'new' }],
        },
      ],
      microservice_info: {
        id: expect.stringMatching(/^[\da-f]{32}$/),
        instance_id: gateway.id,
        service_type: 'CSE',
        cse_info: { ...CSE, engine_name: '', version: '' },
        cce_info: { cluster_id: '', namespace: '' },
      },
    });
    expect((await gateway.call('GET', `vpc-channels/${String(body['id'])}`)).body).toEqual(body);
    const found = await gateway.call('GET', 'vpc-channels?vpc_channel_type=microservice');
    expect(found.body).toMatchObject({ total: 1, vpc_channels: [{ id: body['id'] }] });
    expect((await gateway.call('GET', 'vpc-channels?vpc_channel_type=builtin')).body).toMatchObject({
      total: 0,
    });
  });

  test('takes back what it shows', async () => {
    const { body } = await gateway.call('POST', 'vpc-channels', channelBody());
    const answer = await gateway.call('PUT', `vpc-channels/${String(body['id'])}`, body);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...body,
      microservice_info: { ...(body['microservice_info'] as Json), update_time: expect.any(String) },
    });
  });

  test('is made with the word for its type too', async () => {
    const { status, body } = await gateway.call(
      'POST',
      'vpc-channels',
      channelBody({ type: undefined, vpc_channel_type: 'microservice' }),
    );

    expect([status, body['type']]).toEqual([201, 3]);
  });

  test('shares calls by the weights of its groups, and follows a change at once', async () => {
    const groups = (first: number, second: number) => [
      { member_group_name: 'old', member_group_weight: first, microservice_version: '1.0.0' },
      { member_group_name: 'new', member_group_weight: second, microservice_version: '2.0.0' },
    ];
    const body = channelBody({ member_groups: groups(3, 1) });
    const channelId = await gateway.add('vpc-channels', body);
    const call = await apiOn(channelId);

    expect(await answering(call, '/orders', 8)).toEqual([...repeated('one', 6), ...repeated('two', 2)]);
    await gateway.call('PUT', `vpc-channels/${channelId}`, { ...body, member_groups: groups(0, 1) });
    expect(await answering(call, '/orders', 4)).toEqual(repeated('two', 4));
  });

  test('has the instances with the labels of a group', async () => {
    const member_groups = [
      { member_group_name: 'new', microservice_labels: [{ label_name: 'tier', label_value: 'new' }] },
    ];
    const call = await apiOn(await gateway.add('vpc-channels', channelBody({ member_groups })));

    expect(await answering(call, '/orders', 3)).toEqual(repeated('two', 3));
  });

  test.each([
    ['of the channel', (port: number) => ({ port })],
    [
      'of the group',
      (port: number) => ({ member_groups: [{ member_group_name: 'all', microservice_port: port }] }),
    ],
  ])('gives instances that have no port the one %s', async (_, fields) => {
    const port = backends[2]?.port ?? 0;
    const cce_info = { ...CCE, app_name: 'portless', label_key: '', label_value: '' };
    const microservice_info = { service_type: 'CCE', cce_info };
    const call = await apiOn(
      await gateway.add('vpc-channels', channelBody({ microservice_info, ...fields(port) })),
    );

    expect(await answering(call, '/orders', 2)).toEqual(repeated('three', 2));
  });

  test('becomes one of servers when it is told so', async () => {
    const channelId = await gateway.add('vpc-channels', channelBody());
    const call = await apiOn(channelId);
    const answer = await gateway.call('PUT', `vpc-channels/${channelId}`, {
      ...channelBody({ type: 2, microservice_info: undefined }),
      members: [{ host: '127.0.0.1', port: backends[2]?.port }],
    });

    expect(answer.status).toBe(200);
    expect(await answering(call, '/orders', 2)).toEqual(repeated('three', 2));
  });

  test.each<readonly [string, Json, string, string]>([
    ['no microservice', { microservice_info: undefined }, 'APIG.2001', 'microservice_info'],
    ['members', { members: [{ host: '127.0.0.1' }] }, 'APIG.2011', 'members'],
    ['a type that is not described', { type: undefined, vpc_channel_type: 'reference' }, 'APIG.2011', 'type'],
    [
      'another kind of service',
      { microservice_info: { service_type: 'NACOS', cse_info: CSE } },
      'APIG.2011',
      'service_type',
    ],
    ['no service', { microservice_info: { service_type: 'CSE' } }, 'APIG.2041', 'cse_info'],
    [
      'an engine that is not known',
      { microservice_info: { service_type: 'CSE', cse_info: { ...CSE, engine_id: 'x' } } },
      'APIG.2042',
      'engine_id',
    ],
    [
      'a service that is not known',
      { microservice_info: { service_type: 'CSE', cse_info: { ...CSE, service_id: 'x' } } },
      'APIG.2108',
      '',
    ],
    ['a microservice beside servers', { type: 2 }, 'APIG.2011', 'microservice_info'],
    [
      'a version beside servers',
      {
        type: 2,
        microservice_info: undefined,
        member_groups: [{ member_group_name: 'old', microservice_version: '1.0.0' }],
      },
      'APIG.2011',
      'microservice_version',
    ],
  ])('is refused with %s', async (_, fields, code, about) => {
    const answer = await gateway.call('POST', 'vpc-channels', channelBody(fields));

    expect({ status: answer.status, code: answer.body['error_code'] }).toEqual({ status: 400, code });
    expect(String(answer.body['error_msg'])).toContain(about);
  });

  test('has no members that can be added one by one', async () => {
    const channelId = await gateway.add('vpc-channels', channelBody());
    const answer = await gateway.call('POST', `vpc-channels/${channelId}/members`, {
      members: [{ host: '127.0.0.1' }],
    });

    expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIG.2011']);
  });
});

test('after a restart without the microservice its channel has no members', async () => {
  const other = await openDocumented({ microservices: registered(backends) });
  const made = await other.create();
  const { body } = await made.call('POST', 'microservice/import', importBody());
  await made.publish(String(at(body, 'apis', 0, 'id')));
  await other.gateway.close();
  const again = await openDocumented({ dataDirectory: other.dataDirectory });
  const { port } = again.gateway.http ?? { port: 0 };
  const host = `${String(body['api_group_id'])}.apic.localhost`;
  const answer = await send(`http://127.0.0.1:${port}/orders`, 'GET', { host });
  await again.dispose();

  expect([answer.status, answer.body['error_code']]).toEqual([502, 'APIG.0610']);
});

describe('the file of microservices', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apig-microservices-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read(content: string) {
    const file = join(folder, 'microservices.json');
    await writeFile(file, content);
    const task = readTask(['--data-directory', folder, '--microservices-file', file]);
    return task.serve ? task.config.microservices : undefined;
  }

  test('says where instances are', async () => {
    const entries = [
      { engine_id: 'e', service_id: 's', version: '1', members: ['127.0.0.1:9001', '[::1]:9002', 'host'] },
      { cluster_id: 'c', namespace: 'n', app_name: 'a', labels: { app: 'a' }, members: [] },
    ];

    expect(await read(JSON.stringify(entries))).toEqual(entries);
  });

  test.each([
    ['no JSON', '['],
    ['no list', '{}'],
    ['an engine without a service', '[{"engine_id":"e","members":[]}]'],
    ['a port that is none', '[{"engine_id":"e","service_id":"s","members":["host:70000"]}]'],
    ['a URL', '[{"engine_id":"e","service_id":"s","members":["http://host"]}]'],
    ['an unknown field', '[{"engine_id":"e","service_id":"s","members":[],"more":1}]'],
  ])('is refused with %s', async (_, content) => {
    await expect(read(content)).rejects.toMatchObject({ name: 'StartupError' });
  });
});

function repeated(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, () => name);
}
