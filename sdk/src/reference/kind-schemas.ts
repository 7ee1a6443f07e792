import type { CollectionShape, Description } from '../describe.ts';
import { fieldsOf, type JsonSchema } from '../fields.ts';
import { writeOnlyFields } from '../messages.ts';
import { kindOperations } from '../operations/kinds.ts';
import { descriptionOf, type Kind } from '../resources/index.ts';
import type { KindComments } from './comments.ts';
import { loosened, wireSchema } from './json-schemas.ts';
import { capitalized, TEXT } from '../operations/operation.ts';

/**
 * The JSON Schemas of a kind's documented requests and answers, by the names by which its operations refer to them:
 * `Throttle` for answers, `ThrottleCreate` and `ThrottleUpdate` for requests. None for bindings and publications.
 */
export function kindSchemas(kind: Kind, comments: KindComments): Readonly<Record<string, JsonSchema>> {
  const description = descriptionOf(kind);
  const { operations: shape } = description;
  const name = capitalized(kind);
  if (shape.shape === 'singleton') {
    return {
      [name]: answerSchema(description, undefined, comments),
      [`${name}Create`]: requestSchema(description, comments, []),
    };
  }
  if (shape.shape !== 'collection') return {};
  const aspects = shape.aspects ?? [];
  const late = aspects.flatMap(({ inCreate, fields }) => (inCreate ? [] : fields));
  const apart = aspects.flatMap(({ fields }) => fields);
  return {
    [name]: answerSchema(description, shape, comments),
    [`${name}Create`]: requestSchema(description, comments, late),
    ...(shape.updates ? { [`${name}Update`]: updateSchema(description, shape, comments, apart) } : {}),
  };
}

/** Adds to an object's answer the array of those objects in it that have no read operation of their own. */
export function withArray(
  answer: JsonSchema,
  kind: Kind,
  shape: CollectionShape,
  item: JsonSchema,
): JsonSchema {
  const { read } = shape;
  if (read.by !== 'parent') return answer;
  const back = new Map(Object.entries(read.rename).map(([shown, own]) => [own, shown]));
  const properties = Object.entries(propertiesOf(item)).map(([name, schema]) => {
    return [back.get(name) ?? name, schema] as const;
  });
  const array = {
    type: 'array',
    items: { ...item, properties: Object.fromEntries(properties) },
    description: `Its objects of kind \`${kind}\`.`,
  };
  return { ...answer, properties: { ...propertiesOf(answer), [read.array]: array } };
}

function requestSchema(
  description: Description,
  comments: KindComments,
  apart: readonly string[],
): JsonSchema {
  const schema = wireSchema(description.input, comments.input, [...description.parents, ...apart]);
  return description.wireSchema?.(schema, 'request') ?? schema;
}

function updateSchema(
  description: Description,
  { patches }: CollectionShape,
  comments: KindComments,
  apart: readonly string[],
): JsonSchema {
  const { takes, keeps = [] } = kindOperations[description.kind as Kind] ?? {};
  const ignored = fieldsOf(description.input).filter(({ name }) => takes?.includes(name) === false);
  const whole = requestSchema(description, comments, [...apart, ...ignored.map(({ name }) => name)]);
  const kept = fieldsOf(description.input).filter(({ name }) => keeps.includes(name));
  const request = {
    ...whole,
    required: ((whole['required'] ?? []) as readonly string[]).filter(
      (name) => !kept.some(({ wire }) => wire === name),
    ),
  };
  const fixed = fieldsOf(description.input).filter(({ marks }) => marks.immutable === true);
  const schema = withEach(request, (property, name) =>
    fixed.some(({ wire }) => wire === name) ? described(property, 'It cannot be changed.') : property,
  );
  if (!patches) return schema;
  const required = (schema['required'] ?? []) as readonly string[];
  const patch = withEach(schema, (property, name) =>
    required.includes(name) || property['default'] !== undefined
      ? omit(property, 'default')
      : clearable(property),
  );
  return {
    ...omit(patch, 'required'),
    description: 'What is left out stays as it is. An empty text clears a field that may be left out.',
  };
}

/** A text that may be left out may be empty too, whatever else is asked of it. */
function clearable(property: JsonSchema): JsonSchema {
  const { type, enum: values, pattern, minLength } = property;
  if (type !== 'string' || (values ?? pattern ?? minLength) === undefined) return property;
  const { description, ...rest } = property;
  return { anyOf: [rest, { const: '' }], ...(description === undefined ? {} : { description }) };
}

function described(property: JsonSchema, more: string): JsonSchema {
  return { ...property, description: [property['description'], more].filter(Boolean).join(' ') };
}

function withEach(
  schema: JsonSchema,
  change: (property: JsonSchema, name: string) => JsonSchema,
): JsonSchema {
  const properties = Object.entries(propertiesOf(schema));
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([name, property]) => [name, change(property, name)])),
  };
}

function answerSchema(
  description: Description,
  shape: CollectionShape | undefined,
  comments: KindComments,
): JsonSchema {
  const { input, output, parents } = description;
  const idKey = shape?.idKey ?? 'id';
  const request = wireSchema(input, comments.input, [...parents, ...writeOnlyFields(description)]);
  const outputs = propertiesOf(wireSchema(output, comments.output));
  const properties = { ...propertiesOf(request), ...outputs };
  const schema = { ...request, properties: shape ? { [idKey]: TEXT, ...properties } : properties };
  const answer = loosened(description.wireSchema?.(schema, 'answer') ?? schema);
  // What is known by its place has no ID of its own.
  return shape ? { ...answer, required: [idKey] } : answer;
}

function omit(schema: JsonSchema, name: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name));
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}
