import { z } from 'zod';
import { fieldOf, type Field, type JsonSchema } from '../fields.ts';
import { typedSchema } from './json-schemas.ts';
import { code, listed, valueCode } from './markdown.ts';

/** Patterns beyond this length tell a reader nothing; the comment of the field says what is meant. */
const LONGEST_PATTERN = 60;

/** The type of a field in words; `nameOf` names the kind of an object whose ID a field holds. */
export function typeInWords(field: Field, nameOf: (kind: string) => string): string {
  const { secret, writeOnly } = field.marks;
  return `${valueInWords(field, nameOf)}${secret ? ', secret' : ''}${writeOnly ? ', never shown' : ''}`;
}

function valueInWords({ inner, marks }: Field, nameOf: (kind: string) => string): string {
  if (marks.ref !== undefined) return `ID: ${nameOf(marks.ref)}`;
  if (!(inner instanceof z.ZodArray)) return schemaInWords(typedSchema(inner));
  const { minItems, maxItems } = typedSchema(inner);
  const count = bounds(minItems, maxItems);
  const item = valueInWords(fieldOf('', inner.element as z.ZodType), nameOf);
  return `${marks.set ? 'set' : 'list'}${count === '' ? '' : ` of ${count}`}; each: ${item}`;
}

function schemaInWords(schema: JsonSchema): string {
  const { type, enum: values, const: constant, anyOf, oneOf } = schema;
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) {
    return listed([...new Set(choices.map((choice) => schemaInWords(choice as JsonSchema)))], 'or');
  }
  if (constant !== undefined) return valueCode(constant);
  if (Array.isArray(values)) {
    return listed(values.map(valueCode), 'or');
  }
  switch (type) {
    case 'string':
      return joined('text', [lengthInWords(schema), patternInWords(schema)]);
    case 'integer':
      return joined('whole number', [bounds(schema['minimum'], schema['maximum'])]);
    case 'number':
      return joined('number', [bounds(schema['minimum'], schema['maximum'])]);
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `list; each: ${schemaInWords((schema['items'] ?? {}) as JsonSchema)}`;
    case 'object':
      return schema['properties'] === undefined
        ? `map; each: ${schemaInWords((schema['additionalProperties'] ?? {}) as JsonSchema)}`
        : 'object, see below';
    default:
      return 'any value';
  }
}

function lengthInWords({ minLength, maxLength }: JsonSchema): string {
  // "At least 1 character" goes without saying.
  const count = bounds(minLength === 1 && maxLength === undefined ? undefined : minLength, maxLength);
  return count === '' ? '' : `${count} characters`;
}

function patternInWords({ pattern }: JsonSchema): string {
  return typeof pattern === 'string' && pattern.length <= LONGEST_PATTERN ? code(pattern) : '';
}

function bounds(low: unknown, high: unknown): string {
  const [from, to] = [low, high].map((bound) =>
    typeof bound === 'number' ? bound.toLocaleString('en-US') : undefined,
  );
  if (from !== undefined && to !== undefined) return `${from} to ${to}`;
  return from !== undefined ? `at least ${from}` : to !== undefined ? `at most ${to}` : '';
}

function joined(word: string, parts: readonly string[]): string {
  return [word, ...parts.filter((part) => part !== '')].join(', ');
}
