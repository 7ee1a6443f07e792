import fc from 'fast-check';
import { resolved, type DocumentedOperation, type Schema } from '../support/document.ts';
import type { RequestParts } from './world.ts';

/* Requests made from the document, and valid ones spoilt. */

/** Texts that have broken programs before: none, blanks, ends of lines, NUL, half a character, names of JavaScript, other alphabets, and long ones. */
const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  '\n',
  '\u0000',
  '\ud800',
  '\u202e\u0000\u200b',
  '🦊'.repeat(40),
  'Ａｂｃ',
  '名前',
  '../../etc/passwd',
  '%00',
  "'; DROP TABLE objects; --",
  '{{constructor}}',
  '__proto__',
  '#UNSET#',
  '-1',
  '1e999',
  'true',
  'x'.repeat(300),
  'x'.repeat(70_000),
];

/** Those that can stand in an address. */
const ODD_WORDS = ODD_TEXTS.filter((text) => text !== '' && text.length < 400 && !/\p{Cs}/u.test(text));

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e300,
  {},
  [],
  [[]],
  [null],
  [{}],
  { a: { b: { c: {} } } },
  [1, 'a', null, {}],
];

/** Any value that has no place in the document. */
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...ODD_VALUES),
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that a schema of the document allows. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const { anyOf, allOf, enum: words, const: constant, type, ...rest } = resolved(schema);
  if ('const' in schema) return fc.constant(constant);
  if (Array.isArray(words)) return fc.constantFrom(...(words as readonly unknown[]));
  if (Array.isArray(anyOf)) return fc.oneof(...(anyOf as readonly Schema[]).map(valuesOf));
  if (Array.isArray(allOf)) {
    return fc
      .tuple(...(allOf as readonly Schema[]).map(valuesOf))
      .map((parts) => Object.assign({}, ...parts) as unknown);
  }
  switch (type) {
    case 'string':
      return textsOf(rest);
    case 'integer':
    case 'number':
      return fc.integer({ min: limitIn(rest, 'minimum', -3), max: limitIn(rest, 'maximum', 2 ** 31 - 1) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf((rest['items'] ?? {}) as Schema), {
        minLength: limitIn(rest, 'minItems', 0),
        maxLength: Math.min(limitIn(rest, 'maxItems', 4), 4),
      });
    case 'object':
      return objectsOf(rest);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

/** A request of an operation: made from the document, or the given valid one with one thing, or a few, spoilt. */
export function requestsOf(operation: DocumentedOperation, sample: RequestParts): fc.Arbitrary<RequestParts> {
  const kinds: fc.Arbitrary<RequestParts>[] = [
    spoiltPath(operation),
    fc.constantFrom<RequestParts>(
      { headers: { 'content-type': 'application/xml' } },
      { headers: { accept: 'image/png' } },
    ),
  ];
  const query = operation.parameters.filter((each) => each.in === 'query');
  if (query.length > 0)
    kinds.push(
      spoiltQuery(
        query.map(({ name }) => name),
        sample,
      ),
      validQuery(operation, sample),
    );
  else kinds.push(fc.record({ query: fc.dictionary(fc.string({ maxLength: 8 }), oddText, { maxKeys: 2 }) }));
  if (operation.requestType === 'application/json') {
    const schema = operation.request ?? {};
    const weighted: fc.Arbitrary<RequestParts> = fc.record({ body: spoilt(sample.body, schema) });
    kinds.push(weighted, weighted, weighted);
    kinds.push(fc.record({ body: valuesOf(schema) }), fc.record({ body: overlaid(sample.body, schema) }));
    kinds.push(fc.record({ text: brokenTexts(sample.body) }));
  } else {
    kinds.push(fc.constant({ text: '{"unexpected":true}' }));
  }
  return fc.oneof(...kinds);
}

const oddText = fc.oneof(fc.constantFrom('', ...ODD_WORDS), fc.string({ maxLength: 12 }));

/** The valid body with some fields as the document allows them. */
function overlaid(body: unknown, schema: Schema): fc.Arbitrary<unknown> {
  const properties = Object.entries(
    (resolved(schema)['properties'] ?? {}) as Readonly<Record<string, Schema>>,
  );
  if (properties.length === 0) return fc.constant(body);
  return fc
    .array(
      fc
        .constantFrom(...properties)
        .chain(([name, each]) => valuesOf(each).map((value) => [name, value] as const)),
      { minLength: 1, maxLength: 3 },
    )
    .map((changes) => ({ ...(body as object), ...Object.fromEntries(changes) }));
}

/** The valid body with something in it spoilt, at any depth. */
function spoilt(body: unknown, schema: Schema): fc.Arbitrary<unknown> {
  const names = Object.keys(resolved(schema)['properties'] ?? {}).map((name) => [name]);
  const paths = [...pathsIn(body), ...names];
  if (paths.length === 0) return oddValue;
  const change = fc
    .nat(paths.length - 1)
    .map((index) => paths[index] ?? [])
    .chain((path) =>
      fc.oneof(
        fc.constant({ path, remove: true as const }),
        oddValue.map((value) => ({ path, value })),
        fc.constant({ path: [...path.slice(0, -1), '__proto__'], value: { polluted: true } }),
        fc.constant({ path: [...path.slice(0, -1), 'unexpected'], value: 1 }),
      ),
    );
  return fc
    .array(change, { minLength: 1, maxLength: 2 })
    .map((changes) => changes.reduce<unknown>((value, each) => changedAt(value, each.path, each), body));
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [here, ...pathsIn(inner, here)];
  });
}

function changedAt(value: unknown, [step, ...rest]: Path, change: object): unknown {
  if (step === undefined) return 'value' in change ? change.value : undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map((item, index) => (index === step ? changedAt(item, rest, change) : item));
  }
  const entries = Object.entries(value).filter(([key]) => key !== step);
  if (rest.length === 0 && 'remove' in change) return Object.fromEntries(entries);
  const inner: unknown = Object.hasOwn(value, step)
    ? (value as Readonly<Record<string, unknown>>)[step]
    : undefined;
  // By entries, so that a field may have the name of a prototype.
  return Object.fromEntries([...entries, [String(step), changedAt(inner, rest, change)]]);
}

function brokenTexts(body: unknown): fc.Arbitrary<string> {
  const whole = JSON.stringify(body ?? {});
  return fc.oneof(
    fc.nat(whole.length).map((length) => whole.slice(0, length)),
    fc.constantFrom(
      '',
      '[',
      'null',
      '0',
      '"a"',
      '[{}]',
      '{"a":1,}',
      `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
      `${whole}x`,
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constant(whole.replace('{', '{"__proto__":{"a":1},')),
  );
}

function spoiltPath({ path }: DocumentedOperation): fc.Arbitrary<RequestParts> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  if (names.length === 0) return fc.constant({});
  return fc
    .tuple(
      fc.constantFrom(...names),
      fc.oneof(fc.constantFrom(...ODD_WORDS), fc.string({ minLength: 1, maxLength: 12 })),
    )
    .map(([name, value]) => ({ params: { [name]: value } }));
}

function spoiltQuery(names: readonly string[], { query = {} }: RequestParts): fc.Arbitrary<RequestParts> {
  return fc
    .tuple(fc.constantFrom(...names), oddText)
    .map(([name, value]) => ({ query: { ...query, [name]: value } }));
}

function validQuery(
  { parameters }: DocumentedOperation,
  { query = {} }: RequestParts,
): fc.Arbitrary<RequestParts> {
  const inQuery = parameters.filter((each) => each.in === 'query' && !(each.name in query));
  if (inQuery.length === 0) return fc.constant({});
  const values = inQuery.map(({ name, schema }) =>
    fc.tuple(
      fc.constant(name),
      valuesOf(schema).map((value) =>
        String(value)
          .replaceAll(/\p{Cs}/gu, '')
          .slice(0, 50),
      ),
    ),
  );
  return fc
    .array(fc.oneof(...values), { maxLength: 3 })
    .map((pairs) => ({ query: { ...query, ...Object.fromEntries(pairs) } }));
}

function textsOf(schema: Schema): fc.Arbitrary<string> {
  const {
    pattern,
    minLength = 0,
    maxLength = 40,
    format,
  } = schema as {
    readonly pattern?: string;
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly format?: string;
  };
  if (format === 'date-time') return fc.constant('2026-01-01T00:00:00Z');
  if (pattern !== undefined) {
    // What looks ahead is more than can be made to match; without it some texts do not.
    const made = pattern.replace(/\(\?[=!](?:[^()]|\([^()]*\))*\)/g, '');
    return fc.stringMatching(new RegExp(made, 'u'), { maxLength: 200 });
  }
  return fc.string({ minLength, maxLength: Math.min(Math.max(minLength, maxLength), 300) });
}

function objectsOf({ properties = {}, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties as Readonly<Record<string, Schema>>);
  if (fields.length === 0) {
    const inner = typeof additionalProperties === 'object' ? (additionalProperties as Schema) : {};
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), valuesOf(inner), { maxKeys: 3 });
  }
  const model = Object.fromEntries(fields.map(([name, schema]) => [name, valuesOf(schema)]));
  return fc.record(model, { requiredKeys: required as string[] });
}

function limitIn(schema: Schema, name: string, usual: number): number {
  const value = schema[name];
  return typeof value === 'number' ? value : usual;
}
