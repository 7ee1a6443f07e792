import { z } from 'zod';
import { describe, local } from '../describe.ts';
import { digestOf } from '../digest.ts';
import type { JsonSchema } from '../fields.ts';
import { flagCodec, type Json } from '../wire.ts';
import { apiFields } from './api-fields.ts';
import { apiRules } from './api-rules.ts';

const PARENTS = ['gatewayId', 'groupId'];

/**
 * An API: what callers send, who may call, and what answers. Callers find it once it is deployed. Source: API
 * reference, "Creating an API".
 */
export const api = describe({
  kind: 'api',
  title: 'API',
  path: 'instances/{gatewayId}/apis',
  operations: {
    shape: 'collection',
    listKey: 'apis',
    standIn: {
      field: 'responseId',
      path: 'instances/{gatewayId}/api-groups/{groupId}/gateway-responses',
      listKey: 'responses',
      flag: 'default',
    },
    read: { by: 'get' },
    updates: true,
    listIsBrief: true,
  },
  missing: 'apiNotFound',
  unique: { within: ['gatewayId', 'groupId'], fields: ['name'], error: 'apiNameTaken' },
  quota: {
    config: 'API_NUM_LIMIT_PER_GROUP',
    limit: 1000,
    within: ['gatewayId', 'groupId'],
    error: 'apiPerGroupQuota',
  },
  input: apiFields,
  output: {
    /** Digest of the definition, 16 hex digits: equal definitions have equal digests. A deployment publishes anew when it changes. */
    digest: local(z.string()),
    /** Time of creation, RFC 3339 in UTC. */
    registerTime: z.string(),
  },
  rules: apiRules,
  fill: {
    on: ['requestParameters'],
    from: (value) => ({
      ...value,
      requestParameters: value.requestParameters.map((parameter) =>
        parameter.location === 'PATH' ? { ...parameter, required: true } : parameter,
      ),
    }),
  },
  computed: {
    digest: {
      // Without the IDs of the parents, so that a preview knows the digest before the parents exist.
      on: Object.keys(apiFields).filter((name) => !PARENTS.includes(name)),
      // 64 bits tell the few versions of one API apart, and keep previews readable.
      from: (value) => digestOf(DEFINITION, value, PARENTS).slice(0, 16),
    },
  },
  toWire: (wire) => ({
    ...wire,
    backend_type: backendTypeOf(wire),
    ...changed(wire, 'backend_api', nestChannel),
    ...changedEach(wire, 'policy_https', nestChannel),
  }),
  fromWire: (wire) => ({
    ...wire,
    auth_opt: wire['auth_opt'] ?? {},
    ...changed(wire, 'backend_api', flattenChannel),
    ...changedEach(wire, 'policy_https', flattenChannel),
    ...onlyBackendOf(wire),
  }),
  wireSchema: (schema) => ({
    ...withProperties(schema, ({ backend_api: backend = {}, policy_https: policies = {}, ...rest }) => ({
      ...rest,
      backend_type: {
        type: 'string',
        enum: Object.keys(BACKENDS),
        description: 'Which of `backend_api`, `mock_info` and `func_info` is used.',
      },
      backend_api: withProperties(backend, nestChannelSchema),
      policy_https: {
        ...policies,
        items: withProperties(policies['items'] as JsonSchema, nestChannelSchema),
      },
    })),
    required: [...(schema['required'] as readonly string[]), 'backend_type'],
  }),
});

const DEFINITION = z.object(apiFields);

type Properties = Readonly<Record<string, JsonSchema>>;

const BACKENDS: Readonly<Record<string, string>> = {
  HTTP: 'backend_api',
  GRPC: 'backend_api',
  MOCK: 'mock_info',
  FUNCTION: 'func_info',
};

function backendTypeOf(wire: Json): string {
  if (wire['mock_info'] !== undefined) return 'MOCK';
  if (wire['func_info'] !== undefined) return 'FUNCTION';
  const protocol = (wire['backend_api'] as Json | undefined)?.['req_protocol'];
  return protocol === 'GRPC' || protocol === 'GRPCS' ? 'GRPC' : 'HTTP';
}

/** The type selects the backend; clients may send the other ones too. */
function onlyBackendOf(wire: Json): Json {
  const chosen = BACKENDS[String(wire['backend_type'])];
  if (chosen === undefined) return {};
  const others = ['backend_api', 'mock_info', 'func_info'].filter((key) => key !== chosen);
  return Object.fromEntries(
    others.filter((key) => typeof wire[key] === 'object').map((key) => [key, undefined]),
  );
}

/** The documented form has the channel in an object of its own, which clients expect even when it is empty. */
function nestChannel(backend: Json): Json {
  const { vpc_channel_id: id, vpc_channel_proxy_host: host, ...rest } = backend;
  if (id === undefined) return { ...rest, vpc_channel_status: 2, vpc_channel_info: {} };
  return {
    ...rest,
    vpc_channel_status: 1,
    vpc_channel_info: { vpc_channel_id: id, ...(host === undefined ? {} : { vpc_channel_proxy_host: host }) },
  };
}

function flattenChannel(backend: Json): Json {
  const info = (backend['vpc_channel_info'] ?? {}) as Json;
  if (backend['vpc_channel_status'] !== 1) return backend;
  // With a channel, answers show its ID in the place of the address.
  return {
    ...backend,
    url_domain: undefined,
    vpc_channel_id: info['vpc_channel_id'],
    vpc_channel_proxy_host: info['vpc_channel_proxy_host'],
  };
}

function nestChannelSchema({
  vpc_channel_id: id = {},
  vpc_channel_proxy_host: host = {},
  ...rest
}: Properties): Properties {
  return {
    ...rest,
    vpc_channel_status: { ...flagCodec.schema, description: 'Whether a channel is used. 1: yes; 2: no.' },
    vpc_channel_info: { type: 'object', properties: { vpc_channel_id: id, vpc_channel_proxy_host: host } },
  };
}

function withProperties(schema: JsonSchema, change: (properties: Properties) => Properties): JsonSchema {
  return { ...schema, properties: change(schema['properties'] as Properties) };
}

function changed(wire: Json, key: string, change: (value: Json) => Json): Json {
  const value = wire[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { [key]: change(value as Json) }
    : {};
}

function changedEach(wire: Json, key: string, change: (value: Json) => Json): Json {
  const values = wire[key];
  if (!Array.isArray(values)) return {};
  return {
    [key]: values.map((value: unknown) =>
      typeof value === 'object' && value !== null ? change(value as Json) : value,
    ),
  };
}
