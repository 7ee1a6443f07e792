import { hash } from 'node:crypto';
import type { Json } from '@apig/sdk/contract';
import type { ChannelMember, ChannelMemberGroup, Stored } from '../../store/configuration.ts';
import type { Answers } from '../kinds.ts';
import { toSeconds } from '../times.ts';
import { baseAnswer, byId, byText } from './base.ts';

type Channel = Stored<'loadBalanceChannel'>;

/** Source: API reference, "Creating a Load Balance Channel" and "Querying Load Balance Channels". */
export const loadBalanceChannelAnswers: Answers<'loadBalanceChannel'> = {
  item: channelAnswer,

  listed: (channel) => ({ ...channelAnswer(channel), members: undefined, vpc_health_config: undefined }),

  filters: {
    id: byId(),
    name: byText(({ body }) => body.name),
    member_host: { match: 'oneOf', of: ({ body }) => body.members.map(({ host }) => host ?? '') },
    member_port: {
      match: 'oneOf',
      of: ({ body }) => body.members.map(({ port }) => String(port === 0 ? body.port : port)),
    },
    member_group_name: { match: 'oneOf', of: ({ body }) => body.memberGroups.map(({ name }) => name) },
    member_group_id: { match: 'oneOf', of: ({ body }) => body.memberGroups.map(({ id }) => id) },
    vpc_channel_type: { match: 'whole', of: ({ body }) => typeWord(body.type) },
  },
};

/** The word that newer gateways have for the type of a channel. */
function typeWord(type: Channel['body']['type']): string {
  return type === 'MICROSERVICE' ? 'microservice' : 'builtin';
}

/** A channel as every operation on it shows it. */
export function channelAnswer(channel: Channel): Json {
  return {
    ...baseAnswer(channel),
    status: 1,
    vpc_channel_type: typeWord(channel.body.type),
    dict_code: '',
    member_groups: channel.body.memberGroups.map((group) => memberGroupAnswer(group, channel)),
    members: channel.body.members.map((member) => memberAnswer(member, channel)),
    vpc_health_config: healthCheckAnswer(channel),
    microservice_info: microserviceAnswer(channel),
  };
}

/** A member as operations on members show it. */
export function memberAnswer(member: ChannelMember, channel: Channel): Json {
  const [wire] = rowsOf(channel, 'members', [member]);
  const { host } = member;
  return {
    // A member that is no server of the cloud is shown as one of its own name.
    ecs_id: host,
    ecs_name: host,
    member_group_name: '',
    ...wire,
    id: member.id,
    vpc_channel_id: channel.id,
    member_group_id: channel.body.memberGroups.find(({ name }) => name === member.group)?.id ?? '',
    create_time: toSeconds(member.createTime),
  };
}

/** A group of members as operations on groups show it. */
export function memberGroupAnswer(group: ChannelMemberGroup, channel: Channel): Json {
  const [wire] = rowsOf(channel, 'member_groups', undefined, [group]);
  return {
    member_group_remark: '',
    dict_code: '',
    microservice_version: '',
    microservice_port: 0,
    microservice_labels: [],
    ...wire,
    // Clients know the ID under either name.
    id: group.id,
    member_group_id: group.id,
    create_time: toSeconds(group.createTime),
    update_time: toSeconds(group.updateTime),
  };
}

/** The health check of a channel; undefined when it has none. */
export function healthCheckAnswer(channel: Channel): Json | undefined {
  const wire = baseAnswer(channel)['vpc_health_config'];
  if (wire === undefined) return undefined;
  return {
    path: '',
    http_code: '',
    ...(wire as Json),
    // A channel has one check at the most, so its ID follows from that of the channel.
    id: hash('sha256', `${channel.id} health check`).slice(0, 32),
    vpc_channel_id: channel.id,
    create_time: toSeconds(channel.createdAt),
  };
}

/** The microservice of a channel; for one of servers an object of empty texts. */
function microserviceAnswer(channel: Channel): Json {
  const wire = baseAnswer(channel)['microservice_info'];
  if (wire === undefined) return NO_MICROSERVICE;
  const { cse_info: cse, cce_info: cce, service_type } = wire as Readonly<Record<string, Json>>;
  return {
    // A channel has one microservice at the most, so its ID follows from that of the channel.
    id: hash('sha256', `${channel.id} microservice`).slice(0, 32),
    instance_id: channel.body.gatewayId,
    service_type,
    cse_info: { ...NO_MICROSERVICE.cse_info, ...cse },
    cce_info: { ...NO_MICROSERVICE.cce_info, ...cce },
    create_time: toSeconds(channel.createdAt),
    update_time: toSeconds(channel.updatedAt),
  };
}

/** The documented form of some members or groups. */
function rowsOf(
  channel: Channel,
  key: 'members' | 'member_groups',
  members: readonly ChannelMember[] = [],
  memberGroups: readonly ChannelMemberGroup[] = [],
): readonly Json[] {
  const { body } = channel;
  const wire = baseAnswer({
    ...channel,
    body: { ...body, members: [...members], memberGroups: [...memberGroups] },
  });
  return wire[key] as readonly Json[];
}

const NO_MICROSERVICE = {
  id: '',
  instance_id: '',
  service_type: '',
  cse_info: {
    engine_id: '',
    engine_name: '',
    service_id: '',
    service_name: '',
    register_address: '',
    cse_app_id: '',
    version: '',
  },
  cce_info: {
    cluster_id: '',
    cluster_name: '',
    namespace: '',
    workload_type: '',
    app_name: '',
    label_key: '',
    label_value: '',
  },
};
