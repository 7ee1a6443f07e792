import type { Definition } from './view.ts';

type Route = Pick<Definition, 'method' | 'path' | 'matchMode'>;

/** Whether some path is that of either of two APIs. Whatever the methods: a path that has another one is refused otherwise. */
export function pathsMeet(one: Route, other: Route): boolean {
  return meet(segmentsOf(one), segmentsOf(other));
}

/** Whether some request could be for either of two APIs of a group, were the other one not there. */
export function routesMeet(one: Route, other: Route): boolean {
  const isSameMethod = one.method === other.method || one.method === 'ANY' || other.method === 'ANY';
  return isSameMethod && pathsMeet(one, other);
}

/** Whether every request that an API could get is also one that another one could get. */
export function covers(wide: Route, narrow: Route): boolean {
  if (wide.method !== 'ANY' && wide.method !== narrow.method) return false;
  const [outer, inner] = [segmentsOf(wide), segmentsOf(narrow)];
  for (const [index, segment] of outer.entries()) {
    if (segment === REST) return inner.length >= index;
    const own = inner[index];
    if (own === undefined || own === REST) return false;
    if (segment !== ONE && segment !== own) return false;
  }
  return inner.length === outer.length;
}

/** Whether a request with a path could be for an API, were there no other one. */
export function matchesPath(route: Route, path: string): boolean {
  const segments = path.split('/').slice(1);
  const own = segmentsOf(route);
  const rest = own.indexOf(REST);
  if (rest === -1 ? segments.length !== own.length : segments.length < rest) return false;
  // A whole path asks for something in the place of the rest, a prefix for nothing.
  if (rest !== -1 && route.matchMode === 'EXACT' && (segments[rest] ?? '') === '') return false;
  return own
    .slice(0, rest === -1 ? own.length : rest)
    .every((segment, index) => (segment === ONE ? segments[index] !== '' : segment === segments[index]));
}

const ONE = '{}';
const REST = '{+}';

/** Each route of a group is held against all others. */
const known = new WeakMap<Route, readonly string[]>();

function segmentsOf(route: Route): readonly string[] {
  const segments = known.get(route) ?? readSegments(route);
  known.set(route, segments);
  return segments;
}

function readSegments({ path, matchMode }: Route): readonly string[] {
  const segments = path
    .split('/')
    .slice(1)
    .map((segment) => (/^\{[^{}]+\+\}$/.test(segment) ? REST : /^\{[^{}]+\}$/.test(segment) ? ONE : segment));
  if (matchMode === 'EXACT') return segments;
  return [...(segments.at(-1) === '' ? segments.slice(0, -1) : segments), REST];
}

function meet(one: readonly string[], other: readonly string[]): boolean {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [a, b] = [one[index], other[index]];
    if (a === REST || b === REST) return true;
    if (a === undefined || b === undefined) return false;
    if (a !== b && a !== ONE && b !== ONE) return false;
  }
  return true;
}
