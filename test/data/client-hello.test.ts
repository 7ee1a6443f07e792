import { beforeAll, describe, expect, test } from '@jest/globals';
import { INCOMPLETE, readServerName } from '../../gateway-runtime/src/data/tls/client-hello.ts';
import { firstMessage } from '../support/first-message.ts';

let named: Buffer;
let nameless: Buffer;

beforeAll(async () => {
  named = await firstMessage('Shop.example.com');
  nameless = await firstMessage('');
});

/** The same message in records of the given size. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(records);
}

describe('the first message of a TLS connection', () => {
  test('names the server, in lower case', () => {
    expect(readServerName(named)).toBe('shop.example.com');
  });

  test('may name none', () => {
    expect(readServerName(nameless)).toBeUndefined();
  });

  test('is incomplete up to its last byte', () => {
    for (let end = 0; end < named.length; end += 1)
      expect(readServerName(named.subarray(0, end))).toBe(INCOMPLETE);
  });

  test.each([1, 3, 7, 100])('may go over records of %d bytes', (size) => {
    const records = inRecords(named, size);
    expect(readServerName(records)).toBe('shop.example.com');
    expect(readServerName(records.subarray(0, records.length - 1))).toBe(INCOMPLETE);
  });

  test('with any byte changed throws nothing', () => {
    for (let at = 0; at < named.length; at += 1) {
      for (const byte of [0, 1, 127, 255]) {
        const changed = Buffer.from(named);
        changed[at] = byte;
        expect(() => readServerName(changed)).not.toThrow();
      }
    }
  });
});
