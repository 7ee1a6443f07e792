import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { parseAddressRange, type KeyedCertificate } from '@apig/sdk/contract';
import { z } from 'zod';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { credentialsOf, openCredentials, readCredentials, type Credentials } from './control/credentials.ts';
import { LIMIT_NAMES, type Limits } from './control/limits.ts';
import { METADATA_ADDRESSES } from './data/forbidden-addresses.ts';
import { CONNECTION_LIMITS } from './data/limits.ts';
import type { FunctionTargets } from './function-registry.ts';
import { MEMBER, placeOf, type MicroserviceEntry } from './microservice-registry.ts';
import type { GatewayConfig } from './gateway.ts';
import { isLoopback, parseListenAddress, type ListenAddress } from './listen-address.ts';
import { createLog, LOG_LEVELS, type LogLevel } from './observe/log.ts';
import { codeOf, StartupError } from './startup-error.ts';

/** What the process is to do: serve, or nothing more, since help or the version was asked for and shown. */
export type Task =
  | { readonly serve: false }
  | {
      readonly serve: true;
      readonly config: GatewayConfig;
      /** Where the credentials are; undefined when the environment holds them. */
      readonly credentialsFile: string | undefined;
    };

/** Longest time that can be given to calls under way, in milliseconds. */
const MAX_DRAIN_TIMEOUT_MS = 600_000;

/** More threads than any machine of today has use for. */
const MAX_WORKERS = 256;

/** What commander makes of the flags and the environment. */
interface Flags {
  readonly dataDirectory: string;
  readonly management: ListenAddress;
  readonly http: ListenAddress | false;
  readonly https: ListenAddress | false;
  readonly allowRemote?: true;
  readonly credentialsFile?: string;
  readonly keyFile?: string;
  readonly projectId?: string;
  readonly domainSuffix: string;
  readonly managementTlsCert?: string;
  readonly managementTlsKey?: string;
  readonly managementNames: readonly string[];
  readonly minTlsVersion: 'TLSv1.1' | 'TLSv1.2';
  readonly backendCaFile?: string;
  readonly functionsFile?: string;
  readonly microservicesFile?: string;
  readonly limits: Limits;
  readonly drainTimeoutMs: number;
  readonly forbiddenBackends: readonly string[];
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly workers: number;
  readonly metrics: 'owner' | 'anybody';
  readonly logLevel: LogLevel;
}

/**
 * Reads the settings. A flag wins over the environment. Secrets come from the environment or a file, never by flag,
 * because all users of a machine see the arguments of its processes.
 *
 * @throws StartupError for a setting that cannot be used.
 */
export function readTask(args: readonly string[]): Task {
  const command = createCommand();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { serve: false };
    throw new StartupError('setting', error.message.replace(/^error: /, ''), error);
  }
  const flags = command.opts<Flags>();
  refuseRemote(flags);
  const { http, https, management, domainSuffix, minTlsVersion, limits, drainTimeoutMs, workers, logLevel } =
    flags;
  const dataDirectory = resolve(flags.dataDirectory);
  const { credentials, credentialsFile } = credentialsFor(flags, dataDirectory);
  return {
    serve: true,
    credentialsFile,
    config: {
      dataDirectory,
      ...(flags.keyFile !== undefined && { keyFile: resolve(flags.keyFile) }),
      credentials,
      management,
      ...managementTlsOf(flags),
      managementNames: flags.managementNames,
      ...(http !== false && { http }),
      ...(https !== false && { https }),
      domainSuffix,
      minTlsVersion,
      limits,
      drainTimeoutMs,
      workers,
      openMetrics: flags.metrics === 'anybody',
      log: createLog(logLevel),
      ...(flags.functionsFile !== undefined && { functions: readFunctions(flags.functionsFile) }),
      ...(flags.microservicesFile !== undefined && {
        microservices: readMicroservices(flags.microservicesFile),
      }),
      backendTls: {
        verify: true,
        forbidden: flags.forbiddenBackends,
        ...(flags.backendCaFile !== undefined && { ca: readText(flags.backendCaFile) }),
      },
      connections: { all: flags.maxConnections, ofAddress: flags.maxConnectionsPerAddress },
    },
  };
}

function createCommand(): Command {
  return (
    new Command('apig-gateway')
      .description('An API gateway: a management API, and the calls of the APIs that it is told to publish.')
      .version(versionOfPackage())
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .showSuggestionAfterError(false)
      .addOption(
        new Option('--data-directory <path>', 'where the configuration is kept; made when it is not there')
          .env('APIG_DATA_DIRECTORY')
          .default('apig-data'),
      )
      .addOption(
        address('--management <host:port>', 'management API')
          .env('APIG_MANAGEMENT')
          .default(loopback(8090), '127.0.0.1:8090'),
      )
      .addOption(
        new Option(
          '--management-tls-cert <path>',
          'PEM of the certificate that encrypts the management API',
        ).env('APIG_MANAGEMENT_TLS_CERT'),
      )
      .addOption(
        new Option('--management-tls-key <path>', "PEM of that certificate's private key").env(
          'APIG_MANAGEMENT_TLS_KEY',
        ),
      )
      .addOption(
        new Option(
          '--management-names <name,...>',
          'host names by which callers know the management API, besides addresses and localhost',
        )
          .env('APIG_MANAGEMENT_NAMES')
          .default([], 'none')
          .argParser(nameList),
      )
      .addOption(
        address('--http <host:port>', 'calls over HTTP; "off" for none')
          .env('APIG_HTTP')
          .default(loopback(8080), '127.0.0.1:8080'),
      )
      .addOption(
        address('--https <host:port>', 'calls over HTTPS; "off" for none')
          .env('APIG_HTTPS')
          .default(loopback(8443), '127.0.0.1:8443'),
      )
      // Not by the environment: whoever opens the gateway to others says so where it is started.
      .addOption(new Option('--allow-remote', 'allow addresses that other machines can reach'))
      .addOption(
        new Option(
          '--credentials-file <path>',
          'who may call, as JSON (default: credentials.json in the data directory, made at the first start)',
        ).env('APIG_CREDENTIALS_FILE'),
      )
      .addOption(
        new Option(
          '--key-file <path>',
          'key that seals secrets in the database: 64 hex digits (default: sealing.key in the data directory, made at the first start)',
        ).env('APIG_KEY_FILE'),
      )
      .addOption(
        new Option(
          '--project-id <id>',
          'project of the gateways: 32 letters and digits (default: of the credentials)',
        )
          .env('APIG_PROJECT_ID')
          .argParser(projectId),
      )
      .addOption(
        new Option('--domain-suffix <domain>', 'end of debug domains, after <group id>.apic.')
          .env('APIG_DOMAIN_SUFFIX')
          .default('localhost')
          .argParser(domain),
      )
      .addOption(
        new Option('--min-tls-version <version>', 'lowest TLS version that HTTPS callers may use')
          .env('APIG_MIN_TLS_VERSION')
          .choices(['TLSv1.1', 'TLSv1.2'])
          .default('TLSv1.2'),
      )
      .addOption(
        new Option('--backend-ca-file <path>', 'PEM of further issuers to trust when calling backends').env(
          'APIG_BACKEND_CA_FILE',
        ),
      )
      .addOption(
        new Option(
          '--functions-file <path>',
          'functions that APIs and authorizers may name, as JSON: {"<URN>": {"url": "…"} or {"module": "…"}}',
        ).env('APIG_FUNCTIONS_FILE'),
      )
      .addOption(
        new Option(
          '--microservices-file <path>',
          'instances of the microservices that channels may name, as a JSON list',
        ).env('APIG_MICROSERVICES_FILE'),
      )
      .addOption(
        new Option(
          '--limits <name=number,...>',
          'limits that differ from the defaults, such as APP_NUM_LIMIT=100',
        )
          .env('APIG_LIMITS')
          .default({}, 'none')
          .argParser(limitList),
      )
      .addOption(
        new Option(
          '--drain-timeout-ms <ms>',
          `time for calls under way at the end, 0 to ${MAX_DRAIN_TIMEOUT_MS} milliseconds`,
        )
          .env('APIG_DRAIN_TIMEOUT_MS')
          .default(10_000)
          .argParser(drainTimeout),
      )
      .addOption(
        new Option(
          '--forbidden-backends <address,...>',
          'addresses and networks that nothing is sent to, by whatever name; "none" for none',
        )
          .env('APIG_FORBIDDEN_BACKENDS')
          .default(METADATA_ADDRESSES, METADATA_ADDRESSES.join(','))
          .argParser(addressList),
      )
      .addOption(
        new Option('--max-connections <number>', 'connections that callers may have open on each port')
          .env('APIG_MAX_CONNECTIONS')
          .default(CONNECTION_LIMITS.all)
          .argParser(connectionCount),
      )
      .addOption(
        new Option('--max-connections-per-address <number>', 'the same, of one address')
          .env('APIG_MAX_CONNECTIONS_PER_ADDRESS')
          .default(CONNECTION_LIMITS.ofAddress)
          .argParser(connectionCount),
      )
      .addOption(
        new Option('--workers <number>', 'threads that take calls; auto is one for each processor core')
          .env('APIG_WORKERS')
          .default(1)
          .argParser(workerCount),
      )
      .addOption(
        new Option('--metrics <reader>', 'who may read the metrics')
          .env('APIG_METRICS')
          .choices(['owner', 'anybody'])
          .default('owner'),
      )
      .addOption(
        new Option('--log-level <level>', 'what is logged to standard error')
          .env('APIG_LOG_LEVEL')
          .choices(LOG_LEVELS)
          .default('info'),
      )
      .allowExcessArguments(false)
  );
}

function address(flags: string, description: string): Option {
  return new Option(flags, `address of the ${description}`).argParser((text: string) => {
    if (text === 'off' && !flags.startsWith('--management')) return false;
    const parsed = parseListenAddress(text);
    if (parsed === undefined) throw new InvalidArgumentError('expected host:port, with a port up to 65535');
    return parsed;
  });
}

function loopback(port: number): ListenAddress {
  return { host: '127.0.0.1', port };
}

function projectId(text: string): string {
  if (!/^[A-Za-z0-9]{32}$/.test(text)) throw new InvalidArgumentError('expected 32 letters and digits');
  return text;
}

function domain(text: string): string {
  if (!/^(?=.{1,200}$)[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/.test(text)) {
    throw new InvalidArgumentError('expected a domain name in small letters');
  }
  return text;
}

function nameList(text: string): readonly string[] {
  return text.split(',').map((name) => domain(name.trim().toLowerCase()));
}

function limitList(text: string): Limits {
  return Object.fromEntries(
    text.split(',').map((item) => {
      const [, name = '', number] = /^([A-Z_]+)=(\d{1,9})$/.exec(item.trim()) ?? [];
      if (!LIMIT_NAMES.has(name)) {
        throw new InvalidArgumentError(`expected name=number with a name of ${[...LIMIT_NAMES].join(', ')}`);
      }
      return [name, Number(number)];
    }),
  );
}

function addressList(text: string): readonly string[] {
  if (text === 'none') return [];
  const addresses = text.split(',').map((each) => each.trim());
  if (addresses.some((each) => parseAddressRange(each) === undefined))
    throw new InvalidArgumentError('expected addresses or networks such as 10.0.0.0/8, or none');
  return addresses;
}

function connectionCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,7}$/.test(text) || count < 1)
    throw new InvalidArgumentError('expected a number from 1 to 9999999');
  return count;
}

function drainTimeout(text: string): number {
  const ms = Number(text);
  if (!/^\d{1,9}$/.test(text) || ms > MAX_DRAIN_TIMEOUT_MS) {
    throw new InvalidArgumentError(`expected a number from 0 to ${MAX_DRAIN_TIMEOUT_MS}`);
  }
  return ms;
}

function workerCount(text: string): number {
  if (text === 'auto') return availableParallelism();
  const count = Number(text);
  if (!/^\d{1,3}$/.test(text) || count < 1 || count > MAX_WORKERS) {
    throw new InvalidArgumentError(`expected auto or a number from 1 to ${MAX_WORKERS}`);
  }
  return count;
}

function refuseRemote({ management, http, https, allowRemote, managementTlsCert }: Flags): void {
  if (allowRemote) return;
  for (const each of [management, http, https]) {
    if (each === false || isLoopback(each)) continue;
    // Who manages by TLS shows nothing to those between.
    if (each === management && managementTlsCert !== undefined) continue;
    throw new StartupError(
      'setting',
      `other machines can reach ${each.host}: give --allow-remote too if they are meant to`,
    );
  }
}

function credentialsFor(
  flags: Flags,
  dataDirectory: string,
): { readonly credentials: Credentials; readonly credentialsFile: string | undefined } {
  const { APIG_ACCESS_KEY: accessKey = '', APIG_SECRET_KEY: secretKey = '' } = process.env;
  if ((accessKey === '') !== (secretKey === '')) {
    throw new StartupError('setting', 'APIG_ACCESS_KEY and APIG_SECRET_KEY are given together or not at all');
  }
  if (accessKey !== '') {
    if (flags.projectId === undefined) {
      throw new StartupError(
        'setting',
        'APIG_ACCESS_KEY needs a project too: APIG_PROJECT_ID or --project-id',
      );
    }
    const credentials = credentialsOf(accessKey, secretKey, flags.projectId);
    return { credentials, credentialsFile: undefined };
  }
  const credentialsFile = resolve(flags.credentialsFile ?? join(dataDirectory, 'credentials.json'));
  const credentials =
    flags.credentialsFile === undefined
      ? openCredentials(credentialsFile, flags.projectId)
      : readCredentials(credentialsFile);
  const [owner, ...others] = credentials.accounts;
  const projectId = flags.projectId ?? owner.projectId;
  return { credentials: { accounts: [{ ...owner, projectId }, ...others] }, credentialsFile };
}

const FUNCTIONS = z.record(
  z.string().min(1),
  z.union([
    z.strictObject({ url: z.url({ protocol: /^https?$/ }) }),
    z.strictObject({ module: z.string().min(1) }),
  ]),
);

const INSTANCES = {
  version: z.string().min(1).max(64).optional(),
  labels: z.record(z.string().min(1), z.string().min(1)).optional(),
  members: z.array(
    z
      .string()
      .regex(MEMBER)
      .refine((text) => (placeOf(text).port ?? 1) <= 65_535),
  ),
};

const MICROSERVICES = z.array(
  z.union([
    z.strictObject({ engine_id: z.string().min(1), service_id: z.string().min(1), ...INSTANCES }),
    z.strictObject({
      cluster_id: z.string().min(1),
      namespace: z.string().min(1),
      workload_type: z.enum(['deployment', 'statefulset', 'daemonset']).optional(),
      app_name: z.string().min(1).optional(),
      ...INSTANCES,
    }),
  ]),
);

/** @throws StartupError for a file that does not hold a list of microservices */
function readMicroservices(file: string): readonly MicroserviceEntry[] {
  const parsed = MICROSERVICES.safeParse(readJson(file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartupError(
    'setting',
    `the file ${file}: expected a list of {"engine_id", "service_id", "members"} or {"cluster_id", "namespace", "members"}, not what stands at "${issue?.path.join('.') ?? ''}"`,
  );
}

/** Paths of modules are relative to the file that names them. */
function readFunctions(file: string): FunctionTargets {
  const parsed = FUNCTIONS.safeParse(readJson(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = String(issue?.path[0] ?? '');
    throw new StartupError(
      'setting',
      `the file ${file}: expected {"url"} or {"module"} for the function "${at}"`,
    );
  }
  return Object.fromEntries(
    Object.entries(parsed.data).map(([urn, target]) => [
      urn,
      'module' in target ? { module: resolve(dirname(file), target.module) } : target,
    ]),
  );
}

/** @throws StartupError for one of the two without the other, and for what cannot be served. */
function managementTlsOf({ managementTlsCert, managementTlsKey }: Flags): {
  readonly managementTls?: KeyedCertificate;
} {
  if (managementTlsCert === undefined && managementTlsKey === undefined) return {};
  if (managementTlsCert === undefined || managementTlsKey === undefined) {
    throw new StartupError('setting', '--management-tls-cert and --management-tls-key are given together');
  }
  const managementTls = { certificate: readText(managementTlsCert), key: readText(managementTlsKey) };
  try {
    createSecureContext({ cert: managementTls.certificate, key: managementTls.key });
  } catch (error) {
    const files = `${managementTlsCert} and ${managementTlsKey}`;
    // The library's message is of no use, and its cause may quote the key.
    throw new StartupError(
      'setting',
      `${files} are no certificate in PEM and its private key`,
      codeOf(error),
    );
  }
  return { managementTls };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError('setting', `the file ${file} holds no JSON`, error);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError('setting', `the file ${file} cannot be read: ${reason}`, error);
  }
}

function versionOfPackage(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
