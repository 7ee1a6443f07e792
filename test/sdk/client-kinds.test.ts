import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import type { AnyObject, Client, InputOf, Kind, Resources } from '@apig/sdk';
import { descriptionOf, writeOnlyFields, type Json } from '@apig/sdk/contract';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

let running: TestGateway;
let client: Client;
/** IDs of what the kinds under test stand below. */
let ids: Record<'gatewayId' | 'groupId' | 'throttleId' | 'appId', string>;

beforeAll(async () => {
  running = await openGateway({ functions: { 'urn:function:check': { url: 'http://127.0.0.1:9' } } });
  ({ client } = running);
  const gatewayId = (await client.gateway.create(gatewayInput('house'))).id;
  const group = await client.apiGroup.create({ gatewayId, name: 'parent' });
  const throttle = await client.throttle.create({
    gatewayId,
    name: 'parent',
    apiCallLimit: 100,
    timeInterval: 1,
    timeUnit: 'MINUTE',
  });
  const app = await client.app.create({ gatewayId, name: 'parent' });
  ids = { gatewayId, groupId: group.id, throttleId: throttle.id, appId: app.id };
});

afterAll(() => running.dispose());

function gatewayInput(name: string): InputOf<Resources['gateway']> {
  return {
    name,
    edition: 'BASIC',
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    securityGroupId: 'group-1',
    availableZoneIds: ['az1'],
  };
}

/** One kind: an input to create it with, another to change it to, and how to find it in a list. */
interface Case {
  readonly kind: Kind;
  readonly input: Json;
  readonly changed: Json;
  readonly filter: Json;
}

const ONE = await makeCertificate(['shop.example.com']);
const TWO = await makeCertificate(['api.example.com']);
const AUTHORITY = await makeAuthority('Callers');

const CASES: readonly Case[] = [
  {
    kind: 'gateway',
    input: { ...gatewayInput('second'), description: 'to go', tags: { team: 'shop', stage: 'test' } },
    changed: {
      ...gatewayInput('renamed'),
      edition: 'PROFESSIONAL',
      egressBandwidthMbps: 10,
      ingressBandwidthMbps: 20,
      maintainBegin: '02:00:00',
      tags: { team: 'orders' },
    },
    filter: { name: 'second' },
  },
  {
    kind: 'environment',
    input: { name: 'staging', remark: 'to go' },
    changed: { name: 'preview' },
    filter: { name: 'staging' },
  },
  {
    kind: 'environmentVariable',
    input: { groupId: '', environmentId: RELEASE_ENVIRONMENT_ID, name: 'ORDERS_HOST', value: 'a.internal' },
    changed: {
      groupId: '',
      environmentId: RELEASE_ENVIRONMENT_ID,
      name: 'ORDERS_HOST',
      value: 'b.internal:8080',
    },
    filter: { name: 'ORDERS_HOST' },
  },
  {
    kind: 'apiGroup',
    input: { name: 'orders', remark: 'to go', debugDomainEnabled: false },
    changed: { name: 'orders-2' },
    filter: { name: 'orders' },
  },
  {
    kind: 'domain',
    input: { name: 'api.shop.example.com' },
    changed: { name: 'api.shop.example.com', minTlsVersion: 'TLSv1.2', redirectToHttps: true },
    filter: { name: 'api.shop.example.com' },
  },
  {
    kind: 'certificate',
    input: { name: 'orders', certificate: ONE.certificate, privateKey: ONE.key },
    changed: { name: 'orders', certificate: TWO.certificate, privateKey: TWO.key },
    filter: { name: 'orders' },
  },
  {
    kind: 'gatewayResponse',
    input: {
      name: 'friendly',
      responses: {
        throttled: {
          status: 503,
          body: 'later',
          headers: { 'Retry-After': '1', 'X-Code': '$context.error.code' },
        },
        default4xx: { body: 'no' },
      },
    },
    changed: { name: 'friendly-2', responses: { notFound: { status: 200, body: 'nothing' } } },
    filter: { name: 'friendly' },
  },
  {
    kind: 'api',
    input: {
      name: 'order',
      method: 'GET',
      path: '/orders/{id}',
      authentication: 'APP',
      remark: 'to go',
      requestParameters: [{ name: 'id', location: 'PATH' }],
      backendParameters: [{ origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id' }],
      httpBackend: { address: 'orders.internal:8080', protocol: 'HTTP', method: 'GET', path: '/o/{id}' },
      tags: ['b', 'a'],
    },
    changed: {
      name: 'get-order',
      method: 'GET',
      path: '/orders',
      matchMode: 'PREFIX',
      authentication: 'NONE',
      mockBackend: { result: '{}', statusCode: 201 },
    },
    filter: { name: 'order' },
  },
  {
    kind: 'appQuota',
    input: { name: 'bronze', callLimit: 10, timeInterval: 1, timeUnit: 'DAY', remark: 'to go' },
    changed: {
      name: 'silver',
      callLimit: 3,
      timeInterval: 2,
      timeUnit: 'HOUR',
      resetTime: '2026-01-01 00:00:00',
    },
    filter: { name: 'bronze' },
  },
  {
    kind: 'appAcl',
    input: { type: 'PERMIT', values: ['10.0.0.0/8', '192.168.1.1'] },
    changed: { type: 'DENY', values: ['10.0.0.0/8'] },
    filter: { type: 'PERMIT' },
  },
  {
    kind: 'throttle',
    input: {
      name: 'gold',
      apiCallLimit: 10,
      userCallLimit: 5,
      timeInterval: 1,
      timeUnit: 'MINUTE',
      remark: 'to go',
    },
    changed: { name: 'silver', scope: 'SHARED', apiCallLimit: 3, timeInterval: 2, timeUnit: 'HOUR' },
    filter: { name: 'gold' },
  },
  {
    kind: 'throttleException',
    input: { objectType: 'USER', objectId: 'a'.repeat(32), callLimit: 7 },
    changed: { objectType: 'USER', objectId: 'a'.repeat(32), callLimit: 8 },
    filter: { objectId: 'a'.repeat(32) },
  },
  {
    kind: 'acl',
    input: { name: 'office', type: 'PERMIT', entityType: 'IP', values: ['10.0.0.0/8', '192.168.1.1'] },
    changed: { name: 'offices', type: 'DENY', entityType: 'IP', values: ['10.0.0.0/8'] },
    filter: { name: 'office' },
  },
  {
    kind: 'signatureKey',
    input: { name: 'backend', type: 'basic', key: 'user', secret: 'password-1' },
    changed: { name: 'backend_2', type: 'hmac', key: 'key-of-hmac', secret: 'secret-of-hmac-0123' },
    filter: { name: 'backend' },
  },
  {
    kind: 'app',
    input: {
      name: 'caller',
      remark: 'to go',
      appKey: 'key-of-the-caller',
      appSecret: 'secret-of-the-caller',
    },
    changed: { name: 'caller_2', appKey: 'key-of-the-caller-2', appSecret: 'secret-of-the-caller-2' },
    filter: { name: 'caller' },
  },
  {
    kind: 'plugin',
    input: {
      name: 'browsers',
      type: 'cors',
      content: '{"allow_origin": "*", "max_age": 60}',
      remark: 'to go',
    },
    changed: { name: 'browsers_2', type: 'cors', content: '{"allow_origin": "https://shop.example.com"}' },
    filter: { name: 'browsers' },
  },
  {
    kind: 'authorizer',
    input: {
      name: 'tokens',
      type: 'FRONTEND',
      functionUrn: 'urn:function:check',
      identities: [{ name: 'Authorization', location: 'HEADER', validation: 'Bearer .+' }],
      cacheSeconds: 60,
      userData: 'to go',
      needBody: true,
    },
    changed: { name: 'keys', type: 'FRONTEND', functionUrn: 'urn:function:check' },
    filter: { name: 'tokens' },
  },
  {
    kind: 'loadBalanceChannel',
    input: {
      name: 'orders.internal',
      port: 8080,
      memberGroups: [{ name: 'blue', weight: 5 }],
      members: [
        { host: '192.0.2.10', group: 'blue' },
        { host: '192.0.2.11', port: 9090, weight: 3, backup: true, enabled: false },
      ],
      healthCheck: { protocol: 'HTTPS', path: '/health', intervalSeconds: 20 },
    },
    changed: {
      name: 'orders.v2',
      port: 80,
      strategy: 'SOURCE_HASH',
      members: [{ host: 'orders.internal' }],
    },
    filter: { name: 'orders.internal' },
  },
];

/** The IDs of the parents of a kind. */
function parentsOf(kind: Kind): Json {
  const names = descriptionOf(kind).parents;
  return Object.fromEntries(names.map((name) => [name, ids[name as keyof typeof ids]]));
}

/** The input with the IDs that it needs. */
function whole(kind: Kind, input: Json): Json {
  const group = kind === 'api' || 'groupId' in input ? { groupId: ids.groupId } : {};
  return { ...parentsOf(kind), ...input, ...group };
}

/** The input without what answers never have. */
function shown(kind: Kind, input: Json): Json {
  const hidden = writeOnlyFields(descriptionOf(kind));
  return Object.fromEntries(Object.entries(whole(kind, input)).filter(([name]) => !hidden.includes(name)));
}

describe.each(CASES)('$kind', ({ kind, input, changed, filter }) => {
  const address = (object: AnyObject) => ({ ...parentsOf(kind), id: object.id });

  test('is created, read, listed, changed and deleted', async () => {
    const collection = client.collection(kind);
    const created = await collection.create(whole(kind, input));
    expect(created).toMatchObject(shown(kind, input));

    expect(await collection.get(address(created))).toEqual(created);
    expect(await collection.list(parentsOf(kind), filter)).toEqual([created]);
    const others = Object.fromEntries(Object.keys(filter).map((name) => [name, 'nobody']));
    expect(await collection.list(parentsOf(kind), others)).toEqual([]);

    const updated = await collection.update(address(created), whole(kind, changed));
    expect(updated).toMatchObject({ ...shown(kind, changed), id: created.id });
    expect(await collection.get(address(created))).toEqual(updated);
    // What was left out is gone, and is neither kept nor an empty text.
    for (const name of ['remark', 'description', 'userCallLimit', 'httpBackend', 'healthCheck', 'userData']) {
      if (!(name in changed)) expect(updated).not.toHaveProperty(name);
    }

    await collection.delete(address(created));
    expect(await collection.get(address(created))).toBeUndefined();
    await collection.delete(address(created));
    expect(await collection.list(parentsOf(kind), filter)).toEqual([]);
  });

  test('without a change is as before', async () => {
    const collection = client.collection(kind);
    const created = await collection.create(whole(kind, input));
    expect(await collection.update(address(created), whole(kind, input))).toEqual(created);
    await collection.delete(address(created));
  });
});

describe('a domain', () => {
  test('is given a certificate, another one, and none', async () => {
    const of = (keyed: typeof ONE) => ({ certificate: keyed.certificate, privateKey: keyed.key });
    const plain = await client.certificate.create({ name: 'plain', ...of(ONE) });
    const verifying = await client.certificate.create({
      name: 'verifying',
      ...of(await makeCertificate(['shop.example.com'])),
      trustedRootCa: AUTHORITY.certificate,
    });
    const { gatewayId, groupId } = ids;
    const input = { gatewayId, groupId, name: 'shop.example.com' };
    const { domain } = client;
    const created = await domain.create({ ...input, certificateId: plain.id });
    expect(created).toMatchObject({ certificateId: plain.id, verifyClientCertificate: false });
    const same = await domain.update(created, { ...input, certificateId: plain.id });
    expect(same).toEqual(created);
    const other = await domain.update(created, { ...input, certificateId: verifying.id });
    expect(other).toMatchObject({ certificateId: verifying.id, verifyClientCertificate: true });
    const lax = { ...input, certificateId: verifying.id, verifyClientCertificate: false };
    expect(await domain.update(created, lax)).toMatchObject({ verifyClientCertificate: false });
    await expect(client.certificate.delete(verifying)).rejects.toMatchObject({ name: 'certificateInUse' });
    const without = await domain.update(created, input);
    expect(without).not.toHaveProperty('certificateId');
    expect(without).not.toHaveProperty('verifyClientCertificate');
    expect(await domain.get(created)).toEqual(without);
    await domain.delete(created);
    await client.certificate.delete(verifying);
    await client.certificate.delete(plain);
  });
});

describe('values that the service chooses', () => {
  test('of an app are kept by an update that leaves them out', async () => {
    const { gatewayId } = ids;
    const app = await client.app.create({ gatewayId, name: 'generated' });
    expect(app.appKey).toMatch(/^\w{8,}$/);
    const { appKey, appSecret } = await client.app.update(
      { gatewayId, id: app.id },
      { gatewayId, name: 'renamed' },
    );
    expect({ appKey, appSecret }).toEqual({ appKey: app.appKey, appSecret: app.appSecret });
    await client.app.delete(app);
  });

  test('of an AppCode are made without a body', async () => {
    const code = await client.appCode.create({ gatewayId: ids.gatewayId, appId: ids.appId });
    expect(code.code).toMatch(/^.{64,180}$/);
    expect(await client.appCode.list({ gatewayId: ids.gatewayId, appId: ids.appId })).toEqual([code]);
    await client.appCode.delete(code);
    await client.appCode.delete(code);
    expect(await client.appCode.get(code)).toBeUndefined();
  });

  test('are not made where one is given', async () => {
    const given = 'c'.repeat(64);
    const code = await client.appCode.create({ gatewayId: ids.gatewayId, appId: ids.appId, code: given });
    expect(code.code).toBe(given);
    await expect(client.appCode.update(code, code)).rejects.toThrow(TypeError);
    await client.appCode.delete(code);
  });
});

describe('what cannot be', () => {
  test('is refused with every fault and before anything is sent', async () => {
    const input = {
      gatewayId: ids.gatewayId,
      name: 'x',
      apiCallLimit: 0,
      timeInterval: 1,
      timeUnit: 'MINUTE',
    } as const;
    await expect(client.throttle.create(input)).rejects.toMatchObject({
      status: 400,
      details: { faults: [{ path: 'name' }, { path: 'apiCallLimit' }] },
    });
  });

  test('is refused by the gateway with code, name and request ID', async () => {
    const input = { gatewayId: ids.gatewayId, name: 'parent' };
    await expect(client.app.create(input)).rejects.toMatchObject({
      name: 'appNameTaken',
      code: 'APIG.3203',
      status: 400,
      requestId: expect.stringMatching(/^\w+$/),
    });
  });

  test('is refused below a parent that is not there; to read and delete, it is nothing', async () => {
    const parents = { gatewayId: ids.gatewayId, groupId: 'f'.repeat(32) };
    const input = { ...parents, name: 'api.shop.example.com' };
    await expect(client.domain.create(input)).rejects.toMatchObject({
      name: 'apiGroupNotFound',
      status: 404,
    });
    await expect(client.domain.list(parents)).rejects.toMatchObject({ name: 'apiGroupNotFound' });
    expect(await client.domain.get({ ...parents, id: 'e'.repeat(32) })).toBeUndefined();
    await client.domain.delete({ ...parents, id: 'e'.repeat(32) });
  });
});

test('a secret is reset, given or generated', async () => {
  const { gatewayId, appId: id } = ids;
  const given = await client.resetAppSecret({ gatewayId, id, appSecret: 'another-secret' });
  expect(given.appSecret).toBe('another-secret');
  const generated = await client.resetAppSecret({ gatewayId, id });
  expect(generated.appSecret).not.toBe('another-secret');
  expect(await client.app.get({ gatewayId, id })).toEqual(generated);
});
