import { pause, type Timing } from './timing.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Asks until there is an answer, with growing pauses; undefined when the pauses together exceed the limit.
 *
 * The pauses are counted, not the clock, which may stand still or jump.
 */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  limitMs: number,
  timing: Timing,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  let leftMs = limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    if (answer !== undefined || leftMs <= 0) return answer;
    const waitMs = Math.min(pauseMs, leftMs);
    leftMs -= waitMs;
    await pause(timing, waitMs, signal);
  }
}
