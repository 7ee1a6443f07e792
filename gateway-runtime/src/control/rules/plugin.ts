import { fail, isDescribed, parseContent } from '@apig/sdk/contract';
import type { Rules } from '../kinds.ts';
import { required } from '../lookup.ts';

/** Source: API reference, "Creating a Plug-in" and "Deleting a Plug-in". */
export const pluginRules: Rules<'plugin'> = {
  check: ({ gatewayId, type, content }, _id, _before, { draft }) => {
    // What would have no effect is refused.
    if (!isDescribed(type)) {
      throw fail('valueInvalid', {
        reason: `plug-ins of type ${type} are not offered`,
        field: 'plugin_type',
      });
    }
    const channelId = type === 'third_auth' ? channelOf(content) : undefined;
    if (channelId !== undefined) required(draft, 'loadBalanceChannel', gatewayId, channelId);
  },

  deleting: ({ id }, { draft }) => {
    if (draft.by('pluginAttachment', 'pluginId', id).length > 0) throw fail('pluginAttached', { id });
  },
};

/** The channel by which a plug-in of type `third_auth` reaches its service. */
export function channelOf(content: string): string | undefined {
  const { vpc_channel_enabled: isUsed, vpc_channel_info: info } = parseContent(
    'third_auth',
    content,
  ).auth_request;
  return isUsed === true || isUsed === 1 ? info?.vpc_id : undefined;
}
