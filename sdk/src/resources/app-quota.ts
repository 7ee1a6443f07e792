import { z } from 'zod';
import { automatic, describe, example, immutable, ref, set, wire, type Fault } from '../describe.ts';
import { INT32_MAX, pattern } from '../names.ts';

/**
 * How many calls an app may make in a cycle, over all APIs; each app that has it counts for itself. Source: API
 * reference, "Creating an App Quota".
 */
export const appQuota = describe({
  kind: 'appQuota',
  title: 'app quota',
  path: 'instances/{gatewayId}/app-quotas',
  operations: {
    shape: 'collection',
    listKey: 'quotas',
    idKey: 'app_quota_id',
    read: { by: 'get' },
    updates: true,
  },
  missing: 'appQuotaNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'appQuotaNameTaken' },
  input: {
    /** Gateway that has the quota. Changing it replaces the app quota. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 255 letters, digits and underscores, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(pattern(/^[A-Za-z]\w{2,254}$/, '3 to 255 letters, digits and _, starting with a letter')),
    /** Calls of an app allowed in a cycle. */
    callLimit: example(10_000, wire('call_limits', z.int().min(1).max(INT32_MAX))),
    /** Length of a cycle, in `timeUnit`. */
    timeInterval: z.int().min(1).max(INT32_MAX),
    /** Unit of `timeInterval`. */
    timeUnit: example('DAY', z.enum(['SECOND', 'MINUTE', 'HOUR', 'DAY'])),
    /** Start of the first cycle in UTC, `YYYY-MM-DD hh:mm:ss`; until then nothing is counted. Left out: a cycle starts with the first call after the last one ended. */
    resetTime: pattern(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
      'a time of the form YYYY-MM-DD hh:mm:ss',
    ).optional(),
    /** Remark, at most 255 characters, without `<` and `>`. */
    remark: pattern(/^[^<>]{0,255}$/, 'at most 255 characters without < and >').optional(),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [{ on: ['resetTime'], check: ({ resetTime }) => notATime(resetTime) }],
});

/** The apps that have a quota; an app has one at most. Source: API reference, "Binding an App Quota to Apps". */
export const appQuotaBinding = describe({
  kind: 'appQuotaBinding',
  title: 'app quota binding',
  path: 'instances/{gatewayId}/app-quotas/{appQuotaId}',
  operations: {
    shape: 'membership',
    owner: 'appQuotaId',
    members: { field: 'appIds', body: 'app_ids' },
    bind: { path: 'binding-apps', answerKey: 'applies' },
    bound: { path: 'bound-apps', listKey: 'apps', memberId: 'app_id' },
  },
  missing: 'appQuotaNotFound',
  input: {
    /** Gateway that has the quota and the apps. Changing it replaces the app quota binding. */
    gatewayId: immutable(ref('gateway')),
    /** Quota that the apps have. It takes the place of another one that an app has. Changing it replaces the app quota binding. */
    appQuotaId: immutable(ref('appQuota')),
    /** Apps that have it. */
    appIds: set(z.array(ref('app')).min(1)),
  },
  output: {},
});

function notATime(text: string | undefined): readonly Fault[] {
  if (text === undefined || isTime(text)) return [];
  return [{ path: ['resetTime'], message: 'expected a time that exists' }];
}

function isTime(text: string): boolean {
  const time = Date.parse(`${text.replace(' ', 'T')}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.replace(' ', 'T'));
}
