import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSignableRequest, createSigningKey, parseAuthorization, sign, verify } from '@apig/sdk/signer';
import { openBackend, type Backend, type BackendAnswer } from '../support/backend.ts';
import { makeCertificate } from '../support/certificates.ts';
import { send } from '../support/gateway.ts';
import { openRaw } from '../support/raw-http.ts';
import {
  openWorkers,
  type Lane,
  type WorkerApi,
  type WorkerGateway,
  type WorkerPublished,
} from '../support/workers.ts';

/** Calls that meet changes all the time; more of them by hand: `APIG_CHANGED_CALLS=100000`. */
const CALLS = Number(process.env['APIG_CHANGED_CALLS'] ?? 4000);

let running: WorkerGateway;
let backend: Backend;
let lanes: readonly Lane[];

beforeAll(async () => {
  backend = await openBackend();
  running = await openWorkers(3, { https: { host: '127.0.0.1', port: 0 } });
  lanes = await running.lanes(18);
});

afterAll(async () => {
  await running.dispose();
  await backend.dispose();
});

const tie = ({ apiId }: WorkerPublished) => ({
  gatewayId: running.gatewayId,
  environmentId: running.environmentId,
  apiIds: [apiId],
});

/** Publishes a version of an API whose backend is told the number of the version twice. */
async function publishVersion(
  { apiId, name }: WorkerPublished,
  version: number,
  fields: WorkerApi = {},
): Promise<void> {
  const { client, gatewayId, groupId, environmentId } = running;
  const { digest: apiDigest } = await client.api.update(
    { gatewayId, id: apiId },
    {
      gatewayId,
      groupId,
      name,
      protocol: 'HTTP',
      method: 'GET',
      authentication: 'NONE',
      ...versioned(version),
      ...fields,
    },
  );
  await client.deployment.update(
    { gatewayId, id: `${apiId}/${environmentId}` },
    { gatewayId, apiId, environmentId, apiDigest },
  );
}

const versioned = (version: number) =>
  ({
    path: '/versions',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: `/version/${version}` },
    backendParameters: [
      { origin: 'CONSTANT', location: 'HEADER', name: 'X-Version', value: String(version) },
    ],
  }) satisfies WorkerApi;

/** All texts that the lanes are answered, at once. */
async function everywhere(target: string, headers?: Readonly<Record<string, string>>) {
  const answers = await Promise.all(lanes.map((lane) => lane.call(target, headers)));
  return [...new Set(answers.map(({ status, text }) => `${status} ${text}`))];
}

describe('a change, once it is answered', () => {
  test('is in force in every thread', async () => {
    const published = await running.publish({ path: '/result', mockBackend: { result: '0' } });
    const seen: string[][] = [];
    for (let version = 1; version <= 10; version += 1) {
      await publishVersion(published, version, {
        path: '/result',
        httpBackend: undefined,
        backendParameters: [],
        mockBackend: { result: String(version) },
      });
      seen.push(await everywhere('/result'));
    }
    expect(seen).toEqual(seen.map((_, index) => [`200 ${index + 1}`]));
  });

  test('takes an API out of every thread', async () => {
    const { client, gatewayId, environmentId } = running;
    const { apiId } = await running.publish({ path: '/gone', mockBackend: { result: 'here' } });
    expect(await everywhere('/gone')).toEqual(['200 here']);
    await client.deployment.delete({ gatewayId, id: `${apiId}/${environmentId}` });
    const answers = await Promise.all(lanes.map((lane) => lane.call('/gone')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
  });

  test('lets a token in everywhere, and out again', async () => {
    await running.publish({ path: '/token', authentication: 'IAM', mockBackend: { result: 'known' } });
    const { account, accessKey, secretKey, endpoint, projectId } = running;
    const asked = {
      auth: {
        identity: {
          methods: ['hw_ak_sk'],
          hw_ak_sk: { access: { key: accessKey }, secret: { key: secretKey } },
        },
        scope: { project: { id: projectId } },
      },
    };
    const { status, headers } = await send(
      `${endpoint}/v3/auth/tokens`,
      'POST',
      { 'content-type': 'application/json' },
      JSON.stringify(asked),
    );
    expect(status).toBe(201);
    const token = String(headers['x-subject-token']);

    expect(await everywhere('/token', { 'X-Auth-Token': token })).toEqual(['200 known']);
    expect(await everywhere('/token', { 'X-Auth-Token': account.tokens[0] ?? '' })).toEqual(['200 known']);

    await send(`${endpoint}/v3/auth/tokens`, 'DELETE', { 'X-Auth-Token': token, 'X-Subject-Token': token });
    const refused = await everywhere('/token', { 'X-Auth-Token': token });
    expect(refused.filter((text) => text.startsWith('200'))).toEqual([]);
  });

  test('of a certificate is met by the next caller of any thread', async () => {
    const { client, gatewayId, groupId, gateway } = running;
    const name = 'secure.example.com';
    const ca = await makeCertificate([name]);
    const { id: certificateId } = await client.certificate.create({
      gatewayId,
      name: 'secure',
      type: 'instance',
      certificate: ca.certificate,
      privateKey: ca.key,
    });
    const domain = await client.domain.create({ gatewayId, groupId, name, certificateId });
    expect(domain.name).toBe(name);
    const { host, port } = gateway.https ?? { host: '', port: 0 };

    const connections = await Promise.all(
      Array.from({ length: 12 }, () => openRaw({ host, port, ca: ca.certificate, servername: name })),
    );

    expect(connections).toHaveLength(12);
    for (const connection of connections) connection.destroy();
  });
});

describe('calls while everything changes', () => {
  test('are all answered, each from one version, and none from an older one than was answered before', async () => {
    const { client, gatewayId } = running;
    const wrong: string[] = [];
    let keyNumber = 0;
    const secretOf = (key: string) => `secret-of-${key}-for-backends`;
    const answer: BackendAnswer = ({ method, target, headers }, response) => {
      const authorization = parseAuthorization(headers.authorization);
      if (!authorization.ok) wrong.push(authorization.text);
      else {
        const key = createSigningKey(secretOf(authorization.accessKey));
        const request = createSignableRequest({ method, target, headers });
        if (!verify(request, authorization, key, Date.now()).ok) wrong.push(authorization.accessKey);
      }
      response.end(`${target} ${String(headers['x-version'])}`);
    };
    backend.answer(answer);
    const published = await running.publish(versioned(0));
    const keyFields = (number: number) => {
      const key = `backend-key-${number}`;
      return { gatewayId, name: 'rotating', key, secret: secretOf(key) };
    };
    const key = await client.signatureKey.create(keyFields(0));
    await client.signatureBinding.create({ ...tie(published), signatureKeyId: key.id });
    const limit = { gatewayId, name: 'changing', timeInterval: 1, timeUnit: 'DAY' } as const;
    const throttle = await client.throttle.create({ ...limit, apiCallLimit: 1_000_000 });
    await client.throttleBinding.create({ ...tie(published), throttleId: throttle.id });

    let answered = 0;
    let made = 0;
    let version = 0;
    let changes = 0;
    const change = async () => {
      while (made < CALLS) {
        await publishVersion(published, (version += 1));
        answered = version;
        await client.signatureKey.update({ gatewayId, id: key.id }, keyFields((keyNumber += 1)));
        await client.throttle.update(
          { gatewayId, id: throttle.id },
          { ...limit, apiCallLimit: 1_000_000 + version },
        );
        changes += 4;
      }
    };
    const callOn = async (lane: Lane) => {
      while (made < CALLS) {
        made += 1;
        const before = answered;
        const { status, text } = await lane.call('/versions');
        const [, path = '', header = ''] = /^\/version\/(\d+) (\d+)$/.exec(text) ?? [];
        if (status !== 200 || path !== header || Number(path) < before)
          wrong.push(`after ${before}: ${status} ${text}`);
      }
    };
    await Promise.all([change(), ...lanes.map(callOn)]);

    expect(wrong).toEqual([]);
    expect(made).toBeGreaterThanOrEqual(CALLS);
    expect(changes).toBeGreaterThan(20);
  }, 600_000);

  test('of apps whose keys are rotated one after the other are never refused', async () => {
    const { client, gatewayId } = running;
    const published = await running.publish({
      path: '/rotated',
      authentication: 'APP',
      mockBackend: { result: 'known' },
    });
    const { id: throttleId } = await client.throttle.create({
      gatewayId,
      name: 'much',
      apiCallLimit: 1_000_000,
      timeInterval: 1,
      timeUnit: 'DAY',
    });
    await client.throttleBinding.create({ ...tie(published), throttleId });
    const admit = async (name: string) => {
      const app = await client.app.create({ gatewayId, name });
      const authorization = await client.appAuthorization.create({ ...tie(published), appId: app.id });
      return { ...app, authorizationId: authorization.id };
    };
    let app = await admit('rotated_0');
    let isOver = false;
    const statuses = new Set<number>();
    const callOn = async (lane: Lane) => {
      while (!isOver) {
        const { appKey: accessKey = '', appSecret: secret = '' } = app;
        const request = { method: 'GET', target: '/rotated', headers: { host: running.domain } };
        const { status } = await lane.call('/rotated', {
          ...sign({ ...request, accessKey, secret, date: new Date() }),
        });
        statuses.add(status);
      }
    };
    const calls = lanes.map(callOn);
    for (let turn = 1; turn <= 10; turn += 1) app = await admit(`rotated_${turn}`);
    isOver = true;
    await Promise.all(calls);

    expect([...statuses]).toEqual([200]);
  });
});
