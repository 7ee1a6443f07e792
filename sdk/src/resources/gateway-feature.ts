import canonicalize from 'canonicalize';
import { z } from 'zod';
import { describe, example, immutable, ref, secret, wire } from '../describe.ts';

/** How a feature is when nobody has set it. */
export interface FeatureDefault {
  readonly enabled: boolean;
  /** Its configuration: a JSON text, a number, or `on` or `off`. */
  readonly config: string;
}

const OFF: FeatureDefault = { enabled: false, config: 'off' };
const UNSET: FeatureDefault = { enabled: false, config: '{}' };

/** Every feature that can be set. Source: API reference, "Configuring a Feature for a Gateway" (supported features). */
export const FEATURES = {
  lts: UNSET,
  ratelimit: { enabled: true, config: '{"api_limits":200}' },
  request_body_size: { enabled: true, config: String(12 * 1024 * 1024) },
  backend_timeout: { enabled: true, config: '{"max_timeout":60000}' },
  app_token: UNSET,
  app_api_key: OFF,
  app_basic: OFF,
  app_secret: OFF,
  app_jwt: UNSET,
  public_key: UNSET,
  backend_token_allow: UNSET,
  backend_client_certificate: UNSET,
  ssl_ciphers: UNSET,
  real_ip_from_xff: { enabled: false, config: '{"enable":"off","xff_index":-1}' },
  real_ip_header_getter: UNSET,
  app_route: OFF,
  vpc_name_modifiable: { enabled: true, config: 'on' },
  default_group_host_trustlist: { enabled: false, config: '{"enable":"off","hosts":[]}' },
  throttle_strategy: { enabled: true, config: '{"enable":"on","strategy":"cluster"}' },
  custom_log: UNSET,
  policy_cookie_param: OFF,
  route: UNSET,
  custom_auth_header: UNSET,
  gzip: UNSET,
  sse_strategy: OFF,
  vpc_health_status: OFF,
  api_uri_no_escape: OFF,
  request_custom_config: UNSET,
} as const satisfies Record<string, FeatureDefault>;

/** Name of a feature that can be set. */
export type FeatureName = keyof typeof FEATURES;

const NAMES = Object.keys(FEATURES) as [FeatureName, ...FeatureName[]];

/**
 * A feature of a gateway, turned on or off and configured. Deleting it sets it to what it is by default. Source: API
 * reference, "Configuring a Feature for a Gateway".
 */
export const gatewayFeature = describe({
  kind: 'gatewayFeature',
  title: 'gateway feature',
  path: 'instances/{gatewayId}/features',
  operations: {
    shape: 'singleton',
    idField: 'name',
    set: { method: 'POST', status: 201 },
    read: { by: 'list', listKey: 'features' },
    end: { initial: (name) => (isFeature(name) ? { ...FEATURES[name] } : undefined) },
  },
  missing: 'featureConfigurationNotFound',
  input: {
    /** Gateway that has the feature. Changing it replaces the gateway feature. */
    gatewayId: immutable(ref('gateway')),
    /** Name of the feature. A gateway may refuse to turn on one that it does not offer. Changing it replaces the gateway feature. */
    name: example('ratelimit', immutable(z.enum(NAMES))),
    /** Whether it is turned on. Default: `true`. */
    enabled: wire('enable', z.boolean().default(true)),
    /** Its configuration, mostly a JSON text; spaces and the order of keys make no difference. Left out: its default. */
    config: example('{"api_limits":500}', secret(z.string().max(65_535).optional())),
  },
  output: {},
  fill: {
    on: ['name', 'config'],
    from: (value) => ({ ...value, config: normal(value.config ?? FEATURES[value.name].config) }),
  },
});

/** Whether there is a feature of that name. */
export function isFeature(name: string): name is FeatureName {
  return Object.hasOwn(FEATURES, name);
}

/** A JSON text in its one form (RFC 8785); other texts as they are. */
function normal(text: string): string {
  try {
    return canonicalize(JSON.parse(text)) ?? text;
  } catch {
    // Some configurations are words.
    return text;
  }
}
