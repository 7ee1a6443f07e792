import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byId, byText, byValue } from './base.ts';

/** Source: API reference, "Creating a Plug-in" and "Querying Plug-ins". */
export const pluginAnswers: Answers<'plugin'> = {
  item: pluginAnswer,
  filters: {
    plugin_id: byId(),
    plugin_name: byText(({ body }) => body.name),
    plugin_type: byValue(({ body }) => body.type),
    plugin_scope: byValue(({ body }) => body.scope),
  },
};

/** A plug-in as every operation shows it. The content is the text that was sent. */
export function pluginAnswer(plugin: Stored<'plugin'>): Json {
  return { remark: '', ...baseAnswer(plugin), update_time: toSeconds(plugin.updatedAt) };
}
