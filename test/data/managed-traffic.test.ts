import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID, type Client } from '@apig/sdk';
import { createSignableRequest, createSigningKey, parseAuthorization, sign, verify } from '@apig/sdk/signer';
import { openBackend, type Backend } from '../support/backend.ts';
import { openGateway, send, type TestGateway } from '../support/gateway.ts';

const DOMAIN = 'orders.example.com';

let running: TestGateway;
let client: Client;
let backend: Backend;
let gatewayId: string;
let groupId: string;
let debugDomain: string;
let apiId: string;
let apiDigest: string;

beforeAll(async () => {
  backend = await openBackend();
  running = await openGateway();
  ({ client } = running);
  const gateway = await client.gateway.create({
    name: 'main',
    edition: 'BASIC',
    vpcId: 'vpc',
    subnetId: 'subnet',
    securityGroupId: 'group',
    availableZoneIds: ['az1'],
  });
  gatewayId = gateway.id;
  const group = await client.apiGroup.create({ gatewayId, name: 'orders' });
  groupId = group.id;
  debugDomain = group.debugDomain;
  await client.domain.create({ gatewayId, groupId, name: DOMAIN });
  const api = await client.api.create({
    gatewayId,
    groupId,
    name: 'get_order',
    protocol: 'BOTH',
    method: 'GET',
    path: '/orders/{id}',
    authentication: 'APP',
    requestParameters: [{ name: 'id', location: 'PATH' }],
    backendParameters: [{ name: 'order', location: 'PATH', origin: 'REQUEST', value: 'id' }],
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/internal/{order}' },
  });
  ({ id: apiId, digest: apiDigest } = api);
});

afterAll(async () => {
  await running.dispose();
  await backend.dispose();
});

interface App {
  readonly appKey?: string | undefined;
  readonly appSecret?: string | undefined;
}

function call(app?: App, host = DOMAIN, target = '/orders/7') {
  const { host: address = '', port = 0 } = running.gateway.http ?? {};
  const headers = { host };
  const signature =
    app === undefined
      ? {}
      : sign({
          method: 'GET',
          target,
          headers,
          accessKey: app.appKey ?? '',
          secret: app.appSecret ?? '',
          date: new Date(running.clock.now()),
        });
  return send(`http://${address}:${port}${target}`, 'GET', { ...headers, ...signature });
}

const tie = () => ({ gatewayId, environmentId: RELEASE_ENVIRONMENT_ID, apiIds: [apiId] });

describe('an API that is managed over the management API', () => {
  test('goes from unpublished to signed, throttled and forbidden calls', async () => {
    expect(await call()).toMatchObject({ status: 404, body: { error_code: 'APIG.0101' } });

    const published = { gatewayId, apiId, environmentId: RELEASE_ENVIRONMENT_ID, apiDigest };
    await client.deployment.create(published);
    expect(await call()).toMatchObject({ status: 401, body: { error_code: 'APIG.0303' } });

    const app = await client.app.create({ gatewayId, name: 'shop_app' });
    expect(await call(app)).toMatchObject({ status: 403, body: { error_code: 'APIG.0304' } });

    await client.appAuthorization.create({ ...tie(), appId: app.id });
    expect(await call(app)).toMatchObject({ status: 200, body: { from: 'backend' } });
    expect(await call(app, debugDomain)).toMatchObject({ status: 200 });
    expect(backend.last().target).toBe('/internal/7');

    const key = await client.signatureKey.create({
      gatewayId,
      name: 'backend_key',
      key: 'backend-key-1',
      secret: 'secret-of-the-backend',
    });
    await client.signatureBinding.create({ ...tie(), signatureKeyId: key.id });
    await call(app);
    const { method, target, headers } = backend.last();
    const authorization = parseAuthorization(headers.authorization);
    if (!authorization.ok) throw new Error(authorization.text);
    const request = createSignableRequest({ method, target, headers });
    const signingKey = createSigningKey('secret-of-the-backend');
    expect(verify(request, authorization, signingKey, running.clock.now()).ok).toBe(true);

    const throttle = await client.throttle.create({
      gatewayId,
      name: 'two_a_minute',
      apiCallLimit: 2,
      timeInterval: 1,
      timeUnit: 'MINUTE',
    });
    await client.throttleBinding.create({ ...tie(), throttleId: throttle.id });
    expect([(await call(app)).status, (await call(app)).status]).toEqual([200, 200]);
    expect(await call(app)).toMatchObject({ status: 429, body: { error_code: 'APIG.0308' } });

    const acl = await client.acl.create({
      gatewayId,
      name: 'not_here',
      type: 'DENY',
      entityType: 'IP',
      values: ['127.0.0.0/8'],
    });
    await client.aclBinding.create({ ...tie(), aclId: acl.id });
    expect(await call(app)).toMatchObject({ status: 403, body: { error_code: 'APIG.0402' } });

    running = await running.restart();
    ({ client } = running);
    expect(await call(app)).toMatchObject({ status: 403, body: { error_code: 'APIG.0402' } });
    await client.acl.update(
      { gatewayId, id: acl.id },
      { gatewayId, name: 'not_here', type: 'PERMIT', entityType: 'IP', values: ['127.0.0.1'] },
    );
    expect(await call(app)).toMatchObject({ status: 200 });
  });
});
