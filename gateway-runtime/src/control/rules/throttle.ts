import type { Rules } from '../kinds.ts';

/** Source: API reference, "Deleting a Request Throttling Policy". */
export const throttleRules: Rules<'throttle'> = {
  deleting: ({ id }, { draft }) => {
    for (const binding of draft.by('throttleBinding', 'throttleId', id)) draft.remove(binding);
    for (const exception of draft.by('throttleException', 'throttleId', id)) draft.remove(exception);
  },
};
