import type { CountKey, CountKeys } from './counting/count-key.ts';
import { CountTable } from './counting/count-table.ts';

/** The window of time that is looked at. */
interface Span {
  nowMs: number;
  startMs: number;
  endMs: number;
}

/** One of the counts of a window. */
class Tally {
  readonly #table: CountTable;
  readonly #span: Span;
  readonly #isKept: boolean;
  #high: number;
  #low: number;
  /** Where the count was found last. */
  #entry = 0;

  constructor(table: CountTable, { high, low }: CountKey, span: Span, isKept: boolean) {
    this.#table = table;
    this.#high = high;
    this.#low = low;
    this.#span = span;
    this.#isKept = isKept;
  }

  read(): number {
    const table = this.#table;
    if (!table.isAt(this.#entry, this.#high, this.#low)) {
      this.#entry = table.find(this.#high, this.#low);
      if (this.#entry < 0) return 0;
    }
    return this.#isPresent(table.since(this.#entry)) ? table.count(this.#entry) : 0;
  }

  add(): void {
    const table = this.#table;
    const { nowMs, startMs, endMs } = this.#span;
    if (!table.isAt(this.#entry, this.#high, this.#low)) {
      this.#entry = table.claim(this.#high, this.#low, nowMs, this.#isKept);
    }
    const entry = this.#entry;
    if (this.#isPresent(table.since(entry))) {
      table.setCount(entry, table.count(entry) + 1);
      // The length of windows may have changed.
      if (table.until(entry) < endMs) table.setUntil(entry, endMs);
      return;
    }
    table.setCount(entry, 1);
    table.setSince(entry, startMs);
    table.setUntil(entry, endMs);
  }

  /** Takes the count of another key. */
  turnTo(high: number, low: number): void {
    this.#high = high;
    this.#low = low || 1;
  }

  /** A call that was on its way while the next window began counts in that one: it must not take it back. */
  #isPresent(sinceMs: number): boolean {
    return sinceMs >= this.#span.startMs && sinceMs <= this.#span.endMs;
  }
}

/** The counts of the accounts, apps or addresses in a window. */
class Tallies {
  readonly #keys: CountKeys;
  readonly #key: CountKey;
  readonly #tally: Tally;

  /** @param mark tells the keys of these subjects from those of others */
  constructor(table: CountTable, key: CountKey, span: Span, mark: number) {
    this.#keys = table.keys;
    this.#key = { high: key.high ^ mark, low: Math.imul(key.low, mark) };
    this.#tally = new Tally(table, this.#key, span, false);
  }

  /** The calls of one of them. */
  of(id: string): number {
    const { high, low } = this.#keys.again(id);
    this.#tally.turnTo(
      Math.imul(high, 0x85ebca6b) ^ this.#key.high,
      Math.imul(low, 0xc2b2ae35) ^ this.#key.low,
    );
    return this.#tally.read();
  }

  /** Counts a call for the one that was asked for last. */
  add(): void {
    this.#tally.add();
  }
}

/**
 * The count of calls in the present window of time. Windows are fixed: they begin at multiples of their length since
 * the epoch, nothing is carried over. Unless they say otherwise, its methods are called between `enter` and `leave` of the
 * table.
 */
export class CallWindow {
  readonly table: CountTable;
  readonly #key: CountKey;
  readonly #all: Tally;
  /** Made when they are asked for: most windows count all calls only. */
  #users: Tallies | undefined;
  #apps: Tallies | undefined;
  #addresses: Tallies | undefined;
  readonly #span: Span = { nowMs: 0, startMs: 0, endMs: 0 };

  constructor(table: CountTable, key: CountKey) {
    this.table = table;
    this.#key = key;
    this.#all = new Tally(table, key, this.#span, true);
  }

  /** Calls by account. */
  get users(): Tallies {
    return (this.#users ??= new Tallies(this.table, this.#key, this.#span, 0x2545f491));
  }

  /** Calls by app. */
  get apps(): Tallies {
    return (this.#apps ??= new Tallies(this.table, this.#key, this.#span, 0x5851f42d));
  }

  /** Calls by address of the caller. */
  get addresses(): Tallies {
    return (this.#addresses ??= new Tallies(this.table, this.#key, this.#span, 0x14057b7f));
  }

  /** Takes the window that a moment is in, which needs no `enter` of the table. */
  enter(nowMs: number, lengthSeconds: number): void {
    const span = this.#span;
    const lengthMs = lengthSeconds * 1000;
    span.nowMs = nowMs;
    if (nowMs >= span.startMs && nowMs < span.endMs && span.endMs - span.startMs === lengthMs) return;
    span.startMs = Math.floor(nowMs / lengthMs) * lengthMs;
    span.endMs = span.startMs + lengthMs;
  }

  /** All calls. */
  get total(): number {
    return this.#all.read();
  }

  /** Counts a call. */
  add(): void {
    this.#all.add();
  }

  /** Counts a call if there were fewer than that many. All of it happens at once, without `enter` of the table. */
  addBelow(limit: number): boolean {
    const { table } = this;
    table.enter();
    try {
      if (this.#all.read() >= limit) return false;
      this.#all.add();
      return true;
    } finally {
      table.leave();
    }
  }

  /** All calls, as of now, without `enter` of the table. */
  present(): number {
    const { table } = this;
    table.enter();
    try {
      return this.#all.read();
    } finally {
      table.leave();
    }
  }
}

/** The count of calls in the present cycle of a quota. */
export class CallCycle {
  readonly #table: CountTable;
  readonly #key: CountKey;

  constructor(table: CountTable, key: CountKey) {
    this.#table = table;
    this.#key = key;
  }

  /** Calls for which there is room; all of them before the first cycle. */
  left(nowMs: number, limit: number, lengthMs: number, resetMs: number | undefined): number {
    if (resetMs !== undefined && nowMs < resetMs) return limit;
    const table = this.#table;
    table.enter();
    try {
      const entry = table.find(this.#key.high, this.#key.low);
      const isPresent = entry >= 0 && nowMs < table.since(entry) + lengthMs;
      return isPresent ? Math.max(0, limit - table.count(entry)) : limit;
    } finally {
      table.leave();
    }
  }

  /**
   * Counts a call, if there is room for it. Before the first cycle there is, and nothing is counted.
   *
   * @param resetMs start of the first cycle; undefined: the first call after the end of a cycle starts the next
   */
  spend(nowMs: number, limit: number, lengthMs: number, resetMs: number | undefined): boolean {
    if (resetMs !== undefined && nowMs < resetMs) return true;
    const table = this.#table;
    table.enter();
    try {
      const entry = table.claim(this.#key.high, this.#key.low, nowMs, true);
      const sinceMs = table.since(entry);
      const isOver = nowMs >= sinceMs + lengthMs;
      const startMs =
        resetMs === undefined
          ? isOver
            ? nowMs
            : sinceMs
          : resetMs + Math.floor((nowMs - resetMs) / lengthMs) * lengthMs;
      if (startMs !== sinceMs) {
        table.setCount(entry, 0);
        table.setSince(entry, startMs);
      }
      table.setUntil(entry, startMs + lengthMs);
      const count = table.count(entry);
      if (count >= limit) return false;
      table.setCount(entry, count + 1);
      return true;
    } finally {
      table.leave();
    }
  }
}

/** Failures in a row, by what fails. They are forgotten when it succeeds, and by nothing else. */
export class FailureRow {
  readonly #table: CountTable;
  readonly #key: CountKey;

  constructor(table: CountTable, key: CountKey) {
    this.#table = table;
    this.#key = key;
  }

  /** Whether there are more than that many, the last one less than `lockedMs` ago. If it is longer ago they are forgotten. */
  isLocked(max: number, lockedMs: number, nowMs: number): boolean {
    const table = this.#table;
    table.enter();
    try {
      const entry = table.find(this.#key.high, this.#key.low);
      if (entry < 0 || table.count(entry) <= max) return false;
      if (nowMs < table.since(entry) + lockedMs) return true;
      this.#forget(entry);
      return false;
    } finally {
      table.leave();
    }
  }

  /** Counts one more, and returns how many there are. */
  add(nowMs: number): number {
    const table = this.#table;
    table.enter();
    try {
      const entry = table.claim(this.#key.high, this.#key.low, nowMs, true);
      const count = table.count(entry) + 1;
      table.setCount(entry, count);
      table.setSince(entry, nowMs);
      table.setUntil(entry, Number.POSITIVE_INFINITY);
      return count;
    } finally {
      table.leave();
    }
  }

  /** Forgets them. */
  clear(): void {
    const table = this.#table;
    table.enter();
    try {
      const entry = table.find(this.#key.high, this.#key.low);
      if (entry >= 0) this.#forget(entry);
    } finally {
      table.leave();
    }
  }

  #forget(entry: number): void {
    this.#table.setCount(entry, 0);
    this.#table.setUntil(entry, Number.NEGATIVE_INFINITY);
  }
}

/**
 * All counts, by the ids of what is counted. They are no part of a snapshot: a change of the configuration must not
 * give anybody a second portion. What is counted for nobody any more is forgotten when its time is over.
 */
export class Counters {
  readonly table: CountTable;

  /** @param table unless given, one in memory of this thread */
  constructor(table: CountTable = new CountTable()) {
    this.table = table;
  }

  /** Calls of a group's debug domain. */
  debugDomain(groupId: string): CallWindow {
    return new CallWindow(this.table, this.table.keys.again(`debug/${groupId}`));
  }

  /** Calls of an API in all environments. */
  api(apiId: string): CallWindow {
    return this.#window(`api/${apiId}`);
  }

  /** Calls under a policy: of one API in one environment, or of all APIs that it is bound to. */
  policy(key: string): CallWindow {
    return this.#window(`policy/${key}`);
  }

  /** Calls of an app under a quota. */
  quota(quotaId: string, appId: string): CallCycle {
    return new CallCycle(this.table, this.table.keys.of(`quota/${quotaId}/${appId}`));
  }

  /** Counts of a plug-in: its ID, then what tells them apart. */
  plugin(key: string): CallWindow {
    return this.#window(`plugin/${key}`);
  }

  /** Failures of an access key to sign. */
  failures(accessKey: string): FailureRow {
    return new FailureRow(this.table, this.table.keys.again(`failures/${accessKey}`));
  }

  #window(key: string): CallWindow {
    return new CallWindow(this.table, this.table.keys.of(key));
  }
}
