import fc from 'fast-check';
import { z } from 'zod';
import { fieldsOf, isEmpty, type Field } from '@apig/sdk/contract';

/* Values that a schema of a description takes, bounds and all. */

/** What a field is given in the place of what its schema says, by the name of the field; at the top only. */
export type Instead = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Free texts: plain ones mostly, then blanks at the ends, line ends, quotes, markup and other alphabets. */
export const texts = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.stringMatching(/^[a-z][a-z ]{0,20}[a-z]$/) },
      fc.constantFrom(
        ' both ends ',
        'two\nlines',
        '"quoted" \\ and {"a":1}',
        '名前',
        '🦊 fox',
        '<b>',
        '0',
        'null',
        'a,b',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(maxLength, 40) }),
    )
    .map((text) =>
      Array.from(text)
        .slice(0, maxLength / 2)
        .join(''),
    );

/** Values that a schema takes. */
export function valuesOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return valuesOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodString) return textsOf(schema);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) {
    const [min, max] = [
      Math.max(schema.minValue ?? -50, -(2 ** 31)),
      Math.min(schema.maxValue ?? 50, 2 ** 31 - 1),
    ];
    return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  }
  if (schema instanceof z.ZodObject) return objectsOf(schema);
  if (schema instanceof z.ZodArray) {
    return takenBy(
      schema,
      fc.uniqueArray(valuesOf(schema.element as z.ZodType), {
        maxLength: 3,
        minLength: schema.safeParse([]).success ? 0 : 1,
        comparator: (one, other) => JSON.stringify(one) === JSON.stringify(other),
      }),
    );
  }
  if (schema instanceof z.ZodRecord) {
    const [keys, values] = [valuesOf(schema.keyType as z.ZodType), valuesOf(schema.valueType as z.ZodType)];
    return fc.dictionary(keys as fc.Arbitrary<string>, values, { minKeys: 1, maxKeys: 3 });
  }
  throw new Error(`no values for a schema of type ${schema.def.type}`);
}

/** Objects with the fields of a schema. What may be left out is left out half of the time. */
export function objectsOf(
  schema: z.ZodObject,
  instead: Instead = {},
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const fields = fieldsOf(schema);
  const model = Object.fromEntries(
    fields.map((field): [string, fc.Arbitrary<unknown>] => [
      field.name,
      instead[field.name] ?? ofField(field),
    ]),
  );
  return fc.record(model, {
    requiredKeys: fields.filter(({ optional }) => !optional).map(({ name }) => name),
  });
}

/** What may be left out is empty at times, which means the same. */
function ofField(field: Field): fc.Arbitrary<unknown> {
  const { inner, schema } = field;
  const values = takenBy(schema, valuesOf(inner));
  const empty = ['', [], {}].filter((each) => isEmpty(field, each) && hasType(inner, each));
  return empty.length === 0
    ? values
    : fc.oneof({ weight: 9, arbitrary: values }, fc.constantFrom<unknown>(...empty));
}

function hasType(schema: z.ZodType, value: unknown): boolean {
  if (schema instanceof z.ZodArray) return Array.isArray(value);
  return schema instanceof z.ZodRecord
    ? typeof value === 'object' && !Array.isArray(value)
    : typeof value === 'string';
}

function textsOf(schema: z.ZodString): fc.Arbitrary<string> {
  const { minLength, maxLength } = schema;
  const pattern = schema.def.checks
    ?.map(({ _zod: { def } }) =>
      'pattern' in def && def.pattern instanceof RegExp ? def.pattern : undefined,
    )
    .find((each) => each !== undefined);
  if (pattern === undefined) {
    return texts(maxLength ?? 40).filter((text) => text.length >= (minLength ?? 0));
  }
  // What looks ahead is more than can be made to match; without it some texts do not.
  const source = pattern.source.replace(/\(\?(?:[=!]|<[=!])(?:[^()]|\([^()]*\))*\)/g, '');
  return takenBy(schema, fc.stringMatching(new RegExp(source, pattern.flags), { maxLength: 200 }));
}

function takenBy<T>(schema: z.ZodType, values: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return values.filter((value) => schema.safeParse(value).success);
}
