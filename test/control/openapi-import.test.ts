import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import {
  at,
  openDocumented,
  uniqueName,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';
import { send, type RawAnswer } from '../support/gateway.ts';
import { encodeForm, importInto, sendBytes } from '../support/openapi-documents.ts';

const CHECK = 'urn:fss:eu-de:shop:function:default:check';

let running: DocumentedRuntime;
let gateway: Documented;
beforeAll(async () => {
  running = await openDocumented({ functions: { [CHECK]: { url: 'http://127.0.0.1:9/' } } });
});
afterAll(() => running.dispose());
beforeEach(async () => {
  gateway = await running.create();
});

const MOCK = { type: 'MOCK', mockEndpoints: { 'result-content': '"hello"' } };
const RESPONSES = { default: { description: 'An answer.' } };

function operation(fields: Json = {}): Json {
  return { responses: RESPONSES, 'x-apigateway-backend': MOCK, ...fields };
}

function document(paths: Json, fields: Json = {}): Json {
  return { swagger: '2.0', info: { title: uniqueName('shop'), version: '1' }, paths, ...fields };
}

function document3(paths: Json, fields: Json = {}): Json {
  return { openapi: '3.0.3', info: { title: uniqueName('shop'), version: '1' }, paths, ...fields };
}

async function imported(given: unknown, fields: Readonly<Record<string, string>> = {}): Promise<Json> {
  const answer = await importInto(running, gateway.id, given, fields);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body;
}

/** Imports one operation at a path and returns the API that it makes. */
async function apiOf(path: string, definition: Json, fields: Json = {}, make = document): Promise<Json> {
  const body = await imported(make({ [path]: { get: operation(definition) } }, fields));
  if (at(body, 'success', 0) === undefined) throw new Error(JSON.stringify(body));
  return (await gateway.call('GET', `apis/${String(at(body, 'success', 0, 'id'))}`)).body;
}

/** Imports one operation and returns why it fails. */
async function failureOf(path: string, definition: Json, fields: Json = {}): Promise<unknown> {
  const body = await imported(document({ [path]: { get: operation(definition) } }, fields));
  expect(body['success']).toEqual([]);
  return at(body, 'failure', 0);
}

/** Sends a request to an operation of the runtime's own. */
function sendOwn(path: string, method = 'GET'): Promise<RawAnswer> {
  return send(`${running.endpoint}/runtime/v1/${path}`, method, { 'x-auth-token': 'test-token' });
}

async function namesIn(path: string, key: string): Promise<readonly unknown[]> {
  const { body } = await gateway.call('GET', path);
  return (body[key] as readonly Json[]).map((each) => each['name'] ?? each['acl_name']);
}

describe('an import', () => {
  test('makes a group named as the document, with its APIs, and publishes none', async () => {
    const given = document({ '/a': { get: operation({ operationId: 'read-a' }), put: operation() } });
    const { group_id: groupId, ...body } = await imported(given);
    expect(body).toEqual({
      success: [
        { path: '/a', method: 'GET', action: 'create', id: expect.stringMatching(/^[0-9a-f]{32}$/) },
        { path: '/a', method: 'PUT', action: 'create', id: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ],
      failure: [],
      ignore: [],
      swagger: { id: '', result: '' },
    });
    const group = await gateway.call('GET', `api-groups/${String(groupId)}`);
    expect(group.body['name']).toBe(at(given, 'info', 'title'));
    const { body: list } = await gateway.call('GET', `apis?group_id=${String(groupId)}`);
    expect(
      (list['apis'] as Json[]).map(({ name, run_env_id }) => ({ name, run_env_id })).toReversed(),
    ).toEqual([
      { name: 'read-a', run_env_id: '' },
      { name: 'PUT:/a', run_env_id: '' },
    ]);
  });

  test('is one revision', async () => {
    const revisions = async () => Number((await sendOwn('revisions')).body['total']);
    const before = await revisions();
    await imported(document({ '/a': { get: operation() }, '/b': { get: operation() } }));
    expect(await revisions()).toBe(before + 1);
  });

  test('adds to a group that is there, and takes no notice of the title', async () => {
    const groupId = await gateway.group();
    const given = document({ '/a': { get: operation() } }, { info: { title: 'not a name!', version: '1' } });
    const body = await imported(given, { is_create_group: 'false', group_id: groupId });
    expect(body).toMatchObject({ group_id: groupId, success: [{ path: '/a' }] });
  });

  test('reads YAML, and YAML with an unquoted version', async () => {
    const given = document({ '/a': { get: operation() } });
    expect(await imported(stringify(given))).toMatchObject({ success: [{ path: '/a' }] });
    const other = stringify(document({ '/b': { get: operation() } })).replace('"2.0"', '2.0');
    expect(await imported(other)).toMatchObject({ success: [{ path: '/b' }] });
  });

  test('reads OpenAPI 3.0', async () => {
    const parameters = [
      { name: 'id', in: 'path', required: true, schema: { $ref: '#/components/schemas/Id' } },
      { $ref: '#/components/parameters/full' },
    ];
    const components = {
      schemas: { Id: { type: 'integer', minimum: 1 } },
      parameters: { full: { name: 'full', in: 'query', schema: { type: 'string', enum: ['yes', 'no'] } } },
    };
    const given = { parameters, requestBody: { content: {} } };
    expect(await apiOf('/a/{id}', given, { components }, document3)).toMatchObject({
      req_protocol: 'HTTPS',
      req_params: [
        { name: 'id', location: 'PATH', type: 'NUMBER', required: 1, min_num: 1, valid_enable: 1 },
        { name: 'full', location: 'QUERY', type: 'STRING', required: 2, enumerations: 'yes,no' },
      ],
    });
  });

  test('puts the base path before every path', async () => {
    const given = document({ '/a': { get: operation() } }, { basePath: '/v1/' });
    expect(await imported(given)).toMatchObject({ success: [{ path: '/v1/a' }] });
  });

  test('gives APIs without a name one of their method and path, and another where that is taken', async () => {
    const groupId = await gateway.group();
    await gateway.api({ group_id: groupId, name: 'GET:/a/(id)/(rest)' });
    const parameters = ['id', 'rest'].map((name) => ({ name, in: 'path', required: true, type: 'string' }));
    const given = document({ '/a/{id}/{rest+}': { get: operation({ parameters }) } });
    await imported(given, { is_create_group: 'false', group_id: groupId });
    expect(await namesIn(`apis?group_id=${groupId}`, 'apis')).toEqual([
      'GET:/a/(id)/(rest)-2',
      'GET:/a/(id)/(rest)',
    ]);
  });

  test('lets the parameters of a path be those of its operations, unless these have their own', async () => {
    const shared = [
      { name: 'id', in: 'path', required: true, type: 'string' },
      { name: 'x', in: 'query', type: 'string' },
    ];
    const get = operation({ parameters: [{ name: 'x', in: 'query', type: 'number', maximum: 3 }] });
    const body = await imported(document({ '/a/{id}': { parameters: shared, get } }));
    const api = await gateway.call('GET', `apis/${String(at(body, 'success', 0, 'id'))}`);
    expect(api.body['req_params']).toMatchObject([
      { name: 'id', location: 'PATH', type: 'STRING' },
      { name: 'x', location: 'QUERY', type: 'NUMBER', max_num: 3 },
    ]);
  });

  test('drops bodies, media types and answers', async () => {
    const parameters = [{ name: 'order', in: 'body', schema: { type: 'object' } }];
    const other = { consumes: ['application/json'], produces: ['text/plain'] };
    expect(await apiOf('/a', { parameters, ...other })).toMatchObject({ req_params: [], content_type: '' });
  });

  test('ignores TRACE, which no API has', async () => {
    const trace = { responses: RESPONSES };
    const body = await imported(document3({ '/a': { trace, get: operation() } }));
    expect(body).toMatchObject({ ignore: [{ path: '/a', method: 'TRACE' }], success: [{ method: 'GET' }] });
  });

  test('is part of a changeset, like any write', async () => {
    const opened = await sendOwn('changesets', 'POST');
    const id = String(opened.body['id']);
    const given = JSON.stringify(document({ '/a': { get: operation() } }));
    const form = encodeForm({ file_name: { fileName: 'a.json', content: given } });
    const path = `instances/${gateway.id}/openapi/import`;
    const header = { 'x-apig-changeset': id };
    const { body } = await sendBytes(running, path, form.contentType, form.body, header);
    const groupId = String(body['group_id']);
    expect((await gateway.call('GET', `api-groups/${groupId}`)).status).toBe(404);
    await sendOwn(`changesets/${id}/commit`, 'POST');
    expect((await gateway.call('GET', `api-groups/${groupId}`)).status).toBe(200);
  });
});

describe('an operation of a document', () => {
  test.each<[string, Json, Json]>([
    ['describes the API', { description: 'All orders.' }, { remark: 'All orders.' }],
    ['is called over HTTP', { schemes: ['http'] }, { req_protocol: 'HTTP' }],
    ['is called over both', { schemes: ['https', 'http'] }, { req_protocol: 'BOTH' }],
    ['is called over HTTPS otherwise', {}, { req_protocol: 'HTTPS' }],
    ['is public', { 'x-apigateway-request-type': 'public' }, { type: 1 }],
    ['is private', { 'x-apigateway-request-type': 'private' }, { type: 2 }],
    ['matches a beginning', { 'x-apigateway-match-mode': 'SWA' }, { match_mode: 'SWA' }],
    ['allows other origins', { 'x-apigateway-cors': true }, { cors: true }],
    [
      'sends bodies as they are',
      { 'x-apigateway-is-send-fg-body-base64': false },
      { is_send_fg_body_base64: false },
    ],
    [
      'has samples',
      {
        responses: {
          default: {
            description: 'x',
            'x-apigateway-result-normal-sample': 'good',
            'x-apigateway-result-failure-sample': 'bad',
          },
        },
      },
      { result_normal_sample: 'good', result_failure_sample: 'bad' },
    ],
    ['has no authentication without a scheme', {}, { auth_type: 'NONE' }],
    ['has no authentication with an empty one', { security: [] }, { auth_type: 'NONE' }],
    [
      'has further fields',
      { 'x-apigateway-details': { tags: ['a', 'b'], content_type: 'text/plain', group_id: 'other' } },
      { tags: ['a', 'b'], content_type: 'text/plain' },
    ],
    [
      'has an HTTP backend',
      {
        'x-apigateway-backend': {
          type: 'HTTP',
          httpEndpoints: {
            address: 'a.example.com:81',
            scheme: 'http',
            method: 'POST',
            path: '/b/{id}',
            timeout: 7,
          },
          parameters: [
            { name: 'id', value: 'x', in: 'path', origin: 'CONSTANT', description: 'fixed' },
            { name: 'ip', value: '$context.sourceIp', in: 'HEADER', origin: 'SYSTEM' },
          ],
          'x-apigateway-details': { retry_count: '3' },
        },
      },
      {
        backend_type: 'HTTP',
        backend_api: {
          url_domain: 'a.example.com:81',
          req_protocol: 'HTTP',
          req_method: 'POST',
          req_uri: '/b/{id}',
          timeout: 7,
          retry_count: '3',
        },
        backend_params: [
          { name: 'id', value: 'x', location: 'PATH', origin: 'CONSTANT', remark: 'fixed' },
          { name: 'ip', value: '$context.sourceIp', location: 'HEADER', origin: 'SYSTEM' },
        ],
      },
    ],
    [
      'waits 5 s for a backend unless told otherwise',
      {
        'x-apigateway-backend': {
          type: 'HTTP',
          httpEndpoints: { address: 'a.example.com', scheme: 'https', method: 'GET', path: '/b-{x}' },
          parameters: [{ name: 'x', value: '1', in: 'path', origin: 'CONSTANT' }],
        },
      },
      { backend_api: { timeout: 5000, req_uri: '/b-{x}' } },
    ],
    [
      'has a function',
      {
        'x-apigateway-backend': {
          type: 'FUNCTION',
          functionEndpoints: {
            'function-urn': CHECK,
            version: 'latest',
            'invocation-type': 'async',
            timeout: 9,
          },
        },
      },
      {
        backend_type: 'FUNCTION',
        func_info: { function_urn: CHECK, version: 'latest', invocation_type: 'async', timeout: 9 },
      },
    ],
    ['has a mock', {}, { backend_type: 'MOCK', mock_info: { result_content: '"hello"' } }],
  ])('%s', async (_, given, expected) => {
    expect(await apiOf('/a', given)).toMatchObject(expected);
  });

  test('has backend policies with conditions', async () => {
    const policies = [
      {
        type: 'MOCK',
        name: 'inside',
        mockEndpoints: { 'result-content': 'in' },
        conditions: [
          { type: 'equal', value: 'yes', origin: 'request', parameter: 'full' },
          { value: '10.0.0.0/8', origin: 'source' },
        ],
        'x-apigateway-details': { effect_mode: 'ANY', status_code: 201 },
      },
    ];
    const parameters = [{ name: 'full', in: 'query', type: 'string' }];
    expect(await apiOf('/a', { parameters, 'x-apigateway-backend-policies': policies })).toMatchObject({
      policy_mocks: [
        {
          name: 'inside',
          effect_mode: 'ANY',
          result_content: 'in',
          status_code: 201,
          conditions: [
            {
              condition_origin: 'param',
              condition_type: 'exact',
              condition_value: 'yes',
              req_param_name: 'full',
            },
            { condition_origin: 'source', condition_value: '10.0.0.0/8' },
          ],
        },
      ],
    });
  });

  test('for all methods makes an API for ANY, beside those for one', async () => {
    const given = document({ '/a': { 'x-apigateway-any-method': operation(), get: operation() } });
    expect(await imported(given)).toMatchObject({ success: [{ method: 'GET' }, { method: 'ANY' }] });
  });

  test.each([
    ['AppSigv1', 'APP'],
    ['IAM', 'IAM'],
  ])('with a scheme of type %s needs %s', async (type, expected) => {
    const scheme = { type: 'apiKey', in: 'header', name: 'Authorization', 'x-apigateway-auth-type': type };
    const fields = { securityDefinitions: { mine: scheme }, security: [{ mine: [] }] };
    expect(await apiOf('/a', {}, fields)).toMatchObject({ auth_type: expected });
    const fields3 = { components: { securitySchemes: { mine: scheme } } };
    expect(await apiOf('/a', { security: [{ mine: [] }] }, fields3, document3)).toMatchObject({
      auth_type: expected,
    });
  });

  test('reaches a channel by its name', async () => {
    const channel = { name: 'servers', port: 80, balance_strategy: 1, member_type: 'ip', type: 2 };
    const id = await gateway.add('vpc-channels', channel);
    const backend = {
      type: 'HTTP-VPC',
      httpVpcEndpoints: { name: 'servers', scheme: 'http', method: 'GET', path: '/', timeout: 10 },
    };
    expect(await apiOf('/a', { 'x-apigateway-backend': backend })).toMatchObject({
      backend_api: { vpc_channel_status: 1, vpc_channel_info: { vpc_channel_id: id } },
    });
  });

  test('asks an authorizer by its name, alone or as a second factor', async () => {
    const id = await gateway.add('authorizers', {
      name: 'callers',
      type: 'FRONTEND',
      authorizer_type: 'FUNC',
      authorizer_uri: CHECK,
    });
    const scheme = (type: string) => ({
      type: 'apiKey',
      in: 'header',
      name: 'unused',
      'x-apigateway-auth-type': type,
    });
    const custom = { ...scheme('AUTHORIZER'), 'x-apigateway-authorizer': 'callers' };
    const fields = { securityDefinitions: { custom, app: scheme('AppSigv1') } };
    expect(await apiOf('/a', { security: [{ custom: [] }] }, fields)).toMatchObject({
      auth_type: 'AUTHORIZER',
      authorizer_id: id,
    });
    expect(await apiOf('/a', { security: [{ app: [], custom: [] }] }, fields)).toMatchObject({
      auth_type: 'APP',
      authorizer_id: id,
    });
  });
});

describe('an operation that cannot be an API', () => {
  const apiKey = { type: 'apiKey', in: 'header', name: 'x' };
  test.each<[string, string, string, string, Json, Json?]>([
    ['has no backend', 'APIG.2001', 'x-apigateway-backend', '/a', { 'x-apigateway-backend': undefined }],
    [
      'has a parameter of another type',
      'APIG.2011',
      'parameters.x.type',
      '/a',
      {
        parameters: [{ name: 'x', in: 'query', type: 'boolean' }],
      },
    ],
    ['has a placeholder without a parameter', 'APIG.2026', 'req_uri', '/a/{id}', {}],
    [
      'has text around a placeholder',
      'APIG.2011',
      'req_uri',
      '/a/b-{id}',
      {
        parameters: [{ name: 'id', in: 'path', required: true, type: 'string' }],
      },
    ],
    ['has an unknown backend', 'APIG.2011', 'type', '/a', { 'x-apigateway-backend': { type: 'FTP' } }],
    [
      'has a rest in the path of its backend',
      'APIG.2027',
      'backend_api.req_uri',
      '/a',
      {
        'x-apigateway-backend': {
          type: 'HTTP',
          httpEndpoints: { address: 'a.example.com', scheme: 'http', method: 'GET', path: '/{proxy+}' },
        },
      },
    ],
    [
      'has an unknown function',
      'APIG.3019',
      'urn:none',
      '/a',
      {
        'x-apigateway-backend': {
          type: 'FUNCTION',
          functionEndpoints: { 'function-urn': 'urn:none', 'invocation-type': 'sync', timeout: 1 },
        },
      },
    ],
    [
      'names no channel',
      'APIG.3023',
      'nowhere',
      '/a',
      {
        'x-apigateway-backend': {
          type: 'HTTP-VPC',
          httpVpcEndpoints: { name: 'nowhere', scheme: 'http', method: 'GET', path: '/' },
        },
      },
    ],
    ['names no throttle', 'APIG.3005', 'none', '/a', { 'x-apigateway-ratelimit': 'none' }],
    ['names no ACL', 'APIG.3006', 'none', '/a', { 'x-apigateway-access-control': 'none' }],
    ['names no plug-in', 'APIG.3068', 'none', '/a', { 'x-apigateway-plugins': ['none'] }],
    ['names no response', 'APIG.3007', 'none', '/a', { 'x-apigateway-response-name': 'none' }],
    [
      'has another scheme',
      'APIG.2011',
      'security.x',
      '/a',
      { security: [{ x: [] }] },
      {
        securityDefinitions: { x: { type: 'basic' } },
      },
    ],
    [
      'has a scheme that says nothing',
      'APIG.2011',
      'x-apigateway-auth-type',
      '/a',
      { security: [{ x: [] }] },
      {
        securityDefinitions: { x: apiKey },
      },
    ],
    ['has a scheme that is not there', 'APIG.2011', 'security.x', '/a', { security: [{ x: [] }] }],
    [
      'names no authorizer',
      'APIG.3081',
      'nobody',
      '/a',
      { security: [{ x: [] }] },
      {
        securityDefinitions: {
          x: { ...apiKey, 'x-apigateway-auth-type': 'AUTHORIZER', 'x-apigateway-authorizer': 'nobody' },
        },
      },
    ],
    ['has an invalid name', 'APIG.2011', 'name', '/a', { operationId: '?' }],
    ['is called over WebSocket only', 'APIG.2011', 'schemes', '/a', { schemes: ['wss'] }],
  ])(
    'as it %s is told with its code and field, and leaves nothing',
    async (_, code, field, path, given, fields = {}) => {
      expect(await failureOf(path, given, fields)).toMatchObject({
        path,
        method: 'GET',
        error_code: code,
        error_msg: expect.stringContaining(field),
      });
      expect((await gateway.call('GET', 'apis')).body['total']).toBe(0);
    },
  );

  test('does not keep the others, and leaves nothing of what came with it', async () => {
    const ratelimits = {
      good: { 'api-limit': 10, interval: 1, unit: 'MINUTE' },
      bad: { 'api-limit': 10, interval: 1, unit: 'MINUTE' },
    };
    const given = document(
      {
        '/bad': { get: operation({ 'x-apigateway-ratelimit': 'bad', 'x-apigateway-plugins': ['none'] }) },
        '/good': { get: operation({ 'x-apigateway-ratelimit': 'good' }) },
      },
      { 'x-apigateway-ratelimits': ratelimits },
    );
    const body = await imported(given);
    expect(body).toMatchObject({ success: [{ path: '/good' }], failure: [{ path: '/bad' }] });
    expect(await namesIn('throttles', 'throttles')).toEqual(['good']);
  });

  test.each<[string, Json, string]>([
    ['path', { '/a/{x}': { get: 'x' }, '/a/{y}': { get: 'y' } }, 'APIG.3301'],
    ['name', { '/a/{x}': { get: 'x' }, '/b/{x}': { get: 'x' } }, 'APIG.3202'],
  ])('has the %s of one before it in the file', async (_, names, code) => {
    const paths = Object.fromEntries(
      Object.entries(names).map(([path, item]) => {
        const name = /\{(\w)\}/.exec(path)?.[1];
        const parameters = [{ name, in: 'path', required: true, type: 'string' }];
        return [path, { get: operation({ operationId: `api-${String(at(item, 'get'))}`, parameters }) }];
      }),
    );
    for (const mode of ['merge', 'override']) {
      const body = await imported(document(paths), { api_mode: mode });
      expect(body).toMatchObject({ success: [{ action: 'create' }], failure: [{ error_code: code }] });
    }
  });
});

describe('an API that is there already', () => {
  test('stays, unless the import overrides', async () => {
    const groupId = await gateway.group();
    const into = { is_create_group: 'false', group_id: groupId };
    const id = await gateway.api({ group_id: groupId, req_uri: '/a', name: 'first', tags: ['old'] });
    const given = document({ '/a': { get: operation({ description: 'new' }) } });
    expect(await imported(given, { ...into, api_mode: 'merge' })).toMatchObject({
      success: [],
      failure: [{ path: '/a', method: 'GET', error_code: 'APIG.3301' }],
    });
    expect(await imported(given, { ...into, api_mode: 'override' })).toMatchObject({
      success: [{ path: '/a', method: 'GET', action: 'update', id }],
      failure: [],
    });
    const { body } = await gateway.call('GET', `apis/${id}`);
    expect(body).toMatchObject({ name: 'first', remark: 'new', tags: [] });
  });
});

describe('policies of a document', () => {
  const THROTTLE = {
    'api-limit': 10,
    'user-limit': 5,
    'ip-limit': 3,
    interval: 1,
    unit: 'minute',
    shared: true,
  };
  const ACL = { 'acl-type': 'DENY', 'entity-type': 'IP', value: '192.0.2.1,198.51.100.0/24' };

  function withPolicies(fields: Json = {}): Json {
    const named = { 'x-apigateway-ratelimit': 'gold', 'x-apigateway-access-control': 'offices' };
    return document(
      { '/a': { get: operation({ schemes: ['http'], ...named }) } },
      {
        'x-apigateway-ratelimits': { gold: { ...THROTTLE, ...fields } },
        'x-apigateway-access-controls': { offices: ACL },
      },
    );
  }

  test('are made, with special limits, and bound in RELEASE', async () => {
    const app = await gateway.add('apps', { name: 'partner' });
    const special = [
      { type: 'APP', limit: 4, instance: app },
      { type: 'USER', limit: 2, instance: '1'.repeat(32) },
    ];
    const body = await imported(withPolicies({ special }));
    const id = String(at(body, 'success', 0, 'id'));
    const throttles = await gateway.call('GET', `throttle-bindings/binded-throttles?api_id=${id}`);
    expect(throttles.body['throttles']).toMatchObject([
      {
        name: 'gold',
        type: 2,
        api_call_limits: 10,
        user_call_limits: 5,
        ip_call_limits: 3,
        time_unit: 'MINUTE',
        env_name: 'RELEASE',
      },
    ]);
    const throttleId = String(at(throttles.body, 'throttles', 0, 'id'));
    const specials = await gateway.call('GET', `throttles/${throttleId}/throttle-specials`);
    expect(specials.body['total']).toBe(2);
    const acls = await gateway.call('GET', `acl-bindings/binded-acls?api_id=${id}`);
    expect(acls.body['acls']).toMatchObject([
      { acl_name: 'offices', acl_type: 'DENY', acl_value: '192.0.2.1,198.51.100.0/24', env_name: 'RELEASE' },
    ]);
  });

  test('act once the API is published', async () => {
    const body = await imported(withPolicies({ 'api-limit': 1, 'user-limit': 1, 'ip-limit': 1 }));
    const id = String(at(body, 'success', 0, 'id'));
    await gateway.publish(id, RELEASE_ENVIRONMENT_ID);
    const statuses: number[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { port = 0 } = running.gateway.http ?? {};
      const headers = { host: `${String(body['group_id'])}.apic.localhost` };
      statuses.push((await send(`http://127.0.0.1:${port}/a`, 'GET', headers)).status);
    }
    expect(statuses).toEqual([200, 429]);
  });

  test('are made also when no operation names them', async () => {
    await imported(
      document({ '/a': { get: operation() } }, { 'x-apigateway-ratelimits': { spare: THROTTLE } }),
    );
    expect(await namesIn('throttles', 'throttles')).toEqual(['spare']);
  });

  test('stay when they are there, unless the import overrides them', async () => {
    await imported(withPolicies({ special: [{ type: 'USER', limit: 2, instance: '1'.repeat(32) }] }));
    const limits = async () => {
      const { body } = await gateway.call('GET', 'throttles');
      return (body['throttles'] as Json[]).map(({ api_call_limits, is_inclu_special_throttle: special }) => [
        api_call_limits,
        special,
      ]);
    };
    await imported(withPolicies({ 'api-limit': 99 }));
    expect(await limits()).toEqual([[10, 1]]);
    await imported(withPolicies({ 'api-limit': 99 }), { extend_mode: 'override' });
    expect(await limits()).toEqual([[99, 2]]);
  });

  test('with an app that is not there keep only the operations from being made that name them', async () => {
    const special = [{ type: 'APP', limit: 4, instance: 'f'.repeat(32) }];
    const given = withPolicies({ special });
    (given['paths'] as Json)['/b'] = { get: operation() };
    expect(await imported(given)).toMatchObject({
      success: [{ path: '/b' }],
      failure: [{ path: '/a', error_code: 'APIG.3004' }],
    });
  });

  test('attach plug-ins by their names', async () => {
    const plugin = {
      plugin_name: 'headers',
      plugin_type: 'set_resp_headers',
      plugin_scope: 'global',
      plugin_content: JSON.stringify({
        response_headers: [{ name: 'X-A', value: '1', value_type: 'custom_value', action: 'override' }],
      }),
    };
    const created = await gateway.call('POST', 'plugins', plugin);
    const body = await imported(
      document({ '/a': { get: operation({ 'x-apigateway-plugins': ['headers'] }) } }),
    );
    const id = String(at(body, 'success', 0, 'id'));
    const attached = await gateway.call('GET', `apis/${id}/attached-plugins`);
    expect(attached.body['plugins']).toMatchObject([{ plugin_id: created.body['plugin_id'] }]);
  });
});

describe('gateway responses of a document', () => {
  const RESPONSE = { THROTTLED: { status: 503, body: 'later' } };
  const responsesOf = async (groupId: unknown) => {
    const { body } = await gateway.call('GET', `api-groups/${String(groupId)}/gateway-responses`);
    return body['responses'] as readonly Json[];
  };

  test('are those of a new group', async () => {
    const given = document({ '/a': { get: operation() } }, { 'x-apigateway-responses': RESPONSE });
    const { group_id: groupId } = await imported(given);
    const [first] = await responsesOf(groupId);
    const { body } = await gateway.call(
      'GET',
      `api-groups/${String(groupId)}/gateway-responses/${String(first?.['id'])}`,
    );
    expect(body).toMatchObject({ name: 'default', responses: { THROTTLED: { status: 503, body: 'later' } } });
  });

  test('of operations are made once for all that have the same', async () => {
    const own = { 'x-apigateway-responses': RESPONSE };
    const named = { ...own, 'x-apigateway-response-name': 'friendly' };
    const given = document({
      '/a': { get: operation(own), put: operation(own) },
      '/b': { get: operation(named), put: operation(named) },
    });
    const body = await imported(given);
    expect(body['failure']).toEqual([]);
    const responses = await responsesOf(body['group_id']);
    expect(responses.map(({ name }) => name).toSorted()).toEqual(['default', 'friendly', 'imported-1']);
  });
});

describe('an import in mock mode', () => {
  test('needs no backends and makes mocks that answer with the sample', async () => {
    const responses = { default: { description: 'x', 'x-apigateway-result-normal-sample': '{"ok":true}' } };
    const backend = {
      type: 'HTTP-VPC',
      httpVpcEndpoints: { name: 'nowhere', scheme: 'http', method: 'GET', path: '/' },
    };
    const given = document({
      '/a': { get: operation({ 'x-apigateway-backend': undefined }) },
      '/b': { get: operation({ 'x-apigateway-backend': backend, responses }) },
    });
    const body = await imported(given, { mock_mode: 'true' });
    const results = (body['success'] as Json[]).map(async ({ id }) =>
      at((await gateway.call('GET', `apis/${String(id)}`)).body, 'mock_info', 'result_content'),
    );
    expect(await Promise.all(results)).toEqual([undefined, '{"ok":true}']);
  });
});

describe('a file that cannot be imported', () => {
  const groupsOf = async () => (await gateway.call('GET', 'api-groups')).body['total'];
  const good = () => document({ '/a': { get: operation() } });

  test.each<[string, number, string, () => unknown]>([
    ['is neither JSON nor YAML', 400, 'APIG.3600', () => '{"a": [}'],
    ['is broken YAML', 400, 'APIG.3600', () => 'swagger: "2.0"\npaths: [1'],
    ['has a key twice', 400, 'APIG.3600', () => 'swagger: "2.0"\nswagger: "2.0"\n'],
    ['is a text', 400, 'APIG.3600', () => 'hello'],
    ['is no UTF-8', 400, 'APIG.3600', () => Buffer.from([0x7b, 0xff, 0x7d])],
    ['is nested without end', 400, 'APIG.3600', () => '['.repeat(20_000)],
    ['has another version', 400, 'APIG.3601', () => ({ ...good(), swagger: '1.2' })],
    ['has a newer version', 400, 'APIG.3601', () => ({ ...document3({}), openapi: '3.1.0' })],
    ['has no version', 400, 'APIG.3601', () => ({ ...good(), swagger: undefined })],
    ['has no answers', 400, 'APIG.3602', () => document({ '/a': { get: {} } })],
    ['has a path without a slash', 400, 'APIG.3602', () => document({ a: { get: operation() } })],
    [
      'refers to nothing',
      400,
      'APIG.3602',
      () => document({ '/a': { get: operation({ parameters: [{ $ref: '#/parameters/x' }] }) } }),
    ],
    [
      'refers to itself',
      400,
      'APIG.3602',
      () =>
        document(
          { '/a': { get: operation({ parameters: [{ $ref: '#/parameters/x' }] }) } },
          { parameters: { x: { $ref: '#/parameters/x' } } },
        ),
    ],
    [
      'refers to an address',
      400,
      'APIG.3602',
      () => document({ '/a': { $ref: 'http://127.0.0.1:1/a.json' } }),
    ],
    [
      'refers to a file',
      400,
      'APIG.3602',
      () => document({ '/a': { get: operation({ parameters: [{ $ref: 'other.json#/x' }] }) } }),
    ],
    [
      'holds itself',
      400,
      'APIG.3602',
      () => `swagger: "2.0"\ninfo: {title: abc, version: "1"}\npaths: {}\nx-a: &a [*a]\n`,
    ],
    ['is too long', 400, 'APIG.3603', () => `{"a": "${'x'.repeat(4 * 1024 * 1024)}"}`],
    ['is empty', 400, 'APIG.3609', () => ' \n'],
    [
      'has a title that is no name',
      400,
      'APIG.2044',
      () => ({ ...good(), info: { title: 'my shop', version: '1' } }),
    ],
    ['has servers that are none', 400, 'APIG.2045', () => document3({}, { servers: [{ url: 'http://[' }] })],
    [
      'has too many APIs',
      403,
      'APIG.3127',
      () =>
        document(
          Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`/${at}`, { get: operation() }])),
        ),
    ],
    [
      'has an incomplete policy',
      400,
      'APIG.2001',
      () => ({ ...good(), 'x-apigateway-ratelimits': { gold: {} } }),
    ],
    [
      'is the only definition of a group with a taken name',
      400,
      'APIG.3201',
      () => ({ ...good(), info: { title: 'taken', version: '1' } }),
    ],
  ])('as it %s is told so, and nothing is written', async (_, status, code, make) => {
    await gateway.group('taken');
    const before = await groupsOf();
    const answer = await importInto(running, gateway.id, make());
    expect({ status: answer.status, code: answer.body['error_code'] }).toEqual({ status, code });
    expect(await groupsOf()).toBe(before);
  });

  test('takes its time beside the other calls', async () => {
    // Its quotes are read in time that grows with the square of their number.
    const refused = importInto(running, gateway.id, '"'.repeat(30_000));
    let isRefused = false;
    void refused.then(() => (isRefused = true));
    expect((await gateway.call('GET', 'apis')).status).toBe(200);
    expect(isRefused).toBe(false);
    expect((await refused).body['error_code']).toBe('APIG.3600');
  });

  test('says where it is wrong, and not what is there', async () => {
    const given = document({
      '/a': { get: operation({ responses: { default: { description: 5, secret: 'hidden' } } }) },
    });
    const { body } = await importInto(running, gateway.id, given);
    expect(body['error_msg']).toContain('/paths/~1a/get/responses/default');
    expect(body['error_msg']).not.toContain('hidden');
  });
});

describe('a form that is none', () => {
  test.each<[string, string, Readonly<Record<string, string>>, number, string]>([
    ['group_id', 'APIG.2001', { is_create_group: 'false' }, 400, 'group_id'],
    ['a flag', 'APIG.2011', { mock_mode: 'maybe' }, 400, 'mock_mode'],
    ['a mode', 'APIG.2011', { api_mode: 'replace' }, 400, 'api_mode'],
    ['the group', 'APIG.3001', { is_create_group: 'false', group_id: 'a'.repeat(32) }, 404, 'aaa'],
  ])('for want of %s is refused', async (_, code, fields, status, field) => {
    const answer = await importInto(running, gateway.id, document({}), fields);
    expect({ status: answer.status, code: answer.body['error_code'] }).toEqual({ status, code });
    expect(answer.body['error_msg']).toContain(field);
  });

  test.each<[string, string | undefined, Buffer, string]>([
    ['JSON', 'application/json', Buffer.from('{}'), 'APIG.2000'],
    ['without a boundary', 'multipart/form-data', Buffer.from('x'), 'APIG.2000'],
    [
      'cut off',
      'multipart/form-data; boundary=b',
      Buffer.from('--b\r\nContent-Disposition: form-data; name="file_name"; filename="a"\r\n\r\n{'),
      'APIG.2000',
    ],
    ['without a file', 'multipart/form-data; boundary=b', Buffer.from('--b--\r\n'), 'APIG.2001'],
  ])('as it is %s is refused', async (_, type, body, code) => {
    const answer = await sendBytes(running, `instances/${gateway.id}/openapi/import`, type ?? '', body);
    expect({ status: answer.status, code: answer.body['error_code'] }).toEqual({ status: 400, code });
  });

  test('in a gateway that is not there is refused', async () => {
    const answer = await importInto(running, 'b'.repeat(32), document({}));
    expect(answer).toMatchObject({ status: 404, body: { error_code: 'APIG.3030' } });
  });
});

describe('an import as a task', () => {
  const resultOf = async (id: unknown): Promise<Json> => {
    for (;;) {
      const { body } = await gateway.call('GET', `async-tasks/${String(id)}`);
      if (body['task_status'] === 'succeed' || body['task_status'] === 'failed') return body;
    }
  };

  test('tells what it came to', async () => {
    const given = document({ '/a': { get: operation() } });
    const started = await importInto(running, gateway.id, given, {}, 'async-import');
    expect(started).toMatchObject({
      status: 202,
      body: { task_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    const { task_result: result, ...task } = await resultOf(started.body['task_id']);
    expect(task).toMatchObject({ task_type: 'import_api', task_status: 'succeed' });
    expect(JSON.parse(String(result))).toMatchObject({ success: [{ path: '/a' }], failure: [] });
  });

  test('tells what is wrong with the file', async () => {
    const started = await importInto(running, gateway.id, 'hello', {}, 'async-import');
    const { task_result: result, ...task } = await resultOf(started.body['task_id']);
    expect(task).toMatchObject({ task_type: 'import_api', task_status: 'failed' });
    expect(JSON.parse(String(result))).toEqual({
      error_code: 'APIG.3600',
      error_msg: 'The import file is neither JSON nor YAML.',
    });
  });

  test('is known for an hour, and only in its gateway', async () => {
    const started = await importInto(running, gateway.id, document({}), {}, 'async-import');
    const id = started.body['task_id'];
    await resultOf(id);
    const other = await running.create();
    expect(await other.call('GET', `async-tasks/${String(id)}`)).toMatchObject({
      status: 404,
      body: { error_code: 'APIG.3072' },
    });
    running.clock.advance(3600 * 1000);
    expect((await gateway.call('GET', `async-tasks/${String(id)}`)).status).toBe(404);
  });
});
