import { endpointOf } from './clouds.ts';
import { parseDuration } from './durations.ts';

/** A setting: its names in the environment, the first that has a value counts. In a stack it is `apig:<name>`. */
interface Setting {
  readonly variables: readonly string[];
  readonly secret?: true;
}

/**
 * Everything that reaches a management API. The variables that begin with `APIG_` are this provider's; the others are those
 * that users of the clouds' own tools have set already.
 */
const SETTINGS = {
  endpoint: { variables: ['APIG_ENDPOINT'] },
  region: { variables: ['APIG_REGION', 'OS_REGION_NAME', 'HW_REGION_NAME'] },
  authUrl: { variables: ['APIG_AUTH_URL', 'OS_AUTH_URL', 'HW_AUTH_URL'] },
  projectId: { variables: ['APIG_PROJECT_ID', 'OS_PROJECT_ID', 'OS_TENANT_ID', 'HW_PROJECT_ID'] },
  projectName: {
    variables: ['APIG_PROJECT_NAME', 'OS_PROJECT_NAME', 'OS_TENANT_NAME', 'HW_PROJECT_NAME'],
  },
  domainName: {
    variables: ['APIG_DOMAIN_NAME', 'OS_DOMAIN_NAME', 'OS_USER_DOMAIN_NAME', 'HW_DOMAIN_NAME'],
  },
  accessKey: { variables: ['APIG_ACCESS_KEY', 'OS_ACCESS_KEY', 'HW_ACCESS_KEY'] },
  secretKey: { variables: ['APIG_SECRET_KEY', 'OS_SECRET_KEY', 'HW_SECRET_KEY'], secret: true },
  securityToken: {
    variables: ['APIG_SECURITY_TOKEN', 'OS_SECURITY_TOKEN', 'HW_SECURITY_TOKEN'],
    secret: true,
  },
  token: { variables: ['APIG_TOKEN', 'OS_AUTH_TOKEN', 'OS_TOKEN', 'HW_AUTH_TOKEN'], secret: true },
  userName: { variables: ['APIG_USER_NAME', 'OS_USERNAME', 'HW_USER_NAME'] },
  password: { variables: ['APIG_PASSWORD', 'OS_PASSWORD', 'HW_USER_PASSWORD'], secret: true },
  timeout: { variables: ['APIG_TIMEOUT'] },
} as const satisfies Record<string, Setting>;

type SettingName = keyof typeof SETTINGS;
type Settings = { readonly [S in SettingName]: string | undefined };

/** The settings that say who calls. They are taken from one place, so that no key meets the secret of another. */
const CREDENTIALS = ['accessKey', 'secretKey', 'securityToken', 'token', 'userName', 'password'] as const;

/** Names the changeset that all calls of a run are part of. Set by the command `apig`. */
export const CHANGESET_VARIABLE = 'APIG_CHANGESET';

/**
 * Where a management API is and who calls it: requests are signed with the two keys or, without them, carry the token. What
 * is missing of it the identity service knows.
 */
export interface Connection extends Settings {
  /** Changeset that the calls of this run are part of. */
  readonly changesetId: string | undefined;
}

/** Why there is no connection, in words for the user. */
export interface NoConnection {
  readonly problem: string;
  /** Whether something is missing, without which a preview may do; else something is wrong. */
  readonly isMissing: boolean;
}

/** The configuration of a stack. */
export interface StackConfig {
  /** The value of a key such as `apig:endpoint`. */
  get(key: string): string | undefined;
}

/**
 * Reads the settings: what the stack's configuration does not say, the environment may. Returns what is missing or wrong,
 * in words for the user, when they do not suffice.
 */
export function readConnection(
  config: StackConfig,
  environment: NodeJS.ProcessEnv = process.env,
): Connection | NoConnection {
  const settings = readSettings(config, environment);
  for (const name of ['endpoint', 'authUrl'] as const) {
    const value = settings[name];
    if (value === undefined || /^https?:$/.test(URL.parse(value)?.protocol ?? '')) continue;
    const [variable] = SETTINGS[name].variables;
    const example = name === 'endpoint' ? 'https://apig.example.com' : 'https://iam.example.com/v3';
    return {
      problem: `apig:${name} (or ${variable}): expected a URL such as ${example}.`,
      isMissing: false,
    };
  }
  if (settings.timeout !== undefined && parseDuration(settings.timeout) === undefined) {
    const problem = 'apig:timeout (or APIG_TIMEOUT): expected a duration such as 45m or 1h30m.';
    return { problem, isMissing: false };
  }
  const { endpoint, token, userName, authUrl, projectId, accessKey } = settings;
  const byPassword = token === undefined && accessKey === undefined && userName !== undefined;
  const needed: readonly SettingName[] = [
    // The identity service says where the gateway's is.
    ...(byPassword || endpoint !== undefined ? [] : (['endpoint'] as const)),
    ...(projectId !== undefined || authUrl !== undefined ? [] : (['projectId'] as const)),
    ...(byPassword ? (['authUrl', 'password', 'domainName'] as const) : []),
    ...(byPassword || token !== undefined ? [] : (['accessKey', 'secretKey'] as const)),
  ];
  const missing = needed.filter((name) => settings[name] === undefined);
  if (missing.length > 0) {
    return {
      problem: `The management API of the gateway is not configured. Set ${missing.map(waysToSet).join('; ')}.`,
      isMissing: true,
    };
  }
  return { ...settings, changesetId: environment[CHANGESET_VARIABLE] || undefined };
}

function readSettings(config: StackConfig, environment: NodeJS.ProcessEnv): Settings {
  const inStack = (name: SettingName) => config.get(`apig:${name}`) || undefined;
  const fromFamily = (name: SettingName, family: string) =>
    SETTINGS[name].variables
      .filter((variable) => variable.startsWith(family))
      .map((variable) => environment[variable] || undefined)
      .find((value) => value !== undefined);
  const find = (name: SettingName) =>
    inStack(name) ??
    SETTINGS[name].variables.map((variable) => environment[variable] || undefined).find(Boolean);

  // Where the stack has a token, keys that happen to be in the environment are for something else.
  const byToken = inStack('token') !== undefined && inStack('accessKey') === undefined;
  const isKey = (name: SettingName) => ['accessKey', 'secretKey', 'securityToken'].includes(name);
  const own = (name: SettingName) =>
    inStack(name) ?? (byToken && isKey(name) ? undefined : fromFamily(name, 'APIG_'));
  const families = [own, ...['OS_', 'HW_'].map((family) => (name: SettingName) => fromFamily(name, family))];
  const chosen =
    families.find((of) => (['accessKey', 'token', 'userName'] as const).some((name) => of(name))) ?? own;
  const isCredential = (name: SettingName) => (CREDENTIALS as readonly string[]).includes(name);

  const read = (name: SettingName) => (isCredential(name) ? chosen(name) : find(name));
  const region = find('region') ?? find('projectName')?.split('_', 1)[0];
  return {
    endpoint: find('endpoint') ?? endpointOf(region, find('authUrl')),
    region,
    authUrl: read('authUrl'),
    projectId: read('projectId'),
    projectName: read('projectName'),
    domainName: read('domainName'),
    accessKey: read('accessKey'),
    secretKey: read('secretKey'),
    securityToken: read('securityToken'),
    token: read('token'),
    userName: read('userName'),
    password: read('password'),
    timeout: read('timeout'),
  };
}

function waysToSet(name: SettingName): string {
  const setting: Setting = SETTINGS[name];
  const [variable = ''] = setting.variables;
  return `apig:${name} (\`pulumi config set ${setting.secret ? '--secret ' : ''}apig:${name}\`, or ${variable} in the environment)`;
}
