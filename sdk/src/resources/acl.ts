import { z } from 'zod';
import {
  automatic,
  commaList,
  describe,
  immutable,
  ref,
  set,
  spelled,
  wire,
  type Fault,
} from '../describe.ts';
import { formOfRange, isAddressRange } from '../addresses.ts';
import { nameOfWord } from '../names.ts';

/**
 * A list of addresses or accounts that may call, or may not. It acts on the APIs to which it is bound. Source: API
 * reference, "Creating an Access Control Policy".
 */
export const acl = describe({
  kind: 'acl',
  title: 'ACL',
  path: 'instances/{gatewayId}/acls',
  operations: { shape: 'collection', listKey: 'acls', read: { by: 'get' }, updates: true },
  missing: 'aclNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'aclNameTaken' },
  quota: { config: 'ACL_NUM_LIMIT', limit: 100, within: ['gatewayId'], error: 'aclQuota' },
  input: {
    /** Gateway that has the policy. Changing it replaces the ACL. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and underscores, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(wire('acl_name', nameOfWord())),
    /** `PERMIT`: only the listed may call. `DENY`: all but the listed may. */
    type: wire('acl_type', z.enum(['PERMIT', 'DENY'])),
    /** What is listed: addresses (`IP`), account names (`DOMAIN`) or account IDs (`DOMAIN_ID`). Changing it replaces the ACL. */
    entityType: immutable(z.enum(['IP', 'DOMAIN', 'DOMAIN_ID'])),
    /**
     * The list. `IP`: 1 to 100 addresses, CIDR blocks or ranges written `a-b`. `DOMAIN`: names of 1 to 64 characters,
     * not digits only. `DOMAIN_ID`: IDs of 32 characters. Names and IDs: at most 1,024 characters in all.
     */
    values: spelled(formOfRange, set(wire('acl_value', commaList(z.string().min(1)).min(1)))),
  },
  output: {},
  rules: [{ on: ['entityType', 'values'], check: ({ entityType, values }) => CHECKS[entityType](values) }],
});

const CHECKS: Record<'IP' | 'DOMAIN' | 'DOMAIN_ID', (values: readonly string[]) => readonly Fault[]> = {
  IP: (values) => [
    ...(values.length > 100 ? [fault([], 'expected at most 100 items')] : []),
    ...each(values, isAddressRange, 'expected an address, a CIDR block or a range written a-b'),
  ],
  DOMAIN: (values) => [
    ...inAll(values),
    ...each(
      values,
      (name) => /^(?!\d+$)[^,]{1,64}$/.test(name),
      'expected an account name of 1 to 64 characters, not digits only',
    ),
  ],
  DOMAIN_ID: (values) => [
    ...inAll(values),
    ...each(values, (id) => /^[A-Za-z0-9]{32}$/.test(id), 'expected an account ID of 32 letters and digits'),
  ],
};

function each(
  values: readonly string[],
  isValid: (value: string) => boolean,
  message: string,
): readonly Fault[] {
  return values.flatMap((value, index) => (isValid(value) ? [] : [fault([index], message)]));
}

function inAll(values: readonly string[]): readonly Fault[] {
  return values.join(',').length > 1024 ? [fault([], 'expected at most 1024 characters in all')] : [];
}

function fault(path: readonly number[], message: string): Fault {
  return { path: ['values', ...path], message };
}
