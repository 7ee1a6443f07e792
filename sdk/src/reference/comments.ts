import { z } from 'zod';
import type { ControlErrorName } from '../errors.ts';
import { fieldsOf } from '../fields.ts';
import { descriptionOf, type Kind } from '../resources/index.ts';

/** What the source says about a field, and about the fields of the object, or of the objects of the list, that it holds. */
export interface FieldComment {
  readonly text: string;
  readonly fields: FieldComments;
}

/** Field name to comment. */
export type FieldComments = Readonly<Record<string, FieldComment>>;

/** What the source says about a kind. */
export interface KindComments {
  /** The comment above its description, with its `Source:`. */
  readonly text: string;
  readonly input: FieldComments;
  readonly output: FieldComments;
  /** Errors that its rules name. */
  readonly errors: readonly ControlErrorName[];
}

/** What the source says about every kind. */
export type Comments = Readonly<Record<Kind, KindComments>>;

/** The sentences of a kind's comment, and the page of the API reference that it cites. */
export function splitSource(text: string): { readonly text: string; readonly source: string } {
  const [sentences = '', source = ''] = text.split(/\s*\bSource: /);
  return { text: sentences, source };
}

/** Paths of what the reference shows and nothing is said about: kinds, their sources, and fields at any depth. */
export function uncommented(comments: Comments): readonly string[] {
  return (Object.keys(comments) as Kind[]).flatMap((kind) => {
    const { input, output } = descriptionOf(kind);
    const own = splitSource(comments[kind].text);
    return [
      ...(own.text === '' ? [kind] : []),
      ...(own.source === '' ? [`${kind} Source`] : []),
      ...uncommentedFields(input, comments[kind].input, `${kind}.input`),
      ...uncommentedFields(output, comments[kind].output, `${kind}.output`),
    ];
  });
}

/** The object schema that a schema is, or that the items of a list have. */
export function objectIn(schema: z.ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  return schema instanceof z.ZodArray ? objectIn(schema.element as z.ZodType) : undefined;
}

function uncommentedFields(schema: z.ZodObject, comments: FieldComments, path: string): readonly string[] {
  return fieldsOf(schema).flatMap(({ name, inner }) => {
    const comment = comments[name];
    const below = objectIn(inner);
    return [
      ...(comment === undefined || comment.text === '' ? [`${path}.${name}`] : []),
      ...(below === undefined ? [] : uncommentedFields(below, comment?.fields ?? {}, `${path}.${name}`)),
    ];
  });
}
