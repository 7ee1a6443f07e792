import type { Clock } from '../../gateway-runtime/src/clock.ts';

/** A clock that can be turned. */
export interface TestClock extends Clock {
  /** Moves the time on. */
  advance(ms: number): void;
  /** Sets the time, in milliseconds since the epoch. */
  set(timeMs: number): void;
}

/** Makes a clock that stands still: at the present time, or the given one. */
export function createTestClock(startMs = Date.now()): TestClock {
  return turnable({ now: () => startMs });
}

/** Makes a clock that goes as another one does, and can be turned besides. */
export function turnable(clock: Clock): TestClock {
  let offsetMs = 0;
  return {
    now: () => clock.now() + offsetMs,
    advance: (ms) => {
      offsetMs += ms;
    },
    set: (timeMs) => {
      offsetMs = timeMs - clock.now();
    },
  };
}
