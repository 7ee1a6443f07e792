import { z } from 'zod';
import { automatic, describe, entries, example, immutable, ref, wire, type Fault } from '../describe.ts';
import type { GatewayResponseType } from '../errors.ts';
import type { JsonSchema } from '../fields.ts';
import { pattern } from '../names.ts';
import type { Json } from '../wire.ts';

const MOST_HEADERS = 10;

/** Frame a message, belong to its connection, or are the gateway's own: RFC 9110, section 7.6.1. */
const RESERVED_HEADERS =
  /^(?:connection|content-length|keep-alive|proxy-connection|server|te|trailer|transfer-encoding|upgrade|x-request-id)$/i;

const answer = z.object({
  /** Status, 200 to 599 but not 444. Left out: that of the type; for `default4xx` and `default5xx` each error keeps its own. */
  status: z
    .int()
    .min(200)
    .max(599)
    .refine((status) => status !== 444, { message: 'expected another status than 444' })
    .optional(),
  /** Body, at most 20,480 characters; may hold variables such as `$context.error.message`. Left out: a JSON object with code, message and request ID. */
  body: z.string().max(20_480).optional(),
  /** Up to 10 headers. Names: 1 to 128 letters, digits and `-`; values: 1 to 1,024 printable characters without double brackets, which may hold variables. */
  headers: entries(
    pattern(/^[A-Za-z0-9-]{1,128}$/, 'a name of 1 to 128 letters, digits and -'),
    pattern(
      /^(?!.*(?:\[\[|\]\]))[\x20-\x7e]{1,1024}$/,
      'a value of 1 to 1024 printable characters without [[ and ]]',
    ),
  ).optional(),
});
const of = (type: GatewayResponseType) => wire(type, answer.optional());

const responses = z.object({
  /** An app or account could not be authenticated. */
  authFailure: of('AUTH_FAILURE'),
  /** A call brought no credential. */
  authHeaderMissing: of('AUTH_HEADER_MISSING'),
  /** An app is not authorized for the API. */
  unauthorized: of('UNAUTHORIZED'),
  /** An access control list refused a call. */
  accessDenied: of('ACCESS_DENIED'),
  /** A custom authorizer refused a call. */
  authorizerFailure: of('AUTHORIZER_FAILURE'),
  /** A custom authorizer could not be asked, or gave no usable answer. */
  authorizerConfFailure: of('AUTHORIZER_CONF_FAILURE'),
  /** What a custom authorizer needs is missing in a call. */
  authorizerIdentitiesFailure: of('AUTHORIZER_IDENTITIES_FAILURE'),
  /** A third-party authentication refused a call. */
  thirdAuthFailure: of('THIRD_AUTH_FAILURE'),
  /** A third-party authentication could not be asked, or gave no usable answer. */
  thirdAuthConfFailure: of('THIRD_AUTH_CONF_FAILURE'),
  /** What a third-party authentication needs is missing in a call. */
  thirdAuthIdentitiesFailure: of('THIRD_AUTH_IDENTITIES_FAILURE'),
  /** A limit of calls is reached. */
  throttled: of('THROTTLED'),
  /** No API of the group is found for a call. Taken from the group's default response, as no API says another one. */
  notFound: of('NOT_FOUND'),
  /** A parameter is missing or not valid. */
  requestParametersFailure: of('REQUEST_PARAMETERS_FAILURE'),
  /** The backend cannot be reached. */
  backendUnavailable: of('BACKEND_UNAVAILABLE'),
  /** The backend did not answer in time. */
  backendTimeout: of('BACKEND_TIMEOUT'),
  /** A backend parameter has no value. */
  orchestrationParameterNotFound: of('ORCHESTRATION_PARAMETER_NOT_FOUND'),
  /** A backend parameter cannot hold its value. */
  orchestrationFailure: of('ORCHESTRATION_FAILURE'),
  /** Any other error with a status of 400 to 499. */
  default4xx: of('DEFAULT_4XX'),
  /** Any other error with a status of 500 to 599. */
  default5xx: of('DEFAULT_5XX'),
});

/**
 * What a group's callers are told when the gateway itself answers: status, body and headers for each type of error. An
 * API uses the one that it names, else the group's default one. Source: API reference, "Creating a Gateway Response".
 */
export const gatewayResponse = describe({
  kind: 'gatewayResponse',
  title: 'gateway response',
  path: 'instances/{gatewayId}/api-groups/{groupId}/gateway-responses',
  operations: {
    shape: 'collection',
    listKey: 'responses',
    read: { by: 'get' },
    updates: true,
    listIsBrief: true,
  },
  missing: 'gatewayResponseNotFound',
  unique: { within: ['gatewayId', 'groupId'], fields: ['name'], error: 'gatewayResponseNameTaken' },
  quota: {
    config: 'RESPONSE_NUM_LIMIT',
    limit: 4,
    within: ['gatewayId', 'groupId'],
    error: 'gatewayResponseQuota',
  },
  input: {
    /** Gateway that has the group. Changing it replaces the gateway response. */
    gatewayId: immutable(ref('gateway')),
    /** Group whose APIs may use it. Changing it replaces the gateway response. */
    groupId: immutable(ref('apiGroup')),
    /** 1 to 64 letters, digits, `_` and `-`; unique in the group, which has one named `default`. Programs may leave it out: it is then made of the resource's name. */
    name: automatic(pattern(/^[\w-]{1,64}$/, '1 to 64 letters, digits, _ and -')),
    /** The types of errors that are answered otherwise than usual. Default: none. */
    responses: example(
      { throttled: { status: 503, headers: { 'Retry-After': '1' } } },
      responses.default({}),
    ),
  },
  output: {
    /** Whether it is the group's default one, which cannot be deleted or renamed. */
    isDefault: wire('default', z.boolean()),
    /** Time of creation, RFC 3339 in UTC. */
    createTime: z.string(),
  },
  rules: [{ on: ['responses'], check: (value) => Object.entries(value.responses).flatMap(faultsOf) }],
  fill: {
    on: ['responses'],
    from: (value) => ({
      ...value,
      responses: Object.fromEntries(
        Object.entries(value.responses).map(([name, given]) => [name, whole(name, given)]),
      ),
    }),
  },
  // Answers show every type, those that nobody set as the default ones.
  fromWire: (wire) => ({ ...wire, responses: onlySet(wire['responses']) }),
  wireSchema: (schema, of) => (of === 'answer' ? withDefaults(schema) : schema),
});

/** Body of an answer for which a group says none. */
export const DEFAULT_RESPONSE_BODY =
  '{"error_code":"$context.error.code","error_msg":"$context.error.message","request_id":"$context.requestId"}';

/** Field of `responses` to the documented type, with the status that it shows when nobody set one. */
export const GATEWAY_RESPONSE_TYPES: Readonly<
  Record<
    keyof z.output<typeof responses>,
    { readonly type: GatewayResponseType; readonly status: number | undefined }
  >
> = {
  authFailure: { type: 'AUTH_FAILURE', status: 401 },
  authHeaderMissing: { type: 'AUTH_HEADER_MISSING', status: 401 },
  unauthorized: { type: 'UNAUTHORIZED', status: 401 },
  accessDenied: { type: 'ACCESS_DENIED', status: 403 },
  authorizerFailure: { type: 'AUTHORIZER_FAILURE', status: 500 },
  authorizerConfFailure: { type: 'AUTHORIZER_CONF_FAILURE', status: 500 },
  authorizerIdentitiesFailure: { type: 'AUTHORIZER_IDENTITIES_FAILURE', status: 401 },
  thirdAuthFailure: { type: 'THIRD_AUTH_FAILURE', status: 401 },
  thirdAuthConfFailure: { type: 'THIRD_AUTH_CONF_FAILURE', status: 500 },
  thirdAuthIdentitiesFailure: { type: 'THIRD_AUTH_IDENTITIES_FAILURE', status: 401 },
  throttled: { type: 'THROTTLED', status: 429 },
  notFound: { type: 'NOT_FOUND', status: 404 },
  requestParametersFailure: { type: 'REQUEST_PARAMETERS_FAILURE', status: 400 },
  backendUnavailable: { type: 'BACKEND_UNAVAILABLE', status: 502 },
  backendTimeout: { type: 'BACKEND_TIMEOUT', status: 504 },
  orchestrationParameterNotFound: { type: 'ORCHESTRATION_PARAMETER_NOT_FOUND', status: 400 },
  orchestrationFailure: { type: 'ORCHESTRATION_FAILURE', status: 400 },
  default4xx: { type: 'DEFAULT_4XX', status: undefined },
  default5xx: { type: 'DEFAULT_5XX', status: undefined },
};

type Answer = z.output<typeof answer>;

function whole(name: string, given: Answer | undefined): Answer | undefined {
  if (given === undefined) return undefined;
  const { status } = GATEWAY_RESPONSE_TYPES[name as keyof typeof GATEWAY_RESPONSE_TYPES];
  return {
    ...given,
    ...(status !== undefined && { status: given.status ?? status }),
    body: given.body ?? DEFAULT_RESPONSE_BODY,
  };
}

function faultsOf([name, given]: [string, Answer | undefined]): readonly Fault[] {
  const names = Object.keys(given?.headers ?? {});
  const path = ['responses', name, 'headers'];
  const reserved = names.some((header) => RESERVED_HEADERS.test(header));
  return [
    ...(names.length > MOST_HEADERS ? [{ path, message: `expected at most ${MOST_HEADERS} headers` }] : []),
    ...(reserved ? [{ path, message: 'expected no header that the gateway writes itself' }] : []),
  ];
}

function onlySet(wire: unknown): unknown {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) return wire;
  return Object.fromEntries(
    Object.entries(wire).filter(([, given]) => (given as Json | null)?.['default'] !== true),
  );
}

function withDefaults(schema: JsonSchema): JsonSchema {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  const types = Object.entries(
    (properties['responses']?.['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>,
  );
  const flag = { type: 'boolean', description: 'Whether nobody set this type.' };
  const shown = types.map(([type, each]): readonly [string, JsonSchema] => [
    type,
    { ...each, properties: { ...(each['properties'] as object), default: flag } },
  ]);
  return {
    ...schema,
    properties: {
      ...properties,
      responses: { ...properties['responses'], properties: Object.fromEntries(shown) },
    },
  };
}
