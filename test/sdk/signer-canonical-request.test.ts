import { canonicalPath, canonicalQuery, queryAsForm, scopedQuery } from '@apig/sdk/signer';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

describe('the canonical path', () => {
  test.each([
    ['', '/'],
    ['/', '/'],
    ['/?a=1', '/'],
    ['/a', '/a/'],
    ['a', '/a/'],
    ['/a/./../b//', '/a/./../b//'],
    ['/100%', '/100%25/'],
    ['/%4', '/%254/'],
    ['/%zz%41', '/%25zzA/'],
    ['/a%2520b', '/a%2520b/'],
    ['/%2f%2F', '///'],
    ['/caf\u00e9/\u{1f600}', '/caf%C3%A9/%F0%9F%98%80/'],
    ['/%ff%fe', '/%FF%FE/'],
    ['/\ud800', '/%EF%BF%BD/'],
  ])('of %p is %p', (target, path) => {
    expect(canonicalPath(target)).toBe(path);
  });

  test('does not depend on which characters are escaped on the wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const escaped = [...Buffer.from(`${a}/${b}`)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
        expect(canonicalPath(`/${escaped.join('')}`)).toBe(
          canonicalPath(`/${encodeURIComponent(a)}/${encodeURIComponent(b)}`),
        );
      }),
    );
  });
});

describe('the canonical query', () => {
  test.each([
    ['/', ''],
    ['/?', ''],
    ['/?&&', ''],
    ['/?a', 'a='],
    ['/?=1', '=1'],
    ['/?a=1=2', 'a=1%3D2'],
    ['/?a=b?c', 'a=b%3Fc'],
    ['/?b&a', 'a=&b='],
    ['/?a+b=c+d', 'a%2Bb=c%2Bd'],
    ['/?a=2&a=10&a', 'a=&a=10&a=2'],
    // U+FFFD precedes U+1F600 by code point, though not by UTF-16 unit.
    ['/?%F0%9F%98%80=1&%EF%BF%BD=2', '%EF%BF%BD=2&%F0%9F%98%80=1'],
    ['/?a=%F0%9F%98%80&a=%EF%BF%BD', 'a=%EF%BF%BD&a=%F0%9F%98%80'],
    // `|` follows `a` when decoded, although `%7C` precedes it.
    ['/?~=1&%7C=2&a=3', 'a=3&%7C=2&~=1'],
  ])('of %p is %p', (target, query) => {
    expect(canonicalQuery(target)).toBe(query);
  });
});

describe('the canonical query of the layout with a scope', () => {
  test.each([
    ['/?b=1&A=2&a-b=3', 'A=2&a-b=3&b=1'],
    ['/?a=2&a=1', 'a=2'],
    ['/?a=b+c&d=e%2Bf', 'a=b%20c&d=e%2Bf'],
  ])('of %p is %p', (target, query) => {
    expect(scopedQuery(target)).toBe(query);
  });

  test('as a form keeps the order of repeated values and writes blanks as plus signs', () => {
    expect(queryAsForm('/?b=2&a=x%20y&b=1&c=%2B')).toBe('a=x+y&b=2&b=1&c=%2B');
  });
});
