import {
  descriptionOf,
  fieldsOf,
  resources,
  settle,
  toAnswer,
  toRequest,
  type Field,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { objectIn, uncommented } from '../sdk/src/reference/comments.ts';
import { exampleInput } from './support/examples.ts';
import { readComments } from '../tools/reference/comments.ts';
import { pagePathOf, PAGES, referenceFiles } from '../tools/reference/files.ts';

const root = join(import.meta.dirname, '..');
const comments = readComments(root);
const files = referenceFiles(comments);
const kinds = Object.keys(resources) as Kind[];
const collections = kinds.filter((kind) => descriptionOf(kind).operations.shape === 'collection');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
const document = JSON.parse(files['sdk/reference/openapi.json'] ?? '') as {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
const { schemas } = document.components;

describe('the reference', () => {
  test.each(Object.entries(files))('%s is what `npm run reference` writes', (path, content) => {
    const written = readFileSync(join(root, path), 'utf8');
    // Compared as one value, since a difference of thousands of lines says less than the command.
    expect(written === content ? 'up to date' : 'stale: run npm run reference').toBe('up to date');
  });

  test('is the same each time it is generated', () => {
    expect(referenceFiles(comments)).toEqual(files);
  });

  test('has a comment for every kind and every field', () => {
    expect(uncommented(comments)).toEqual([]);
  });

  test.each(kinds)('says of each argument of a %s its default and whether a change replaces', (kind) => {
    const silent = fieldsOf(descriptionOf(kind).input).flatMap(({ name, schema, marks }) => {
      const { text = '' } = comments[kind].input[name] ?? {};
      const hasDefault = schema instanceof z.ZodDefault;
      return [
        ...(marks.immutable === undefined || /replaces/.test(text) ? [] : [`${name}: replaces`]),
        ...(!hasDefault || /default|left out/i.test(text) ? [] : [`${name}: default`]),
      ];
    });
    expect(silent).toEqual([]);
  });

  test('tells by name what has no comment', () => {
    const { throttle, api } = comments;
    const others = without(throttle.input, ['name']);
    const backend = { text: 'Backend.', fields: {} };
    const missing = uncommented({
      ...comments,
      throttle: { ...throttle, text: 'A limit.', input: others },
      api: { ...api, input: { ...api.input, mockBackend: backend } },
    });
    expect(missing).toContain('throttle.input.name');
    expect(missing).toContain('throttle Source');
    expect(missing).toContain('api.input.mockBackend.headers');
    expect(missing).toContain('api.input.mockBackend.headers.key');
  });

  test('reads comments through spreads, wrappers and lists', () => {
    const { httpPolicies } = comments.api.input;
    expect(httpPolicies?.fields['protocol']?.text).toBe('Protocol towards the backend.');
    expect(httpPolicies?.fields['conditions']?.fields['cookie']?.text).toBe('Cookie, for origin `cookie`.');
  });

  test('lists the errors that the rules of a kind name, and not those of other kinds', () => {
    expect(comments.api.errors).toContain('pathParameterUndeclared');
    expect(comments.throttle.errors).toEqual(['valueTooLarge']);
  });
});

describe('the example of', () => {
  const examples = kinds.map((kind) => [kind, exampleIn(kind)] as const);

  test.each(examples)('%s stands on its page', (kind, code) => {
    expect(code).toContain(`const ${kind} = new apig.`);
  });

  test.each(examples)('%s runs and settles', (kind, code) => {
    expect(settle(descriptionOf(kind), argumentsOf(code, kind)).faults).toEqual([]);
  });
});

describe('the pages of the kinds', () => {
  test('are those of the kinds that there are', () => {
    const written = readdirSync(join(root, PAGES)).map((name) => `${PAGES}/${name}`);
    expect(written).toEqual(
      Object.keys(files)
        .filter((path) => path.startsWith(`${PAGES}/`))
        .toSorted(),
    );
  });

  test('lead only to what is there', () => {
    for (const [path, page] of Object.entries(files)) {
      const targets = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);
      const found = targets.map((target) => join(dirname(path), target));
      const here = new Set([...Object.keys(files), ...Object.keys(files).map((each) => dirname(each))]);
      expect([path, path.endsWith('.md') ? found.filter((each) => !here.has(each)) : []]).toEqual([path, []]);
    }
  });
});

describe('the OpenAPI document', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { password: true } });
  ajv.addSchema(document, 'openapi.json');

  test('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('names each operation differently and refers to what is there', () => {
    const text = JSON.stringify(document);
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const referred = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(referred.filter((name) => schemas[name ?? ''] === undefined)).toEqual([]);
  });

  test('has schemas that can all be compiled', () => {
    for (const name of Object.keys(schemas)) {
      expect(() => ajv.getSchema(`openapi.json#/components/schemas/${name}`)).not.toThrow();
    }
  });

  test.each(collections)('describes the documented request of %s', (kind) => {
    const description = descriptionOf(kind);
    const shape = description.operations;
    const late = (shape.shape === 'collection' ? shape.aspects : undefined)?.filter((each) => !each.inCreate);
    const value = without(settled(kind), late?.flatMap(({ fields }) => fields) ?? []);
    expectDescribed(`${nameOf(kind)}Create`, toRequest(description, value));
  });

  test.each(collections)('describes the documented answer of %s', (kind) => {
    const description = descriptionOf(kind);
    expectDescribed(nameOf(kind), answerOf(kind, toAnswer(description, 'some-id', settled(kind))));
  });

  test('describes an API with channels, policies and parameters', () => {
    const target = { channelId: 'channel', protocol: 'HTTP', method: 'GET', path: '/' };
    const api = {
      ...exampleInput('api'),
      visibility: 'PRIVATE',
      matchMode: 'PREFIX',
      authentication: 'APP',
      allowAppCode: true,
      requestParameters: [{ name: 'size', location: 'QUERY', enumerations: ['s', 'm'], required: true }],
      httpBackend: { ...target, channelHost: 'orders.internal', retryCount: 2 },
      httpPolicies: [
        {
          ...target,
          name: 'small',
          effectMode: 'ANY',
          conditions: [{ origin: 'param', type: 'exact', value: 's', requestParameter: 'size' }],
        },
      ],
      tags: ['shop'],
    };
    const { value, faults } = settle(descriptionOf('api'), api);
    expect(faults).toEqual([]);
    expectDescribed('ApiCreate', toRequest(descriptionOf('api'), value ?? {}));
    expectDescribed('Api', toAnswer(descriptionOf('api'), 'some-id', value ?? {}));
  });

  test.each(kinds)('says what the codecs of %s write', (kind) => {
    const { input, output } = descriptionOf(kind);
    for (const { name, inner, marks } of [...fieldsBelow(input), ...fieldsBelow(output)]) {
      for (const value of marks.codec ? valuesOf(inner) : []) {
        const valid = ajv.validate(marks.codec?.schema ?? false, marks.codec?.encode(value));
        expect({ name, value, valid }).toEqual({ name, value, valid: true });
      }
    }
  });

  function expectDescribed(name: string, body: Json): void {
    const validate = ajv.getSchema(`openapi.json#/components/schemas/${name}`);
    expect({ valid: validate?.(body), errors: validate?.errors }).toEqual({ valid: true, errors: null });
    expect(undescribed(schemas[name], body, name)).toEqual([]);
  }
});

/** Some values that a field with a codec can have. */
function valuesOf(schema: z.ZodType): readonly unknown[] {
  const words = schema instanceof z.ZodEnum ? schema.options : [];
  const others = [true, false, 1, 10, ['a'], ['a', 'b'], {}, { team: 'shop' }];
  return [...words, ...others].filter((value) => schema.safeParse(value).success);
}

function fieldsBelow(schema: z.ZodObject): readonly Field[] {
  return fieldsOf(schema).flatMap((field) => {
    const below = objectIn(field.inner);
    return [field, ...(below === undefined ? [] : fieldsBelow(below))];
  });
}

/** The first program of a kind's page. */
function exampleIn(kind: Kind): string {
  return /## Example\n\n```ts\n([^`]*)```/.exec(files[pagePathOf(kind)] ?? '')?.[1] ?? '';
}

/** Runs an example, with variables for the objects that it refers to, and returns the arguments that it gives. */
function argumentsOf(code: string, kind: Kind): Json {
  let given: unknown;
  const Resource = function (_name: string, args: unknown) {
    given = args;
  };
  const variables = Object.fromEntries(
    kinds.map((each) => [each, new Proxy({}, { get: (_, name) => `${each}-${String(name)}` })]),
  );
  const config = {
    require: (name: string) => exampleInput(kind)[name],
    requireSecret: (name: string) => exampleInput(kind)[name],
  };
  runInNewContext(code, { ...variables, config, apig: new Proxy({}, { get: () => Resource }) });
  return JSON.parse(JSON.stringify(given)) as Json;
}

function settled(kind: Kind): Json {
  return { ...settle(descriptionOf(kind), exampleInput(kind)).value };
}

/** A gateway shows its zones as text. */
function answerOf(kind: Kind, answer: Json): Json {
  return kind === 'gateway' ? { ...answer, available_zone_ids: '[az-1]' } : answer;
}

function without<T>(object: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function nameOf(kind: Kind): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** Paths of what a body has and its schema does not. */
function undescribed(schema: Schema | undefined, value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => undescribed(schema?.items, item, `${path}.${index}`));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const property = schema?.properties?.[name];
    return property === undefined ? [`${path}.${name}`] : undescribed(property, item, `${path}.${name}`);
  });
}
