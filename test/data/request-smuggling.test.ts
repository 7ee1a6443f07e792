import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openRaw, sendRaw, statusesOf, type RawTarget } from '../support/raw-http.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

describe('a request that two servers could read differently', () => {
  let traffic: Traffic;
  let backend: Backend;
  let target: RawTarget;

  beforeAll(async () => {
    backend = await openBackend();
    traffic = await openTraffic();
    target = traffic.http;
    const httpBackend = { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/b' } as const;
    traffic.publish({ path: '/a', method: 'ANY', matchMode: 'PREFIX', httpBackend });
  });

  afterAll(async () => {
    await traffic.dispose();
    await backend.dispose();
  });

  const host = 'Host: api.example.com\r\n';
  const smuggled = 'GET /a/smuggled HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n';

  test.each([
    ['no Host', 'GET /a HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two Hosts', `GET /a HTTP/1.1\r\n${host}Host: other.example.com\r\nConnection: close\r\n\r\n`],
    ['the same Host twice', `GET /a HTTP/1.1\r\n${host}${host}Connection: close\r\n\r\n`],
    ['a blank in Host', 'GET /a HTTP/1.1\r\nHost: api.example.com evil\r\nConnection: close\r\n\r\n'],
    ['a path in Host', 'GET /a HTTP/1.1\r\nHost: api.example.com/x\r\nConnection: close\r\n\r\n'],
    ['user information in Host', 'GET /a HTTP/1.1\r\nHost: me@api.example.com\r\nConnection: close\r\n\r\n'],
    [
      'Content-Length and Transfer-Encoding',
      `POST /a HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'two lengths',
      `POST /a HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello${smuggled}`,
    ],
    [
      'one length twice',
      `POST /a HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello${smuggled}`,
    ],
    ['a list of lengths', `POST /a HTTP/1.1\r\n${host}Content-Length: 5, 5\r\n\r\nhello${smuggled}`],
    ['a signed length', `POST /a HTTP/1.1\r\n${host}Content-Length: +5\r\n\r\nhello${smuggled}`],
    ['a hexadecimal length', `POST /a HTTP/1.1\r\n${host}Content-Length: 0x5\r\n\r\nhello${smuggled}`],
    ['an unknown coding', `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n${smuggled}`],
    [
      'two codings',
      `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'chunked twice',
      `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'a coding in quotes',
      `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'a coding with a tab',
      `POST /a HTTP/1.1\r\n${host}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'a coding in HTTP/1.0',
      `POST /a HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['a blank before the colon', `POST /a HTTP/1.1\r\n${host}Content-Length : 5\r\n\r\nhello${smuggled}`],
    ['a folded header', `GET /a HTTP/1.1\r\n${host}X-Folded: a\r\n b\r\nConnection: close\r\n\r\n`],
    ['a line without colon', `GET /a HTTP/1.1\r\n${host}NoColon\r\nConnection: close\r\n\r\n`],
    ['a bare line feed', `GET /a HTTP/1.1\n${host}Connection: close\r\n\r\n`],
    ['a NUL in a header', `GET /a HTTP/1.1\r\n${host}X-Nul: a\0b\r\nConnection: close\r\n\r\n`],
    [
      'a chunk without a size',
      `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n${smuggled}`,
    ],
    ['a fragment', `GET /a#b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['bytes beyond ASCII in the target', `GET /a\xe9 HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['a climbing path', `GET /a/../b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['an escaped climbing path', `GET /a/%2e%2E/b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['a climbing path at its end', `GET /a/.. HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    [
      'a path that climbs through an escaped slash',
      `GET /a/..%2fb HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    ],
    ['a dot segment', `GET /a/./b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['an escape that is none', `GET /a/%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['an escape that is not UTF-8', `GET /a/%ff HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['an escaped NUL', `GET /a/%00 HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ['a tunnel', 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
  ])('%s: is refused with 400 and reaches no backend', async (_, bytes) => {
    const before = backend.requests.length;
    const received = await sendRaw(target, bytes);
    expect(received).toContain('"error_code":"APIG.0602"');
    expect(statusesOf(received)[0]).toBe(400);
    expect(statusesOf(received).filter((status) => status !== 400)).toEqual([]);
    expect(backend.requests.length).toBe(before);
  });

  test('a host in the target wins over the header', async () => {
    const bytes =
      'GET http://api.example.com/a/x?y=1 HTTP/1.1\r\nHost: elsewhere.example.com\r\nConnection: close\r\n\r\n';
    expect(statusesOf(await sendRaw(target, bytes))).toEqual([200]);
    expect(backend.last().target).toBe('/b/x?y=1');
  });

  test('a chunked body is not taken for the next request', async () => {
    const inner = 'GET /a/inner HTTP/1.1\r\nHost: api.example.com\r\n\r\n';
    const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    const bytes = `POST /a/outer HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk}`;
    expect(statusesOf(await sendRaw(target, bytes))).toEqual([200]);
    expect(backend.last()).toMatchObject({ method: 'POST', target: '/b/outer' });
    expect(backend.last().body.toString()).toBe(inner);
  });

  test('a body that looks like a request stays a body for the backend', async () => {
    const body = 'GET /admin HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await traffic.call({
      path: '/a',
      method: 'GET',
      body,
      headers: { 'Content-Length': String(body.length) },
    });
    expect(answer.status).toBe(200);
    expect(backend.last()).toMatchObject({ method: 'GET', target: '/b' });
    expect(backend.last().body.toString()).toBe(body);
  });

  test('requests one after another on a connection are answered one by one', async () => {
    const connection = await openRaw(target);
    const one = `GET /a/1 HTTP/1.1\r\n${host}\r\n`;
    const two = `GET /a/2 HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;
    connection.write(one + two);
    expect(statusesOf(await connection.readToEnd())).toEqual([200, 200]);
    expect(backend.requests.slice(-2).map((request) => request.target)).toEqual(['/b/1', '/b/2']);
  });

  test('escaped line breaks in a path reach the backend escaped', async () => {
    const bytes = `GET /a/x%0d%0aHost:%20evil HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;
    expect(statusesOf(await sendRaw(target, bytes))).toEqual([200]);
    expect(backend.last().target).toBe('/b/x%0D%0AHost:%20evil');
  });
});
