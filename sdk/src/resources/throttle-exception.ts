import { z } from 'zod';
import { describe, example, immutable, ref, wire } from '../describe.ts';
import { INT32_MAX } from '../names.ts';

/**
 * Another limit of a throttle for one app or account. Source: API reference, "Creating an Excluded Request Throttling
 * Configuration".
 */
export const throttleException = describe({
  kind: 'throttleException',
  title: 'throttle exception',
  path: 'instances/{gatewayId}/throttles/{throttleId}/throttle-specials',
  operations: { shape: 'collection', listKey: 'throttle_specials', read: { by: 'list' }, updates: true },
  missing: 'throttleExceptionNotFound',
  unique: {
    within: ['gatewayId', 'throttleId'],
    fields: ['objectType', 'objectId'],
    error: 'throttleExceptionTaken',
  },
  quota: { limit: 30, within: ['gatewayId', 'throttleId', 'objectType'], error: 'otherQuota' },
  input: {
    /** Gateway that has the policy. Changing it replaces the throttle exception. */
    gatewayId: immutable(ref('gateway')),
    /** Policy to which the exception belongs. Changing it replaces the throttle exception. */
    throttleId: immutable(ref('throttle')),
    /** What the exception is for: an `APP`, or an account, `USER`. Changing it replaces the throttle exception. */
    objectType: immutable(z.enum(['APP', 'USER'])),
    /** ID of the app or account. Changing it replaces the throttle exception. */
    objectId: example('app.id', immutable(z.string().min(1).max(64))),
    /** Calls of that app or account allowed in a window of the policy, in place of the general limit; at most the policy's `apiCallLimit`. */
    callLimit: example(20, wire('call_limits', z.int().min(1).max(INT32_MAX))),
  },
  output: {},
});
