import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sign } from '@apig/sdk/signer';
import { openWorkers, type Lane, type WorkerGateway, type WorkerPublished } from '../support/workers.ts';

const WORKERS = 3;
/** A window that no test outlives, unless it runs at midnight. */
const LONG = { timeInterval: 1, timeUnit: 'DAY' } as const;

let running: WorkerGateway;
let lanes: readonly Lane[];

beforeAll(async () => {
  running = await openWorkers(WORKERS);
  lanes = await running.lanes(12);
});

afterAll(async () => {
  await running.dispose();
});

type Headers = Readonly<Record<string, string>>;

/** Makes calls on all lanes at once, and counts the answers by status. */
async function load(
  target: string,
  calls: number,
  headersOf: (call: number) => Headers = () => ({}),
): Promise<Readonly<Record<number, number>>> {
  const statuses: Record<number, number> = {};
  let made = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      while (made < calls) {
        made += 1;
        const { status } = await lane.call(target, headersOf(made));
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  return statuses;
}

interface App {
  readonly id: string;
  readonly appKey?: string | undefined;
  readonly appSecret?: string | undefined;
}

let apps = 0;
const createApp = () =>
  running.client.app.create({ gatewayId: running.gatewayId, name: `app_${(apps += 1)}` });

function signedBy({ appKey, appSecret }: App, target: string): Headers {
  const headers = { host: running.domain };
  const signature = sign({
    method: 'GET',
    target,
    headers,
    accessKey: appKey ?? '',
    secret: appSecret ?? '',
    date: new Date(),
  });
  return { ...signature };
}

const mock = (path: string, fields: object = {}) =>
  running.publish({ path, mockBackend: { result: 'ok' }, ...fields });

const tie = (...apis: readonly WorkerPublished[]) => ({
  gatewayId: running.gatewayId,
  environmentId: running.environmentId,
  apiIds: apis.map(({ apiId }) => apiId),
});

async function throttle(name: string, fields: object, ...apis: readonly WorkerPublished[]): Promise<void> {
  const { client, gatewayId } = running;
  const { id: throttleId } = await client.throttle.create({
    gatewayId,
    name,
    ...LONG,
    apiCallLimit: 100_000,
    ...fields,
  });
  await client.throttleBinding.create({ ...tie(...apis), throttleId });
}

describe('limits that several threads count together', () => {
  test('let exactly as many calls of an API pass as they say', async () => {
    await throttle('thousand', { apiCallLimit: 1000 }, await mock('/api'));

    expect(await load('/api', 1400)).toEqual({ 200: 1000, 429: 400 });
  });

  test('of apps, accounts and addresses are exact side by side', async () => {
    const one = await createApp();
    const other = await createApp();
    const api = await mock('/sides', { authentication: 'APP' });
    for (const { id: appId } of [one, other])
      await running.client.appAuthorization.create({ ...tie(api), appId });
    await throttle('sides', { appCallLimit: 40, userCallLimit: 70 }, api);
    await throttle('addresses', { ipCallLimit: 90 }, await mock('/addresses'));

    // Together the apps could make 80 calls, but their account has 70.
    expect(await load('/sides', 60, () => signedBy(one, '/sides'))).toEqual({ 200: 40, 429: 20 });
    expect(await load('/sides', 60, () => signedBy(other, '/sides'))).toEqual({ 200: 30, 429: 30 });
    expect(await load('/addresses', 150)).toEqual({ 200: 90, 429: 60 });
  });

  test('of a shared policy hold for all its APIs together', async () => {
    await throttle(
      'shared',
      { apiCallLimit: 100, scope: 'SHARED' },
      await mock('/first'),
      await mock('/second'),
    );

    const [first, second] = [await load('/first', 70), await load('/second', 70)];

    expect([first, second]).toEqual([{ 200: 70 }, { 200: 30, 429: 40 }]);
  });

  test('of a plug-in and its rules are exact', async () => {
    const { client, gatewayId } = running;
    const content = {
      scope: 'basic',
      default_interval: 1,
      default_time_unit: 'day',
      api_limit: 100,
      user_limit: 100,
      app_limit: 100,
      ip_limit: 100,
      algorithm: 'counter',
      parameters: [{ type: 'header', name: 'kind', value: 'X-Kind' }],
      rules: [{ rule_name: 'few', match_regex: '["kind","==","few"]', limit: 25 }],
    };
    const { id: pluginId } = await client.plugin.create({
      gatewayId,
      name: 'limits',
      type: 'rate_limit',
      scope: 'global',
      content: JSON.stringify(content),
    });
    await client.pluginAttachment.create({ ...tie(await mock('/plugin')), pluginId });

    expect(await load('/plugin', 60, () => ({ 'X-Kind': 'few' }))).toEqual({ 200: 25, 429: 35 });
    expect(await load('/plugin', 120)).toEqual({ 200: 75, 429: 45 });
  });

  test('of the quota of an app are exact', async () => {
    const { client, gatewayId } = running;
    const app = await createApp();
    const api = await mock('/quota', { authentication: 'APP' });
    await client.appAuthorization.create({ ...tie(api), appId: app.id });
    const { id: appQuotaId } = await client.appQuota.create({
      gatewayId,
      name: 'hundred',
      callLimit: 100,
      timeInterval: 1,
      timeUnit: 'DAY',
    });
    await client.appQuotaBinding.create({ gatewayId, appQuotaId, appIds: [app.id] });

    const statuses = await load('/quota', 150, () => signedBy(app, '/quota'));

    expect(statuses[200]).toBe(100);
  });

  test('of a debug domain are exact', async () => {
    const statuses = await load('/nothing', 1100, () => ({ host: running.debugDomain }));

    expect(statuses).toEqual({ 404: 1000, 429: 100 });
  });

  test('lock a key that fails to sign, whichever thread it failed at', async () => {
    const { accessKey, secretKey } = running;
    await mock('/iam', { authentication: 'IAM' });
    const by = (secret: string) => {
      const headers = { host: running.domain };
      return { ...sign({ method: 'GET', target: '/iam', headers, accessKey, secret, date: new Date() }) };
    };
    expect(await load('/iam', 12, () => by(secretKey))).toEqual({ 200: 12 });

    await load('/iam', 12, () => by('wrong'));

    expect(await load('/iam', 12, () => by(secretKey))).toEqual({ 401: 12 });
  });
});
