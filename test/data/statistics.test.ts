import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { API_MINUTES, BUCKETS_MS, type CallTotals } from '../../gateway-runtime/src/statistics.ts';
import { MinuteRing } from '../../gateway-runtime/src/data/minute-ring.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, type ApiInput, type Published, type Traffic } from '../support/traffic.ts';

const MINUTE_MS = 60_000;

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic();
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

const minute = () => Math.floor(traffic.clock.now() / MINUTE_MS);
const minutesOf = ({ apiId }: Published) => traffic.dataPlane.statistics.ofApi(apiId, minute() - API_MINUTES);

async function totalsOf(published?: Published): Promise<CallTotals> {
  const { calls } = await traffic.dataPlane.statistics.state();
  const found = calls.find(({ api }) => api?.apiId === published?.apiId);
  if (found === undefined) throw new Error('the API is not counted');
  return found;
}

function publish(fields: ApiInput = {}): { path: string; published: Published } {
  const path = `/${createId()}`;
  return { path, published: traffic.publish({ path, ...fields }) };
}

function toBackend({ address }: { readonly address: string } = backend): ApiInput {
  return { method: 'POST', httpBackend: { address, protocol: 'HTTP', method: 'POST', path: '/' } };
}

describe('the calls of an API', () => {
  test('are counted with their statuses, bytes and times', async () => {
    const { path, published } = publish(toBackend());
    await traffic.call({ path, method: 'POST', body: 'x'.repeat(30) });
    await traffic.call({ path, method: 'POST', body: 'x'.repeat(12) });
    const [only, ...more] = await minutesOf(published);
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      calls: 2,
      calls2xx: 2,
      calls4xx: 0,
      calls5xx: 0,
      backendCalls: 2,
      requestBytes: 42,
      answerBytes: 2 * '{"from":"backend"}'.length,
    });
    if (only === undefined) return;
    expect(only.totalMs).toBeGreaterThanOrEqual(only.backendMs);
    expect(only.totalMs).toBeCloseTo(only.backendMs + only.innerMs, 6);
    expect(only.maxTotalMs).toBeLessThanOrEqual(only.totalMs);
  });

  test('are told apart by minute, and kept for an hour', async () => {
    const { path, published } = publish();
    await traffic.call(path);
    traffic.clock.advance(MINUTE_MS);
    await traffic.call(path);
    await traffic.call(path);
    expect((await minutesOf(published)).map(({ calls }) => calls)).toEqual([1, 2]);
    traffic.clock.advance(API_MINUTES * MINUTE_MS);
    await traffic.call(path);
    // It has taken the place of the minute with two calls.
    const kept = await traffic.dataPlane.statistics.ofApi(published.apiId, 0);
    expect(kept.map(({ calls }) => calls)).toEqual([1, 1]);
    expect((await minutesOf(published)).map(({ calls }) => calls)).toEqual([1]);
  });

  test.each([
    ['of a backend', 418, undefined],
    ['of the gateway', 502, 'APIG.0202'],
  ])('are counted by the status %s', async (_, status, code) => {
    const answering = await openBackend({
      stream: (request, response) => {
        if (code === undefined) response.writeHead(status).end();
        else request.socket.destroy();
      },
    });
    const { path, published } = publish(toBackend(answering));
    await traffic.call({ path, method: 'POST' });
    await answering.dispose();
    const totals = await totalsOf(published);
    expect(totals.byClass[Math.trunc(status / 100)]).toBe(1);
    expect([...totals.errors]).toEqual(code === undefined ? [] : [[code, 1]]);
    expect([...totals.failures]).toEqual(code === undefined ? [] : [['broken', 1]]);
    expect(totals.attempts).toBe(1);
  });

  test('survive a new version, and end with the API', async () => {
    const { path, published } = publish();
    await traffic.call(path);
    traffic.publishAgain(published, { path, name: 'renamed' });
    await traffic.call(path);
    const { byClass, api } = await totalsOf(published);
    expect(byClass[2]).toBe(2);
    expect(api?.apiName).toBe('renamed');
    traffic.remove('publication', published.publicationId);
    await expect(totalsOf(published)).rejects.toThrow();
  });

  test('have each its time in a class', async () => {
    const { path, published } = publish();
    await traffic.call(path);
    const { total, backend: none } = await totalsOf(published);
    expect(total.counts).toHaveLength(BUCKETS_MS.length + 1);
    expect(total.counts.reduce((sum, count) => sum + count)).toBe(1);
    const bucket = total.counts.indexOf(1);
    expect(total.sumMs).toBeLessThanOrEqual(BUCKETS_MS[bucket] ?? Infinity);
    expect(total.sumMs).toBeGreaterThanOrEqual(BUCKETS_MS[bucket - 1] ?? 0);
    expect(none.counts.every((count) => count === 0)).toBe(true);
  });
});

describe('calls that reach no API', () => {
  test('are counted together', async () => {
    const before = (await totalsOf()).errors.get('APIG.0101') ?? 0;
    await traffic.call(`/${createId()}`);
    await traffic.call({ path: '/', host: 'nowhere.example.com' });
    expect((await totalsOf()).errors.get('APIG.0101')).toBe(before + 2);
  });
});

describe('the traffic of a gateway', () => {
  test('is counted in both directions on both sides', async () => {
    const own = await openTraffic();
    const path = '/both';
    own.publish({ path, ...toBackend() });
    own.publish({ path: '/mock', method: 'POST', mockBackend: { result: 'mock' } });
    await own.call({ path, method: 'POST', body: 'x'.repeat(100) });
    await own.call({ path: '/mock', method: 'POST', body: 'y'.repeat(10) });
    const now = Math.floor(own.clock.now() / MINUTE_MS);
    const seen = await own.dataPlane.statistics.traffic(own.gatewayId, now - 1, now + 1);
    await own.dispose();
    expect(seen).toEqual([
      {
        minute: now,
        requestBytes: 110,
        answerBytes: 22,
        backendRequestBytes: 100,
        backendAnswerBytes: 18,
      },
    ]);
  });
});

describe('a ring of minutes', () => {
  test('begins each minute with zeros, and has no place for one that is over', () => {
    const ring = new MinuteRing(3, 2);
    ring.values[ring.open(7)] = 5;
    expect(ring.values[ring.open(7)]).toBe(5);
    expect(ring.values[ring.open(10)]).toBe(0);
    expect(ring.open(7)).toBe(-1);
    ring.open(9);
    expect(ring.minutes(0)).toEqual([9, 10]);
    expect(ring.minutes(10)).toEqual([10]);
  });
});
