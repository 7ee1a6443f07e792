import { describe, example, immutable, ref, wire } from '../describe.ts';
import { pattern } from '../names.ts';

/**
 * A value that the backend addresses and paths of a group's APIs may name as `#NAME#`, for one environment. A changed
 * value acts at once on what is published. Source: API reference, "Creating an Environment Variable".
 */
export const environmentVariable = describe({
  kind: 'environmentVariable',
  title: 'environment variable',
  path: 'instances/{gatewayId}/env-variables',
  operations: {
    shape: 'collection',
    listKey: 'variables',
    listsOf: 'groupId',
    read: { by: 'get' },
    updates: true,
  },
  missing: 'environmentVariableNotFound',
  unique: {
    within: ['gatewayId', 'groupId', 'environmentId'],
    fields: ['name'],
    error: 'environmentVariableNameTaken',
  },
  quota: {
    config: 'VARIABLE_NUM_LIMIT',
    limit: 50,
    within: ['gatewayId', 'groupId', 'environmentId'],
    error: 'environmentVariableQuota',
  },
  input: {
    /** Gateway that has the group and the environment. Changing it replaces the environment variable. */
    gatewayId: immutable(ref('gateway')),
    /** Group for whose APIs the variable has a value. Changing it replaces the environment variable. */
    groupId: immutable(ref('apiGroup')),
    /** Environment in which it has the value. Changing it replaces the environment variable. */
    environmentId: immutable(wire('env_id', ref('environment'))),
    /** 3 to 32 letters, digits, `_` and `-`, starting with a letter; unique in the group and the environment. Changing it replaces the environment variable. */
    name: example(
      'ORDERS_HOST',
      immutable(
        wire(
          'variable_name',
          pattern(/^[A-Za-z][\w-]{2,31}$/, '3 to 32 letters, digits, _ and -, starting with a letter'),
        ),
      ),
    ),
    /** Its value: 1 to 255 letters, digits and `_-/.:`. Not for secrets. */
    value: example(
      'orders.internal:8080',
      wire('variable_value', pattern(/^[\w/.:-]{1,255}$/, '1 to 255 letters, digits and _-/.:')),
    ),
  },
  output: {},
});
