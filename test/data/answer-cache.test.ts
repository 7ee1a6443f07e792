import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { AnswerCache, type KeptAnswer } from '../../gateway-runtime/src/data/plugins/answer-cache.ts';
import { ResponseHead } from '../../gateway-runtime/src/data/http1/response-head.ts';
import { FRAMING } from '../../gateway-runtime/src/data/http1/framing.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import { sendRaw } from '../support/raw-http.ts';
import {
  createId,
  openTraffic,
  settled,
  type ApiInput,
  type Published,
  type TestCall,
  type Traffic,
} from '../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;

beforeEach(async () => {
  [traffic, backend] = await Promise.all([openTraffic({ logLevel: 'info' }), openBackend()]);
});
afterEach(async () => {
  await traffic.dispose();
  await backend.dispose();
});

const content = {
  cache_key: { system_params: ['host'], parameters: ['page'], headers: ['X-Kind'] },
  cache_http_status_and_ttl: [
    { http_status: [200, 203], ttl: 60 },
    { http_status: [404], ttl: 10 },
  ],
  client_cache_control: { mode: 'off', datas: [] },
  cacheable_headers: ['X-Custom'],
};

/** Publishes an API whose answers are kept. */
function publish(input: ApiInput = {}, changes: Json = {}, id?: string): Published {
  const published = traffic.publish({
    path: '/orders/{id}',
    method: 'ANY',
    requestParameters: [{ name: 'id', location: 'PATH' }],
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/o', address: backend.address },
    ...input,
  });
  traffic.attach('proxy_cache', { ...content, ...changes }, published, id);
  return published;
}

/** Answers with the number of the request. */
function respond(headers: Readonly<Record<string, string>> = {}, status = 200, body?: string): void {
  backend.answer((_, response, count) => {
    response.writeHead(status, { 'Content-Type': 'text/plain', ...headers });
    response.end(body ?? String(count));
  });
}

const texts = async (...calls: readonly (TestCall | string)[]) => {
  const found: string[] = [];
  for (const call of calls) found.push((await traffic.call(call)).text);
  return found;
};

const ORDER = { path: '/orders/7' };

describe('a plug-in that keeps answers', () => {
  test('gives one again for its time, with its age, and then asks anew', async () => {
    publish();
    respond({ 'X-Custom': 'kept', 'X-Other': 'not kept' });
    const first = await traffic.call(ORDER);
    traffic.clock.advance(59_000);
    const second = await traffic.call(ORDER);

    expect([first.text, second.text]).toEqual(['1', '1']);
    expect(first.headers).toMatchObject({ 'x-custom': 'kept', 'x-other': 'not kept' });
    expect(second.headers).toMatchObject({ age: '59', 'x-custom': 'kept', 'content-type': 'text/plain' });
    expect(second.headers).not.toHaveProperty('x-other');
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    traffic.clock.advance(1000);
    expect(await texts(ORDER)).toEqual(['2']);
  });

  test('says in the log and in the counts whether there was one', async () => {
    publish();
    await texts(ORDER, ORDER, ORDER);

    const lines = traffic.logLines
      .map((line) => JSON.parse(line) as Json)
      .filter(({ msg }) => msg === 'call');
    expect(lines.map(({ cache, response_source: source }) => [cache, source])).toEqual([
      ['miss', 'remote'],
      ['hit', 'local'],
      ['hit', 'local'],
    ]);
    const { calls } = await traffic.dataPlane.statistics.state();
    expect(Object.fromEntries(calls.find(({ api }) => api !== undefined)?.deeds ?? [])).toEqual({
      cache_hit: 2,
      cache_miss: 1,
    });
  });

  test('tells answers apart by path, by what it names, and by nothing else', async () => {
    publish();
    respond();

    expect(await texts(ORDER, { path: '/orders/8' }, { path: '/orders/7?page=2' })).toEqual(['1', '2', '3']);
    expect(await texts({ path: '/orders/7', headers: { 'x-kind': 'a' } })).toEqual(['4']);
    expect(await texts({ path: '/orders/7?sort=up' }, { path: '/orders/7?x=1&page=2' })).toEqual(['1', '3']);
    expect(await texts({ path: '/orders/7', headers: { 'x-other': 'a' } })).toEqual(['1']);
  });

  test('tells callers apart where the backend is told of them', async () => {
    const [one, two] = [traffic.createApp(), traffic.createApp()];
    const published = publish({
      authentication: 'APP',
      backendParameters: [{ origin: 'SYSTEM', name: 'X-App', location: 'HEADER', value: '$context.appId' }],
    });
    for (const { id } of [one, two]) traffic.authorize(id, published);
    respond();
    const calls = [one, two, one].map((signedBy) => ({ ...ORDER, signedBy }));

    expect(await texts(...calls)).toEqual(['1', '2', '1']);
  });

  test('gives nothing to those whom the API refuses', async () => {
    const app = traffic.createApp();
    const published = publish({ authentication: 'APP' });
    traffic.authorize(app.id, published);

    expect((await traffic.call({ ...ORDER, signedBy: app })).status).toBe(200);
    expect((await traffic.call({ ...ORDER, signedBy: traffic.createApp() })).status).toBe(403);
    expect((await traffic.call(ORDER)).status).toBe(401);
  });

  test.each<readonly [string, Readonly<Record<string, string>>, number]>([
    ['no-store', { 'Cache-Control': 'no-store' }, 200],
    ['private', { 'Cache-Control': 'max-age=60, private' }, 200],
    ['no-cache', { 'Cache-Control': 'no-cache="x-custom"' }, 200],
    ['an age that is over', { 'Cache-Control': 'max-age=60', Age: '60' }, 200],
    ['a time that is none', { 'Cache-Control': 'max-age=soon' }, 200],
    ['an end in the past', { Expires: '0' }, 200],
    ['a cookie', { 'Set-Cookie': 'a=b' }, 200],
    ['everything that it varies with', { Vary: '*' }, 200],
    ['a status without a time', {}, 201],
  ])('keeps no answer with %s', async (_what, headers, status) => {
    publish();
    respond(headers, status);

    expect(await texts(ORDER, ORDER)).toEqual(['1', '2']);
  });

  test('keeps an answer for no longer than it says', async () => {
    publish();
    respond({ 'Cache-Control': 'max-age=500, s-maxage=30', Age: '10' });
    expect(await texts(ORDER)).toEqual(['1']);
    traffic.clock.advance(19_000);
    const again = await traffic.call(ORDER);
    expect([again.text, again.headers['age']]).toEqual(['1', '29']);
    traffic.clock.advance(1000);
    expect(await texts(ORDER)).toEqual(['2']);
  });

  test('keeps the variants of an answer', async () => {
    publish();
    respond({ Vary: 'Accept-Language, X-Plan' });
    const inLanguage = (language: string) => ({ ...ORDER, headers: { 'Accept-Language': language } });

    expect(await texts(inLanguage('de'), inLanguage('fr'), inLanguage('de'), inLanguage('fr'))).toEqual([
      '1',
      '2',
      '1',
      '2',
    ]);
    expect(await texts(ORDER)).toEqual(['3']);
  });

  test('keeps what callers get for their own credentials only when it is for all', async () => {
    publish();
    respond();
    const withToken = (token: string) => ({ ...ORDER, headers: { Authorization: `Bearer ${token}` } });
    expect(await texts(ORDER, withToken('a'), withToken('a'), ORDER)).toEqual(['1', '2', '3', '1']);

    traffic.clock.advance(60_000);
    respond({ 'Cache-Control': 'public' });
    expect(await texts(withToken('a'), withToken('b'), ORDER)).toEqual(['4', '4', '4']);
  });

  test('answers HEAD by what GET was answered, and keeps no answer to HEAD', async () => {
    publish();
    respond();
    const head = { ...ORDER, method: 'HEAD' };
    await texts(head, ORDER);
    expect(backend.requests).toHaveLength(2);

    const answer = await traffic.call(head);

    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '', '1']);
    expect(backend.requests).toHaveLength(2);
  });

  test('forgets a path when it is written to, unless the backend refuses', async () => {
    publish();
    respond();
    const write = { ...ORDER, method: 'PUT', body: 'x' };
    expect(await texts(ORDER, { path: '/orders/8' }, write, ORDER, { path: '/orders/8' })).toEqual([
      '1',
      '2',
      '3',
      '4',
      '2',
    ]);
    respond({}, 409);
    await texts(write);
    expect(await texts(ORDER)).toEqual(['4']);
  });

  test('lets parts and bodies pass by', async () => {
    publish();
    respond();
    const part = { ...ORDER, headers: { Range: 'bytes=0-1' } };

    expect(await texts(ORDER, part, { ...ORDER, headers: { 'content-length': '1' }, body: 'x' })).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  test('tells a caller that it has the answer already', async () => {
    publish();
    respond({ ETag: '"a"', 'Last-Modified': 'Tue, 01 Sep 2026 10:00:00 GMT' });
    await texts(ORDER);
    const call = (headers: Readonly<Record<string, string>>) => traffic.call({ ...ORDER, headers });

    const unchanged = await call({ 'If-None-Match': '"b", W/"a"' });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    expect(unchanged.headers).toMatchObject({ etag: '"a"', age: '0' });
    expect(unchanged.headers).not.toHaveProperty('content-type');
    expect((await call({ 'If-None-Match': '"b"' })).status).toBe(200);
    expect((await call({ 'If-Modified-Since': 'Tue, 01 Sep 2026 10:00:00 GMT' })).status).toBe(304);
    expect((await call({ 'If-Modified-Since': 'Tue, 01 Sep 2026 09:59:59 GMT' })).status).toBe(200);
    expect(backend.requests).toHaveLength(1);
  });

  test('heeds what callers say of keeping, or some of them, or none', async () => {
    const app = traffic.createApp();
    const published = publish({ authentication: 'APP' });
    traffic.authorize(app.id, published);
    const [plugin] = traffic.configuration.all('plugin');
    const heed = (control: Json) =>
      traffic.attach('proxy_cache', { ...content, client_cache_control: control }, published, plugin?.id);
    const call = (text: string) => ({ ...ORDER, headers: { 'Cache-Control': text }, signedBy: app });
    respond();

    expect(await texts(call(''), call('no-cache'))).toEqual(['1', '1']);
    heed({ mode: 'apps', datas: ['another'] });
    expect(await texts(call(''), call('no-cache'))).toEqual(['2', '2']);
    heed({ mode: 'apps', datas: [app.id] });
    expect(await texts(call(''), call('no-cache'), call(''))).toEqual(['3', '4', '4']);
    heed({ mode: 'all' });
    expect(await traffic.call(call('only-if-cached'))).toMatchObject({ status: 504, code: 'APIG.0203' });
    expect(await texts(call('no-store'), call(''))).toEqual(['5', '6']);
    traffic.clock.advance(30_000);
    expect(await texts(call('max-age=30'), call('max-age=29'))).toEqual(['6', '7']);
    expect(await texts(call('min-fresh=61'), call('min-fresh=59'))).toEqual(['8', '8']);
  });

  test('forgets everything when the API, the plug-in or a channel changes', async () => {
    const published = publish();
    const [plugin] = traffic.configuration.all('plugin');
    respond();
    expect(await texts(ORDER, ORDER)).toEqual(['1', '1']);

    traffic.attach('proxy_cache', content, published, plugin?.id);
    expect(await texts(ORDER, ORDER)).toEqual(['2', '2']);
    traffic.publishAgain(published, {
      path: '/orders/{id}',
      method: 'ANY',
      requestParameters: [{ name: 'id', location: 'PATH' }],
      httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/o', address: backend.address },
    });
    expect(await texts(ORDER, ORDER)).toEqual(['3', '3']);
    traffic.putChannel({});
    expect(await texts(ORDER, ORDER)).toEqual(['4', '4']);
    for (const { id } of traffic.configuration.all('pluginAttachment'))
      traffic.remove('pluginAttachment', id);
    expect(await texts(ORDER, ORDER)).toEqual(['5', '6']);
  });

  test('keeps answers that come in pieces, and none that are too long or break off', async () => {
    publish();
    const large = 'x'.repeat(300 * 1024);
    backend.answer((_, response) => {
      response.write(large);
      response.end(large);
    });
    expect(await texts(ORDER, ORDER)).toEqual([large + large, large + large]);
    expect(backend.requests).toHaveLength(1);

    backend.answer((_, response) => {
      for (let piece = 0; piece < 4; piece += 1) response.write(large);
      response.end();
    });
    const tooLong = { path: '/orders/8' };
    expect((await texts(tooLong, tooLong)).map(({ length }) => length)).toEqual([1_228_800, 1_228_800]);
    expect(backend.requests).toHaveLength(3);

    backend.answer((_, response) => {
      response.writeHead(200, { 'Content-Length': '600000' });
      response.write(large, () => response.destroy());
    });
    const broken = { path: '/orders/9' };
    await expect(traffic.call(broken)).rejects.toThrow();
    respond({}, 200, 'whole');
    expect(await texts(broken)).toEqual(['whole']);
  });

  test('compresses a kept answer for those who take it', async () => {
    publish();
    traffic.put(
      'gatewayFeature',
      createId(),
      settled('gatewayFeature', { gatewayId: traffic.gatewayId, name: 'gzip', config: '{"comp_level":6}' }),
    );
    const text = 'kept '.repeat(1000);
    respond({}, 200, text);
    expect(await texts(ORDER)).toEqual([text]);
    const host = traffic.domain;
    const answer = await sendRaw(
      traffic.http,
      `GET /orders/7 HTTP/1.1\r\nHost: ${host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
    );

    expect(backend.requests).toHaveLength(1);
    const at = answer.indexOf('\r\n\r\n');
    expect(answer.slice(0, at)).toContain('Content-Encoding: gzip');
    expect(gunzipSync(Buffer.from(answer.slice(at + 4), 'latin1')).toString()).toBe(text);
  });
});

describe('the memory for answers', () => {
  const head = new ResponseHead('', [], 0, {
    status: 200,
    reason: '',
    framing: FRAMING.length,
    length: 1,
    keepsAlive: true,
    connectionNames: [],
  });
  const answer = (text: string): KeptAnswer => ({
    head,
    fields: '',
    text,
    varies: [],
    isPublic: false,
    keptAtMs: 0,
    ageMs: 0,
    freshUntilMs: 1,
  });

  test('forgets first what has not been asked for for longest', () => {
    const cache = new AnswerCache(3000);
    const space = cache.open();
    for (const key of ['a', 'b']) cache.keep(space, '/', key, answer('x'.repeat(500)));
    cache.find('a');
    cache.keep(space, '/', 'c', answer('x'.repeat(500)));

    expect(['a', 'b', 'c'].map((key) => cache.find(key).length)).toEqual([1, 0, 1]);
    expect(cache.bytes).toBe(2 * (512 + 2 + 500));
  });

  test('takes nothing into a space that is closed, and gives its memory back', () => {
    const cache = new AnswerCache();
    const [one, other] = [cache.open(), cache.open()];
    cache.keep(one, '/', 'a', answer('x'));
    cache.keep(other, '/', 'b', answer('x'));
    cache.close(one);
    cache.keep(one, '/', 'a', answer('x'));

    expect([cache.find('a').length, cache.find('b').length, cache.bytes]).toEqual([0, 1, 512 + 2 + 1]);
    expect(one.paths.size).toBe(0);
  });

  test('has one answer for each variant of a request', () => {
    const cache = new AnswerCache();
    const space = cache.open();
    cache.keep(space, '/', 'a', answer('old'));
    cache.keep(space, '/', 'a', answer('new'));
    for (let index = 0; index < 40; index += 1)
      cache.keep(space, '/', 'a', { ...answer('v'), varies: [['accept', String(100 + index)]] });

    expect(cache.find('a')).toHaveLength(32);
    expect(cache.bytes).toBe(32 * (512 + 2 + 1 + 'accept100'.length));
  });
});
