import { isDescribed, parseContent } from '@apig/sdk/contract';
import type { ConfigurationReader, Tie } from '../../store/configuration.ts';
import type { Lasting } from '../lasting.ts';
import type { Plan } from '../snapshot.ts';
import { compileBreaker, type BreakerPlan, type CompileDowngrade } from './breaker.ts';
import type { PluginDeed } from '../../statistics.ts';
import { compileCors, type CorsPlan } from './cors.ts';
import { compileKafkaLog, type LogPlan } from './kafka-log.ts';
import { compileProxyCache, type CachePlan } from './proxy-cache.ts';
import { compileProxyMirror, type MirrorPlan } from './proxy-mirror.ts';
import { compileRateLimit } from './rate-limit.ts';
import { compileResponseHeaders, type HeaderRule } from './response-headers.ts';
import { compileThirdAuth, type ThirdAuthPlan } from './third-auth.ts';
import type { PolicyPlan } from '../throttle.ts';

/** The plug-ins of an API in an environment, at most one of each type. */
export interface PluginsPlan {
  readonly cors?: CorsPlan;
  readonly responseHeaders?: readonly HeaderRule[];
  readonly rateLimit?: PolicyPlan;
  readonly breaker?: BreakerPlan;
  readonly thirdAuth?: ThirdAuthPlan;
  readonly cache?: CachePlan;
  readonly mirror?: MirrorPlan;
  readonly log?: LogPlan;
}

/** Works out the plug-ins that an API has. */
export function compilePlugins(
  configuration: ConfigurationReader,
  tie: Tie,
  api: Pick<Plan, 'apiId' | 'apiName' | 'stage'>,
  { counters, circuits, channels, answers, logs }: Lasting,
  toBackend: CompileDowngrade,
  note: (deed: PluginDeed, times?: number) => void,
): PluginsPlan {
  const plans = configuration
    .by('pluginAttachment', 'apiId', tie.apiId)
    .filter(({ body }) => body.environmentId === tie.environmentId)
    .map(({ body }): PluginsPlan => {
      const plugin = configuration.get('plugin', body.pluginId);
      if (plugin === undefined || !isDescribed(plugin.body.type)) return {};
      const { type, content } = plugin.body;
      const place = `${plugin.id}/${tie.apiId}/${tie.environmentId}`;
      switch (type) {
        case 'cors':
          return { cors: compileCors(parseContent(type, content)) };
        case 'set_resp_headers':
          return { responseHeaders: compileResponseHeaders(parseContent(type, content), api) };
        case 'rate_limit': {
          const parsed = parseContent(type, content);
          const key = parsed.scope === 'share' ? `${plugin.id}/` : place;
          return { rateLimit: compileRateLimit(parsed, counters, key, api) };
        }
        case 'breaker': {
          const parsed = parseContent(type, content);
          const key = parsed.scope === 'share' ? `${plugin.id}/` : place;
          return { breaker: compileBreaker(parsed, circuits, key, api, toBackend) };
        }
        case 'third_auth': {
          const failures = counters.plugin(`${plugin.id}/failures`);
          return { thirdAuth: compileThirdAuth(parseContent(type, content), channels, failures, api) };
        }
        case 'proxy_cache':
          return { cache: compileProxyCache(parseContent(type, content), answers, api, note) };
        case 'proxy_mirror':
          return { mirror: compileProxyMirror(parseContent(type, content), note) };
        case 'kafka_log':
          return { log: compileKafkaLog(parseContent(type, content), logs.of(plugin.id, content), note) };
      }
    });
  return Object.assign({}, ...plans) as PluginsPlan;
}
