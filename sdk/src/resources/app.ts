import { z } from 'zod';
import { automatic, describe, generated, immutable, ref, secret } from '../describe.ts';
import { nameOfWord, pattern, remark } from '../names.ts';

/**
 * A caller of APIs, with a key and a secret for its signatures. It may call the APIs for which it is authorized.
 * Source: API reference, "Creating an App".
 */
export const app = describe({
  kind: 'app',
  title: 'app',
  path: 'instances/{gatewayId}/apps',
  operations: { shape: 'collection', listKey: 'apps', read: { by: 'get' }, updates: true, patches: true },
  missing: 'appNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'appNameTaken' },
  quota: { config: 'APP_NUM_LIMIT', limit: 50, within: ['gatewayId'], error: 'appQuota' },
  input: {
    /** Gateway that has the app. Changing it replaces the app. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and underscores, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(nameOfWord()),
    /** Remark, at most 255 characters. */
    remark: remark(),
    /** Name under which the app signs: 8 to 200 letters, digits, `_` and `-`, starting with a letter or digit. Left out: generated. */
    appKey: generated(
      pattern(
        /^[A-Za-z0-9][\w-]{7,199}$/,
        '8 to 200 letters, digits, _ and -, starting with a letter or digit',
      ),
    ),
    /** Secret with which the app signs: 8 to 128 letters, digits and `_-!@#$%`, starting with a letter or digit. Left out: generated. */
    appSecret: secret(
      generated(
        pattern(
          /^[A-Za-z0-9][\w!@#$%-]{7,127}$/,
          '8 to 128 letters, digits and _-!@#$%, starting with a letter or digit',
        ),
      ),
    ),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    registerTime: z.string(),
  },
});
