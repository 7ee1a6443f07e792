import { setTimeout as delay } from 'node:timers/promises';

/** Time and chance as the client sees them; given by tests, else the system's. */
export interface Timing {
  /** Milliseconds since the epoch: the time of signatures. */
  now(): number;
  /** At least 0 and less than 1: the jitter of retries. */
  random(): number;
  /** Waits between attempts. Rejects when the signal is aborted. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

/** The system's time and chance. */
export const systemTiming: Timing = {
  now: Date.now,
  random: Math.random,
  wait: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};

/** Waits; an abort ends the wait early, and the request that follows reports it. */
export async function pause(timing: Timing, ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await timing.wait(ms, signal);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
