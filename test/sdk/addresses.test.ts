import { describe, expect, test } from '@jest/globals';
import { parseAddress, parseAddressRange } from '@apig/sdk/contract';

describe('an address range', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['192.0.2.77/24', '192.0.2.0', '192.0.2.255'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['192.0.2.5-192.0.2.9', '192.0.2.5', '192.0.2.9'],
    ['192.0.2.5 - 192.0.2.9', '192.0.2.5', '192.0.2.9'],
    ['2001:db8::/126', '2001:db8::', '2001:db8::3'],
    ['::1', '::1', '::1'],
    ['::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1', '192.0.2.1'],
  ])('%s goes from %s to %s', (text, first, last) => {
    expect(parseAddressRange(text)).toEqual({
      family: parseAddress(first)?.family,
      first: parseAddress(first)?.value,
      last: parseAddress(last)?.value,
    });
  });

  test.each([
    '',
    'localhost',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.1/33',
    '192.0.2.1/',
    '192.0.2.1/24/8',
    '192.0.2.9-192.0.2.5',
    '192.0.2.1-::1',
    '2001:db8::/129',
    'fe80::1%eth0',
    '1-2-3',
  ])('%j is none', (text) => {
    expect(parseAddressRange(text)).toBeUndefined();
  });

  test('reads the value of an address', () => {
    expect(parseAddress('192.0.2.1')?.value).toBe(0xc0000201n);
    expect(parseAddress('2001:db8::1')?.value).toBe(0x20010db8000000000000000000000001n);
  });
});
