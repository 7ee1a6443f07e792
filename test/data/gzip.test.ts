import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createGunzip, gunzipSync } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openHttp2 } from '../support/http2.ts';
import { createId, openTraffic, settled, type Traffic } from '../support/traffic.ts';

const LONG = JSON.stringify({ words: 'again and again '.repeat(200) });

let traffic: Traffic;
let backend: Backend;
let serve: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  backend = await openBackend({ stream: (request, response) => serve(request, response) });
  traffic = await openTraffic();
  const { gatewayId } = traffic;
  traffic.put(
    'gatewayFeature',
    createId(),
    settled('gatewayFeature', { gatewayId, name: 'gzip', enabled: true, config: '{"comp_level":6}' }),
  );
  traffic.publish({
    path: '/',
    method: 'ANY',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/' },
  });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

function ask(headers: Record<string, string>, method = 'GET'): Promise<IncomingMessage> {
  const { host, port } = traffic.http;
  const sent = { host: traffic.domain, ...headers };
  const request = httpRequest({ host, port, method, path: '/', headers: sent, agent: false });
  request.end();
  return once(request, 'response').then(([response]) => response as IncomingMessage);
}

function answers(head: Record<string, string>, body: string, status = 200): void {
  serve = (_, response) => {
    response.writeHead(status, head);
    response.end(body);
  };
}

describe('an answer of a gateway that compresses', () => {
  test('is compressed when its caller takes it', async () => {
    answers(
      {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': String(LONG.length),
        ETag: '"1"',
      },
      LONG,
    );
    const response = await ask({ 'Accept-Encoding': 'br, gzip' });
    const body = await buffer(response);
    expect(response.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(body.length),
      vary: 'Accept-Encoding',
      etag: 'W/"1"',
    });
    expect(body.length).toBeLessThan(LONG.length / 10);
    expect(gunzipSync(body).toString()).toBe(LONG);
  });

  test('is compressed when it is large, as it comes', async () => {
    const large = LONG.repeat(1000);
    answers({ 'Content-Type': 'text/plain' }, large);
    const body = await buffer(await ask({ 'Accept-Encoding': 'gzip' }));
    expect(gunzipSync(body).toString()).toBe(large);
  });

  test('is compressed piece by piece', async () => {
    let response: ServerResponse | undefined;
    serve = (_, given) => {
      response = given;
      given.writeHead(200, { 'Content-Type': 'text/plain' });
      given.write('first');
    };
    const unzipped = (await ask({ 'Accept-Encoding': 'gzip' })).pipe(createGunzip());
    expect(String((await once(unzipped, 'data'))[0])).toBe('first');
    response?.end('second');
    expect(String((await once(unzipped, 'data'))[0])).toBe('second');
  });

  test('is compressed over HTTP/2 too', async () => {
    answers({ 'Content-Type': 'text/css' }, LONG);
    const caller = openHttp2(traffic.http, { authority: traffic.domain });
    const answer = await caller.call({ ':path': '/', 'accept-encoding': 'gzip' });
    expect(answer.headers['content-encoding']).toBe('gzip');
    caller.dispose();
  });

  test('breaks off when the backend does', async () => {
    serve = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': '100000' });
      response.write(LONG, () => response.destroy());
    };
    await expect(buffer(await ask({ 'Accept-Encoding': 'gzip' }))).rejects.toThrow();
  });

  test.each<[string, Record<string, string>, Record<string, string>, string, number?]>([
    ['its caller does not say that it takes it', {}, { 'Content-Type': 'text/plain' }, LONG],
    ['its caller refuses it', { 'Accept-Encoding': 'gzip;q=0, *' }, { 'Content-Type': 'text/plain' }, LONG],
    ['it is short', { 'Accept-Encoding': 'gzip' }, { 'Content-Type': 'text/plain' }, 'x'.repeat(1024)],
    ['it is of another type', { 'Accept-Encoding': 'gzip' }, { 'Content-Type': 'image/png' }, LONG],
    ['it is an event stream', { 'Accept-Encoding': 'gzip' }, { 'Content-Type': 'text/event-stream' }, LONG],
    ['it is a part', { 'Accept-Encoding': 'gzip' }, { 'Content-Type': 'text/plain' }, LONG, 206],
    [
      'it is encoded already',
      { 'Accept-Encoding': 'gzip' },
      { 'Content-Type': 'text/plain', 'Content-Encoding': 'br' },
      LONG,
    ],
    [
      'nobody may change it',
      { 'Accept-Encoding': 'gzip' },
      { 'Content-Type': 'text/plain', 'Cache-Control': 'no-transform' },
      LONG,
    ],
  ])('stays as it is when %s', async (_, headers, head, body, status = 200) => {
    answers(head, body, status);
    const response = await ask(headers);
    expect(response.headers['content-encoding']).not.toBe('gzip');
    expect((await buffer(response)).toString()).toBe(body);
  });
});
