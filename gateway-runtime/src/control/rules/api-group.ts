import { fail } from '@apig/sdk/contract';
import type { Bodies } from '../../store/configuration.ts';
import type { Rules } from '../kinds.ts';
import { addDefaultResponse } from './gateway-response.ts';

/** Source: API reference, "Creating an API Group" and "Deleting an API Group". */
export const apiGroupRules: Rules<'apiGroup'> = {
  takes: ['name', 'remark'],

  complete: (value, before) => ({
    // Settled by the kind's own description, so it is what the kind stores.
    ...(value as Omit<Bodies['apiGroup'], 'isDefault'>),
    isDefault: before?.body.isDefault ?? false,
  }),

  check: ({ name, isDefault }, _id, before) => {
    if (isDefault && name !== before?.body.name) throw fail('defaultApiGroupFixed');
  },

  created: (group, { draft }) => addDefaultResponse(group, draft),

  deleting: ({ id, body }, { draft }) => {
    if (body.isDefault) throw fail('defaultApiGroupFixed');
    if (draft.by('api', 'groupId', id).length > 0) throw fail('apiGroupNotEmpty', { id });
    for (const domain of draft.by('domain', 'groupId', id)) draft.remove(domain);
    for (const response of draft.by('gatewayResponse', 'groupId', id)) draft.remove(response);
    for (const variable of draft.by('environmentVariable', 'groupId', id)) draft.remove(variable);
  },
};
