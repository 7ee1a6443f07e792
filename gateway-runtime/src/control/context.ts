import type { Limits } from './limits.ts';
import { MAX_STAGED, type Changeset, type Changesets } from '../store/changesets.ts';
import type { Draft } from '../store/draft.ts';
import type { Ledger } from '../store/ledger.ts';
import type { ConfigurationReader } from '../store/configuration.ts';
import type { Clock } from '../clock.ts';
import type { Debugger } from '../debugging.ts';
import type { ExplainerOfMany } from '../explaining.ts';
import type { Functions } from '../functions.ts';
import type { Account } from '../identity.ts';
import type { Microservices } from '../microservices.ts';
import type { Log } from '../observe/log.ts';
import type { Statistics } from '../statistics.ts';
import { authorOf } from './author.ts';
import type { ControlCall } from './call.ts';
import { changesetFull, changesetNotFound } from './own-refusals.ts';

/** Header with the ID of the changeset that a call is part of. */
export const CHANGESET = 'x-apig-changeset';

/** What the operations of the management API work with. */
export interface ControlContext {
  readonly ledger: Ledger;
  readonly changesets: Changesets;
  readonly limits: Limits;
  /** Debug domain of a group: `<group id>.apic.<suffix>`. */
  readonly domainSuffix: string;
  /** Address that gateways show as theirs. */
  readonly address: string;
  /** The functions that APIs and authorizers may name. */
  readonly functions: Functions;
  /** The microservices that channels may name. */
  readonly microservices: Microservices;
  readonly clock: Clock;
  /** Makes calls for those who want to see what becomes of them. */
  readonly debug: Debugger;
  /** Tells what would become of requests, and why. */
  readonly explain: ExplainerOfMany;
  /** What calls came to. */
  readonly statistics: Statistics;
  readonly log: Log;
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
  readonly microservices: Microservices;
  /** Shows the draft. */
  readonly view: View;
}

/** The view of what is configured now; for a call on a changeset, with what is staged there. */
export function viewOf(context: ControlContext, call: ControlCall): View {
  const { domainSuffix, address, ledger } = context;
  const configuration = changesetOf(context, call)?.draft ?? ledger.configuration;
  return { configuration, domainSuffix, address };
}

/** Does the work of a call on a draft and puts it in force; for a call on a changeset, stages it there. */
export async function write<T>(
  context: ControlContext,
  call: ControlCall,
  work: (scope: WriteScope) => T,
): Promise<T> {
  const author = authorOf(call);
  const changeset = changesetOf(context, call);
  if (changeset === undefined)
    return context.ledger.write(author, (draft) => work(scopeOf(context, call, draft)));
  const staged = await context.changesets.stage(changeset, (draft) => {
    if (changeset.draft.size >= MAX_STAGED) throw changesetFull();
    return work(scopeOf(context, call, draft));
  });
  if (staged === undefined) throw changesetNotFound(changeset.id);
  return staged.result;
}

/** What the work of a call is given. */
export function scopeOf(context: ControlContext, { account }: ControlCall, draft: Draft): WriteScope {
  const { limits, domainSuffix, address, functions, microservices } = context;
  return {
    draft,
    account,
    limits,
    functions,
    microservices,
    view: { configuration: draft, domainSuffix, address },
  };
}

/** Who a changeset of a call belongs to. */
export function ownerOf({ account }: ControlCall): string {
  return `${account.domainName}/${account.userName}`;
}

/** The changeset that a call names in a header; undefined when it names none. @throws changesetNotFound */
function changesetOf({ changesets }: ControlContext, call: ControlCall): Changeset | undefined {
  const id = call.headers[CHANGESET];
  if (id === undefined) return undefined;
  const changeset = changesets.find(id, ownerOf(call));
  if (changeset === undefined) throw changesetNotFound(id);
  return changeset;
}
