import { hash } from 'node:crypto';
import { fail } from '@apig/sdk/contract';
import { parseAuthorization } from '@apig/sdk/signer';
import type { Call, Caller } from '../call.ts';
import type { CallersOfGateway } from '../snapshot.ts';
import { verifyCall } from './signed-call.ts';

/** Characters of an unknown AppCode that its sender is shown again. */
const SHOWN_CHARACTERS = 6;

/**
 * Finds the app that calls: by its AppCode where the API allows one and the caller sent one, else by its signature.
 * A wrong AppCode is refused even if the call is signed too, so that mistakes show.
 *
 * Source: developer guide, "Calling APIs Through App Authentication".
 *
 * @throws `appCredentialMissing`, `appRefused`
 */
export async function authenticateApp(
  call: Call,
  allowAppCode: boolean,
  callers: CallersOfGateway | undefined,
  nowMs: number,
): Promise<Caller> {
  const code = allowAppCode ? call.headers.first('x-apig-appcode') : undefined;
  return code === undefined ? bySignature(call, callers, nowMs) : byCode(call, code, callers);
}

function byCode(call: Call, code: string, callers: CallersOfGateway | undefined): Caller {
  if (!call.connection.secure) throw fail('appRefused', { reason: 'appcode requires https' });
  const app = callers?.byCode.get(digestOfCode(code));
  if (app === undefined) {
    throw fail('appRefused', { reason: `app not found, appcode ${code.slice(0, SHOWN_CHARACTERS)}***` });
  }
  call.credential = 'appCode';
  return { kind: 'app', app };
}

async function bySignature(
  call: Call,
  callers: CallersOfGateway | undefined,
  nowMs: number,
): Promise<Caller> {
  const authorization = parseAuthorization(call.headers.joined('authorization'));
  if (!authorization.ok) {
    if (authorization.reason === 'missing') throw fail('appCredentialMissing');
    throw fail('appRefused', { reason: authorization.text });
  }
  // The other layout belongs to accounts.
  if (authorization.scope !== undefined)
    throw fail('appRefused', { reason: 'authorization format incorrect' });
  const app = callers?.byKey.get(authorization.accessKey);
  if (app === undefined) {
    throw fail('appRefused', { reason: `app not found, appkey ${authorization.accessKey}` });
  }
  const failure = await verifyCall(call, authorization, app.key, nowMs);
  if (failure !== undefined) throw fail('appRefused', { reason: failure.text });
  call.credential = 'signature';
  return { kind: 'app', app };
}

/** The form in which AppCodes are looked up. */
export function digestOfCode(code: string): string {
  return hash('sha256', code);
}
