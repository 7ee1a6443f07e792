import { fail } from '@apig/sdk/contract';
import type { Rules } from '../kinds.ts';
import { required } from '../lookup.ts';

/** Source: API reference, "Creating an Excluded Request Throttling Configuration". */
export const throttleExceptionRules: Rules<'throttleException'> = {
  takes: ['callLimit'],

  check: ({ gatewayId, throttleId, objectType, objectId, callLimit }, _id, _before, { draft }) => {
    if (objectType === 'APP') required(draft, 'app', gatewayId, objectId);
    const { apiCallLimit } = required(draft, 'throttle', gatewayId, throttleId).body;
    if (callLimit > apiCallLimit) throw fail('valueTooLarge', { limit: apiCallLimit, field: 'call_limits' });
  },
};
