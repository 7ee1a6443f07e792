import { fieldsOf, type Field } from '@apig/sdk/contract';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { commaList, flag, generated, immutable, ref, secret, set, words } from '../../sdk/src/describe.ts';
import { loosened, wireSchema } from '../../sdk/src/reference/json-schemas.ts';
import { code, table } from '../../sdk/src/reference/markdown.ts';
import { documentedPath } from '../../sdk/src/reference/paths.ts';
import { changeInWords } from '../../sdk/src/reference/replacement.ts';
import { typeInWords } from '../../sdk/src/reference/type-words.ts';

function field(schema: z.ZodType): Field {
  const [only] = fieldsOf(z.object({ only: schema }));
  if (only === undefined) throw new Error('an object of one field has one');
  return only;
}

test.each<readonly [string, z.ZodType]>([
  ['text', z.string().min(1)],
  ['text, at most 1,000 characters', z.string().max(1000).optional()],
  ['text, `^a|b$`', z.string().regex(/^a|b$/)],
  ['text', z.string().regex(new RegExp(`^${'a'.repeat(100)}$`))],
  ['text, secret', secret(generated(z.string()))],
  ['whole number', z.int()],
  ['whole number, at least 1', z.int().min(1).default(3)],
  ['number, at most 1', z.number().max(1)],
  ['`true` or `false`', flag()],
  ['`LOW` or `HIGH`', words({ LOW: 1, HIGH: 2 })],
  ['`a`', z.literal('a')],
  ['whole number or `none`', z.union([z.int(), z.enum(['none'])])],
  ['ID: an api', ref('api')],
  ['set of 1 to 5; each: ID: an api', set(z.array(ref('api')).min(1).max(5))],
  ['list; each: text', commaList(z.string())],
  ['list of at most 2; each: object, see below', z.array(z.object({ a: z.string() })).max(2)],
  ['map; each: whole number', z.record(z.string(), z.int())],
  ['any value', z.unknown()],
])('a type is %s', (expected, schema) => {
  expect(typeInWords(field(schema), (kind) => `an ${kind}`)).toBe(expected);
});

describe('a change', () => {
  const SIZES = ['S', 'M', 'L'] as const;
  type Size = (typeof SIZES)[number];
  const sized = (when: (before: Size, after: Size) => boolean) => immutable(z.enum(SIZES), when);
  const rank = (size: Size) => SIZES.indexOf(size);

  test.each<readonly [string, z.ZodType]>([
    ['in place', z.string()],
    ['replaces', immutable(z.string())],
    ['replaces when lowered', sized((before, after) => rank(after) < rank(before))],
    ['replaces when raised', sized((before, after) => rank(after) > rank(before))],
    ['replaces in some cases', sized((before, after) => before === 'L' && after === 'S')],
    ['replaces in some cases', immutable(z.int(), (before: number, after: number) => after < before)],
  ])('is said to be: %s', (expected, schema) => {
    expect(changeInWords(field(schema))).toBe(expected);
  });
});

describe('a documented form', () => {
  const object = z.object({
    callLimit: z.int().min(1),
    isOpen: flag().default(true),
    level: words({ LOW: 1, HIGH: 2 }).optional(),
    labels: set(z.array(z.string())).default([]),
    name: z
      .string()
      .regex(/^[a-z]+$/i)
      .optional(),
    key: secret(z.enum(['a']).optional()),
  });
  const comments = { callLimit: { text: 'At most `callLimit`; not for `isOpen`.', fields: {} } };

  test('has the names, values and defaults of the wire', () => {
    expect(wireSchema(object, comments)).toEqual({
      type: 'object',
      properties: {
        call_limit: { type: 'integer', minimum: 1, description: 'At most `call_limit`; not for `is_open`.' },
        is_open: { type: 'integer', enum: [1, 2], default: 1, description: '1: yes; 2: no.' },
        level: { type: 'integer', enum: [1, 2], description: '1: `LOW`; 2: `HIGH`.' },
        labels: { type: 'array', items: { type: 'string' }, uniqueItems: true, default: [] },
        // JSON Schema cannot say that case does not matter.
        name: { type: 'string' },
        key: { type: 'string', enum: ['a'], format: 'password' },
      },
      required: ['call_limit'],
    });
  });

  test('demands nothing of answers', () => {
    const { properties, required } = loosened(wireSchema(object, {}));
    expect(required).toBeUndefined();
    expect(properties).toMatchObject({
      call_limit: { type: 'integer' },
      key: { type: 'string', enum: ['a', ''], format: 'password' },
    });
    expect(JSON.stringify(properties)).not.toMatch(/minimum|default|uniqueItems/);
  });
});

test.each([
  ['instances', '/v2/{project_id}/apigw/instances'],
  [
    'instances/{gatewayId}/app-codes/{id}',
    '/v2/{project_id}/apigw/instances/{instance_id}/app-codes/{app_code_id}',
  ],
  ['policies/{id}', '/v2/{project_id}/apigw/policies/{policy_id}'],
  ['apis/publish/{apiId}', '/v2/{project_id}/apigw/apis/publish/{api_id}'],
])('the path of %s names IDs after their collection', (template, path) => {
  expect(documentedPath(template)).toBe(path);
});

test('a table survives bars, line ends and backquotes in its cells', () => {
  expect(table(['A'], [[code('a|b')], ['two\nlines'], [code('`x`')]])).toBe(
    '| A |\n| --- |\n| `a\\|b` |\n| two lines |\n| `` `x` `` |\n',
  );
});
