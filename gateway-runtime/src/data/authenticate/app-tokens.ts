import { timingSafeEqual } from 'node:crypto';
import { fail } from '@apig/sdk/contract';
import type { AppTokens } from '../../features.ts';
import type { AppEntry, CallersOfGateway } from '../snapshot.ts';

/*
 * Tokens of apps. What a token says is in it, under a seal of its app: every thread reads it, it outlives a restart, and
 * it ends when the secret of the app or the key of the feature changes.
 *
 * Source: user guide, "Configuring Gateway Parameters" (app_token).
 */

/** Tells such tokens from others. */
export const TOKEN_PREFIX = 'apig-app.';

/** A token whose seal is right. */
export interface ReadToken {
  readonly app: AppEntry;
  readonly expiresAtSeconds: number;
  readonly throughData: string | undefined;
}

type TokenKind = 'access' | 'refresh';

/** Makes a token that is good from now on for the time of its kind. */
export function issueToken(
  app: AppEntry,
  appKey: string,
  kind: TokenKind,
  { accessSeconds, refreshSeconds, key }: AppTokens,
  throughData: string | undefined,
  nowMs: number,
): string {
  const seconds = kind === 'access' ? accessSeconds : refreshSeconds;
  const expires = Math.floor(nowMs / 1000) + seconds;
  const content = JSON.stringify([
    kind,
    appKey,
    expires,
    ...(throughData === undefined ? [] : [throughData]),
  ]);
  const encoded = Buffer.from(content, 'utf8').toString('base64url');
  return `${TOKEN_PREFIX}${encoded}.${seal(app, key, encoded).toString('base64url')}`;
}

/** Reads a token; undefined for one that is none of that kind, or whose seal is wrong. @throws `tokenAppGone` */
export function readToken(
  token: string,
  kind: TokenKind,
  { key }: AppTokens,
  callers: CallersOfGateway | undefined,
): ReadToken | undefined {
  if (!token.startsWith(TOKEN_PREFIX)) return undefined;
  const [encoded = '', mark = '', ...rest] = token.slice(TOKEN_PREFIX.length).split('.');
  const content = contentOf(encoded);
  if (content === undefined || rest.length > 0 || content[0] !== kind) return undefined;
  const app = callers?.byKey.get(content[1]);
  if (app === undefined) throw fail('tokenAppGone');
  const given = Buffer.from(mark, 'base64url');
  const right = seal(app, key, encoded);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  return { app, expiresAtSeconds: content[2], throughData: content[3] };
}

/** The app that shows a token. @throws `accessTokenInvalid`, `accessTokenExpired`, `tokenAppGone` */
export function appOfToken(
  token: string,
  tokens: AppTokens,
  callers: CallersOfGateway | undefined,
  nowMs: number,
): AppEntry {
  const read = readToken(token, 'access', tokens, callers);
  if (read === undefined) throw fail('accessTokenInvalid');
  if (read.expiresAtSeconds * 1000 <= nowMs) throw fail('accessTokenExpired');
  return read.app;
}

function seal(app: AppEntry, key: string, encoded: string): Buffer {
  return app.mac(JSON.stringify(['app-token', key, encoded]));
}

type Content = readonly [kind: string, appKey: string, expires: number, throughData: string | undefined];

function contentOf(encoded: string): Content | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    if (!Array.isArray(content)) return undefined;
    const [kind, appKey, expires, data] = content as readonly unknown[];
    const isContent =
      typeof kind === 'string' &&
      typeof appKey === 'string' &&
      typeof expires === 'number' &&
      (data === undefined || typeof data === 'string');
    return isContent ? [kind, appKey, expires, data] : undefined;
  } catch {
    // Whoever made it did not make it here.
    return undefined;
  }
}
