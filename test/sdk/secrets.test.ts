import { describe, expect, test } from '@jest/globals';
import { mapSecrets, secretsIn } from '@apig/sdk/contract';
import { z } from 'zod';
import { secret, set } from '../../sdk/src/describe.ts';

const SCHEMA = z.object({
  name: z.string(),
  token: secret(z.string().optional()),
  backend: z.object({ host: z.string(), password: secret(z.string()) }).optional(),
  members: set(z.array(z.object({ key: secret(z.string()) }))).default([]),
  codes: z.array(secret(z.string())).default([]),
});

const VALUE = {
  name: 'shop',
  token: 't',
  backend: { host: 'h', password: 'p' },
  members: [{ key: 'k1' }, { key: 'k2' }],
  codes: ['c'],
};

describe('secrets in a value', () => {
  test('are found at any depth', () => {
    expect(secretsIn(SCHEMA, VALUE)).toEqual([
      ['token'],
      ['backend', 'password'],
      ['members', 0, 'key'],
      ['members', 1, 'key'],
      ['codes', 0],
    ]);
  });

  test('are replaced without touching the rest, or left out', () => {
    expect(mapSecrets(SCHEMA, VALUE, () => '*')).toEqual({
      name: 'shop',
      token: '*',
      backend: { host: 'h', password: '*' },
      members: [{ key: '*' }, { key: '*' }],
      codes: ['*'],
    });
    expect(mapSecrets(SCHEMA, { name: 'shop', token: 't' }, () => undefined)).toEqual({ name: 'shop' });
    expect(VALUE.backend.password).toBe('p');
  });

  test('that are not there are not made', () => {
    const value = { name: 'shop' };

    expect(mapSecrets(SCHEMA, value, () => '*')).toBe(value);
  });
});
