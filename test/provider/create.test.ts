import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json, Kind } from '@apig/sdk/contract';
import { provider, type Provider } from '../../provider/src/lifecycle.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openLossyProxy, type Fate, type LossyProxy } from './lossy-proxy.ts';
import { SAMPLES } from './samples.ts';

let runtime: TestGateway;
let proxy: LossyProxy;
let decide: (request: string, count: number) => Fate;
let gatewayId: string;

beforeEach(async () => {
  runtime = await openGateway();
  decide = () => 'answered';
  proxy = await openLossyProxy(runtime.endpoint, (request, count) => decide(request, count));
  gatewayId = (await runtime.client.gateway.create(SAMPLES.gateway)).id;
});

afterEach(async () => {
  await proxy.dispose();
  await runtime.dispose();
});

/** The provider of a kind as a new run of the engine has it. */
async function newRun(kind: Kind): Promise<Provider> {
  const values: Record<string, string> = {
    'apig:endpoint': proxy.endpoint,
    'apig:projectId': runtime.projectId,
    'apig:accessKey': runtime.accessKey,
    'apig:secretKey': runtime.secretKey,
  };
  const fresh = provider(kind);
  await fresh.configure({ config: { get: (key) => values[key] } });
  return fresh;
}

async function checked(kind: Kind, run: Provider, args: object): Promise<Json> {
  const { inputs, failures } = await run.check({}, { ...SAMPLES[kind], gatewayId, ...args });
  expect(failures).toEqual([]);
  return { ...inputs, __provider: 'text' };
}

/** Loses the first answer to a request that matches. */
function loseFirst(pattern: RegExp, fate: Fate): void {
  let done = false;
  decide = (request) => {
    if (done || !pattern.test(request)) return 'answered';
    done = true;
    return fate;
  };
}

describe('an answer to create that is lost', () => {
  test.each(['throttle', 'environment', 'apiGroup', 'acl', 'signatureKey', 'app'] as const)(
    'is found again, and the %s is there once',
    async (kind) => {
      const run = await newRun(kind);
      loseFirst(/^POST/, 'lost');
      const { id, outs } = await run.create(await checked(kind, run, {}));
      const found = await runtime.client.collection(kind).list({ gatewayId }, { name: String(outs['name']) });
      expect(found.map((object) => object.id)).toEqual([id]);
    },
  );

  test('is asked for again when the request had not arrived', async () => {
    const run = await newRun('throttle');
    loseFirst(/^POST/, 'cut');
    const { id } = await run.create(await checked('throttle', run, {}));
    expect((await runtime.client.throttle.list({ gatewayId })).map((object) => object.id)).toEqual([id]);
  });

  test('does not keep a group from being completed', async () => {
    const run = await newRun('apiGroup');
    loseFirst(/^POST/, 'lost');
    const { id, outs } = await run.create(await checked('apiGroup', run, { debugDomainEnabled: false }));
    expect(outs['debugDomainEnabled']).toBe(false);
    expect(await runtime.client.apiGroup.get({ gatewayId, id })).toMatchObject({ debugDomainEnabled: false });
  });

  test('does not hide a generated AppCode', async () => {
    const appId = (await runtime.client.app.create({ gatewayId, name: 'shop' })).id;
    const run = await newRun('appCode');
    loseFirst(/^P\w+ .*app-codes/, 'lost');
    const { id, outs } = await run.create(await checked('appCode', run, { appId, code: undefined }));
    const codes = await runtime.client.appCode.list({ gatewayId, appId });
    expect(codes.map((object) => [object.id, object.code])).toEqual([[id, outs['code']]]);
  });
});

describe('a name that is taken', () => {
  test('by just what is asked for is taken over by a later run', async () => {
    const { id } = await runtime.client.throttle.create({ ...SAMPLES.throttle, gatewayId });
    const run = await newRun('throttle');
    expect(await run.create(await checked('throttle', run, {}))).toMatchObject({
      id,
      outs: { apiCallLimit: 100 },
    });
  });

  test('by something else is said, with what is different and no value', async () => {
    await runtime.client.app.create({
      ...SAMPLES.app,
      gatewayId,
      remark: 'another shop',
      appSecret: 'their-secret',
    });
    const run = await newRun('app');
    const failure = run.create(await checked('app', run, {}));
    await expect(failure).rejects.toThrow(
      /^Creating the app "web_shop" failed: .*taken\. \(APIG\.3203, HTTP 400, request [\w-]+\) One exists that differs in remark, appSecret\./,
    );
    await expect(failure).rejects.not.toThrow(/secret-1|their-secret/);
  });

  test('by another resource of the program is refused', async () => {
    const run = await newRun('throttle');
    const inputs = await checked('throttle', run, {});
    const { outs } = await run.create(inputs);
    await expect(run.create(inputs)).rejects.toThrow(
      'Another resource of this program creates the throttle "gold" too.',
    );
    const later = await newRun('throttle');
    // The engine hands a resource's former inputs to the check.
    await later.check(outs, inputs);
    await expect(later.create(inputs)).rejects.toThrow('Another resource of this program has it');
  });

  test('by a resource that got another name in the program is taken over and stays', async () => {
    const run = await newRun('throttle');
    const inputs = await checked('throttle', run, {});
    const { id, outs } = await run.create(inputs);
    const later = await newRun('throttle');
    expect((await later.create(inputs)).id).toBe(id);
    await later.delete(id, outs);
    expect(await runtime.client.throttle.get({ gatewayId, id })).toMatchObject({ name: 'gold' });
  });

  test('of an API whose path is taken by another one is said', async () => {
    const groupId = (await runtime.client.apiGroup.create({ gatewayId, name: 'orders' })).id;
    await runtime.client.api.create({ ...SAMPLES.api, gatewayId, groupId, name: 'other' });
    const run = await newRun('api');
    await expect(run.create(await checked('api', run, { groupId }))).rejects.toThrow(
      /APIG\.3301.*Choose another method, path or match mode/,
    );
  });
});

test('an object that is created in part is kept for the next update', async () => {
  const run = await newRun('apiGroup');
  const inputs = await checked('apiGroup', run, { debugDomainEnabled: false });
  decide = (request) => (request.includes('sl-domain-access-settings') ? 'cut' : 'answered');
  const failure: unknown = await run.create(inputs).then(
    () => undefined,
    (error: unknown) => error,
  );
  const id = (await runtime.client.apiGroup.list({ gatewayId }, { name: 'orders' }))[0]?.id;
  expect(failure).toMatchObject({ id, properties: inputs, reasons: [expect.stringContaining('orders')] });
  decide = () => 'answered';
  const { outs } = await run.update(id ?? '', inputs, inputs);
  expect(outs).toMatchObject({ debugDomainEnabled: false, debugDomain: expect.any(String) });
}, 60_000);
