import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openBackend, type Backend } from '../support/backend.ts';
import { openTraffic, type ApiInput, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;
let mirror: Backend;

beforeEach(async () => {
  [traffic, backend, mirror] = await Promise.all([openTraffic(), openBackend(), openBackend()]);
});
afterEach(async () => {
  await traffic.dispose();
  await Promise.all([backend.dispose(), mirror.dispose()]);
});

function publish(content: Json, input: ApiInput = {}): void {
  const published = traffic.publish({
    path: '/orders',
    matchMode: 'PREFIX',
    method: 'ANY',
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/o', address: backend.address },
    ...input,
  });
  traffic.attach('proxy_mirror', { protocol: 'HTTP', host: mirror.address, ...content }, published);
}

/** Waits for what the plug-in has done to be counted. */
async function deeds(name: string, count: number): Promise<void> {
  for (;;) {
    const { calls } = await traffic.dataPlane.statistics.state();
    const found = calls.reduce((sum, call) => sum + (call.deeds.get(name as never) ?? 0), 0);
    if (found === count) return;
    if (found > count) throw new Error(`${found} ${name}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a plug-in that copies requests', () => {
  test('sends the request of the backend elsewhere too, with query, headers and body', async () => {
    publish({});

    const answer = await traffic.call({
      path: '/orders/7?a=b',
      method: 'POST',
      headers: { 'X-Kind': 'new' },
      body: 'order',
    });
    await deeds('mirror_sent', 1);

    expect(answer.text).toBe('{"from":"backend"}');
    expect(mirror.last()).toMatchObject({ method: 'POST', target: '/o/7?a=b', body: Buffer.from('order') });
    expect(mirror.last().headers).toMatchObject({
      host: mirror.address,
      'x-kind': 'new',
      'x-request-id': answer.headers['x-request-id'],
    });
    expect(backend.last()).toMatchObject({ target: '/o/7?a=b', body: Buffer.from('order') });
  });

  test.each<readonly [string, Json, string]>([
    ['in the place of its own', { path: '/copy' }, '/copy?a=b'],
    ['before its own', { path: '/copy/', path_concat_mode: 'prefix' }, '/copy/o/7?a=b'],
  ])('to a path %s', async (_what, content, target) => {
    publish(content);
    await traffic.call('/orders/7?a=b');
    await deeds('mirror_sent', 1);
    expect(mirror.last().target).toBe(target);
  });

  test('copies the share that it is told, evenly', async () => {
    publish({ sample_ratio: 0.25 });
    for (let index = 0; index < 12; index += 1) await traffic.call(`/orders/${index}`);
    await deeds('mirror_sent', 3);
    expect(mirror.requests.map(({ target }) => target)).toEqual(['/o/3', '/o/7', '/o/11']);
  });

  test('does not keep a call from its answer when the copy hangs, fails or is refused', async () => {
    publish({ timeout: 50 });
    mirror.answer(() => undefined);
    expect((await traffic.call('/orders/1')).status).toBe(200);
    await deeds('mirror_failed', 1);
    mirror.answer((_, response) => response.destroy());
    expect((await traffic.call('/orders/2')).status).toBe(200);
    await deeds('mirror_failed', 2);
    mirror.answer((_, response) => {
      response.statusCode = 500;
      response.end('x');
    });
    expect((await traffic.call('/orders/3')).status).toBe(200);
    await deeds('mirror_sent', 1);
  });

  test('makes no copy of a body that is too long to be held', async () => {
    publish({});
    const body = Buffer.alloc(100_000, 'x');
    expect((await traffic.call({ path: '/orders', method: 'PUT', body })).status).toBe(200);
    await deeds('mirror_dropped', 1);
    expect(backend.last().body).toHaveLength(100_000);
    expect(mirror.requests).toHaveLength(0);
  });

  test('has no more than some under way', async () => {
    publish({});
    const held: (() => void)[] = [];
    mirror.answer((_, response) => held.push(() => response.end()));
    for (let index = 0; index < 130; index += 1) await traffic.call('/orders');
    await deeds('mirror_dropped', 2);
    while (held.length < 128) await new Promise((resolve) => setImmediate(resolve));
    for (const end of held) end();
    await deeds('mirror_sent', 128);
    expect(backend.requests).toHaveLength(130);
  });

  test('shows the credentials of callers to nobody', async () => {
    const app = traffic.createApp();
    publish({}, { authentication: 'APP' });
    const [published] = traffic.configuration.all('pluginAttachment');
    if (published !== undefined) traffic.authorize(app.id, { ...published.body, publicationId: '' });
    expect((await traffic.call({ path: '/orders', signedBy: app })).status).toBe(200);
    await deeds('mirror_sent', 1);
    expect(Object.keys(mirror.last().headers)).not.toContain('authorization');
  });
});
