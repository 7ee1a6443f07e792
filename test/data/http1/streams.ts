import fc from 'fast-check';

const piece = fc.constantFrom(
  ...['GET / HTTP/1.1\r\n', 'POST /a?b=c HTTP/1.1\r\n', 'HEAD /x HTTP/1.0\r\n', 'OPTIONS * HTTP/1.1\r\n'],
  ...[
    'GET http://h/x HTTP/1.1\r\n',
    'DELETE /%20;p HTTP/1.1\r\n',
    'GET  / HTTP/1.1\r\n',
    'GET / HTTP/2.0\r\n',
  ],
  ...[
    'Host: h\r\n',
    'host: h:80\r\n',
    'Content-Length: 3\r\n',
    'content-length: 5\r\n',
    'Content-Length: 0\r\n',
  ],
  ...[
    'Content-Length: +3\r\n',
    'Content-Length: 3, 3\r\n',
    'Content-Length: 0x3\r\n',
    'Content-Length: \r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'transfer-encoding: Chunked\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
  ],
  ...[
    'Transfer-Encoding : chunked\r\n',
    'Transfer-Encoding:\tchunked \r\n',
    'Transfer-Encoding: xchunked\r\n',
  ],
  ...[
    'Connection: close\r\n',
    'Connection: keep-alive, x\r\n',
    'X-A: b\r\n c\r\n',
    'X-B:  v  w \t\r\n',
    'X-C:\r\n',
  ],
  ...[
    'X-\xff: 1\r\n',
    'X-D: \xe4\xf6\r\n',
    'X-E: a\x00b\r\n',
    'X-F: a\rb\r\n',
    'X-G: a\nb\r\n',
    ': v\r\n',
    'nocolon\r\n',
  ],
  ...[
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    'abc',
    'abcde',
    '3\r\nabc\r\n',
    '0\r\n\r\n',
    '0\r\nT: x\r\n\r\n',
    '5;a=b\r\nabcde\r\n',
  ],
  ...[
    '5;a="b\\"c"\r\nabcde\r\n',
    '3 \r\nabc\r\n',
    '0003\r\nabc\r\n',
    'fffffffffffffffff\r\n',
    '3\nabc\r\n',
    '-1\r\n',
  ],
);

/** A request that keeps the rules. */
export const soundRequest = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'),
    target: fc.constantFrom('/', '/a/b?c=d', '/%2e%2e/x', '*', 'http://example.org:81/q?r', "/~;=@:!$&'()+,"),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
    names: fc.array(fc.constantFrom('X-A', 'accept', 'Cookie', 'x_y', 'Content-Type'), { maxLength: 4 }),
    value: fc.constantFrom('', 'v', 'two words', '\tblank\t', '"q"', '\x80\xff'),
    connection: fc.constantFrom('', '', '', 'Connection: close\r\n', 'Connection: keep-alive\r\n'),
    body: fc.constantFrom('', 'x', 'GET / HTTP/1.1\r\n\r\n', '0\r\n\r\n', 'y'.repeat(300)),
    isChunked: fc.boolean(),
    size: fc.integer({ min: 1, max: 40 }),
    trailer: fc.constantFrom('', 'X-T: 1\r\n'),
  })
  .map((each) => {
    const isChunked = each.isChunked && each.version === '1.1';
    const fields = each.names.map((name) => `${name}: ${each.value}\r\n`).join('');
    const framing = isChunked ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${each.body.length}\r\n`;
    const body = isChunked ? chunked(each.body, each.size, each.trailer) : each.body;
    return `${each.method} ${each.target} HTTP/${each.version}\r\nHost: h\r\n${fields}${each.connection}${framing}\r\n${body}`;
  });

const change = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('insert', 'remove', 'replace', 'double'),
  byte: fc.constantFrom(...Array.from('\r\n \t:;,=/.0123aFx-_"\\#\0\x7f\x80\xff')),
});

/** Streams of bytes that are requests, or nearly. */
export const STREAMS = {
  'of sound requests one after another': fc
    .array(soundRequest, { minLength: 1, maxLength: 4 })
    .map((all) => all.join('')),
  'of sound requests with changed bytes': fc
    .tuple(
      fc.array(soundRequest, { minLength: 1, maxLength: 3 }),
      fc.array(change, { minLength: 1, maxLength: 3 }),
    )
    .map(([all, changes]) => changes.reduce(changed, all.join(''))),
  'of parts in any order': fc
    .tuple(
      fc.constantFrom('', 'GET / HTTP/1.1\r\nHost: h\r\n', 'POST /p HTTP/1.1\r\nHost: h\r\n'),
      fc.array(piece, { minLength: 1, maxLength: 10 }),
    )
    .map(([start, all]) => start + all.join('')),
};

function chunked(body: string, size: number, trailer: string): string {
  let text = '';
  for (let at = 0; at < body.length; at += size) {
    const data = body.slice(at, at + size);
    text += `${data.length.toString(16)}\r\n${data}\r\n`;
  }
  return `${text}0\r\n${trailer}\r\n`;
}

function changed(text: string, { place, kind, byte }: { place: number; kind: string; byte: string }): string {
  const at = place % text.length;
  if (kind === 'insert') return text.slice(0, at) + byte + text.slice(at);
  if (kind === 'remove') return text.slice(0, at) + text.slice(at + 1);
  if (kind === 'replace') return text.slice(0, at) + byte + text.slice(at + 1);
  return text.slice(0, at) + text.slice(at - 20 < 0 ? 0 : at - 20, at) + text.slice(at);
}
