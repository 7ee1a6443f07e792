import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestClock, type TestClock } from '../support/clock.ts';
import {
  ALICE,
  BOB,
  createId,
  openTraffic,
  settled,
  TOKENS,
  type Published,
  type TestCall,
  type Traffic,
} from '../support/traffic.ts';

type ThrottleInput = Parameters<Traffic['createThrottle']>[0];

const NOON = Date.parse('2026-05-04T12:00:00Z');
const MINUTE: Pick<ThrottleInput, 'timeInterval' | 'timeUnit'> = { timeInterval: 1, timeUnit: 'MINUTE' };

let traffic: Traffic;
let clock: TestClock;

beforeAll(async () => {
  clock = createTestClock(NOON);
  traffic = await openTraffic({ clock });
});

afterAll(() => traffic.dispose());

function throttled(path: string, input: ThrottleInput, authentication: 'NONE' | 'APP' | 'IAM' = 'NONE') {
  const published = traffic.publish({ path, authentication });
  const throttleId = traffic.createThrottle(input);
  const bindingId = traffic.bind('throttleBinding', throttleId, published);
  return { published, throttleId, bindingId };
}

function createSpecial(
  throttleId: string,
  objectType: 'APP' | 'USER',
  objectId: string,
  callLimit: number,
): string {
  const id = createId();
  const input = { gatewayId: traffic.gatewayId, throttleId, objectType, objectId, callLimit };
  traffic.put('throttleException', id, settled('throttleException', input));
  return id;
}

function appOf(...apis: readonly Published[]) {
  const app = traffic.createApp();
  for (const api of apis) traffic.authorize(app.id, api);
  return app;
}

/** Statuses of so many equal calls. */
async function statuses(call: TestCall | string, count: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push((await traffic.call(call)).status);
  return found;
}

const passed = async (call: TestCall | string, count: number) =>
  (await statuses(call, count)).filter((status) => status === 200).length;

describe('an API bound to a throttle', () => {
  test('answers 429 with APIG.0308 when the window is full', async () => {
    throttled('/full', { apiCallLimit: 2, ...MINUTE });
    expect(await statuses('/full', 2)).toEqual([200, 200]);
    expect(await traffic.call('/full')).toMatchObject({
      status: 429,
      code: 'APIG.0308',
      message: 'The throttling threshold has been reached: policy api over ratelimit,limit:2,time:1 minute',
    });
  });

  test('tells nobody when to come again', async () => {
    throttled('/again', { apiCallLimit: 1, ...MINUTE });
    await traffic.call('/again');
    expect((await traffic.call('/again')).headers).not.toHaveProperty('retry-after');
  });

  test.each([
    [1, 'SECOND', 1, 'second'],
    [5, 'SECOND', 5, 'second'],
    [1, 'MINUTE', 60, 'minute'],
    [2, 'HOUR', 7200, 'hour'],
    [1, 'DAY', 86_400, 'day'],
  ] as const)(
    'is open again at the border of a window (%d %s)',
    async (timeInterval, timeUnit, seconds, unit) => {
      const path = `/window/${unit}/${timeInterval}`;
      throttled(path, { apiCallLimit: 1, timeInterval, timeUnit });
      const windowMs = seconds * 1000;
      const border = Math.ceil((clock.now() + 1) / windowMs) * windowMs;
      clock.set(border - 1);
      expect(await statuses(path, 2)).toEqual([200, 429]);
      expect((await traffic.call(path)).message).toContain(`limit:1,time:${timeInterval} ${unit}`);
      clock.set(border);
      expect(await statuses(path, 2)).toEqual([200, 429]);
      clock.set(border + windowMs - 1);
      expect(await statuses(path, 1)).toEqual([429]);
      clock.set(border + windowMs);
      expect(await statuses(path, 1)).toEqual([200]);
    },
  );

  test('counts nothing for a refused call', async () => {
    const { published } = throttled('/nothing', { apiCallLimit: 3, appCallLimit: 1, ...MINUTE }, 'APP');
    const [one, two, three] = [appOf(published), appOf(published), appOf(published)];
    expect(await statuses({ path: '/nothing', signedBy: one }, 10)).toEqual([
      200,
      ...Array<number>(9).fill(429),
    ]);
    expect(await statuses({ path: '/nothing', signedBy: two }, 1)).toEqual([200]);
    expect(await statuses({ path: '/nothing', signedBy: three }, 1)).toEqual([200]);
  });

  test('counts nothing for callers who do not show who they are', async () => {
    const { published } = throttled('/unknown', { apiCallLimit: 1, ...MINUTE }, 'APP');
    expect(await statuses('/unknown', 3)).toEqual([401, 401, 401]);
    expect((await traffic.call({ path: '/unknown', signedBy: appOf(published) })).status).toBe(200);
  });

  test('counts each API for itself', async () => {
    const { throttleId } = throttled('/itself/1', { apiCallLimit: 1, ...MINUTE });
    traffic.bind('throttleBinding', throttleId, traffic.publish({ path: '/itself/2' }));
    expect(await statuses('/itself/1', 2)).toEqual([200, 429]);
    expect(await statuses('/itself/2', 2)).toEqual([200, 429]);
  });

  test('counts each environment for itself', async () => {
    const beta = createId();
    traffic.put('environment', beta, { gatewayId: traffic.gatewayId, name: 'BETA' });
    const { published, throttleId } = throttled('/stages', { apiCallLimit: 1, ...MINUTE });
    const inBeta = { apiId: published.apiId, environmentId: beta, publicationId: createId() };
    traffic.publishAgain(inBeta, { path: '/stages' });
    traffic.bind('throttleBinding', throttleId, inBeta);
    expect(await statuses('/stages', 2)).toEqual([200, 429]);
    expect(await statuses({ path: '/stages', headers: { 'X-Stage': 'BETA' } }, 2)).toEqual([200, 429]);
  });

  test('counts with others if the policy is shared', async () => {
    const { throttleId } = throttled('/shared/1', { apiCallLimit: 3, scope: 'SHARED', ...MINUTE });
    traffic.bind('throttleBinding', throttleId, traffic.publish({ path: '/shared/2' }));
    expect(await passed('/shared/1', 2)).toBe(2);
    expect(await statuses('/shared/2', 2)).toEqual([200, 429]);
    expect(await statuses('/shared/1', 1)).toEqual([429]);
  });
});

describe('the limit of a dimension', () => {
  test('holds for each app', async () => {
    const { published } = throttled('/apps', { apiCallLimit: 10, appCallLimit: 2, ...MINUTE }, 'APP');
    const [one, two] = [appOf(published), appOf(published)];
    expect(await passed({ path: '/apps', signedBy: one }, 3)).toBe(2);
    expect(await passed({ path: '/apps', signedBy: two }, 3)).toBe(2);
    expect((await traffic.call({ path: '/apps', signedBy: two })).message).toContain(
      'policy app over ratelimit,limit:2,',
    );
  });

  test('holds for all apps of an account together', async () => {
    const { published } = throttled('/users/app', { apiCallLimit: 10, userCallLimit: 3, ...MINUTE }, 'APP');
    const [one, two] = [appOf(published), appOf(published)];
    expect(await passed({ path: '/users/app', signedBy: one }, 2)).toBe(2);
    expect(await passed({ path: '/users/app', signedBy: two }, 2)).toBe(1);
    expect((await traffic.call({ path: '/users/app', signedBy: two })).message).toContain(
      'policy user over ratelimit,limit:3,',
    );
  });

  test('holds for each account of IAM', async () => {
    throttled('/users/iam', { apiCallLimit: 10, userCallLimit: 1, ...MINUTE }, 'IAM');
    expect(await statuses({ path: '/users/iam', headers: { 'X-Auth-Token': TOKENS.alice } }, 2)).toEqual([
      200, 429,
    ]);
    expect(await statuses({ path: '/users/iam', headers: { 'X-Auth-Token': TOKENS.bob } }, 2)).toEqual([
      200, 429,
    ]);
  });

  test('holds for each address', async () => {
    throttled('/addresses', { apiCallLimit: 10, ipCallLimit: 2, ...MINUTE });
    expect(await statuses('/addresses', 3)).toEqual([200, 200, 429]);
    expect((await traffic.call('/addresses')).message).toContain(
      'policy ip over ratelimit,limit:2,time:1 minute',
    );
  });

  test('does not hold for callers without identity', async () => {
    throttled('/anonymous', { apiCallLimit: 3, userCallLimit: 1, appCallLimit: 1, ...MINUTE });
    expect(await passed('/anonymous', 4)).toBe(3);
  });

  test('is reported in the order API, account, app, address', async () => {
    const input = { apiCallLimit: 4, userCallLimit: 3, appCallLimit: 2, ipCallLimit: 2, ...MINUTE };
    const { published } = throttled('/order', input, 'APP');
    const [one, two] = [appOf(published), appOf(published)];
    await passed({ path: '/order', signedBy: one }, 2);
    expect((await traffic.call({ path: '/order', signedBy: one })).message).toContain('policy app ');
    expect((await traffic.call({ path: '/order', signedBy: two })).message).toContain('policy ip ');
  });
});

// Source: user guide, "Configuring Request Throttling" (excluded apps).
describe('special limits', () => {
  test('take the place of the general one of their app, and the limit of the API still holds', async () => {
    const { published, throttleId } = throttled(
      '/special',
      { apiCallLimit: 10, appCallLimit: 3, ...MINUTE },
      'APP',
    );
    const [a, b, other, last] = [appOf(published), appOf(published), appOf(published), appOf(published)];
    createSpecial(throttleId, 'APP', a.id, 2);
    createSpecial(throttleId, 'APP', b.id, 4);
    expect(await passed({ path: '/special', signedBy: a }, 5)).toBe(2);
    expect(await passed({ path: '/special', signedBy: b }, 5)).toBe(4);
    expect(await passed({ path: '/special', signedBy: other }, 5)).toBe(3);
    expect(await passed({ path: '/special', signedBy: last }, 5)).toBe(1);
    expect((await traffic.call({ path: '/special', signedBy: last })).message).toContain(
      'policy api over ratelimit,limit:10,',
    );
  });

  test('hold for an app that has no general limit', async () => {
    const { published, throttleId } = throttled('/only', { apiCallLimit: 10, ...MINUTE }, 'APP');
    const [a, other] = [appOf(published), appOf(published)];
    createSpecial(throttleId, 'APP', a.id, 1);
    expect(await passed({ path: '/only', signedBy: a }, 3)).toBe(1);
    expect(await passed({ path: '/only', signedBy: other }, 3)).toBe(3);
  });

  test.each([
    ['id', BOB.domainId],
    ['project', BOB.projectId],
  ])('find an account by its %s', async (by, objectId) => {
    const path = `/account/${by}`;
    const { throttleId } = throttled(path, { apiCallLimit: 10, userCallLimit: 1, ...MINUTE }, 'IAM');
    createSpecial(throttleId, 'USER', objectId, 3);
    expect(await passed({ path, headers: { 'X-Auth-Token': TOKENS.bob } }, 5)).toBe(3);
    expect(await passed({ path, headers: { 'X-Auth-Token': TOKENS.alice } }, 5)).toBe(1);
  });

  test('find the account that has the app', async () => {
    const { published, throttleId } = throttled(
      '/owner',
      { apiCallLimit: 10, userCallLimit: 1, ...MINUTE },
      'APP',
    );
    createSpecial(throttleId, 'USER', ALICE.domainId, 2);
    expect(await passed({ path: '/owner', signedBy: appOf(published) }, 5)).toBe(2);
  });

  test('act and cease to act at once', async () => {
    const { published, throttleId } = throttled(
      '/at-once',
      { apiCallLimit: 10, appCallLimit: 2, ...MINUTE },
      'APP',
    );
    const app = appOf(published);
    const special = createSpecial(throttleId, 'APP', app.id, 1);
    expect(await passed({ path: '/at-once', signedBy: app }, 3)).toBe(1);
    traffic.remove('throttleException', special);
    expect(await passed({ path: '/at-once', signedBy: app }, 3)).toBe(1);
  });
});

describe('the count of calls', () => {
  test('survives changes of the configuration', async () => {
    const { published, throttleId } = throttled('/survives', { apiCallLimit: 3, ...MINUTE });
    expect(await passed('/survives', 2)).toBe(2);
    traffic.publishAgain(published, { path: '/survives', mockBackend: { result: 'new' } });
    const body = traffic.body('throttle', throttleId);
    traffic.put('throttle', throttleId, { ...body, remark: 'changed' });
    expect(await passed('/survives', 3)).toBe(1);
    traffic.put('throttle', throttleId, { ...body, apiCallLimit: 5 });
    expect(await passed('/survives', 3)).toBe(2);
  });

  test('begins anew when the policy is bound anew', async () => {
    const { published, throttleId, bindingId } = throttled('/anew', { apiCallLimit: 1, ...MINUTE });
    expect(await statuses('/anew', 2)).toEqual([200, 429]);
    traffic.remove('throttleBinding', bindingId);
    expect((await traffic.call('/anew')).status).toBe(200);
    traffic.bind('throttleBinding', throttleId, published);
    expect(await statuses('/anew', 2)).toEqual([200, 429]);
  });
});

describe('an API without a throttle', () => {
  test('takes 200 calls a second', async () => {
    traffic.publish({ path: '/default' });
    expect(await passed('/default', 203)).toBe(200);
    expect(await traffic.call('/default')).toMatchObject({
      status: 429,
      message: 'The throttling threshold has been reached: policy api over ratelimit,limit:200,time:1 second',
    });
    clock.advance(1000);
    expect((await traffic.call('/default')).status).toBe(200);
  });
});

describe('a caller that asks for them', () => {
  const debug = { 'X-Apig-Mode': 'debug' };

  test('is shown the limits and what is left after the call', async () => {
    const input = { apiCallLimit: 10, userCallLimit: 9, appCallLimit: 8, ipCallLimit: 7, ...MINUTE };
    const { published } = throttled('/shown', input, 'APP');
    const { headers } = await traffic.call({ path: '/shown', headers: debug, signedBy: appOf(published) });
    expect(headers).toMatchObject({
      'x-apig-ratelimit-api': 'remain:9,limit:10,time:1 minute',
      'x-apig-ratelimit-user': 'remain:8,limit:9,time:1 minute',
      'x-apig-ratelimit-app': 'remain:7,limit:8,time:1 minute',
      'x-apig-ratelimit-ip': 'remain:6,limit:7,time:1 minute',
      'x-apig-ratelimit-api-allenv': 'remain:199,limit:200,time:1 second',
    });
    expect(headers['x-apig-latency']).toMatch(/^\d+$/);
    expect(headers).not.toHaveProperty('x-apig-upstream-latency');
  });

  test('is shown limits that there are', async () => {
    throttled('/few', { apiCallLimit: 1, ...MINUTE });
    const { headers } = await traffic.call({ path: '/few', headers: debug });
    expect(headers['x-apig-ratelimit-api']).toBe('remain:0,limit:1,time:1 minute');
    for (const name of ['user', 'app', 'ip']) expect(headers).not.toHaveProperty(`x-apig-ratelimit-${name}`);
    const refused = await traffic.call({ path: '/few', headers: debug });
    expect(refused.status).toBe(429);
    expect(refused.headers['x-apig-ratelimit-api']).toBe('remain:0,limit:1,time:1 minute');
  });

  test('is not shown limits when it was refused before', async () => {
    throttled('/before', { apiCallLimit: 1, ...MINUTE }, 'APP');
    const { headers } = await traffic.call({ path: '/before', headers: debug });
    expect(Object.keys(headers).filter((name) => name.startsWith('x-apig-ratelimit'))).toEqual([]);
  });

  test('and no other', async () => {
    traffic.publish({ path: '/quiet' });
    const { headers } = await traffic.call('/quiet');
    expect(Object.keys(headers).filter((name) => name.startsWith('x-apig-'))).toEqual([]);
  });
});
