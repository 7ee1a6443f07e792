import { describe, expect, test } from '@jest/globals';
import { toAddress } from '../../gateway-runtime/src/data/address.ts';
import { AddressTable } from '../../gateway-runtime/src/data/address-table.ts';

describe('a table of addresses', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.168.0.1/16', '192.168.255.255', true],
    ['192.168.0.1/16', '192.169.0.0', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:db8::1-2001:db8::f', '2001:db8::f', true],
    ['2001:db8::1-2001:db8::f', '2001:db8::10', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['0.0.0.0/0', 'nowhere', false],
    ['::/0', '', false],
  ])('of %s: has it %s? %s', (listed, address, expected) => {
    expect(new AddressTable([listed]).has(toAddress(address))).toBe(expected);
  });

  test('agrees with a search through all ranges', () => {
    const ranges = Array.from({ length: 200 }, (_, index) => {
      const first = (index * 7919) % 60_000;
      return { first, last: first + ((index * 104_729) % 500) };
    });
    const table = new AddressTable(ranges.map(({ first, last }) => `${dotted(first)}-${dotted(last)}`));
    for (let value = 0; value < 61_000; value += 7) {
      const expected = ranges.some(({ first, last }) => first <= value && value <= last);
      expect(table.has(toAddress(dotted(value)))).toBe(expected);
    }
  });
});

function dotted(value: number): string {
  return `10.0.${value >> 8}.${value & 255}`;
}
