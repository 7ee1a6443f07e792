import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openGateway, send, type RawAnswer, type TestGateway } from '../support/gateway.ts';
import { openStack, type Outcome, type Preview, type Stack } from '../support/pulumi.ts';
import { takeInventory, type Inventory } from './every-kind.ts';

/*
 * The example of a route table lives beside a program that takes an OpenAPI document, on one runtime. The document changes
 * while the tests' set-up looks at what each change would do.
 */

const PROGRAM = `
import { readFileSync } from 'node:fs';
import * as apig from '@apig/provider';

const document = JSON.parse(readFileSync('openapi.json', 'utf8'));
const { id: gatewayId } = await apig.getGateway({ name: 'shop' });
const acl = new apig.Acl('nobody', { gatewayId, type: 'DENY', entityType: 'IP', values: ['203.0.113.1'] });
const key = new apig.SignatureKey('backend', { gatewayId });
const marking = new apig.Plugin('marking', {
  gatewayId, type: 'set_resp_headers',
  content: JSON.stringify({ response_headers: [{ name: 'x-made-by', value: 'orders', action: 'override' }] }),
});
const orders = new apig.RestApi('orders', {
  gatewayId, document,
  aclId: acl.id, signatureKeyId: key.id, pluginIds: { marking: marking.id },
  domain: { name: 'orders.example.com', minTlsVersion: 'TLSv1.2' },
  backend: { address: 'orders.internal:8080' },
  overrides: { ping: { mockBackend: { result: '"pong"' } } },
  throttle: { apiCallLimit: 100, timeInterval: 1, timeUnit: 'MINUTE' },
});
const { callLimit } = JSON.parse(readFileSync('product.json', 'utf8'));
new apig.Product('web-shop', { apis: [orders], quota: { callLimit, timeInterval: 1, timeUnit: 'DAY' } });
export const url = orders.url;
`;

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } };
const GET_ORDER = {
  operationId: 'get-order',
  summary: 'one order',
  parameters: [{ $ref: '#/components/parameters/id' }],
};
const PING = { operationId: 'ping', security: [] };
const COMMON = {
  openapi: '3.0.3',
  security: [{ key: [] }],
  components: { parameters: { id: ID }, securitySchemes: { key: { type: 'apiKey' } } },
};
const LIST = {
  operationId: 'list-orders',
  parameters: [{ name: 'page', in: 'query', schema: { type: 'integer' } }],
};

const DOCUMENT = {
  ...COMMON,
  paths: { '/orders': { get: LIST }, '/orders/{id}': { get: GET_ORDER }, '/ping': { get: PING } },
};
const REORDERED = {
  ...COMMON,
  paths: { '/ping': { get: PING }, '/orders/{id}': { get: GET_ORDER }, '/orders': { get: LIST } },
};
const CHANGED = {
  ...COMMON,
  paths: { ...REORDERED.paths, '/orders/{id}': { get: { ...GET_ORDER, summary: 'an order' } } },
};
const SHORTER = { ...COMMON, paths: { '/ping': { get: PING }, '/orders/{id}': { get: GET_ORDER } } };

let runtime: TestGateway;
let example: Stack;
let stack: Stack;
let created: Outcome;
let exampleLeft: Preview;
let up: Outcome;
let left: Preview;
let reordered: Preview;
let changed: Preview;
let shorter: Preview;
let inventory: Inventory;
let called: RawAnswer;
let urns: { readonly before: readonly string[]; readonly after: readonly string[] };
let quota: Preview;

beforeAll(async () => {
  runtime = await openGateway();
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  const env = {
    APIG_ENDPOINT: endpoint,
    APIG_PROJECT_ID: projectId,
    APIG_ACCESS_KEY: accessKey,
    APIG_SECRET_KEY: secretKey,
  };
  example = await openStack({ program: join(import.meta.dirname, '../../examples/rest-api'), env });
  created = await example.up();
  exampleLeft = await example.preview();

  stack = await openStack({
    program: {
      'index.ts': PROGRAM,
      'openapi.json': JSON.stringify(DOCUMENT),
      'product.json': '{"callLimit":1000}',
    },
    env,
  });
  up = await stack.up();
  if (up.code !== 0) throw new Error(up.stdout + up.stderr);
  inventory = await takeInventory(runtime.client);
  const { url } = (await stack.outputs()) as { url: string };
  const { port = 0 } = runtime.gateway.http ?? {};
  called = await send(`http://127.0.0.1:${port}/ping`, 'GET', { host: new URL(url).host });
  left = await stack.preview();
  const before = await urnsOf(stack);
  reordered = await previewWith(REORDERED);
  await stack.up();
  urns = { before, after: await urnsOf(stack) };
  changed = await previewWith(CHANGED);
  shorter = await previewWith(SHORTER);
  stack.write({ 'product.json': '{"callLimit":500}' });
  quota = await previewWith(REORDERED);
}, 400_000);

afterAll(async () => {
  await stack.dispose();
  await example.dispose();
  await runtime.dispose();
});

describe('the example of a route table', () => {
  test('is there at once, and leaves nothing to do', () => {
    expect(created).toMatchObject({ code: 0 });
    expect([exampleLeft.code, exampleLeft.changes]).toEqual([0, []]);
  });

  test('passes the variables of paths on, below the path of the backend', () => {
    expect(inventory.api).toContainEqual(
      expect.objectContaining({
        name: 'get-orders-orderId',
        path: '/orders/{orderId}',
        remark: 'one order, with its lines',
        httpBackend: expect.objectContaining({ path: '/v1/orders/{orderId}', method: 'GET' }),
        backendParameters: [expect.objectContaining({ location: 'PATH', value: 'orderId' })],
      }),
    );
  });

  test('authorizes apps for what apps may call', () => {
    const apis = inventory.api.filter(
      ({ authentication, name }) =>
        authentication === 'APP' && name !== 'get-order' && name !== 'list-orders',
    );
    const ids = apis.map(({ id }) => id).toSorted();
    const sold = inventory.appAuthorization.map(({ apiIds }) => (apiIds as string[]).toSorted());
    expect(ids).toHaveLength(2);
    expect(sold.filter((each) => String(each) === String(ids))).toHaveLength(2);
    expect(inventory.appQuotaBinding).toHaveLength(2);
  });
});

describe('a RestApi of an OpenAPI document', () => {
  test('is what the document says, and answers', () => {
    expect(up).toMatchObject({ code: 0 });
    expect(called).toMatchObject({ status: 200, text: '"pong"' });
    expect(inventory.api).toContainEqual(
      expect.objectContaining({
        name: 'get-order',
        authentication: 'APP',
        remark: 'one order',
        requestParameters: [
          expect.objectContaining({ name: 'id', location: 'PATH', type: 'NUMBER', minNumber: 1 }),
        ],
      }),
    );
    expect(inventory.api).toContainEqual(expect.objectContaining({ name: 'ping', authentication: 'NONE' }));
  });

  test('is left alone, also when its operations are in another order', () => {
    expect([left.code, left.changes]).toEqual([0, []]);
    expect([reordered.code, reordered.changes]).toEqual([0, []]);
    expect(urns.after).toEqual(urns.before);
  });

  test('binds its policies and its domain to all of its APIs', () => {
    const ids = inventory.api
      .filter(({ name }) => ['list-orders', 'get-order', 'ping'].includes(String(name)))
      .map(({ id }) => id)
      .toSorted();
    const bound = [inventory.aclBinding, inventory.signatureBinding, inventory.pluginAttachment].flat();
    expect(bound.map(({ apiIds }) => (apiIds as string[]).toSorted())).toEqual([ids, ids, ids]);
    expect(inventory.domain).toEqual([
      expect.objectContaining({ name: 'orders.example.com', minTlsVersion: 'TLSv1.2' }),
    ]);
    expect(called.headers['x-made-by']).toBe('orders');
  });

  test('has objects with names of their own for resources that say none', () => {
    const names = [inventory.acl, inventory.signatureKey, inventory.plugin].flat().map(({ name }) => name);
    expect(names).toEqual([
      expect.stringMatching(/^nobody_[0-9a-f]{7}$/),
      expect.stringMatching(/^backend_[0-9a-f]{7}$/),
      expect.stringMatching(/^marking_[0-9a-f]{7}$/),
    ]);
  });

  test('changes one API and its deployment for one changed operation', () => {
    expect(changed.changes.map(({ op, name, type }) => [op, name, type.split(':').at(-1)])).toEqual([
      ['update', 'orders-get-order', 'Api'],
      ['update', 'orders-get-order', 'Deployment'],
    ]);
  });

  test('loses the API of an operation that is gone, and its policies let go of it', () => {
    expect(shorter.changes.map(({ op, name }) => `${op} ${name}`).toSorted()).toEqual([
      'delete orders-list-orders',
      'delete orders-list-orders',
      'update orders',
      'update orders',
      'update orders',
      'update orders-marking',
      'update web-shop-orders',
    ]);
  });
});

describe('a Product', () => {
  test('changes its quota alone for another limit', () => {
    expect(quota.changes.map(({ op, name, type }) => [op, name, type.split(':').at(-1)])).toEqual([
      ['update', 'web-shop', 'AppQuota'],
    ]);
  });
});

/** The names of all resources, as the state has them. */
async function urnsOf(its: Stack): Promise<readonly string[]> {
  return (await its.exportState()).resources.map(({ urn }) => urn).toSorted();
}

function previewWith(document: object): Promise<Preview> {
  stack.write({ 'openapi.json': JSON.stringify(document) });
  return stack.preview();
}
