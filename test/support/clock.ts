import type { Clock, Timers } from '../../gateway-runtime/src/clock.ts';

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

/** Timers that a test has due. */
export interface TestTimers extends Timers {
  /** Has everything that waits due at once, and returns when each task has set itself a time again. */
  tick(): Promise<void>;
}

/** Makes timers on which nothing is ever due by itself. */
export function createTestTimers(): TestTimers {
  const waiting = new Map<object, () => void>();
  let onAdded: () => void = () => undefined;
  return {
    after: (_, task) => {
      const key = {};
      waiting.set(key, task);
      onAdded();
      return () => void waiting.delete(key);
    },
    tick: () => {
      const tasks = [...waiting.values()];
      waiting.clear();
      return new Promise((resolve) => {
        onAdded = () => {
          if (waiting.size === tasks.length) resolve();
        };
        for (const task of tasks) task();
        if (tasks.length === 0) resolve();
      });
    },
  };
}
