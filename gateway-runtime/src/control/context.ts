import type { Limits } from './limits.ts';
import type { Draft } from '../store/draft.ts';
import type { Ledger } from '../store/ledger.ts';
import type { ConfigurationReader } from '../store/configuration.ts';
import type { Functions } from '../functions.ts';
import type { Account } from '../identity.ts';
import { authorOf } from './author.ts';
import type { ControlCall } from './call.ts';

/** What the operations of the management API work with. */
export interface ControlContext {
  readonly ledger: Ledger;
  readonly limits: Limits;
  /** Debug domain of a group: `<group id>.apic.<suffix>`. */
  readonly domainSuffix: string;
  /** Address that gateways show as theirs. */
  readonly address: string;
  /** The functions that APIs and authorizers may name. */
  readonly functions: Functions;
  /** Projects of all accounts. */
  readonly projectIds: readonly string[];
  /** Works out what calls would meet under a configuration. @throws what keeps it from being put in force. */
  readonly rehearse: (configuration: ConfigurationReader) => void;
}

/** What an answer is made from. */
export interface View {
  readonly configuration: ConfigurationReader;
  readonly domainSuffix: string;
  readonly address: string;
}

/** What a write works with. */
export interface WriteScope {
  readonly draft: Draft;
  readonly account: Account;
  readonly limits: Limits;
  readonly functions: Functions;
  /** Shows the draft. */
  readonly view: View;
}

/** The view of what is configured now. */
export function viewOf(context: ControlContext): View {
  const { domainSuffix, address, ledger } = context;
  return { configuration: ledger.configuration, domainSuffix, address };
}

/** Does the work of a call on a draft and puts it in force. */
export function write<T>(
  context: ControlContext,
  call: ControlCall,
  work: (scope: WriteScope) => T,
): Promise<T> {
  const { account } = call;
  const { limits, domainSuffix, address, functions } = context;
  return context.ledger.write(authorOf(call), (draft) =>
    work({ draft, account, limits, functions, view: { configuration: draft, domainSuffix, address } }),
  );
}
