import { isDeepStrictEqual } from 'node:util';
import type { Json } from '@apig/sdk/contract';
import { projectNameOf, type CredentialAccount, type Credentials } from '../credentials.ts';
import { isSameSecret } from '../secret-text.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { idOfUser } from './subjects.ts';

/** What a request for a token shows and asks for. */
export interface Login {
  readonly method: 'password' | 'token' | 'hw_ak_sk';
  /** Whom it says to be, for counting failures; never a secret. */
  readonly name: string;
  /** Accounts that it proves to be, of whatever project. */
  readonly accounts: readonly CredentialAccount[];
  readonly scope: 'project' | 'domain';
  /** Whether an account is within the scope that is asked for. */
  readonly isInScope: (account: CredentialAccount) => boolean;
}

/** Reads a request for a token; undefined when it is malformed. Source: IAM API reference, "Obtaining a User Token". */
export function readLogin(body: Json, credentials: Credentials, tokens: IssuedTokens): Login | undefined {
  const auth = objectIn(body, 'auth');
  const identity = auth && objectIn(auth, 'identity');
  const methods = identity?.['methods'];
  if (auth === undefined || identity === undefined || !Array.isArray(methods)) return undefined;
  const scope = objectIn(auth, 'scope') ?? {};
  const domain = objectIn(scope, 'domain');
  const project = objectIn(scope, 'project');
  const shared = {
    scope: project === undefined && domain !== undefined ? ('domain' as const) : ('project' as const),
    isInScope: (account: CredentialAccount) =>
      project === undefined
        ? domain === undefined || isDomain(domain, account)
        : (project['id'] ?? account.projectId) === account.projectId &&
          (project['name'] ?? projectNameOf(account)) === projectNameOf(account),
  };
  const { accounts } = credentials;
  if (isDeepStrictEqual(methods, ['password'])) {
    const proof = byPassword(objectIn(objectIn(identity, 'password') ?? {}, 'user') ?? {}, accounts);
    return proof && { method: 'password', ...proof, ...shared };
  }
  if (isDeepStrictEqual(methods, ['hw_ak_sk'])) {
    const proof = byAccessKey(objectIn(identity, 'hw_ak_sk') ?? {}, accounts);
    return proof && { method: 'hw_ak_sk', ...proof, ...shared };
  }
  if (isDeepStrictEqual(methods, ['token'])) {
    const token = objectIn(identity, 'token')?.['id'];
    if (typeof token !== 'string') return undefined;
    const owner = tokens.find(token)?.account;
    const found = accounts.filter((each) => owner !== undefined && isSameUser(each, owner));
    return { method: 'token', name: 'a token', accounts: found, ...shared };
  }
  return undefined;
}

type Proof = Pick<Login, 'name' | 'accounts'>;

function byPassword(user: Json, accounts: readonly CredentialAccount[]): Proof | undefined {
  const { id, name, password } = user;
  if (typeof password !== 'string' || (typeof id !== 'string' && typeof name !== 'string')) return undefined;
  const domain = objectIn(user, 'domain') ?? {};
  const isMeant = (account: CredentialAccount) =>
    typeof id === 'string'
      ? idOfUser(account) === id
      : account.userName === name && isDomain(domain, account);
  // The secret of every account is compared, so that the time taken does not tell whether a name is known.
  const found = accounts.filter((account) => isSameSecret(account.password, password) && isMeant(account));
  const domainName = textOf(domain['name']) ?? textOf(domain['id']) ?? '';
  return { name: `${domainName}/${textOf(id) ?? textOf(name) ?? ''}`.slice(0, 200), accounts: found };
}

function byAccessKey(proof: Json, accounts: readonly CredentialAccount[]): Proof | undefined {
  const accessKey = objectIn(proof, 'access')?.['key'];
  const secretKey = objectIn(proof, 'secret')?.['key'];
  if (typeof accessKey !== 'string' || typeof secretKey !== 'string') return undefined;
  const found = accounts.filter((account) =>
    account.accessKeys.some(
      (pair) => isSameSecret(pair.secretKey, secretKey) && pair.accessKey === accessKey,
    ),
  );
  return { name: accessKey.slice(0, 200), accounts: found };
}

function isDomain({ id, name }: Json, account: CredentialAccount): boolean {
  if (id === undefined && name === undefined) return false;
  return (id ?? account.domainId) === account.domainId && (name ?? account.domainName) === account.domainName;
}

function isSameUser(
  one: Pick<CredentialAccount, 'domainId' | 'userName'>,
  other: Pick<CredentialAccount, 'domainId' | 'userName'>,
): boolean {
  return one.domainId === other.domainId && one.userName === other.userName;
}

function objectIn(body: Json, name: string): Json | undefined {
  const value = body[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
