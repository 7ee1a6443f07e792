import type { Json } from '@apig/sdk/contract';

/**
 * Whether a call may match both of two APIs of one group. Parameters stand for any segment, and a path that is a prefix for
 * whatever follows. What is not known matches.
 */
export function overlaps(one: Json, other: Json): boolean {
  return methodsMeet(one['method'], other['method']) && pathsMeet(one, other);
}

function methodsMeet(one: unknown, other: unknown): boolean {
  return one === other || [one, other].some((method) => method === 'ANY' || !isMethod(method));
}

function isMethod(method: unknown): boolean {
  return typeof method === 'string' && /^[A-Z]+$/.test(method);
}

function pathsMeet(one: Json, other: Json): boolean {
  const [first, second] = [segmentsOf(one), segmentsOf(other)];
  if (first === undefined || second === undefined) return true;
  const length = Math.max(first.length, second.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [first[at], second[at]];
    if (left === REST || right === REST) return true;
    if (left === undefined || right === undefined) return false;
    if (!isParameter(left) && !isParameter(right) && left !== right) return false;
  }
  return true;
}

const REST = '{rest+}';

function segmentsOf({ path, matchMode }: Json): readonly string[] | undefined {
  if (typeof path !== 'string' || !path.startsWith('/')) return undefined;
  const segments = path
    .split('/')
    .slice(1)
    .map((segment) => (/\{[^}]*\+\}$/.test(segment) ? REST : segment));
  const trimmed = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  return matchMode === 'PREFIX' ? [...trimmed, REST] : trimmed;
}

function isParameter(segment: string): boolean {
  return segment.includes('{');
}
