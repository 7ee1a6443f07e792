import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createSignableRequest, createSigningKey, parseAuthorization, verify } from '@apig/sdk/signer';
import {
  BACKEND_KEY,
  BLOCKED_ADDRESS,
  LIMITED_PATH,
  LIMITS,
  signedRequest,
  STRANGER,
  APP,
} from './policy.ts';

/** Time after which a signature has long been too old. */
const LONG_AGO_MS = 20 * 60_000;

/**
 * Sees to it that somebody enforces the full policy, so that nothing is measured that does less: what is right reaches
 * the backend under the gateway's own signature, and each wrong call is refused.
 */
export async function assertConduct(name: string, port: number): Promise<void> {
  const good = signedRequest('GET', '/seen?b=2&a=1%201', '');
  const right = await send(port, good);
  strictEqual(right.status, 200, `${name} lets a right call pass: ${right.body}`);
  assertSigned(name, '/seen?b=2&a=1%201', right.body);

  const late = { ...APP, date: new Date(Date.now() - LONG_AGO_MS) };
  const taken = signedRequest('POST', '/take', 'x'.repeat(1000));
  const refusals: readonly (readonly [what: string, status: number, request: string, from?: string])[] = [
    ['another path', 401, good.replace('/seen', '/small')],
    ['another query', 401, good.replace('a=1', 'a=2')],
    ['a wrong secret', 401, signedRequest('GET', '/small', '', { ...APP, secret: 'another' })],
    ['an unknown app', 401, signedRequest('GET', '/small', '', { ...APP, accessKey: 'unknown' })],
    ['an old signature', 401, signedRequest('GET', '/small', '', late)],
    ['another body', 401, taken.replace(/x$/, 'y')],
    ['no signature', 401, good.replace(/Authorization: .*\r\n/, '')],
    ['an app without rights', 403, signedRequest('GET', '/small', '', STRANGER)],
    ['a blocked address', 403, good, BLOCKED_ADDRESS],
  ];
  for (const [what, status, request, from] of refusals) {
    strictEqual((await send(port, request, from)).status, status, `${name} refuses ${what}`);
  }
  strictEqual((await send(port, taken)).status, 200, `${name} lets a right body pass`);

  const limited = Array.from({ length: LIMITS.few + 2 }, () => signedRequest('GET', LIMITED_PATH, ''));
  const statuses: number[] = [];
  for (const each of limited) statuses.push((await send(port, each)).status);
  deepStrictEqual(statuses, [...Array<number>(LIMITS.few).fill(200), 429, 429], `${name} counts calls`);
}

/** The backend says what it was sent. */
function assertSigned(name: string, target: string, body: string): void {
  const { host, authorization, date } = JSON.parse(body) as Record<'host' | 'authorization' | 'date', string>;
  const parsed = parseAuthorization(authorization);
  if (!parsed.ok) throw new Error(`${name} signs for the backend: ${parsed.text}`);
  strictEqual(parsed.accessKey, BACKEND_KEY.accessKey, `${name} signs with the gateway's key`);
  const request = createSignableRequest({ method: 'GET', target, headers: { host, 'x-sdk-date': date } });
  const verified = verify(request, parsed, createSigningKey(BACKEND_KEY.secret), Date.now());
  deepStrictEqual(verified, { ok: true }, `${name} signs what it sends`);
}

async function send(
  port: number,
  request: string,
  localAddress = '127.0.0.1',
): Promise<{ readonly status: number; readonly body: string }> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  await once(socket, 'connect');
  socket.write(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  const answer = await text(socket);
  return { status: Number(answer.slice(9, 12)), body: answer.slice(answer.indexOf('\r\n\r\n') + 4) };
}
