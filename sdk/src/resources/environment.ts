import { z } from 'zod';
import { automatic, describe, immutable, ref } from '../describe.ts';
import { nameOfWord, remark } from '../names.ts';

/**
 * An environment, such as a test stage, in which APIs are published. Every gateway has one from the start, `RELEASE`.
 * Source: API reference, "Creating an Environment".
 */
export const environment = describe({
  kind: 'environment',
  title: 'environment',
  path: 'instances/{gatewayId}/envs',
  operations: { shape: 'collection', listKey: 'envs', read: { by: 'list' }, updates: true, patches: true },
  missing: 'environmentNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'environmentNameTaken' },
  quota: { config: 'ENVIRONMENT_NUM_LIMIT', limit: 10, within: ['gatewayId'], error: 'environmentQuota' },
  input: {
    /** Gateway that has the environment. Changing it replaces the environment. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and underscores, starting with a letter; unique in the gateway. Callers send it in the header `X-Stage`. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(nameOfWord()),
    /** Remark, at most 255 characters. */
    remark: remark(),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
});

/** ID of the environment that every gateway has: `RELEASE`, where calls without the header `X-Stage` go. */
export const RELEASE_ENVIRONMENT_ID = 'DEFAULT_ENVIRONMENT_RELEASE_ID';
