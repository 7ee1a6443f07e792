import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, type Traffic } from '../support/traffic.ts';

let backend: Backend;
let guarded: Traffic;
let usual: Traffic;

beforeAll(async () => {
  backend = await openBackend();
  guarded = await openTraffic({ backendTls: { verify: true, forbidden: ['127.0.0.0/8', '::1'] } });
  usual = await openTraffic();
});

afterAll(async () => {
  await guarded.dispose();
  await usual.dispose();
  await backend.dispose();
});

function call(traffic: Traffic, address: string, protocol: 'HTTP' | 'HTTPS' = 'HTTP') {
  const path = `/${createId()}`;
  traffic.publish({ path, httpBackend: { address, protocol, method: 'GET', path: '/', timeoutMs: 2000 } });
  return traffic.call(path);
}

describe('an address that nothing is sent to', () => {
  test.each<[string, (port: number) => string]>([
    ['by its number', (port) => `127.0.0.1:${port}`],
    ['by another spelling', (port) => `2130706433:${port}`],
    ['by a name', (port) => `localhost:${port}`],
  ])('is not called %s', async (_, address) => {
    const before = backend.connections;
    expect(await call(guarded, address(backend.port))).toMatchObject({ status: 502, code: 'APIG.0202' });
    expect(backend.connections).toBe(before);
  });

  test.each(['169.254.169.254', '169.254.170.2:80'])('is that of a metadata service: %s', async (address) => {
    expect(await call(usual, address)).toMatchObject({ status: 502, code: 'APIG.0202' });
  });

  test('is no other one', async () => {
    expect(await call(usual, backend.address)).toMatchObject({ status: 200 });
    expect(await call(usual, `localhost:${backend.port}`)).toMatchObject({ status: 200 });
  });
});
