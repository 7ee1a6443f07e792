import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { FunctionRegistry } from '../../gateway-runtime/src/function-registry.ts';
import {
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';

const CHECK = 'urn:function:check';
const FUNCTIONS = { [CHECK]: { url: 'http://127.0.0.1:9/' }, 'urn:alias': { url: 'http://127.0.0.1:9/' } };

let running: DocumentedRuntime;
let gateway: Documented;

beforeAll(async () => {
  running = await openDocumented({ functions: FUNCTIONS });
  gateway = await running.create();
});
afterAll(() => running.dispose());

function authorizerBody(fields: Json = {}): Json {
  return {
    name: uniqueName('authorizer'),
    type: 'FRONTEND',
    authorizer_type: 'FUNC',
    authorizer_uri: CHECK,
    ...fields,
  };
}

describe('an authorizer', () => {
  test('is created, shown, listed, changed and deleted', async () => {
    const created = await gateway.call(
      'POST',
      'authorizers',
      authorizerBody({ identities: [{ name: 'a', location: 'QUERY' }], ttl: 5 }),
    );
    const id = String(created.body['id']);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      authorizer_type: 'FUNC',
      authorizer_uri: CHECK,
      network_type: 'V1',
      identities: [{ name: 'a', location: 'QUERY' }],
      ttl: 5,
      user_data: '',
      need_body: false,
      create_time: expect.stringMatching(/Z$/),
    });
    expect((await gateway.call('GET', `authorizers/${id}`)).body).toEqual(created.body);
    const { body: list } = await gateway.call('GET', `authorizers?id=${id}&type=FRONTEND`);
    expect(list).toMatchObject({ total: 1, authorizer_list: [created.body] });
    expect((await gateway.call('GET', `authorizers?id=${id}&type=BACKEND`)).body).toMatchObject({ total: 0 });

    const name = created.body['name'];
    const changed = await gateway.call('PUT', `authorizers/${id}`, authorizerBody({ name, user_data: 'x' }));
    expect([changed.status, changed.body['user_data'], changed.body['ttl']]).toEqual([200, 'x', 0]);
    expect((await gateway.call('DELETE', `authorizers/${id}`)).status).toBe(204);
    expect((await gateway.call('GET', `authorizers/${id}`)).body['error_code']).toBe('APIG.3081');
  });

  test.each<readonly [string, Json, number, string]>([
    ['a bad name', { name: 'a-b' }, 400, 'APIG.2011'],
    ['no type', { type: undefined }, 400, 'APIG.2001'],
    ['another authorizer type', { authorizer_type: 'LDAP' }, 400, 'APIG.2011'],
    ['an unknown function', { authorizer_uri: 'urn:nobody' }, 404, 'APIG.3019'],
    ['an unknown alias', { authorizer_alias_uri: 'urn:nobody' }, 404, 'APIG.3019'],
    ['a long cache', { ttl: 3601 }, 400, 'APIG.2003'],
    ['a cache without identities', { ttl: 1 }, 400, 'APIG.2001'],
    ['an identity elsewhere', { identities: [{ name: 'a', location: 'PATH' }] }, 400, 'APIG.2011'],
    [
      'a broken expression',
      { identities: [{ name: 'a', location: 'QUERY', validation: '[' }] },
      400,
      'APIG.2011',
    ],
    [
      'an identity twice',
      {
        identities: [
          { name: 'Token', location: 'HEADER' },
          { name: 'token', location: 'HEADER' },
        ],
      },
      400,
      'APIG.3212',
    ],
  ])('is refused with %s', async (_what, fields, status, code) => {
    const answer = await gateway.call('POST', 'authorizers', authorizerBody(fields));

    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });

  test('has a name of its own', async () => {
    const name = uniqueName('authorizer');
    await gateway.add('authorizers', authorizerBody({ name }));

    expect((await gateway.call('POST', 'authorizers', authorizerBody({ name }))).body['error_code']).toBe(
      'APIG.3211',
    );
  });

  test('does not change its type', async () => {
    const body = authorizerBody();
    const id = await gateway.add('authorizers', body);

    const answer = await gateway.call('PUT', `authorizers/${id}`, { ...body, type: 'BACKEND' });

    expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIG.2011']);
  });

  test('that an API uses cannot be deleted', async () => {
    const id = await gateway.add('authorizers', authorizerBody());
    const apiId = await gateway.api({ auth_type: 'AUTHORIZER', authorizer_id: id });
    expect((await gateway.call('GET', `apis/${apiId}`)).body['authorizer_id']).toBe(id);

    const answer = await gateway.call('DELETE', `authorizers/${id}`);
    expect([answer.status, answer.body['error_code']]).toEqual([409, 'APIG.3462']);

    await gateway.call('DELETE', `apis/${apiId}`);
    expect((await gateway.call('DELETE', `authorizers/${id}`)).status).toBe(204);
  });

  test('belongs where its type does', async () => {
    const id = await gateway.add('authorizers', authorizerBody({ type: 'BACKEND' }));
    const body = async (fields: Json) =>
      (await gateway.call('POST', 'apis', { ...(await draft()), ...fields })).body['error_code'];

    expect(await body({ auth_type: 'AUTHORIZER', authorizer_id: id })).toBe('APIG.2011');
    expect(await body({ mock_info: { authorizer_id: id } })).toBeUndefined();
  });
});

describe('a function as the backend of an API', () => {
  const func_info = { function_urn: CHECK, invocation_type: 'sync', network_type: 'V1', timeout: 5000 };

  test.each<readonly [string, Json, number, string | undefined]>([
    ['a function that is known', {}, 201, undefined],
    ['a function that is not', { function_urn: 'urn:nobody' }, 404, 'APIG.3019'],
    ['an alias that is known', { alias_urn: 'urn:alias' }, 201, undefined],
    ['another protocol', { req_protocol: 'GRPCS' }, 400, 'APIG.2011'],
  ])('with %s', async (_what, fields, status, code) => {
    const answer = await gateway.call('POST', 'apis', {
      ...(await draft()),
      backend_type: 'FUNCTION',
      func_info: { ...func_info, ...fields },
    });

    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
  });
});

describe('a module', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apig-functions-'));
    await writeFile(
      join(folder, 'good.mjs'),
      'export const handler = (event) => ({ statusCode: 200, body: event.a });',
    );
    await writeFile(join(folder, 'bad.mjs'), 'export const handler = () => { throw new Error("no"); };');
    await writeFile(join(folder, 'none.mjs'), 'export const other = 1;');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is a function by its handler', async () => {
    const functions = await FunctionRegistry.open({ 'urn:a': { module: join(folder, 'good.mjs') } });

    expect(await functions.invoke({ urn: 'urn:a' }, { a: 'x' }, 1000)).toEqual({
      statusCode: 200,
      body: 'x',
    });
    functions.close();
  });

  test('that throws is a fault', async () => {
    const functions = await FunctionRegistry.open({ 'urn:a': { module: join(folder, 'bad.mjs') } });

    await expect(functions.invoke({ urn: 'urn:a' }, {}, 1000)).rejects.toMatchObject({
      name: 'FunctionFault',
    });
    functions.close();
  });

  test.each(['none.mjs', 'missing.mjs'])('%s keeps the gateway from starting', async (file) => {
    await expect(FunctionRegistry.open({ 'urn:a': { module: join(folder, file) } })).rejects.toMatchObject({
      name: 'StartupError',
      reason: 'setting',
    });
  });
});

/** The body of an API that does not exist yet. */
async function draft(): Promise<Json> {
  const { body } = await gateway.call('GET', `apis/${await gateway.api()}`);
  return { ...body, name: uniqueName('api'), req_uri: `/${uniqueName('path')}` };
}
