import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createBackend } from '../../examples/orders/backend.ts';
import { inShort, send, type Call } from '../../tools/demo/call.ts';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type PlannedStep, type Stack } from '../support/pulumi.ts';

const example = join(import.meta.dirname, '../../examples/orders');
const SIGNATURE_KEY = { key: 'orders_service_dev', secret: 'orders-service-secret-1' };

// Each command of the engine starts the program, the engine and the provider anew.
jest.setTimeout(300_000);

/** The steps below build on each other, as the days of a stack do. */
describe('the orders example', () => {
  let gateway: TestGateway;
  let backend: Server;
  let stack: Stack;

  beforeAll(async () => {
    gateway = await openGateway({ clock: systemClock });
    backend = createBackend(SIGNATURE_KEY);
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    stack = await openStack({
      program: example,
      name: 'dev',
      config: {
        'orders:backendAddress': `127.0.0.1:${(backend.address() as AddressInfo).port}`,
        'orders:backendKey': SIGNATURE_KEY.key,
        'orders:readsPerMinute': '3',
      },
      secrets: { 'orders:backendSecret': SIGNATURE_KEY.secret },
      env: {
        APIG_ENDPOINT: gateway.endpoint,
        APIG_PROJECT_ID: gateway.projectId,
        APIG_ACCESS_KEY: gateway.accessKey,
        APIG_SECRET_KEY: gateway.secretKey,
      },
    });
  });

  afterAll(async () => {
    await stack.dispose();
    await gateway.dispose();
    backend.closeAllConnections();
    await new Promise((resolve) => backend.close(resolve));
  });

  test('is created by one up, after which nothing is left to do', async () => {
    const up = await stack.up();
    expect(up.stderr).toBe('');
    expect(up.code).toBe(0);
    expect(changesOf((await stack.preview()).steps)).toEqual([]);
  });

  test('serves, refuses and limits calls as the program says', async () => {
    const { url, appKey, appSecret } = await outputs();
    const api = { to: dataPlane(), host: new URL(url).host };
    const signedBy = { appKey, appSecret };
    const calls: readonly (readonly [Call, string])[] = [
      [{ ...api, target: '/products' }, '200'],
      [{ ...api, target: '/reports/turnover' }, '404 APIG.0101'],
      [{ ...api, target: '/reports/turnover', headers: { 'x-stage': 'beta' }, signedBy }, '403 APIG.0304'],
      [{ ...api, target: '/orders' }, '401 APIG.0303'],
      [{ ...api, target: '/orders', signedBy }, '200'],
      [{ ...api, method: 'POST', target: '/orders', body: '{"sku":"kettle"}', signedBy }, '201'],
      [{ ...api, target: '/orders/o-1001/invoice', signedBy }, '200'],
      [{ ...api, target: '/stock' }, '401 APIG.0301'],
      [{ to: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`, target: '/v1/orders' }, '401'],
    ];
    for (const [call, expected] of calls) {
      expect([call.method ?? 'GET', call.target, inShort(await send(call))]).toEqual([
        call.method ?? 'GET',
        call.target,
        expected,
      ]);
    }
  });

  test('shows a changed limit as one update', async () => {
    await stack.setConfig('orders:readsPerMinute', '30');
    expect(changesOf((await stack.preview()).steps)).toEqual(['update Throttle reads']);
  });

  test('shows a changed operation with its publication, and both take effect in the same up', async () => {
    const document = readFileSync(join(example, 'openapi.yaml'), 'utf8');
    stack.write({ 'openapi.yaml': document.replace('maxLength: 64', 'maxLength: 3') });
    expect(changesOf((await stack.preview()).steps)).toEqual([
      'update Api list_products',
      'update Deployment list_products',
      'update Throttle reads',
    ]);

    const { url } = await outputs();
    const call = { to: dataPlane(), host: new URL(url).host, target: '/products?query=kettle' };
    expect(inShort(await send(call))).toBe('200');
    expect((await stack.up()).code).toBe(0);
    expect(inShort(await send(call))).toBe('400 APIG.0106');
    expect(changesOf((await stack.preview()).steps)).toEqual([]);
  });

  test('has drift shown by refresh and mended by up', async () => {
    const { gatewayId } = await outputs();
    const { client } = gateway;
    const [throttle] = await client.throttle.list({ gatewayId }, { name: 'reads' });
    const [blocked] = await client.acl.list({ gatewayId }, { name: 'blocked' });
    const [api] = await client.api.list({ gatewayId }, { name: 'list_orders' });
    if (!throttle || !blocked || !api) throw new Error('the stack is not there');
    await client.throttle.update({ gatewayId, id: throttle.id }, { ...throttle, apiCallLimit: 9999 });
    await client.acl.update({ gatewayId, id: blocked.id }, { ...blocked, values: ['192.0.2.1'] });
    await client.deployment.delete({ gatewayId, id: `${api.id}/DEFAULT_ENVIRONMENT_RELEASE_ID` });

    expect((await stack.refresh()).code).toBe(0);
    expect(changesOf((await stack.preview()).steps)).toEqual([
      'create Deployment list_orders',
      'update Acl blocked',
      'update Throttle reads',
    ]);
    expect((await stack.up()).code).toBe(0);
    expect((await stack.refresh()).summary['same']).toBeGreaterThan(0);
    expect(changesOf((await stack.preview()).steps)).toEqual([]);
  });

  test('keeps its secrets out of state, previews and logs', async () => {
    const { appSecret } = await outputs();
    const texts = [
      (await stack.exportState()).text,
      JSON.stringify(await stack.preview()),
      (await stack.showPreview('--diff')).stdout,
      gateway.logLines.join('\n'),
    ];
    for (const secret of [appSecret, SIGNATURE_KEY.secret, gateway.secretKey]) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  test('leaves nothing behind when it is destroyed', async () => {
    expect((await stack.destroy()).code).toBe(0);
    expect(await gateway.client.gateway.list({})).toEqual([]);
  });

  function dataPlane(): string {
    const { http } = gateway.gateway;
    if (!http) throw new Error('the gateway takes no calls');
    return `http://${http.host}:${http.port}`;
  }

  async function outputs(): Promise<
    Readonly<Record<string, string>> & { url: string; appKey: string; appSecret: string; gatewayId: string }
  > {
    return (await stack.outputs({ showSecrets: true })) as Awaited<ReturnType<typeof outputs>>;
  }
});

/** What a preview would do, in order: `update Throttle reads`. */
function changesOf(steps: readonly PlannedStep[]): readonly string[] {
  return steps
    .filter(({ op, type }) => op !== 'same' && type !== 'pulumi:pulumi:Stack')
    .map(({ op, type, name }) => `${op} ${type.split(':').at(-1) ?? ''} ${name}`)
    .toSorted();
}
