import { fail } from '@apig/sdk/contract';
import { parseAuthorization } from '@apig/sdk/signer';
import type { Identities } from '../../identity.ts';
import type { Call, Caller } from '../call.ts';
import type { AccountGuard } from './account-guard.ts';
import { verifyCall } from './signed-call.ts';

/**
 * Finds the account that calls: by its token, else by the signature of its key pair, in either layout.
 *
 * Source: developer guide, "Calling APIs Through IAM Authentication"; user guide, "Error Codes", APIG.0301.
 *
 * @throws `iamCredentialMissing`, `iamRefused`
 */
export async function authenticateAccount(
  call: Call,
  identities: Identities,
  guard: AccountGuard,
  nowMs: number,
): Promise<Caller> {
  const token = call.headers.first('x-auth-token');
  if (token === undefined) return bySignature(call, identities, guard, nowMs);
  const account = identities.byToken(token);
  if (account === undefined) throw fail('iamRefused', { reason: 'decrypt token fail' });
  // Source: user guide, "Configuring Gateway Parameters" (backend_token_allow).
  const isPassed = call.features.tokenUsers.some((user) => user.test(account.domainName));
  call.credential = isPassed ? 'passedToken' : 'token';
  return { kind: 'account', account };
}

async function bySignature(
  call: Call,
  identities: Identities,
  guard: AccountGuard,
  nowMs: number,
): Promise<Caller> {
  const authorization = parseAuthorization(call.headers.joined('authorization'));
  if (!authorization.ok) {
    if (authorization.reason === 'missing') throw fail('iamCredentialMissing');
    throw fail('iamRefused', { reason: authorization.text });
  }
  const { accessKey } = authorization;
  const identity = identities.byAccessKey(accessKey);
  if (identity === undefined) {
    throw fail('iamRefused', { reason: `Get secretKey failed,ak:${accessKey},err:ak not exist` });
  }
  guard.admit(accessKey, nowMs);
  const failure = await verifyCall(call, authorization, guard.keyOf(identity), nowMs);
  if (failure !== undefined) {
    if (call.trial === undefined) guard.fail(accessKey, nowMs);
    const isWrong = failure.reason === 'mismatch';
    throw fail('iamRefused', { reason: isWrong ? 'verify aksk signature fail' : failure.text });
  }
  if (call.trial === undefined) guard.succeed(accessKey);
  call.credential = 'signature';
  return { kind: 'account', account: identity.account };
}
