import { fail } from '@apig/sdk/contract';
import type { Bodies } from '../store/configuration.ts';
import type { Call, Caller } from './call.ts';
import type { CallCycle } from './counters.ts';
import { SECONDS } from './throttle.ts';

/** How many calls an app may make. */
export interface QuotaPlan {
  readonly cycle: CallCycle;
  readonly limit: number;
  readonly lengthMs: number;
  /** Start of the first cycle; undefined: the first call starts it. */
  readonly resetMs: number | undefined;
}

/** Works out the quota of an app. */
export function compileQuota(quota: Bodies['appQuota'], cycle: CallCycle): QuotaPlan {
  const { callLimit, timeInterval, timeUnit, resetTime } = quota;
  return {
    cycle,
    limit: callLimit,
    lengthMs: timeInterval * SECONDS[timeUnit] * 1000,
    resetMs: resetTime === undefined ? undefined : Date.parse(`${resetTime.replace(' ', 'T')}Z`),
  };
}

/**
 * Counts a call for the app that makes it, over all APIs, or refuses it. Calls that were throttled do not count.
 *
 * Cycles repeat from the reset time on; before it nothing is counted. Without one, a cycle starts with the first call after
 * the end of the last.
 *
 * Source: user guide, "Configuring App Quotas".
 *
 * @throws `appQuotaUsedUp`
 */
export function spendQuota({ nowMs, trial }: Call, caller: Caller): void {
  if (caller.kind !== 'app' || caller.app.quota === undefined) return;
  const { cycle, limit, lengthMs, resetMs } = caller.app.quota;
  if (trial !== undefined) {
    const remaining = cycle.left(nowMs, limit, lengthMs, resetMs);
    trial.limits = [
      ...trial.limits,
      { dimension: 'app_quota', limit, remaining, interval: lengthMs / 1000, unit: 'second' },
    ];
    if (remaining === 0) throw fail('appQuotaUsedUp');
    return;
  }
  if (!cycle.spend(nowMs, limit, lengthMs, resetMs)) throw fail('appQuotaUsedUp');
}
