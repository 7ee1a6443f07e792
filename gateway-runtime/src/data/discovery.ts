import { hash } from 'node:crypto';
import type { Instance, Microservices } from '../microservices.ts';
import type { Bodies, ChannelMember, ChannelMemberGroup } from '../store/configuration.ts';

type Channel = Bodies['loadBalanceChannel'];

/**
 * A channel with the instances of its microservice for members; one of servers as it is.
 *
 * Each group has the instances of its version and labels, all of them where it names none; an instance that fits several
 * is in each. A channel without groups has all instances. An instance without a port of its own has that of its group, or
 * of the channel. The IDs of members follow from where they are, so that every thread has the same ones.
 *
 * Source: API reference, "Creating a Load Balance Channel" (`microservice_info`, `member_groups`).
 */
export function discover(channelId: string, channel: Channel, microservices: Microservices): Channel {
  const { type, microservice, memberGroups } = channel;
  if (type !== 'MICROSERVICE' || microservice === undefined) return channel;
  const instances = microservices.instancesOf(microservice) ?? [];
  const groups = memberGroups.length === 0 ? [undefined] : memberGroups;
  const members = new Map<string, ChannelMember>();
  for (const group of groups) {
    for (const instance of instances) {
      if (!isIn(group, instance)) continue;
      const member = memberOf(channelId, instance, group);
      members.set(member.id, member);
    }
  }
  return { ...channel, members: [...members.values()] };
}

function isIn(group: ChannelMemberGroup | undefined, { version, labels }: Instance): boolean {
  const { microserviceVersion = version, microserviceLabels = [] } = group ?? {};
  return (
    version === microserviceVersion && microserviceLabels.every(({ name, value }) => labels[name] === value)
  );
}

function memberOf(
  channelId: string,
  { host, port = 0 }: Instance,
  group: ChannelMemberGroup | undefined,
): ChannelMember {
  const place = port === 0 ? (group?.microservicePort ?? 0) : port;
  return {
    id: hash('sha256', [channelId, group?.name ?? '', host, place].join(' ')).slice(0, 32),
    createTime: '',
    host,
    port: place,
    weight: 1,
    backup: false,
    enabled: true,
    ...(group !== undefined && { group: group.name }),
  };
}
