import { describe, expect, test } from '@jest/globals';
import { createChoice, type Candidate, type Strategy } from '../../gateway-runtime/src/data/balancing.ts';

const NOBODY: ReadonlySet<Candidate> = new Set();

function candidates(...weights: readonly number[]): readonly Candidate[] {
  return weights.map((weight, index) => ({ address: `10.0.0.${index + 1}:80`, weight, active: 0, due: 0 }));
}

/** Who takes calls with the given keys, as indexes. */
function take(
  strategy: Strategy,
  members: readonly Candidate[],
  keys: readonly { readonly address?: string; readonly path?: string }[],
): readonly number[] {
  const choose = createChoice(strategy, members);
  return keys.map(({ address = '192.0.2.1', path = '/' }) => {
    const chosen = choose({ address, path }, NOBODY);
    return chosen === undefined ? -1 : members.indexOf(chosen);
  });
}

const times = (count: number) => Array.from({ length: count }, () => ({}));
const paths = (count: number) => Array.from({ length: count }, (_, index) => ({ path: `/orders/${index}` }));
const callers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ address: `198.51.${index >> 8}.${index & 255}` }));
const countOf = (chosen: readonly number[], index: number) => chosen.filter((each) => each === index).length;

describe('round robin', () => {
  test('takes members in turn', () => {
    expect(take('ROUND_ROBIN', candidates(1, 1, 1), times(6))).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('spreads the share of a heavy member', () => {
    expect(take('ROUND_ROBIN', candidates(5, 1, 1), times(7))).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });
});

describe('least connections', () => {
  test('takes the member with the fewest calls for its weight, the first of equals', () => {
    const members = candidates(1, 2, 2);
    expect(take('LEAST_CONNECTIONS', members, times(1))).toEqual([0]);

    const busy = [1, 1, 3].map((active, index) => ({ ...(members[index] as Candidate), active }));
    expect(take('LEAST_CONNECTIONS', busy, times(1))).toEqual([1]);
  });
});

describe('source hash', () => {
  test('keeps a caller on its member', () => {
    const members = candidates(1, 1, 1);
    const once = take('SOURCE_HASH', members, callers(50));
    expect(take('SOURCE_HASH', members, callers(50))).toEqual(once);
    expect(new Set(once).size).toBe(3);
  });

  test('gives a member callers by its weight', () => {
    const chosen = take('SOURCE_HASH', candidates(1, 3), callers(4000));
    expect(countOf(chosen, 1) / 4000).toBeCloseTo(0.75, 1);
  });
});

describe('URI hash', () => {
  test('keeps a path on its member, and weights do not count', () => {
    const light = take('URI_HASH', candidates(1, 1, 1), paths(3000));
    expect(take('URI_HASH', candidates(100, 1, 1), paths(3000))).toEqual(light);
    for (const index of [0, 1, 2]) {
      expect(countOf(light, index)).toBeGreaterThan(700);
    }
  });

  test('moves only the paths of a member that goes', () => {
    const members = candidates(1, 1, 1);
    const before = take('URI_HASH', members, paths(1000));
    const after = take('URI_HASH', members.slice(0, 2), paths(1000));
    const moved = before.filter((index, at) => index !== 2 && index !== after[at]);
    expect(moved).toEqual([]);
  });
});

test.each(['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_HASH', 'URI_HASH'] as const)(
  '%s passes over members that failed, until none is left',
  (strategy) => {
    const members = candidates(1, 1, 1);
    const choose = createChoice(strategy, members);
    const skipped = new Set<Candidate>();
    for (let left = 3; left > 0; left -= 1) {
      const chosen = choose({ address: '192.0.2.1', path: '/' }, skipped);
      expect(members).toContain(chosen);
      expect(skipped).not.toContain(chosen);
      if (chosen !== undefined) skipped.add(chosen);
    }
    expect(choose({ address: '192.0.2.1', path: '/' }, skipped)).toBeUndefined();
  },
);
