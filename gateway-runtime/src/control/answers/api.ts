import { hash } from 'node:crypto';
import type { Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import type { View } from '../context.ts';
import type { Answers } from '../kinds.ts';
import { find } from '../lookup.ts';
import { responseIdOf } from '../rules/gateway-response.ts';
import { toSeconds } from '../times.ts';
import { groupInfoOf } from './api-group.ts';
import { baseAnswer, byId, byText, byValue } from './base.ts';
import { publicationLists, publishedIn } from './publications.ts';

/** Texts that an answer has even when the API has none. */
const EMPTY = {
  version: '',
  remark: '',
  body_remark: '',
  result_normal_sample: '',
  result_failure_sample: '',
  authorizer_id: '',
  content_type: '',
};

/** What only the API itself shows, and no list. */
const DETAIL = [
  'backend_api',
  'mock_info',
  'func_info',
  'req_params',
  'backend_params',
  'policy_https',
  'policy_mocks',
  'policy_functions',
];

/** Source: API reference, "Creating an API", "Querying API Details" and "Querying APIs". */
export const apiAnswers: Answers<'api'> = {
  item: apiAnswer,

  listed: (api, view, query) => {
    const modes = (query['return_data_mode'] ?? '').split(',');
    const whole = apiAnswer(api, view);
    const withBackend = modes.includes('include_group_backend');
    const hidden = [
      ...DETAIL.filter((key) => !(withBackend && key === 'backend_api')),
      ...(withBackend || modes.includes('include_group') ? [] : ['api_group_info']),
    ];
    return Object.fromEntries(Object.entries(whole).filter(([key]) => !hidden.includes(key)));
  },

  filters: {
    id: byId(),
    name: byText(({ body }) => body.name),
    group_id: byValue(({ body }) => body.groupId),
    req_protocol: byValue(({ body }) => body.protocol),
    req_method: byValue(({ body }) => body.method),
    req_uri: byText(({ body }) => body.path),
    auth_type: byValue(({ body }) => body.authentication),
    tags: { match: 'oneOf', of: ({ body }) => body.tags },
    type: byValue(({ body }) => (body.visibility === 'PUBLIC' ? '1' : '2')),
    vpc_channel_name: {
      match: 'oneOf',
      of: ({ body }, { configuration }) =>
        [body.httpBackend, ...body.httpPolicies].flatMap((backend) =>
          backend?.channelId === undefined
            ? []
            : (find(configuration, 'loadBalanceChannel', body.gatewayId, backend.channelId)?.body.name ?? []),
        ),
    },
    env_id: {
      match: 'oneOf',
      of: ({ id }, view) => publishedIn(id, view).map(({ environment }) => environment.id),
    },
  },
};

/** An API as every operation on it shows it. */
export function apiAnswer(api: Stored<'api'>, view: View): Json {
  const group = find(view.configuration, 'apiGroup', api.body.gatewayId, api.body.groupId);
  return {
    ...definitionOf(api),
    response_id: responseIdOf(api.body, view.configuration),
    update_time: toSeconds(api.updatedAt),
    group_name: group?.body.name ?? '',
    group_version: 'V1',
    ...publicationLists(api.id, view),
    api_group_info: group === undefined ? null : groupInfoOf(group, view),
  };
}

/** The definition of an API, with what the service adds to its parts. */
export function definitionOf(api: Stored<'api'>): Json {
  const wire = baseAnswer(api);
  const idOf = identifier(api);
  const parameterIds = new Map(
    api.body.requestParameters.map(({ name }) => [name, idOf(`req_params/${name}`)]),
  );
  const times = { register_time: toSeconds(api.createdAt), update_time: toSeconds(api.updatedAt) };
  const stamped = (key: string) =>
    wire[key] === undefined
      ? {}
      : { [key]: { ...withChannel(wire[key] as Json), id: idOf(key), status: 1, ...times } };
  return {
    ...EMPTY,
    ...wire,
    tag: '',
    roma_app_id: '',
    roma_app_name: '',
    ld_api_id: '',
    status: 1,
    arrange_necessary: 2,
    ...stamped('backend_api'),
    ...stamped('mock_info'),
    ...stamped('func_info'),
    req_params: rowsOf(wire['req_params']).map((row, index) => ({
      ...row,
      id: parameterIds.get(api.body.requestParameters[index]?.name ?? '') ?? '',
    })),
    backend_params: backendParameters(wire['backend_params'], 'backend_params'),
    ...policies('policy_https'),
    ...policies('policy_mocks'),
    ...policies('policy_functions'),
  };

  function backendParameters(rows: unknown, path: string): readonly Json[] {
    return rowsOf(rows).map((row, index) => ({
      ...row,
      id: idOf(`${path}/${index}`),
      ...(row['origin'] === 'REQUEST' && { req_param_id: parameterIds.get(String(row['value'])) ?? '' }),
    }));
  }

  function policies(key: string): Json {
    const rows = rowsOf(wire[key]).map((row, index) => {
      const path = `${key}/${index}`;
      return {
        ...withChannel(row),
        id: idOf(path),
        backend_params: backendParameters(row['backend_params'], `${path}/backend_params`),
        conditions: rowsOf(row['conditions']).map((condition, at) => ({
          ...condition,
          id: idOf(`${path}/conditions/${at}`),
          ...operandOf(condition),
        })),
      };
    });
    return { [key]: rows };
  }

  function operandOf(condition: Json): Json {
    const name = condition['req_param_name'];
    const parameter = api.body.requestParameters.find((each) => each.name === name);
    if (parameter === undefined) return {};
    return { req_param_id: parameterIds.get(parameter.name) ?? '', req_param_location: parameter.location };
  }
}

/** A backend with a channel shows the ID of the channel as its address too. */
function withChannel(backend: Json): Json {
  if (backend['vpc_channel_status'] === undefined) return backend;
  const info = backend['vpc_channel_info'] as Json;
  const { vpc_channel_id: id = '', vpc_channel_proxy_host: host = '' } = info;
  return {
    ...backend,
    ...(id !== '' && { url_domain: id }),
    vpc_channel_info: {
      vpc_channel_id: id,
      vpc_channel_proxy_host: host,
      vpc_channel_port: 0,
      cascade_flag: false,
      ecs_id: '',
      ecs_name: '',
    },
  };
}

/** IDs for the parts of an API. They follow from its version, as they change with every update. */
function identifier({ id, updatedAt }: Stored<'api'>): (part: string) => string {
  return (part) => hash('sha256', `${id} ${updatedAt} ${part}`).slice(0, 32);
}

function rowsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
