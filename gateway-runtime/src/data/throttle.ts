import { fail, type Resources, type SettledOf } from '@apig/sdk/contract';
import type { ExplainedLimit } from '../explaining.ts';
import type { Call, Caller } from './call.ts';
import type { CallWindow } from './counters.ts';
import type { Account } from '../identity.ts';

type Throttle = SettledOf<Resources['throttle']>;
type ThrottleException = SettledOf<Resources['throttleException']>;

/** Seconds in a unit of time. */
export const SECONDS = { SECOND: 1, MINUTE: 60, HOUR: 3600, DAY: 86_400 } as const;

/** The limits of an API in an environment. */
export interface ThrottlePlan {
  readonly policy: PolicyPlan | undefined;
  /** Calls of the API in all environments, for the gateway's own limit. */
  readonly apiWindow: CallWindow;
}

/** Limits in the place of the gateway's own. */
export interface PolicyPlan {
  readonly window: CallWindow;
  readonly windowSeconds: number;
  readonly interval: number;
  /** `second`, `minute`, `hour` or `day`. */
  readonly unit: string;
  /** 0 for none, as the next three. */
  readonly apiLimit: number;
  readonly userLimit: number;
  readonly appLimit: number;
  readonly addressLimit: number;
  /** Limits of single apps and accounts in place of the general ones. */
  readonly specialApps: ReadonlyMap<string, number>;
  readonly specialUsers: ReadonlyMap<string, number>;
  /** Further limits for calls of some kind; the first one that holds counts. */
  readonly rules?: readonly RulePlan[];
}

interface RulePlan {
  readonly holds: (call: Call) => boolean;
  readonly window: CallWindow;
  readonly windowSeconds: number;
  readonly interval: number;
  readonly unit: string;
  readonly limit: number;
}

/** Works out the limits of an API. */
export function compileThrottle(
  apiWindow: CallWindow,
  bound:
    | {
        readonly throttle: Throttle;
        readonly exceptions: readonly ThrottleException[];
        readonly window: CallWindow;
      }
    | undefined,
): ThrottlePlan {
  if (bound === undefined) return { apiWindow, policy: undefined };
  const { throttle, exceptions, window } = bound;
  const specials = (type: 'APP' | 'USER') =>
    new Map(
      exceptions
        .filter(({ objectType }) => objectType === type)
        .map((each) => [each.objectId, each.callLimit]),
    );
  return {
    apiWindow,
    policy: {
      window,
      windowSeconds: throttle.timeInterval * SECONDS[throttle.timeUnit],
      interval: throttle.timeInterval,
      unit: throttle.timeUnit.toLowerCase(),
      apiLimit: throttle.apiCallLimit,
      userLimit: throttle.userCallLimit ?? 0,
      appLimit: throttle.appCallLimit ?? 0,
      addressLimit: throttle.ipCallLimit ?? 0,
      specialApps: specials('APP'),
      specialUsers: specials('USER'),
    },
  };
}

/**
 * Counts a call, or refuses it.
 *
 * 1. A policy has limits for the API, the account, the app and the address of the caller. A special limit takes the
 *    place of the general one of its account or app; the others still hold.
 * 2. The limits are looked at in that order. The first one without room refuses the call, and nothing is counted: a
 *    refused call does not use up anybody's share.
 * 3. Without a policy the gateway's limit for one API holds. Calls are counted for it in any case.
 *
 * Source: user guide, "Configuring Request Throttling"; API reference, "Creating a Request Throttling Policy".
 *
 * @throws `throttled`
 */
export function spend(
  call: Call,
  caller: Caller,
  plan: ThrottlePlan,
  owner: Account | undefined,
  nowMs: number,
): void {
  const { apiWindow, policy } = plan;
  // The gateway's own limit. Source: user guide, "Configuring Gateway Parameters" (ratelimit).
  const { callsASecond } = call.features;
  apiWindow.enter(nowMs, 1);
  if (policy === undefined) {
    const { trial } = call;
    const hasRoom =
      trial === undefined ? apiWindow.addBelow(callsASecond) : apiWindow.present() < callsASecond;
    if (trial !== undefined) trial.limits = [...trial.limits, gatewayLimit(apiWindow, callsASecond)];
    if (call.isDebug) call.rates = allEnvironments(apiWindow, callsASecond);
    if (!hasRoom)
      throw fail('throttled', {
        dimension: 'api',
        limit: callsASecond,
        interval: 1,
        unit: 'second',
      });
    return;
  }
  const { window, addressLimit } = policy;
  window.enter(nowMs, policy.windowSeconds);
  const { userLimit, appLimit } = limitsOf(policy, caller, owner);
  const limits = { api: policy.apiLimit, user: userLimit, app: appLimit, ip: addressLimit };
  const rule = policy.rules?.find(({ holds }) => holds(call));
  rule?.window.enter(nowMs, rule.windowSeconds);
  const user = userLimit > 0 ? userOf(caller, owner) : '';
  const app = caller.kind === 'app' ? caller.app.id : '';
  const address = call.client.text;
  let shares: PerDimension;
  let full: Dimension | undefined;
  let isRuleFull: boolean;
  // Whatever other threads count: between the look and the count there is nobody else.
  window.table.enter();
  try {
    shares = {
      api: policy.apiLimit - window.total,
      user: userLimit > 0 ? userLimit - window.users.of(user) : 0,
      app: appLimit > 0 ? appLimit - window.apps.of(app) : 0,
      ip: addressLimit > 0 ? addressLimit - window.addresses.of(address) : 0,
    };
    full = fullOf(limits, shares);
    isRuleFull = rule !== undefined && rule.window.total >= rule.limit;
    if (full === undefined && !isRuleFull && call.trial === undefined) {
      rule?.window.add();
      apiWindow.add();
      window.add();
      if (userLimit > 0) window.users.add();
      if (appLimit > 0) window.apps.add();
      if (addressLimit > 0) window.addresses.add();
    }
  } finally {
    window.table.leave();
  }
  if (call.trial !== undefined) {
    call.trial.limits = [...call.trial.limits, ...limitsLeft(policy, limits, shares, rule)];
  }
  if (call.isDebug) {
    const spent = full === undefined && !isRuleFull ? 1 : 0;
    call.rates = [...allEnvironments(apiWindow, callsASecond), ...ratesOf(policy, limits, shares, spent)];
  }
  if (full !== undefined) {
    const { interval, unit } = policy;
    throw fail('throttled', { dimension: full, limit: limits[full], interval, unit });
  }
  if (isRuleFull && rule !== undefined) {
    const { limit, interval, unit } = rule;
    throw fail('throttled', { dimension: 'api', limit, interval, unit });
  }
}

/** In the order in which they are looked at. */
const DIMENSIONS = ['api', 'user', 'app', 'ip'] as const;
type Dimension = (typeof DIMENSIONS)[number];
type PerDimension = Readonly<Record<Dimension, number>>;

function fullOf(limits: PerDimension, shares: PerDimension): Dimension | undefined {
  if (limits.api > 0 && shares.api <= 0) return 'api';
  if (limits.user > 0 && shares.user <= 0) return 'user';
  if (limits.app > 0 && shares.app <= 0) return 'app';
  return limits.ip > 0 && shares.ip <= 0 ? 'ip' : undefined;
}

/** Accounts are told apart by their id for the owner of an app, and by their project for callers with IAM. */
function userOf(caller: Caller, owner: Account | undefined): string {
  if (caller.kind === 'account') return caller.account.projectId;
  return owner?.domainId ?? '';
}

/** The limits of the caller's account and app; 0 for none. Callers without identity have none. */
function limitsOf(
  { userLimit, appLimit, specialUsers, specialApps }: PolicyPlan,
  caller: Caller,
  owner: Account | undefined,
): { readonly userLimit: number; readonly appLimit: number } {
  if (caller.kind === 'anonymous') return NO_LIMITS;
  const account = caller.kind === 'account' ? caller.account : owner;
  const special =
    specialUsers.size === 0 || account === undefined
      ? undefined
      : (specialUsers.get(account.domainId) ?? specialUsers.get(account.projectId));
  return {
    userLimit: special ?? userLimit,
    appLimit: caller.kind === 'app' ? (specialApps.get(caller.app.id) ?? appLimit) : 0,
  };
}

const NO_LIMITS = { userLimit: 0, appLimit: 0 };

function allEnvironments(window: CallWindow, limit: number): string[] {
  return rate('api-allenv', limit - window.present(), limit, 1, 'second');
}

function ratesOf(
  { interval, unit }: PolicyPlan,
  limits: PerDimension,
  shares: PerDimension,
  spent: number,
): readonly string[] {
  return DIMENSIONS.filter((dimension) => limits[dimension] > 0).flatMap((dimension) =>
    rate(dimension, shares[dimension] - spent, limits[dimension], interval, unit),
  );
}

function rate(name: string, remain: number, limit: number, interval: number, unit: string): string[] {
  const value = `remain:${Math.max(0, remain)},limit:${limit},time:${interval} ${unit}`;
  return [`X-Apig-RateLimit-${name}`, value];
}

function gatewayLimit(window: CallWindow, limit: number): ExplainedLimit {
  const remaining = Math.max(0, limit - window.present());
  return { dimension: 'gateway', limit, remaining, interval: 1, unit: 'second' };
}

/** The limits of a policy that hold for a call, before it. */
function limitsLeft(
  { interval, unit }: PolicyPlan,
  limits: PerDimension,
  shares: PerDimension,
  rule: RulePlan | undefined,
): readonly ExplainedLimit[] {
  const held = DIMENSIONS.filter((dimension) => limits[dimension] > 0).map((dimension) => {
    const remaining = Math.max(0, shares[dimension]);
    return { dimension, limit: limits[dimension], remaining, interval, unit };
  });
  if (rule === undefined) return held;
  const remaining = Math.max(0, rule.limit - rule.window.present());
  return [
    ...held,
    { dimension: 'rule', limit: rule.limit, remaining, interval: rule.interval, unit: rule.unit },
  ];
}
