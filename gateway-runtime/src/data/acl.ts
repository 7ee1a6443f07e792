import { fail, type Resources, type SettledOf } from '@apig/sdk/contract';
import type { Call, Caller } from './call.ts';
import { AddressTable } from './address-table.ts';

type Acl = SettledOf<Resources['acl']>;

/** Who may call an API in an environment. */
export interface AclPlan {
  readonly addresses: readonly AddressRule[];
  readonly accounts: readonly AccountRule[];
}

/** Addresses that are let in, or kept out. */
export type AddressRule = Rule<AddressTable>;

interface Rule<Listed> {
  readonly type: 'PERMIT' | 'DENY';
  readonly listed: Listed;
}

interface AccountRule extends Rule<ReadonlySet<string>> {
  readonly field: 'domainName' | 'domainId';
}

/**
 * Works out the access control policies that are bound to an API in an environment.
 *
 * Of accounts, a whitelist silences blacklists: with both only the whitelists are looked at. Lists of names and lists
 * of ids must both agree. Source: user guide, "Configuring API Access Control".
 */
export function compileAcl(policies: readonly Acl[]): AclPlan {
  const accounts = policies.flatMap(({ type, entityType, values }): readonly AccountRule[] =>
    entityType === 'IP'
      ? []
      : [{ type, listed: new Set(values), field: entityType === 'DOMAIN' ? 'domainName' : 'domainId' }],
  );
  const permits = accounts.filter(({ type }) => type === 'PERMIT');
  return {
    addresses: policies.flatMap(({ type, entityType, values }) =>
      entityType === 'IP' ? [{ type, listed: new AddressTable(values) }] : [],
    ),
    accounts: permits.length > 0 ? permits : accounts,
  };
}

/** Refuses callers by their address. @throws `clientAddressUnknown`, `addressRefused` */
export function admitAddress(call: Call, { addresses }: AclPlan): void {
  for (const rule of addresses) if (!isLetIn(call, rule)) throw fail('addressRefused');
}

/** Refuses apps by the address from which they call. @throws `clientAddressUnknown`, `appAddressRefused` */
export function admitApp(call: Call, caller: Caller): void {
  if (caller.kind !== 'app' || caller.app.acl === undefined) return;
  if (!isLetIn(call, caller.app.acl)) throw fail('appAddressRefused');
}

/**
 * Refuses callers by their account. Only calls of APIs with authentication IAM have one; without one a whitelist
 * refuses and a blacklist lets pass.
 *
 * @throws `accountRefused`
 */
export function admitAccount(caller: Caller, { accounts }: AclPlan): void {
  for (const { type, listed, field } of accounts) {
    const isListed = caller.kind === 'account' && listed.has(caller.account[field]);
    if (isListed !== (type === 'PERMIT')) throw fail('accountRefused');
  }
}

function isLetIn({ client }: Call, { type, listed }: AddressRule): boolean {
  if (client.family === 0) throw fail('clientAddressUnknown');
  return listed.has(client) === (type === 'PERMIT');
}
