import type { Timing } from '@apig/sdk';

/** Time that stands still and waits that end at once; the waits are recorded. */
export interface RecordedTiming extends Timing {
  readonly waits: readonly number[];
}

/** Makes a timing. `onWait` runs in each wait; the jitter is always the longest. */
export function createRecordedTiming(onWait: () => void | Promise<void> = () => undefined): RecordedTiming {
  const waits: number[] = [];
  return {
    waits,
    now: () => Date.parse('2026-11-24T12:00:00Z'),
    random: () => 1,
    async wait(ms) {
      waits.push(ms);
      await onWait();
    },
  };
}
