import { z } from 'zod';
import { describe, example, flag, immutable, ref, set, wire, words, type Fault } from '../describe.ts';
import { nameOfDotted, pattern, remark } from '../names.ts';
import type { Json } from '../wire.ts';

const port = () => z.int().min(0).max(65_535);
const threshold = () => z.int().min(1).max(10);

const memberGroup = z.object({
  /** 3 to 64 letters, digits and `_-.`, starting with a letter; unique in the channel. */
  name: wire('member_group_name', nameOfDotted()),
  /** Remark, at most 255 characters. */
  remark: wire('member_group_remark', remark()),
  /** Weight of each member of the group, 0 to 100, in the place of its own. Left out: members keep theirs. */
  weight: wire('member_group_weight', z.int().min(0).max(100).optional()),
});

const member = z.object({
  /** Name or address of the server, for members of type `ip`; at most 64 characters. */
  host: example(
    '192.0.2.10',
    pattern(
      /^[^\s/?#@\\]{1,64}$/,
      'a host name or an address of at most 64 characters, without port',
    ).optional(),
  ),
  /** ID of the server, for members of type `ecs`. */
  serverId: wire('ecs_id', z.string().min(1).max(255).optional()),
  /** Name of the server, for members of type `ecs`. */
  serverName: wire('ecs_name', z.string().min(1).max(64).optional()),
  /** Port, 0 to 65,535; 0 is the port of the channel. */
  port: port().default(0),
  /** Share of the calls, 0 to 10,000; 0 takes none. */
  weight: z.int().min(0).max(10_000).default(1),
  /** Whether it takes calls only when no other member can. */
  backup: wire('is_backup', z.boolean().default(false)),
  /** Whether it may take calls. */
  enabled: wire('status', flag().default(true)),
  /** Group of the channel that has the member. */
  group: wire('member_group_name', z.string().optional()),
});

const healthCheck = z.object({
  /** How members are asked. */
  protocol: z.enum(['TCP', 'HTTP', 'HTTPS']).default('TCP'),
  /** Path that is asked for; required with HTTP and HTTPS. */
  path: pattern(
    /^\/[^\s?#]{0,511}$/,
    'a path of at most 512 characters that starts with / and has no ? or #',
  ).optional(),
  /** Method of the request. */
  method: z.enum(['GET', 'HEAD']).default('GET'),
  /** Port, 0 to 65,535; 0 is the port of the member. */
  port: port().default(0),
  /** Good answers in a row after which a member is healthy, 1 to 10. */
  healthyThreshold: wire('threshold_normal', threshold().default(2)),
  /** Bad answers in a row after which a member is unhealthy, 1 to 10. */
  unhealthyThreshold: wire('threshold_abnormal', threshold().default(5)),
  /** Seconds allowed for an answer, 1 to 30; less than `intervalSeconds`. */
  timeoutSeconds: wire('timeout', z.int().min(1).max(30).default(5)),
  /** Seconds from one check to the next, 1 to 300. */
  intervalSeconds: wire('time_interval', z.int().min(1).max(300).default(10)),
  /** Statuses of good answers, such as `200,201-299`; required with HTTP. With HTTPS, when left out, `200`. */
  goodStatuses: wire(
    'http_code',
    pattern(
      /^[1-5]\d\d(?:-[1-5]\d\d)?(?:,[1-5]\d\d(?:-[1-5]\d\d)?)*$/,
      'statuses from 100 to 599 and ranges of them, separated by commas',
    ).optional(),
  ),
  /** Whether the gateway shows its client certificate. */
  clientTls: wire('enable_client_ssl', z.boolean().default(false)),
  /** Whether members are checked at all. */
  enabled: wire('status', flag().default(true)),
});

/**
 * Servers that share the calls of APIs. Members and their health act at once, without a new deployment. Source: API
 * reference, "Creating a Load Balance Channel".
 */
export const loadBalanceChannel = describe({
  kind: 'loadBalanceChannel',
  title: 'load balance channel',
  path: 'instances/{gatewayId}/vpc-channels',
  operations: {
    shape: 'collection',
    listKey: 'vpc_channels',
    read: { by: 'get' },
    updates: true,
    listIsBrief: true,
  },
  missing: 'loadBalanceChannelNotFound',
  unique: { within: ['gatewayId'], fields: ['name'], error: 'loadBalanceChannelNameTaken' },
  quota: {
    config: 'VPC_NUM_LIMIT',
    limit: 200,
    within: ['gatewayId'],
    error: 'loadBalanceChannelQuota',
  },
  input: {
    /** Gateway that has the channel. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and `_-.`, starting with a letter; unique in the gateway. */
    name: nameOfDotted(),
    /** Kind of channel; channels of servers are the only ones described. */
    type: words({ SERVER: 2 }).default('SERVER'),
    /** Port of members that name none, 1 to 65,535. */
    port: example(8080, z.int().min(1).max(65_535)),
    /** Who takes a call: members in turn or the least busy one, each by weight, or the one that the caller's address or the path leads to. */
    strategy: wire(
      'balance_strategy',
      words({ ROUND_ROBIN: 1, LEAST_CONNECTIONS: 2, SOURCE_HASH: 3, URI_HASH: 4 }).default('ROUND_ROBIN'),
    ),
    /** How members are named: by address (`ip`) or as servers of the cloud (`ecs`). */
    memberType: z.enum(['ip', 'ecs']).default('ip'),
    /** Groups of members. */
    memberGroups: set(z.array(memberGroup)).default([]),
    /** Members, each host and port once in a group. */
    members: set(z.array(member)).default([]),
    /** How the gateway finds out which members can take calls. Left out: all are taken for healthy. */
    healthCheck: wire('vpc_health_config', healthCheck.optional()),
  },
  output: {
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [
    {
      on: ['memberGroups'],
      check: ({ memberGroups }) =>
        repeated(memberGroups.map(({ name }) => name)).map((index) => ({
          path: ['memberGroups', index, 'name'],
          message: 'expected each name once',
        })),
    },
    {
      on: ['memberType', 'members'],
      check: ({ memberType, members }) =>
        members.flatMap((each, index): readonly Fault[] => {
          const fields = memberType === 'ip' ? (['host'] as const) : (['serverId', 'serverName'] as const);
          return fields
            .filter((field) => each[field] === undefined)
            .map((field) => ({
              path: ['members', index, field],
              message: `expected with members of type ${memberType}`,
              error: 'valueMissing',
            }));
        }),
    },
    {
      on: ['members', 'memberGroups'],
      check: ({ members, memberGroups }) =>
        members.flatMap(({ group }, index) =>
          group === undefined || memberGroups.some(({ name }) => name === group)
            ? []
            : [{ path: ['members', index, 'group'], message: 'expected the name of a group of the channel' }],
        ),
    },
    {
      on: ['healthCheck'],
      check: ({ healthCheck: check }) => (check === undefined ? [] : healthFaults(check)),
    },
  ],
  fromWire: (body) => ({
    ...body,
    ...typeOf(body),
    ...membersOf(body),
    ...healthOf(body),
  }),
});

function healthFaults({
  protocol,
  path,
  goodStatuses,
  timeoutSeconds,
  intervalSeconds,
}: z.output<typeof healthCheck>): readonly Fault[] {
  const missing = (field: string): Fault => ({
    path: ['healthCheck', field],
    message: `expected with protocol ${protocol}`,
    error: 'valueMissing',
  });
  return [
    ...(protocol !== 'TCP' && path === undefined ? [missing('path')] : []),
    ...(protocol === 'HTTP' && goodStatuses === undefined ? [missing('goodStatuses')] : []),
    ...(timeoutSeconds < intervalSeconds
      ? []
      : [{ path: ['healthCheck', 'timeoutSeconds'], message: 'expected less than the interval' }]),
  ];
}

/** Newer gateways say the same of a channel's type by a word of its own. */
function typeOf({ type, vpc_channel_type: word }: Json): Json {
  return word === undefined || word === null || word === '' || word === 'builtin' ? { type } : { type: word };
}

/** Answers repeat the host of a member as that of a server of the cloud, which it is not. */
function membersOf(body: Json): Json {
  const { members, member_type: type } = body;
  if (!Array.isArray(members) || type === 'ecs') return {};
  return {
    members: members.map((each: unknown) =>
      typeof each === 'object' && each !== null ? { ...each, ecs_id: undefined, ecs_name: undefined } : each,
    ),
  };
}

/** Some clients write the protocol in small letters. */
function healthOf({ vpc_health_config: check }: Json): Json {
  if (typeof check !== 'object' || check === null) return {};
  const { protocol } = check as Json;
  return typeof protocol === 'string'
    ? { vpc_health_config: { ...check, protocol: protocol.toUpperCase() } }
    : {};
}

function repeated(names: readonly string[]): readonly number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
}
