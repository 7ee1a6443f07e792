import { z } from 'zod';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How one field differs between the typed form and the documented JSON. */
export interface Codec {
  /** What the documented JSON holds. */
  readonly schema: JsonSchema;
  /** Typed value to documented JSON. Called for values that passed validation. */
  encode(value: unknown): unknown;
  /** Documented JSON to typed value. Returns what it does not understand unchanged, so that validation names the field. */
  decode(wire: unknown): unknown;
}

/** What a field means beyond its type: to the diff, to the preview, on the wire. */
export interface Marks {
  /** A change replaces the object: always, or when the predicate says so. */
  readonly immutable?: true | ((before: unknown, after: unknown) => boolean);
  /** Never shown in clear outside the process that uses it. */
  readonly secret?: true;
  /** Part of requests, never of an answer. */
  readonly writeOnly?: true;
  /** A text that holds JSON: two texts with the same JSON are the same. */
  readonly json?: true;
  /** The one form of texts, or of the texts of a list, that are spelled differently and mean the same. */
  readonly form?: (text: string) => string;
  /** A list whose order has no meaning. */
  readonly set?: true;
  /** Kind whose ID the field holds. */
  readonly ref?: string;
  /** Name in the documented JSON, where it is not the snake_case form of the field's name. */
  readonly wire?: string;
  /** Form in the documented JSON, where it is not the value itself. */
  readonly codec?: Codec;
  /** Chosen by the service when left out; what was chosen is kept when it is left out again. */
  readonly generated?: true;
  /** A program may leave it out: it is then made of the name that the resource has there. */
  readonly automatic?: true;
  /** Never part of a request or an answer. */
  readonly local?: true;
  /** Another field that, when given, leaves this one without a meaning. */
  readonly unless?: string;
  /** The output that the field asks for a value of: what is read there is what the field has. */
  readonly asksFor?: string;
  /** A typical value, for the reference, or what makes one. */
  readonly example?: unknown;
}

/** One field of a described object, with everything that was said of it. */
export interface Field {
  readonly name: string;
  /** Name in the documented JSON. */
  readonly wire: string;
  readonly schema: z.ZodType;
  /** The schema without `optional`, `default` and `nullable`. */
  readonly inner: z.ZodType;
  /** May be left out of an input. */
  readonly optional: boolean;
  readonly marks: Marks;
}

const marked = new WeakMap<z.ZodType, Marks>();
const known = new WeakMap<z.ZodObject, readonly Field[]>();

/** A copy of the schema that carries the marks in addition to those it had. */
export function mark<T extends z.ZodType>(schema: T, marks: Marks): T {
  // A copy, because one rule (a name, a limit) serves many fields and the marks belong to a single one.
  const copy = schema.clone();
  marked.set(copy, { ...marksOf(schema), ...marks });
  return copy;
}

/** The fields of an object schema in the order they were written. */
export function fieldsOf(object: z.ZodObject): readonly Field[] {
  let fields = known.get(object);
  if (fields === undefined) {
    fields = Object.entries(object.shape).map(([name, schema]) => fieldOf(name, schema as z.ZodType));
    known.set(object, fields);
  }
  return fields;
}

/** What was said of a schema that stands in an object under the given name. */
export function fieldOf(name: string, schema: z.ZodType): Field {
  let marks: Marks = {};
  let optional = false;
  let inner = schema;
  for (;;) {
    // The outermost mark wins: it was written last.
    marks = { ...marksOf(inner), ...marks };
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) optional = true;
    else if (!(inner instanceof z.ZodNullable)) break;
    inner = inner.unwrap() as z.ZodType;
  }
  return { name, wire: marks.wire ?? toSnakeCase(name), schema, inner, optional, marks };
}

/** `apiCallLimits` to `api_call_limits`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The marks of a schema and, since a refinement copies the schema that it refines, those of the schemas that it came from. */
function marksOf(schema: z.ZodType | undefined): Marks {
  if (schema === undefined) return {};
  return marked.get(schema) ?? marksOf(schema._zod.parent as z.ZodType | undefined);
}
