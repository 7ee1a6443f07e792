import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, frameAnswer } from './framed.ts';
import { readAnswer } from './llhttp.ts';

/** Sound most of the time: a single odd part is enough to have the whole answer refused. */
function mostly(sound: readonly string[], odd: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...sound) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

const line = mostly(
  [
    '200 OK',
    '200 OK',
    '204 No Content',
    '304 Not Modified',
    '404 N\xf6t \t found',
    '200',
    '200 ',
    '599 x',
  ].map((each) => `HTTP/1.1 ${each}`),
  [
    ...['HTTP/1.0 200 OK', 'HTTP/1.1  200 OK', 'HTTP/1.1 20 OK', 'HTTP/1.1 2000 OK', 'HTTP/2.0 200 OK'],
    ...['http/1.1 200 OK', 'ICY 200 OK', 'HTTP/1.1 500 a\rb'],
  ],
);

const field = mostly(
  [
    'Connection: close\r\n',
    'X-A: b\r\n',
    'X-C:  d \t\r\n',
    'X-E: \xe4\r\n',
    'Set-Cookie: a=b\r\n',
    'X-F:\r\n',
  ],
  [
    ...['X-B : c\r\n', ' folded\r\n', 'X-D: \0\r\n', 'X-F: a\rb\r\n', 'X-G: a\nX-H: c\r\n', 'x\r\n'],
    ...['Content-Length: 3\r\n', 'transfer-encoding: chunked\r\n'],
  ],
);

const framed = fc.oneof(
  fc.tuple(
    mostly(
      ['Content-Length: 3\r\n', 'content-length: 5\r\n', 'Content-Length: 0\r\n', ''],
      ['Content-Length: +3\r\n', 'Content-Length: 3,3\r\n', 'Content-Length: 3\r\nContent-Length: 3\r\n'],
    ),
    fc.constantFrom('', 'abc', 'abcde', 'abcdefgh'),
  ),
  fc.tuple(
    mostly(
      ['Transfer-Encoding: chunked\r\n', 'transfer-encoding: Chunked\r\n'],
      ['Transfer-Encoding: gzip\r\n', 'Transfer-Encoding: gzip, chunked\r\n'],
    ),
    mostly(
      [
        ...['3\r\nabc\r\n0\r\n\r\n', '0\r\nX-T: 1\r\n\r\n', '3;a\r\nabc\r\n0\r\n\r\n', '0\r\n\r\n'],
        ...['2\r\nab\r\n1\r\nc\r\n0\r\n\r\n', '3;a="b;c"\r\nabc\r\n00\r\nA: b\r\nC: d\r\n\r\n'],
      ],
      ['3\r\nabc\r\n', '3\r\nabcd\r\n0\r\n\r\n', 'x\r\n', '3\nabc\r\n0\r\n\r\n', ' 3\r\nabc\r\n0\r\n\r\n'],
    ),
  ),
);

const answer = fc
  .record({
    before: fc.constantFrom(
      '',
      '',
      '',
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
      'HTTP/1.1 102 P\r\n\r\n',
    ),
    line,
    fields: fc.array(field, { maxLength: 4 }),
    framed,
  })
  .map(
    ({ before, line, fields, framed: [framing, body] }) =>
      `${before}${line}\r\n${fields.join('')}${framing}\r\n${body}`,
  );

const change = fc.tuple(fc.nat(), fc.constantFrom(...Array.from('\r\n \t:;,/.0123aFx"\0\x7f\xff')));
const changes = fc.oneof(fc.constant([]), fc.array(change, { maxLength: 2 }));

describe('an answer of a backend', () => {
  test.each(['GET', 'HEAD'])('to %s is taken as Node takes it, or refused', async (method) => {
    await fc.assert(
      fc.asyncProperty(answer, changes, fc.array(fc.nat(), { maxLength: 8 }), async (text, all, places) => {
        const bytes = Buffer.from(text, 'latin1');
        for (const [place, byte] of all) bytes[place % bytes.length] = byte.charCodeAt(0);
        const ours = frameAnswer(cut(bytes, places), method === 'HEAD');
        const judge = await readAnswer([bytes], method);
        expect(ours.messages).toEqual(judge.messages.slice(0, ours.messages.length));
        if (!judge.isRefused && ours.fault === undefined) expect(ours.messages).toEqual(judge.messages);
      }),
      { seed: 1, numRuns: 1500, interruptAfterTimeLimit: 5000, markInterruptAsFailure: false },
    );
  });

  test('is taken alike however it is cut', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(), { maxLength: 20 }), (text, places) => {
        const bytes = Buffer.from(text, 'latin1');
        const whole = frameAnswer([Buffer.from(bytes)]);
        expect(frameAnswer(cut(bytes, places))).toEqual(whole);
        expect(frameAnswer(cut(bytes, [...bytes.keys()]))).toEqual(whole);
      }),
      { seed: 1, numRuns: 500, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false },
    );
  });
});
