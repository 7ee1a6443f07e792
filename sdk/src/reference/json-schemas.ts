import { z } from 'zod';
import { fieldsOf, type Field, type JsonSchema } from '../fields.ts';
import { encode } from '../wire.ts';
import type { FieldComments } from './comments.ts';

/** The JSON Schema of values of the typed form. */
export function typedSchema(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // A pattern of JSON Schema has no flags; that of JavaScript's flag `u` are always on.
      if (flagsOf(zodSchema).some((flags) => flags.replace('u', '') !== '')) delete jsonSchema.pattern;
    },
  });
  delete json.$schema;
  return json;
}

/** The JSON Schema of the documented form of an object, with the comments of its fields. */
export function wireSchema(
  object: z.ZodObject,
  comments: FieldComments,
  omit: readonly string[] = [],
  outerNames: ReadonlyMap<string, string> = new Map(),
): JsonSchema {
  const fields = fieldsOf(object).filter(({ name, marks }) => !marks.local && !omit.includes(name));
  const names = new Map([...outerNames, ...fields.map(({ name, wire }) => [name, wire] as const)]);
  const required = fields.filter(({ optional }) => !optional).map(({ wire }) => wire);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [field.wire, property(object, field, comments[field.name], names)]),
    ),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** The default of a field in the typed form; undefined when it has none. */
export function defaultOf({ schema }: Field): unknown {
  for (let each = schema; ; each = each.unwrap() as z.ZodType) {
    if (each instanceof z.ZodDefault) return each.def.defaultValue;
    if (!(each instanceof z.ZodOptional) && !(each instanceof z.ZodNullable)) return undefined;
  }
}

/**
 * A schema without bounds, patterns, defaults and demands: for answers, which may show what no request could hold, such
 * as values of a newer service, or an empty text for what was left out.
 */
export function loosened(schema: JsonSchema): JsonSchema {
  const loose: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (DEMANDS.includes(key)) continue;
    loose[key] = value;
    if (key === 'items') loose[key] = loosened(value as JsonSchema);
    if (key !== 'properties') continue;
    const properties = Object.entries(value as Readonly<Record<string, JsonSchema>>);
    loose[key] = Object.fromEntries(
      properties.map(([name, each]) => [name, loosenedProperty(schema, name, each)]),
    );
  }
  return loose;
}

const DEMANDS = [
  'required',
  'default',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'propertyNames',
];

function loosenedProperty(object: JsonSchema, name: string, schema: JsonSchema): JsonSchema {
  const { type, enum: values, default: standard } = schema;
  const isSure =
    standard !== undefined || (object['required'] as readonly string[] | undefined)?.includes(name);
  const isOpen = type === 'string' && Array.isArray(values) && isSure !== true;
  return { ...loosened(schema), ...(isOpen ? { enum: [...(values as readonly unknown[]), ''] } : {}) };
}

function property(
  object: z.ZodObject,
  field: Field,
  comment: FieldComments[string] | undefined,
  names: ReadonlyMap<string, string>,
): JsonSchema {
  const { name, wire, inner, marks } = field;
  const { description, ...form } = marks.codec?.schema ?? valueSchema(inner, comment?.fields ?? {}, names);
  const standard = defaultOf(field);
  const said = [comment && inWireNames(comment.text, names), description].filter(Boolean).join(' ');
  return {
    ...form,
    ...(marks.set && form['type'] === 'array' ? { uniqueItems: true } : {}),
    ...(marks.secret && form['type'] === 'string' ? { format: 'password' } : {}),
    ...(marks.writeOnly ? { writeOnly: true } : {}),
    ...(standard === undefined ? {} : { default: encode(object, { [name]: standard })[wire] }),
    ...(said === '' ? {} : { description: said }),
  };
}

function valueSchema(
  schema: z.ZodType,
  comments: FieldComments,
  names: ReadonlyMap<string, string>,
): JsonSchema {
  if (schema instanceof z.ZodObject) return wireSchema(schema, comments, [], names);
  if (!(schema instanceof z.ZodArray)) return typedSchema(schema);
  return { ...typedSchema(schema), items: valueSchema(schema.element as z.ZodType, comments, names) };
}

/** Comments speak of fields by their typed names, in backquotes. */
function inWireNames(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/`(\w+)`/g, (_, name: string) => `\`${names.get(name) ?? name}\``);
}

function flagsOf(schema: z.core.$ZodTypes): readonly string[] {
  return (schema._zod.def.checks ?? []).map((check) => {
    const { pattern } = check._zod.def as { readonly pattern?: RegExp };
    return pattern?.flags ?? '';
  });
}
