import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDocumented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const RELEASE = 'DEFAULT_ENVIRONMENT_RELEASE_ID';

describe('an environment', () => {
  test('is created, listed, changed and deleted', async () => {
    const gateway = await running.create();

    const created = await gateway.call('POST', 'envs', { name: 'beta', remark: 'for tests' });
    const id = String(created.body['id']);
    expect(created).toMatchObject({ status: 201, body: { name: 'beta', remark: 'for tests' } });
    expect(created.body['create_time']).toMatch(/Z$/);
    expect((await gateway.call('GET', 'envs?name=bet')).body).toEqual({
      total: 1,
      size: 1,
      envs: [created.body],
    });

    const changed = await gateway.call('PUT', `envs/${id}`, { name: 'gamma' });
    expect(changed).toMatchObject({ status: 200, body: { id, name: 'gamma', remark: 'for tests' } });

    expect((await gateway.call('DELETE', `envs/${id}`)).status).toBe(204);
    expect(await gateway.call('DELETE', `envs/${id}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3003' },
    });
  });

  test('cannot be read alone', async () => {
    const gateway = await running.create();

    expect((await gateway.call('GET', `envs/${RELEASE}`)).status).toBe(405);
  });

  test('has a name of its own, RELEASE being taken', async () => {
    const gateway = await running.create();

    for (const name of ['beta', 'RELEASE']) {
      await gateway.call('POST', 'envs', { name });
      expect(await gateway.call('POST', 'envs', { name })).toMatchObject({
        status: 400,
        body: { error_code: 'APIG.3205' },
      });
    }
  });

  test('RELEASE is neither deleted nor renamed', async () => {
    const gateway = await running.create();

    const refused = { status: 403, body: { error_code: 'APIG.1103' } };
    expect(await gateway.call('DELETE', `envs/${RELEASE}`)).toMatchObject(refused);
    expect(await gateway.call('PUT', `envs/${RELEASE}`, { name: 'other' })).toMatchObject(refused);
    expect(await gateway.call('PUT', `envs/${RELEASE}`, { name: 'RELEASE', remark: 'x' })).toMatchObject({
      status: 200,
      body: { remark: 'x' },
    });
  });

  test('in which an API is published is not deleted', async () => {
    const gateway = await running.create();
    const id = await gateway.add('envs', { name: 'beta' });
    const apiId = await gateway.api();
    await gateway.publish(apiId, id);

    const refused = await gateway.call('DELETE', `envs/${id}`);
    await gateway.call('POST', 'apis/action', { action: 'offline', api_id: apiId, env_id: id });
    const deleted = await gateway.call('DELETE', `envs/${id}`);

    expect(refused).toMatchObject({ status: 403, body: { error_code: 'APIG.3418' } });
    expect(deleted.status).toBe(204);
    expect((await gateway.call('GET', `apis/publish/${apiId}`)).body['total']).toBe(0);
  });

  test('of another gateway does not count', async () => {
    const [one, other] = [await running.create(), await running.create()];
    const { apiId } = await one.published();
    const id = await other.add('envs', { name: 'beta' });

    expect(
      await one.call('POST', 'apis/action', { action: 'online', api_id: apiId, env_id: id }),
    ).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3003' },
    });
    expect((await other.call('DELETE', `envs/${id}`)).status).toBe(204);
  });

  test('is one of at most ten, RELEASE included', async () => {
    const gateway = await running.create();
    for (let count = 1; count < 10; count += 1) await gateway.add('envs', { name: `env_${String(count)}` });

    expect(await gateway.call('POST', 'envs', { name: 'one_more' })).toMatchObject({
      status: 403,
      body: { error_code: 'APIG.3104' },
    });
  });
});
