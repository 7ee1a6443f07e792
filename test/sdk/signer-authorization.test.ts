import { formatAuthorization, parseAuthorization, sign } from '@apig/sdk/signer';
import { describe, expect, test } from '@jest/globals';

const SIGNATURE = 'b42cc193d5fe37401a4f7717ee9b28e4e7754373bf78862e6cf04127f9456008';
const NAMES_AND_SIGNATURE = `SignedHeaders=host;x-sdk-date, Signature=${SIGNATURE}`;

describe('an authorization header', () => {
  test('without a scope is read', () => {
    expect(parseAuthorization(`SDK-HMAC-SHA256 Access=key-1, ${NAMES_AND_SIGNATURE}`)).toEqual({
      ok: true,
      accessKey: 'key-1',
      scope: undefined,
      signedHeaders: 'host;x-sdk-date',
      signedHeaderNames: ['host', 'x-sdk-date'],
      signature: SIGNATURE,
    });
  });

  test('with a scope is read', () => {
    const header = `SDK-HMAC-SHA256 Credential=AK/20260115/eu-de/apig/sdk_request, ${NAMES_AND_SIGNATURE}`;
    expect(parseAuthorization(header)).toMatchObject({
      accessKey: 'AK',
      scope: { day: '20260115', region: 'eu-de', service: 'apig' },
    });
  });

  test('with an empty region and service is read', () => {
    const header = `SDK-HMAC-SHA256 Credential=AK/20260115///sdk_request, ${NAMES_AND_SIGNATURE}`;
    expect(parseAuthorization(header)).toMatchObject({ scope: { day: '20260115', region: '', service: '' } });
  });

  test('may have its names in any case and keeps them as they were listed', () => {
    const header = `SDK-HMAC-SHA256 Access=k, SignedHeaders=Host;X-Sdk-Date, Signature=${SIGNATURE}`;
    expect(parseAuthorization(header)).toMatchObject({
      signedHeaders: 'Host;X-Sdk-Date',
      signedHeaderNames: ['host', 'x-sdk-date'],
    });
  });

  test.each([
    [undefined, 'missing', 'authorization header not found'],
    ['', 'missing', 'authorization header not found'],
    ['Bearer abc', 'otherScheme', 'authorization format incorrect'],
    ['sdk-hmac-sha256 Access=k', 'otherScheme', 'authorization format incorrect'],
    ['SDK-HMAC-SHA256', 'keyEmpty', 'Access or Credential is empty in Authorization'],
    [`SDK-HMAC-SHA256 ${NAMES_AND_SIGNATURE}`, 'keyEmpty', 'Access or Credential is empty in Authorization'],
    [
      `SDK-HMAC-SHA256 Access=, ${NAMES_AND_SIGNATURE}`,
      'keyEmpty',
      'Access or Credential is empty in Authorization',
    ],
    [
      `SDK-HMAC-SHA256 Credential=/20260115/r/s/sdk_request, ${NAMES_AND_SIGNATURE}`,
      'keyEmpty',
      'Access or Credential is empty in Authorization',
    ],
    ['SDK-HMAC-SHA256 Access=k', 'malformed', 'authorization format incorrect'],
    ['SDK-HMAC-SHA256 Access=k, SignedHeaders=host', 'malformed', 'authorization format incorrect'],
    [
      `SDK-HMAC-SHA256 Access=k, SignedHeaders=, Signature=${SIGNATURE}`,
      'malformed',
      'authorization format incorrect',
    ],
    [`SDK-HMAC-SHA256 Access=k, ${NAMES_AND_SIGNATURE} `, 'malformed', 'authorization format incorrect'],
    [
      `SDK-HMAC-SHA256 Access=k, ${NAMES_AND_SIGNATURE}, More=1`,
      'malformed',
      'authorization format incorrect',
    ],
    [`SDK-HMAC-SHA256 Credential=AK, ${NAMES_AND_SIGNATURE}`, 'malformed', 'authorization format incorrect'],
    [
      `SDK-HMAC-SHA256 Credential=AK/d/r/s/aws4, ${NAMES_AND_SIGNATURE}`,
      'malformed',
      'authorization format incorrect',
    ],
    [
      `SDK-HMAC-SHA256 Credential=AK/d/r/s/sdk_request/x, ${NAMES_AND_SIGNATURE}`,
      'malformed',
      'authorization format incorrect',
    ],
  ])('%p is refused as %s', (header, reason, text) => {
    expect(parseAuthorization(header)).toEqual({ ok: false, reason, text });
  });

  test('with more names than a request has headers is refused', () => {
    const names = Array.from({ length: 129 }, (_, index) => `x-${index}`).join(';');
    const header = `SDK-HMAC-SHA256 Access=k, SignedHeaders=${names}, Signature=${SIGNATURE}`;
    expect(parseAuthorization(header)).toMatchObject({ ok: false, reason: 'malformed' });
  });

  test.each([undefined, { day: '20260115', region: 'eu-de', service: 'apig' }])(
    'written with scope %p reads back',
    (scope) => {
      const header = formatAuthorization('key-1', 'host;x-sdk-date', SIGNATURE, scope);
      expect(parseAuthorization(header)).toMatchObject({
        ok: true,
        accessKey: 'key-1',
        scope,
        signature: SIGNATURE,
      });
    },
  );
});

describe('signing a request', () => {
  const request = {
    method: 'GET',
    target: '/',
    accessKey: 'k',
    secret: 's',
    date: new Date('2026-01-15T08:30:00.999Z'),
  };

  test('covers the headers that arrive as they were sent', () => {
    const headers = { Host: 'a', 'X-Tag': '1', Connection: 'close', 'Content-Length': '0', under_score: '1' };
    expect(sign({ ...request, headers }).Authorization).toContain('SignedHeaders=host;x-sdk-date;x-tag,');
  });

  test('covers the chosen headers and always the date', () => {
    const headers = { Host: 'a', 'X-Tag': '1' };
    expect(sign({ ...request, headers, signedHeaders: ['Host'] }).Authorization).toContain(
      'SignedHeaders=host;x-sdk-date,',
    );
  });

  test('refuses to cover a header that is not given', () => {
    expect(() => sign({ ...request, headers: {}, signedHeaders: ['host'] })).toThrow(/host;x-sdk-date/);
  });

  test('says on the wire that the body is left out', () => {
    const signed = sign({ ...request, headers: { host: 'a' }, body: 'x', unsignedPayload: true });
    expect(signed).toMatchObject({
      'X-Sdk-Date': '20260115T083000Z',
      'X-Sdk-Content-Sha256': 'UNSIGNED-PAYLOAD',
    });
    expect(signed.Authorization).toContain('SignedHeaders=host;x-sdk-content-sha256;x-sdk-date,');
  });
});
