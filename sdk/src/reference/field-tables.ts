import type { z } from 'zod';
import { fieldsOf, type Field } from '../fields.ts';
import { objectIn, type FieldComments } from './comments.ts';
import { defaultOf } from './json-schemas.ts';
import { code, table, valueCode } from './markdown.ts';
import { changeInWords } from './replacement.ts';
import { typeInWords } from './type-words.ts';

/** Names the kind of an object, with a link where there is one. */
export type NameOf = (kind: string) => string;

/** The arguments of a kind: a table, and below it one for each object that an argument holds. */
export function argumentTables(
  schema: z.ZodObject,
  comments: FieldComments,
  nameOf: NameOf,
): readonly string[] {
  const rows = fieldsOf(schema).map((field) => [
    code(field.name),
    typeInWords(field, nameOf),
    valueInWords(field),
    changeInWords(field),
    comments[field.name]?.text ?? '',
  ]);
  const shown = new Map<z.ZodObject, string>();
  return [
    table(['Argument', 'Type', 'Value', 'A change', 'Meaning'], rows),
    ...nestedTables(schema, comments, nameOf, '', shown),
  ];
}

/** The outputs of a kind. */
export function outputTable(
  id: string,
  schema: z.ZodObject,
  comments: FieldComments,
  nameOf: NameOf,
): string {
  return table(
    ['Output', 'Type', 'Meaning'],
    [
      [code('id'), 'text', id],
      ...fieldsOf(schema).map((field) => [
        code(field.name),
        typeInWords(field, nameOf),
        comments[field.name]?.text ?? '',
      ]),
    ],
  );
}

function nestedTables(
  schema: z.ZodObject,
  comments: FieldComments,
  nameOf: NameOf,
  path: string,
  shown: Map<z.ZodObject, string>,
): readonly string[] {
  return fieldsOf(schema).flatMap((field) => {
    const object = objectIn(field.inner);
    if (object === undefined) return [];
    const at = `${path}${field.name}${object === field.inner ? '' : '[]'}`;
    const title = `#### ${code(at)}`;
    const before = shown.get(object);
    if (before !== undefined) return [title, `As ${code(before)}.`];
    shown.set(object, at);
    const inner = comments[field.name]?.fields ?? {};
    const rows = fieldsOf(object).map((each) => [
      code(each.name),
      typeInWords(each, nameOf),
      valueInWords(each),
      inner[each.name]?.text ?? '',
    ]);
    return [
      title,
      table(['Field', 'Type', 'Value', 'Meaning'], rows),
      ...nestedTables(object, inner, nameOf, `${at}.`, shown),
    ];
  });
}

function valueInWords(field: Field): string {
  const standard = defaultOf(field);
  if (standard !== undefined) return `default ${valueCode(standard)}`;
  if (!field.optional) return 'required';
  return field.marks.generated ? 'optional, generated' : 'optional';
}
