import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, frameRequests } from './framed.ts';
import { readRequests } from './llhttp.ts';
import { soundRequest, STREAMS } from './streams.ts';

/*
 * The judge is the parser that Node itself uses. Ours may refuse more, it must never take more, and what both take
 * must be the same messages: method, target, fields, body, and so where the next request starts.
 */

describe('a stream of requests', () => {
  test.each(Object.entries(STREAMS))('%s is taken as Node takes it, or refused', async (_name, stream) => {
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
      { seed: 1, numRuns: 1500, interruptAfterTimeLimit: 4000, markInterruptAsFailure: false },
    );
  });

  test('is taken alike however it is cut', () => {
    fc.assert(
      fc.property(
        STREAMS['of sound requests with changed bytes'],
        fc.array(fc.nat(), { maxLength: 30 }),
        (text, places) => {
          const bytes = Buffer.from(text, 'latin1');
          const whole = frameRequests([Buffer.from(bytes)]);
          expect(frameRequests(cut(bytes, places))).toEqual(whole);
          expect(frameRequests(cut(bytes, [...bytes.keys()]))).toEqual(whole);
        },
      ),
      { seed: 1, numRuns: 500, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false },
    );
  });

  test('that keeps the rules is never refused', () => {
    fc.assert(
      fc.property(fc.array(soundRequest, { minLength: 1, maxLength: 4 }), (all) => {
        const sound = all.filter((text) => !text.includes(' * ') || text.startsWith('OPTIONS'));
        expect(frameRequests([Buffer.from(sound.join(''), 'latin1')]).fault).toBeUndefined();
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
