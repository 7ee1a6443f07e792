import { z } from 'zod';
import { automatic, describe, immutable, ref, wire } from '../describe.ts';
import { nameOfTitle, remark } from '../names.ts';

/** A group of APIs, which share their domains. Source: API reference, "Creating an API Group". */
export const apiGroup = describe({
  kind: 'apiGroup',
  title: 'API group',
  path: 'instances/{gatewayId}/api-groups',
  operations: {
    shape: 'collection',
    listKey: 'groups',
    read: { by: 'get' },
    updates: true,
    patches: true,
    aspects: [
      {
        fields: ['debugDomainEnabled'],
        path: 'sl-domain-access-settings',
        inCreate: false,
        add: 'PUT',
        change: 'PUT',
        status: { add: 204, change: 204 },
      },
    ],
  },
  missing: 'apiGroupNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'apiGroupNameTaken' },
  quota: { config: 'APIGROUP_NUM_LIMIT', limit: 1500, within: ['gatewayId'], error: 'apiGroupQuota' },
  input: {
    /** Gateway that has the group. Changing it replaces the API group. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 255 letters, digits and `-_./:()`, starting with a letter or digit; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(nameOfTitle()),
    /** Remark, at most 1,000 characters. */
    remark: remark(1000),
    /** Whether the group answers on its debug domain. Default: `true`. */
    debugDomainEnabled: wire('sl_domain_access_enabled', z.boolean().default(true)),
  },
  output: {
    /** Domain that serves the group without a domain binding, for at most 1,000 calls a day. */
    debugDomain: wire('sl_domain', z.string()),
    /** Time of creation, RFC 3339 in UTC. */
    registerTime: z.string(),
  },
});
