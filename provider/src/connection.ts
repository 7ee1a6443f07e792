/** What reaches a management API: its name in a stack's configuration and in the environment. */
const SETTINGS = {
  endpoint: { key: 'apig:endpoint', variable: 'APIG_ENDPOINT', secret: false },
  projectId: { key: 'apig:projectId', variable: 'APIG_PROJECT_ID', secret: false },
  accessKey: { key: 'apig:accessKey', variable: 'APIG_ACCESS_KEY', secret: false },
  secretKey: { key: 'apig:secretKey', variable: 'APIG_SECRET_KEY', secret: true },
  token: { key: 'apig:token', variable: 'APIG_TOKEN', secret: true },
} as const;

/** Names the changeset that all calls of a run are part of. Set by the command `apig`. */
export const CHANGESET_VARIABLE = 'APIG_CHANGESET';

type Setting = keyof typeof SETTINGS;
type Settings = { readonly [S in Setting]: string | undefined };

/** Where a management API is and who calls it: requests are signed with the two keys or, without them, carry the token. */
export interface Connection {
  readonly endpoint: string;
  readonly projectId: string;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly token: string | undefined;
  /** Changeset that the calls of this run are part of. */
  readonly changesetId: string | undefined;
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
): Connection | { readonly problem: string } {
  const settings = readSettings(config, environment);
  const { endpoint, projectId } = settings;
  const keys = settings.token === undefined ? (['accessKey', 'secretKey'] as const) : [];
  const missing = (['endpoint', 'projectId', ...keys] as const).filter(
    (name) => settings[name] === undefined,
  );
  if (endpoint === undefined || projectId === undefined || missing.length > 0) {
    return {
      problem: `The management API of the gateway is not configured. Set ${missing.map(waysToSet).join('; ')}.`,
    };
  }
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    const { key, variable } = SETTINGS.endpoint;
    return { problem: `${key} (or ${variable}): expected a URL such as https://apig.example.com.` };
  }
  return { ...settings, endpoint, projectId, changesetId: environment[CHANGESET_VARIABLE] || undefined };
}

function readSettings(config: StackConfig, environment: NodeJS.ProcessEnv): Settings {
  const inStack = (setting: Setting) => config.get(SETTINGS[setting].key) || undefined;
  const find = (setting: Setting) =>
    inStack(setting) ?? (environment[SETTINGS[setting].variable] || undefined);
  // Where the stack has a token, keys that happen to be in the environment are for something else.
  const byToken = inStack('token') !== undefined && inStack('accessKey') === undefined;
  return {
    endpoint: find('endpoint'),
    projectId: find('projectId'),
    accessKey: byToken ? undefined : find('accessKey'),
    secretKey: byToken ? undefined : find('secretKey'),
    token: find('token'),
  };
}

function waysToSet(setting: Setting): string {
  const { key, variable, secret } = SETTINGS[setting];
  return `${key} (\`pulumi config set ${secret ? '--secret ' : ''}${key}\`, or ${variable} in the environment)`;
}
