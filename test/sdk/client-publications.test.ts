import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createClient,
  isApigError,
  isNotPublishedError,
  isUnfinishedError,
  RELEASE_ENVIRONMENT_ID,
  type Client,
  type InputOf,
  type OutputOf,
  type Resources,
} from '@apig/sdk';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { createRecordedTiming } from '../support/timing.ts';

let running: TestGateway;
let client: Client;
let gatewayId: string;
let groupId: string;

beforeAll(async () => {
  running = await openGateway();
  ({ client } = running);
  const gateway = await client.gateway.create({
    name: 'house',
    edition: 'BASIC',
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    securityGroupId: 'group-1',
    availableZoneIds: ['az1'],
  });
  gatewayId = gateway.id;
  groupId = (await client.apiGroup.create({ gatewayId, name: 'orders' })).id;
});

afterAll(() => running.dispose());

const RELEASE = RELEASE_ENVIRONMENT_ID;
let made = 0;

/** A name that no other object has. */
function freshName(): string {
  made += 1;
  return `object_${made}`;
}

function apiInput(name: string): InputOf<Resources['api']> {
  return {
    gatewayId,
    groupId,
    name,
    method: 'GET',
    path: `/${name}/{id}`,
    authentication: 'APP',
    requestParameters: [{ name: 'id', location: 'PATH' }],
    httpBackend: {
      address: 'localhost:1',
      protocol: 'HTTP',
      method: 'GET',
      path: '/{id}',
    },
    backendParameters: [{ origin: 'REQUEST', name: 'id', location: 'PATH', value: 'id' }],
    tags: ['b', 'a'],
  };
}

function createApi(): Promise<OutputOf<Resources['api']>> {
  return client.api.create(apiInput(freshName()));
}

async function deploy(apiId: string, environmentId = RELEASE): Promise<OutputOf<Resources['deployment']>> {
  return client.deployment.create({ gatewayId, apiId, environmentId, apiDigest: 'unknown' });
}

/** APIs that are published. */
async function published(count: number): Promise<readonly string[]> {
  const apis = await Promise.all(Array.from({ length: count }, createApi));
  await Promise.all(apis.map(({ id }) => deploy(id)));
  return apis.map(({ id }) => id);
}

/** Definitions that use the fields which the documented JSON writes in a form of its own. */
const BACKENDS: readonly (readonly [string, Partial<InputOf<Resources['api']>>])[] = [
  [
    'a mock',
    {
      mockBackend: { result: '{"a":1}', statusCode: 404, headers: [{ key: 'X-A', value: '1' }] },
      cors: true,
    },
  ],
  [
    'a mock and policies',
    {
      requestParameters: [
        { name: 'size', location: 'QUERY', type: 'NUMBER', validated: true, minNumber: 0, maxNumber: 9 },
        { name: 'X-Kind', location: 'HEADER', enumerations: ['b', 'a'], validated: true, passThrough: false },
      ],
      mockBackend: { result: 'usual' },
      mockPolicies: [
        {
          name: 'large',
          effectMode: 'ALL',
          conditions: [{ origin: 'param', type: 'pattern', value: '^[5-9]$', requestParameter: 'size' }],
          result: 'large',
          statusCode: 201,
        },
      ],
    },
  ],
  [
    'an HTTP backend and a policy',
    {
      protocol: 'BOTH',
      httpBackend: {
        address: 'orders.internal:8080',
        protocol: 'HTTPS',
        method: 'ANY',
        path: '/orders',
        retryCount: 3,
        timeoutMs: 1000,
      },
      httpPolicies: [
        {
          name: 'local',
          effectMode: 'ANY',
          conditions: [{ origin: 'source', value: '10.0.0.0/8' }],
          backendParameters: [{ origin: 'CONSTANT', name: 'X-From', location: 'HEADER', value: 'inside' }],
          address: 'inside.internal',
          protocol: 'HTTP',
          method: 'POST',
          path: '/inside',
        },
      ],
    },
  ],
];

describe('a deployment', () => {
  test('shows the digest of what is in force, which differs from the draft once that changes', async () => {
    const api = await createApi();
    const deployment = await client.deployment.create({
      gatewayId,
      apiId: api.id,
      environmentId: RELEASE,
      apiDigest: api.digest,
      remark: 'first',
    });
    expect(deployment).toMatchObject({
      id: `${api.id}/${RELEASE}`,
      apiId: api.id,
      environmentId: RELEASE,
      apiDigest: api.digest,
      remark: 'first',
      versionNo: expect.stringMatching(/^\d{14}$/),
    });
    expect(await client.deployment.get(deployment)).toEqual(deployment);

    const draft = await client.api.update(api, { ...apiInput(api.name), remark: 'changed' });
    expect(draft.digest).not.toBe(api.digest);
    expect(await client.deployment.get(deployment)).toEqual(deployment);

    const again = await client.deployment.update(deployment, { ...deployment, apiDigest: draft.digest });
    expect(again).toMatchObject({ apiDigest: draft.digest, publishId: deployment.publishId });
    expect(again.versionId).not.toBe(deployment.versionId);
  });

  test.each(BACKENDS)('of an API with %s has the digest of the API', async (_, parts) => {
    const name = freshName();
    const input = {
      gatewayId,
      groupId,
      name,
      path: `/${name}`,
      method: 'POST',
      authentication: 'NONE',
    } as const;
    const api = await client.api.create({ ...input, ...parts });
    expect(api).toMatchObject(parts);
    expect(await client.api.get(api)).toEqual(api);
    expect(await client.deployment.get(await deploy(api.id))).toMatchObject({ apiDigest: api.digest });
  });

  test('is taken offline, also when it is offline, and then is not there', async () => {
    const api = await createApi();
    const deployment = await deploy(api.id);
    await client.deployment.delete(deployment);
    expect(await client.deployment.get(deployment)).toBeUndefined();
    await client.deployment.delete(deployment);
    await client.api.delete(api);
    await client.deployment.delete(deployment);
    expect(await client.deployment.get(deployment)).toBeUndefined();
  });

  test('is found in a list by its API and its environment', async () => {
    const staging = await client.environment.create({ gatewayId, name: freshName() });
    const api = await createApi();
    const inRelease = await deploy(api.id);
    const inStaging = await deploy(api.id, staging.id);
    const apiId = api.id;
    const all = await client.deployment.list({ gatewayId }, { apiId });
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set([inRelease.id, inStaging.id]));
    expect(await client.deployment.list({ gatewayId }, { environmentId: staging.id })).toEqual([inStaging]);
  });

  test('of an API that is not there is refused', async () => {
    const error: unknown = await deploy('f'.repeat(32)).catch((reason: unknown) => reason);
    expect(isApigError(error)).toBe(true);
    expect(error).toMatchObject({ status: 404 });
  });

  test('has a history, and an earlier version comes back in force', async () => {
    const api = await createApi();
    const first = await deploy(api.id);
    running.clock.advance(1000);
    await client.api.update(api, { ...apiInput(api.name), remark: 'changed' });
    const second = await deploy(api.id);
    const versions = await client.publications({ gatewayId, apiId: api.id });
    expect(versions.map(({ versionId, inForce }) => [versionId, inForce])).toEqual([
      [second.versionId, true],
      [first.versionId, false],
    ]);

    await client.switchVersion({ gatewayId, apiId: api.id, versionId: first.versionId });
    expect(await client.deployment.get(first)).toMatchObject({
      versionId: first.versionId,
      apiDigest: api.digest,
    });
  });

  test('goes back to an earlier version by its number, and forward again', async () => {
    const api = await createApi();
    const first = await deploy(api.id);
    running.clock.advance(1000);
    const draft = await client.api.update(api, { ...apiInput(api.name), remark: 'changed' });
    const second = await deploy(api.id);

    const back = await client.deployment.update(second, { ...second, version: first.versionNo });
    expect(back).toMatchObject({ versionId: first.versionId, apiDigest: api.digest });
    expect(await client.deployment.update(back, { ...back, version: first.versionNo })).toEqual(back);
    const forward = await client.deployment.update(back, { ...back, apiDigest: draft.digest });
    expect(forward).toMatchObject({ apiDigest: draft.digest });
    expect(await client.publications({ gatewayId, apiId: api.id })).toHaveLength(3);
  });

  test('refuses a version that there is not, and stays', async () => {
    const deployment = await deploy((await createApi()).id);
    const error: unknown = await client.deployment
      .update(deployment, { ...deployment, version: '20200101000000' })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'apiVersionNotFound' });
    expect(await client.deployment.get(deployment)).toEqual(deployment);
  });
});

/** Each kind of binding, with a new owner. */
const BINDINGS = [
  [
    'throttleBinding',
    'throttleId',
    async () => {
      const name = freshName();
      const limits = { apiCallLimit: 5, timeInterval: 1, timeUnit: 'MINUTE' } as const;
      return client.throttle.create({ gatewayId, name, ...limits });
    },
  ],
  [
    'aclBinding',
    'aclId',
    async () => {
      const name = freshName();
      return client.acl.create({ gatewayId, name, type: 'DENY', entityType: 'IP', values: ['10.0.0.1'] });
    },
  ],
  ['signatureBinding', 'signatureKeyId', () => client.signatureKey.create({ gatewayId, name: freshName() })],
  ['appAuthorization', 'appId', () => client.app.create({ gatewayId, name: freshName() })],
  [
    'pluginAttachment',
    'pluginId',
    () =>
      client.plugin.create({ gatewayId, name: freshName(), type: 'cors', content: '{"allow_origin":"*"}' }),
  ],
] as const;

describe.each(BINDINGS)('%s', (kind, ownerField, createOwner) => {
  const environmentId = RELEASE;

  test('is a set of APIs', async () => {
    const collection = client.collection(kind);
    const [a = '', b = '', c = ''] = await published(3);
    const owner = await createOwner();
    const input = { gatewayId, [ownerField]: owner.id, environmentId };
    const address = { gatewayId, id: `${owner.id}/${environmentId}` };
    expect(await collection.get(address)).toBeUndefined();

    const created = await collection.create({ ...input, apiIds: [b, a] });
    expect(created).toEqual({ ...input, apiIds: [b, a], id: address.id });
    expect(await collection.get({ ...address, apiIds: [b, a] })).toEqual(created);
    expect(await collection.create({ ...input, apiIds: [b, a] })).toEqual(created);

    expect(await collection.update({ ...address, apiIds: [b, a] }, { ...input, apiIds: [c, a] })).toEqual({
      ...created,
      apiIds: [c, a],
    });
    expect(new Set((await collection.get(address))?.['apiIds'] as string[])).toEqual(new Set([a, c]));

    await collection.delete(address);
    expect(await collection.get(address)).toBeUndefined();
    await collection.delete(address);
  });

  test('of which a part belongs to somebody else leaves that part alone', async () => {
    const collection = client.collection(kind);
    const [mine = '', theirs = '', fresh = ''] = await published(3);
    const owner = await createOwner();
    const input = { gatewayId, [ownerField]: owner.id, environmentId };
    const address = { gatewayId, id: `${owner.id}/${environmentId}` };
    await collection.create({ ...input, apiIds: [mine] });
    await collection.create({ ...input, apiIds: [theirs] });
    expect(await collection.get({ ...address, apiIds: [mine] })).toMatchObject({ apiIds: [mine] });

    await collection.update({ ...address, apiIds: [mine] }, { ...input, apiIds: [fresh] });
    expect(new Set((await collection.get(address))?.['apiIds'] as string[])).toEqual(
      new Set([theirs, fresh]),
    );

    await collection.delete({ ...address, apiIds: [fresh] });
    expect(await collection.get({ ...address, apiIds: [fresh] })).toBeUndefined();
    expect(await collection.get(address)).toMatchObject({ apiIds: [theirs] });
  });

  test('is found in a list, with its owner and without', async () => {
    const collection = client.collection(kind);
    const apiIds = await published(2);
    const owner = await createOwner();
    const created = await collection.create({ gatewayId, [ownerField]: owner.id, environmentId, apiIds });
    const [found, ...more] = await collection.list({ gatewayId }, { [ownerField]: owner.id });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ id: created.id, environmentId });
    expect(new Set(found?.['apiIds'] as string[])).toEqual(new Set(apiIds));
    const all = await collection.list({ gatewayId });
    expect(all.map(({ id }) => id)).toContain(created.id);
    expect(await collection.list({ gatewayId }, { [ownerField]: owner.id, apiIds: ['x'] })).toEqual([]);
  });

  test('is nothing once its owner is gone', async () => {
    const collection = client.collection(kind);
    const owner = await createOwner();
    const apiIds = await published(1);
    const created = await collection.create({ gatewayId, [ownerField]: owner.id, environmentId, apiIds });
    await collection.delete(created);
    const ownerKind = kind === 'appAuthorization' ? 'app' : (ownerField.replace(/Id$/, '') as 'throttle');
    await client.collection(ownerKind).delete(owner);
    expect(await collection.get(created)).toBeUndefined();
    await collection.delete(created);
  });
});

describe('a binding to an API that is not published', () => {
  /** A client whose waits are recorded and end at once. */
  function impatient(onWait: () => void | Promise<void>): { waits: readonly number[]; client: Client } {
    const timing = { ...createRecordedTiming(onWait), now: () => running.clock.now() };
    const { endpoint, projectId, accessKey, secretKey } = running;
    return {
      waits: timing.waits,
      client: createClient({ endpoint, projectId, accessKey, secretKey, timing }),
    };
  }

  async function throttleInput(apiIds: string[]): Promise<InputOf<Resources['throttleBinding']>> {
    const limits = { apiCallLimit: 5, timeInterval: 1, timeUnit: 'MINUTE' } as const;
    const throttle = await client.throttle.create({ gatewayId, name: freshName(), ...limits });
    return { gatewayId, throttleId: throttle.id, environmentId: RELEASE, apiIds };
  }

  test('is made as soon as the API is published', async () => {
    const api = await createApi();
    const input = await throttleInput([api.id]);
    let deployed = false;
    const { client: waiting, waits } = impatient(async () => {
      if (waits.length < 3 || deployed) return;
      deployed = true;
      await deploy(api.id);
    });
    expect(await waiting.throttleBinding.create(input)).toMatchObject({ apiIds: [api.id] });
    expect(waits).toHaveLength(3);
    waiting.close();
  });

  test('is given up in the end, with the IDs and what to do', async () => {
    const [apiId = ''] = await published(1);
    const api = await createApi();
    const input = await throttleInput([apiId, api.id]);
    const { client: waiting, waits } = impatient(() => undefined);
    const error: unknown = await waiting.throttleBinding.create(input).catch((reason: unknown) => reason);
    expect(isNotPublishedError(error)).toBe(true);
    expect(error).toMatchObject({ apiIds: [api.id], environmentId: RELEASE });
    expect(String(error)).toContain('Create a deployment');
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
    waiting.close();
  });

  test('is given up at once when there is no such API', async () => {
    const input = await throttleInput(['f'.repeat(32)]);
    const { client: waiting, waits } = impatient(() => undefined);
    await expect(waiting.throttleBinding.create(input)).rejects.toMatchObject({ name: 'apiNotFound' });
    expect(waits).toEqual([]);
    waiting.close();
  });
});

test('an app may be authorized for an API that is not published, but not for one without app authentication', async () => {
  const app = await client.app.create({ gatewayId, name: freshName() });
  const api = await createApi();
  const open = await client.api.create({ ...apiInput(freshName()), authentication: 'NONE' });
  const input = { gatewayId, appId: app.id, environmentId: RELEASE };
  expect(await client.appAuthorization.create({ ...input, apiIds: [api.id] })).toMatchObject({
    apiIds: [api.id],
  });
  const refused: unknown = await client.appAuthorization
    .create({ ...input, apiIds: [open.id] })
    .catch((reason: unknown) => reason);
  expect(isApigError(refused)).toBe(true);
});

test('an authorization that succeeds for a part of the APIs only exists, and says what failed', async () => {
  const app = await client.app.create({ gatewayId, name: freshName() });
  const api = await createApi();
  const open = await client.api.create({ ...apiInput(freshName()), authentication: 'NONE' });
  const input = { gatewayId, appId: app.id, environmentId: RELEASE, apiIds: [api.id, open.id] };
  const error: unknown = await client.appAuthorization.create(input).catch((reason: unknown) => reason);
  expect(isUnfinishedError(error)).toBe(true);
  expect(error).toMatchObject({ id: `${app.id}/${RELEASE}`, cause: { status: 400 } });
  expect(await client.appAuthorization.get({ gatewayId, id: `${app.id}/${RELEASE}` })).toMatchObject({
    apiIds: [api.id],
  });
});
