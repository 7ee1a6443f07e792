import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { ALICE, BOB, openTraffic, TOKENS, type Traffic } from '../support/traffic.ts';

const PREFIX = 'Incorrect IAM authentication information: ';
const MINUTE_MS = 60_000;

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic();
  traffic.publish({
    path: '/account',
    method: 'ANY',
    authentication: 'IAM',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/b' },
  });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

describe('an API with IAM authentication', () => {
  test('serves a call with a token, which the backend does not see', async () => {
    const headers = { 'X-Auth-Token': TOKENS.alice, Authorization: 'Bearer for-the-backend' };
    expect((await traffic.call({ path: '/account', headers })).status).toBe(200);
    expect(backend.last().headers['x-auth-token']).toBeUndefined();
    expect(backend.last().headers.authorization).toBe('Bearer for-the-backend');
  });

  test.each([
    ['without a scope', undefined],
    ['with a scope', { region: 'eu-de', service: 'apig' }],
    ['with an empty scope', { region: '', service: '' }],
  ])('serves a call that is signed %s, and hides the signature', async (_, scope) => {
    const call = { path: '/account?b=1&a=2', method: 'POST', body: 'text', signedBy: ALICE };
    expect((await traffic.call(scope ? { ...call, scope } : call)).status).toBe(200);
    expect(backend.last().headers.authorization ?? backend.last().headers['x-sdk-date']).toBeUndefined();
  });

  test.each([
    ['no credential', {}, 'authorization header not found'],
    ['an unknown token', { 'X-Auth-Token': 'unknown' }, 'decrypt token fail'],
    [
      'an unknown key',
      { Authorization: 'SDK-HMAC-SHA256 Access=NOBODY, SignedHeaders=host, Signature=00' },
      'Get secretKey failed,ak:NOBODY,err:ak not exist',
    ],
    [
      'an empty key',
      { Authorization: 'SDK-HMAC-SHA256 Credential=, SignedHeaders=host, Signature=00' },
      'Access or Credential is empty in Authorization',
    ],
    ['another scheme', { Authorization: 'Bearer x' }, 'authorization format incorrect'],
  ])('refuses %s', async (_, headers, text) => {
    const answer = await traffic.call({ path: '/account', headers });
    expect(answer).toMatchObject({ status: 401, code: 'APIG.0301', message: PREFIX + text });
  });

  test('refuses a wrong signature without showing what was signed', async () => {
    const answer = await traffic.call({ path: '/account', signedBy: { ...ALICE, secret: 'wrong' } });
    expect(answer).toMatchObject({
      status: 401,
      code: 'APIG.0301',
      message: `${PREFIX}verify aksk signature fail`,
    });
  });
});

describe('a key that fails to sign', () => {
  const wrong = { path: '/account', signedBy: { ...BOB, secret: 'wrong' } };
  const right = { path: '/account', signedBy: BOB };

  test('is locked for five minutes after more than five failures in a row', async () => {
    for (let failure = 1; failure <= 5; failure += 1) {
      expect((await traffic.call(wrong)).message).toBe(`${PREFIX}verify aksk signature fail`);
    }
    const locked = `${PREFIX}AK access failed to reach the limit,forbidden`;
    expect((await traffic.call(wrong)).message).toBe(locked);
    expect(await traffic.call(right)).toMatchObject({ status: 401, code: 'APIG.0301', message: locked });
    traffic.clock.advance(5 * MINUTE_MS - 1);
    expect((await traffic.call(right)).message).toBe(locked);
    traffic.clock.advance(1);
    expect((await traffic.call(right)).status).toBe(200);
  });

  test('is not locked when a success lies between the failures', async () => {
    for (let failure = 1; failure <= 5; failure += 1) await traffic.call(wrong);
    expect((await traffic.call(right)).status).toBe(200);
    for (let failure = 1; failure <= 5; failure += 1) await traffic.call(wrong);
    expect((await traffic.call(right)).status).toBe(200);
  });

  test('does not lock other keys', async () => {
    for (let failure = 1; failure <= 6; failure += 1) await traffic.call(wrong);
    expect((await traffic.call({ path: '/account', signedBy: ALICE })).status).toBe(200);
  });
});
