import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic();
  const httpBackend = { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' } as const;
  traffic.publish({ path: '/open', cors: true, httpBackend });
  traffic.publish({ path: '/open', cors: true, method: 'OPTIONS', mockBackend: { result: '' } });
  traffic.publish({ path: '/mock', cors: true });
  traffic.publish({ path: '/signed', cors: true, authentication: 'APP' });
  traffic.publish({ path: '/closed', httpBackend });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

// Source: user guide, "Configuring CORS".
describe('an API with cross-origin access', () => {
  test.each(['/open', '/mock'])('permits every origin (%s)', async (path) => {
    const { headers } = await traffic.call(path);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-methods');
  });

  test('lets browsers read its refusals', async () => {
    const answer = await traffic.call('/signed');
    expect(answer.status).toBe(401);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  test('leaves the permission to a backend that gives one', async () => {
    backend.answer((_, response) => {
      response.setHeader('Access-Control-Allow-Origin', 'https://shop.example.com');
      response.end();
    });
    const { rawHeaders, headers } = await traffic.call('/open');
    expect(headers['access-control-allow-origin']).toBe('https://shop.example.com');
    expect(rawHeaders.filter((text) => text.toLowerCase() === 'access-control-allow-origin')).toHaveLength(1);
  });

  test('answers the question of browsers', async () => {
    const { status, headers } = await traffic.call({ path: '/open', method: 'OPTIONS' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,POST,PUT,DELETE,HEAD,OPTIONS,PATCH',
      'access-control-max-age': '172800',
    });
    expect(headers['access-control-allow-headers']).toContain('X-Sdk-Date');
    expect(headers['access-control-expose-headers']).toContain('X-Request-Id');
  });
});

describe('an API without cross-origin access', () => {
  test('permits nothing of its own', async () => {
    backend.answer((_, response) => void response.end());
    expect((await traffic.call('/closed')).headers).not.toHaveProperty('access-control-allow-origin');
  });
});
