import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import { openTraffic, type ApiInput, type Traffic } from '../support/traffic.ts';

const FUNCTION = 'urn:function:instead';

let traffic: Traffic;
let backend: Backend;
let instead: Backend;

beforeEach(async () => {
  [backend, instead] = await Promise.all([openBackend(), openBackend()]);
  traffic = await openTraffic({ functions: { [FUNCTION]: { url: `http://${instead.address}/function` } } });
  backend.answer((_, response) => {
    response.statusCode = 503;
    response.end('broken');
  });
});
afterEach(async () => {
  await traffic.dispose();
  await Promise.all([backend.dispose(), instead.dispose()]);
});

const breaker_condition = {
  breaker_type: 'condition',
  breaker_mode: 'counter',
  unhealthy_condition: '["$context.statusCode","==","503"]',
  unhealthy_threshold: 1,
  time_window: 10,
  open_breaker_time: 20,
};

/** Publishes an API whose circuit is open. */
async function openCircuit(downgrade: Json, input: ApiInput = {}, content: Json = {}): Promise<void> {
  const published = traffic.publish({
    method: 'ANY',
    path: '/orders/{id}',
    requestParameters: [{ name: 'id', location: 'PATH' }],
    backendParameters: [{ origin: 'CONSTANT', name: 'X-Key', location: 'HEADER', value: 'of the backend' }],
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/usual', address: backend.address },
    ...input,
  });
  traffic.attach('breaker', { breaker_condition, downgrade_default: downgrade, ...content }, published);
  expect((await traffic.call('/orders/7')).status).toBe(503);
}

describe('while a circuit is open', () => {
  test('another HTTP backend answers, with the query, the headers and the body of the caller', async () => {
    await openCircuit({
      type: 'http',
      http_info: { isVpc: false, address: instead.address, scheme: 'HTTP', method: 'ANY', path: '/instead' },
      mock_info: null,
      func_info: null,
    });

    const answer = await traffic.call({
      path: '/orders/7?page=2',
      method: 'POST',
      headers: { 'X-From': 'caller' },
      body: 'order',
    });

    expect([answer.status, answer.text]).toEqual([200, '{"from":"backend"}']);
    expect(instead.last()).toMatchObject({
      method: 'POST',
      target: '/instead?page=2',
      body: Buffer.from('order'),
    });
    expect(instead.last().headers).toMatchObject({ host: instead.address, 'x-from': 'caller' });
    expect(instead.last().headers).not.toHaveProperty('x-key');
    expect(backend.requests).toHaveLength(1);
  });

  test('another method and a time of its own count for it', async () => {
    instead.answer(() => undefined);
    const http_info = { address: instead.address, scheme: 'HTTP', method: 'GET', path: '/', timeout: 50 };
    await openCircuit({ type: 'http', http_info });

    const answer = await traffic.call({ path: '/orders/7', method: 'POST', body: 'order' });

    expect([answer.status, answer.code]).toEqual([504, 'APIG.0203']);
    expect(instead.last().method).toBe('GET');
    expect(instead.requests).toHaveLength(1);
  });

  test('the members of a channel answer', async () => {
    const vpc_channel_id = traffic.putChannel({
      port: instead.port,
      memberType: 'ip',
      members: [{ host: '127.0.0.1' }],
    });
    await openCircuit({
      type: 'http_vpc',
      http_vpc_info: {
        vpc_channel_id,
        vpc_channel_proxy_host: 'inside',
        scheme: 'HTTP',
        path: '/by-channel',
      },
    });

    expect((await traffic.call('/orders/7')).status).toBe(200);
    expect([instead.last().target, instead.last().headers.host]).toEqual(['/by-channel', 'inside']);
  });

  test('a function answers', async () => {
    instead.answer((_, response) => response.end('{"statusCode":202,"body":"later"}'));
    await openCircuit({ type: 'function', func_info: { function_urn: FUNCTION, timeout: 5000 } });

    const answer = await traffic.call('/orders/7');

    expect([answer.status, answer.text]).toEqual([202, 'later']);
    expect(JSON.parse(instead.last().body.toString())).toMatchObject({
      path: '/orders/7',
      pathParameters: { id: '7' },
    });
  });

  test('the usual backend answers, and is told', async () => {
    await openCircuit({ type: 'passthrough', passthrough_infos: [{ name: 'X-Circuit', value: 'open' }] });
    backend.answer((_, response) => response.end('well again'));

    const answer = await traffic.call({ path: '/orders/7', headers: { 'X-Circuit': 'closed' } });

    expect([answer.status, answer.text]).toEqual([200, 'well again']);
    expect(backend.last().headers).toMatchObject({ 'x-circuit': 'open', 'x-key': 'of the backend' });
  });

  test('the first rule that holds has its own backend, and the others the default one', async () => {
    await openCircuit({ type: 'mock', mock_info: { result_content: 'default' } }, undefined, {
      downgrade_parameters: [{ name: 'kind', type: 'header', value: 'X-Kind' }],
      downgrade_rules: [
        {
          rule_name: 'vip',
          parameters: ['kind'],
          match_regex: '["kind","==","vip"]',
          downgrade_backend: {
            type: 'http',
            http_info: { address: instead.address, scheme: 'HTTP', path: '/vip' },
          },
        },
        { rule_name: 'plain', parameters: ['kind'], match_regex: '["kind","in","a,b"]' },
      ],
    });
    const call = (kind: string) => traffic.call({ path: '/orders/7', headers: { 'X-Kind': kind } });

    expect((await call('other')).text).toBe('default');
    // Each rule has a circuit of its own, which is closed.
    expect([(await call('vip')).status, (await call('b')).status]).toEqual([503, 503]);
    expect([(await call('vip')).text, (await call('b')).text]).toEqual(['{"from":"backend"}', 'default']);
    expect(instead.last().target).toBe('/vip');
  });

  test('and what answers fails, the caller is told so', async () => {
    const closed = await openBackend();
    await closed.dispose();
    await openCircuit({ type: 'http', http_info: { address: closed.address, scheme: 'HTTP', path: '/' } });

    expect(await traffic.call('/orders/7')).toMatchObject({ status: 502, code: 'APIG.0202' });
    traffic.clock.advance(20_000);
    expect((await traffic.call('/orders/7')).text).toBe('broken');
  });
});
