import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

describe('a call', () => {
  let traffic: Traffic;
  let backend: Backend;

  beforeAll(async () => {
    backend = await openBackend();
    traffic = await openTraffic();
    traffic.publish({
      path: '/orders',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/v1/orders' },
    });
    traffic.publish({ path: '/mock', mockBackend: { result: 'hello' } });
  });

  afterAll(async () => {
    await traffic.dispose();
    await backend.dispose();
  });

  test('of a published API is answered by its backend', async () => {
    const answer = await traffic.call('/orders?page=2');
    expect(answer).toMatchObject({ status: 200, text: '{"from":"backend"}' });
    expect(backend.last()).toMatchObject({ method: 'GET', target: '/v1/orders?page=2' });
  });

  test('carries the name of the gateway and an id of 32 hex digits', async () => {
    const { headers } = await traffic.call('/mock');
    expect(headers['server']).toBe('api-gateway');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  test('of an unknown path is answered 404 with APIG.0101', async () => {
    const answer = await traffic.call('/nothing');
    expect(answer.status).toBe(404);
    expect(answer.code).toBe('APIG.0101');
    expect(answer.message).toBe('The API does not exist or has not been published in the environment.');
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.text)).toHaveProperty('request_id', answer.headers['x-request-id']);
  });

  test('with another method than that of the API is told that the API does not exist', async () => {
    const answer = await traffic.call({ path: '/orders', method: 'PUT' });
    expect(answer).toMatchObject({ status: 404, code: 'APIG.0101', message: 'The API does not exist.' });
  });
});
