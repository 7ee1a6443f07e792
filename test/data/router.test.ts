import { describe, expect, test } from '@jest/globals';
import { createRouter } from '../../gateway-runtime/src/data/router.ts';

/** `GET /path` or, matching by prefix, `GET /path*`. */
type RouteText = string;

function routerOf(...texts: readonly RouteText[]) {
  return createRouter(
    texts.map((text) => {
      const [method = '', path = ''] = text.replace(/\*$/, '').split(' ');
      return {
        method,
        path,
        matchMode: text.endsWith('*') ? ('PREFIX' as const) : ('EXACT' as const),
        target: text,
      };
    }),
  );
}

function find(router: ReturnType<typeof routerOf>, request: string) {
  const [method = '', path = ''] = request.split(' ');
  return router.find(method, path);
}

const NOTHING = { target: undefined, isOtherMethod: false };

// Source: user guide, "Creating an API" (path, matching mode) and the precedence written in the router.
const CASES: readonly {
  readonly apis: readonly RouteText[];
  readonly request: string;
  readonly found: RouteText | undefined;
  readonly values?: readonly string[];
  readonly remainder?: string;
}[] = [
  { apis: ['GET /test'], request: 'GET /test/', found: undefined },
  { apis: ['GET /test/'], request: 'GET /test', found: undefined },
  { apis: ['GET /Test'], request: 'GET /test', found: undefined },
  { apis: ['GET /'], request: 'GET /', found: 'GET /' },
  { apis: ['GET /'], request: 'GET /a', found: undefined },
  { apis: ['GET /users/{id}'], request: 'GET /users/7', found: 'GET /users/{id}', values: ['7'] },
  { apis: ['GET /users/{id}'], request: 'GET /users/7/x', found: undefined },
  { apis: ['GET /users/{id}'], request: 'GET /users/', found: undefined },
  { apis: ['GET /users/{p+}'], request: 'GET /users/7/x', found: 'GET /users/{p+}', values: ['7/x'] },
  { apis: ['GET /users/{p+}'], request: 'GET /users/', found: undefined },
  { apis: ['GET /users/{p+}'], request: 'GET /users', found: undefined },
  { apis: ['GET /users/{id}', 'GET /users/me'], request: 'GET /users/me', found: 'GET /users/me' },
  {
    apis: ['GET /users/{p+}', 'GET /users/{id}'],
    request: 'GET /users/7',
    found: 'GET /users/{id}',
    values: ['7'],
  },
  { apis: ['GET /{a}/{b}', 'GET /{a}/x'], request: 'GET /1/x', found: 'GET /{a}/x', values: ['1'] },
  { apis: ['GET /{a}/x', 'GET /y/{b}'], request: 'GET /y/x', found: 'GET /y/{b}', values: ['x'] },
  { apis: ['GET /a/b/d', 'GET /a/{x}/c'], request: 'GET /a/b/c', found: 'GET /a/{x}/c', values: ['b'] },
  {
    apis: ['POST /users/me', 'GET /users/{id}'],
    request: 'GET /users/me',
    found: 'GET /users/{id}',
    values: ['me'],
  },
  {
    apis: ['GET /a/{x}/{y}/d', 'GET /a/{rest+}'],
    request: 'GET /a/1/2/3',
    found: 'GET /a/{rest+}',
    values: ['1/2/3'],
  },
  { apis: ['ANY /a', 'POST /a'], request: 'POST /a', found: 'POST /a' },
  { apis: ['ANY /a', 'POST /a'], request: 'GET /a', found: 'ANY /a' },
  { apis: ['ANY /a/b', 'GET /a/{x}'], request: 'GET /a/b', found: 'ANY /a/b' },
  {
    apis: ['GET /test/AA*', 'GET /test/AA/BB*'],
    request: 'GET /test/AA/BB/c',
    found: 'GET /test/AA/BB*',
    remainder: '/c',
  },
  { apis: ['GET /test/AA*'], request: 'GET /test/AACC', found: undefined },
  { apis: ['GET /test/AA*'], request: 'GET /test/AA', found: 'GET /test/AA*', remainder: '' },
  { apis: ['GET /test/AA*'], request: 'GET /test/AA/', found: 'GET /test/AA*', remainder: '/' },
  { apis: ['GET /test/*'], request: 'GET /test/AA/CC', found: 'GET /test/*', remainder: '/AA/CC' },
  { apis: ['GET /test/*'], request: 'GET /test', found: undefined },
  { apis: ['GET /test*', 'GET /test/*'], request: 'GET /test/a', found: 'GET /test/*', remainder: '/a' },
  { apis: ['GET /*'], request: 'GET /a/b', found: 'GET /*', remainder: '/a/b' },
  { apis: ['GET /*'], request: 'GET /', found: 'GET /*', remainder: '/' },
  { apis: ['GET /a*', 'GET /a'], request: 'GET /a', found: 'GET /a' },
  { apis: ['GET /a/b*', 'GET /{p+}'], request: 'GET /a/b/c', found: 'GET /{p+}', values: ['a/b/c'] },
  { apis: ['POST /a/b*', 'GET /a*'], request: 'GET /a/b/c', found: 'GET /a*', remainder: '/b/c' },
  {
    apis: ['GET /{x}/b*', 'GET /a*'],
    request: 'GET /a/b/c',
    found: 'GET /{x}/b*',
    values: ['a'],
    remainder: '/c',
  },
  { apis: ['GET /{x}*', 'GET /a*'], request: 'GET /a/b', found: 'GET /a*', remainder: '/b' },
  { apis: ['GET /{x}'], request: 'GET /aa/aa', found: undefined },
  { apis: ['GET /caf%C3%A9'], request: 'GET /café', found: 'GET /caf%C3%A9' },
];

describe('a router', () => {
  test.each(CASES)('with $apis finds $found for $request', ({ apis, request, found, values, remainder }) => {
    const expected = found === undefined ? NOTHING : { target: found, values: values ?? [], remainder };
    expect(find(routerOf(...apis), request)).toEqual(expected);
  });

  test('tells of another method on the same path', () => {
    expect(find(routerOf('GET /a'), 'PUT /a')).toEqual({ target: undefined, isOtherMethod: true });
    expect(find(routerOf('GET /a*'), 'PUT /a/b')).toEqual({ target: undefined, isOtherMethod: true });
    expect(find(routerOf('GET /a'), 'PUT /b')).toEqual(NOTHING);
  });

  test('keeps the first of two routes with the same method and path', () => {
    const router = createRouter([
      { method: 'GET', path: '/a/{x}', matchMode: 'EXACT', target: 'first' },
      { method: 'GET', path: '/a/{y}', matchMode: 'EXACT', target: 'second' },
    ]);
    expect(router.find('GET', '/a/1').target).toBe('first');
  });

  test('is not slower with 10,000 routes than with 10', () => {
    const [few, many] = [10, 10_000].map((count) => {
      const router = createRouter(
        Array.from({ length: count }, (_, index) => ({
          method: 'GET',
          path: `/service${index % 100}/items/{id}/part${index}`,
          matchMode: 'EXACT' as const,
          target: index,
        })),
      );
      return fastestOf(50, () => {
        for (let round = 0; round < 200; round += 1) router.find('GET', '/service7/items/7/part7');
      });
    });
    // A search through all of them would take hundreds of times as long.
    expect(many).toBeLessThan((few ?? 0) * 20);
  });
});

function fastestOf(rounds: number, work: () => void): number {
  let fastest = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    work();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}
