import { z } from 'zod';
import { automatic, coded, describe, entries, immutable, ref, set, wire } from '../describe.ts';
import type { JsonSchema } from '../fields.ts';
import { nameOfHyphenated, pattern } from '../names.ts';

/** Editions from the smallest to the largest. */
export const EDITIONS = ['BASIC', 'PROFESSIONAL', 'ENTERPRISE', 'PLATINUM'] as const;
type Edition = (typeof EDITIONS)[number];

const bandwidth = () => z.int().min(5).max(2000).optional();

/**
 * A gateway: what calls arrive at, with its groups, APIs, policies and apps. Source: API reference, "Creating a
 * Pay-per-Use Gateway".
 */
export const gateway = describe({
  kind: 'gateway',
  title: 'gateway',
  path: 'instances',
  operations: {
    shape: 'collection',
    listKey: 'instances',
    createdIdKey: 'instance_id',
    read: { by: 'get' },
    updates: true,
    patches: true,
    listIsBrief: true,
    status: { create: 202 },
    ready: { field: 'status', value: 'Running', failed: /Fail|Timeout|Frozen/ },
    aspects: [
      {
        fields: ['edition'],
        path: 'postpaid-resize',
        inCreate: true,
        add: 'POST',
        change: 'POST',
        status: { add: 202, change: 202 },
        errors: ['editionNotFound', 'gatewayEditionUnchanged', 'resizeFailed'],
      },
      {
        fields: ['egressBandwidthMbps'],
        path: 'nat-eip',
        inCreate: true,
        add: 'POST',
        change: 'PUT',
        remove: 'DELETE',
        status: { add: 200 },
      },
      {
        fields: ['ingressBandwidthMbps'],
        path: 'ingress-eip',
        names: { ingressBandwidthMbps: 'bandwidth_size' },
        addErrors: ['inboundAccessOn'],
        changeErrors: ['bandwidthChangeFailed'],
        inCreate: true,
        add: 'POST',
        change: 'PUT',
        remove: 'DELETE',
        status: { add: 202, change: 202 },
      },
      {
        fields: ['eipId'],
        path: 'eip',
        inCreate: true,
        add: 'PUT',
        change: 'PUT',
        remove: 'DELETE',
        status: { add: 200 },
      },
      {
        fields: ['tags'],
        path: 'instance-tags/action',
        inCreate: true,
        add: 'POST',
        change: 'POST',
        status: { add: 204, change: 204 },
        byEntry: true,
        errors: ['gatewayTagQuota'],
        readPath: 'instance-tags',
      },
    ],
  },
  missing: 'gatewayNotFound',
  unique: { within: [], fields: ['name'], error: 'gatewayNameTaken' },
  quota: { config: 'INSTANCE_NUM_LIMIT', limit: 5, within: [], error: 'gatewayQuota' },
  input: {
    /** 3 to 64 letters, digits, underscores and hyphens, starting with a letter; unique in the project. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(wire('instance_name', nameOfHyphenated())),
    /** Edition, from `BASIC` to `PLATINUM`. It can be raised in place; lowering it replaces the gateway. */
    edition: immutable(
      wire('spec_id', z.enum(EDITIONS)),
      (before: Edition, after: Edition) => EDITIONS.indexOf(after) < EDITIONS.indexOf(before),
    ),
    /** VPC in which the gateway lives. Changing it replaces the gateway. */
    vpcId: immutable(ref('vpc')),
    /** Subnet in which the gateway lives. Changing it replaces the gateway. */
    subnetId: immutable(ref('subnet')),
    /** Security group that guards it. */
    securityGroupId: ref('securityGroup'),
    /** Availability zones over which it is spread; at least one. Changing it replaces the gateway. */
    availableZoneIds: immutable(set(z.array(pattern(/^[^\s,[\]]{1,255}$/, 'the ID of a zone')).min(1))),
    /** Description, at most 255 characters, without `<` and `>`. */
    description: pattern(/^[^<>]{0,255}$/, 'at most 255 characters without < and >').optional(),
    /** Start of the daily maintenance window of four hours, in UTC. Default: `22:00:00`. */
    maintainBegin: z
      .enum(['02:00:00', '06:00:00', '10:00:00', '14:00:00', '18:00:00', '22:00:00'])
      .default('22:00:00'),
    /** Enterprise project; `0` is the default one. Changing it replaces the gateway. */
    enterpriseProjectId: immutable(z.string().min(1).default('0')),
    /** Who balances inbound load: `elb`, or `lvs` with an elastic IP of your own. Changing it replaces the gateway. Default: `elb`. */
    loadbalancerProvider: immutable(z.enum(['elb', 'lvs']).default('elb')),
    /** Outbound bandwidth to the internet in Mbit/s, at least 5. Left out: backends on the internet cannot be reached. */
    egressBandwidthMbps: wire('bandwidth_size', bandwidth()),
    /** Inbound bandwidth from the internet in Mbit/s, at least 5; with `elb` only. Left out: reached from the VPC only. */
    ingressBandwidthMbps: wire('ingress_bandwidth_size', bandwidth()),
    /** Elastic IP for inbound calls; with `lvs` only. */
    eipId: ref('eip').optional(),
    /** Name that marks the gateway's VPC endpoint service: at most 16 letters, digits, hyphens and underscores. */
    endpointServiceName: wire(
      'vpcep_service_name',
      pattern(/^[\w-]{1,16}$/, '1 to 16 letters, digits, _ and -').optional(),
    ),
    /** Up to 20 tags. Keys: 1 to 128 characters, not starting with `_sys_`; values: at most 255 characters. */
    tags: entries(
      pattern(
        /^(?!_sys_)[\p{L}\p{N} _.:=+@-]{1,128}$/u,
        'a tag key of 1 to 128 letters, digits, blanks and _.:=+-@, not starting with _sys_',
      ),
      pattern(
        /^[\p{L}\p{N} _.:=+@/-]{0,255}$/u,
        'a tag value of at most 255 letters, digits, blanks and _.:=+-@/',
      ),
    ).optional(),
  },
  output: {
    /** State; `Running` when it serves. */
    status: z.string(),
    /** Address inside the VPC. */
    ingressAddress: wire('ingress_ip', z.string().optional()),
    /** Addresses on the internet, inbound. */
    publicAddresses: wire(
      'publicips',
      coded(
        {
          schema: {
            type: 'array',
            items: { type: 'object', properties: { ip_address: { type: 'string' } } },
          },
          encode: (value) => (value as string[]).map((address) => ({ ip_address: address })),
          decode: (wire) =>
            Array.isArray(wire) ? (wire as { ip_address: string }[]).map((entry) => entry.ip_address) : wire,
        },
        z.array(z.string()),
      ),
    ),
    /** Address on the internet, outbound. */
    egressAddress: wire('nat_eip_address', z.string().optional()),
  },
  rules: [
    {
      on: ['loadbalancerProvider', 'ingressBandwidthMbps', 'eipId'],
      check: ({ loadbalancerProvider, ingressBandwidthMbps, eipId }) => [
        ...(loadbalancerProvider === 'lvs' && ingressBandwidthMbps !== undefined
          ? [{ path: ['ingressBandwidthMbps'], message: 'expected only with loadbalancerProvider elb' }]
          : []),
        ...(loadbalancerProvider === 'elb' && eipId !== undefined
          ? [{ path: ['eipId'], message: 'expected only with loadbalancerProvider lvs' }]
          : []),
      ],
    },
    {
      on: ['tags'],
      check: ({ tags }) =>
        Object.keys(tags ?? {}).length > 20 ? [{ path: ['tags'], message: 'expected at most 20 tags' }] : [],
    },
  ],
  // The window's end follows from its begin, so the typed form has only the begin.
  toWire: (wire) =>
    typeof wire['maintain_begin'] === 'string'
      ? { ...wire, maintain_end: fourHoursAfter(wire['maintain_begin']) }
      : wire,
  // 0 means "off" for both bandwidths. Zones are read as text of the form `[a, b]`.
  fromWire: (wire) => ({
    ...wire,
    bandwidth_size: wire['bandwidth_size'] === 0 ? undefined : wire['bandwidth_size'],
    ingress_bandwidth_size: wire['ingress_bandwidth_size'] === 0 ? undefined : wire['ingress_bandwidth_size'],
    spec_id: wire['spec_id'] ?? wire['spec'],
    available_zone_ids: zonesOf(wire['available_zone_ids']),
  }),
  wireSchema: (schema, of) => {
    const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
    const end = { type: 'string', description: 'End of the maintenance window, four hours after its begin.' };
    const zones = { type: 'string', description: 'Availability zones as text, `[a, b]`.' };
    return {
      ...schema,
      properties: {
        ...properties,
        maintain_end: end,
        ...(of === 'answer' ? { available_zone_ids: zones } : {}),
      },
    };
  },
});

/** The end of the maintenance window that begins at the given time of day, `HH:00:00`. */
export function fourHoursAfter(begin: string): string {
  return `${String((Number(begin.slice(0, 2)) + 4) % 24).padStart(2, '0')}:00:00`;
}

function zonesOf(wire: unknown): unknown {
  if (typeof wire !== 'string' || !/^\[.*\]$/.test(wire)) return wire;
  return wire
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((zone) => zone.trim())
    .filter((zone) => zone !== '');
}
