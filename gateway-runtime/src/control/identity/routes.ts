import { fail, type Json } from '@apig/sdk/contract';
import type { Clock } from '../../clock.ts';
import type { Account } from '../../identity.ts';
import type { CredentialAccount, Credentials } from '../credentials.ts';
import { FailedLogins } from './failed-logins.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { readLogin } from './login.ts';
import { catalogOf, domainOf, projectOf, tokenOf } from './subjects.ts';

/** A request to the identity service. */
export interface IdentityCall {
  /** Address of this service as the caller has it, without a slash at the end. */
  readonly base: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Json;
  /** Value of `X-Subject-Token`, the token that the call is about. */
  readonly subject: string | undefined;
  /** Where the call comes from. */
  readonly address: string;
  /** Who calls; undefined for operations that anybody may call. */
  readonly account: Account | undefined;
}

/** What is answered. */
export interface IdentityAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** One operation of the identity service. */
export interface IdentityRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Anybody may call it. */
  readonly isOpen?: true;
  answer(call: IdentityCall): IdentityAnswer;
}

/**
 * The operations of the cloud's identity service that clients call before the first one of the gateway's. What they lead
 * to is at the same address.
 */
export function identityRoutes(
  credentials: Credentials,
  tokens: IssuedTokens,
  clock: Clock,
): readonly IdentityRoute[] {
  const failedLogins = new FailedLogins(clock);
  const { accounts } = credentials;

  const versionOf = (base: string): Json => ({
    id: 'v3.6',
    status: 'stable',
    updated: '2016-04-04T00:00:00Z',
    links: [{ rel: 'self', href: `${base}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  });
  const read = (
    path: string,
    answer: (call: IdentityCall, own: readonly CredentialAccount[]) => Json,
  ): IdentityRoute => ({
    method: 'GET',
    path,
    answer: (call) => ({ status: 200, body: answer(call, ownAccounts(call.account)) }),
  });
  const projects = ({ base, query }: IdentityCall, own: readonly CredentialAccount[]): Json =>
    listOf(
      'projects',
      base,
      own.map((account) => projectOf(account, base)),
      query,
    );

  return [
    {
      method: 'GET',
      path: '/',
      isOpen: true,
      answer: ({ base }) => ({ status: 200, body: { versions: { values: [versionOf(base)] } } }),
    },
    {
      method: 'GET',
      path: '/v3',
      isOpen: true,
      answer: ({ base }) => ({ status: 200, body: { version: versionOf(base) } }),
    },
    { method: 'POST', path: '/v3/auth/tokens', isOpen: true, answer: logIn },
    {
      method: 'GET',
      path: '/v3/auth/tokens',
      answer: (call) => {
        const { record, account } = subjectOf(call);
        return {
          status: 200,
          headers: { 'X-Subject-Token': call.subject ?? '' },
          body: { token: tokenOf(record, account, call.base) },
        };
      },
    },
    {
      method: 'DELETE',
      path: '/v3/auth/tokens',
      answer: (call) => {
        subjectOf(call);
        tokens.revoke(call.subject ?? '');
        return { status: 204 };
      },
    },
    read('/v3/auth/catalog', ({ base }, [account]) => ({
      catalog: account === undefined ? [] : catalogOf(account, base),
      links: { self: `${base}/v3/auth/catalog`, previous: null, next: null },
    })),
    read('/v3/projects', projects),
    read('/v3/auth/projects', projects),
    read('/v3/auth/domains', ({ base, query }, own) =>
      listOf(
        'domains',
        base,
        own.slice(0, 1).map((account) => domainOf(account, base)),
        query,
      ),
    ),
  ];

  function logIn({ base, body, address }: IdentityCall): IdentityAnswer {
    const login = readLogin(body, credentials, tokens);
    if (login === undefined) throw fail('loginNotOffered');
    const wait = failedLogins.waitSeconds(login.name, address);
    if (wait > 0) {
      const { code, status, message } = fail('tooManyLogins');
      const body = { ...keystoneError(status, message), error_code: code, error_msg: message };
      return { status, headers: { 'Retry-After': String(wait) }, body };
    }
    const account = login.accounts.find(login.isInScope);
    if (account === undefined) {
      failedLogins.add(login.name, address);
      throw fail('loginRefused');
    }
    failedLogins.clear(login.name, address);
    const { token, record } = tokens.issue(toAccount(account), [login.method], login.scope);
    return {
      status: 201,
      headers: { 'X-Subject-Token': token },
      body: { token: tokenOf(record, account, base) },
    };
  }

  /** The token that a call is about, of the caller's own. */
  function subjectOf({ subject, account }: IdentityCall) {
    const record = subject === undefined ? undefined : tokens.find(subject);
    const [owner] = record === undefined ? [] : ownAccounts(record.account);
    if (record === undefined || owner === undefined || record.account.domainId !== account?.domainId) {
      throw fail('tokenNotFound');
    }
    return { record, account: owner };
  }

  /** The entries of the credentials that are the same user, that of the given project first. */
  function ownAccounts(account: Account | undefined): readonly CredentialAccount[] {
    const own = accounts.filter(
      ({ domainId, userName }) => domainId === account?.domainId && userName === account.userName,
    );
    const isGiven = ({ projectId }: Account) => projectId === account?.projectId;
    return [...own.filter(isGiven), ...own.filter((each) => !isGiven(each))];
  }
}

/** The form in which the identity service tells errors. */
export function keystoneError(status: number, message: string): Json {
  return { error: { code: status, title: TITLES[status] ?? 'Error', message } };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

function listOf(key: string, base: string, rows: readonly Json[], query: IdentityCall['query']): Json {
  const filters = ['id', 'name', 'domain_id', 'parent_id'].filter((name) => (query[name] ?? '') !== '');
  return {
    [key]: rows.filter((row) => filters.every((name) => !(name in row) || row[name] === query[name])),
    links: { self: `${base}/v3/${key}`, previous: null, next: null },
  };
}

function toAccount({ domainId, domainName, projectId, userName }: CredentialAccount): Account {
  return { domainId, domainName, projectId, userName };
}
