import { pageSchema, PAGING, type Area } from './operation.ts';
import type { JsonSchema } from '../fields.ts';
import {
  choice,
  code,
  filter,
  flag,
  ids,
  INSIDE,
  list,
  MALFORMED,
  MISPAGED,
  object,
  partial,
  precise,
  someText,
  text,
  time,
  whole,
} from './schemas.ts';

const CHANNEL = 'instances/{gatewayId}/vpc-channels/{channelId}';
const ON_CHANNEL = [...INSIDE, 'loadBalanceChannelNotFound'] as const;
const CHANGING = [...ON_CHANNEL, ...MALFORMED, 'valueTooSmall', 'valueTooLarge'] as const;

const MEMBER_FIELDS = {
  host: { ...text('Name or address of the server, for members of type `ip`.'), maxLength: 64 },
  ecs_id: { ...text('ID of the server, for members of type `ecs`.'), maxLength: 255 },
  ecs_name: { ...text('Name of the server, for members of type `ecs`.'), maxLength: 64 },
  port: whole('Port; 0: that of the channel.', { min: 0, max: 65_535 }),
  weight: whole('Weight; 0: no new calls.', { min: 0, max: 10_000 }),
  is_backup: flag('Whether it serves only when no other does.'),
  status: code([1, 2], '1: enabled; 2: disabled.'),
  member_group_name: text('Group of the channel.'),
};

const MEMBER = object(
  {
    ...MEMBER_FIELDS,
    id: text('ID.'),
    vpc_channel_id: text('ID of the channel.'),
    member_group_id: text('ID of the group; empty for none.'),
    create_time: time('Time of creation.'),
  },
  ['host'],
);

const GROUP_FIELDS = {
  member_group_name: someText('Name, unique in the channel.', 64),
  member_group_remark: { ...text('Remark.'), maxLength: 255 },
  member_group_weight: whole('Weight of each member of the group, in the place of its own.', {
    min: 0,
    max: 100,
  }),
};

const GROUP = object(
  {
    ...GROUP_FIELDS,
    id: text('ID.'),
    member_group_id: text('ID.'),
    dict_code: text(),
    microservice_version: text('Version of the service, of a channel of type 3.'),
    microservice_port: whole(
      'Port of the instances, of a channel of type 3, for those registered without one; 0: that of the channel.',
    ),
    microservice_labels: list(object({ label_name: text(), label_value: text() })),
    create_time: time('Time of creation.'),
    update_time: time('Time of the last change.'),
  },
  ['member_group_weight'],
);

const CHECK_FIELDS = {
  protocol: choice(['TCP', 'HTTP', 'HTTPS', 'tcp', 'http', 'https'], 'How members are asked.'),
  path: text('Path, for HTTP and HTTPS.'),
  method: choice(['GET', 'HEAD'], 'Method, for HTTP and HTTPS.'),
  port: whole('Port; 0: that of the member.', { min: 0, max: 65_535 }),
  threshold_normal: whole('Good answers in a row that bring a member back.', { min: 1, max: 10 }),
  threshold_abnormal: whole('Bad answers in a row that take a member out.', { min: 1, max: 10 }),
  timeout: whole('Seconds until an answer is late.', { min: 1, max: 30 }),
  time_interval: whole('Seconds between two questions.', { min: 1, max: 300 }),
  http_code: text('Good status codes, such as `200,201-299`.'),
  enable_client_ssl: flag('Whether the gateway shows its client certificate.'),
  status: code([1, 2], '1: on; 2: off.'),
};

const CHECK = partial({
  ...CHECK_FIELDS,
  id: text('ID.'),
  vpc_channel_id: text('ID of the channel.'),
  create_time: time('Time of creation.'),
});

/** All of what an operation wrote. */
function written(key: string, item: JsonSchema): JsonSchema {
  return pageSchema(key, item);
}

const MEMBER_REQUEST = partial(MEMBER_FIELDS);
const GROUP_REQUEST = object(GROUP_FIELDS, ['member_group_remark', 'member_group_weight']);

/** The parts of a channel, one by one. */
export const channelOperations: Area = {
  title: 'load balance channel',
  operations: [
    {
      id: 'setHealthCheck',
      title: 'Set the health check',
      source: 'API reference, "Modifying Health Check Configurations of a Load Balance Channel"',
      method: 'PUT',
      path: `${CHANNEL}/health-config`,
      status: 200,
      request: partial(CHECK_FIELDS),
      answer: CHECK,
      errors: CHANGING,
    },
    {
      id: 'addMembers',
      title: 'Add or change members',
      source: 'API reference, "Adding Backend Servers"',
      method: 'POST',
      path: `${CHANNEL}/members`,
      status: 201,
      request: object({ members: list(MEMBER_REQUEST) }),
      answer: written('members', MEMBER),
      errors: [...CHANGING, 'memberQuota'],
    },
    {
      id: 'setMembers',
      title: 'Replace the members, or those of a group',
      source: 'API reference, "Updating Backend Servers"',
      method: 'PUT',
      path: `${CHANNEL}/members`,
      status: 200,
      request: object({ members: list(MEMBER_REQUEST), member_group_name: text('Name of the group.') }, [
        'member_group_name',
      ]),
      answer: written('members', MEMBER),
      errors: [...CHANGING, 'memberQuota'],
    },
    {
      id: 'listMembers',
      title: 'List the members',
      source: 'API reference, "Querying Backend Servers"',
      method: 'GET',
      path: `${CHANNEL}/members`,
      status: 200,
      query: [
        ...PAGING,
        filter('name', 'Only members with this in their names.'),
        filter('member_group_name', 'Only members of groups with this in their names.'),
        filter('member_group_id', 'Only members of this group.'),
        precise(['name', 'member_group_name']),
      ],
      answer: pageSchema('members', MEMBER),
      errors: [...ON_CHANNEL, ...MISPAGED],
    },
    {
      id: 'deleteMember',
      title: 'Remove a member',
      source: 'API reference, "Deleting a Backend Server"',
      method: 'DELETE',
      path: `${CHANNEL}/members/{memberId}`,
      status: 204,
      errors: [...ON_CHANNEL, 'memberNotFound'],
    },
    {
      id: 'enableMembers',
      title: 'Enable members',
      source: 'API reference, "Enabling Backend Servers in Batches"',
      method: 'POST',
      path: `${CHANNEL}/members/batch-enable`,
      status: 204,
      request: object({ member_ids: ids('IDs of members.') }),
      errors: [...ON_CHANNEL, ...MALFORMED, 'memberNotFound'],
    },
    {
      id: 'disableMembers',
      title: 'Disable members',
      source: 'API reference, "Disabling Backend Servers in Batches"',
      method: 'POST',
      path: `${CHANNEL}/members/batch-disable`,
      status: 204,
      request: object({ member_ids: ids('IDs of members.') }),
      errors: [...ON_CHANNEL, ...MALFORMED, 'memberNotFound'],
    },
    {
      id: 'addMemberGroups',
      title: 'Add or change groups of members',
      source: 'API reference, "Adding or Updating Backend Server Groups"',
      method: 'POST',
      path: `${CHANNEL}/member-groups`,
      status: 201,
      request: object({ member_groups: list(GROUP_REQUEST) }),
      answer: written('member_groups', GROUP),
      errors: CHANGING,
    },
    {
      id: 'listMemberGroups',
      title: 'List the groups of members',
      source: 'API reference, "Querying Backend Server Groups"',
      method: 'GET',
      path: `${CHANNEL}/member-groups`,
      status: 200,
      query: [
        ...PAGING,
        filter('member_group_name', 'Only groups with this in their names.'),
        precise(['member_group_name']),
      ],
      answer: pageSchema('member_groups', GROUP),
      errors: [...ON_CHANNEL, ...MISPAGED],
    },
    {
      id: 'getMemberGroup',
      title: 'Read a group of members',
      source: 'API reference, "Querying Details of a Backend Server Group"',
      method: 'GET',
      path: `${CHANNEL}/member-groups/{memberGroupId}`,
      status: 200,
      answer: GROUP,
      errors: [...ON_CHANNEL, 'memberGroupNotFound'],
    },
    {
      id: 'updateMemberGroup',
      title: 'Update a group of members',
      source: 'API reference, "Updating a Backend Server Group"',
      method: 'PUT',
      path: `${CHANNEL}/member-groups/{memberGroupId}`,
      status: 200,
      request: GROUP_REQUEST,
      answer: GROUP,
      errors: [...CHANGING, 'memberGroupNotFound'],
    },
    {
      id: 'deleteMemberGroup',
      title: 'Remove a group, with its members',
      source: 'API reference, "Deleting a Backend Server Group"',
      method: 'DELETE',
      path: `${CHANNEL}/member-groups/{memberGroupId}`,
      status: 204,
      errors: [...ON_CHANNEL, 'memberGroupNotFound'],
    },
  ],
};
