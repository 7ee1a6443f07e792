import { fail } from '@apig/sdk/contract';
import type { Rules } from '../kinds.ts';

/** Source: API reference, "Deleting an Access Control Policy". */
export const aclRules: Rules<'acl'> = {
  deleting: ({ id }, { draft }) => {
    if (draft.by('aclBinding', 'aclId', id).length > 0) throw fail('aclBound', { id });
  },
};
