import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGateway, type TestGateway } from '@apig/gateway-runtime/testing';
import { createClient, type Client } from '@apig/sdk';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
import { send } from '../support/gateway.ts';

let gateway: TestGateway;
let client: Client;

beforeAll(async () => {
  gateway = await startGateway({ https: { host: '127.0.0.1', port: 0 } });
  client = createClient(gateway);
});

afterAll(async () => {
  client.close();
  await gateway.close();
});

describe('a gateway in the process of a test', () => {
  test('is managed and called', async () => {
    const { id: gatewayId } = await client.gateway.create({
      name: 'shop',
      edition: 'BASIC',
      vpcId: 'vpc',
      subnetId: 'subnet',
      securityGroupId: 'security-group',
      availableZoneIds: ['local'],
    });
    const group = await client.apiGroup.create({ gatewayId, name: 'shop' });
    const api = await client.api.create({
      gatewayId,
      groupId: group.id,
      name: 'hello',
      visibility: 'PUBLIC',
      protocol: 'BOTH',
      method: 'GET',
      path: '/hello',
      authentication: 'NONE',
      mockBackend: { result: '"hello"' },
    });
    await client.deployment.create({
      gatewayId,
      apiId: api.id,
      environmentId: RELEASE_ENVIRONMENT_ID,
      apiDigest: api.digest,
    });
    const answer = await send(`${gateway.url}/hello`, 'GET', { host: group.debugDomain });
    expect(answer).toMatchObject({ status: 200, text: '"hello"' });
  });

  test('gives what a Pulumi program needs, and a certificate', () => {
    expect(gateway.environment).toMatchObject({ APIG_ENDPOINT: gateway.endpoint });
    expect(gateway.httpsUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(gateway.certificate).toContain('BEGIN CERTIFICATE');
  });

  test('leaves nothing behind', async () => {
    const before = new Set(readdirSync(tmpdir()));
    const other = await startGateway();
    const made = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('apig-gateway-') && !before.has(name),
    );
    await other.close();
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter((name) => existsSync(`${tmpdir()}/${name}`))).toEqual([]);
  });
});
