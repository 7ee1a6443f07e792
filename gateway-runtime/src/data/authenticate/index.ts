import { fail } from '@apig/sdk/contract';
import { ANONYMOUS, type Call, type Caller } from '../call.ts';
import type { Services } from '../services.ts';
import type { Plan, Snapshot } from '../snapshot.ts';
import { authenticateAccount } from './account.ts';
import { authenticateApp } from './app.ts';

/**
 * Finds out who calls, as the API asks for it, and notes it with the call.
 *
 * Custom authorizers are not there to be asked, so an API that needs one is closed.
 *
 * @throws `configurationNotLoadable`, and the refusals of the two kinds of authentication
 */
export async function authenticate(
  call: Call,
  { authentication, gatewayId }: Plan,
  snapshot: Snapshot,
  { identities, accounts }: Services,
  nowMs: number,
): Promise<Caller> {
  const { type, hasAuthorizer } = authentication;
  if (type === 'AUTHORIZER' || hasAuthorizer) throw fail('configurationNotLoadable');
  if (type === 'NONE') return ANONYMOUS;
  if (type === 'APP') {
    const callers = snapshot.callers.get(gatewayId);
    return (call.caller = await authenticateApp(call, authentication.allowAppCode, callers, nowMs));
  }
  return (call.caller = await authenticateAccount(call, identities, accounts, nowMs));
}
