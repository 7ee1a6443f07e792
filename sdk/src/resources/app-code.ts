import { z } from 'zod';
import { describe, generated, immutable, ref, secret, wire } from '../describe.ts';
import { pattern } from '../names.ts';

/** A code that an app may send in the place of a signature. Source: API reference, "Creating an App Code". */
export const appCode = describe({
  kind: 'appCode',
  title: 'AppCode',
  path: 'instances/{gatewayId}/apps/{appId}/app-codes',
  operations: {
    shape: 'collection',
    listKey: 'app_codes',
    read: { by: 'get' },
    updates: false,
    generatedBy: 'code',
  },
  missing: 'appCodeNotFound',
  unique: { within: ['gatewayId', 'appId'], fields: ['code'], error: 'valueInvalid' },
  quota: { config: 'APP_CODE_NUM_LIMIT', limit: 5, within: ['gatewayId', 'appId'], error: 'appCodeQuota' },
  input: {
    /** Gateway that has the app. Changing it replaces the AppCode. */
    gatewayId: immutable(ref('gateway')),
    /** App that the code stands for. Changing it replaces the AppCode. */
    appId: immutable(ref('app')),
    /** 64 to 180 letters, digits and `+_!@#$%-/=`, starting with a letter, digit, `+` or `/`. Left out: generated. Changing it replaces the AppCode. */
    code: immutable(
      wire(
        'app_code',
        secret(
          generated(
            pattern(
              /^[A-Za-z0-9+/][\w+!@#$%/=-]{63,179}$/,
              '64 to 180 letters, digits and +_!@#$%-/=, starting with a letter, digit, + or /',
            ),
          ),
        ),
      ),
    ),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
});
