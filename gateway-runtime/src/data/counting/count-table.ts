import { randomBytes } from 'node:crypto';
import { CountKeys } from './count-key.ts';
import {
  createOwnMemory,
  ENTRY_BYTES,
  entriesOf,
  MAX_SEGMENTS,
  shareMemory,
  type CountMemory,
  type SharedCounts,
} from './count-memory.ts';
import { Mutex } from './mutex.ts';

/*
 * Layout of an entry: four words (the key, a count, whether it is kept in any case) and two numbers of eight bytes, since
 * when and until when it counts, in milliseconds since the epoch.
 */
const WORDS = ENTRY_BYTES / 4;
const DOUBLES = ENTRY_BYTES / 8;
const LOW = 1;
const COUNT = 2;
const KEPT = 3;
const SINCE = 2;
const UNTIL = 3;

/** Entries that are looked at for a key, from its own place on. */
const PROBES = 24;

/**
 * Counts by key, exact also when several threads count.
 *
 * An open hash table. The entry of a key is one of the few from its own place on; an entry that was never used ends the
 * search. One whose time is over is taken for another key. When all of them are in use, the living ones move to a
 * segment twice as large; in the largest segment the one whose time is over next makes room, unless it is kept.
 *
 * All methods but `enter` are called between `enter` and `leave`, which are the borders of what happens at once. Numbers
 * of entries hold until the next `claim`. Memory of one thread has no lock: nobody else is there.
 */
export class CountTable {
  readonly keys: CountKeys;
  readonly #memory: CountMemory;
  readonly #mutex: Mutex | undefined;
  #segment: number;
  #words: Int32Array = new Int32Array();
  #doubles: Float64Array = new Float64Array();
  #mask = 0;

  /** @param shared memory that other threads count in too, with the number of this thread: 1 or more */
  constructor(shared?: { readonly counts: SharedCounts; readonly owner: number }) {
    this.keys = new CountKeys(shared?.counts.secret ?? createSecret());
    this.#memory = shared === undefined ? createOwnMemory() : shareMemory(shared.counts);
    this.#mutex = shared && new Mutex(new Int32Array(shared.counts.control), shared.owner);
    this.#segment = this.#memory.segment;
    this.#open(this.#segment);
  }

  /** Begins something that happens at once for all threads. */
  enter(): void {
    if (this.#mutex === undefined) return;
    this.#mutex.acquire();
    if (this.#memory.segment !== this.#segment) this.#open(this.#memory.segment);
  }

  leave(): void {
    this.#mutex?.release();
  }

  /** Goes on in the place of a thread that ended between `enter` and `leave`. */
  leaveFor(owner: number): void {
    this.#mutex?.releaseOf(owner);
  }

  /** The entry of a key; -1 when there is none. */
  find(high: number, low: number): number {
    const words = this.#words;
    const mask = this.#mask;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const entry = (low + probe) & mask;
      const at = entry * WORDS;
      const found = words[at + LOW];
      if (found === low && words[at] === high) return entry;
      if (found === 0) return -1;
    }
    return -1;
  }

  /**
   * The entry of a key, made when there is none; a new one counts nothing, at no time. The time of what others count is
   * over when it was until `nowMs`.
   */
  claim(high: number, low: number, nowMs: number, isKept: boolean): number {
    const found = this.find(high, low);
    if (found >= 0) return found;
    let entry = this.#free(low, nowMs);
    while (entry < 0 && this.#segment < MAX_SEGMENTS - 1) {
      this.#grow(nowMs);
      entry = this.#free(low, nowMs);
    }
    if (entry < 0) entry = this.#leastMissed(low);
    this.#write(entry, high, low, isKept);
    return entry;
  }

  count(entry: number): number {
    return this.#words[entry * WORDS + COUNT] ?? 0;
  }

  setCount(entry: number, count: number): void {
    this.#words[entry * WORDS + COUNT] = count;
  }

  since(entry: number): number {
    return this.#doubles[entry * DOUBLES + SINCE] ?? 0;
  }

  setSince(entry: number, sinceMs: number): void {
    this.#doubles[entry * DOUBLES + SINCE] = sinceMs;
  }

  until(entry: number): number {
    return this.#doubles[entry * DOUBLES + UNTIL] ?? 0;
  }

  setUntil(entry: number, untilMs: number): void {
    this.#doubles[entry * DOUBLES + UNTIL] = untilMs;
  }

  /** Whether a key has an entry still, which may be another one's by now. */
  isAt(entry: number, high: number, low: number): boolean {
    return this.#words[entry * WORDS] === high && this.#words[entry * WORDS + LOW] === low;
  }

  /** Number of entries that there is memory for. */
  get capacity(): number {
    return this.#mask + 1;
  }

  #open(segment: number): void {
    const { buffer, offset } = this.#memory.open(segment);
    const entries = entriesOf(segment);
    this.#segment = segment;
    this.#words = new Int32Array(buffer, offset, entries * WORDS);
    this.#doubles = new Float64Array(buffer, offset, entries * DOUBLES);
    this.#mask = entries - 1;
  }

  #free(low: number, nowMs: number): number {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const entry = (low + probe) & this.#mask;
      if (this.#words[entry * WORDS + LOW] === 0 || this.until(entry) <= nowMs) return entry;
    }
    return -1;
  }

  /** Whose counts are lost when there is no memory for more. */
  #leastMissed(low: number): number {
    let least = low & this.#mask;
    let leastUntil = Number.POSITIVE_INFINITY;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const entry = (low + probe) & this.#mask;
      if (this.#words[entry * WORDS + KEPT] === 1 || this.until(entry) >= leastUntil) continue;
      least = entry;
      leastUntil = this.until(entry);
    }
    return least;
  }

  #write(entry: number, high: number, low: number, isKept: boolean): void {
    const at = entry * WORDS;
    const words = this.#words;
    words[at + COUNT] = 0;
    words[at + KEPT] = isKept ? 1 : 0;
    this.setSince(entry, Number.NEGATIVE_INFINITY);
    this.setUntil(entry, Number.NEGATIVE_INFINITY);
    words[at] = high;
    words[at + LOW] = low;
  }

  /** Moves what still counts to the next segment. */
  #grow(nowMs: number): void {
    const [words, doubles] = [this.#words, this.#doubles];
    const entries = this.capacity;
    this.#open(this.#segment + 1);
    // A thread may have ended while it did the same.
    this.#words.fill(0);
    for (let from = 0; from < entries; from += 1) {
      const at = from * WORDS;
      const low = words[at + LOW] ?? 0;
      const until = doubles[from * DOUBLES + UNTIL] ?? 0;
      if (low === 0 || until <= nowMs) continue;
      const free = this.#free(low, nowMs);
      const to = free < 0 ? this.#leastMissed(low) : free;
      this.#write(to, words[at] ?? 0, low, words[at + KEPT] === 1);
      this.setCount(to, words[at + COUNT] ?? 0);
      this.setSince(to, doubles[from * DOUBLES + SINCE] ?? 0);
      this.setUntil(to, until);
    }
    this.#memory.segment = this.#segment;
  }
}

/** A secret for {@link SharedCounts}. */
export function createSecret(): string {
  return randomBytes(32).toString('hex');
}
