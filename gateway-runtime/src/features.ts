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
  /** Whether the gateway itself answers on some paths. */
  readonly hasOwnPaths: boolean;
  /** Where public keys of signature keys are fetched: a path that the ID of a key follows. */
  readonly publicKeyPrefix: string | undefined;
  /** What the gateway shows to backends that ask who it is. */
  readonly backendCertificate: BackendCertificate | undefined;
  /** How hard answers are compressed for callers that take gzip, 1 to 9; undefined: not at all. */
  readonly gzipLevel: number | undefined;
  /** Whether paths stay as callers escape them, for finding APIs, for mapping and for conditions. */
  readonly keepsEscapes: boolean;
  /** What apps may show as bearers; undefined: nothing. */
  readonly bearer: BearerForms | undefined;
  /** Names of accounts, as expressions for the whole of them, whose tokens go on to backends. */
  readonly tokenUsers: readonly RegExp[];
  /** What the log tells of calls besides. */
  readonly customLog: readonly CustomLogField[];
  /** Whether callers that name an address and an app reach the APIs of other groups that the app may call. */
  readonly routesByApp: boolean;
  /** Cipher suites that callers may choose from, joined by colons; undefined: the usual ones. */
  readonly ciphers: string | undefined;
}

/** Bearer tokens of apps that are taken. */
export interface BearerForms {
  /** Tokens that the gateway gives. */
  readonly tokens?: AppTokens;
  /** Header, in lower case, in which apps show tokens that they sign themselves; `authorization` unless set. */
  readonly jwtHeader?: string;
}

/** How tokens are given to apps. */
export interface AppTokens {
  /** Where apps ask for them. */
  readonly path: string;
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  /** Goes into the seals of tokens: with another key all end. */
  readonly key: string;
}

/** A field of the log that the gateway is told to write. */
export interface CustomLogField {
  readonly location: 'header' | 'query' | 'cookie';
  readonly name: string;
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
  app_token: (config) => {
    const {
      app_token_uri: path = TOKEN_PATH,
      app_token_expire_time: accessSeconds = 3600,
      refresh_token_expire_time: refreshSeconds = 7200,
      app_token_key: key = '',
    } = parsed(config) ?? {};
    const isTime = (value: unknown): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 72_000;
    return typeof path === 'string' &&
      /^(?:\/[\w.~-]+)+$/.test(path) &&
      isTime(accessSeconds) &&
      isTime(refreshSeconds) &&
      typeof key === 'string'
      ? { value: { bearer: { tokens: { path, accessSeconds, refreshSeconds, key } } } }
      : {
          fault:
            'expected {"app_token_uri":"/<path>","app_token_expire_time":<seconds>,"refresh_token_expire_time":<seconds>,"app_token_key":"<text>"} with 1 to 72,000 seconds',
        };
  },
  app_jwt: (config) => {
    const { auth_header: header = 'Authorization' } = parsed(config) ?? {};
    return typeof header === 'string' && /^[A-Za-z0-9-]{1,128}$/.test(header) && !isFraming(header)
      ? { value: { bearer: { jwtHeader: header.toLowerCase() } } }
      : { fault: 'expected {"auth_header":"<name>"} with the name of a header' };
  },
  backend_token_allow: (config) => {
    const users = parsed(config)?.['backend_token_allow_users'];
    const tokenUsers =
      Array.isArray(users) && users.length <= MAX_TOKEN_USERS ? users.map(expressionOf) : [undefined];
    return tokenUsers.every((user) => user !== undefined)
      ? { value: { tokenUsers } }
      : { fault: 'expected {"backend_token_allow_users":[<regular expression>, …]}' };
  },
  custom_log: (config) => {
    const logs = parsed(config)?.['custom_logs'];
    return Array.isArray(logs) && logs.length <= MAX_CUSTOM_LOGS && logs.every(isCustomLog)
      ? { value: { customLog: logs.map(({ location, name }) => ({ location, name })) } }
      : {
          fault: `expected {"custom_logs":[{"location":"header","name":"<name>"}, …]} with at most ${MAX_CUSTOM_LOGS}`,
        };
  },
  ssl_ciphers: (config) => {
    const suites = parsed(config)?.['ssl_ciphers'];
    return Array.isArray(suites) &&
      suites.length > 0 &&
      suites.every((suite) => typeof suite === 'string' && CIPHERS.has(suite))
      ? { value: { ciphers: suites.join(':') } }
      : { fault: `expected {"ssl_ciphers":[…]} with some of ${[...CIPHERS].join(', ')}` };
  },
  app_route: (config) => onOrOff(config, { routesByApp: true }),
  api_uri_no_escape: (config) => onOrOff(config, { keepsEscapes: true }),
  // Answers are never held back.
  sse_strategy: (config) => onOrOff(config, {}),
  // The network is that of the machine.
  route: (config) => {
    const routes = parsed(config)?.['user_routes'];
    return Array.isArray(routes) && routes.every((each) => typeof each === 'string')
      ? { value: {} }
      : { fault: 'expected {"user_routes":[<network>, …]}' };
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

/** Source: as above (app_token). */
const TOKEN_PATH = '/v1/apigw/oauth2/token';

/** Source: as above (custom_log). */
const MAX_CUSTOM_LOGS = 10;
const MAX_TOKEN_USERS = 100;

/** Source: as above (ssl_ciphers). */
const CIPHERS: ReadonlySet<string> = new Set(
  ['ECDSA', 'RSA'].flatMap((key) => [
    `ECDHE-${key}-AES256-GCM-SHA384`,
    `ECDHE-${key}-AES128-GCM-SHA256`,
    `ECDHE-${key}-AES256-SHA384`,
    `ECDHE-${key}-AES128-SHA256`,
  ]),
);

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
  hasOwnPaths: false,
  publicKeyPrefix: undefined,
  backendCertificate: undefined,
  gzipLevel: undefined,
  keepsEscapes: false,
  bearer: undefined,
  tokenUsers: [],
  customLog: [],
  routesByApp: false,
  ciphers: undefined,
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
    if (read === undefined || !('value' in read)) continue;
    const { bearer = features.bearer } = read.value;
    // Both kinds of tokens may be taken.
    features = { ...features, ...read.value, bearer: bearer && { ...features.bearer, ...bearer } };
  }
  const hasOwnPaths = features.publicKeyPrefix !== undefined || features.bearer?.tokens !== undefined;
  return { ...features, hasOwnPaths };
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

/** For a whole text; undefined for what is no expression. */
function expressionOf(text: unknown): RegExp | undefined {
  if (typeof text !== 'string' || text.length > 256) return undefined;
  try {
    return new RegExp(`^(?:${text})$`, 'u');
  } catch {
    // The constructor is the only parser of its grammar.
    return undefined;
  }
}

function isCustomLog(value: unknown): value is CustomLogField {
  if (typeof value !== 'object' || value === null) return false;
  const { location, name } = value as Record<string, unknown>;
  return (
    ['header', 'query', 'cookie'].includes(String(location)) &&
    typeof name === 'string' &&
    /^[\w.-]{1,128}$/.test(name)
  );
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
