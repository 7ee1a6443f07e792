import { z } from 'zod';
import {
  automatic,
  coded,
  commaList,
  example,
  flag,
  immutable,
  numberText,
  ref,
  set,
  wire,
  words,
} from '../describe.ts';
import { nameOfParameter, nameOfTitle, nameOfWord, pattern, remark } from '../names.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY'] as const;
const path = () =>
  pattern(/^\/[^\s?#]{0,511}$/, 'a path of at most 512 characters that starts with / and has no ? or #');
const backendPath = () =>
  pattern(
    /^(?=.{1,512}$)(?:\/|#[A-Za-z][\w-]{2,31}#)(?:[^\s?#]|#[A-Za-z][\w-]{2,31}#)*$/,
    'a path of at most 512 characters that starts with / or #NAME# and has no ? or other #',
  );
const listed = () =>
  pattern(/^[^,\s](?:[^,]*[^,\s])?$/, 'a text without commas, and without blanks at its ends');
const text = (max: number) => z.string().max(max).optional();

const requestParameter = z.object({
  /** 1 to 32 letters, digits and `-_.`, starting with a letter; unique in its location. */
  name: nameOfParameter(),
  /** Where callers send it. */
  location: z.enum(['PATH', 'QUERY', 'HEADER']),
  /** Type of the value. Default: `STRING`. */
  type: z.enum(['STRING', 'NUMBER']).default('STRING'),
  /** Whether calls without it are refused. Path parameters are always required. Default: `false`. */
  required: flag().default(false),
  /** Whether type, range, length and enumeration are checked. Default: `false`. */
  validated: wire('valid_enable', flag().default(false)),
  /** Value for the backend when an optional parameter is left out. */
  defaultValue: text(255),
  /** An example, for documentation. */
  sampleValue: text(255),
  /** The values allowed: no commas, and no blanks at their ends, since the service keeps them as one text. */
  enumerations: set(commaList(listed())).optional(),
  /** Smallest number, inclusive. */
  minNumber: wire('min_num', z.int().optional()),
  /** Largest number, inclusive. */
  maxNumber: wire('max_num', z.int().optional()),
  /** Fewest characters. */
  minLength: wire('min_size', z.int().min(0).optional()),
  /** Most characters. */
  maxLength: wire('max_size', z.int().min(0).optional()),
  /** Whether a parameter that is not mapped is passed to the backend. Default: `true`. */
  passThrough: flag().default(true),
  /** Remark, at most 255 characters. */
  remark: remark(),
});

const backendParameter = z.object({
  /** `REQUEST`: a request parameter. `CONSTANT`: a fixed value. `SYSTEM`: a value that the gateway knows. */
  origin: z.enum(['REQUEST', 'CONSTANT', 'SYSTEM']),
  /** Name at the backend. */
  name: nameOfParameter(),
  /** Where the backend finds it. */
  location: z.enum(['PATH', 'QUERY', 'HEADER']),
  /** Name of a request parameter, the constant, or a system parameter such as `$context.sourceIp`. */
  value: z.string().min(1).max(255),
  /** Remark, at most 255 characters. */
  remark: remark(),
});

const condition = z.object({
  /** What is compared. */
  origin: wire('condition_origin', z.enum(['param', 'source', 'system', 'cookie', 'frontend_authorizer'])),
  /** How: `exact` equality, one of an `enum`, or a regular expression (`pattern`). Not for `source`. */
  type: wire('condition_type', z.enum(['exact', 'enum', 'pattern']).optional()),
  /** Value to compare with; for `enum` and `source` a comma-separated list. */
  value: wire('condition_value', z.string().min(1)),
  /** Request parameter, for origin `param`. */
  requestParameter: wire('req_param_name', z.string().optional()),
  /** `req_path` or `req_method`, for origin `system`. */
  systemParameter: wire(
    'sys_param_name',
    z.enum(['req_path', 'req_method', 'reqPath', 'reqMethod']).optional(),
  ),
  /** Cookie, for origin `cookie`. */
  cookie: wire('cookie_param_name', text(255)),
  /** Value of the frontend authorizer, with the prefix `$context.authorizer.frontend.`, for that origin. */
  authorizerParameter: wire('frontend_authorizer_param_name', z.string().optional()),
});

const httpTarget = {
  /** Host and, if not the protocol's default, port: `orders.internal:8080`. May hold variables, `#NAME#`. Left out with a channel. */
  address: example('orders.internal:8080', wire('url_domain', text(255))),
  /** Protocol towards the backend. */
  protocol: wire('req_protocol', z.enum(['HTTP', 'HTTPS', 'GRPC', 'GRPCS'])),
  /** Method towards the backend; `ANY` keeps the caller's. */
  method: wire('req_method', z.enum(METHODS)),
  /** Path at the backend. May hold parameters, `{name}`, and variables, `#NAME#`. */
  path: wire('req_uri', backendPath()),
  /** Time allowed for an answer, in milliseconds, 1 to 600,000. Default: `5000`. */
  timeoutMs: wire('timeout', z.int().min(1).max(600_000).default(5000)),
  /** Further attempts, 0 to 10; -1 means one for methods that may be repeated and none for POST and PATCH. Default: `-1`. */
  retryCount: numberText(z.int().min(-1).max(10)).default(-1),
  /** Load balance channel that has the backend's members. */
  channelId: wire('vpc_channel_id', ref('loadBalanceChannel').optional()),
  /** Host header for the members of the channel. */
  channelHost: wire('vpc_channel_proxy_host', text(255)),
};

const httpBackend = z.object({
  ...httpTarget,
  /** Whether the gateway shows its client certificate to the backend. Default: `false`. */
  clientTls: wire('enable_client_ssl', z.boolean().default(false)),
  /** Backend authorizer. */
  authorizerId: ref('authorizer').optional(),
  /** Remark, at most 255 characters. */
  remark: remark(),
  /** Version of the backend, free text. */
  version: text(16),
});

const mockTarget = {
  /** Body of the answer. */
  result: wire('result_content', text(2048)),
  /** Status of the answer. Default: `200`. */
  statusCode: z.int().min(200).max(599).default(200),
};

const mockBackend = z.object({
  ...mockTarget,
  /** Headers of the answer, at most 10. */
  headers: wire(
    'header',
    z
      .array(
        z.object({
          /** Name. */
          key: pattern(/^[A-Za-z0-9-]{1,128}$/, '1 to 128 letters, digits and -'),
          /** Value. */
          value: pattern(/^[\t\x20-\x7e]{1,1024}$/, '1 to 1024 printable characters'),
          /** Remark, at most 255 characters. */
          remark: remark(),
        }),
      )
      .max(10)
      .optional(),
  ),
  /** Backend authorizer. */
  authorizerId: ref('authorizer').optional(),
  /** Remark, at most 255 characters. */
  remark: remark(),
  /** Version of the mock, free text. */
  version: text(64),
});

const functionTarget = {
  /** Function that answers. */
  functionUrn: z.string().min(1),
  /** Whether the caller waits for the function: `sync`, or `async`, which answers 202. */
  invocation: wire('invocation_type', z.enum(['sync', 'async'])),
  /** Network to the function: outside a VPC (`V1`) or inside (`V2`). Default: `V1`. */
  networkType: z.enum(['V1', 'V2']).default('V1'),
  /** Time allowed for an answer, in milliseconds, 1 to 600,000 (`V1`: 60,000). Default: `5000`. */
  timeoutMs: wire('timeout', z.int().min(1).max(600_000).default(5000)),
  /** Version of the function. */
  version: text(64),
  /** Alias of the function; wins over `version`. */
  aliasUrn: z.string().optional(),
  /** Protocol towards the function. Default: `HTTPS`. */
  protocol: wire('req_protocol', z.enum(['HTTPS', 'GRPCS']).default('HTTPS')),
};

const functionBackend = z.object({
  ...functionTarget,
  /** Backend authorizer. */
  authorizerId: ref('authorizer').optional(),
  /** Remark, at most 255 characters. */
  remark: remark(),
});

const policy = {
  /** 3 to 64 letters, digits and underscores, starting with a letter; unique in the API. */
  name: nameOfWord(),
  /** Whether `ALL` conditions must hold or `ANY` suffices. */
  effectMode: z.enum(['ALL', 'ANY']),
  /** 1 to 5 conditions. */
  conditions: z.array(condition).min(1).max(5),
  /** Parameters for this backend. Default: none. */
  backendParameters: wire('backend_params', z.array(backendParameter).default([])),
  /** Backend authorizer. */
  authorizerId: ref('authorizer').optional(),
};

/** The fields of an API. */
export const apiFields = {
  /** Gateway that has the API. Changing it replaces the API. */
  gatewayId: immutable(ref('gateway')),
  /** Group that has the API; its domains lead to it. Changing it replaces the API. */
  groupId: immutable(ref('apiGroup')),
  /** 3 to 255 letters, digits and `-_./:()`, starting with a letter or digit; unique in the group. Programs may leave it out: it is then made of the resource's name. */
  name: automatic(nameOfTitle()),
  /** Whether the API may be listed for others. No effect on calls. Default: `PUBLIC`. */
  visibility: wire('type', words({ PUBLIC: 1, PRIVATE: 2 }).default('PUBLIC')),
  /** Version, free text of at most 16 characters. */
  version: text(16),
  /** Protocols that callers may use. Default: `HTTPS`. */
  protocol: wire('req_protocol', z.enum(['HTTP', 'HTTPS', 'BOTH', 'GRPCS']).default('HTTPS')),
  /** Method that callers use; `ANY` is every method. */
  method: wire('req_method', z.enum(METHODS)),
  /** Path that callers use. `{name}` is one segment, `{name+}` at the end is the rest; each needs a request parameter in `PATH`. */
  path: wire('req_uri', path()),
  /** `EXACT`: the whole path. `PREFIX`: the path and everything below it. Default: `EXACT`. */
  matchMode: words({ EXACT: 'NORMAL', PREFIX: 'SWA' }).default('EXACT'),
  /** Who may call: anybody (`NONE`), authorized apps (`APP`), accounts (`IAM`) or whom a custom authorizer lets in (`AUTHORIZER`). */
  authentication: example('APP', wire('auth_type', z.enum(['NONE', 'APP', 'IAM', 'AUTHORIZER']))),
  /** Whether an app may send an AppCode instead of a signature; with `APP` only, over HTTPS only. Default: `false`. */
  allowAppCode: wire(
    'auth_opt',
    coded(
      {
        schema: {
          type: 'object',
          properties: { app_code_auth_type: { type: 'string', enum: ['DISABLE', 'HEADER'] } },
        },
        encode: (value) => ({ app_code_auth_type: value === true ? 'HEADER' : 'DISABLE' }),
        decode: (wire) => {
          if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) return wire;
          const mode = 'app_code_auth_type' in wire ? wire.app_code_auth_type : undefined;
          return mode === 'HEADER'
            ? true
            : mode === 'DISABLE' || mode === undefined || mode === ''
              ? false
              : mode;
        },
      },
      z.boolean(),
    ).default(false),
  ),
  /** Frontend authorizer: required with `AUTHORIZER`; with `APP` or `IAM` a second factor. */
  authorizerId: ref('authorizer').optional(),
  /** Whether answers carry `Access-Control-Allow-Origin: *`. Default: `false`. */
  cors: z.boolean().default(false),
  /** Content type towards the backend. */
  contentType: z
    .enum(['application/json', 'application/xml', 'multipart/form-data', 'text/plain'])
    .optional(),
  /** Gateway response of the group for this API. Left out: the group's default. */
  responseId: ref('gatewayResponse').optional(),
  /** Parameters of a call, at most 50. Default: none. */
  requestParameters: wire('req_params', z.array(requestParameter).max(50).default([])),
  /** Parameters of the backend's request, at most 50. Default: none. */
  backendParameters: wire('backend_params', z.array(backendParameter).max(50).default([])),
  /** Backend reached by HTTP. Exactly one of the three backends is given. */
  httpBackend: wire('backend_api', httpBackend.optional()),
  /** Answer given by the gateway itself. */
  mockBackend: wire('mock_info', mockBackend.optional()),
  /** Function that answers. */
  functionBackend: wire('func_info', functionBackend.optional()),
  /** Other HTTP backends, the first whose conditions hold is used; at most 5, with `httpBackend`. Default: none. */
  httpPolicies: wire(
    'policy_https',
    z
      .array(z.object({ ...policy, ...httpTarget }))
      .max(5)
      .default([]),
  ),
  /** Other mock answers; at most 5, with `mockBackend`. Default: none. */
  mockPolicies: wire(
    'policy_mocks',
    z
      .array(z.object({ ...policy, ...mockTarget }))
      .max(5)
      .default([]),
  ),
  /** Other functions; at most 5, with `functionBackend`. Default: none. */
  functionPolicies: wire(
    'policy_functions',
    z
      .array(z.object({ ...policy, ...functionTarget }))
      .max(5)
      .default([]),
  ),
  /** Whether the body goes to a function as Base64. Default: `true`. */
  functionBodyBase64: wire('is_send_fg_body_base64', z.boolean().default(true)),
  /** Labels, at most 10. Default: none. */
  tags: set(
    z
      .array(
        pattern(
          /^[A-Za-z][-*#%.:\w]{0,127}$/,
          '1 to 128 letters, digits and -*#%.:_, starting with a letter',
        ),
      )
      .max(10),
  ).default([]),
  /** Remark, at most 255 characters. */
  remark: remark(),
  /** Description of the request body, at most 20,480 characters. */
  bodyRemark: text(20_480),
  /** Sample of a successful answer, at most 20,480 characters. */
  successSample: wire('result_normal_sample', text(20_480)),
  /** Sample of a failed answer, at most 20,480 characters. */
  failureSample: wire('result_failure_sample', text(20_480)),
};

/** An API's definition after validation. */
export type ApiDefinition = z.output<z.ZodObject<typeof apiFields>>;
