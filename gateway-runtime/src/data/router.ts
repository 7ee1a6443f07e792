/*
 * Finding the API for a method and a path, among those of one group in one environment.
 *
 * Paths are compared segment by segment in their decoded form. Two trees, one for paths that match as a whole and one
 * for prefixes, have a node per segment; the cost of a search grows with the length of the path, not with the number
 * of APIs.
 *
 * 1. Only APIs whose method is the request's or ANY count. On equal paths the concrete method wins over ANY.
 * 2. A whole path wins over any prefix.
 * 3. Whole paths: from the left a literal segment wins over `{p}`, and `{p}` over `{p+}`. `{p}` is one segment that is
 *    not empty; `{p+}` is the rest of the path, whose first segment is not empty.
 * 4. Prefixes end at the border of a segment; the longest wins. Of equally long ones, literals win from the left.
 *    What follows the prefix is the remainder.
 *
 * A search may have to go back: `/a/{x}/c` is found for `/a/b/c` although `/a/b` leads on.
 *
 * Source: user guide, "Creating an API" (path, matching); API reference, "Creating an API" (match_mode).
 */

/** An API as far as finding it goes. */
export interface Route<T> {
  readonly method: string;
  /** Path as configured: `/users/{id}/files/{rest+}`. */
  readonly path: string;
  readonly matchMode: 'EXACT' | 'PREFIX';
  /** Whether the path is compared as it is written, and not in its decoded form. */
  readonly keepsEscapes?: boolean;
  readonly target: T;
}

/** A found API. */
export interface Match<T> {
  readonly target: T;
  /** Decoded values of the path's parameters, in the order of their places in the path. */
  readonly values: readonly string[];
  /** What followed the prefix, from the slash at which the prefix ended; undefined for whole paths, `''` for nothing. */
  readonly remainder: string | undefined;
}

/** Nothing found, and whether another method would have been. */
export interface NoMatch {
  readonly target: undefined;
  readonly isOtherMethod: boolean;
}

/** The index of the APIs of one group in one environment. */
export interface Router<T> {
  find(method: string, path: string): Match<T> | NoMatch;
}

/** Builds an index. Of two routes with the same method and path the first stays. */
export function createRouter<T>(routes: Iterable<Route<T>>): Router<T> {
  const whole = createNode<T>();
  const prefixes = createNode<T>();
  for (const route of routes) {
    if (route.matchMode === 'EXACT') addWhole(whole, route);
    else addPrefix(prefixes, route);
  }
  return {
    find(method, path) {
      const segments = path.slice(1).split('/');
      const search: Search = { method, segments, values: [], isOtherMethod: false };
      const target = findWhole(whole, search, 0);
      if (target !== undefined) return { target, values: search.values, remainder: undefined };
      const found = findPrefix(prefixes, search, 0);
      if (found === undefined) return search.isOtherMethod ? OTHER_METHOD : NOTHING;
      const remainder = toRemainder(path, segments, found.depth);
      return { target: found.target, values: found.values, remainder };
    },
  };
}

const OTHER_METHOD: NoMatch = { target: undefined, isOtherMethod: true };
const NOTHING: NoMatch = { target: undefined, isOtherMethod: false };

/** Method to target. */
type Targets<T> = Map<string, T>;

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  /** Paths that end here. */
  readonly here: Targets<T>;
  /** Whole paths that go on with `{p+}`; prefixes that end here with a slash. */
  readonly beyond: Targets<T>;
}

interface Search {
  readonly method: string;
  readonly segments: readonly string[];
  /** Values of parameters on the way to the present node. */
  readonly values: string[];
  isOtherMethod: boolean;
}

interface FoundPrefix<T> {
  readonly target: T;
  readonly values: readonly string[];
  /** Segments that the prefix has. */
  readonly depth: number;
  /** Length in the sense of rule 4: a final slash counts. */
  readonly length: number;
}

const PARAMETER = /^\{[^{}]+\}$/;
const REST = /^\{[^{}]+\+\}$/;

function createNode<T>(): Node<T> {
  return { literals: new Map(), parameter: undefined, here: new Map(), beyond: new Map() };
}

function addWhole<T>(root: Node<T>, route: Route<T>): void {
  const { method, target } = route;
  const segments = segmentsOf(route);
  const isRest = REST.test(segments.at(-1) ?? '');
  const node = descend(root, isRest ? segments.slice(0, -1) : segments);
  add(isRest ? node.beyond : node.here, method, target);
}

function addPrefix<T>(root: Node<T>, route: Route<T>): void {
  const { method, target } = route;
  const segments = segmentsOf(route);
  const endsWithSlash = segments.at(-1) === '';
  const node = descend(root, endsWithSlash ? segments.slice(0, -1) : segments);
  add(endsWithSlash ? node.beyond : node.here, method, target);
}

function add<T>(targets: Targets<T>, method: string, target: T): void {
  if (!targets.has(method)) targets.set(method, target);
}

function descend<T>(root: Node<T>, segments: readonly string[]): Node<T> {
  let node = root;
  for (const segment of segments) {
    if (PARAMETER.test(segment)) {
      node.parameter ??= createNode();
      node = node.parameter;
    } else {
      let next = node.literals.get(segment);
      if (next === undefined) node.literals.set(segment, (next = createNode()));
      node = next;
    }
  }
  return node;
}

function findWhole<T>(node: Node<T>, search: Search, depth: number): T | undefined {
  const { segments, values } = search;
  if (depth === segments.length) return choose(node.here, search);
  const segment = segments[depth] ?? '';
  const literal = node.literals.get(segment);
  if (literal !== undefined) {
    const target = findWhole(literal, search, depth + 1);
    if (target !== undefined) return target;
  }
  if (segment === '') return undefined;
  if (node.parameter !== undefined) {
    values.push(segment);
    const target = findWhole(node.parameter, search, depth + 1);
    if (target !== undefined) return target;
    values.pop();
  }
  const target = node.beyond.size > 0 ? choose(node.beyond, search) : undefined;
  if (target !== undefined) values.push(segments.slice(depth).join('/'));
  return target;
}

function findPrefix<T>(node: Node<T>, search: Search, depth: number): FoundPrefix<T> | undefined {
  const { segments, values } = search;
  let best: FoundPrefix<T> | undefined;
  if (depth < segments.length) {
    const segment = segments[depth] ?? '';
    const literal = node.literals.get(segment);
    if (literal !== undefined) best = findPrefix(literal, search, depth + 1);
    if (node.parameter !== undefined && segment !== '') {
      values.push(segment);
      const found = findPrefix(node.parameter, search, depth + 1);
      if (found !== undefined && (best === undefined || found.length > best.length)) best = found;
      values.pop();
    }
    if (best !== undefined) return best;
    const target = node.beyond.size > 0 ? choose(node.beyond, search) : undefined;
    if (target !== undefined) return { target, values: [...values], depth, length: depth * 2 + 1 };
  }
  const target = node.here.size > 0 ? choose(node.here, search) : undefined;
  return target === undefined ? undefined : { target, values: [...values], depth, length: depth * 2 };
}

function choose<T>(targets: Targets<T>, search: Search): T | undefined {
  const target = targets.get(search.method) ?? targets.get('ANY');
  if (target === undefined && targets.size > 0) search.isOtherMethod = true;
  return target;
}

function toRemainder(path: string, segments: readonly string[], depth: number): string {
  let at = 0;
  for (let index = 0; index < depth; index += 1) at += 1 + (segments[index]?.length ?? 0);
  return depth === segments.length ? '' : path.slice(at);
}

/** The segments of a configured path. Escapes are decoded where they are in requests. */
function segmentsOf<T>({ path, keepsEscapes }: Route<T>): readonly string[] {
  let decoded = path;
  try {
    if (keepsEscapes !== true) decoded = decodeURIComponent(path);
  } catch {
    // A percent sign that starts no escape stands for itself.
  }
  return decoded.slice(1).split('/');
}
