import { isDeepStrictEqual } from 'node:util';
import { fail } from '@apig/sdk/contract';
import type { Bodies, ChannelMember, ChannelMemberGroup } from '../../store/configuration.ts';
import type { Microservice, Microservices } from '../../microservices.ts';
import { featuresOf } from '../../features.ts';
import { newId } from '../ids.ts';
import type { Rules } from '../kinds.ts';
import { limitOf } from '../limits.ts';
import { channelsOf } from './plugin.ts';
import { isUsedByApi } from './references.ts';

/** Source: API reference, "Creating a Load Balance Channel", "Modifying a Load Balance Channel" and "Deleting …". */
export const loadBalanceChannelRules: Rules<'loadBalanceChannel'> = {
  complete: (value, before, { draft }) => {
    // Settled by the kind's own description, so it is what the kind stores, but for what is chosen here.
    const settled = value as unknown as SettledChannel;
    const had = new Map(before?.body.members.map((each) => [memberKey(each, before.body.port), each]));
    const hadGroups = new Map(before?.body.memberGroups.map((each) => [each.name, each]));
    const members = new Map<string, ChannelMember>();
    for (const member of settled.members) {
      const key = memberKey(member, settled.port);
      const { id = newId(), createTime = draft.now } = had.get(key) ?? {};
      // Of members that are the same the first one counts.
      if (!members.has(key)) members.set(key, { ...member, id, createTime });
    }
    return {
      ...settled,
      members: [...members.values()],
      memberGroups: settled.memberGroups.map((group) => completeGroup(group, hadGroups, draft.now)),
    };
  },

  check: (
    { gatewayId, name, memberType, members, healthCheck, microservice },
    _id,
    before,
    { draft, limits, microservices },
  ) => {
    const isRenamed = before !== undefined && before.body.name !== name;
    if (isRenamed && !featuresOf(draft, gatewayId).channelsCanBeRenamed) {
      const reason = 'expected the present name, as the feature vpc_name_modifiable is off';
      throw fail('valueInvalid', { reason, field: 'name' });
    }
    if (microservice !== undefined) assertKnown(microservice, microservices);
    const [first] = members;
    // There are no servers of a cloud here.
    if (memberType === 'ecs' && first !== undefined) {
      throw fail('cloudServerNotFound', { id: first.serverId ?? '' });
    }
    const limit = limitOf(limits, 'VPC_INSTANCE_NUM_LIMIT', 10);
    if (members.length > limit) throw fail('memberQuota', { limit });
    if (healthCheck?.clientTls === true) {
      const reason = 'expected false, since the gateway has no client certificate';
      throw fail('valueInvalid', { reason, field: 'vpc_health_config.enable_client_ssl' });
    }
  },

  deleting: ({ id, body }, { draft }) => {
    if (isUsedByApi(draft, body.gatewayId, 'loadBalanceChannel', id)) {
      throw fail('loadBalanceChannelInUse', { id });
    }
    const isUsed = draft
      .by('plugin', 'gatewayId', body.gatewayId)
      .some(({ body: plugin }) => channelsOf(plugin.type, plugin.content).includes(id));
    if (isUsed) throw fail('loadBalanceChannelInUseByPlugin', { id });
  },
};

/** @throws microserviceEngineInvalid, microserviceUnavailable */
function assertKnown(microservice: Microservice, microservices: Microservices): void {
  const { engine } = microservice;
  if (engine !== undefined && !microservices.hasEngine(engine.engineId)) {
    throw fail('microserviceEngineInvalid', { field: 'microservice_info.cse_info.engine_id' });
  }
  if (microservices.instancesOf(microservice) === undefined) throw fail('microserviceUnavailable');
}

/** What makes a member the same as another one: its group, its host and its port. */
export function memberKey(
  { group, host, serverId, port = 0 }: Partial<Pick<ChannelMember, 'group' | 'host' | 'serverId' | 'port'>>,
  channelPort: number,
): string {
  return `${group ?? ''}/${String(host ?? serverId).toLowerCase()}/${port === 0 ? channelPort : port}`;
}

type Unnamed<T> = Omit<T, 'id' | 'createTime' | 'updateTime'>;
type SettledChannel = Omit<Bodies['loadBalanceChannel'], 'members' | 'memberGroups'> & {
  readonly members: readonly Unnamed<ChannelMember>[];
  readonly memberGroups: readonly Unnamed<ChannelMemberGroup>[];
};

function completeGroup(
  group: Unnamed<ChannelMemberGroup>,
  had: ReadonlyMap<string, ChannelMemberGroup>,
  now: string,
): ChannelMemberGroup {
  const before = had.get(group.name);
  if (before === undefined) return { ...group, id: newId(), createTime: now, updateTime: now };
  const { id, createTime, updateTime, ...said } = before;
  const isSame = isDeepStrictEqual(said, { ...group });
  return { ...group, id, createTime, updateTime: isSame ? updateTime : now };
}
