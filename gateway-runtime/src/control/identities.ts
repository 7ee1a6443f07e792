import { hash, timingSafeEqual } from 'node:crypto';
import type { AccessKey, Account, Identities } from '../identity.ts';
import type { CredentialAccount, Credentials } from './credentials.ts';
import type { IssuedTokens } from './identity/issued-tokens.ts';

/** Knows the accounts that the credentials name, by their own tokens and those that were given out. */
export class ConfiguredIdentities implements Identities {
  /** The account that runs the gateway. */
  readonly owner: Account;
  readonly #accessKeys: ReadonlyMap<string, AccessKey>;
  /** SHA-256 of each token: what is compared has the same length for all, and its bytes tell nothing of the token. */
  readonly #tokens: readonly { readonly digest: Buffer; readonly account: Account }[];

  readonly #issued: IssuedTokens;

  constructor({ accounts }: Credentials, issued: IssuedTokens) {
    this.#issued = issued;
    this.owner = withoutSecrets(accounts[0]);
    this.#accessKeys = new Map(
      accounts.flatMap((account) =>
        account.accessKeys.map(({ accessKey, secretKey }) => [
          accessKey,
          { accessKey, secretKey, account: withoutSecrets(account) },
        ]),
      ),
    );
    this.#tokens = accounts.flatMap((account) =>
      account.tokens.map((token) => ({ digest: digestOf(token), account: withoutSecrets(account) })),
    );
  }

  byAccessKey(accessKey: string): AccessKey | undefined {
    return this.#accessKeys.get(accessKey);
  }

  byToken(token: string): Account | undefined {
    const digest = digestOf(token);
    let found: Account | undefined;
    // All are compared, so that the time taken does not depend on which one matches.
    for (const each of this.#tokens) if (timingSafeEqual(each.digest, digest)) found = each.account;
    return found ?? this.#issued.find(token)?.account;
  }
}

function withoutSecrets({ domainId, domainName, projectId, userName }: CredentialAccount): Account {
  return { domainId, domainName, projectId, userName };
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
