import { timingSafeEqual } from 'node:crypto';
import { fail } from '@apig/sdk/contract';
import type { AppEntry, CallersOfGateway } from '../snapshot.ts';

/**
 * The app that shows a JSON Web Token (RFC 7519): signed with HS256 under the secret of the app whose key is the issuer
 * or the subject, with an end that is not past, and begun if it has a beginning. No other algorithm is taken, whatever
 * the token says of itself.
 *
 * Source: user guide, "Configuring Gateway Parameters" (app_jwt); the key and the claims are not documented.
 *
 * @throws `appRefused`
 */
export function appOfJwt(token: string, callers: CallersOfGateway | undefined, nowMs: number): AppEntry {
  const [head = '', body = '', signature = '', ...rest] = token.split('.');
  const claims = objectIn(body);
  if (rest.length > 0 || claims === undefined || objectIn(head)?.['alg'] !== 'HS256')
    throw refused('malformed');
  const names = [claims['iss'], claims['sub']].filter((name) => typeof name === 'string');
  const app = names.map((name) => callers?.byKey.get(name)).find((each) => each !== undefined);
  if (app === undefined) throw refused('of no app');
  const given = Buffer.from(signature, 'base64url');
  const right = app.mac(`${head}.${body}`);
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw refused('signature mismatch');
  const { exp: end, nbf: start } = claims;
  if (typeof end !== 'number') throw refused('without expiry');
  if (end * 1000 <= nowMs) throw refused('expired');
  if (start !== undefined && !(typeof start === 'number' && start * 1000 <= nowMs))
    throw refused('not valid yet');
  return app;
}

function refused(reason: string): Error {
  return fail('appRefused', { reason: `jwt ${reason}` });
}

function objectIn(encoded: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not a token of that kind.
    return undefined;
  }
}
