import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT = Date.parse('2026-03-02T00:00:00Z');

describe('a debug domain', () => {
  let traffic: Traffic;
  let clock: TestClock;
  let host: string;

  beforeAll(async () => {
    clock = createTestClock(MIDNIGHT - 5000);
    traffic = await openTraffic({ clock });
    host = `${traffic.groupId}.apic.localhost`;
    traffic.publish({ path: '/debug' });
    for (let count = 0; count < 1000; count += 1)
      await traffic.call({ path: count < 100 ? '/debug' : '/other', host });
  });

  afterAll(() => traffic.dispose());

  test('takes 1,000 calls a day, whatever comes of them', async () => {
    expect(await traffic.call({ path: '/debug', host })).toMatchObject({
      status: 429,
      code: 'APIG.0308',
      message:
        'The throttling threshold has been reached: policy domain over ratelimit,limit:1000,time:1 day',
    });
  });

  test('does not count calls on a bound domain', async () => {
    expect((await traffic.call('/debug')).status).toBe(200);
  });

  test('still counts them when the configuration changes', async () => {
    traffic.publish({ path: '/changed' });
    expect((await traffic.call({ path: '/changed', host })).status).toBe(429);
  });

  test('takes calls again on the next day of UTC', async () => {
    clock.set(MIDNIGHT - 1);
    expect((await traffic.call({ path: '/debug', host })).status).toBe(429);
    clock.set(MIDNIGHT);
    expect((await traffic.call({ path: '/debug', host })).status).toBe(200);
    clock.set(MIDNIGHT + DAY_MS);
    expect((await traffic.call({ path: '/debug', host })).status).toBe(200);
  });
});
