import { z } from 'zod';
import { automatic, describe, example, immutable, ref, wire, words, type Fault } from '../describe.ts';
import { INT32_MAX, nameOfWord, remark } from '../names.ts';

const limit = () => z.int().min(1).max(INT32_MAX);

/**
 * A limit on calls in a window of time. It acts on the APIs to which it is bound. Source: API reference, "Creating a
 * Request Throttling Policy".
 */
export const throttle = describe({
  kind: 'throttle',
  title: 'throttle',
  path: 'instances/{gatewayId}/throttles',
  operations: { shape: 'collection', listKey: 'throttles', read: { by: 'get' }, updates: true },
  missing: 'throttleNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'throttleNameTaken' },
  quota: { config: 'THROTTLE_NUM_LIMIT', limit: 300, within: ['gatewayId'], error: 'throttleQuota' },
  input: {
    /** Gateway that has the policy. Changing it replaces the throttle. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and underscores, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(nameOfWord()),
    /** `API`: each bound API has counters of its own. `SHARED`: all bound APIs count together. Default: `API`. */
    scope: wire('type', words({ API: 1, SHARED: 2 }).default('API')),
    /** Calls of one API allowed in a window. */
    apiCallLimit: example(100, wire('api_call_limits', limit())),
    /** Calls of one account allowed in a window; at most `apiCallLimit`. Left out: no such limit. */
    userCallLimit: wire('user_call_limits', limit().optional()),
    /** Calls of one app allowed in a window; at most `userCallLimit` or, without one, `apiCallLimit`. Left out: no such limit. */
    appCallLimit: wire('app_call_limits', limit().optional()),
    /** Calls from one address allowed in a window; at most `apiCallLimit`. Left out: no such limit. */
    ipCallLimit: wire('ip_call_limits', limit().optional()),
    /** Length of a window, in `timeUnit`. */
    timeInterval: limit(),
    /** Unit of `timeInterval`. */
    timeUnit: example('MINUTE', z.enum(['SECOND', 'MINUTE', 'HOUR', 'DAY'])),
    /** Remark, at most 255 characters. */
    remark: remark(),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [
    {
      on: ['apiCallLimit', 'userCallLimit', 'appCallLimit', 'ipCallLimit'],
      check: ({ apiCallLimit, userCallLimit, appCallLimit, ipCallLimit }) => [
        ...atMost('userCallLimit', userCallLimit, apiCallLimit),
        ...atMost('appCallLimit', appCallLimit, userCallLimit ?? apiCallLimit),
        ...atMost('ipCallLimit', ipCallLimit, apiCallLimit),
      ],
    },
  ],
  // Clients write "no limit" as 0.
  fromWire: (wire) => ({
    ...wire,
    ...Object.fromEntries(OPTIONAL_LIMITS.filter((key) => wire[key] === 0).map((key) => [key, undefined])),
  }),
});

const OPTIONAL_LIMITS = ['user_call_limits', 'app_call_limits', 'ip_call_limits'];

function atMost(field: string, value: number | undefined, bound: number): readonly Fault[] {
  if (value === undefined || value <= bound) return [];
  return [
    {
      path: [field],
      message: `expected at most ${bound}`,
      error: 'valueTooLarge',
      details: { limit: bound },
    },
  ];
}
