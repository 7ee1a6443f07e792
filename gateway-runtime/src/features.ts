import { FEATURES, isFeature, type FeatureName } from '@apig/sdk/contract';
import type { ConfigurationReader } from './store/configuration.ts';

/*
 * The features of gateways that have an effect here. The others cannot be turned on.
 *
 * Source: API reference, "Configuring a Feature for a Gateway"; user guide, "Configuring Gateway Parameters".
 */

/** Where the address of a caller is found. */
export type CallerAddressSource =
  | { readonly by: 'peer' }
  /** The element of `X-Forwarded-For`; negative counts from the end. */
  | { readonly by: 'forwarded'; readonly index: number }
  /** A header, by its lower-case name. */
  | { readonly by: 'header'; readonly name: string };

/** What the features of a gateway come to. */
export interface Features {
  /** Calls of one API that are taken in a second when no policy is bound. */
  readonly callsASecond: number;
  readonly maxBodyBytes: number;
  readonly maxBackendTimeoutMs: number;
  readonly callerAddress: CallerAddressSource;
  /** Hosts, beside addresses, on which the group DEFAULT answers; lower case. */
  readonly trustedHosts: readonly string[];
  /** Whether an app may send its key alone, in the header `apikey`. */
  readonly allowsApiKey: boolean;
  /** Whether an app may send key and secret as user name and password. */
  readonly allowsBasic: boolean;
  /** Whether an app may send key and secret in headers of their own. */
  readonly allowsSecret: boolean;
  /** Whether backend policies may look at cookies. */
  readonly policiesSeeCookies: boolean;
  /** Whether channels may be renamed. */
  readonly channelsCanBeRenamed: boolean;
}

/** A configuration that was understood, or what was expected of it. */
type Read = { readonly value: Partial<Features> } | { readonly fault: string };

/** Feature that has an effect here -> what its configuration means while it is on. */
const READ: { readonly [Name in FeatureName]?: (config: string) => Read } = {
  ratelimit: (config) => numberIn(config, 'api_limits', 1, 1_000_000, (callsASecond) => ({ callsASecond })),
  request_body_size: (config) => {
    const bytes = /^\d{1,12}$/.test(config) ? Number(config) : NaN;
    return bytes >= MEGABYTE && bytes <= 9536 * MEGABYTE
      ? { value: { maxBodyBytes: bytes } }
      : { fault: 'expected a number of bytes from 1 to 9536 MB' };
  },
  backend_timeout: (config) =>
    numberIn(config, 'max_timeout', 1, 600_000, (maxBackendTimeoutMs) => ({ maxBackendTimeoutMs })),
  real_ip_from_xff: (config) =>
    numberIn(config, 'xff_index', -100, 100, (index) => ({ callerAddress: { by: 'forwarded', index } })),
  real_ip_header_getter: (config) => {
    const name = /^header:([A-Za-z0-9-]{1,128})$/.exec(String(parsed(config)?.['header_getter']))?.[1];
    return name === undefined
      ? { fault: 'expected {"header_getter":"header:<name>"}' }
      : { value: { callerAddress: { by: 'header', name: name.toLowerCase() } } };
  },
  default_group_host_trustlist: (config) => {
    const hosts = parsed(config)?.['hosts'];
    return Array.isArray(hosts) && hosts.every((host) => typeof host === 'string' && HOST.test(host))
      ? { value: { trustedHosts: hosts.map((host: string) => host.toLowerCase()) } }
      : { fault: 'expected {"hosts":[<host>, …]}' };
  },
  app_api_key: (config) => onOrOff(config, { allowsApiKey: true }),
  app_basic: (config) => onOrOff(config, { allowsBasic: true }),
  app_secret: (config) => onOrOff(config, { allowsSecret: true }),
  policy_cookie_param: (config) => onOrOff(config, { policiesSeeCookies: true }),
  vpc_name_modifiable: (config) => onOrOff(config, { channelsCanBeRenamed: true }),
  // One process counts exactly, so that both strategies come to the same.
  throttle_strategy: (config) =>
    ['cluster', 'local'].includes(String(parsed(config)?.['strategy']))
      ? { value: {} }
      : { fault: 'expected {"strategy":"cluster"} or {"strategy":"local"}' },
};

const MEGABYTE = 1024 * 1024;
const HOST = /^[A-Za-z0-9](?:[\w.-]{0,253}[A-Za-z0-9])?$/;

/** What a gateway is like with all features off. */
const NONE: Features = {
  callsASecond: 200,
  maxBodyBytes: 12 * MEGABYTE,
  maxBackendTimeoutMs: 60_000,
  callerAddress: { by: 'peer' },
  trustedHosts: [],
  allowsApiKey: false,
  allowsBasic: false,
  allowsSecret: false,
  policiesSeeCookies: false,
  channelsCanBeRenamed: false,
};

/** What a gateway is like whose features nobody has set. */
export const USUAL_FEATURES: Features = { ...NONE, channelsCanBeRenamed: true };

/** Names of the features that have an effect here. */
export const OFFERED_FEATURES = Object.keys(READ) as readonly FeatureName[];

/** What is wrong with the configuration of a feature; undefined when nothing is. */
export function featureFault(name: FeatureName, config: string): string | undefined {
  const read = READ[name]?.(config);
  return read !== undefined && 'fault' in read ? read.fault : undefined;
}

/** What the features of a gateway come to. */
export function featuresOf(configuration: ConfigurationReader, gatewayId: string): Features {
  const set = configuration.by('gatewayFeature', 'gatewayId', gatewayId);
  if (set.length === 0) return USUAL_FEATURES;
  const states = new Map(set.map(({ body }) => [body.name, body]));
  let features = NONE;
  for (const name of OFFERED_FEATURES) {
    const { enabled, config } = states.get(name) ?? FEATURES[name];
    const read = enabled && isOn(config ?? '') ? READ[name]?.(config ?? '') : undefined;
    if (read !== undefined && 'value' in read) features = { ...features, ...read.value };
  }
  return features;
}

/** Whether a name is that of a feature that has an effect here. */
export function isOffered(name: string): name is FeatureName {
  return isFeature(name) && OFFERED_FEATURES.includes(name);
}

/** Some configurations have a switch of their own. */
function isOn(config: string): boolean {
  const { enable } = parsed(config) ?? {};
  return enable !== false && enable !== 'off';
}

function onOrOff(config: string, value: Partial<Features>): Read {
  if (config === 'on') return { value };
  return config === 'off' ? { value: {} } : { fault: 'expected on or off' };
}

function numberIn(
  config: string,
  key: string,
  least: number,
  most: number,
  toValue: (number: number) => Partial<Features>,
): Read {
  const number = parsed(config)?.[key];
  return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most
    ? { value: toValue(number) }
    : { fault: `expected {"${key}":<number>} with a whole number from ${least} to ${most}` };
}

function parsed(config: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(config);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Some configurations are words.
    return undefined;
  }
}
