import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  apiBody,
  at,
  openDocumented,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const RELEASE = 'DEFAULT_ENVIRONMENT_RELEASE_ID';
const NOWHERE = '0'.repeat(32);

const act = (gateway: Documented, action: string, apiId: string, environmentId = RELEASE, remark?: string) =>
  gateway.call('POST', 'apis/action', { action, api_id: apiId, env_id: environmentId, remark });

async function history(gateway: Documented, apiId: string, query = '') {
  const { body } = await gateway.call('GET', `apis/publish/${apiId}?${query}`);
  return body['api_versions'] as readonly Record<string, unknown>[];
}

describe('publishing an API', () => {
  test('is answered with 201, going online and offline', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api({ name: 'read' });

    const online = await act(gateway, 'online', apiId, RELEASE, 'first');
    const offline = await act(gateway, 'offline', apiId);

    expect(online).toMatchObject({
      status: 201,
      body: {
        publish_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        api_id: apiId,
        api_name: 'read',
        env_id: RELEASE,
        remark: 'first',
        publish_time: expect.stringMatching(/Z$/),
        version_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    expect(offline).toMatchObject({ status: 201, body: { publish_id: online.body['publish_id'] } });
  });

  test('again keeps the publication and makes another version', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api();

    const first = await act(gateway, 'online', apiId);
    await act(gateway, 'offline', apiId);
    const second = await act(gateway, 'online', apiId);

    expect(second.body['publish_id']).toBe(first.body['publish_id']);
    expect(second.body['version_id']).not.toBe(first.body['version_id']);
  });

  test('shows in the four parallel lists of the API, newest first', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api();
    const beta = await gateway.add('envs', { name: 'beta' });
    const release = await gateway.publish(apiId);
    running.clock.advance(1000);
    const test = await gateway.publish(apiId, beta);

    const api = async () => (await gateway.call('GET', `apis/${apiId}`)).body;

    const both = await api();
    expect(both).toMatchObject({
      run_env_id: `${beta}|${RELEASE}`,
      run_env_name: 'beta|RELEASE',
      publish_id: `${test}|${release}`,
    });
    expect(String(both['publish_time']).split('|')).toHaveLength(2);
    running.clock.advance(1000);
    await gateway.publish(apiId);
    expect((await api())['run_env_name']).toBe('RELEASE|beta');
    await act(gateway, 'offline', apiId);
    expect(await api()).toMatchObject({ run_env_id: beta, run_env_name: 'beta', publish_id: test });
  });

  test.each([
    ['another action', { action: 'sideways' }, 400, 'APIG.2011'],
    ['no action', { action: undefined }, 400, 'APIG.2001'],
    ['no environment', { env_id: undefined }, 400, 'APIG.2001'],
    ['an unknown API', { api_id: NOWHERE }, 404, 'APIG.3002'],
    ['an unknown environment', { env_id: NOWHERE }, 404, 'APIG.3003'],
    ['a long remark', { remark: 'x'.repeat(256) }, 400, 'APIG.2011'],
    ['offline what is not online', { action: 'offline' }, 404, 'APIG.3015'],
  ])('with %s is refused', async (_what, fields, status, code) => {
    const gateway = await running.create();
    const body = { action: 'online', api_id: await gateway.api(), env_id: RELEASE, ...fields };

    const answer = await gateway.call('POST', 'apis/action', body);

    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });

  test('that uses a variable without a value is refused', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api({
      backend_type: 'HTTP',
      backend_api: {
        url_domain: '#HOST#:80',
        req_protocol: 'HTTP',
        req_method: 'GET',
        req_uri: '/',
        timeout: 5000,
      },
    });

    expect(await act(gateway, 'online', apiId)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3011' },
    });
  });
});

describe('publishing many APIs', () => {
  test('tells of each what came of it', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api({ name: 'read' });

    const online = await gateway.call('POST', 'apis/publish?action=online', {
      apis: [apiId, NOWHERE],
      env_id: RELEASE,
    });

    expect(online).toMatchObject({
      status: 200,
      body: {
        success: [{ api_id: apiId, env_id: RELEASE }],
        failure: [{ api_id: NOWHERE, api_name: '', error_code: 'APIG.3002', error_msg: expect.any(String) }],
      },
    });
  });

  test('takes all of a group', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    const [one, two] = [await gateway.api({ group_id: groupId }), await gateway.api({ group_id: groupId })];
    const { apiId: other } = await gateway.published();

    const all = (action: string) =>
      gateway.call('POST', `apis/publish?action=${action}`, { group_id: groupId, env_id: RELEASE });

    expect((await all('online')).body).toMatchObject({
      success: [{ api_id: one }, { api_id: two }],
      failure: [],
    });
    expect((await all('offline')).body).toMatchObject({ success: [{}, {}], failure: [] });
    expect((await all('offline')).body).toMatchObject({
      success: [],
      failure: [{ error_code: 'APIG.3015' }, { error_code: 'APIG.3015' }],
    });
    expect((await gateway.call('GET', `apis/${other}`)).body['run_env_name']).toBe('RELEASE');
    expect((await all('sideways')).body['error_code']).toBe('APIG.2011');
  });
});

describe('the versions of an API', () => {
  test('are listed newest first, with the one in force', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api();
    const beta = await gateway.add('envs', { name: 'beta' });
    await act(gateway, 'online', apiId, RELEASE, 'one');
    running.clock.advance(1000);
    await act(gateway, 'online', apiId, RELEASE, 'two');
    await act(gateway, 'online', apiId, beta, 'three');

    const rows = await history(gateway, apiId);

    expect(rows.map((row) => [row['remark'], row['env_name'], row['status']])).toEqual([
      ['three', 'beta', 1],
      ['two', 'RELEASE', 1],
      ['one', 'RELEASE', 2],
    ]);
    expect(rows[0]).toMatchObject({
      api_id: apiId,
      env_id: beta,
      version_no: expect.stringMatching(/^\d{14}$/),
    });
    expect(await history(gateway, apiId, `env_id=${beta}`)).toHaveLength(1);
    expect(await history(gateway, apiId, 'env_name=RELEASE')).toHaveLength(2);
  });

  test('keep what was published, whatever becomes of the API', async () => {
    const gateway = await running.create();
    const groupId = await gateway.group();
    const body = apiBody(groupId);
    const id = await gateway.add('apis', body);
    await gateway.publish(id);
    await gateway.call('PUT', `apis/${id}`, { ...body, mock_info: { result_content: 'changed' } });

    const [version] = await history(gateway, id);
    const detail = await gateway.call('GET', `apis/versions/${String(version?.['version_id'])}`);

    expect(detail).toMatchObject({
      status: 200,
      body: {
        id,
        version_id: version?.['version_id'],
        mock_info: { result_content: 'hello' },
        sl_domain: `${groupId}.apic.localhost`,
        sl_domains: [`${groupId}.apic.localhost`],
      },
    });
    expect(await gateway.call('GET', `apis/versions/${NOWHERE}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3022' },
    });
  });

  test('can each be put in force', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api();
    await act(gateway, 'online', apiId, RELEASE, 'one');
    await act(gateway, 'online', apiId, RELEASE, 'two');
    const [, older] = await history(gateway, apiId);

    const switched = await gateway.call('PUT', `apis/publish/${apiId}`, {
      version_id: older?.['version_id'],
    });

    expect(switched).toMatchObject({
      status: 200,
      body: { version_id: older?.['version_id'], remark: 'one' },
    });
    expect((await history(gateway, apiId)).map((row) => [row['remark'], row['status']])).toEqual([
      ['two', 2],
      ['one', 1],
    ]);
    const other = await gateway.published();
    expect(
      await gateway.call('PUT', `apis/publish/${other.apiId}`, { version_id: older?.['version_id'] }),
    ).toMatchObject({ status: 404, body: { error_code: 'APIG.3022' } });
  });

  test('can be removed, and the API goes offline with the one in force', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api();
    await act(gateway, 'online', apiId, RELEASE, 'one');
    await act(gateway, 'online', apiId, RELEASE, 'two');
    const [inForce, older] = await history(gateway, apiId);
    const remove = (version?: Record<string, unknown>) =>
      gateway.call('DELETE', `apis/versions/${String(version?.['version_id'])}`);
    const environments = async () => (await gateway.call('GET', `apis/${apiId}`)).body['run_env_name'];

    expect((await remove(older)).status).toBe(204);
    expect(await environments()).toBe('RELEASE');
    expect((await remove(inForce)).status).toBe(204);
    expect(await environments()).toBe('');
    expect(await remove(inForce)).toMatchObject({ status: 404, body: { error_code: 'APIG.3022' } });
  });

  test('are kept up to ten for each environment, the one in force always', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api();
    for (let count = 0; count < 11; count += 1) await act(gateway, 'online', apiId, RELEASE, String(count));

    const rows = await history(gateway, apiId);

    expect(rows).toHaveLength(10);
    expect(rows.at(-1)?.['remark']).toBe('1');
    expect(rows[0]).toMatchObject({ remark: '10', status: 1 });
  });
});

describe('the runtime definition of an API', () => {
  test('is the version in force', async () => {
    const gateway = await running.create();
    const { apiId, publishId } = await gateway.published({ name: 'read' });

    const { status, body } = await gateway.call('GET', `apis/runtime/${apiId}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ id: apiId, name: 'read', publish_id: publishId, req_params: [] });
    expect(at(body, 'mock_info')).toBeUndefined();
  });

  test('is not there in an environment where it is not published', async () => {
    const gateway = await running.create();
    const { apiId } = await gateway.published();
    const beta = await gateway.add('envs', { name: 'beta' });

    expect(await gateway.call('GET', `apis/runtime/${apiId}?env_id=${beta}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3015' },
    });
  });
});
