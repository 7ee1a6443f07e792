/** States of the first word: free, or twice the number of an owner, plus one while somebody waits. */
const FREE = 0;
const AWAITED = 1;

/** Attempts before a thread goes to sleep: whoever has the lock keeps it for less than that, if it is running. */
const SPINS = 40;

/** How long one sleep lasts at most, in milliseconds. */
const NAP_MS = 5;

/** Sleeps through which one hold may last. Holds take microseconds: whoever has it is no more. */
const MAX_NAPS = 100;

/**
 * A lock between threads, on two words of shared memory: the state, and the number of times that it was taken.
 *
 * It is taken by one exchange of the first word when it is free. Otherwise a thread tries again for a moment, marks the
 * state as awaited and sleeps; whoever gives back an awaited lock wakes one sleeper, which takes it as awaited, since
 * there may be more. A thread can end while it has the lock: then its holds last through all naps, counted and not
 * timed, so that a pause of the whole process is not mistaken for an end.
 */
export class Mutex {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #mine: number;

  /** @param owner number of the thread, 1 or more; unlike those of others */
  constructor(words: Int32Array<SharedArrayBuffer>, owner: number) {
    this.#words = words;
    this.#mine = owner * 2;
  }

  acquire(): void {
    const words = this.#words;
    if (Atomics.compareExchange(words, 0, FREE, this.#mine) !== FREE) this.#wait();
    words[1] = (words[1] ?? 0) + 1;
  }

  release(): void {
    const words = this.#words;
    const mine = this.#mine;
    if (Atomics.compareExchange(words, 0, mine, FREE) === mine) return;
    // Not mine at all: it was taken for a dead thread's.
    if (Atomics.compareExchange(words, 0, mine | AWAITED, FREE) !== (mine | AWAITED)) return;
    Atomics.notify(words, 0, 1);
  }

  /** Gives back what a thread had that is no more. */
  releaseOf(owner: number): void {
    const words = this.#words;
    const state = Atomics.load(words, 0);
    if (state >> 1 !== owner) return;
    if (Atomics.compareExchange(words, 0, state, FREE) === state) Atomics.notify(words, 0);
  }

  #wait(): void {
    const words = this.#words;
    const mine = this.#mine;
    for (let spin = 0; spin < SPINS; spin += 1) {
      if (Atomics.compareExchange(words, 0, FREE, mine) === FREE) return;
    }
    let hold = Atomics.load(words, 1);
    let naps = 0;
    for (;;) {
      const state = Atomics.load(words, 0);
      if (state === FREE || naps > MAX_NAPS) {
        if (Atomics.compareExchange(words, 0, state, mine | AWAITED) === state) return;
        continue;
      }
      const awaited = state | AWAITED;
      if (state !== awaited && Atomics.compareExchange(words, 0, state, awaited) !== state) continue;
      Atomics.wait(words, 0, awaited, NAP_MS);
      const now = Atomics.load(words, 1);
      naps = now === hold ? naps + 1 : 0;
      hold = now;
    }
  }
}
