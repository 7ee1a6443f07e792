import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
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
let groupId: string;
beforeAll(async () => {
  running = await openDocumented({ limits: { VARIABLE_NUM_LIMIT: 5 } });
  gateway = await running.create();
  groupId = await gateway.group();
});
afterAll(() => running.dispose());

const body = (fields: Json = {}): Json => ({
  group_id: groupId,
  env_id: RELEASE_ENVIRONMENT_ID,
  variable_name: uniqueName('v'),
  variable_value: 'orders.internal:8080',
  ...fields,
});
const backend = (fields: Json): Json => ({
  backend_type: 'HTTP',
  mock_info: undefined,
  backend_api: {
    url_domain: 'a.b',
    req_protocol: 'HTTP',
    req_method: 'GET',
    req_uri: '/',
    timeout: 5000,
    ...fields,
  },
});

describe('an environment variable', () => {
  test('is created, read, listed, changed in its value only, and deleted', async () => {
    const group = await gateway.group();
    const created = await gateway.call(
      'POST',
      'env-variables',
      body({ group_id: group, variable_name: 'HOST' }),
    );
    expect(created.status).toBe(201);
    const { id } = created.body;
    expect(created.body).toEqual({
      id,
      group_id: group,
      env_id: RELEASE_ENVIRONMENT_ID,
      variable_name: 'HOST',
      variable_value: 'orders.internal:8080',
    });

    const path = `env-variables/${String(id)}`;
    const changed = await gateway.call('PUT', path, { variable_value: 'b.internal', variable_name: 'OTHER' });
    expect([changed.status, changed.body]).toEqual([200, { ...created.body, variable_value: 'b.internal' }]);
    expect((await gateway.call('GET', path)).body).toEqual(changed.body);
    const listed = await gateway.call('GET', `env-variables?group_id=${group}`);
    expect(listed.body).toEqual({ total: 1, size: 1, variables: [changed.body] });

    expect((await gateway.call('DELETE', path)).status).toBe(204);
    expect((await gateway.call('GET', path)).body['error_code']).toBe('APIG.3011');
  });

  test('is listed by environment and by name, in part or as a whole', async () => {
    const group = await gateway.group();
    const env = await gateway.add('envs', { name: 'beta' });
    await gateway.add('env-variables', body({ group_id: group, variable_name: 'HOST' }));
    await gateway.add('env-variables', body({ group_id: group, variable_name: 'HOST_2' }));
    await gateway.add('env-variables', body({ group_id: group, variable_name: 'HOST', env_id: env }));
    const total = async (query: string) =>
      (await gateway.call('GET', `env-variables?group_id=${group}&${query}`)).body['total'];

    expect(await total('')).toBe(3);
    expect(await total(`env_id=${env}`)).toBe(1);
    expect(await total('variable_name=HOST')).toBe(3);
    expect(await total('variable_name=HOST&precise_search=variable_name')).toBe(2);
  });

  const nobody = '0'.repeat(32);
  test.each<readonly [string, Json, number, string]>([
    ['a group that does not exist', { group_id: nobody }, 404, 'APIG.3001'],
    ['an environment that does not exist', { env_id: nobody }, 404, 'APIG.3003'],
    ['a name of two characters', { variable_name: 'ab' }, 400, 'APIG.2011'],
    ['a name that starts with a digit', { variable_name: '1abc' }, 400, 'APIG.2011'],
    ['no value', { variable_value: undefined }, 400, 'APIG.2001'],
    ['a value with a blank', { variable_value: 'a b' }, 400, 'APIG.2011'],
    ['a long value', { variable_value: 'a'.repeat(256) }, 400, 'APIG.2011'],
  ])('is refused with %s', async (_what, fields, status, code) => {
    const answer = await gateway.call('POST', 'env-variables', body(fields));
    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });

  test('is refused twice in a group and environment, and beyond the limit', async () => {
    const group = await gateway.group();
    const variable = body({ group_id: group, variable_name: 'TWICE' });
    await gateway.add('env-variables', variable);
    expect((await gateway.call('POST', 'env-variables', variable)).body['error_code']).toBe('APIG.3303');
    for (let count = 1; count < 5; count += 1) await gateway.add('env-variables', body({ group_id: group }));
    const tooMany = await gateway.call('POST', 'env-variables', body({ group_id: group }));
    expect([tooMany.status, tooMany.body['error_code']]).toEqual([403, 'APIG.3106']);
  });

  test('needs a group that it is listed for', async () => {
    expect((await gateway.call('GET', 'env-variables')).body['error_code']).toBe('APIG.2001');
    expect((await gateway.call('GET', `env-variables?group_id=${nobody}`)).status).toBe(404);
  });

  test('goes with its group and with its environment', async () => {
    const group = await gateway.group();
    const env = await gateway.add('envs', { name: 'gone' });
    const ofGroup = await gateway.add('env-variables', body({ group_id: group }));
    const ofEnv = await gateway.add('env-variables', body({ env_id: env }));
    await gateway.call('DELETE', `api-groups/${group}`);
    await gateway.call('DELETE', `envs/${env}`);
    expect((await gateway.call('GET', `env-variables/${ofGroup}`)).status).toBe(404);
    expect((await gateway.call('GET', `env-variables/${ofEnv}`)).status).toBe(404);
  });
});

describe('publishing an API that uses variables', () => {
  const publish = (apiId: string) =>
    gateway.call('POST', 'apis/action', { action: 'online', api_id: apiId, env_id: RELEASE_ENVIRONMENT_ID });

  test.each([
    ['the address', { url_domain: 'a.#SUFFIX#' }],
    ['the path', { req_uri: '/a/#SUFFIX#/b' }],
  ])('fails while one in %s has no value', async (_where, fields) => {
    const group = await gateway.group();
    const apiId = await gateway.api({ group_id: group, ...backend(fields) });
    const refused = await publish(apiId);
    expect([refused.status, refused.body['error_code']]).toEqual([404, 'APIG.3011']);
    expect(at(refused.body, 'error_msg')).toContain('SUFFIX');

    await gateway.add(
      'env-variables',
      body({ group_id: group, variable_name: 'SUFFIX', variable_value: 'b' }),
    );
    expect((await publish(apiId)).status).toBe(201);
  });

  test('fails when the address is none with their values, and so does such a change later', async () => {
    const group = await gateway.group();
    const apiId = await gateway.api({ group_id: group, ...backend({ url_domain: '#HOST##PORT#' }) });
    await gateway.add(
      'env-variables',
      body({ group_id: group, variable_name: 'HOST', variable_value: 'a.b' }),
    );
    const port = await gateway.add(
      'env-variables',
      body({ group_id: group, variable_name: 'PORT', variable_value: '/8080' }),
    );
    expect((await publish(apiId)).body['error_code']).toBe('APIG.2011');
    await gateway.call('PUT', `env-variables/${port}`, { variable_value: ':8080' });
    expect((await publish(apiId)).status).toBe(201);

    const change = await gateway.call('PUT', `env-variables/${port}`, { variable_value: '/x' });
    expect([change.status, change.body['error_code']]).toEqual([400, 'APIG.2011']);
    const kept = await gateway.call('GET', `env-variables/${port}`);
    expect(kept.body['variable_value']).toBe(':8080');
  });

  test('shows the definition with the names of the variables', async () => {
    const group = await gateway.group();
    const apiId = await gateway.api({ group_id: group, ...backend({ url_domain: '#HOST#' }) });
    await gateway.add(
      'env-variables',
      body({ group_id: group, variable_name: 'HOST', variable_value: 'a.b' }),
    );
    const versionId = String((await publish(apiId)).body['version_id']);
    const version = await gateway.call('GET', `apis/versions/${versionId}`);
    expect(at(version.body, 'backend_api', 'url_domain')).toBe('#HOST#');
  });
});
