import { pageSchema, PAGING, type Area } from './operation.ts';
import {
  choice,
  filter,
  INSIDE,
  list,
  MISPAGED,
  needed,
  object,
  partial,
  text,
  time,
  whole,
} from './schemas.ts';

const GATEWAY = 'instances/{gatewayId}';

const MINUTE_OF_GROUP = {
  max_latency: whole('Longest time that a call took, in milliseconds.', { min: 0 }),
  avg_latency: { type: 'number', minimum: 0, description: 'Mean time of a call, in milliseconds.' },
  req_count: whole('Number of calls.', { min: 0 }),
  req_count2xx: whole('Number of those answered with 2xx.', { min: 0 }),
  req_count4xx: whole('Number of those answered with 4xx.', { min: 0 }),
  req_count5xx: whole('Number of those answered with 5xx.', { min: 0 }),
  req_count_error: whole('Number of those answered with 4xx or 5xx.', { min: 0 }),
  output_throughput: whole('Bytes of the answers.', { min: 0 }),
  input_throughput: whole('Bytes of the requests.', { min: 0 }),
  current_minute: whole('Begin of the minute, in seconds since 1970.'),
  group_id: text('ID of the group.'),
  provider: text('Account that has the API.'),
  req_time: time('Begin of the minute.'),
  register_time: time('End of the minute.'),
};

const MINUTE_OF_API = {
  ...MINUTE_OF_GROUP,
  max_inner_latency: whole('Longest time in the gateway, in milliseconds.', { min: 0 }),
  avg_inner_latency: {
    type: 'number',
    minimum: 0,
    description: 'Mean time in the gateway, in milliseconds.',
  },
  max_backend_latency: whole('Longest time in the backend, in milliseconds.', { min: 0 }),
  avg_backend_latency: {
    type: 'number',
    minimum: 0,
    description: 'Mean time in the backend, in milliseconds.',
  },
  cycle: choice(['MINUTE'], 'What a row is about.'),
  status: text('Empty.'),
  api_id: text('ID of the API.'),
};

const report = (row: Parameters<typeof object>[0]) =>
  object({
    code: { const: 'APIG.0000', description: 'That all went well.' },
    msg: text('That all went well.'),
    start_time: whole('Begin of the first minute, in seconds since 1970.'),
    end_time: whole('Now, in seconds since 1970.'),
    list: list(object(row), 'A row for each minute in which there were calls.'),
  });

/** What calls came to lately, and how much there is. */
export const statisticsOperations: Area = {
  title: 'statistics',
  text: 'What calls came to lately, and how much there is of what.',
  operations: [
    {
      id: 'getGroupStatistics',
      title: 'Count the calls of a group in the last hour',
      source: 'API reference, "Querying API Statistics of a Group"',
      method: 'GET',
      path: `${GATEWAY}/statistics/group/latest`,
      status: 200,
      query: [needed('group_id', 'ID of the group.')],
      answer: report(MINUTE_OF_GROUP),
      errors: [...INSIDE, 'valueMissing', 'apiGroupNotFound'],
    },
    {
      id: 'getApiStatistics',
      title: 'Count the calls of an API lately',
      source: 'API reference, "Querying API Statistics"',
      method: 'GET',
      path: `${GATEWAY}/statistics/api/latest`,
      status: 200,
      query: [
        needed('api_id', 'ID of the API.'),
        filter('duration', 'How far back: an hour, unless given.', choice(['1h', '1m'], 'How far back.')),
      ],
      answer: report(MINUTE_OF_API),
      errors: [...INSIDE, 'valueMissing', 'valueInvalid', 'apiNotFound'],
    },
    {
      id: 'listMetricData',
      title: 'Measure the traffic',
      source: 'API reference, "Querying Metric Data"',
      method: 'GET',
      path: `${GATEWAY}/metric-data`,
      status: 200,
      query: [
        needed('dim', 'Which side.', choice(['inbound_eip', 'outbound_eip'], 'Which side.')),
        needed(
          'metric_name',
          'What is measured.',
          choice(
            [
              'upstream_bandwidth',
              'downstream_bandwidth',
              'upstream_bandwidth_usage',
              'downstream_bandwidth_usage',
              'up_stream',
              'down_stream',
            ],
            'What is measured.',
          ),
        ),
        needed('from', 'Milliseconds since 1970.', whole('Begin.', { min: 0 })),
        needed('to', 'Milliseconds since 1970.', whole('End.', { min: 0 })),
        needed(
          'period',
          'Seconds that are put together.',
          choice(['1', '300', '1200', '3600', '14400', '86400'], 'Seconds that are put together.'),
        ),
        needed(
          'filter',
          'How they are put together.',
          choice(['average', 'max', 'min', 'sum', 'variance'], 'How they are put together.'),
        ),
      ],
      answer: object({
        datapoints: list({
          ...partial({
            average: whole('Mean.'),
            max: whole('Greatest.'),
            min: whole('Least.'),
            sum: whole('Sum.'),
            variance: whole('Variance.'),
            timestamp: whole('Begin of the period, in milliseconds since 1970.'),
            unit: text('Unit.'),
          }),
          required: ['timestamp', 'unit'],
        }),
      }),
      errors: [...INSIDE, 'valueMissing', 'valueInvalid', 'pathOrQueryInvalid'],
    },
    {
      id: 'countGroups',
      title: 'Count the groups',
      source: 'API reference, "Querying the Number of API Groups"',
      method: 'GET',
      path: `${GATEWAY}/resources/outline/groups`,
      status: 200,
      answer: object({
        onsell_nums: whole('Groups on sale.', { min: 0 }),
        offsell_nums: whole('Groups that are not.', { min: 0 }),
      }),
      errors: INSIDE,
    },
    {
      id: 'countApis',
      title: 'Count the APIs',
      source: 'API reference, "Querying the Number of APIs"',
      method: 'GET',
      path: `${GATEWAY}/resources/outline/apis`,
      status: 200,
      answer: object({
        instance_num: whole('Gateways of the project.', { min: 0 }),
        nums_on_release: whole('APIs that are published.', { min: 0 }),
        nums_off_release: whole('APIs that are not.', { min: 0 }),
      }),
      errors: INSIDE,
    },
    {
      id: 'countApps',
      title: 'Count the apps',
      source: 'API reference, "Querying the Number of Apps"',
      method: 'GET',
      path: `${GATEWAY}/resources/outline/apps`,
      status: 200,
      answer: object({
        authed_nums: whole('Apps that may call an API.', { min: 0 }),
        unauthed_nums: whole('Apps that may call none.', { min: 0 }),
      }),
      errors: INSIDE,
    },
    {
      id: 'listApiTags',
      title: 'List the tags of APIs',
      source: 'API reference, "Querying Tags"',
      method: 'GET',
      path: `${GATEWAY}/tags`,
      status: 200,
      query: PAGING,
      answer: pageSchema('tags', text('Tag.')),
      errors: [...INSIDE, ...MISPAGED],
    },
  ],
};
