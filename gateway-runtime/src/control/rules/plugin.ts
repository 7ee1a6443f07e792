import { fail, isDescribed, parseContent, usesChannel, httpDowngradeOf } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { FunctionName } from '../../functions.ts';
import type { Rules } from '../kinds.ts';
import { assertRoom } from '../limits.ts';
import { required } from '../lookup.ts';

/** Plug-ins of one type that a gateway may have. Source: user guide, "Configuring a Kafka Log Push Policy". */
const MAX_KAFKA_LOGS = 5;

/** Source: API reference, "Creating a Plug-in" and "Deleting a Plug-in". */
export const pluginRules: Rules<'plugin'> = {
  check: (plugin, id, before, { draft, functions }) => {
    const { gatewayId, type, content } = plugin;
    for (const channelId of channelsOf(type, content)) {
      required(draft, 'loadBalanceChannel', gatewayId, channelId);
    }
    for (const { body } of draft.by('pluginAttachment', 'pluginId', id)) {
      const api = draft.get('api', body.apiId);
      if (api !== undefined) assertPluginActs(plugin, api);
    }
    for (const name of functionsOf(type, content)) {
      if (!functions.has(name)) throw fail('functionNotFound', { id: name.aliasUrn ?? name.urn });
    }
    if (type === 'kafka_log' && before === undefined) {
      const logs = draft.by('plugin', 'gatewayId', gatewayId).filter(({ body }) => body.type === type);
      assertRoom(logs.length, MAX_KAFKA_LOGS, 'otherQuota', 'plug-ins of type kafka_log');
    }
  },

  deleting: ({ id }, { draft }) => {
    if (draft.by('pluginAttachment', 'pluginId', id).length > 0) throw fail('pluginAttached', { id });
  },
};

/**
 * Refuses to attach a plug-in where it would not do what its type says.
 *
 * What the contents of `oidc_auth` and `jwt_auth` mean is not documented: such plug-ins are kept, but an API that had
 * one would look protected and would not be. Source: user guide, "Configuring a Circuit Breaker Policy" (gRPC).
 *
 * @throws `valueInvalid`
 */
export function assertPluginActs(
  { type, content }: Pick<Stored<'plugin'>['body'], 'type' | 'content'>,
  api: Stored<'api'>,
): void {
  if (!isDescribed(type))
    throw refused(`plug-ins of type ${type} are kept only: they check nothing, and so protect no API`);
  if (type === 'breaker' && api.body.protocol === 'GRPCS') {
    const answers = downgradesIn(content).some((each) => each.type !== 'passthrough');
    if (answers) throw refused('expected no downgrade other than passthrough for an API of protocol GRPCS');
  }
}

/** The channels by which a plug-in reaches others. */
export function channelsOf(type: string, content: string): readonly string[] {
  if (type === 'third_auth') {
    const { vpc_channel_enabled: isUsed, vpc_channel_info: info } = parseContent(type, content).auth_request;
    return (isUsed === true || isUsed === 1) && info !== null && info !== undefined ? [info.vpc_id] : [];
  }
  if (type !== 'breaker') return [];
  return downgradesIn(content).flatMap((each) =>
    usesChannel(each) ? [httpDowngradeOf(each)?.vpc_channel_id ?? ''] : [],
  );
}

function functionsOf(type: string, content: string): readonly FunctionName[] {
  if (type !== 'breaker') return [];
  return downgradesIn(content).flatMap(({ type: downgradeType, func_info: target }) =>
    downgradeType === 'function' && target !== null && target !== undefined
      ? [
          {
            urn: target.function_urn,
            version: target.version ?? undefined,
            aliasUrn: target.alias_urn ?? undefined,
          },
        ]
      : [],
  );
}

function downgradesIn(content: string) {
  const { downgrade_default: usual, downgrade_rules: rules } = parseContent('breaker', content);
  return [usual, ...(rules ?? []).map((rule) => rule.downgrade_backend)].filter(
    (each) => each !== null && each !== undefined,
  );
}

function refused(reason: string): Error {
  return fail('valueInvalid', { reason, field: 'plugin_id' });
}
