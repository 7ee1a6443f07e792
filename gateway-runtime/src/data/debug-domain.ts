import { fail } from '@apig/sdk/contract';
import type { Counters } from './counters.ts';
import type { HostEntry } from './snapshot.ts';

/** Calls that a debug domain takes in a day of UTC. Source: user guide, "Notes and Constraints". */
const CALLS_A_DAY = 1000;
const DAY_SECONDS = 86_400;

/**
 * Counts a call on a group's debug domain, whatever comes of it.
 *
 * @throws `throttled`
 */
export function spendDebugCall(entry: HostEntry, counters: Counters, nowMs: number): void {
  if (!entry.isDebug) return;
  const window = counters.debugDomain(entry.groupId);
  window.enter(nowMs, DAY_SECONDS);
  if (!window.addBelow(CALLS_A_DAY)) {
    throw fail('throttled', { dimension: 'domain', limit: CALLS_A_DAY, interval: 1, unit: 'day' });
  }
}
