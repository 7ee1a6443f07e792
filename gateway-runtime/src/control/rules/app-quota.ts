import type { Rules } from '../kinds.ts';

/** Source: API reference, "Deleting an App Quota". */
export const appQuotaRules: Rules<'appQuota'> = {
  deleting: ({ id }, { draft }) => {
    for (const binding of draft.by('appQuotaBinding', 'appQuotaId', id)) draft.remove(binding);
  },
};
