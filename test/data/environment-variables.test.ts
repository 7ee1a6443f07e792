import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID, type Client } from '@apig/sdk';
import { openBackend, type Backend } from '../support/backend.ts';
import { openGateway, send, type TestGateway } from '../support/gateway.ts';

let running: TestGateway;
let client: Client;
let first: Backend;
let second: Backend;
let gatewayId: string;

beforeAll(async () => {
  running = await openGateway();
  ({ client } = running);
  first = await openBackend();
  second = await openBackend();
  const gateway = await client.gateway.create({
    name: 'main',
    edition: 'BASIC',
    vpcId: 'vpc',
    subnetId: 'subnet',
    securityGroupId: 'group',
    availableZoneIds: ['az1'],
  });
  gatewayId = gateway.id;
});

afterAll(async () => {
  await first.dispose();
  await second.dispose();
  await running.dispose();
});

/** A published API in a group of its own whose backend is named by variables. */
async function publish(name: string, environmentId = RELEASE_ENVIRONMENT_ID) {
  const group = await client.apiGroup.create({ gatewayId, name });
  const groupId = group.id;
  const set = (variable: string, value: string, environment = environmentId) =>
    client.environmentVariable.create({
      gatewayId,
      groupId,
      environmentId: environment,
      name: variable,
      value,
    });
  const host = await set('HOST', '127.0.0.1');
  const port = await set('PORT', `:${first.port}`);
  const path = await set('PATH', 'v1/orders');
  const api = await client.api.create({
    gatewayId,
    groupId,
    name: 'orders',
    protocol: 'BOTH',
    method: 'GET',
    path: '/orders',
    authentication: 'NONE',
    httpBackend: { address: '#HOST##PORT#', protocol: 'HTTP', method: 'GET', path: '/#PATH#/all' },
  });
  const deployment = await client.deployment.create({
    gatewayId,
    apiId: api.id,
    environmentId,
    apiDigest: api.digest,
  });
  const call = (stage = 'RELEASE') => {
    const { host = '', port: at = 0 } = running.gateway.http ?? {};
    return send(`http://${host}:${at}/orders`, 'GET', { host: group.debugDomain, 'x-stage': stage });
  };
  return { groupId, api, deployment, host, port, path, set, call };
}

describe('a backend that is named by variables', () => {
  test('is found by their values, adjoining ones too', async () => {
    const { call } = await publish('found');
    expect((await call()).status).toBe(200);
    expect(first.last().target).toBe('/v1/orders/all');
  });

  test('moves at once when a value changes, without being published anew', async () => {
    const { call, port, path, deployment, api } = await publish('moves');
    await client.environmentVariable.update(port, { ...port, value: `:${second.port}` });
    await client.environmentVariable.update(path, { ...path, value: '/v2' });
    expect((await call()).status).toBe(200);
    expect(second.last().target).toBe('//v2/all');

    const after = await client.deployment.get(deployment);
    expect(after).toEqual(deployment);
    expect(after?.apiDigest).toBe(api.digest);
  });

  test('keeps the value of a variable that is deleted, until there is another one', async () => {
    const { call, path, set } = await publish('keeps');
    await client.environmentVariable.delete(path);
    expect((await call()).status).toBe(200);
    expect(first.last().target).toBe('/v1/orders/all');

    await set('PATH', 'v3');
    await call();
    expect(first.last().target).toBe('/v3/all');
  });

  test('differs between environments', async () => {
    const { call, set, api } = await publish('differs');
    const { id: environmentId } = await client.environment.create({ gatewayId, name: 'beta' });
    await set('HOST', '127.0.0.1', environmentId);
    await set('PORT', `:${second.port}`, environmentId);
    await set('PATH', 'beta', environmentId);
    await client.deployment.create({ gatewayId, apiId: api.id, environmentId, apiDigest: api.digest });

    await call();
    await call('beta');
    expect(first.last().target).toBe('/v1/orders/all');
    expect(second.last().target).toBe('/beta/all');
  });

  test('is the same after a restart', async () => {
    const { call, path } = await publish('restart');
    await client.environmentVariable.update(path, { ...path, value: 'v4' });
    await client.environmentVariable.delete(path);
    running = await running.restart();
    ({ client } = running);
    expect((await call()).status).toBe(200);
    expect(first.last().target).toBe('/v4/all');
  });
});
