import type { JsonSchema } from '../fields.ts';
import { pageSchema as page, PAGING, type Area } from './operation.ts';
import {
  choice,
  flag,
  INSIDE,
  list,
  MANAGED,
  MISPAGED,
  object,
  partial,
  someText,
  text,
  time,
  whole,
} from './schemas.ts';

const GATEWAY = 'instances/{gatewayId}';

const CONFIGURATION = {
  config_id: text('ID, a short number.'),
  config_name: text('Name of the item.'),
  config_value: text('The limit, or 1 for on and 2 for off.'),
  remark: text('Remark.'),
};

const TAGS: JsonSchema = {
  ...list(object({ key: someText('Key.'), values: { ...list(text()), maxItems: 20 } }, ['values'])),
  maxItems: 20,
};

const TAG_CONDITIONS = partial({
  without_any_tag: flag('Only those without tags.'),
  tags: {
    ...TAGS,
    description: 'Tags that all must be there, each with one of its values; without values, with any.',
  },
  sys_tags: {
    ...list(
      object(
        {
          key: choice(['_sys_enterprise_project_id'], 'The only key.'),
          values: { ...list(text()), maxItems: 20 },
        },
        ['values'],
      ),
      'Enterprise projects.',
    ),
    maxItems: 20,
  },
  matches: {
    ...list(
      object({ key: choice(['resource_name'], 'The only key.'), value: text('Part of the name.') }),
      'What the names contain.',
    ),
    maxItems: 20,
  },
});

/** What is done with gateways besides the usual operations. */
export const gatewayOperations: Area = {
  title: 'gateway',
  operations: [
    {
      id: 'listAvailableZones',
      title: 'List the availability zones',
      source: 'API reference, "Querying AZ Information"',
      method: 'GET',
      path: 'available-zones',
      status: 200,
      answer: object({
        available_zones: list(
          object({
            id: text('ID.'),
            name: text('Name.'),
            code: text('Code, which gateways are created with.'),
            port: text('Not used.'),
            local_name: object({ en_us: text('English name.'), zh_cn: text('Chinese name.') }),
            specs: {
              type: 'object',
              additionalProperties: { type: 'boolean' },
              description: 'Edition to whether the zone offers it.',
            },
          }),
        ),
      }),
      errors: ['managementTokenMissing', 'gatewayOfOtherProject'],
    },
    {
      id: 'getGatewayProgress',
      title: 'Read how far the creation is',
      source: 'API reference, "Querying Gateway Creation Progress"',
      method: 'GET',
      path: `${GATEWAY}/progress`,
      status: 200,
      answer: object({
        progress: whole('Percent.', { min: 0, max: 100 }),
        status: { type: 'string', enum: ['creating', 'success', 'failed'] },
        error_code: text('Code of the error, if it failed.'),
        error_msg: text('What went wrong, if it failed.'),
        start_time: whole('Milliseconds since 1970.'),
        end_time: whole('Milliseconds since 1970.'),
      }),
      errors: MANAGED,
    },
    {
      id: 'getGatewayRestriction',
      title: 'Read the addresses that it cannot reach',
      source: 'API reference, "Querying Gateway Constraints"',
      method: 'GET',
      path: `${GATEWAY}/restriction`,
      status: 200,
      answer: object({
        restrict_cidrs: list(text('Range of addresses.')),
        resource_subnet_cidr: text('Range of the subnet of its own.'),
      }),
      errors: MANAGED,
    },
    {
      id: 'bindGatewayEip',
      title: 'Set `eipId`, as some clients do',
      source: 'API reference, "Updating or Binding an EIP to a Gateway"; the method is that of some clients',
      method: 'POST',
      path: `${GATEWAY}/eip`,
      status: 202,
      request: object({ eip_id: someText('ID of the EIP.') }),
      answer: object({
        eip_id: text('ID of the EIP.'),
        eip_address: text('Its address.'),
        eip_status: text('Its status.'),
      }),
      errors: [...MANAGED, 'bodyInvalid', 'gatewayFieldInvalid'],
    },
    {
      id: 'listGatewayTagsOfProject',
      title: 'List the tags of all gateways',
      source: 'API reference, "Querying All Gateway Tags of a Project"',
      method: 'GET',
      path: 'instance-tags',
      status: 200,
      answer: object({
        tags: list(
          object({ key: text('Key.'), values: list(text(), 'Every value that it has at a gateway.') }),
        ),
      }),
      errors: ['managementTokenMissing', 'gatewayOfOtherProject'],
    },
    {
      id: 'findGatewaysByTag',
      title: 'List those that have tags',
      source: 'API reference, "Querying Gateways by Tag"',
      method: 'POST',
      path: 'resource-instances/filter',
      status: 200,
      query: PAGING,
      request: TAG_CONDITIONS,
      answer: object({
        resources: list(
          object({
            resource_id: text('ID of the gateway.'),
            resource_name: text('Its name.'),
            resouce_detail: { type: 'null', description: 'Not used; misspelt so.' },
            tags: list(object({ key: text('Key.'), value: text('Value.') }), 'Its tags.'),
          }),
        ),
        total_count: whole('How many there are.', { min: 0 }),
      }),
      changesNothing: true,
      errors: [
        'managementTokenMissing',
        'gatewayOfOtherProject',
        ...MISPAGED,
        'bodyInvalid',
        'gatewayFieldInvalid',
      ],
    },
    {
      id: 'countGatewaysByTag',
      title: 'Count those that have tags',
      source: 'API reference, "Querying the Number of Gateways by Tag"',
      method: 'POST',
      path: 'resource-instances/count',
      status: 200,
      request: TAG_CONDITIONS,
      answer: object({ total_count: whole('How many there are.', { min: 0 }) }),
      changesNothing: true,
      errors: ['managementTokenMissing', 'gatewayOfOtherProject', 'bodyInvalid', 'gatewayFieldInvalid'],
    },
    {
      id: 'listProjectQuotas',
      title: 'List the limits of the project',
      source: 'API reference, "Querying the Gateway Quota"',
      method: 'GET',
      path: 'instance/configs',
      status: 200,
      query: PAGING,
      answer: page('configs', object(CONFIGURATION)),
      errors: ['tokenMissing', 'methodNotPermitted', ...MISPAGED],
    },
    {
      id: 'listGatewayQuotas',
      title: 'List the limits inside it, and what is used',
      source: 'API reference, "Querying the Resource Quota"',
      method: 'GET',
      path: `${GATEWAY}/project/configs`,
      status: 200,
      query: PAGING,
      answer: page(
        'configs',
        object({
          ...CONFIGURATION,
          config_time: time('Time of the last change.'),
          used: whole('How many there are.', { min: 0 }),
        }),
      ),
      errors: [...INSIDE, ...MISPAGED],
    },
    {
      id: 'listGatewayFeatureNames',
      title: 'List the names of its features',
      source: 'API reference, "Querying Supported Features of a Gateway"',
      method: 'GET',
      path: `${GATEWAY}/instance-features`,
      status: 200,
      query: PAGING,
      answer: page('features', text('Name.')),
      errors: [...INSIDE, ...MISPAGED],
    },
  ],
};
