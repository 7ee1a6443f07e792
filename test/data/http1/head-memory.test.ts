import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MORE, REFUSED } from '../../../gateway-runtime/src/data/http1/head-parser.ts';
import { RequestParser } from '../../../gateway-runtime/src/data/http1/request-parser.ts';
import { ResponseParser } from '../../../gateway-runtime/src/data/http1/response-parser.ts';
import { LIMITS } from './framed.ts';
import { soundRequest } from './streams.ts';

describe('a parser that has read heads before', () => {
  test('reads a head as if it were its first one', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(fc.tuple(soundRequest, change), { minLength: 1, maxLength: 6 }), (all) => {
        const experienced = new RequestParser(LIMITS);
        for (const [text, [place, byte, isChanged]] of all) {
          const sound = Buffer.from(text, 'latin1');
          const changed = Buffer.from(sound);
          if (isChanged) changed[place % changed.length] = byte;
          for (const bytes of [sound, sound, changed, sound, Buffer.concat([changed, sound])]) {
            expect(read(experienced, bytes)).toEqual(read(new RequestParser(LIMITS), bytes));
          }
        }
      }),
      { seed: 1, numRuns: 500, interruptAfterTimeLimit: 4000, markInterruptAsFailure: false },
    );
  });

  test('knows the same head, and the same fields after another line', () => {
    const parser = new RequestParser(LIMITS);
    const fields = 'Host: h\r\nX-A: b\r\n\r\n';
    read(parser, Buffer.from(`GET /one HTTP/1.1\r\n${fields}`));
    const known = head(parser, `GET /one HTTP/1.1\r\n${fields}`);
    expect(head(parser, `GET /one HTTP/1.1\r\n${fields}`)).toBe(known);
    const other = head(parser, `DELETE /three HTTP/1.1\r\n${fields}`);
    expect(other).toMatchObject({ method: 'DELETE', target: '/three' });
    expect(other?.marks).toBe(known?.marks);
    expect(other?.first('x-a')).toBe('b');
  });

  test.each([
    ['in another version', 'GET /one HTTP/1.0\r\nHost: h\r\nX-A: b\r\n\r\n', 0],
    ['with a field more', 'GET /one HTTP/1.1\r\nHost: h\r\nX-A: b\r\nContent-Length: 3\r\n\r\n', 3],
    ['with a body after it', 'GET /one HTTP/1.1\r\nHost: h\r\nX-A: c\r\n\r\n', 0],
  ])('reads fields anew %s', (_how, text, length) => {
    const parser = new RequestParser(LIMITS);
    const known = head(parser, 'GET /one HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n');
    const other = head(parser, text);
    expect(other).not.toBe(known);
    expect(other?.length).toBe(length);
    expect(other?.minorVersion).toBe(text.includes('HTTP/1.0') ? 0 : 1);
  });

  test.each([
    ['an unknown method', 'GOT / HTTP/1.1\r\n', 'methodUnknown'],
    ['CONNECT', 'CONNECT h:1 HTTP/1.1\r\n', 'connectRefused'],
    ['a target that is none', 'GET x HTTP/1.1\r\n', 'targetMalformed'],
  ])('refuses %s before fields that it knows', (_what, line, fault) => {
    const parser = new RequestParser(LIMITS);
    head(parser, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    const bytes = Buffer.from(`${line}Host: h\r\n\r\n`);
    expect(parser.parse(bytes, 0, bytes.length)).toBe(REFUSED);
    expect(parser.fault).toBe(fault);
  });

  test('does not know a head that came in pieces before it is whole', () => {
    const parser = new RequestParser(LIMITS);
    const text = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
    head(parser, text);
    const bytes = Buffer.from(text);
    expect(parser.parse(bytes, 0, bytes.length - 1)).toBe(MORE);
    expect(parser.parse(bytes, bytes.length - 1, bytes.length)).toBe(bytes.length);
    expect(parser.head).toMatchObject({ method: 'GET', target: '/', count: 1 });
  });

  test('frames the answer to a HEAD and that to a GET each in its own way', () => {
    const parser = new ResponseParser(LIMITS);
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    const framings = [false, true, false, true, true, false].map((isForHead) => {
      parser.isForHead = isForHead;
      parser.parse(bytes, 0, bytes.length);
      const { framing } = parser.head ?? {};
      parser.reset();
      return framing;
    });
    const [ofGet, ofHead] = framings;
    expect(ofGet).not.toBe(ofHead);
    expect(framings).toEqual([ofGet, ofHead, ofGet, ofHead, ofHead, ofGet]);
  });

  test('of answers that differ in their status each is read', () => {
    const parser = new ResponseParser(LIMITS);
    const statuses = ['200 OK', '200 OK', '404 Not Found', '200 OK', '500 OK'].map((line) => {
      const bytes = Buffer.from(`HTTP/1.1 ${line}\r\nContent-Length: 5\r\n\r\n`);
      parser.parse(bytes, 0, bytes.length);
      const { status, reason } = parser.head ?? {};
      parser.reset();
      return `${status} ${reason}`;
    });
    expect(statuses).toEqual(['200 OK', '200 OK', '404 Not Found', '200 OK', '500 OK']);
  });
});

/** What a parser makes of bytes that begin with a head. */
function read(parser: RequestParser, bytes: Buffer): unknown {
  const after = parser.parse(bytes, 0, bytes.length);
  const { head: found, fault } = parser;
  parser.reset();
  if (found === undefined) return { after, fault };
  const fields = Array.from({ length: found.count }, (_, index) => [
    ...[found.name(index), found.value(index), found.kind(index), found.lineStart(index)],
  ]);
  const { method, target, minorVersion, framing, length, keepsAlive, hostAt, upgradeAt } = found;
  const { expectsContinue, takesTrailers, connectionNames, text } = found;
  return {
    ...{ after, fault, fields, method, target, minorVersion, framing, length, keepsAlive, hostAt, upgradeAt },
    ...{ expectsContinue, takesTrailers, connectionNames, text },
  };
}

function head(parser: RequestParser, text: string): RequestParser['head'] {
  const bytes = Buffer.from(text, 'latin1');
  expect(parser.parse(bytes, 0, bytes.length)).toBe(bytes.length);
  const { head: found } = parser;
  parser.reset();
  return found;
}
