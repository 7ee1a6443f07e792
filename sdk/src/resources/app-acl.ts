import { z } from 'zod';
import { formOfRange, isAddressRange } from '../addresses.ts';
import { describe, example, immutable, ref, set, spelled, wire } from '../describe.ts';

/**
 * The addresses from which an app may call, or may not, whatever API it calls. Source: API reference, "Configuring
 * Access Control for an App".
 */
export const appAcl = describe({
  kind: 'appAcl',
  title: 'app ACL',
  path: 'instances/{gatewayId}/apps/{appId}/app-acl',
  operations: {
    shape: 'singleton',
    idField: 'appId',
    set: { method: 'PUT', status: 201 },
    read: { by: 'get' },
    end: 'DELETE',
  },
  missing: 'appNotFound',
  input: {
    /** Gateway that has the app. Changing it replaces the app ACL. */
    gatewayId: immutable(ref('gateway')),
    /** App whose calls are looked at. Changing it replaces the app ACL. */
    appId: immutable(ref('app')),
    /** `PERMIT`: the app may call from the listed addresses only. `DENY`: from all but these. */
    type: wire('app_acl_type', z.enum(['PERMIT', 'DENY'])),
    /** 1 to 100 addresses, CIDR blocks or ranges written `a-b`. */
    values: spelled(
      formOfRange,
      set(wire('app_acl_values', example(['192.0.2.0/24'], z.array(z.string().min(1)).min(1).max(100)))),
    ),
  },
  output: {},
  rules: [
    {
      on: ['values'],
      check: ({ values }) =>
        values.flatMap((value, index) =>
          isAddressRange(value)
            ? []
            : [
                {
                  path: ['values', index],
                  message: 'expected an address, a CIDR block or a range written a-b',
                },
              ],
        ),
    },
  ],
});
