import { afterEach, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../../support/backend.ts';
import { openRaw, sendRaw, statusesOf } from '../../support/raw-http.ts';
import { openProxy, type EngineProxy } from './engine.ts';
import { answering, openRawBackend, type RawBackend } from './raw-backend.ts';

const opened: { dispose(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.dispose();
});

async function withBackend(): Promise<{ proxy: EngineProxy; backend: Backend }> {
  const backend = await openBackend();
  opened.push(backend);
  const proxy = await openProxy(backend.port);
  opened.push(proxy);
  return { proxy, backend };
}

async function withRawBackend(bytes: string): Promise<{ proxy: EngineProxy; backend: RawBackend }> {
  const backend = await openRawBackend(answering(bytes));
  opened.push(backend);
  const proxy = await openProxy(backend.port);
  opened.push(proxy);
  return { proxy, backend };
}

const host = 'Host: h\r\n';
const hidden = `GET /hidden HTTP/1.1\r\n${host}\r\n`;
const chunked = `${host}Transfer-Encoding: chunked\r\n`;

/** Case, RFC 9112 section unless another one is named, bytes, status, and the fault that is noted. */
const REFUSED: readonly (readonly [string, string, string, number, string])[] = [
  [
    'CL.TE',
    '6.1',
    `POST / HTTP/1.1\r\n${chunked}Content-Length: 6\r\n\r\n0\r\n\r\nG`,
    400,
    'lengthWithEncoding',
  ],
  [
    'TE.CL',
    '6.1',
    `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n${hidden}`,
    400,
    'lengthWithEncoding',
  ],
  [
    'two different lengths',
    '6.3',
    `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 44\r\n\r\n${hidden}`,
    400,
    'lengthRepeated',
  ],
  [
    'the same length twice',
    '6.3',
    `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
    400,
    'lengthRepeated',
  ],
  [
    'a list of lengths',
    '6.3',
    `POST / HTTP/1.1\r\n${host}Content-Length: 3, 3\r\n\r\nabc`,
    400,
    'lengthMalformed',
  ],
  [
    'a length with a sign',
    'RFC 9110, 8.6',
    `POST / HTTP/1.1\r\n${host}Content-Length: +3\r\n\r\nabc`,
    400,
    'lengthMalformed',
  ],
  [
    'a negative length',
    'RFC 9110, 8.6',
    `POST / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
    400,
    'lengthMalformed',
  ],
  [
    'a hexadecimal length',
    'RFC 9110, 8.6',
    `POST / HTTP/1.1\r\n${host}Content-Length: 0x3\r\n\r\nabc`,
    400,
    'lengthMalformed',
  ],
  [
    'a length with a blank inside',
    'RFC 9110, 8.6',
    `POST / HTTP/1.1\r\n${host}Content-Length: 1 0\r\n\r\n`,
    400,
    'lengthMalformed',
  ],
  [
    'a length beyond all numbers',
    'RFC 9110, 8.6',
    `POST / HTTP/1.1\r\n${host}Content-Length: 18446744073709551617\r\n\r\nx`,
    400,
    'lengthMalformed',
  ],
  [
    'an empty length',
    'RFC 9110, 8.6',
    `POST / HTTP/1.1\r\n${host}Content-Length:\r\n\r\n`,
    400,
    'lengthMalformed',
  ],
  [
    'an unknown coding',
    '6.1',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    501,
    'encodingUnknown',
  ],
  [
    'a coding before chunked',
    '6.1',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    501,
    'encodingUnknown',
  ],
  [
    'chunked before another coding',
    '6.1',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    501,
    'encodingUnknown',
  ],
  [
    'chunked twice in a list',
    '7',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
    501,
    'encodingUnknown',
  ],
  [
    'chunked on two lines',
    '7',
    `POST / HTTP/1.1\r\n${chunked}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'encodingRepeated',
  ],
  [
    'chunked with a parameter',
    '7',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked;x=y\r\n\r\n0\r\n\r\n`,
    501,
    'encodingUnknown',
  ],
  [
    'chunked with a vertical tab',
    '5.5 of RFC 9110',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
    400,
    'fieldValueMalformed',
  ],
  [
    'chunked in quotes',
    '7',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
    501,
    'encodingUnknown',
  ],
  [
    'an empty coding',
    '6.1',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding:\r\n\r\n0\r\n\r\n`,
    501,
    'encodingUnknown',
  ],
  ['a coding in HTTP/1.0', '6.1', `POST / HTTP/1.0\r\n${chunked}\r\n0\r\n\r\n`, 400, 'encodingInOldVersion'],
  [
    'a blank before the colon',
    '5.1',
    `POST / HTTP/1.1\r\n${host}Content-Length : 44\r\n\r\n${hidden}`,
    400,
    'fieldNameMalformed',
  ],
  [
    'a field name with a NUL',
    '5.1',
    `POST / HTTP/1.1\r\n${host}Content\0-Length: 44\r\n\r\n${hidden}`,
    400,
    'fieldNameMalformed',
  ],
  [
    'a line without a colon',
    '5',
    `GET / HTTP/1.1\r\n${host}Transfer-Encoding\r\n\r\n`,
    400,
    'fieldNameMalformed',
  ],
  ['a line that begins with a colon', '5', `GET / HTTP/1.1\r\n${host}: v\r\n\r\n`, 400, 'fieldNameMalformed'],
  [
    'a folded field',
    '5.2',
    `POST / HTTP/1.1\r\n${host}X: a\r\n Content-Length: 44\r\n\r\n${hidden}`,
    400,
    'fieldFolded',
  ],
  ['a blank before the first field', '2.2', `GET / HTTP/1.1\r\n ${host}\r\n`, 400, 'fieldFolded'],
  ['a bare LF after the request line', '2.2', `GET / HTTP/1.1\n${host}\r\n`, 400, 'lineEndMalformed'],
  ['a bare LF after a field', '2.2', `GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n`, 400, 'lineEndMalformed'],
  ['a bare LF at the end of the head', '2.2', `GET / HTTP/1.1\r\n${host}\n`, 400, 'lineEndMalformed'],
  [
    'a bare CR in a value',
    '2.2',
    `GET / HTTP/1.1\r\n${host}X: a\rContent-Length: 3\r\n\r\n`,
    400,
    'lineEndMalformed',
  ],
  ['a bare CR at the end of the head', '2.2', `GET / HTTP/1.1\r\n${host}\rX`, 400, 'lineEndMalformed'],
  [
    'a NUL in a value',
    '5.5 of RFC 9110',
    `GET / HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`,
    400,
    'fieldValueMalformed',
  ],
  [
    'a DEL in a value',
    '5.5 of RFC 9110',
    `GET / HTTP/1.1\r\n${host}X: a\x7fb\r\n\r\n`,
    400,
    'fieldValueMalformed',
  ],
  ['no Host', '3.2', 'GET / HTTP/1.1\r\n\r\n', 400, 'hostMissing'],
  ['two Hosts', '3.2', `GET / HTTP/1.1\r\n${host}Host: i\r\n\r\n`, 400, 'hostRepeated'],
  ['an empty Host', 'RFC 9110, 4.2.1', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400, 'hostMalformed'],
  ['a path in Host', '3.2', 'GET / HTTP/1.1\r\nHost: h/x\r\n\r\n', 400, 'hostMalformed'],
  ['a user in Host', 'RFC 9110, 4.2.4', 'GET / HTTP/1.1\r\nHost: u@h\r\n\r\n', 400, 'hostMalformed'],
  ['a blank in Host', '3.2', 'GET / HTTP/1.1\r\nHost: h i\r\n\r\n', 400, 'hostMalformed'],
  ['a list in Host', '3.2', 'GET / HTTP/1.1\r\nHost: h:80:81\r\n\r\n', 400, 'hostMalformed'],
  ['an open bracket in Host', '3.2', 'GET / HTTP/1.1\r\nHost: [::1\r\n\r\n', 400, 'hostMalformed'],
  ['a tunnel', '3.2.3', 'CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n', 400, 'connectRefused'],
  ['an authority as target', '3.2.3', `GET h:80 HTTP/1.1\r\n${host}\r\n`, 400, 'targetMalformed'],
  ['an asterisk not of OPTIONS', '3.2.4', `GET * HTTP/1.1\r\n${host}\r\n`, 400, 'targetMalformed'],
  ['another scheme', '3.2.2', `GET ftp://h/ HTTP/1.1\r\n${host}\r\n`, 400, 'targetMalformed'],
  [
    'a user in the target',
    'RFC 9110, 4.2.4',
    `GET http://u@h/ HTTP/1.1\r\n${host}\r\n`,
    400,
    'targetMalformed',
  ],
  [
    'an absolute target without a host',
    'RFC 9110, 4.2.1',
    `GET http:///x HTTP/1.1\r\n${host}\r\n`,
    400,
    'targetMalformed',
  ],
  ['a fragment', '3.2', `GET /#x HTTP/1.1\r\n${host}\r\n`, 400, 'targetMalformed'],
  ['a byte beyond ASCII in the target', '3.2', `GET /\xe4 HTTP/1.1\r\n${host}\r\n`, 400, 'targetMalformed'],
  ['a tab in the request line', '3', `GET\t/ HTTP/1.1\r\n${host}\r\n`, 400, 'requestLineMalformed'],
  ['two blanks in the request line', '3', `GET  / HTTP/1.1\r\n${host}\r\n`, 400, 'requestLineMalformed'],
  ['a blank after the version', '3', `GET / HTTP/1.1 \r\n${host}\r\n`, 400, 'requestLineMalformed'],
  ['a request line without a version', '3', `GET /\r\n\r\n`, 400, 'targetMalformed'],
  ['a lower-case protocol', '2.3', `GET / http/1.1\r\n${host}\r\n`, 400, 'requestLineMalformed'],
  ['a version with two digits', '2.3', `GET / HTTP/1.10\r\n${host}\r\n`, 400, 'requestLineMalformed'],
  ['a version to come', '2.3', `GET / HTTP/3.0\r\n${host}\r\n`, 505, 'versionUnknown'],
  ['an unknown method', 'RFC 9110, 9.1', `get / HTTP/1.1\r\n${host}\r\n`, 501, 'methodUnknown'],
  ['the start of HTTP/2', 'RFC 9113, 3.4', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'versionUnknown'],
  [
    'an unknown expectation',
    'RFC 9110, 10.1.1',
    `GET / HTTP/1.1\r\n${host}Expect: more\r\n\r\n`,
    417,
    'expectationUnknown',
  ],
  ['many empty lines', '2.2', '\r\n\r\n\r\n\r\n\r\n\r\n', 400, 'requestLineMalformed'],
];

/** Chunked bodies that break the rules after a sound head. */
const BAD_CHUNKS: readonly (readonly [string, string, string])[] = [
  ['no digits', '7.1', '\r\nabc\r\n0\r\n\r\n'],
  ['letters that are no digits', '7.1', 'xyz\r\nabc\r\n0\r\n\r\n'],
  ['a sign', '7.1', '+3\r\nabc\r\n0\r\n\r\n'],
  ['0x', '7.1', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a blank before the size', '7.1', ' 3\r\nabc\r\n0\r\n\r\n'],
  ['a blank after the size', '7.1', '3 \r\nabc\r\n0\r\n\r\n'],
  ['a size that overflows', '7.1', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
  ['a size of many zeros', '7.1', `${'0'.repeat(40)}3\r\nabc\r\n0\r\n\r\n`],
  ['a bare LF after the size', '2.2', '3\nabc\r\n0\r\n\r\n'],
  ['a bare CR after the size', '2.2', '3\rabc\r\n0\r\n\r\n'],
  ['data longer than its size', '7.1', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a bare LF after the data', '2.2', '3\r\nabc\n0\r\n\r\n'],
  ['a NUL in an extension', '7.1.1', '3;a\0b\r\nabc\r\n0\r\n\r\n'],
  ['a LF in an extension', '7.1.1', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
  ['a nameless extension', '7.1.1', '3;\r\nabc\r\n0\r\n\r\n'],
  ['an open quote in an extension', '7.1.1', '3;a="b\r\nabc\r\n0\r\n\r\n'],
  ['extensions without end', '7.1.1', `3;${'a'.repeat(20_000)}`],
  ['a folded trailer', '5.2', '3\r\nabc\r\n0\r\nA: b\r\n c\r\n\r\n'],
  ['a trailer without a colon', '5', '3\r\nabc\r\n0\r\nA\r\n\r\n'],
];

/** Answers that nobody may see, and whose connection must not serve another request. */
const HOSTILE: readonly (readonly [string, string, string])[] = [
  [
    'both a length and an encoding',
    '6.1',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['two lengths', '6.3', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a length that is none', '6.3', 'HTTP/1.1 200 OK\r\nContent-Length: 1a\r\n\r\nab'],
  ['an encoding that is not chunked', '6.1', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab'],
  [
    'two encodings',
    '6.1',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['an encoding in HTTP/1.0', '6.1', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a folded field', '5.2', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
  ['a bare LF', '2.2', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
  ['a bare CR in a field', '2.2', 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\nContent-Length: 0\r\n\r\n'],
  ['a NUL in a field', '5.5 of RFC 9110', 'HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 0\r\n\r\n'],
  ['a blank before the colon', '5.1', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
  ['a status of two digits', '4', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status below 100', '4', 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'],
  ['another protocol', '4', 'ICY 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['no head at all', '4', '<html>hello</html>'],
  [
    'a change of protocol that nobody asked for',
    'RFC 9110, 7.8',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
  ],
  ['a chunk size that is none', '7.1', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['a head without end', '5', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(40_000)}`],
];

describe('a request', () => {
  test.each(REFUSED)(
    'with %s is refused and reaches no backend (%s)',
    async (_name, _section, bytes, status, fault) => {
      const { proxy, backend } = await withBackend();
      const received = await sendRaw({ host: '127.0.0.1', port: proxy.port }, bytes);
      expect(statusesOf(received)).toEqual([status]);
      expect(proxy.refused).toEqual([fault]);
      expect(received).toContain('\r\nConnection: close\r\n');
      expect(backend.requests).toEqual([]);
    },
  );

  test.each(REFUSED)('before one with %s is answered (%s)', async (_name, _section, bytes, status) => {
    // Empty lines are counted before a request, and the rest of a broken one is no request.
    const { proxy, backend } = await withBackend();
    const received = await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      `GET /first HTTP/1.1\r\n${host}\r\n${bytes}`,
    );
    expect(statusesOf(received)).toEqual([200, status]);
    expect(backend.requests.map(({ target }) => target)).toEqual(['/first']);
  });

  test.each(BAD_CHUNKS)('whose chunks have %s never becomes two (%s)', async (_name, _section, body) => {
    const { proxy, backend } = await withBackend();
    const received = await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      `POST / HTTP/1.1\r\n${chunked}\r\n${body}${hidden}`,
    );
    expect(statusesOf(received)).toEqual([400]);
    expect(backend.requests).toEqual([]);
  });

  test.each([
    ['a length', `Content-Length: ${hidden.length}\r\n\r\n${hidden}`],
    ['chunks', `Transfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`],
    [
      'chunks with extensions',
      `Transfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)};a="b;c"\r\n${hidden}\r\n0\r\n\r\n`,
    ],
  ])('whose body, framed by %s, looks like a request stays one', async (_name, rest) => {
    const { proxy, backend } = await withBackend();
    const received = await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      `POST /outer HTTP/1.1\r\n${host}${rest}GET /after HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    );
    expect(statusesOf(received)).toEqual([200, 200]);
    expect(backend.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'POST /outer',
      'GET /after',
    ]);
    expect(backend.requests[0]?.body.toString()).toBe(hidden);
  });

  test('with an absolute target is taken by its target (3.2.2)', async () => {
    const { proxy, backend } = await withBackend();
    const received = await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      'GET HTTP://example.org:8080/x?y HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n',
    );
    expect(statusesOf(received)).toEqual([200]);
    expect(backend.last().target).toBe('HTTP://example.org:8080/x?y');
  });

  test('loses the fields of its hop on the way (RFC 9110, 7.6.1)', async () => {
    const { proxy, backend } = await withBackend();
    await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      `GET / HTTP/1.1\r\n${host}Connection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: x\r\nTrailer: y\r\nUpgrade: z\r\nX-Yours: 2\r\n\r\n`,
    );
    const names = backend.last().rawHeaders.filter((_, index) => index % 2 === 0);
    expect(names).toEqual(['Host', 'X-Yours']);
  });
});

describe('an answer of a backend', () => {
  test.each(HOSTILE)('with %s becomes 502 (%s)', async (_name, _section, bytes) => {
    const { proxy, backend } = await withRawBackend(bytes);
    const received = await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      `GET /a HTTP/1.1\r\n${host}\r\nGET /b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    );
    expect(statusesOf(received)).toEqual([502, 502]);
    // No connection that has lied carries a second request.
    expect(backend.peers.map(({ received: all }) => all.match(/GET/g)?.length)).toEqual([1, 1]);
  });

  test.each([
    [
      'another answer',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
    ],
    ['bytes after its length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokevil'],
    [
      'bytes after its last chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nevil',
    ],
    ['a body after 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil'],
    ['a body after 304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil'],
  ])('followed by %s does not poison the next one (6.3)', async (_name, bytes) => {
    const { proxy, backend } = await withRawBackend(bytes);
    const received = await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      `GET /a HTTP/1.1\r\n${host}\r\nGET /b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    );
    expect(received).not.toContain('evil');
    expect(statusesOf(received).length).toBe(2);
    expect(backend.peers.length).toBe(2);
  });

  test('that comes before it was asked for ends the connection (9.2)', async () => {
    const { proxy, backend } = await withRawBackend('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const caller = await openRaw({ host: '127.0.0.1', port: proxy.port });
    caller.write(`GET /a HTTP/1.1\r\n${host}\r\n`);
    await caller.read((received) => received.includes('ok'));
    const closed = new Promise((resolve) => backend.peers[0]?.socket.once('close', resolve));
    backend.peers[0]?.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    await closed;
    caller.write(`GET /b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    expect(await caller.readToEnd()).not.toContain('evil');
    expect(backend.peers.length).toBe(2);
  });

  test('to HEAD has no body whatever it says (6.3)', async () => {
    const { proxy, backend } = await withRawBackend('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n');
    const received = await sendRaw(
      { host: '127.0.0.1', port: proxy.port },
      `HEAD /a HTTP/1.1\r\n${host}\r\nHEAD /b HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    );
    expect(statusesOf(received)).toEqual([200, 200]);
    expect(received.match(/Content-Length: 500/g)?.length).toBe(2);
    expect(backend.peers.length).toBe(1);
  });
});
