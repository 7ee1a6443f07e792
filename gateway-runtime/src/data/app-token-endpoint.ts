import { hash, timingSafeEqual } from 'node:crypto';
import { fail } from '@apig/sdk/contract';
import type { AppTokens } from '../features.ts';
import { issueToken, readToken } from './authenticate/app-tokens.ts';
import { holdBody } from './body.ts';
import type { Call } from './call.ts';
import { endAfter } from './end-call.ts';
import { parseQuery } from './query.ts';
import { gatewayHead } from './reply-head.ts';
import type { Services } from './services.ts';
import type { AppEntry, CallersOfGateway, HostEntry, Snapshot } from './snapshot.ts';

/** Requests for tokens are short. */
const MAX_BODY_BYTES = 16 * 1024;
const MAX_THROUGH_DATA = 300;

/**
 * Gives tokens to apps, at a path of the gateway's on all of its hosts, and ends the call.
 *
 * A request is a form or a JSON object, as OAuth 2.0 has it (RFC 6749, sections 4.4 and 6): `grant_type`
 * `client_credentials` or `refresh_token`, the key and the secret of the app as `client_id` and `client_secret` or as
 * user name and password, and `refresh_token`. `through_data` is kept in the tokens and given back with them.
 *
 * Source: user guide, "Configuring Gateway Parameters" (app_token); "Error Codes", APIG.2201 to APIG.2213.
 *
 * @returns whether the call is such a request
 */
export function answerTokenRequest(
  call: Call,
  { gatewayId }: HostEntry,
  snapshot: Snapshot,
  services: Services,
): boolean {
  const tokens = call.features.bearer?.tokens;
  if (tokens === undefined || call.method !== 'POST' || call.path !== tokens.path) return false;
  endAfter(answer(call, tokens, snapshot.callers.get(gatewayId)), call, services);
  return true;
}

async function answer(call: Call, tokens: AppTokens, callers: CallersOfGateway | undefined): Promise<void> {
  const request = await requestOf(call);
  const { grant_type: grant, refresh_token: refresh } = request;
  if (grant === undefined || grant === '') throw fail('grantTypeMissing');
  if (grant !== 'client_credentials' && grant !== 'refresh_token') throw fail('grantTypeInvalid');
  const [appKey, app] = clientOf(call, request, callers);
  let { through_data: throughData } = request;
  if ((throughData?.length ?? 0) > MAX_THROUGH_DATA) throw fail('throughDataTooLong');
  if (grant === 'refresh_token') {
    if (refresh === undefined || refresh === '') throw fail('refreshTokenMissing');
    const read = readToken(refresh, 'refresh', tokens, callers);
    if (read === undefined) throw fail('refreshTokenInvalid');
    if (read.app !== app) throw fail('tokenOfOtherApp');
    if (read.expiresAtSeconds * 1000 <= call.nowMs) throw fail('refreshTokenExpired');
    throughData ??= read.throughData;
  }
  const issue = (kind: 'access' | 'refresh') =>
    issueToken(app, appKey, kind, tokens, throughData, call.nowMs);
  call.status = 200;
  call.reply.send(
    200,
    ['Content-Type', 'application/json', 'Cache-Control', 'no-store', ...gatewayHead(call)],
    JSON.stringify({
      access_token: issue('access'),
      token_type: 'Bearer',
      expires_in: tokens.accessSeconds,
      refresh_token: issue('refresh'),
      refresh_expires_in: tokens.refreshSeconds,
      ...(throughData !== undefined && { through_data: throughData }),
    }),
  );
}

type TokenRequest = Readonly<Record<string, string | undefined>>;

async function requestOf(call: Call): Promise<TokenRequest> {
  if ((call.body?.length ?? 0) > MAX_BODY_BYTES) throw fail('bodyTooLarge');
  const text = (await holdBody(call)).toString('utf8');
  const type = call.headers.first('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded')
    return Object.fromEntries(parseQuery(text).map(({ name, value }) => [name, value]));
  const json = type === 'application/json' ? objectIn(text) : undefined;
  if (json === undefined) throw fail('tokenContentTypeInvalid');
  return Object.fromEntries(
    Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The app that asks, and its key. @throws what its credentials lack */
function clientOf(
  call: Call,
  { client_id: givenId, client_secret: givenSecret }: TokenRequest,
  callers: CallersOfGateway | undefined,
): readonly [appKey: string, app: AppEntry] {
  const [id = givenId, secret = givenSecret] = basicOf(call);
  if (id === undefined || id === '') throw fail('clientIdMissing');
  if (secret === undefined || secret === '') throw fail('clientSecretMissing');
  const app = callers?.byKey.get(id);
  const digest = hash('sha256', secret, 'buffer');
  // An app that there is none of takes as long as one with another secret.
  const isRight = timingSafeEqual(digest, app?.secretDigest ?? hash('sha256', id, 'buffer'));
  if (app === undefined || !isRight) throw fail('tokenKeyInvalid');
  return [id, app];
}

/** User name and password, if they were sent. @throws `tokenAuthMethodInvalid`, `tokenAuthParameterInvalid` */
function basicOf({ headers }: Call): readonly string[] {
  const authorization = headers.first('authorization');
  if (authorization === undefined) return [];
  const [, encoded] = /^basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) {
    throw fail(/^basic/i.test(authorization) ? 'tokenAuthParameterInvalid' : 'tokenAuthMethodInvalid');
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 0) throw fail('tokenAuthParameterInvalid');
  return [text.slice(0, at), text.slice(at + 1)];
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // It is not what its type says.
    return undefined;
  }
}
