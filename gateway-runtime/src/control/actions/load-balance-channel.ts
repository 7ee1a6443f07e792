import { descriptionOf, fail, fromRequest, type Json } from '@apig/sdk/contract';
import type { Bodies, ChannelMember, ChannelMemberGroup, Stored } from '../../store/configuration.ts';
import { healthCheckAnswer, memberAnswer, memberGroupAnswer } from '../answers/load-balance-channel.ts';
import { optionalTextIn, textsIn } from '../body.ts';
import { param, type ControlCall, type ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import type { ControlContext, View, WriteScope } from '../context.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { changeObject } from '../objects.ts';
import { listAnswer } from '../paging.ts';
import { memberKey } from '../rules/load-balance-channel.ts';

type Channel = Stored<'loadBalanceChannel'>;

/** Source: API reference, "Adding Backend Servers", "Adding or Updating Backend Server Groups" and the pages that follow them. */
export function loadBalanceChannelActions(context: ControlContext): readonly ControlRoute[] {
  const { read, change } = inside(context, 'vpc-channels');

  /** An operation that changes something of a channel. */
  const changeChannel = (
    method: ControlRoute['method'],
    path: string,
    status: number,
    work: (call: ControlCall, channel: Channel, scope: WriteScope) => unknown,
  ) =>
    change(method, `{channelId}/${path}`, status, (call, scope, gatewayId) =>
      work(call, required(scope.draft, 'loadBalanceChannel', gatewayId, param(call, 'channelId')), scope),
    );
  const readChannel = (path: string, answer: (call: ControlCall, channel: Channel) => unknown) =>
    read(`{channelId}/${path}`, (call, { configuration }: View, gatewayId) =>
      answer(call, required(configuration, 'loadBalanceChannel', gatewayId, param(call, 'channelId'))),
    );

  return [
    changeChannel('PUT', 'health-config', 200, ({ body }, channel, scope) => {
      const { healthCheck } = inputOf(channel, { vpc_health_config: body });
      return healthCheckAnswer(changed(channel, { healthCheck }, scope));
    }),

    changeChannel('POST', 'members', 201, ({ body }, channel, scope) => {
      const given = membersIn(body, channel);
      const keyOf = (member: Given<ChannelMember>) => memberKey(member, channel.body.port);
      const members = merged(channel.body.members, given, keyOf);
      const after = changed(channel, { members }, scope);
      const keys = given.map(keyOf);
      return whole(
        'members',
        after.body.members.filter((member) => keys.includes(keyOf(member))),
        (member) => memberAnswer(member, after),
      );
    }),

    changeChannel('PUT', 'members', 200, ({ body }, channel, scope) => {
      const group = optionalTextIn(body, 'member_group_name');
      const given = membersIn(body, channel).map((each) => (group === undefined ? each : { ...each, group }));
      const rest = channel.body.members.filter((each) => group !== undefined && each.group !== group);
      const after = changed(channel, { members: [...rest, ...given] }, scope);
      return whole(
        'members',
        after.body.members.filter((each) => group === undefined || each.group === group),
        (member) => memberAnswer(member, after),
      );
    }),

    readChannel('members', (call, channel) => {
      const rows = channel.body.members
        .map((member) => memberAnswer(member, channel))
        .filter(
          (row) =>
            matches(call, 'name', row['ecs_name']) &&
            matches(call, 'member_group_name', row['member_group_name']) &&
            (optionalTextIn(call.query, 'member_group_id') ?? row['member_group_id']) ===
              row['member_group_id'],
        );
      return listAnswer(call, 'members', rows, (row) => row);
    }),

    changeChannel('DELETE', 'members/{memberId}', 204, (call, channel, scope) => {
      const { id } = memberOf(channel, param(call, 'memberId'));
      changed(channel, { members: channel.body.members.filter((each) => each.id !== id) }, scope);
    }),

    ...(['enable', 'disable'] as const).map((action) =>
      changeChannel('POST', `members/batch-${action}`, 204, ({ body }, channel, scope) => {
        const ids = textsIn(body, 'member_ids').map((id) => memberOf(channel, id).id);
        const members = channel.body.members.map((each) =>
          ids.includes(each.id) ? { ...each, enabled: action === 'enable' } : each,
        );
        changed(channel, { members }, scope);
      }),
    ),

    changeChannel('POST', 'member-groups', 201, ({ body }, channel, scope) => {
      const given = groupsIn(body, channel);
      const memberGroups = merged(channel.body.memberGroups, given, ({ name }) => name);
      const after = changed(channel, { memberGroups }, scope);
      const names = given.map(({ name }) => name);
      return whole(
        'member_groups',
        after.body.memberGroups.filter(({ name }) => names.includes(name)),
        (group) => memberGroupAnswer(group, after),
      );
    }),

    readChannel('member-groups', (call, channel) => {
      const rows = channel.body.memberGroups.filter(({ name }) => matches(call, 'member_group_name', name));
      return listAnswer(call, 'member_groups', rows, (group) => memberGroupAnswer(group, channel));
    }),

    readChannel('member-groups/{memberGroupId}', (call, channel) =>
      memberGroupAnswer(groupOf(channel, param(call, 'memberGroupId')), channel),
    ),

    changeChannel('PUT', 'member-groups/{memberGroupId}', 200, (call, channel, scope) => {
      const { id, name } = groupOf(channel, param(call, 'memberGroupId'));
      const [given] = groupsIn({ member_groups: [call.body] }, channel);
      // Groups are told apart by name, so the new name comes first, with the members that are to stay.
      const named = scope.draft.put(
        'loadBalanceChannel',
        channel.id,
        renamed(channel, name, given?.name ?? ''),
      );
      const memberGroups = named.body.memberGroups.map((each) => (each.id === id ? (given ?? each) : each));
      const after = changed(named, { memberGroups }, scope);
      return memberGroupAnswer(groupOf(after, id), after);
    }),

    changeChannel('DELETE', 'member-groups/{memberGroupId}', 204, (call, channel, scope) => {
      const { id, name } = groupOf(channel, param(call, 'memberGroupId'));
      const memberGroups = channel.body.memberGroups.filter((each) => each.id !== id);
      const members = channel.body.members.filter(({ group }) => group !== name);
      changed(channel, { memberGroups, members }, scope);
    }),
  ];
}

/** A member or group as a request gives it; not validated yet. */
type Given<T> = Omit<T, 'id' | 'createTime' | 'updateTime'>;

function changed(channel: Channel, changes: Json, scope: WriteScope): Channel {
  return changeObject(collections.loadBalanceChannel, channel, changes, scope);
}

/** A part of the documented form of a channel, in the typed form. */
function inputOf({ body }: Channel, part: Json): Json {
  return fromRequest(descriptionOf('loadBalanceChannel'), { member_type: body.memberType, ...part }, {});
}

function membersIn(body: Json, channel: Channel): readonly Given<ChannelMember>[] {
  // Validated once they are part of the channel.
  return inputOf(channel, { members: listIn(body, 'members') })['members'] as Given<ChannelMember>[];
}

function groupsIn(body: Json, channel: Channel): readonly Given<ChannelMemberGroup>[] {
  // Validated once they are part of the channel.
  return inputOf(channel, { member_groups: listIn(body, 'member_groups') })[
    'memberGroups'
  ] as Given<ChannelMemberGroup>[];
}

/** @throws valueMissing when the list is absent, valueInvalid when it is none of objects. */
function listIn(body: Json, name: string): readonly Json[] {
  const value = body[name];
  if (value === undefined || value === null) throw fail('valueMissing', { field: name });
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw fail('valueInvalid', { reason: 'expected a list of objects', field: name });
}

function isObject(item: unknown): item is Json {
  return typeof item === 'object' && item !== null;
}

/** What was there, with what is given in the place of what has the same key, and the rest of it at the end. */
function merged<T>(before: readonly T[], given: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const items = new Map(before.map((item) => [keyOf(item), item]));
  const seen = new Set<string>();
  for (const item of given) {
    const key = keyOf(item);
    if (!seen.has(key)) items.set(key, item);
    seen.add(key);
  }
  return [...items.values()];
}

function renamed({ body }: Channel, before: string, after: string): Bodies['loadBalanceChannel'] {
  const name = (text: string | undefined) => (text === before ? after : text);
  return {
    ...body,
    memberGroups: body.memberGroups.map((each) => ({ ...each, name: name(each.name) ?? '' })),
    members: body.members.map(({ group, ...each }) =>
      group === undefined ? each : { ...each, group: name(group) },
    ),
  };
}

function memberOf({ body }: Channel, id: string): ChannelMember {
  const found = body.members.find((each) => each.id === id);
  if (found === undefined) throw fail('memberNotFound', { id });
  return found;
}

function groupOf({ body }: Channel, id: string): ChannelMemberGroup {
  const found = body.memberGroups.find((each) => each.id === id);
  if (found === undefined) throw fail('memberGroupNotFound', { id });
  return found;
}

/** A list of all that an operation wrote. */
function whole<T>(key: string, items: readonly T[], show: (item: T) => Json): Json {
  return { total: items.length, size: items.length, [key]: items.map(show) };
}

function matches({ query }: ControlCall, name: string, value: unknown): boolean {
  const wanted = query[name] ?? '';
  if (wanted === '') return true;
  const isPrecise = (query['precise_search'] ?? '').split(',').includes(name);
  return isPrecise ? value === wanted : String(value).includes(wanted);
}
