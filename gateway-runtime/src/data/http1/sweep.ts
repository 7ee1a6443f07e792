/** Something that may take too long. */
export interface Timed {
  /** Time of the sweep at which `expire` is called; `Infinity` while nothing is waited for. */
  deadline: number;
  /** Where the sweep keeps it; written by the sweep alone. */
  sweepIndex: number;
  /** Called once when the deadline has passed; it may set another one. */
  expire(): void;
}

/**
 * Looks after all deadlines with one timer.
 *
 * Thousands of timers that are armed and disarmed with each request cost a tenth of the throughput; here arming is
 * one assignment. Time is counted in ticks of the sweep and stands still while the process is stopped or busy, so a
 * deadline comes up to three ticks late and never early, and a pause of the process is not held against anybody.
 */
export class Sweep {
  readonly #tickMs: number;
  readonly #timed: Timed[] = [];
  #now = 0;
  #last = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** The deadline for something that must not take longer than that from now on. */
  after(durationMs: number): number {
    return this.#now + 2 * this.#tickMs + durationMs;
  }

  /** Begins to look after deadlines of `timed`. */
  add(timed: Timed): void {
    timed.sweepIndex = this.#timed.length;
    this.#timed.push(timed);
    if (this.#timer !== undefined) return;
    this.#last = performance.now();
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
    this.#timer.unref();
  }

  /** Looks no longer after deadlines of `timed`. */
  remove(timed: Timed): void {
    const index = timed.sweepIndex;
    if (index < 0) return;
    timed.sweepIndex = -1;
    timed.deadline = Infinity;
    const last = this.#timed.pop();
    if (last !== undefined && last !== timed) {
      this.#timed[index] = last;
      last.sweepIndex = index;
    }
    if (this.#timed.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = performance.now();
    this.#now += Math.min(now - this.#last, 2 * this.#tickMs);
    this.#last = now;
    // From the end, as those that expire may take themselves out.
    for (let index = this.#timed.length - 1; index >= 0; index -= 1) {
      const timed = this.#timed[index];
      if (timed === undefined || timed.deadline > this.#now) continue;
      timed.deadline = Infinity;
      timed.expire();
    }
  }
}
