import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, frameRequests } from './framed.ts';
import { readRequests } from './llhttp.ts';

/*
 * The judge is the parser that Node itself uses. Ours may refuse more, it must never take more, and what both take
 * must be the same messages: method, target, fields, body, and so where the next request starts.
 */

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

const soundRequest = fc
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

const streams = {
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

describe('a stream of requests', () => {
  test.each(Object.entries(streams))('%s is taken as Node takes it, or refused', async (_name, stream) => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 12 }), async (text, places) => {
        const bytes = Buffer.from(text, 'latin1');
        const ours = frameRequests(cut(bytes, places));
        const judge = await readRequests([bytes]);
        expect(ours.messages).toEqual(judge.messages.slice(0, ours.messages.length));
        // What the judge refuses may still be incomplete to us; it must not become a request when more comes.
        const later = frameRequests(cut(Buffer.concat([bytes, Buffer.from('\r\n\r\n')]), places));
        expect(ours.heads).toBeLessThanOrEqual(judge.heads);
        if (judge.isRefused) expect(later.heads).toBeLessThanOrEqual(judge.heads);
        else if (ours.fault === undefined && !ours.isClosed) {
          expect([ours.heads, ours.messages.length]).toEqual([judge.heads, judge.messages.length]);
        }
      }),
      { numRuns: 1500, interruptAfterTimeLimit: 4000, markInterruptAsFailure: false },
    );
  });

  test('is taken alike however it is cut', () => {
    fc.assert(
      fc.property(
        streams['of sound requests with changed bytes'],
        fc.array(fc.nat(), { maxLength: 30 }),
        (text, places) => {
          const bytes = Buffer.from(text, 'latin1');
          const whole = frameRequests([Buffer.from(bytes)]);
          expect(frameRequests(cut(bytes, places))).toEqual(whole);
          expect(frameRequests(cut(bytes, [...bytes.keys()]))).toEqual(whole);
        },
      ),
      { numRuns: 500, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false },
    );
  });

  test('that keeps the rules is never refused', () => {
    fc.assert(
      fc.property(fc.array(soundRequest, { minLength: 1, maxLength: 4 }), (all) => {
        const sound = all.filter((text) => !text.includes(' * ') || text.startsWith('OPTIONS'));
        expect(frameRequests([Buffer.from(sound.join(''), 'latin1')]).fault).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

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
