import type { Fault, Rule } from '../describe.ts';
import type { ApiDefinition } from './api-fields.ts';

type Path = Fault['path'];
type BackendParameters = ApiDefinition['backendParameters'];
type Target = { readonly address?: string | undefined; readonly channelId?: string | undefined };

const BACKENDS = ['httpBackend', 'mockBackend', 'functionBackend'] as const;
const POLICIES = {
  httpPolicies: 'httpBackend',
  mockPolicies: 'mockBackend',
  functionPolicies: 'functionBackend',
} as const;
const POLICY_FIELDS = ['httpPolicies', 'mockPolicies', 'functionPolicies'] as const;

/** What an API's fields must agree on. */
export const apiRules: readonly Rule<ApiDefinition>[] = [
  {
    on: ['httpBackend', 'mockBackend', 'functionBackend'],
    check: (api) => {
      const given = BACKENDS.filter((name) => api[name] !== undefined);
      if (given.length === 1) return [];
      const path = [given[1] ?? 'httpBackend'];
      return [{ path, message: 'expected exactly one of httpBackend, mockBackend and functionBackend' }];
    },
  },
  {
    on: ['httpBackend', 'httpPolicies'],
    check: (api) => [
      ...(api.httpBackend ? oneTarget(['httpBackend'], api.httpBackend) : []),
      ...api.httpPolicies.flatMap((policy, index) => oneTarget(['httpPolicies', index], policy)),
    ],
  },
  {
    on: [...BACKENDS, ...POLICY_FIELDS],
    check: (api) =>
      POLICY_FIELDS.filter((name) => api[name].length > 0 && api[POLICIES[name]] === undefined).map(
        (name) => ({
          path: [name],
          message: `expected only with ${POLICIES[name]}`,
        }),
      ),
  },
  {
    on: ['httpBackend'],
    check: ({ httpBackend }) =>
      httpBackend?.clientTls === true && !httpBackend.protocol.endsWith('S')
        ? [
            {
              path: ['httpBackend', 'clientTls'],
              message: 'expected only with protocol HTTPS or GRPCS',
              error: 'clientTlsNotPossible',
            },
          ]
        : [],
  },
  {
    on: ['functionBackend', 'functionPolicies'],
    check: ({ functionBackend, functionPolicies }) => [
      ...(functionBackend ? fittingTimeout(['functionBackend'], functionBackend) : []),
      ...functionPolicies.flatMap((policy, index) => fittingTimeout(['functionPolicies', index], policy)),
    ],
  },
  {
    on: ['protocol', 'httpBackend', 'httpPolicies'],
    check: ({ protocol, httpBackend, httpPolicies }) => [
      ...(httpBackend ? fittingProtocol(protocol, ['httpBackend'], httpBackend.protocol) : []),
      ...httpPolicies.flatMap((policy, index) =>
        fittingProtocol(protocol, ['httpPolicies', index], policy.protocol),
      ),
    ],
  },
  {
    on: ['protocol', 'method', ...BACKENDS, 'requestParameters', 'backendParameters', 'contentType'],
    check: (api) => (api.protocol === 'GRPCS' ? notOfGrpc(api) : []),
  },
  {
    on: ['authentication', 'authorizerId', 'protocol', 'allowAppCode'],
    check: ({ authentication, authorizerId, protocol, allowAppCode }) => [
      ...(authentication === 'AUTHORIZER' && authorizerId === undefined
        ? [
            {
              path: ['authorizerId'],
              message: 'expected an authorizer, because authentication is AUTHORIZER',
            },
          ]
        : []),
      ...(authentication === 'NONE' && authorizerId !== undefined
        ? [{ path: ['authorizerId'], message: 'expected only with authentication AUTHORIZER, APP or IAM' }]
        : []),
      ...(authentication === 'AUTHORIZER' && protocol === 'GRPCS'
        ? [{ path: ['authentication'], message: 'expected NONE, APP or IAM with protocol GRPCS' }]
        : []),
      ...(allowAppCode && authentication !== 'APP'
        ? [{ path: ['allowAppCode'], message: 'expected only with authentication APP' }]
        : []),
    ],
  },
  {
    on: ['path', 'matchMode', 'requestParameters'],
    check: ({ path, matchMode, requestParameters }) => {
      const declared = new Set(requestParameters.filter(inPath).map(({ name }) => name));
      const placeholders = frontendPlaceholders(path);
      if (typeof placeholders === 'string') return [{ path: ['path'], message: placeholders }];
      return [
        ...(matchMode === 'PREFIX' && path.includes('+}')
          ? [{ path: ['path'], message: 'expected {name+} only with matchMode EXACT' }]
          : []),
        ...placeholders
          .filter((name) => !declared.has(name))
          .map((name) => ({
            path: ['path'],
            message: `expected {${name}} among requestParameters with location PATH`,
            error: 'pathParameterUndeclared' as const,
            details: { name },
          })),
        ...requestParameters.flatMap((parameter, index) =>
          inPath(parameter) && !placeholders.includes(parameter.name)
            ? [
                {
                  path: ['requestParameters', index, 'name'],
                  message: `expected {${parameter.name}} in path`,
                },
              ]
            : [],
        ),
      ];
    },
  },
  {
    on: ['requestParameters'],
    check: ({ requestParameters }) =>
      requestParameters.flatMap((parameter, index) => {
        const path = ['requestParameters', index];
        const same = ({ name, location }: typeof parameter) =>
          location === parameter.location && name.toLowerCase() === parameter.name.toLowerCase();
        return [
          ...(requestParameters.findIndex(same) < index
            ? [
                {
                  path: [...path, 'name'],
                  message: 'expected a name that is unique in its location',
                  error: 'parameterRepeated' as const,
                  details: { name: parameter.name },
                },
              ]
            : []),
          ...(parameter.location === 'HEADER' && /_|^authorization$|^x-auth-token$/i.test(parameter.name)
            ? [
                {
                  path: [...path, 'name'],
                  message: 'expected a header without _, other than Authorization and X-Auth-Token',
                },
              ]
            : []),
          ...ordered(path, parameter.minNumber, parameter.maxNumber, 'maxNumber', 'minNumber'),
          ...ordered(path, parameter.minLength, parameter.maxLength, 'maxLength', 'minLength'),
        ];
      }),
  },
  {
    on: [
      'requestParameters',
      'backendParameters',
      'httpBackend',
      'httpPolicies',
      'mockPolicies',
      'functionPolicies',
      'authorizerId',
    ],
    check: (api) => [
      ...mapped(api, ['backendParameters'], api.backendParameters, api.httpBackend?.path),
      ...api.httpPolicies.flatMap((policy, index) =>
        mapped(api, ['httpPolicies', index, 'backendParameters'], policy.backendParameters, policy.path),
      ),
    ],
  },
  {
    on: [...POLICY_FIELDS, 'requestParameters'],
    check: (api) =>
      POLICY_FIELDS.flatMap((field) =>
        api[field].flatMap((policy, index) => [
          ...(api[field].findIndex(({ name }) => name === policy.name) < index
            ? [
                {
                  path: [field, index, 'name'],
                  message: 'expected a name that is unique in the API',
                  error: 'backendPolicyRepeated' as const,
                  details: { name: policy.name },
                },
              ]
            : []),
          ...policy.conditions.flatMap((condition, at) =>
            operand(api, condition, [field, index, 'conditions', at]),
          ),
        ]),
      ),
  },
];

/** The names of a frontend path's placeholders, or what is wrong with it. */
function frontendPlaceholders(path: string): readonly string[] | string {
  const names: string[] = [];
  const segments = path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    if (!/[{}]/.test(segment)) continue;
    const match = /^\{([^{}+]+)(\+?)\}$/.exec(segment);
    if (!match?.[1]) return 'expected {name} to be a whole segment';
    if (match[2] === '+' && index < segments.length - 1) return 'expected {name+} only as the last segment';
    if (names.includes(match[1])) return `expected {${match[1]}} once`;
    names.push(match[1]);
  }
  return names;
}

/** Source: API reference, "Creating an API" (func_info, timeout). */
function fittingTimeout(
  path: Path,
  { networkType, timeoutMs }: { readonly networkType: 'V1' | 'V2'; readonly timeoutMs: number },
): readonly Fault[] {
  if (networkType === 'V2' || timeoutMs <= MAX_V1_MS) return [];
  const message = `expected at most ${MAX_V1_MS} with networkType V1`;
  return [{ path: [...path, 'timeoutMs'], message, error: 'valueTooLarge', details: { limit: MAX_V1_MS } }];
}

const MAX_V1_MS = 60_000;

/** Who calls by gRPC is answered by gRPC, and nobody else. */
function fittingProtocol(callers: ApiDefinition['protocol'], path: Path, backend: string): readonly Fault[] {
  const isGrpc = backend === 'GRPC' || backend === 'GRPCS';
  if (isGrpc === (callers === 'GRPCS')) return [];
  const message = isGrpc
    ? 'expected HTTP or HTTPS, or GRPCS as the protocol of the API'
    : 'expected GRPC or GRPCS with protocol GRPCS';
  return [{ path: [...path, 'protocol'], message }];
}

/** What an API of gRPC cannot have. Source: user guide, "Creating a gRPC API". */
function notOfGrpc(api: ApiDefinition): readonly Fault[] {
  const refused: readonly (readonly [Path, boolean, string])[] = [
    [['method'], api.method !== 'POST', 'expected POST with protocol GRPCS'],
    [['mockBackend'], api.mockBackend !== undefined, 'expected httpBackend with protocol GRPCS'],
    [['functionBackend'], api.functionBackend !== undefined, 'expected httpBackend with protocol GRPCS'],
    [['httpBackend', 'path'], (api.httpBackend?.path ?? '/') !== '/', 'expected / with protocol GRPCS'],
    [
      ['httpBackend', 'method'],
      (api.httpBackend?.method ?? 'POST') !== 'POST',
      'expected POST with protocol GRPCS',
    ],
    [['requestParameters'], api.requestParameters.length > 0, 'expected none with protocol GRPCS'],
    [['backendParameters'], api.backendParameters.length > 0, 'expected none with protocol GRPCS'],
    [['contentType'], api.contentType !== undefined, 'expected none with protocol GRPCS'],
  ];
  return refused.filter(([, isGiven]) => isGiven).map(([path, , message]) => ({ path, message }));
}

function inPath({ location }: { location: string }): boolean {
  return location === 'PATH';
}

function oneTarget(path: Path, target: Target): readonly Fault[] {
  if ((target.address === undefined) !== (target.channelId === undefined)) {
    return target.address === undefined ||
      /^(?:[\w.-]|#[A-Za-z][\w-]{2,31}#)+(?::(?:\d{1,5}|#[A-Za-z][\w-]{2,31}#))?$/.test(target.address)
      ? []
      : [{ path: [...path, 'address'], message: 'expected host or host:port' }];
  }
  return [{ path: [...path, 'address'], message: 'expected exactly one of address and channelId' }];
}

function ordered(
  path: Path,
  low: number | undefined,
  high: number | undefined,
  name: string,
  other: string,
): readonly Fault[] {
  return low === undefined || high === undefined || low <= high
    ? []
    : [{ path: [...path, name], message: `expected at least ${other}` }];
}

/** Checks backend parameters against the request's parameters and the placeholders of the backend's path. */
function mapped(
  api: ApiDefinition,
  path: Path,
  parameters: BackendParameters,
  backendPath: string | undefined,
): readonly Fault[] {
  const declared = new Set(api.requestParameters.map(({ name }) => name));
  const placeholders = [...(backendPath ?? '').matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '');
  const filled = new Set(parameters.filter(inPath).map(({ name }) => name));
  const pathOfBackend = path[0] === 'httpPolicies' ? [...path.slice(0, -1), 'path'] : ['httpBackend', 'path'];
  return [
    ...placeholders
      .filter((name) => !filled.has(name))
      .map((name) => ({
        path: pathOfBackend,
        message: `expected {${name}} among backendParameters with location PATH`,
        error: 'backendPathParameterUndeclared' as const,
        details: { name },
      })),
    ...parameters.flatMap((parameter, index) => [
      ...(parameter.origin === 'REQUEST' && !declared.has(parameter.value)
        ? [
            {
              path: [...path, index, 'value'],
              message: 'expected the name of a request parameter',
              error: 'mappedParameterUndeclared' as const,
              details: { name: parameter.value },
            },
          ]
        : []),
      ...(parameter.origin === 'SYSTEM'
        ? systemParameter(api, [...path, index, 'value'], parameter.value)
        : []),
      ...(inPath(parameter) && backendPath !== undefined && !placeholders.includes(parameter.name)
        ? [
            {
              path: [...path, index, 'name'],
              message: `expected {${parameter.name}} in the path of the backend`,
            },
          ]
        : []),
      ...(parameter.location === 'HEADER' && parameter.name.startsWith('_')
        ? [{ path: [...path, index, 'name'], message: 'expected a header that does not start with _' }]
        : []),
    ]),
  ];
}

const SYSTEM_PARAMETER =
  /^\$context\.(?:sourceIp|stage|apiId|appId|requestId|serverAddr|serverName|handleTime|apiName|appName|providerAppId|authorizer\.(?:frontend|backend)\.[A-Za-z][\w-]{0,31})$/;

function systemParameter(api: ApiDefinition, path: Path, value: string): readonly Fault[] {
  if (!SYSTEM_PARAMETER.test(value))
    return [{ path, message: 'expected a system parameter such as $context.sourceIp' }];
  const missing = value.startsWith('$context.authorizer.frontend.')
    ? api.authorizerId === undefined
    : value.startsWith('$context.authorizer.backend.') && !hasBackendAuthorizer(api);
  return missing
    ? [
        {
          path,
          message: 'expected an authorizer that gives the value',
          error: 'authorizerVariableWithoutAuthorizer',
        },
      ]
    : [];
}

function hasBackendAuthorizer(api: ApiDefinition): boolean {
  const backends = [api.httpBackend, api.mockBackend, api.functionBackend];
  const policies = [...api.httpPolicies, ...api.mockPolicies, ...api.functionPolicies];
  return [...backends, ...policies].some((backend) => backend?.authorizerId !== undefined);
}

type Condition = ApiDefinition['httpPolicies'][number]['conditions'][number];

const OPERANDS = {
  param: 'requestParameter',
  system: 'systemParameter',
  cookie: 'cookie',
  frontend_authorizer: 'authorizerParameter',
} as const;

function operand(api: ApiDefinition, condition: Condition, path: Path): readonly Fault[] {
  if (condition.origin === 'source') return [];
  const field = OPERANDS[condition.origin];
  const name = condition[field];
  return [
    ...(name === undefined
      ? [{ path: [...path, field], message: `expected with origin ${condition.origin}` }]
      : []),
    ...(condition.type === undefined
      ? [{ path: [...path, 'type'], message: 'expected exact, enum or pattern' }]
      : []),
    ...(condition.origin === 'param' &&
    name !== undefined &&
    !api.requestParameters.some((each) => each.name === name)
      ? [{ path: [...path, field], message: 'expected the name of a request parameter' }]
      : []),
    ...(condition.type === 'pattern' && !isRegularExpression(condition.value)
      ? [{ path: [...path, 'value'], message: 'expected a regular expression' }]
      : []),
  ];
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    // The constructor is the only parser of its grammar.
    return false;
  }
}
