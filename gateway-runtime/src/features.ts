import { hash } from 'node:crypto';
import { createSecureContext } from 'node:tls';
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
  /** Header, in lower case, that takes the place of `Authorization` for apps. */
  readonly appAuthHeader: string | undefined;
  /** Header that takes the place of `Authorization` for signatures towards backends. */
  readonly backendSignHeader: string | undefined;
  /** Where public keys of signature keys are fetched: a path that the ID of a key follows. */
  readonly publicKeyPrefix: string | undefined;
  /** What the gateway shows to backends that ask who it is. */
  readonly backendCertificate: BackendCertificate | undefined;
  /** How hard answers are compressed for callers that take gzip, 1 to 9; undefined: not at all. */
  readonly gzipLevel: number | undefined;
}

/** A certificate of the gateway's own for backends. The same one as long as nothing about it changes. */
export interface BackendCertificate {
  /** Tells it from others. */
  readonly id: string;
  /** Chain in PEM. */
  readonly certificate: string;
  /** Private key in PEM. */
  readonly key: string;
  /** PEM of issuers that backends' certificates may come from, beside those usually trusted. */
  readonly ca: string | undefined;
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
  custom_auth_header: (config) => {
    const { app_auth_header: app = '', backend_sign_header: backend = '' } = parsed(config) ?? {};
    const isHeader = (name: unknown): name is string =>
      typeof name === 'string' && /^[A-Za-z0-9-]{0,128}$/.test(name);
    return parsed(config) !== undefined &&
      isHeader(app) &&
      isHeader(backend) &&
      !isFraming(app) &&
      !isFraming(backend)
      ? {
          value: {
            appAuthHeader: app === '' ? undefined : app.toLowerCase(),
            backendSignHeader: backend === '' ? undefined : backend,
          },
        }
      : {
          fault: 'expected {"app_auth_header":"<name>","backend_sign_header":"<name>"} with names of headers',
        };
  },
  public_key: (config) => {
    const { public_key_uri_prefix: prefix = PUBLIC_KEY_PREFIX } = parsed(config) ?? {};
    return typeof prefix === 'string' && /^(?:\/[\w.~-]+)+\/$/.test(prefix)
      ? { value: { publicKeyPrefix: prefix } }
      : { fault: 'expected {"public_key_uri_prefix":"/<path>/"}' };
  },
  backend_client_certificate: (config) => {
    const { content, key, ca } = parsed(config) ?? {};
    if (
      typeof content !== 'string' ||
      typeof key !== 'string' ||
      (ca !== undefined && typeof ca !== 'string')
    )
      return { fault: 'expected {"content":"<PEM>","key":"<PEM>","ca":"<PEM>"}' };
    const backendCertificate = certificateOf(content, key, ca);
    return backendCertificate === undefined
      ? { fault: 'expected a certificate in PEM and its private key' }
      : { value: { backendCertificate } };
  },
  gzip: (config) => {
    const { comp_level: level = 6 } = parsed(config) ?? {};
    return typeof level === 'number' && Number.isInteger(level) && level >= 1 && level <= 9
      ? { value: { gzipLevel: level } }
      : { fault: 'expected {"comp_level":<number>} with a whole number from 1 to 9' };
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

/** Source: user guide, "Configuring Gateway Parameters" (public_key). */
const PUBLIC_KEY_PREFIX = '/apigw/authadv/v2/public-key/';
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
  appAuthHeader: undefined,
  backendSignHeader: undefined,
  publicKeyPrefix: undefined,
  backendCertificate: undefined,
  gzipLevel: undefined,
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

/** Whether a header is written by the wire, or by the gateway alone. */
function isFraming(name: string): boolean {
  return /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|x-apig-.*)$/i.test(
    name,
  );
}

/** Undefined for what is no certificate with its key. Parsed once, as plans are made again and again. */
function certificateOf(
  certificate: string,
  key: string,
  ca: string | undefined,
): BackendCertificate | undefined {
  const id = hash('sha256', JSON.stringify([certificate, key, ca ?? '']));
  if (!certificates.has(id)) {
    if (certificates.size >= MAX_CERTIFICATES) certificates.clear();
    certificates.set(id, isUsable(certificate, key, ca) ? { id, certificate, key, ca } : undefined);
  }
  return certificates.get(id);
}

const certificates = new Map<string, BackendCertificate | undefined>();
const MAX_CERTIFICATES = 64;

function isUsable(cert: string, key: string, ca: string | undefined): boolean {
  try {
    createSecureContext({ cert, key, ...(ca !== undefined && { ca }) });
    return true;
  } catch {
    // The library is the only judge of its formats, and its message may quote the key.
    return false;
  }
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
