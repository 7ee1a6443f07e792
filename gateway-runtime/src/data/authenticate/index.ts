import { fail } from '@apig/sdk/contract';
import { ANONYMOUS, type Call, type Caller } from '../call.ts';
import type { Services } from '../services.ts';
import type { Plan, Snapshot } from '../snapshot.ts';
import { authenticateAccount } from './account.ts';
import { authenticateApp } from './app.ts';
import { askAuthorizer, type AuthorizerPlan } from './authorizer.ts';

/**
 * Finds out who calls, as the API asks for it, and notes it with the call. A custom authorizer is asked last, so that
 * its function never sees callers who did not show who they are.
 *
 * @throws `configurationNotLoadable` for an authorizer that is gone, and the refusals of each kind of authentication
 */
export function authenticate(
  call: Call,
  plan: Plan,
  snapshot: Snapshot,
  services: Services,
  nowMs: number,
): Caller | Promise<Caller> {
  const { type, authorizer } = plan.authentication;
  if (authorizer === 'missing') throw fail('configurationNotLoadable');
  // An open API costs no turn of the queue, nor does a signature that is here to be checked.
  if (type === 'NONE') return ANONYMOUS;
  const known = identify(call, plan, snapshot, services, nowMs);
  if (authorizer !== undefined) return askToo(call, plan, authorizer, services, known);
  if (known instanceof Promise) return known.then((caller) => (call.caller = caller));
  return (call.caller = known);
}

async function askToo(
  call: Call,
  plan: Plan,
  authorizer: AuthorizerPlan,
  services: Services,
  known: Caller | Promise<Caller>,
): Promise<Caller> {
  const caller = await known;
  await askAuthorizer(call, plan, authorizer, services);
  return (call.caller = caller);
}

function identify(
  call: Call,
  { authentication, gatewayId }: Plan,
  snapshot: Snapshot,
  { identities, accounts }: Services,
  nowMs: number,
): Caller | Promise<Caller> {
  const { type } = authentication;
  const callers = type === 'APP' ? snapshot.callers.get(gatewayId) : undefined;
  const assumed = call.trial?.callerFor(type, callers);
  if (assumed !== undefined) return assumed;
  switch (type) {
    case 'NONE':
    case 'AUTHORIZER':
      return ANONYMOUS;
    case 'APP':
      return authenticateApp(call, authentication.allowAppCode, callers, nowMs);
    case 'IAM':
      return authenticateAccount(call, identities, accounts, nowMs);
  }
}
