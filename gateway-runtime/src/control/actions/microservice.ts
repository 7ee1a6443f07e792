import { fail, type Json } from '@apig/sdk/contract';
import type { Stored } from '../../store/configuration.ts';
import { numberIn, optionalFlagIn, optionalTextIn, textIn, wordIn } from '../body.ts';
import type { ControlRoute } from '../call.ts';
import { collections } from '../collections.ts';
import type { ControlContext } from '../context.ts';
import { newId } from '../ids.ts';
import { inside } from '../inside.ts';
import { required } from '../lookup.ts';
import { create, type ImportScope } from '../openapi-documents/import-scope.ts';
import { madeUpName } from '../openapi-documents/names.ts';

const MAX_APIS = 50;

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY'] as const;

/** Port of instances of an engine that are registered without one. */
const PORTS = { HTTP: 80, HTTPS: 443 } as const;

/**
 * Makes a channel whose members are the instances of a microservice, and APIs that it is the backend of: all or nothing.
 * The APIs are not published. Source: API reference, "Importing a Microservice".
 */
export function microserviceImport(context: ControlContext): ControlRoute {
  const { change } = inside(context, 'microservice');
  return change('POST', 'import', 201, (call, scope, gatewayId) =>
    importMicroservice(call.body, { ...scope, call, gatewayId }),
  );
}

function importMicroservice(body: Json, scope: ImportScope): Json {
  const given = apisIn(body);
  const protocol = optionalTextIn(body, 'protocol') ?? 'HTTPS';
  const common = {
    protocol: wordIn({ protocol }, 'protocol', ['HTTP', 'HTTPS']),
    authType: wordIn({ auth_type: optionalTextIn(body, 'auth_type') ?? 'NONE' }, 'auth_type', [
      'NONE',
      'APP',
      'IAM',
    ]),
    cors: optionalFlagIn(body, 'cors') ?? false,
    timeout: numberIn(body, 'backend_timeout') ?? 5000,
  };
  const group = groupFor(body, scope);
  const channel = create(scope, collections.loadBalanceChannel, channelBody(body, common.protocol));
  const apis = given.map((each) => createApi(each, common, group.id, channel.id, scope));
  return { vpc_channel_id: channel.id, api_group_id: group.id, apis };
}

/** @throws valueMissing or valueInvalid */
function apisIn({ apis }: Json): readonly Json[] {
  if (apis === undefined || apis === null) throw fail('valueMissing', { field: 'apis' });
  if (!Array.isArray(apis) || !apis.every(isObject)) {
    throw fail('valueInvalid', { reason: 'expected a list of objects', field: 'apis' });
  }
  if (apis.length >= 1 && apis.length <= MAX_APIS) return apis;
  throw fail('valueInvalid', { reason: `expected 1 to ${MAX_APIS} items`, field: 'apis' });
}

function groupFor(body: Json, scope: ImportScope): Stored<'apiGroup'> {
  const info = objectIn(body, 'group_info');
  const id = optionalTextIn(info, 'group_id');
  if (id !== undefined) return required(scope.draft, 'apiGroup', scope.gatewayId, id);
  const name = optionalTextIn(info, 'group_name');
  if (name === undefined) throw fail('valueMissing', { field: 'group_info.group_name' });
  return create(scope, collections.apiGroup, { name });
}

function channelBody(body: Json, protocol: keyof typeof PORTS): Json {
  const type = wordIn(body, 'service_type', ['CSE', 'CCE']);
  for (const other of ['cse_info', 'cce_info'])
    if ((body[other] ?? undefined) !== undefined) objectIn(body, other);
  const field = type === 'CSE' ? 'cse_info' : 'cce_info';
  const info = objectIn(body, field);
  const port = type === 'CSE' ? PORTS[protocol] : numberIn(info, 'port');
  if (port === undefined) throw fail('valueMissing', { field: 'cce_info.port' });
  const version = optionalTextIn(info, 'version');
  const { labels } = info;
  const isNarrowed = version !== undefined || (Array.isArray(labels) && labels.length > 0);
  return {
    name: `microservice_${newId().slice(0, 12)}`,
    type: 3,
    port,
    balance_strategy: 1,
    member_type: 'ip',
    microservice_info: { service_type: type, [field]: info },
    member_groups: isNarrowed
      ? [{ member_group_name: 'default', microservice_version: version, microservice_labels: labels }]
      : [],
  };
}

function createApi(
  given: Json,
  { protocol, authType, cors, timeout }: Common,
  groupId: string,
  channelId: string,
  scope: ImportScope,
): Json {
  const method = wordIn({ req_method: optionalTextIn(given, 'req_method') ?? 'ANY' }, 'req_method', METHODS);
  const path = textIn(given, 'req_uri');
  const matchMode = wordIn({ match_mode: optionalTextIn(given, 'match_mode') ?? 'SWA' }, 'match_mode', [
    'SWA',
    'NORMAL',
  ]);
  const isTaken = (name: string) =>
    scope.draft.by('api', 'groupId', groupId).some((api) => api.body.name === name);
  const parameters = [...path.matchAll(/\{([^{}]+?)\+?\}/g)].map(([, name = '']) => name);
  const { id, body } = create(scope, collections.api, {
    group_id: groupId,
    name: optionalTextIn(given, 'name') ?? madeUpName(method, path, isTaken),
    type: 1,
    req_protocol: protocol,
    req_method: method,
    req_uri: path,
    match_mode: matchMode,
    auth_type: authType,
    cors,
    req_params: parameters.map((name) => ({ name, type: 'STRING', location: 'PATH', required: 1 })),
    backend_type: 'HTTP',
    backend_params: parameters.map((name) => ({ origin: 'REQUEST', name, location: 'PATH', value: name })),
    backend_api: {
      req_protocol: protocol,
      req_method: method,
      // At the backend, too, a parameter may stand for the rest of the path, and is not marked there.
      req_uri: path.replaceAll('+}', '}'),
      timeout,
      vpc_channel_status: 1,
      vpc_channel_info: { vpc_channel_id: channelId },
    },
  });
  return {
    id,
    name: body.name,
    req_uri: path,
    req_method: method,
    match_mode: matchMode,
  };
}

interface Common {
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly authType: string;
  readonly cors: boolean;
  readonly timeout: number;
}

/** @throws valueMissing or valueInvalid */
function objectIn(body: Json, field: string): Json {
  const value = body[field];
  if (value === undefined || value === null) throw fail('valueMissing', { field });
  if (isObject(value)) return value;
  throw fail('valueInvalid', { reason: 'expected an object', field });
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
