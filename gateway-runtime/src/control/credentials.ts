import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Account } from '../identity.ts';
import { codeOf, StartupError } from '../startup-error.ts';
import { newId } from './ids.ts';

/** An account with everything that proves to be it. */
export interface CredentialAccount extends Account {
  readonly accessKeys: readonly { readonly accessKey: string; readonly secretKey: string }[];
  /** Values of `X-Auth-Token`. */
  readonly tokens: readonly string[];
}

/** Who may call. The project of the first account is the one that runs the gateway. */
export interface Credentials {
  readonly accounts: readonly [CredentialAccount, ...CredentialAccount[]];
}

/** The credentials of a file, which is written with new ones for the given project when it is not there. */
export function openCredentials(file: string, projectId?: string): Credentials {
  const text = readIfThere(file);
  if (text !== undefined) return parseCredentials(text, file);
  const credentials = newCredentials(projectId);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(credentials, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(
      'dataDirectory',
      `the credentials file ${file} cannot be written: ${reason}`,
      error,
    );
  }
  return credentials;
}

/** The credentials of a file that must be there. */
export function readCredentials(file: string): Credentials {
  const text = readIfThere(file);
  if (text === undefined) throw new StartupError('setting', `the credentials file ${file} does not exist`);
  return parseCredentials(text, file);
}

/** One account with one access key. */
export function credentialsOf(accessKey: string, secretKey: string, projectId: string): Credentials {
  return { accounts: [{ ...localAccount(projectId), accessKeys: [{ accessKey, secretKey }], tokens: [] }] };
}

function newCredentials(projectId = newId()): Credentials {
  return credentialsOf(
    randomBytes(10).toString('hex').toUpperCase(),
    randomBytes(32).toString('hex'),
    projectId,
  );
}

function localAccount(projectId: string): Account {
  return { domainId: 'a'.repeat(32), domainName: 'local', projectId, userName: 'admin' };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError('dataDirectory', `the credentials file ${file} cannot be read: ${reason}`, error);
  }
}

function parseCredentials(text: string, file: string): Credentials {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is secret.
    throw new StartupError('setting', `the credentials file ${file} is not JSON`);
  }
  const { accounts: given } = isObject(value) ? value : {};
  const [first, ...rest] = Array.isArray(given) ? given.map((each) => toAccount(each, file)) : [];
  if (first === undefined) throw malformed(file, 'accounts: expected a list of at least one account');
  return { accounts: [first, ...rest] };
}

function toAccount(value: unknown, file: string): CredentialAccount {
  if (!isObject(value)) throw malformed(file, 'accounts: expected objects');
  const text = (name: string) => textOf(value, name, file);
  return {
    domainId: text('domainId'),
    domainName: text('domainName'),
    projectId: text('projectId'),
    userName: text('userName'),
    accessKeys: listOf(value, 'accessKeys', file).map((each) => {
      const pair = isObject(each) ? each : {};
      return { accessKey: textOf(pair, 'accessKey', file), secretKey: textOf(pair, 'secretKey', file) };
    }),
    tokens: listOf(value, 'tokens', file).map((token) => textOf({ tokens: token }, 'tokens', file)),
  };
}

function textOf(value: Readonly<Record<string, unknown>>, name: string, file: string): string {
  const text = value[name];
  if (typeof text === 'string' && text !== '') return text;
  throw malformed(file, `${name}: expected a text`);
}

function listOf(value: Readonly<Record<string, unknown>>, name: string, file: string): readonly unknown[] {
  const list = value[name] ?? [];
  if (Array.isArray(list)) return list;
  throw malformed(file, `${name}: expected a list`);
}

function malformed(file: string, reason: string): StartupError {
  return new StartupError('setting', `the credentials file ${file} is not valid: ${reason}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
