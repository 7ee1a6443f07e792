import type { Clock } from '../../gateway-runtime/src/clock.ts';

/** A clock that stands still until it is turned. */
export interface TestClock extends Clock {
  /** Moves the time on. */
  advance(ms: number): void;
  /** Sets the time, in milliseconds since the epoch. */
  set(timeMs: number): void;
}

/** Makes a clock that shows the present time, or the given one. */
export function createTestClock(startMs = Date.now()): TestClock {
  let timeMs = startMs;
  return {
    now: () => timeMs,
    advance: (ms) => {
      timeMs += ms;
    },
    set: (ms) => {
      timeMs = ms;
    },
  };
}
