import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import {
  at,
  openDocumented,
  takesOrders,
  type Documented,
  type DocumentedRuntime,
} from '../support/documented.ts';
import { send } from '../support/gateway.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let running: DocumentedRuntime;
let backend: Backend;
beforeAll(async () => {
  running = await openDocumented();
  backend = await openBackend();
});
afterAll(async () => {
  await running.dispose();
  await backend.dispose();
});

interface Called {
  readonly gateway: Documented;
  readonly groupId: string;
  readonly apiId: string;
  readonly call: (path?: string, body?: string) => Promise<number>;
}

/** A gateway with one published API, `POST /orders`, in a group of its own. */
async function openCalled(): Promise<Called> {
  const gateway = await running.create({ ingress_bandwidth_size: 5 });
  const groupId = await gateway.group();
  const { apiId } = await gateway.published(takesOrders(groupId, backend.address));
  const { host, port } = running.gateway.http ?? {};
  return {
    gateway,
    groupId,
    apiId,
    call: async (path = '/orders', body = 'x'.repeat(100)) => {
      const headers = { host: `${groupId}.apic.localhost` };
      return (await send(`http://${host ?? ''}:${port ?? 0}${path}`, 'POST', headers, body)).status;
    },
  };
}

const listOf = (body: Json) => body['list'] as readonly Json[];
const minuteStart = () => Math.floor(running.clock.now() / MINUTE_MS) * 60;
const seconds = () => Math.floor(running.clock.now() / 1000);

describe('statistics of an API', () => {
  test('tell of each minute of the last hour what its calls came to', async () => {
    const { gateway, groupId, apiId, call } = await openCalled();
    expect(await call()).toBe(200);
    expect(await call()).toBe(200);
    backend.answer((_, response) => response.writeHead(500).end('broken'));
    expect(await call()).toBe(500);
    backend.answer((_, response) => response.end('fine'));
    running.clock.advance(3 * MINUTE_MS);
    expect(await call()).toBe(200);
    const { status, body } = await gateway.call('GET', `statistics/api/latest?api_id=${apiId}&duration=1h`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      code: 'APIG.0000',
      start_time: minuteStart() - 59 * 60,
      end_time: seconds(),
    });
    expect(listOf(body)).toMatchObject([
      {
        req_count: 3,
        req_count2xx: 2,
        req_count4xx: 0,
        req_count5xx: 1,
        req_count_error: 1,
        input_throughput: 300,
        output_throughput: 18 + 18 + 6,
        current_minute: minuteStart() - 180,
        api_id: apiId,
        group_id: groupId,
        provider: 'test_domain',
        cycle: 'MINUTE',
      },
      { req_count: 1, req_count2xx: 1, current_minute: minuteStart() },
    ]);
    const [first = {}] = listOf(body);
    expect(Number.isInteger(first['max_latency'])).toBe(true);
    expect(first['avg_latency']).toBeGreaterThan(0);
    expect(first['avg_latency']).toBeGreaterThanOrEqual(Number(first['avg_backend_latency']));
    expect(first['avg_inner_latency']).toBeGreaterThanOrEqual(0);

    const lately = await gateway.call('GET', `statistics/api/latest?api_id=${apiId}&duration=1m`);
    expect(listOf(lately.body)).toHaveLength(1);
    const usual = await gateway.call('GET', `statistics/api/latest?api_id=${apiId}`);
    expect(listOf(usual.body)).toHaveLength(2);

    running.clock.advance(60 * MINUTE_MS);
    const later = await gateway.call('GET', `statistics/api/latest?api_id=${apiId}&duration=1h`);
    expect(listOf(later.body)).toEqual([]);
  });

  test.each([
    ['no API', 'api', '', 400, 'APIG.2001', 'api_id'],
    ['an unknown API', 'api', `api_id=${'0'.repeat(32)}`, 404, 'APIG.3002', '0'.repeat(32)],
    ['no group', 'group', '', 400, 'APIG.2001', 'group_id'],
    ['an unknown group', 'group', `group_id=${'0'.repeat(32)}`, 404, 'APIG.3001', '0'.repeat(32)],
  ])('refuse %s', async (_, of, query, status, code, named) => {
    const gateway = await running.create();
    const answer = await gateway.call('GET', `statistics/${of}/latest?${query}`);
    expect([answer.status, answer.body['error_code']]).toEqual([status, code]);
    expect(answer.body['error_msg']).toContain(named);
  });

  test('refuse another span than an hour or a minute', async () => {
    const gateway = await running.create();
    const apiId = await gateway.api();
    const { status, body } = await gateway.call('GET', `statistics/api/latest?api_id=${apiId}&duration=1d`);
    expect([status, body['error_code']]).toEqual([400, 'APIG.2011']);
    expect(body['error_msg']).toContain('duration');
  });
});

describe('statistics of a group', () => {
  test('put its APIs together', async () => {
    const { gateway, groupId, call } = await openCalled();
    await gateway.published({
      group_id: groupId,
      req_method: 'POST',
      req_uri: '/mock',
      mock_info: { result_content: '{}' },
    });
    await call();
    await call('/mock', 'y'.repeat(7));
    const { status, body } = await gateway.call('GET', `statistics/group/latest?group_id=${groupId}`);
    expect(status).toBe(200);
    expect(listOf(body)).toMatchObject([
      { req_count: 2, req_count2xx: 2, input_throughput: 107, group_id: groupId },
    ]);
    expect(at(body, 'list', 0, 'api_id')).toBeUndefined();
  });
});

describe('traffic of a gateway', () => {
  const query = (fields: Json) =>
    new URLSearchParams({
      dim: 'inbound_eip',
      metric_name: 'down_stream',
      from: String(running.clock.now() - DAY_MS),
      to: String(running.clock.now()),
      period: '1',
      filter: 'sum',
      ...(fields as Record<string, string>),
    }).toString();
  let called: Called;
  let firstMinute: number;
  beforeAll(async () => {
    backend.answer((_, response) => response.end('z'.repeat(50)));
    called = await openCalled();
    // Whole hours, so that all periods begin here.
    running.clock.advance(DAY_MS - (running.clock.now() % DAY_MS));
    firstMinute = running.clock.now();
    await called.call();
    running.clock.advance(2 * MINUTE_MS);
    await called.call();
    await called.call();
  });
  const pointsOf = async (fields: Json) =>
    (await called.gateway.call('GET', `metric-data?${query(fields)}`)).body['datapoints'];

  test('is shown by minute', async () => {
    expect(await pointsOf({})).toEqual([
      { sum: 100, timestamp: firstMinute, unit: 'Byte' },
      { sum: 200, timestamp: firstMinute + 2 * MINUTE_MS, unit: 'Byte' },
    ]);
  });

  test.each([
    ['inbound_eip', 'up_stream', 'sum', 150, 'Byte'],
    ['outbound_eip', 'up_stream', 'sum', 300, 'Byte'],
    ['outbound_eip', 'down_stream', 'sum', 150, 'Byte'],
    ['inbound_eip', 'down_stream', 'average', 150, 'Byte'],
    ['inbound_eip', 'down_stream', 'max', 200, 'Byte'],
    ['inbound_eip', 'down_stream', 'min', 100, 'Byte'],
    ['inbound_eip', 'down_stream', 'variance', 2500, 'Byte'],
    ['inbound_eip', 'downstream_bandwidth', 'sum', 40, 'bit/s'],
    ['inbound_eip', 'upstream_bandwidth', 'sum', 20, 'bit/s'],
    ['inbound_eip', 'downstream_bandwidth_usage', 'max', 0, '%'],
    ['outbound_eip', 'upstream_bandwidth_usage', 'max', 0, '%'],
  ])('over %s: %s, %s', async (dim, metric_name, filter, value, unit) => {
    const points = await pointsOf({ dim, metric_name, filter, period: '300' });
    expect(points).toEqual([{ [filter]: value, timestamp: firstMinute, unit }]);
  });

  test('of another time is not shown', async () => {
    expect(await pointsOf({ from: '0', to: String(firstMinute - MINUTE_MS) })).toEqual([]);
  });

  test.each([
    ['dim', 'eip'],
    ['metric_name', 'speed'],
    ['from', 'yesterday'],
    ['to', '1'],
    ['period', '60'],
    ['filter', 'median'],
  ])('needs a valid %s', async (name, value) => {
    const wrong = await called.gateway.call('GET', `metric-data?${query({ [name]: value })}`);
    expect(wrong.status).toBe(400);
    expect(wrong.body['error_msg']).toContain(name);
    const missing = await called.gateway.call('GET', `metric-data?${query({ [name]: '' })}`);
    expect([missing.status, missing.body['error_code']]).toEqual([400, 'APIG.2001']);
    expect(missing.body['error_msg']).toContain(name);
  });
});
