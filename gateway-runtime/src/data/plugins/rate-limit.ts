import type { PluginContent } from '@apig/sdk/contract';
import type { Counters } from '../counters.ts';
import type { Plan } from '../snapshot.ts';
import { SECONDS, type PolicyPlan } from '../throttle.ts';
import { compileCallRule } from './expression.ts';

/**
 * Works out a plug-in of type `rate_limit`, which takes the place of a throttle. Its rules count calls for themselves:
 * the first one that holds limits a call beside the other limits. Source: user guide, "Configuring a Request Throttling
 * 2.0 Policy".
 *
 * @param key what tells the counts apart, beginning with the ID of the plug-in
 */
export function compileRateLimit(
  content: PluginContent<'rate_limit'>,
  counters: Counters,
  key: string,
  plan: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
): PolicyPlan {
  const { default_interval: interval, default_time_unit: unit } = content;
  const specials = (type: 'app' | 'user') =>
    new Map(
      (content.specials ?? [])
        .filter((each) => each.type === type)
        .flatMap(({ policies }) => policies.map((policy) => [policy.key, policy.limit] as const)),
    );
  return {
    window: counters.plugin(key),
    windowSeconds: interval * secondsIn(unit),
    interval,
    unit,
    // No limit is 0 here.
    apiLimit: Math.max(0, content.api_limit),
    userLimit: content.user_limit,
    appLimit: content.app_limit,
    addressLimit: content.ip_limit,
    specialApps: specials('app'),
    specialUsers: specials('user'),
    rules: (content.rules ?? []).map((rule, index) => {
      const own = { interval: rule.interval ?? interval, unit: rule.time_unit ?? unit };
      return {
        ...own,
        holds: compileCallRule(rule.match_regex, content.parameters, plan),
        window: counters.plugin(`${key}/rules/${index}`),
        windowSeconds: own.interval * secondsIn(own.unit),
        limit: rule.limit,
      };
    }),
  };
}

function secondsIn(unit: PluginContent<'rate_limit'>['default_time_unit']): number {
  return SECONDS[unit.toUpperCase() as Uppercase<typeof unit>];
}
