import { hash32 } from './hash32.ts';

/** What a choice among members looks at. */
export interface Candidate {
  /** Host and port. */
  readonly address: string;
  /** At least 1. */
  readonly weight: number;
  /** Calls that it is answering. */
  active: number;
  /** Smooth round robin: how much it is due; the sum over all members is 0. */
  due: number;
}

/** What a choice may depend on in a call. */
export interface BalanceKey {
  /** Address of the caller. */
  readonly address: string;
  /** Path without query, decoded. */
  readonly path: string;
}

/** Chooses one of several members; undefined when there are none. `skipped` are those that failed the call already. */
export type Choose<C extends Candidate> = (key: BalanceKey, skipped: ReadonlySet<C>) => C | undefined;

/** The ways in which the calls of a channel are shared. */
export type Strategy = 'ROUND_ROBIN' | 'LEAST_CONNECTIONS' | 'SOURCE_HASH' | 'URI_HASH';

/** Points that each member has on the ring of the path hash: enough for shares that differ by a few per cent. */
const POINTS = 160;

/**
 * Makes the choice among members.
 *
 * - Round robin is smooth: at each choice every member is due its weight more, and the one that is due most is taken
 *   and owes the sum of all weights. Weights 5, 1, 1 give A A B A C A A, not A A A A A B C.
 * - Least connections takes the smallest number of calls under way in proportion to the weight; the first one of equals.
 * - Source hash maps the caller's address to a point of a line on which each member has its weight as length.
 * - URI hash maps the path to a point of a ring on which each member has equally many points, and takes the member of
 *   the next one: a member that goes or comes moves the paths of one share only. Weights do not count.
 *
 * Source: user guide, "Creating a Load Balance Channel" (routing algorithms).
 */
export function createChoice<C extends Candidate>(strategy: Strategy, members: readonly C[]): Choose<C> {
  switch (strategy) {
    case 'ROUND_ROBIN':
      return (_, skipped) => inTurn(without(members, skipped));
    case 'LEAST_CONNECTIONS':
      return (_, skipped) => leastBusy(without(members, skipped));
    case 'SOURCE_HASH':
      return ({ address }, skipped) => onLine(without(members, skipped), hash32(address));
    case 'URI_HASH': {
      const ring = members
        .flatMap((member) =>
          Array.from({ length: POINTS }, (_, index) => ({
            member,
            at: hash32(`${member.address} ${index}`),
          })),
        )
        .sort((one, other) => one.at - other.at);
      return ({ path }, skipped) => onRing(ring, hash32(path), skipped);
    }
  }
}

function without<C extends Candidate>(members: readonly C[], skipped: ReadonlySet<C>): readonly C[] {
  return skipped.size === 0 ? members : members.filter((member) => !skipped.has(member));
}

function inTurn<C extends Candidate>(members: readonly C[]): C | undefined {
  let chosen: C | undefined;
  let sum = 0;
  for (const member of members) {
    sum += member.weight;
    member.due += member.weight;
    if (chosen === undefined || member.due > chosen.due) chosen = member;
  }
  if (chosen !== undefined) chosen.due -= sum;
  return chosen;
}

function leastBusy<C extends Candidate>(members: readonly C[]): C | undefined {
  let chosen: C | undefined;
  for (const member of members) {
    // Compared crosswise, since a quotient is not exact.
    if (chosen === undefined || member.active * chosen.weight < chosen.active * member.weight)
      chosen = member;
  }
  return chosen;
}

function onLine<C extends Candidate>(members: readonly C[], hash: number): C | undefined {
  const length = members.reduce((sum, { weight }) => sum + weight, 0);
  let left = length === 0 ? 0 : hash % length;
  return members.find(({ weight }) => (left -= weight) < 0);
}

function onRing<C>(
  ring: readonly { readonly member: C; readonly at: number }[],
  hash: number,
  skipped: ReadonlySet<C>,
): C | undefined {
  let [low, high] = [0, ring.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ring[middle]?.at ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  for (let step = 0; step < ring.length; step += 1) {
    const point = ring[(low + step) % ring.length];
    if (point !== undefined && !skipped.has(point.member)) return point.member;
  }
  return undefined;
}
