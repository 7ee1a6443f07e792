import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../support/certificates.ts';
import { apiBody, openDocumented, type Documented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
let gateway: Documented;
let groupId: string;

beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
  const { body } = await gateway.call('POST', 'api-groups', { name: 'group_one' });
  groupId = String(body['id']);
});
afterAll(() => running.dispose());

const BACKEND = {
  url_domain: '10.0.0.1:50051',
  req_protocol: 'GRPC',
  req_method: 'POST',
  req_uri: '/',
  timeout: 5000,
};

function create(fields: object) {
  return gateway.call('POST', 'apis', { ...apiBody(groupId), ...fields });
}

const grpc = (fields: object = {}, backend: object = {}) => ({
  name: 'greeter',
  req_protocol: 'GRPCS',
  req_method: 'POST',
  req_uri: '/test.Greeter',
  match_mode: 'SWA',
  backend_type: 'GRPC',
  backend_api: { ...BACKEND, ...backend },
  ...fields,
});

describe('an API of gRPC', () => {
  test('is created, and answered as it is', async () => {
    const { status, body } = await create(grpc());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      req_protocol: 'GRPCS',
      backend_type: 'GRPC',
      backend_api: { req_protocol: 'GRPC' },
    });
  });

  test.each<[string, object]>([
    ['another method', grpc({ req_method: 'GET' })],
    ['a backend of HTTP', grpc({ backend_type: 'HTTP' }, { req_protocol: 'HTTP' })],
    ['another path at the backend', grpc({}, { req_uri: '/other' })],
    ['a custom authorizer', grpc({ auth_type: 'AUTHORIZER', authorizer_id: 'a'.repeat(32) })],
    ['a type of content', grpc({ content_type: 'application/json' })],
    ['callers of HTTP', grpc({ req_protocol: 'HTTPS' })],
    ['a mock backend', grpc({ backend_type: 'MOCK', mock_info: { result_content: '{}' } })],
  ])('is refused with %s', async (_, fields) => {
    const { status, body } = await create({ ...fields, name: 'other', req_uri: '/test.Other' });
    expect([status, body['error_code']]).toEqual([400, 'APIG.2011']);
  });
});

describe('an API whose backend is to see a certificate', () => {
  const api = (name: string) => ({
    name,
    req_uri: `/${name}`,
    backend_type: 'HTTP',
    backend_api: { ...BACKEND, req_protocol: 'HTTPS', enable_client_ssl: true },
  });

  test('is refused until the gateway has one', async () => {
    const refused = await create(api('early'));
    expect([refused.status, refused.body['error_code']]).toEqual([400, 'APIG.2011']);
    const { certificate, key } = await makeCertificate([], { commonName: 'gateway', usage: 'client' });
    const config = JSON.stringify({ content: certificate, key });
    const set = await gateway.call('POST', 'features', {
      name: 'backend_client_certificate',
      enable: true,
      config,
    });
    expect(set.status).toBe(201);
    expect((await create(api('late'))).status).toBe(201);
  });
});

describe('a signature key of type public_key', () => {
  test('is made with a pair of keys that fit, once the gateway has the feature', async () => {
    const create = () => gateway.call('POST', 'signs', { name: 'pair_one', sign_type: 'public_key' });
    expect((await create()).body['error_code']).toBe('APIG.3548');
    await gateway.call('POST', 'features', { name: 'public_key', enable: true, config: '{"enable":"on"}' });
    const { status, body } = await create();
    expect(status).toBe(201);
    expect(String(body['sign_key']).length).toBeLessThanOrEqual(512);
    const wrong = await gateway.call('POST', 'signs', {
      name: 'pair_two',
      sign_type: 'public_key',
      sign_key: 'a'.repeat(16),
      sign_secret: body['sign_secret'],
    });
    expect([wrong.status, wrong.body['error_code']]).toEqual([400, 'APIG.2011']);
  });
});
