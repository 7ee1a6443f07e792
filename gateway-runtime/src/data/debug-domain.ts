import { fail } from '@apig/sdk/contract';
import type { ExplainedLimit } from '../explaining.ts';
import type { Call } from './call.ts';
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
export function spendDebugCall(call: Call, entry: HostEntry, counters: Counters): void {
  if (!entry.isDebug) return;
  const window = counters.debugDomain(entry.groupId);
  window.enter(call.nowMs, DAY_SECONDS);
  const { trial } = call;
  if (trial !== undefined) trial.limits = [limitOf(window.present())];
  const hasRoom = trial === undefined ? window.addBelow(CALLS_A_DAY) : window.present() < CALLS_A_DAY;
  if (!hasRoom) {
    throw fail('throttled', { dimension: 'domain', limit: CALLS_A_DAY, interval: 1, unit: 'day' });
  }
}

function limitOf(count: number): ExplainedLimit {
  const remaining = Math.max(0, CALLS_A_DAY - count);
  return { dimension: 'debug_domain', limit: CALLS_A_DAY, remaining, interval: 1, unit: 'day' };
}
