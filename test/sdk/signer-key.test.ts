import { createSigningKey, formatSdkDate, parseSdkDate, stringToSign } from '@apig/sdk/signer';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';

describe('a signing key', () => {
  test('signs as HMAC-SHA256 does, whatever the lengths of secret and message', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 130 }),
        fc.array(fc.stringMatching(/^[\x20-\x7e]*$/), { minLength: 2, maxLength: 3 }),
        (secret, messages) => {
          const key = createSigningKey(secret);
          for (const message of [...messages, 'm'.repeat(97), messages[0] ?? '']) {
            expect(key.sign(message)).toBe(createHmac('sha256', secret).update(message).digest('hex'));
          }
        },
      ),
    );
  });

  test('derives a key step by step and keeps none of another scope', () => {
    const key = createSigningKey('secret');
    const derive = (...steps: string[]): Buffer =>
      steps.reduce<Buffer>(
        (k, step) => createHmac('sha256', k).update(step).digest(),
        Buffer.from('SDKsecret'),
      );

    for (const region of ['eu-de', 'eu-nl', 'eu-de', '']) {
      const scope = { day: '20260115', region, service: 'apig' };
      const expected = createHmac('sha256', derive('20260115', region, 'apig', 'sdk_request'))
        .update('m')
        .digest('hex');
      expect(key.forScope(scope).sign('m')).toBe(expected);
    }
    expect(key.sign('m')).toBe(createHmac('sha256', 'secret').update('m').digest('hex'));
  });

  test('of a scope has no scopes of its own', () => {
    const scope = { day: '20260115', region: '', service: '' };
    expect(() => createSigningKey('secret').forScope(scope).forScope(scope)).toThrow(TypeError);
  });

  test('shows nothing of the secret when printed or serialised', () => {
    const key = createSigningKey('secret');
    expect(inspect(key, { showHidden: true, depth: 9 })).toBe('SigningKey {}');
    expect(JSON.stringify(key)).toBe('{}');
  });
});

describe('the string to sign', () => {
  test('hashes canonical requests of any length', () => {
    for (const canonical of ['', 'x'.repeat(4096), 'x'.repeat(4097)]) {
      const digest = createHash('sha256').update(canonical).digest('hex');
      expect(stringToSign('20260115T083000Z', canonical)).toBe(
        `SDK-HMAC-SHA256\n20260115T083000Z\n${digest}`,
      );
    }
  });
});

describe('a date', () => {
  test('is written without fractions of a second', () => {
    expect(formatSdkDate(Date.parse('2024-02-29T23:59:59.999Z'))).toBe('20240229T235959Z');
    expect(formatSdkDate(0)).toBe('19700101T000000Z');
  });

  test('reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (second) => {
        expect(parseSdkDate(formatSdkDate(second * 1000))).toBe(second * 1000);
      }),
    );
  });

  test.each([
    '',
    '20260115T083000z',
    '20261301T000000Z',
    '20230229T000000Z',
    '20260115T246000Z',
    ' 20260115T083000Z',
  ])('written as %p is none', (text) => {
    expect(parseSdkDate(text)).toBeUndefined();
  });
});
