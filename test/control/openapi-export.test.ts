import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';
import { at, openDocumented, type Documented, type DocumentedRuntime } from '../support/documented.ts';
import { exportFrom } from '../support/openapi-documents.ts';

let running: DocumentedRuntime;
let gateway: Documented;
let groupId: string;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());
beforeEach(async () => {
  gateway = await running.create();
  groupId = await gateway.add('api-groups', { name: 'shop', remark: 'All of the shop.' });
});

const API = {
  req_protocol: 'BOTH',
  req_method: 'GET',
  req_uri: '/orders/{id}',
  name: 'get-order',
  remark: 'One order.',
  auth_type: 'APP',
  type: 2,
  match_mode: 'SWA',
  cors: true,
  result_normal_sample: 'good',
  tags: ['orders'],
  req_params: [
    { name: 'id', location: 'PATH', type: 'NUMBER', valid_enable: 1, min_num: 1 },
    {
      name: 'full',
      location: 'QUERY',
      type: 'STRING',
      enumerations: 'yes,no',
      default_value: 'no',
      valid_enable: 1,
    },
  ],
  backend_type: 'HTTP',
  backend_api: {
    url_domain: 'orders.internal',
    req_protocol: 'HTTP',
    req_method: 'GET',
    req_uri: '/v1/{id}',
    timeout: 3000,
    retry_count: '2',
  },
  backend_params: [{ origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id', remark: 'The order.' }],
};

async function add(fields: Json = {}): Promise<string> {
  return gateway.add('apis', { group_id: groupId, ...API, ...fields });
}

function exported(fields: Json = {}, version: '2.0' | '3.0' = '2.0'): Promise<Json> {
  const body = { group_id: groupId, env_id: RELEASE_ENVIRONMENT_ID, ...fields };
  return exportFrom(running, gateway.id, body, version);
}

const pathsOf = (document: Json) => Object.keys(document['paths'] as Json);

describe('a document of OpenAPI 2.0', () => {
  test('tells of an API what the documented fields can hold, and the rest in a field of its own', async () => {
    await gateway.publish(await add());
    const document = await exported({ define: 'proxy', version: 'v7' });
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    expect(document).toEqual({
      swagger: '2.0',
      info: { title: 'shop', description: 'All of the shop.', version: 'v7' },
      host: `${groupId}.apic.localhost`,
      paths: {
        '/orders/{id}': {
          get: {
            operationId: 'get-order',
            description: 'One order.',
            schemes: ['http', 'https'],
            security: [{ 'apig-auth-app': [] }],
            parameters: [
              { name: 'id', in: 'path', required: true, type: 'number', minimum: 1 },
              {
                name: 'full',
                in: 'query',
                required: false,
                type: 'string',
                default: 'no',
                enum: ['yes', 'no'],
              },
            ],
            responses: {
              default: {
                description: 'The answer of the backend.',
                'x-apigateway-result-normal-sample': 'good',
              },
            },
            'x-apigateway-request-type': 'private',
            'x-apigateway-match-mode': 'SWA',
            'x-apigateway-cors': true,
            'x-apigateway-is-send-fg-body-base64': true,
            'x-apigateway-backend': {
              type: 'HTTP',
              httpEndpoints: {
                address: 'orders.internal',
                scheme: 'http',
                method: 'GET',
                path: '/v1/{id}',
                timeout: 3000,
              },
              parameters: [
                { name: 'id', value: 'id', in: 'path', origin: 'REQUEST', description: 'The order.' },
              ],
              'x-apigateway-details': { retry_count: '2' },
            },
            'x-apigateway-details': { tags: ['orders'] },
          },
        },
      },
      securityDefinitions: {
        'apig-auth-app': {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-apigateway-auth-type': 'AppSigv1',
        },
      },
    });
  });
});

describe('a document of OpenAPI 3.0', () => {
  test('has the same in the places of that version', async () => {
    await gateway.publish(await add());
    const document = await exported({ define: 'proxy' }, '3.0');
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    expect(document).toMatchObject({
      openapi: '3.0.0',
      servers: [{ url: `https://${groupId}.apic.localhost` }],
      components: { securitySchemes: { 'apig-auth-app': { type: 'apiKey' } } },
    });
    expect(at(document, 'paths', '/orders/{id}', 'get')).toMatchObject({
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'number', minimum: 1 } },
        { name: 'full', in: 'query', required: false, schema: { type: 'string', enum: ['yes', 'no'] } },
      ],
      // There is no other place for it.
      'x-apigateway-details': { req_protocol: 'BOTH' },
    });
  });
});

describe('an export', () => {
  test('is a file, in JSON or YAML, with the time as its version', async () => {
    await gateway.publish(await add());
    const body = { group_id: groupId, env_id: RELEASE_ENVIRONMENT_ID };
    const json = await gateway.call('POST', 'openapi/export?oas_version=2.0', body);
    expect(json.headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="shop.json"',
    });
    expect(at(json.body, 'info', 'version')).toMatch(/^\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d$/);
    for (const type of ['yaml', 'yml']) {
      const yaml = await gateway.call('POST', 'openapi/export?oas_version=2.0', { ...body, type });
      expect(yaml.headers).toMatchObject({
        'content-type': expect.stringContaining('application/yaml'),
        'content-disposition': `attachment; filename="shop.${type}"`,
      });
      expect(parse(yaml.text)).toEqual(json.body);
    }
  });

  test('has what is published in the environment, as it was published', async () => {
    const published = await add({
      req_uri: '/a',
      req_params: [],
      name: 'one',
      backend_type: 'MOCK',
      mock_info: {},
      backend_params: [],
    });
    await add({
      req_uri: '/b',
      req_params: [],
      name: 'two',
      backend_type: 'MOCK',
      mock_info: {},
      backend_params: [],
    });
    await gateway.publish(published);
    const changed = {
      group_id: groupId,
      ...API,
      name: 'renamed',
      req_uri: '/c',
      req_params: [],
      backend_type: 'MOCK',
      mock_info: {},
      backend_params: [],
    };
    await gateway.call('PUT', `apis/${published}`, changed);
    expect(pathsOf(await exported())).toEqual(['/a']);
    expect(pathsOf(await exported({ define: 'dev' }))).toEqual(['/c', '/b']);
    expect(pathsOf(await exported({ apis: [published] }))).toEqual(['/a']);
  });

  test.each([
    ['spec', [false, false]],
    ['proxy', [true, false]],
    ['all', [true, true]],
    ['dev', [true, false]],
  ])('of %s tells backends and policies: %j', async (define, expected) => {
    const publishId = await gateway.publish(await add());
    const limits = {
      name: 'gold',
      type: 1,
      api_call_limits: 9,
      time_interval: 2,
      time_unit: 'HOUR',
      remark: 'Most.',
    };
    const throttle = await gateway.add('throttles', limits);
    await gateway.call('POST', 'throttle-bindings', { strategy_id: throttle, publish_ids: [publishId] });
    const app = await gateway.add('apps', { name: 'partner' });
    const special = { object_type: 'APP', object_id: app, call_limits: 4 };
    await gateway.call('POST', `throttles/${throttle}/throttle-specials`, special);
    for (const [name, type] of [
      ['offices', 'IP'],
      ['friends', 'DOMAIN'],
    ] as const) {
      const value = type === 'IP' ? '192.0.2.1' : 'somebody';
      const acl = { acl_name: name, acl_type: 'PERMIT', entity_type: type, acl_value: value };
      const id = await gateway.add('acls', acl);
      await gateway.call('POST', 'acl-bindings', { acl_id: id, publish_ids: [publishId] });
    }
    const document = await exported({ define });
    const operation = at(document, 'paths', '/orders/{id}', 'get') as Json;
    expect([
      operation['x-apigateway-backend'] !== undefined,
      document['x-apigateway-ratelimits'] !== undefined,
    ]).toEqual(expected);
    if (define !== 'all') return;
    expect(operation).toMatchObject({
      'x-apigateway-ratelimit': 'gold',
      'x-apigateway-access-control': ['offices', 'friends'],
    });
    expect(document).toMatchObject({
      'x-apigateway-environment': 'RELEASE',
      'x-apigateway-ratelimits': {
        gold: {
          'api-limit': 9,
          interval: 2,
          unit: 'HOUR',
          shared: false,
          special: [{ type: 'APP', limit: 4, instance: app, 'x-apigateway-app-name': 'partner' }],
          'x-apigateway-details': { remark: 'Most.' },
        },
      },
      'x-apigateway-access-controls': {
        offices: { 'acl-type': 'PERMIT', 'entity-type': 'IP', value: '192.0.2.1' },
        friends: { 'acl-type': 'PERMIT', 'entity-type': 'DOMAIN', value: 'somebody' },
      },
    });
  });

  test('names the first domain of the group', async () => {
    await gateway.call('POST', `api-groups/${groupId}/domains`, { url_domain: 'api.example.com' });
    expect(await exported()).toMatchObject({ host: 'api.example.com' });
    expect(await exported({}, '3.0')).toMatchObject({ servers: [{ url: 'https://api.example.com' }] });
  });

  test.each<[string, (apiId: string) => Json, number, string, string]>([
    ['no group', () => ({ group_id: undefined }), 400, 'APIG.2001', 'group_id'],
    ['no environment', () => ({ env_id: undefined }), 400, 'APIG.2001', 'env_id'],
    ['an unknown group', () => ({ group_id: 'a'.repeat(32) }), 404, 'APIG.3001', 'aaa'],
    ['an unknown environment', () => ({ env_id: 'a'.repeat(32) }), 404, 'APIG.3003', 'aaa'],
    ['an unknown API', () => ({ apis: ['a'.repeat(32)] }), 404, 'APIG.3002', 'aaa'],
    ['an API that is not published', (id) => ({ apis: [id] }), 404, 'APIG.3015', ''],
    ['another extent', () => ({ define: 'most' }), 400, 'APIG.2011', 'define'],
    ['another form', () => ({ type: 'xml' }), 400, 'APIG.2011', 'type'],
  ])('of %s is refused', async (_, fields, status, code, about) => {
    const id = await add();
    const body = { group_id: groupId, env_id: RELEASE_ENVIRONMENT_ID, ...fields(id) };
    const answer = await gateway.call('POST', 'openapi/export?oas_version=2.0', body);
    expect({ status: answer.status, code: answer.body['error_code'] }).toEqual({ status, code });
    expect(answer.body['error_msg']).toContain(about);
  });

  test('in another version is refused', async () => {
    const body = { group_id: groupId, env_id: RELEASE_ENVIRONMENT_ID };
    const answer = await gateway.call('POST', 'openapi/export?oas_version=3.1', body);
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'APIG.2012' } });
  });

  test('as a task tells the file', async () => {
    await gateway.publish(await add());
    const body = { group_id: groupId, env_id: RELEASE_ENVIRONMENT_ID, type: 'yaml' };
    const started = await gateway.call('POST', 'openapi/async-export?oas_version=3.0', body);
    expect(started.status).toBe(202);
    for (;;) {
      const { body: task } = await gateway.call('GET', `async-tasks/${String(started.body['task_id'])}`);
      if (task['task_status'] === 'waiting' || task['task_status'] === 'processing') continue;
      expect(task).toMatchObject({ task_type: 'export_api', task_status: 'succeed' });
      const result = JSON.parse(String(task['task_result'])) as Json;
      expect(result).toMatchObject({ file_name: 'shop.yaml', file_type: 'yaml' });
      expect(parse(String(result['content']))).toMatchObject({ openapi: '3.0.0' });
      return;
    }
  });
});
