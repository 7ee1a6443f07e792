import { hash, timingSafeEqual } from 'node:crypto';
import { fail } from '@apig/sdk/contract';
import { parseAuthorization, type VerifyFailure } from '@apig/sdk/signer';
import type { Call, Caller } from '../call.ts';
import type { AppEntry, CallersOfGateway } from '../snapshot.ts';
import { appOfJwt } from './app-jwt.ts';
import { appOfToken, TOKEN_PREFIX } from './app-tokens.ts';
import { verifyCall } from './signed-call.ts';

/** Characters of an unknown AppCode that its sender is shown again. */
const SHOWN_CHARACTERS = 6;

/**
 * Finds the app that calls: by its AppCode where the API allows one and the caller sent one, else by its signature or
 * whatever else the gateway allows: a bearer token, key and secret as user name and password or in headers of their own,
 * or the key alone.
 * A wrong AppCode is refused even if the call is signed too, so that mistakes show.
 *
 * Source: developer guide, "Calling APIs Through App Authentication".
 *
 * @throws `appCredentialMissing`, `appRefused`, `appSecretInvalid`, and what is wrong with a token
 */
export function authenticateApp(
  call: Call,
  allowAppCode: boolean,
  callers: CallersOfGateway | undefined,
  nowMs: number,
): Caller | Promise<Caller> {
  const code = allowAppCode ? call.headers.first('x-apig-appcode') : undefined;
  if (code !== undefined) return byCode(call, code, callers);
  const { allowsBasic, allowsSecret, allowsApiKey } = call.features;
  const bearer = call.features.bearer === undefined ? undefined : byBearer(call, callers, nowMs);
  if (bearer !== undefined) return bearer;
  const authorization = call.headers.first(call.features.appAuthHeader ?? 'authorization');
  if (allowsBasic && authorization !== undefined && /^basic /i.test(authorization)) {
    const [key, secret] = userAndPassword(authorization.slice(6));
    return bySecret(call, key, secret, callers);
  }
  if (authorization !== undefined) return bySignature(call, callers, nowMs);
  const id = allowsSecret ? call.headers.first('x-hw-id') : undefined;
  if (id !== undefined) return bySecret(call, id, call.headers.first('x-hw-appkey') ?? '', callers);
  const key = allowsApiKey ? call.headers.first('apikey') : undefined;
  return key === undefined ? bySignature(call, callers, nowMs) : byKey(call, key, callers);
}

/** Source: user guide, "Configuring Gateway Parameters" (app_token, app_jwt). */
function byBearer(call: Call, callers: CallersOfGateway | undefined, nowMs: number): Caller | undefined {
  const { tokens, jwtHeader } = call.features.bearer ?? {};
  const usual = call.features.appAuthHeader ?? 'authorization';
  const header = jwtHeader === 'authorization' ? usual : jwtHeader;
  // In a header of its own a token needs no word before it.
  const own = header === undefined || header === usual ? undefined : call.headers.first(header);
  const shown = /^bearer +(\S+)$/i.exec(call.headers.first(usual) ?? '')?.[1];
  let app: AppEntry | undefined;
  if (own !== undefined) app = appOfJwt(own.replace(/^bearer +/i, ''), callers, nowMs);
  else if (shown === undefined) return undefined;
  else if (tokens !== undefined && (shown.startsWith(TOKEN_PREFIX) || jwtHeader === undefined))
    app = appOfToken(shown, tokens, callers, nowMs);
  else if (header === usual) app = appOfJwt(shown, callers, nowMs);
  if (app === undefined) return undefined;
  call.credential = 'bearer';
  return { kind: 'app', app };
}

/** Source: user guide, "Configuring Gateway Parameters" (app_basic, app_secret). */
function bySecret(call: Call, key: string, secret: string, callers: CallersOfGateway | undefined): Caller {
  const app = callers?.byKey.get(key);
  const digest = hash('sha256', secret, 'buffer');
  if (app === undefined || !timingSafeEqual(digest, app.secretDigest)) throw fail('appSecretInvalid');
  call.credential = 'secret';
  return { kind: 'app', app };
}

/** Source: user guide, "Configuring Gateway Parameters" (app_api_key). */
function byKey(call: Call, key: string, callers: CallersOfGateway | undefined): Caller {
  const app = appOf(key, callers);
  call.credential = 'apiKey';
  return { kind: 'app', app };
}

function appOf(key: string, callers: CallersOfGateway | undefined): AppEntry {
  const app = callers?.byKey.get(key);
  if (app === undefined) throw fail('appRefused', { reason: `app not found, appkey ${key}` });
  return app;
}

/** Source: RFC 7617, section 2. */
function userAndPassword(encoded: string): readonly [string, string] {
  const text = Buffer.from(encoded.trim(), 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
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

function bySignature(
  call: Call,
  callers: CallersOfGateway | undefined,
  nowMs: number,
): Caller | Promise<Caller> {
  const authorization = parseAuthorization(
    call.headers.joined(call.features.appAuthHeader ?? 'authorization'),
  );
  if (!authorization.ok) {
    if (authorization.reason === 'missing') throw fail('appCredentialMissing');
    throw fail('appRefused', { reason: authorization.text });
  }
  // The other layout belongs to accounts.
  if (authorization.scope !== undefined)
    throw fail('appRefused', { reason: 'authorization format incorrect' });
  const app = appOf(authorization.accessKey, callers);
  const failure = verifyCall(call, authorization, app.key, nowMs);
  return failure instanceof Promise
    ? failure.then((found) => admitSigned(call, app, found))
    : admitSigned(call, app, failure);
}

function admitSigned(call: Call, app: AppEntry, failure: VerifyFailure | undefined): Caller {
  if (failure !== undefined) throw fail('appRefused', { reason: failure.text });
  call.credential = 'signature';
  return { kind: 'app', app };
}

/** The form in which AppCodes are looked up. */
export function digestOfCode(code: string): string {
  return hash('sha256', code);
}
