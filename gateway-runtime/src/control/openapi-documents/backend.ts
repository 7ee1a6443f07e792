import type { Json } from '@apig/sdk/contract';
import { compact, detailsField, detailsOf, withDetails } from './details.ts';
import { FIELD, OWN_FIELD } from './extension-fields.ts';
import { invalid, objectAt, objectsAt, own, textAt, wordAt } from './values.ts';

/*
 * Backends and backend policies of an API. Requests say each with fields of its own (`backend_api`, `policy_https` and
 * so on), documents with `x-apigateway-backend` and `x-apigateway-backend-policies`. In both, objects that APIs refer to
 * are named here: `authorizer_name` and `vpc_channel_name` stand in the place of IDs.
 * Source: user guide, "Extended Definition".
 */

type Target = 'http' | 'mock' | 'function';

interface Form {
  /** Field of the request that holds the backend. */
  readonly backend: string;
  /** Field of the request that holds the policies. */
  readonly policies: string;
}

const FORMS: Readonly<Record<Target, Form>> = {
  http: { backend: 'backend_api', policies: 'policy_https' },
  mock: { backend: 'mock_info', policies: 'policy_mocks' },
  function: { backend: 'func_info', policies: 'policy_functions' },
};
const TARGETS = Object.keys(FORMS) as readonly Target[];

/** Word of a document for a type to the type, and the field with its endpoint. */
const TYPES = {
  HTTP: { target: 'http', endpoint: 'httpEndpoints' },
  'HTTP-VPC': { target: 'http', endpoint: 'httpVpcEndpoints' },
  FUNCTION: { target: 'function', endpoint: 'functionEndpoints' },
  MOCK: { target: 'mock', endpoint: 'mockEndpoints' },
} as const satisfies Readonly<Record<string, { target: Target; endpoint: string }>>;

const METHODS = fromWords(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY']);
const SCHEMES = fromWords(['HTTP', 'HTTPS', 'GRPC', 'GRPCS']);
const LOCATIONS = fromWords(['HEADER', 'QUERY', 'PATH']);
const ORIGINS = fromWords(['REQUEST', 'CONSTANT', 'SYSTEM']);
const CONDITION_TYPES = { equal: 'exact', enum: 'enum', pattern: 'pattern' } as const;

/** Word of a document for what a condition looks at to that of requests, with the field for its name. The last three are ours. */
const CONDITION_ORIGINS = {
  source: { origin: 'source', operand: undefined },
  request: { origin: 'param', operand: 'req_param_name' },
  system: { origin: 'system', operand: 'sys_param_name' },
  cookie: { origin: 'cookie', operand: 'cookie_param_name' },
  'frontend-authorizer': { origin: 'frontend_authorizer', operand: 'frontend_authorizer_param_name' },
} as const;

/** Fields of a policy that have places of their own. */
const POLICY_LISTS = ['backend_params', 'conditions'];

/** Fields of a request that say what is behind an API. */
export const BACKEND_FIELDS: readonly string[] = [
  'backend_params',
  ...TARGETS.flatMap((target) => [FORMS[target].backend, FORMS[target].policies]),
];

/** The fields of a request that an operation's backend and backend policies say. @throws valueMissing or valueInvalid */
export function readBackends(operation: Json): Json {
  const backend = objectAt(operation, FIELD.backend);
  if (backend === undefined) return {};
  const { target, endpoint } = endpointOf(backend);
  const policies = objectsAt(operation, FIELD.backendPolicies).map((policy) => {
    const chosen = endpointOf(policy);
    if (chosen.target !== target)
      throw invalid(`${FIELD.backendPolicies}.type`, 'expected that of the backend');
    return readPolicy(policy, chosen.target, chosen.endpoint);
  });
  const part = withDetails(readEndpoint(target, endpoint), backend);
  return {
    [FORMS[target].backend]: { ...part, ...authorizerOf(backend) },
    backend_params: readParameters(backend),
    ...(policies.length > 0 && { [FORMS[target].policies]: policies }),
  };
}

/** The two fields of an operation for what is behind an API. */
export function writeBackends(request: Json): Json {
  const target = TARGETS.find((each) => request[FORMS[each].backend] !== undefined);
  if (target === undefined) return {};
  const { backend, policies } = FORMS[target];
  const part = request[backend] as Json;
  const standard = writeEndpoint(target, part);
  const readBack = readEndpoint(target, endpointOf(standard).endpoint);
  return {
    [FIELD.backend]: {
      ...standard,
      parameters: writeParameters(request),
      ...writeAuthorizer(part),
      ...detailsField(detailsOf('api', [backend], part, readBack)),
    },
    ...writeField(
      FIELD.backendPolicies,
      listOf(request[policies]).map((policy) => writePolicy(policy, target)),
    ),
  };
}

/** A request whose API answers without a backend, whatever is behind it otherwise. */
export function withMock(request: Json): Json {
  const { result_normal_sample: sample } = request;
  const others = Object.entries(request).filter(([name]) => !BACKEND_FIELDS.includes(name));
  // Longer samples do not fit in an answer that the gateway gives itself.
  const fits = typeof sample === 'string' && sample.length <= 2048;
  return { ...Object.fromEntries(others), mock_info: { result_content: fits ? sample : '' } };
}

/** A request with another form of each of its backends and policies. */
export function mapTargets(request: Json, change: (target: Json) => Json): Json {
  const changed = { ...request };
  for (const { backend, policies } of Object.values(FORMS)) {
    if (request[backend] !== undefined) changed[backend] = change(request[backend] as Json);
    if (request[policies] !== undefined) changed[policies] = listOf(request[policies]).map(change);
  }
  return changed;
}

interface Endpoint {
  readonly target: Target;
  readonly endpoint: Json;
}

function endpointOf(holder: Json): Endpoint {
  const type = wordAt(holder, 'type', TYPES);
  if (type === undefined)
    throw invalid(`${FIELD.backend}.type`, `expected one of ${Object.keys(TYPES).join(', ')}`);
  return { target: type.target, endpoint: objectAt(holder, type.endpoint) ?? {} };
}

function readEndpoint(target: Target, endpoint: Json): Json {
  switch (target) {
    case 'http':
      return compact({
        url_domain: own(endpoint, 'address'),
        vpc_channel_name: own(endpoint, 'name'),
        req_protocol: wordAt(endpoint, 'scheme', SCHEMES),
        req_method: wordAt(endpoint, 'method', METHODS),
        req_uri: own(endpoint, 'path'),
        timeout: own(endpoint, 'timeout'),
      });
    case 'function':
      return compact({
        function_urn: own(endpoint, 'function-urn'),
        version: own(endpoint, 'version'),
        invocation_type: own(endpoint, 'invocation-type'),
        timeout: own(endpoint, 'timeout'),
      });
    case 'mock':
      return compact({ result_content: own(endpoint, 'result-content') });
  }
}

function writeEndpoint(target: Target, part: Json): Json {
  switch (target) {
    case 'http': {
      const { url_domain, vpc_channel_name: channel, req_protocol, req_method, req_uri, timeout } = part;
      const common = {
        scheme: String(req_protocol).toLowerCase(),
        method: req_method,
        path: req_uri,
        timeout,
      };
      return channel === undefined
        ? { type: 'HTTP', httpEndpoints: compact({ address: url_domain, ...common }) }
        : { type: 'HTTP-VPC', httpVpcEndpoints: compact({ name: channel, ...common }) };
    }
    case 'function': {
      const { function_urn, version, invocation_type, timeout } = part;
      const names = { 'function-urn': function_urn, version, 'invocation-type': invocation_type, timeout };
      return { type: 'FUNCTION', functionEndpoints: compact(names) };
    }
    case 'mock':
      return { type: 'MOCK', mockEndpoints: compact({ 'result-content': part['result_content'] }) };
  }
}

function readPolicy(policy: Json, target: Target, endpoint: Json): Json {
  const part = { name: own(policy, 'name'), effect_mode: 'ALL', ...readEndpoint(target, endpoint) };
  return {
    ...withDetails(part, policy, POLICY_LISTS),
    ...authorizerOf(policy),
    backend_params: readParameters(policy),
    conditions: objectsAt(policy, 'conditions').map(readCondition),
  };
}

function writePolicy(policy: Json, target: Target): Json {
  const { name, conditions } = policy;
  const standard = { ...writeEndpoint(target, policy), name };
  const lists = { backend_params: [], conditions: [] };
  const readBack = { ...readPolicy(standard, target, endpointOf(standard).endpoint), ...lists };
  const details = detailsOf('api', [FORMS[target].policies], { ...policy, ...lists }, readBack);
  return {
    ...standard,
    parameters: writeParameters(policy),
    conditions: listOf(conditions).map(writeCondition),
    ...writeAuthorizer(policy),
    ...detailsField(details),
  };
}

function readCondition(condition: Json): Json {
  const { origin, operand } = wordAt(condition, 'origin', CONDITION_ORIGINS) ?? CONDITION_ORIGINS.request;
  const part = compact({
    condition_origin: origin,
    condition_type: wordAt(condition, 'type', CONDITION_TYPES),
    condition_value: own(condition, 'value'),
    ...(operand !== undefined && { [operand]: textAt(condition, 'parameter') }),
  });
  return withDetails(part, condition);
}

function writeCondition(part: Json): Json {
  const { condition_type: type, condition_value: value } = part;
  const [origin, { operand }] =
    Object.entries(CONDITION_ORIGINS).find(([, each]) => each.origin === part['condition_origin']) ??
    (['request', CONDITION_ORIGINS.request] as const);
  const standard = compact({
    origin,
    type: Object.entries(CONDITION_TYPES).find(([, each]) => each === type)?.[0],
    value,
    parameter: operand === undefined ? undefined : part[operand],
  });
  const details = detailsOf('api', ['policy_https', 'conditions'], part, readCondition(standard));
  return { ...standard, ...detailsField(details) };
}

function readParameters(holder: Json): readonly Json[] {
  return objectsAt(holder, 'parameters').map((parameter) =>
    compact({
      name: own(parameter, 'name'),
      value: own(parameter, 'value'),
      location: wordAt(parameter, 'in', LOCATIONS),
      origin: wordAt(parameter, 'origin', ORIGINS) ?? 'REQUEST',
      remark: own(parameter, 'description'),
    }),
  );
}

function writeParameters(holder: Json): readonly Json[] {
  return listOf(holder['backend_params']).map(({ name, value, location, origin, remark }) =>
    compact({ name, value, in: String(location).toLowerCase(), origin, description: remark }),
  );
}

function authorizerOf(holder: Json): Json {
  return compact({ authorizer_name: textAt(holder, OWN_FIELD.backendAuthorizer) });
}

function writeAuthorizer(part: Json): Json {
  return compact({ [OWN_FIELD.backendAuthorizer]: part['authorizer_name'] });
}

function writeField(name: string, list: readonly Json[]): Json {
  return list.length === 0 ? {} : { [name]: list };
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function fromWords<const Word extends string>(words: readonly Word[]): Readonly<Record<Word, Word>> {
  return Object.fromEntries(words.map((word) => [word, word])) as Readonly<Record<Word, Word>>;
}
