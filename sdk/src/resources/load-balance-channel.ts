import { z } from 'zod';
import {
  automatic,
  describe,
  example,
  flag,
  immutable,
  ref,
  set,
  wire,
  wordOrNothing,
  words,
  type Fault,
} from '../describe.ts';
import { nameOfDotted, pattern, remark } from '../names.ts';
import type { Json } from '../wire.ts';

const port = () => z.int().min(0).max(65_535);
const threshold = () => z.int().min(1).max(10);

const microserviceLabel = z.object({
  /** Name of the label, 1 to 63 characters. */
  name: wire('label_name', z.string().min(1).max(63)),
  /** Value of the label, 1 to 63 characters. */
  value: wire('label_value', z.string().min(1).max(63)),
});

const memberGroup = z.object({
  /** 3 to 64 letters, digits and `_-.`, starting with a letter; unique in the channel. */
  name: wire('member_group_name', nameOfDotted()),
  /** Remark, at most 255 characters. */
  remark: wire('member_group_remark', remark()),
  /** Weight of each member of the group, 0 to 100, in the place of its own. Left out: members keep theirs. */
  weight: wire('member_group_weight', z.int().min(0).max(100).optional()),
  /** With type MICROSERVICE, version of the instances that the group has; all versions when left out. */
  microserviceVersion: wire('microservice_version', z.string().min(1).max(64).optional()),
  /** With type MICROSERVICE, port of instances that are registered without one, up to 65,535. Left out: that of the channel. */
  microservicePort: wire('microservice_port', z.int().min(1).max(65_535).optional()),
  /** With type MICROSERVICE, labels that all instances of the group have. */
  microserviceLabels: wire('microservice_labels', set(z.array(microserviceLabel)).optional()),
});

const engineService = z.object({
  /** ID of the microservice engine. */
  engineId: wire('engine_id', z.string().min(1).max(64)),
  /** ID of the service in the engine. */
  serviceId: wire('service_id', z.string().min(1).max(64)),
});

const workload = z.object({
  /** ID of the cluster. */
  clusterId: wire('cluster_id', z.string().min(1).max(64)),
  /** Namespace in the cluster. */
  namespace: z.string().min(1).max(64),
  /** Kind of workload. */
  workloadType: wire('workload_type', wordOrNothing(['deployment', 'statefulset', 'daemonset'])),
  /** Name of the workload. Left out: it is found by its label. */
  appName: wire('app_name', z.string().min(1).max(64).optional()),
  /** Name of the label by which the workload is found. */
  labelKey: wire('label_key', z.string().min(1).max(64).optional()),
  /** Value of that label. */
  labelValue: wire('label_value', z.string().min(1).max(64).optional()),
});

const microservice = z.object({
  /** Who knows the instances: a microservice engine (`CSE`) or a cluster of containers (`CCE`). */
  serviceType: wire('service_type', wordOrNothing(['CSE', 'CCE'])),
  /** The service of an engine; required with `CSE`. */
  engine: wire('cse_info', engineService.optional()),
  /** The workload of a cluster; required with `CCE`. */
  workload: wire('cce_info', workload.optional()),
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
  /** Port, 0 to 65,535; 0 is the port of the channel. Default: `0`. */
  port: port().default(0),
  /** Share of the calls, 0 to 10,000; 0 takes none. Default: `1`. */
  weight: z.int().min(0).max(10_000).default(1),
  /** Whether it takes calls only when no other member can. Default: `false`. */
  backup: wire('is_backup', z.boolean().default(false)),
  /** Whether it may take calls. Default: `true`. */
  enabled: wire('status', flag().default(true)),
  /** Group of the channel that has the member. */
  group: wire('member_group_name', z.string().optional()),
});

const healthCheck = z.object({
  /** How members are asked. Default: `TCP`. */
  protocol: z.enum(['TCP', 'HTTP', 'HTTPS']).default('TCP'),
  /** Path that is asked for; required with HTTP and HTTPS. */
  path: pattern(
    /^\/[^\s?#]{0,511}$/,
    'a path of at most 512 characters that starts with / and has no ? or #',
  ).optional(),
  /** Method of the request. Default: `GET`. */
  method: z.enum(['GET', 'HEAD']).default('GET'),
  /** Port, 0 to 65,535; 0 is the port of the member. Default: `0`. */
  port: port().default(0),
  /** Good answers in a row after which a member is healthy, 1 to 10. Default: `2`. */
  healthyThreshold: wire('threshold_normal', threshold().default(2)),
  /** Bad answers in a row after which a member is unhealthy, 1 to 10. Default: `5`. */
  unhealthyThreshold: wire('threshold_abnormal', threshold().default(5)),
  /** Seconds allowed for an answer, 1 to 30; less than `intervalSeconds`. Default: `5`. */
  timeoutSeconds: wire('timeout', z.int().min(1).max(30).default(5)),
  /** Seconds from one check to the next, 1 to 300. Default: `10`. */
  intervalSeconds: wire('time_interval', z.int().min(1).max(300).default(10)),
  /** Statuses of good answers, such as `200,201-299`; required with HTTP. With HTTPS, when left out, `200`. */
  goodStatuses: wire(
    'http_code',
    pattern(
      /^[1-5]\d\d(?:-[1-5]\d\d)?(?:,[1-5]\d\d(?:-[1-5]\d\d)?)*$/,
      'statuses from 100 to 599 and ranges of them, separated by commas',
    ).optional(),
  ),
  /** Whether the gateway shows its client certificate. Default: `false`. */
  clientTls: wire('enable_client_ssl', z.boolean().default(false)),
  /** Whether members are checked at all. Default: `true`. */
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
    /** Gateway that has the channel. Changing it replaces the load balance channel. */
    gatewayId: immutable(ref('gateway')),
    /** 3 to 64 letters, digits and `_-.`, starting with a letter; unique in the gateway. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(nameOfDotted()),
    /** Where members come from: they are named here, or are the instances of a microservice. Default: `SERVER`. */
    type: words({ SERVER: 2, MICROSERVICE: 3 }).default('SERVER'),
    /** Port of members that name none, 1 to 65,535. */
    port: example(8080, z.int().min(1).max(65_535)),
    /** Who takes a call: members in turn or the least busy one, each by weight, or the one that the caller's address or the path leads to. Default: `ROUND_ROBIN`. */
    strategy: wire(
      'balance_strategy',
      words({ ROUND_ROBIN: 1, LEAST_CONNECTIONS: 2, SOURCE_HASH: 3, URI_HASH: 4 }).default('ROUND_ROBIN'),
    ),
    /** How members are named: by address (`ip`) or as servers of the cloud (`ecs`). Default: `ip`. */
    memberType: z.enum(['ip', 'ecs']).default('ip'),
    /** Groups of members. Default: none. */
    memberGroups: set(z.array(memberGroup)).default([]),
    /** Members, each host and port once in a group. None with type MICROSERVICE: they are the instances that are registered. Default: none. */
    members: set(z.array(member)).default([]),
    /** The microservice whose instances take the calls; required with type MICROSERVICE. */
    microservice: wire('microservice_info', microservice.optional()),
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
      on: ['type', 'microservice', 'members', 'memberGroups'],
      check: (channel) => (channel.type === 'SERVER' ? serverFaults(channel) : microserviceFaults(channel)),
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
    ...groupsOf(body),
    ...microserviceOf(body),
    ...healthOf(body),
  }),
});

type Microservice = z.output<typeof microservice>;

function serverFaults({
  microservice: service,
  memberGroups,
}: {
  readonly microservice?: Microservice | undefined;
  readonly memberGroups: readonly z.output<typeof memberGroup>[];
}): readonly Fault[] {
  const message = 'expected with type MICROSERVICE only';
  return [
    ...(service === undefined ? [] : [{ path: ['microservice'], message }]),
    ...memberGroups.flatMap((group, index) =>
      GROUP_FIELDS.filter((field) => group[field] !== undefined).map((field) => ({
        path: ['memberGroups', index, field],
        message,
      })),
    ),
  ];
}

const GROUP_FIELDS = ['microserviceVersion', 'microservicePort', 'microserviceLabels'] as const;

function microserviceFaults({
  microservice: service,
  members,
}: {
  readonly microservice?: Microservice | undefined;
  readonly members: readonly unknown[];
}): readonly Fault[] {
  const error = 'microserviceInvalid';
  if (service === undefined) {
    return [{ path: ['microservice'], message: 'expected with type MICROSERVICE', error: 'valueMissing' }];
  }
  const { serviceType, engine, workload: load } = service;
  const path = ['microservice', serviceType === 'CSE' ? 'engine' : 'workload'];
  const message = `expected with the service type ${serviceType}`;
  return [
    ...(members.length === 0
      ? []
      : [
          {
            path: ['members'],
            message: 'expected none, since the instances of the microservice are the members',
          },
        ]),
    ...((serviceType === 'CSE' ? engine : load) === undefined ? [{ path, message, error } as const] : []),
    ...(serviceType === 'CCE' && load !== undefined ? workloadFaults(load) : []),
  ];
}

/** A workload is found by its name or by a label. */
function workloadFaults({ appName, labelKey, labelValue }: z.output<typeof workload>): readonly Fault[] {
  if (appName !== undefined || (labelKey !== undefined && labelValue !== undefined)) return [];
  const field = labelKey === undefined ? 'labelKey' : 'labelValue';
  return [
    {
      path: ['microservice', 'workload', field],
      message: 'expected when no name of the workload is given',
      error: 'microserviceInvalid',
    },
  ];
}

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
  if (word === undefined || word === null || word === '') return { type };
  const code = typeof word === 'string' ? TYPES.get(word) : undefined;
  return { type: code ?? word };
}

const TYPES: ReadonlyMap<string, number> = new Map([
  ['builtin', 2],
  ['microservice', 3],
]);

/** Answers, and clients that send them back, have empty values where a group says nothing of microservices. */
function groupsOf({ member_groups: groups }: Json): Json {
  if (!Array.isArray(groups)) return {};
  return {
    member_groups: groups.map((each: unknown) => (isObject(each) ? withoutEmpty(each, GROUP_WIRE) : each)),
  };
}

const GROUP_WIRE = ['microservice_version', 'microservice_port', 'microservice_labels'];

/** Answers show an object of empty texts for a channel of servers, and for what is not of the service's type. */
function microserviceOf({ microservice_info: info }: Json): Json {
  if (!isObject(info)) return {};
  const { service_type: type, cse_info: cse, cce_info: cce } = info;
  if (type === '' || type === undefined || type === null) return { microservice_info: undefined };
  return {
    microservice_info: {
      ...info,
      cse_info: type === 'CSE' ? cse : undefined,
      cce_info: type === 'CCE' && isObject(cce) ? withoutEmpty(cce, WORKLOAD_WIRE) : undefined,
    },
  };
}

const WORKLOAD_WIRE = ['app_name', 'label_key', 'label_value'];

function withoutEmpty(body: Json, names: readonly string[]): Json {
  const isEmpty = (value: unknown) =>
    value === '' || value === 0 || value === null || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => !names.includes(name) || !isEmpty(value)),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
