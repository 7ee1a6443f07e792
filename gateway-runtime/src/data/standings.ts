import type { Clock } from '../clock.ts';
import type { CountKey } from './counting/count-key.ts';
import type { CountTable } from './counting/count-table.ts';

/** How a member of a channel stands, on which choices depend. */
export interface Standing {
  /** Calls that it is answering. */
  active: number;
  /** Smooth round robin: how much it is due. */
  due: number;
}

/** How the members of all channels stand. Standings are read and changed between `enter` and `leave`. */
export interface Standings {
  /** Begins what nobody else takes part in. */
  enter(): void;
  leave(): void;
  of(memberId: string): Standing;
  /** Takes back what a thread that is no more has under way with a member. */
  forget(memberId: string, owner: number): void;
}

/** Standings that one thread knows. */
export const OWN_STANDINGS: Standings = {
  enter: () => undefined,
  leave: () => undefined,
  of: () => ({ active: 0, due: 0 }),
  forget: () => undefined,
};

/** How long the standing of a member without calls is remembered, in milliseconds. */
const REMEMBERED_MS = 3_600_000;

/** Makes standings that threads share: choices are made as if there was one thread. */
export function shareStandings(table: CountTable, owner: number, clock: Clock): Standings {
  const keyOf = (memberId: string, thread: number) => table.keys.of(`member/${memberId}/${thread}`);
  return {
    enter: () => table.enter(),
    leave: () => table.leave(),
    of: (memberId) =>
      new SharedStanding(table, table.keys.of(`member/${memberId}`), keyOf(memberId, owner), clock),
    forget: (memberId, thread) => {
      const { high, low } = keyOf(memberId, thread);
      table.enter();
      try {
        const entry = table.find(high, low);
        if (entry < 0 || table.count(entry) === 0) return;
        const lost = table.count(entry);
        table.setCount(entry, 0);
        const standing = new SharedStanding(table, table.keys.of(`member/${memberId}`), undefined, clock);
        standing.active -= lost;
      } finally {
        table.leave();
      }
    },
  };
}

/** The count of an entry are the calls under way; in the place of its start is what the member is due. */
class SharedStanding implements Standing {
  readonly #table: CountTable;
  readonly #all: CountKey;
  /** What this thread has under way, for the case that it ends. */
  readonly #mine: CountKey | undefined;
  readonly #clock: Clock;
  #entry = 0;

  constructor(table: CountTable, all: CountKey, mine: CountKey | undefined, clock: Clock) {
    this.#table = table;
    this.#all = all;
    this.#mine = mine;
    this.#clock = clock;
  }

  get active(): number {
    return this.#table.count(this.#find());
  }

  set active(active: number) {
    const change = active - this.active;
    this.#add(this.#all, change);
    if (this.#mine !== undefined) this.#add(this.#mine, change);
  }

  get due(): number {
    return this.#table.since(this.#find());
  }

  set due(due: number) {
    this.#table.setSince(this.#find(), due);
  }

  #find(): number {
    const { high, low } = this.#all;
    if (!this.#table.isAt(this.#entry, high, low)) this.#entry = this.#claim(this.#all);
    return this.#entry;
  }

  #claim({ high, low }: CountKey): number {
    const table = this.#table;
    const found = table.find(high, low);
    if (found >= 0) return found;
    const nowMs = this.#clock.now();
    const entry = table.claim(high, low, nowMs, true);
    table.setSince(entry, 0);
    table.setUntil(entry, nowMs + REMEMBERED_MS);
    return entry;
  }

  #add(key: CountKey, change: number): void {
    const table = this.#table;
    const entry = this.#claim(key);
    const count = Math.max(0, table.count(entry) + change);
    table.setCount(entry, count);
    table.setUntil(entry, count > 0 ? Number.POSITIVE_INFINITY : this.#clock.now() + REMEMBERED_MS);
  }
}
