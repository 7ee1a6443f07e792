import {
  EMPTY_BODY_HASH,
  hashBody,
  verify,
  type Authorization,
  type SigningKey,
  type VerifyFailure,
} from '@apig/sdk/signer';
import { holdBody } from '../body.ts';
import type { Call } from '../call.ts';

/**
 * Checks the signature of a call; returns what is wrong with it.
 *
 * A body is read only if the signature covers it, and only after everything else about the signature was found right
 * as far as that is possible: an unsigned caller cannot make the gateway collect bodies.
 */
export function verifyCall(
  call: Call,
  authorization: Authorization,
  key: SigningKey,
  nowMs: number,
): VerifyFailure | undefined | Promise<VerifyFailure | undefined> {
  const { method, target, headers } = call;
  const signable = { method, target, header: (name: string) => headers.joined(name) };
  const bodyHash = call.body === undefined ? EMPTY_BODY_HASH : undefined;
  const first = verify({ ...signable, bodyHash }, authorization, key, nowMs);
  if (first.ok) return undefined;
  if (first.reason !== 'bodyUnknown') return first;
  const check = (body: Buffer) => {
    const second = verify({ ...signable, bodyHash: hashBody(body) }, authorization, key, nowMs);
    return second.ok ? undefined : second;
  };
  const body = holdBody(call);
  return body instanceof Promise ? body.then(check) : check(body);
}
