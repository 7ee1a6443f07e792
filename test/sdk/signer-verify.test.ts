import {
  createSignableRequest,
  createSigningKey,
  EMPTY_BODY_HASH,
  formatAuthorization,
  hashBody,
  isBodySigned,
  parseAuthorization,
  sign,
  UNSIGNED_PAYLOAD,
  verify,
  type Authorization,
  type SignableRequest,
  type SignInput,
  type Verified,
  type VerifyFailure,
} from '@apig/sdk/signer';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

const SECRET = 'a-secret-of-the-orders-shop';
const KEY = createSigningKey(SECRET);
const NOW = Date.parse('2026-01-15T08:30:00Z');

const order = {
  method: 'POST',
  target: '/orders?dry=1',
  headers: { Host: 'api.example.com', 'Content-Type': 'application/json' },
  body: '{"qty":3}',
  accessKey: 'shop-key',
  secret: SECRET,
  date: new Date(NOW),
};

describe('the digest header', () => {
  test('lets the body through unchecked when it says that the body is not signed', () => {
    const signed = signedRequest({ ...order, unsignedPayload: true });

    expect(verdictOn(signed, { bodyHash: hashBody('anything') })).toEqual({ ok: true });
    expect(verdictOn(signed, { bodyHash: undefined })).toEqual({ ok: true });
    expect(isBodySigned(signed.request)).toBe(false);
  });

  test('of a body is accepted in either case of the hex digits', () => {
    const digest = hashBody(order.body).toUpperCase();
    const signed = signedRequest({ ...order, headers: { ...order.headers, 'X-Sdk-Content-Sha256': digest } });

    expect(verdictOn(signed)).toEqual({ ok: true });
    expect(isBodySigned(signed.request)).toBe(true);
  });

  test('of another body is refused although the signature covers the digest', () => {
    const digest = hashBody('{"qty":3000}');
    const signed = signedRequest({ ...order, headers: { ...order.headers, 'X-Sdk-Content-Sha256': digest } });

    expect(verdictOn(signed)).toMatchObject({ ok: false, reason: 'mismatch' });
  });

  test('slipped in beside a signature does not free the body', () => {
    const signed = signedRequest(order);

    const forged = { bodyHash: hashBody('evil'), headers: { 'x-sdk-content-sha256': hashBody(order.body) } };
    expect(verdictOn(signed, forged)).toMatchObject({ ok: false, reason: 'mismatch' });
    const unsigned = { bodyHash: hashBody('evil'), headers: { 'x-sdk-content-sha256': UNSIGNED_PAYLOAD } };
    expect(verdictOn(signed, unsigned)).toMatchObject({ ok: false, reason: 'mismatch' });
  });

  test('may say that the body is not signed where the signer hashed the empty body', () => {
    const signed = signedRequest({ ...order, body: '' });
    const marked = { headers: { 'x-sdk-content-sha256': UNSIGNED_PAYLOAD } };

    expect(verdictOn(signed, marked)).toEqual({ ok: true });
    expect(verdictOn(signed, { ...marked, bodyHash: hashBody('x') })).toMatchObject({ reason: 'mismatch' });
  });
});

describe('a body that was not read', () => {
  test('cannot be verified when it is signed', () => {
    expect(verdictOn(signedRequest(order), { bodyHash: undefined })).toMatchObject({ reason: 'bodyUnknown' });
  });

  test('cannot be verified by the digest that the caller claims', () => {
    const headers = { ...order.headers, 'X-Sdk-Content-Sha256': hashBody(order.body) };
    const signed = signedRequest({ ...order, headers });
    expect(verdictOn(signed, { bodyHash: undefined })).toMatchObject({ reason: 'bodyUnknown' });
  });
});

describe('the date', () => {
  test('must be among the signed headers', () => {
    const authorization = parsed(formatAuthorization('shop-key', 'host', 'ab'));
    const request = createSignableRequest({
      ...order,
      headers: { host: 'a', 'x-sdk-date': '20260115T083000Z' },
    });
    expect(verify(request, authorization, KEY, NOW)).toEqual({
      ok: false,
      reason: 'headerMissing',
      text: 'signed header x-sdk-date not found',
    });
  });

  test.each([
    '',
    '2026-01-15T08:30:00Z',
    '20260115T083000',
    '20260230T083000Z',
    '20260115T240000Z',
    '20260115T083060Z',
  ])('written as %p is refused as expired', (date) => {
    const signed = signedRequest(order);
    expect(verdictOn(signed, { headers: { 'x-sdk-date': date } })).toEqual({
      ok: false,
      reason: 'expired',
      text: `signature expired, signature time:${date},server time:20260115T083000Z`,
    });
  });

  test('sent twice is refused', () => {
    const date = '20260115T083000Z,20260115T083000Z';
    expect(verdictOn(signedRequest(order), { headers: { 'x-sdk-date': date } })).toMatchObject({
      reason: 'expired',
    });
  });

  test('is compared by whole seconds', () => {
    const { request, authorization } = signedRequest(order);
    expect(verify(request, authorization, KEY, NOW + 15 * 60_000 + 999)).toEqual({ ok: true });
    expect(verify(request, authorization, KEY, NOW + 15 * 60_000 + 1000)).toMatchObject({
      reason: 'expired',
    });
  });
});

describe('a repeated header', () => {
  test('is signed with its values joined by commas', () => {
    const headers = { host: 'a', 'x-tag': ['one', 'two'] };
    const signed = signedRequest({ ...order, headers });

    expect(signed.request.header('x-tag')).toBe('one,two');
    expect(verdictOn(signed)).toEqual({ ok: true });
    expect(verdictOn(signed, { headers: { 'x-tag': 'two,one' } })).toMatchObject({ reason: 'mismatch' });
  });
});

describe('a header value outside ASCII', () => {
  test('is hashed as the bytes that are sent', () => {
    const onTheWire = Buffer.from('Grüße').toString('latin1');
    const signed = signedRequest({ ...order, headers: { host: 'a', 'x-note': onTheWire } });

    expect(verdictOn(signed)).toEqual({ ok: true });
    expect(verdictOn(signed, { headers: { 'x-note': 'Grüße' } })).toMatchObject({ reason: 'mismatch' });
  });
});

describe('a scope', () => {
  const scope = { region: 'eu-de', service: 'apig' };

  test('of another day than the date is refused', () => {
    const { request, authorization } = signedRequest({ ...order, scope });
    const forged = { ...authorization, scope: { ...scope, day: '20260114' } };
    expect(verify(request, forged, KEY, NOW)).toMatchObject({ reason: 'mismatch' });
  });

  test.each([
    { region: 'eu-nl', service: 'apig' },
    { region: 'eu-de', service: 'ecs' },
  ])('that was changed to %p is refused', (other) => {
    const { request, authorization } = signedRequest({ ...order, scope });
    const forged = { ...authorization, scope: { ...other, day: '20260115' } };
    expect(verify(request, forged, KEY, NOW)).toMatchObject({ reason: 'mismatch' });
  });

  test('covers an empty body as well as none at all', () => {
    const withEmpty = signedRequest({ ...order, body: '', scope });
    const without = signedRequest({ ...order, body: undefined, scope });

    expect(withEmpty.authorization.signature).not.toBe(without.authorization.signature);
    expect(verdictOn(withEmpty)).toEqual({ ok: true });
    expect(verdictOn(without)).toEqual({ ok: true });
    expect(verdictOn(without, { target: '/orders?dry=0' })).toMatchObject({ reason: 'mismatch' });
  });

  test('of a request does not let it pass as one without a scope', () => {
    const { request, authorization } = signedRequest({ ...order, scope });
    expect(verify(request, { ...authorization, scope: undefined }, KEY, NOW)).toMatchObject({ ok: false });
  });
});

describe('a refusal', () => {
  test('of a wrong key shows what was verified', () => {
    const { request, authorization } = signedRequest(order);
    expect(verify(request, authorization, createSigningKey('another-secret'), NOW)).toEqual({
      ok: false,
      reason: 'mismatch',
      text:
        'verify signature fail, canonicalRequest:POST|/orders/|dry=1|content-type:application/json|' +
        `host:api.example.com|x-sdk-date:20260115T083000Z||content-type;host;x-sdk-date|${hashBody(order.body)}`,
    });
  });

  test.each(['', 'ab', 'z'.repeat(64), 'A'.repeat(65)])(
    'of the signature %p is no exception',
    (signature) => {
      const { request, authorization } = signedRequest(order);
      expect(verify(request, { ...authorization, signature }, KEY, NOW)).toMatchObject({
        reason: 'mismatch',
      });
    },
  );
});

describe('whatever is signed', () => {
  const target = fc
    .tuple(fc.webPath(), fc.webQueryParameters())
    .map(([path, query]) => `${path || '/'}?${query}`);
  const scope = fc.option(fc.record({ region: fc.constantFrom('', 'eu-de'), service: fc.constant('apig') }));
  const input = fc.record({
    target,
    scope,
    body: fc.string({ unit: 'binary' }),
    secret: fc.string({ minLength: 1 }),
  });

  test('is verified, and refused once the body or the path has changed', () => {
    fc.assert(
      fc.property(input, ({ target, scope, body, secret }) => {
        const key = createSigningKey(secret);
        const signed = signedRequest({ ...order, target, body, secret: key, scope: scope ?? undefined });
        expect(verdictOn(signed, {}, key)).toEqual({ ok: true });
        expect(verdictOn(signed, { bodyHash: hashBody(`${body}.`) }, key)).toMatchObject({ ok: false });
        expect(verdictOn(signed, { target: `/x${target}` }, key)).toMatchObject({ ok: false });
      }),
    );
  });
});

interface Signed {
  readonly request: SignableRequest;
  readonly authorization: Authorization;
}

/** The request as it arrives after signing. */
function signedRequest(input: SignInput): Signed {
  const { Authorization: header, ...added } = sign(input);
  const request = createSignableRequest({ ...input, headers: { ...input.headers, ...added } });
  return { request, authorization: parsed(header) };
}

function verdictOn(
  { request, authorization }: Signed,
  change: { bodyHash?: string | undefined; target?: string; headers?: Readonly<Record<string, string>> } = {},
  key = KEY,
): Verified | VerifyFailure {
  const changed: SignableRequest = {
    method: request.method,
    target: change.target ?? request.target,
    bodyHash: 'bodyHash' in change ? change.bodyHash : request.bodyHash,
    header: (name) => change.headers?.[name] ?? request.header(name),
  };
  return verify(changed, authorization, key, NOW);
}

function parsed(header: string): Authorization {
  const authorization = parseAuthorization(header);
  if (!authorization.ok) throw new Error(authorization.text);
  return authorization;
}

test('the hash of no body is the published one', () => {
  expect(hashBody('')).toBe(EMPTY_BODY_HASH);
  expect(hashBody(new Uint8Array())).toBe(EMPTY_BODY_HASH);
  expect(hashBody('a')).toHaveLength(64);
});
