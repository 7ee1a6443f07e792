/** Source of the present time, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Runs what is due later, so that tests can have it due at once. */
export interface Timers {
  /** Runs a task once after that time. Returns what cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** The machine's timers. What waits does not keep the process alive. */
export const systemTimers: Timers = {
  after: (ms, task) => {
    const timer = setTimeout(task, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Timers of what is not in force. */
export const NEVER_DUE: Timers = { after: () => () => undefined };
