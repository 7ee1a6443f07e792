import { z } from 'zod';
import { INT32_MAX } from '../names.ts';
import { downgrade } from './downgrade.ts';
import { expressionText } from './expression.ts';
import { HEADER_NAME } from './header-name.ts';
import { kafka_log } from './kafka-log.ts';
import { proxy_cache } from './proxy-cache.ts';
import { proxy_mirror } from './proxy-mirror.ts';

/*
 * What the contents of plug-ins hold, in the documented JSON. A content is a text, so its keys are those of the service
 * and not those of the typed form. Keys that are not described are kept, as the service keeps them.
 *
 * Source: API reference, "Creating a Plug-in"; user guide, "Policies".
 */

const limit = () => z.int().min(0).max(INT32_MAX);
const unit = z.enum(['second', 'minute', 'hour', 'day']);
const names = () => z.string().max(4096).optional();

const cors = z.looseObject({
  allow_origin: z.string().min(1).max(4096),
  allow_methods: names(),
  allow_headers: names(),
  expose_headers: names(),
  max_age: z.int().min(0).max(172_800).optional(),
  allow_credentials: z.boolean().optional(),
});

const SYSTEM_PARAMETER =
  /^(?:\$context\.)?(?:sourceIp|stage|apiId|apiName|appId|appName|requestId|serverAddr|serverName|handleTime|authorizer\.(?:frontend|backend)\.[A-Za-z][\w-]{0,31})$/;
const RESERVED_HEADER =
  /^(?:x-apig-|x-request-id$|access-control-|content-length$|transfer-encoding$|connection$)/i;

const responseHeader = z
  .looseObject({
    name: z
      .string()
      .regex(HEADER_NAME)
      .refine((name) => !RESERVED_HEADER.test(name), { message: 'expected a header that policies may set' }),
    value: z
      .string()
      .regex(/^[\t\x20-\x7e]{0,1024}$/)
      .default(''),
    action: z.enum(['override', 'append', 'delete', 'skip', 'add']),
    value_type: z.enum(['custom_value', 'system_parameter']).optional(),
  })
  .refine(({ value, value_type: type }) => type !== 'system_parameter' || SYSTEM_PARAMETER.test(value), {
    path: ['value'],
    message: 'expected the name of a system parameter, such as $context.requestId',
  });

const set_resp_headers = z.looseObject({
  response_headers: z
    .array(responseHeader)
    .min(1)
    .max(10)
    .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, {
      message: 'expected each header once',
    }),
});

const parameter = z.looseObject({
  name: z.string().min(1).max(64),
  type: z.enum(['path', 'method', 'header', 'query', 'system']),
  value: z.string().max(255).optional(),
});

const parameters = () => z.array(parameter).nullish();

const rate_limit = z
  .looseObject({
    scope: z.enum(['basic', 'share']),
    algorithm: z.enum(['counter', 'haht', 'local']).optional(),
    default_time_unit: unit,
    default_interval: z.int().min(1).max(INT32_MAX),
    // -1 is none.
    api_limit: z
      .int()
      .min(-1)
      .max(INT32_MAX)
      .refine((limit) => limit !== 0, { message: 'expected a number from 1, or -1 for no limit' }),
    user_limit: limit().default(0),
    app_limit: limit().default(0),
    ip_limit: limit().default(0),
    specials: z
      .array(
        z.looseObject({
          type: z.enum(['app', 'user']),
          policies: z.array(z.looseObject({ key: z.string().min(1), limit: z.int().min(1) })),
        }),
      )
      .nullish(),
    parameters: parameters(),
    rules: z
      .array(
        z.looseObject({
          rule_name: z.string().optional(),
          match_regex: expressionText(),
          limit: z.int().min(1).max(INT32_MAX),
          interval: z.int().min(1).max(INT32_MAX).optional(),
          time_unit: unit.optional(),
        }),
      )
      .max(100)
      .nullish(),
  })
  .refine(
    ({ api_limit, user_limit, app_limit, ip_limit, specials }) =>
      api_limit === -1 ||
      ([user_limit, app_limit, ip_limit].every((each) => each <= api_limit) &&
        (specials ?? []).every(({ policies }) => policies.every((policy) => policy.limit <= api_limit))),
    { path: ['api_limit'], message: 'expected no limit above api_limit' },
  );

const condition = z
  .looseObject({
    breaker_type: z.enum(['timeout', 'condition']),
    breaker_mode: z.enum(['counter', 'percentage']),
    unhealthy_condition: z.string().nullish(),
    unhealthy_threshold: z.int().min(1).nullish(),
    min_call_threshold: z.int().min(1).nullish(),
    unhealthy_percentage: z.int().min(1).max(100).nullish(),
    time_window: z.int().min(1).max(INT32_MAX),
    open_breaker_time: z.int().min(1).max(INT32_MAX),
  })
  .refine((each) => each.breaker_type !== 'condition' || isExpression(each.unhealthy_condition), {
    path: ['unhealthy_condition'],
    message: 'expected an expression such as ["$context.statusCode","in","500,503"]',
  })
  .refine((each) => each.breaker_mode !== 'counter' || typeof each.unhealthy_threshold === 'number', {
    path: ['unhealthy_threshold'],
    message: 'expected with mode counter',
  })
  .refine(
    (each) =>
      each.breaker_mode !== 'percentage' ||
      (typeof each.min_call_threshold === 'number' && typeof each.unhealthy_percentage === 'number'),
    { path: ['unhealthy_percentage'], message: 'expected with min_call_threshold and mode percentage' },
  );

const breaker = z.looseObject({
  scope: z.enum(['basic', 'share']).default('basic'),
  breaker_condition: condition,
  downgrade_default: downgrade.nullish(),
  downgrade_parameters: parameters(),
  downgrade_rules: z
    .array(
      z.looseObject({
        rule_name: z.string().optional(),
        match_regex: expressionText(),
        breaker_condition: condition.nullish(),
        downgrade_backend: downgrade.nullish(),
      }),
    )
    .nullish(),
});

const named = () =>
  z
    .array(z.looseObject({ name: z.string().min(1).max(128) }))
    .max(10)
    .nullish();

const third_auth = z
  .looseObject({
    auth_request: z.looseObject({
      method: z.enum(['GET', 'POST', 'PUT', 'HEAD']),
      protocol: z.enum(['HTTP', 'HTTPS']),
      url_domain: z
        .string()
        .regex(/^[^\s/?#@\\]{0,255}$/)
        .optional(),
      path: z.string().regex(/^\/[^\s?#]{0,511}$/),
      timeout: z.int().min(1).max(60_000).default(5000),
      // Some answers of the service have the number in its place.
      vpc_channel_enabled: z.union([z.boolean(), z.literal(1), z.literal(2)]).default(false),
      vpc_channel_info: z
        .looseObject({ vpc_id: z.string().min(1), vpc_proxy_host: z.string().max(255).nullish() })
        .nullish(),
    }),
    identities: z.looseObject({ headers: named(), queries: named(), query: named() }).nullish(),
    carry_body: z.looseObject({ enabled: z.boolean(), max_body_size: z.int().min(1).optional() }).nullish(),
    carry_path_enabled: z.boolean().default(false),
    return_resp_body_enabled: z.boolean().default(false),
    carry_resp_headers: z.array(z.string().regex(HEADER_NAME)).max(10).nullish(),
    simple_auth_mode_enabled: z.boolean().default(true),
    match_auth: z.looseObject({ key: z.string().min(1), value: z.string() }).nullish(),
    rule_enabled: z.boolean().default(false),
    rule_type: z.enum(['allow', 'deny']).optional(),
    parameters: parameters(),
    rules: z
      .array(z.looseObject({ rule_name: z.string().optional(), match_regex: expressionText() }))
      .max(100)
      .nullish(),
    custom_forbid_limit: z.int().min(0).max(INT32_MAX).nullish(),
    auth_downgrade_enabled: z.boolean().default(false),
  })
  .refine(({ simple_auth_mode_enabled: isSimple, match_auth }) => isSimple || match_auth, {
    path: ['match_auth'],
    message: 'expected without the simple mode',
  })
  .refine(({ rule_enabled, rule_type }) => !rule_enabled || rule_type !== undefined, {
    path: ['rule_type'],
    message: 'expected with rules',
  })
  .refine(
    ({ auth_request: { vpc_channel_enabled: used, vpc_channel_info: info, url_domain } }) =>
      used === true || used === 1 ? info : (url_domain ?? '') !== '',
    { path: ['auth_request', 'url_domain'], message: 'expected the address of the service, or its channel' },
  );

/** The contents that are described, by type of plug-in. */
export const pluginContents = {
  cors,
  set_resp_headers,
  rate_limit,
  breaker,
  third_auth,
  kafka_log,
  proxy_cache,
  proxy_mirror,
};

/** A type of plug-in whose content is described. */
export type DescribedPlugin = keyof typeof pluginContents;

/** The content of a plug-in, with its defaults. */
export type PluginContent<T extends DescribedPlugin> = z.output<(typeof pluginContents)[T]>;

/** What is wrong with the text of a content, beginning with where; undefined for a right one. */
export function contentFault(type: string, text: string): string | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected a JSON object';
  if (!isDescribed(type)) return undefined;
  const parsed = pluginContents[type].safeParse(value);
  const [issue] = parsed.error?.issues ?? [];
  // The message of a schema never repeats what was found.
  return issue && `${issue.path.map(String).join('.')}: ${issue.message}`;
}

/** The content of a plug-in that was found right. @throws when it is not. */
export function parseContent<T extends DescribedPlugin>(type: T, text: string): PluginContent<T> {
  // The output of the schema of that type.
  return pluginContents[type].parse(JSON.parse(text)) as PluginContent<T>;
}

/** Whether the content of a type is described. */
export function isDescribed(type: string): type is DescribedPlugin {
  return Object.hasOwn(pluginContents, type);
}

function isExpression(text: string | null | undefined): boolean {
  return typeof text === 'string' && expressionText().safeParse(text).success;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: as wrong as another JSON.
    return undefined;
  }
}
