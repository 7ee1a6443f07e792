import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Account } from '../identity.ts';
import { codeOf, StartupError } from '../startup-error.ts';
import { newId } from './ids.ts';

/** An account with everything that proves to be it. */
export interface CredentialAccount extends Account {
  readonly accessKeys: readonly { readonly accessKey: string; readonly secretKey: string }[];
  /** Password of the user, for those who ask for a token with one. */
  readonly password?: string;
  /** Name of the project; what is before its first `_` is the region. `local` unless given. */
  readonly projectName?: string;
  /** Values of `X-Auth-Token`. */
  readonly tokens: readonly string[];
}

/** Who may call. The first account runs the gateway; the others may call APIs, and manage gateways of their own projects. */
export interface Credentials {
  readonly accounts: readonly [CredentialAccount, ...CredentialAccount[]];
}

/** What the file of the credentials holds about one account. */
interface CredentialEntry extends Account {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token?: string;
  readonly password?: string;
  readonly projectName?: string;
}

/** Name of the project of an account. */
export function projectNameOf({ projectName = 'local' }: Pick<CredentialAccount, 'projectName'>): string {
  return projectName;
}

const LOCAL = { domainId: 'a'.repeat(32), domainName: 'local', userName: 'admin' };

/** The credentials of a file, which is written with new ones for the given project when it is not there. */
export function openCredentials(file: string, projectId?: string): Credentials {
  const text = readIfThere(file);
  if (text !== undefined) return parseCredentials(text, file);
  const entry: CredentialEntry = {
    ...LOCAL,
    projectId: projectId ?? newId(),
    accessKey: randomBytes(10).toString('hex').toUpperCase(),
    secretKey: randomBytes(32).toString('hex'),
    password: randomBytes(24).toString('base64url'),
  };
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(entry, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw unusable(file, 'written', error);
  }
  return { accounts: [toAccount(entry)] };
}

/** The credentials of a file that must be there. */
export function readCredentials(file: string): Credentials {
  const text = readIfThere(file);
  if (text === undefined) throw new StartupError('setting', `the credentials file ${file} does not exist`);
  return parseCredentials(text, file);
}

/** One account with one access key. */
export function credentialsOf(accessKey: string, secretKey: string, projectId: string): Credentials {
  return { accounts: [toAccount({ ...LOCAL, projectId, accessKey, secretKey })] };
}

function toAccount({ accessKey, secretKey, token, ...account }: CredentialEntry): CredentialAccount {
  return {
    ...account,
    accessKeys: [{ accessKey, secretKey }],
    tokens: token === undefined ? [] : [token],
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(file, 'read', error);
  }
}

function unusable(file: string, done: string, error: unknown): StartupError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartupError(
    'dataDirectory',
    `the credentials file ${file} cannot be ${done}: ${reason}`,
    error,
  );
}

function parseCredentials(text: string, file: string): Credentials {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is secret.
    throw new StartupError('setting', `the credentials file ${file} is not JSON`);
  }
  const owner = toEntry(value, file);
  const { accounts: others = [] } = value as { accounts?: unknown };
  if (!Array.isArray(others)) throw malformed(file, 'accounts: expected a list');
  return { accounts: [toAccount(owner), ...others.map((other) => toAccount(toEntry(other, file)))] };
}

function toEntry(value: unknown, file: string): CredentialEntry {
  if (typeof value !== 'object' || value === null) throw malformed(file, 'expected an object');
  const texts = value as Readonly<Record<string, unknown>>;
  const optional = (name: string): string | undefined => {
    const text = texts[name];
    if (text === undefined || (typeof text === 'string' && text !== '')) return text;
    throw malformed(file, `${name}: expected a text`);
  };
  const needed = (name: string): string => {
    const text = optional(name);
    if (text === undefined) throw malformed(file, `${name}: expected a text`);
    return text;
  };
  const token = optional('token');
  const password = optional('password');
  const projectName = optional('projectName');
  return {
    domainId: optional('domainId') ?? LOCAL.domainId,
    domainName: optional('domainName') ?? LOCAL.domainName,
    userName: optional('userName') ?? LOCAL.userName,
    projectId: needed('projectId'),
    accessKey: needed('accessKey'),
    secretKey: needed('secretKey'),
    ...(token !== undefined && { token }),
    ...(password !== undefined && { password }),
    ...(projectName !== undefined && { projectName }),
  };
}

function malformed(file: string, reason: string): StartupError {
  return new StartupError('setting', `the credentials file ${file} is not valid: ${reason}`);
}
