import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
});
afterAll(() => running.dispose());

const DEFAULT_BODY =
  '{"error_code":"$context.error.code","error_msg":"$context.error.message","request_id":"$context.requestId"}';
const pathOf = (groupId: string, ...more: string[]) =>
  ['api-groups', groupId, 'gateway-responses', ...more].join('/');
const post = (groupId: string, body: Json) => gateway.call('POST', pathOf(groupId), body);
const THROTTLED = { status: 503, body: 'later', headers: [{ key: 'Retry-After', value: '1' }] };

describe('a gateway response', () => {
  test('shows every type, with those that nobody set marked as default', async () => {
    const groupId = await gateway.group();
    const { status, body } = await post(groupId, { name: 'friendly', responses: { THROTTLED } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'friendly', default: false });
    const responses = body['responses'] as Json;
    expect(Object.keys(responses)).toHaveLength(19);
    expect(responses['THROTTLED']).toEqual({ ...THROTTLED, default: false });
    expect(responses['UNAUTHORIZED']).toEqual({ status: 401, body: DEFAULT_BODY, default: true });
    expect(responses['DEFAULT_4XX']).toEqual({ body: DEFAULT_BODY, default: true });
  });

  test('is read, listed, changed as a whole and deleted', async () => {
    const groupId = await gateway.group();
    const { id } = (await post(groupId, { name: 'friendly', responses: { THROTTLED } })).body;
    const path = pathOf(groupId, String(id));
    const changed = await gateway.call('PUT', path, {
      name: 'other',
      responses: { NOT_FOUND: { status: 200 } },
    });
    expect(changed.status).toBe(200);
    expect(at(changed.body, 'responses', 'THROTTLED', 'default')).toBe(true);
    expect(at(changed.body, 'responses', 'NOT_FOUND')).toEqual({
      status: 200,
      body: DEFAULT_BODY,
      default: false,
    });
    expect((await gateway.call('GET', path)).body).toEqual(changed.body);
    const listed = await gateway.call('GET', pathOf(groupId));
    expect(listed.body).toMatchObject({ total: 2, responses: [{ name: 'other' }, { name: 'default' }] });

    expect((await gateway.call('DELETE', path)).status).toBe(204);
    expect((await gateway.call('GET', path)).body['error_code']).toBe('APIG.3007');
  });

  test('takes what it shows: types marked as default stay so', async () => {
    const groupId = await gateway.group();
    const created = await post(groupId, { name: 'friendly', responses: { THROTTLED } });
    const path = pathOf(groupId, String(created.body['id']));
    const { body } = await gateway.call('PUT', path, created.body);
    expect(body['responses']).toEqual(created.body['responses']);
  });

  test('has operations for a single type', async () => {
    const groupId = await gateway.group();
    const { id } = (await post(groupId, { name: 'friendly', responses: { THROTTLED } })).body;
    const path = (type: string) => pathOf(groupId, String(id), type);
    expect((await gateway.call('GET', path('THROTTLED'))).body).toEqual({
      THROTTLED: { ...THROTTLED, default: false },
    });
    const set = await gateway.call('PUT', path('BACKEND_TIMEOUT'), { status: 599, body: 'slow' });
    expect([set.status, set.body]).toEqual([
      200,
      { BACKEND_TIMEOUT: { status: 599, body: 'slow', default: false } },
    ]);
    expect((await gateway.call('DELETE', path('THROTTLED'))).status).toBe(204);
    const { body } = await gateway.call('GET', pathOf(groupId, String(id)));
    expect(at(body, 'responses', 'THROTTLED', 'default')).toBe(true);
    expect(at(body, 'responses', 'BACKEND_TIMEOUT', 'default')).toBe(false);

    const unknown = await gateway.call('GET', path('TEAPOT'));
    expect([unknown.status, unknown.body['error_code']]).toEqual([404, 'APIG.3007']);
    expect((await gateway.call('PUT', path('THROTTLED'), { status: 199 })).status).toBe(400);
    expect((await gateway.call('GET', pathOf(await gateway.group(), String(id), 'THROTTLED'))).status).toBe(
      404,
    );
  });

  const headers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `X-${index}`, value: 'v' }));
  test.each<readonly [string, Json, number, string]>([
    ['no name', {}, 400, 'APIG.2001'],
    ['a name with a blank', { name: 'a b' }, 400, 'APIG.2011'],
    ['the name of another', { name: 'default' }, 400, 'APIG.3216'],
    ['a status of 444', { name: 'a', responses: { THROTTLED: { status: 444 } } }, 400, 'APIG.2011'],
    ['a status above 599', { name: 'a', responses: { THROTTLED: { status: 600 } } }, 400, 'APIG.2003'],
    [
      'a status of another type',
      { name: 'a', responses: { THROTTLED: { status: '503' } } },
      400,
      'APIG.2011',
    ],
    ['11 headers', { name: 'a', responses: { THROTTLED: { headers: headers(11) } } }, 400, 'APIG.2011'],
    [
      'a header name with a colon',
      { name: 'a', responses: { THROTTLED: { headers: [{ key: 'a:b', value: 'v' }] } } },
      400,
      'APIG.2011',
    ],
    [
      'a header value with double brackets',
      { name: 'a', responses: { THROTTLED: { headers: [{ key: 'X', value: '[[v]]' }] } } },
      400,
      'APIG.2011',
    ],
    [
      'a header that frames the answer',
      { name: 'a', responses: { THROTTLED: { headers: [{ key: 'content-length', value: '1' }] } } },
      400,
      'APIG.2011',
    ],
  ])('is refused with %s', async (_what, body, status, code) => {
    const answer = await post(await gateway.group(), body);
    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });

  test('is refused beyond four in a group', async () => {
    const groupId = await gateway.group();
    for (const name of ['a', 'b', 'c']) expect((await post(groupId, { name })).status).toBe(201);
    const fifth = await post(groupId, { name: 'd' });
    expect([fifth.status, fifth.body['error_code']]).toEqual([403, 'APIG.3136']);
  });
});

describe('the default response of a group', () => {
  const defaultOf = async (groupId: string) => {
    const { body } = await gateway.call('GET', pathOf(groupId));
    return String(at(body, 'responses', 0, 'id'));
  };

  test('comes with every group, goes with it, and can be edited but not renamed or deleted', async () => {
    const groupId = await gateway.group();
    const path = pathOf(groupId, await defaultOf(groupId));
    const edited = await gateway.call('PUT', path, { name: 'default', responses: { THROTTLED } });
    expect([edited.status, edited.body['default']]).toEqual([200, true]);
    const renamed = await gateway.call('PUT', path, { name: 'usual' });
    expect([renamed.status, renamed.body['error_code']]).toEqual([409, 'APIG.3492']);
    const deleted = await gateway.call('DELETE', path);
    expect([deleted.status, deleted.body['error_code']]).toEqual([409, 'APIG.3491']);
    await gateway.call('DELETE', `api-groups/${groupId}`);
    expect((await gateway.call('GET', path)).body['error_code']).toBe('APIG.3001');
  });

  test('comes with the group DEFAULT of a new gateway', async () => {
    const { body } = await gateway.call('GET', 'api-groups?name=DEFAULT');
    const groupId = String(at(body, 'groups', 0, 'id'));
    expect((await gateway.call('GET', pathOf(groupId))).body).toMatchObject({
      responses: [{ default: true }],
    });
  });

  test('is not shown by an API that names none, or one that is gone', async () => {
    const groupId = await gateway.group();
    const apiId = await gateway.api({ group_id: groupId });
    const shown = async () => (await gateway.call('GET', `apis/${apiId}`)).body['response_id'];
    expect(await shown()).toBeUndefined();

    const { id } = (await post(groupId, { name: uniqueName('response') })).body;
    const api = (await gateway.call('GET', `apis/${apiId}`)).body;
    await gateway.call('PUT', `apis/${apiId}`, { ...api, response_id: id });
    expect(await shown()).toBe(id);
    await gateway.call('DELETE', pathOf(groupId, String(id)));
    expect(await shown()).toBeUndefined();
  });

  test('is of no use to the APIs of another group', async () => {
    const other = await defaultOf(await gateway.group());
    const { status, body } = await gateway.call('POST', 'apis', {
      group_id: await gateway.group(),
      name: uniqueName('api'),
      type: 1,
      req_protocol: 'HTTP',
      req_method: 'GET',
      req_uri: '/',
      auth_type: 'NONE',
      backend_type: 'MOCK',
      mock_info: {},
      response_id: other,
    });
    expect([status, body['error_code']]).toEqual([404, 'APIG.3007']);
  });
});

describe('the client', () => {
  test('leaves out what an API shows in the place of a response that was left out', async () => {
    const { client } = running;
    const gatewayId = gateway.id;
    const groupId = await gateway.group();
    const input = {
      gatewayId,
      groupId,
      name: 'orders',
      method: 'GET',
      path: '/',
      authentication: 'NONE',
      mockBackend: {},
    } as const;
    const api = await client.api.create(input);
    expect(api).not.toHaveProperty('responseId');
    expect(await client.api.get(api)).toEqual(api);

    const response = await client.gatewayResponse.create({ gatewayId, groupId, name: 'friendly' });
    const changed = await client.api.update(api, { ...input, responseId: response.id });
    expect(changed.responseId).toBe(response.id);
    expect(changed.digest).not.toBe(api.digest);
    expect((await client.api.update(api, input)).digest).toBe(api.digest);
  });
});
