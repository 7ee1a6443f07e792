import { randomBytes } from 'node:crypto';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { openGateway, type OpenGatewayOptions, type RawAnswer, type TestGateway } from './gateway.ts';

/** A gateway with nothing in it but what every gateway has, spoken to in the documented JSON. */
export interface Documented {
  readonly id: string;
  /** Sends a request to a path inside the gateway. */
  call(method: string, path: string, body?: unknown): Promise<RawAnswer>;
  /** Creates an object with the given body and returns its ID. */
  add(path: string, body: unknown): Promise<string>;
  /** Creates a group. */
  group(name?: string): Promise<string>;
  /** Creates an API in a group of its own, or the given one. */
  api(fields?: Json): Promise<string>;
  /** Publishes an API and returns the ID of the publication. */
  publish(apiId: string, environmentId?: string): Promise<string>;
  /** Creates an API, publishes it, and returns both IDs. */
  published(fields?: Json): Promise<{ readonly apiId: string; readonly publishId: string }>;
}

/** A running runtime in which each test makes gateways of its own. */
export interface DocumentedRuntime extends TestGateway {
  /** Creates a gateway. */
  create(fields?: Json): Promise<Documented>;
}

/** Starts a runtime that may have as many gateways as there are tests. */
export async function openDocumented(options: OpenGatewayOptions = {}): Promise<DocumentedRuntime> {
  const limits = { INSTANCE_NUM_LIMIT: 10_000, ...options.limits };
  const running = await openGateway({ ...options, limits });
  return {
    ...running,
    create: async (fields = {}) => {
      const { body } = await running.call('POST', 'instances', { ...gatewayBody(), ...fields });
      return documented(running, String(body['instance_id']));
    },
  };
}

/** The documented body that creates a gateway. */
export function gatewayBody(): Json {
  return {
    instance_name: uniqueName('gateway'),
    spec_id: 'BASIC',
    vpc_id: 'vpc-1',
    subnet_id: 'subnet-1',
    security_group_id: 'security-group-1',
    available_zone_ids: ['az-a', 'az-b'],
  };
}

/** The documented body that creates an API with a MOCK backend. */
export function apiBody(groupId: string): Json {
  return {
    group_id: groupId,
    name: uniqueName('api'),
    type: 1,
    req_protocol: 'HTTP',
    req_method: 'GET',
    req_uri: `/${uniqueName('path')}`,
    auth_type: 'NONE',
    backend_type: 'MOCK',
    mock_info: { result_content: 'hello' },
  };
}

/** Fields by which an API takes `POST /orders` and asks a backend. */
export function takesOrders(groupId: string, address: string): Json {
  return {
    group_id: groupId,
    req_method: 'POST',
    req_uri: '/orders',
    backend_type: 'HTTP',
    mock_info: undefined,
    backend_api: {
      url_domain: address,
      req_protocol: 'HTTP',
      req_method: 'POST',
      req_uri: '/',
      timeout: 5000,
    },
  };
}

/** A name that no other object has. */
export function uniqueName(what: string): string {
  return `${what}_${randomBytes(5).toString('hex')}`;
}

/** A field of an object in an answer. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return found;
}

function documented(running: TestGateway, id: string): Documented {
  const call = (method: string, path: string, body?: unknown) =>
    running.call(method, path === '' ? `instances/${id}` : `instances/${id}/${path}`, body);

  async function add(path: string, body: unknown): Promise<string> {
    const answer = await call('POST', path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return String(answer.body['id']);
  }

  const group = (name = uniqueName('group')) => add('api-groups', { name });
  const api = async (fields: Json = {}) => {
    const groupId = typeof fields['group_id'] === 'string' ? fields['group_id'] : await group();
    return add('apis', { ...apiBody(groupId), ...fields });
  };
  const publish = async (apiId: string, environmentId = RELEASE_ENVIRONMENT_ID) => {
    const { body } = await call('POST', 'apis/action', {
      action: 'online',
      api_id: apiId,
      env_id: environmentId,
    });
    return String(body['publish_id']);
  };

  return {
    id,
    call,
    add,
    group,
    api,
    publish,
    published: async (fields) => {
      const apiId = await api(fields);
      return { apiId, publishId: await publish(apiId) };
    },
  };
}
