import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InputOf, Resources } from '@apig/sdk/contract';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let app: ReturnType<Traffic['createApp']>;
beforeEach(async () => {
  traffic = await openTraffic();
  app = traffic.createApp();
});
afterEach(() => traffic.dispose());

const publish = (path = '/', caller = app) => {
  const published = traffic.publish({ path, authentication: 'APP' });
  traffic.authorize(caller.id, published);
  return published;
};
const call = async (path = '/', signedBy = app) => {
  const { status, code } = await traffic.call({ path, signedBy });
  return code === undefined ? status : `${status} ${code}`;
};

describe('an app with an ACL', () => {
  const put = (type: 'PERMIT' | 'DENY', values: string[], id = createId()) => {
    const { gatewayId } = traffic;
    traffic.put('appAcl', id, settled('appAcl', { gatewayId, appId: app.id, type, values }));
    return id;
  };

  test.each([
    ['PERMIT', ['127.0.0.0/8'], 200],
    ['PERMIT', ['192.0.2.1'], '403 APIG.0405'],
    ['DENY', ['127.0.0.1-127.0.0.3'], '403 APIG.0405'],
    ['DENY', ['::1', '192.0.2.1'], 200],
  ] as const)('%s %j is answered %s', async (type, values, expected) => {
    publish();
    put(type, [...values]);
    expect(await call()).toBe(expected);
  });

  test('is looked at for its own calls only, after it is authorized, and as long as it has one', async () => {
    publish();
    const other = traffic.createApp();
    publish('/other', other);
    traffic.publish({ path: '/closed', authentication: 'APP' });
    const id = put('DENY', ['127.0.0.1']);
    expect(await call('/closed')).toBe('403 APIG.0304');
    expect(await call('/other', other)).toBe(200);
    put('PERMIT', ['127.0.0.1'], id);
    expect(await call()).toBe(200);
    put('DENY', ['127.0.0.1'], id);
    traffic.remove('appAcl', id);
    expect(await call()).toBe(200);
  });
});

describe('an app with a quota', () => {
  type Quota = Omit<InputOf<Resources['appQuota']>, 'gatewayId' | 'name'>;
  const DAY: Quota = { callLimit: 2, timeInterval: 1, timeUnit: 'DAY' };
  const give = (quota: Quota = DAY, to = app, id = createId()) => {
    const { gatewayId } = traffic;
    traffic.put('appQuota', id, settled('appQuota', { gatewayId, name: 'quota', ...quota }));
    traffic.put('appQuotaBinding', createId(), { gatewayId, appQuotaId: id, appId: to.id });
    return id;
  };
  const seconds = (count: number) => traffic.clock.advance(count * 1000);
  const USED_UP = '405 APIG.0501';

  test('may call that often in a cycle, over all APIs', async () => {
    publish();
    publish('/other');
    give();
    expect([await call(), await call('/other'), await call(), await call('/other')]).toEqual([
      200,
      200,
      USED_UP,
      USED_UP,
    ]);
  });

  test('counts for itself beside others with the same quota', async () => {
    publish();
    const other = traffic.createApp();
    publish('/other', other);
    const id = give({ ...DAY, callLimit: 1 });
    traffic.put('appQuotaBinding', createId(), {
      gatewayId: traffic.gatewayId,
      appQuotaId: id,
      appId: other.id,
    });
    expect([await call(), await call(), await call('/other', other)]).toEqual([200, USED_UP, 200]);
  });

  test('begins a cycle with the first call', async () => {
    publish();
    seconds(37);
    give({ callLimit: 1, timeInterval: 1, timeUnit: 'MINUTE' });
    expect(await call()).toBe(200);
    seconds(59);
    expect(await call()).toBe(USED_UP);
    seconds(1);
    expect([await call(), await call()]).toEqual([200, USED_UP]);
  });

  test('begins a cycle at the reset time and its multiples, and is free before', async () => {
    publish();
    const reset = traffic.clock.now() - (traffic.clock.now() % 1000) + 60_000;
    const resetTime = new Date(reset).toISOString().slice(0, 19).replace('T', ' ');
    give({ callLimit: 1, timeInterval: 10, timeUnit: 'SECOND', resetTime });
    expect([await call(), await call()]).toEqual([200, 200]);
    traffic.clock.advance(reset + 5000 - traffic.clock.now());
    expect([await call(), await call()]).toEqual([200, USED_UP]);
    seconds(5);
    expect([await call(), await call()]).toEqual([200, USED_UP]);
  });

  test('is not charged for what is throttled', async () => {
    const published = publish();
    const throttle = traffic.createThrottle({ apiCallLimit: 1, timeInterval: 1, timeUnit: 'MINUTE' });
    traffic.bind('throttleBinding', throttle, published);
    give();
    expect([await call(), await call(), await call()]).toEqual([200, '429 APIG.0308', '429 APIG.0308']);
    seconds(60);
    expect(await call()).toBe(200);
  });

  test('keeps its count when the quota changes, and has none when it is taken away', async () => {
    publish();
    const id = give();
    expect([await call(), await call(), await call()]).toEqual([200, 200, USED_UP]);
    const { gatewayId } = traffic;
    traffic.put('appQuota', id, settled('appQuota', { gatewayId, name: 'quota', ...DAY, callLimit: 3 }));
    expect([await call(), await call()]).toEqual([200, USED_UP]);
    const [binding] = traffic.configuration.by('appQuotaBinding', 'appId', app.id);
    traffic.remove('appQuotaBinding', binding?.id ?? '');
    expect(await call()).toBe(200);
  });
});
