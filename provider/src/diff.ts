import {
  canonicalField,
  fieldsOf,
  isEmpty,
  writeOnlyFields,
  type Description,
  type Field,
  type Json,
} from '@apig/sdk/contract';
import { holdsUnknown } from './unknown.ts';

/** One field that has another value than before. */
export interface ChangedField {
  readonly name: string;
  readonly before: unknown;
  /** What is asked for now; the engine's placeholder where a preview does not know it yet. */
  readonly after: unknown;
  /** Whether the change needs another object. */
  readonly replaces: boolean;
  /** Whether the values may not be shown. */
  readonly secret: boolean;
}

/** What would happen to an object. */
export interface Diff {
  readonly changes: boolean;
  /** Fields because of which the object is replaced; none for a change in place. */
  readonly replaces: string[];
  /** Whether a replacement would collide with the object that it replaces. */
  readonly deleteBeforeReplace: boolean;
  readonly changed: readonly ChangedField[];
}

/**
 * Compares what an object is with what it shall be. Only what a program can ask for counts: outputs, the order of keys
 * and of lists without order, and defaults that are left out make no difference.
 *
 * @param before properties of the object, as they were stored or read
 * @param after inputs that passed the check
 */
export function diff(description: Description, before: Json, after: Json): Diff {
  // What no answer shows, and an import therefore lacks, is told by what follows from it.
  const hidden = writeOnlyFields(description).filter((name) => before[name] === undefined);
  const known = hidden.length > 0 && description.recognises?.(after, before) === true ? hidden : [];
  const changed = [
    ...fieldsOf(description.input)
      .filter(({ name }) => !known.includes(name))
      .flatMap((field) => changeOf(field, before, after)),
    ...Object.keys(description.computed ?? {})
      .filter((name) => before[name] !== after[name])
      .map((name) => ({ name, before: before[name], after: after[name], replaces: false, secret: false })),
  ];
  return {
    changes: changed.length > 0,
    replaces: changed.filter(({ replaces }) => replaces).map(({ name }) => name),
    deleteBeforeReplace: collides(description, before, after),
    changed,
  };
}

/** Tells whether two values of a field mean the same. */
export function isSame(field: Field, before: unknown, after: unknown): boolean {
  return normal(field, before) === normal(field, after);
}

function changeOf(field: Field, before: Json, after: Json): readonly ChangedField[] {
  const { name, marks } = field;
  const [old, asked] = [before[name], after[name]];
  // What the service chose stays as it is.
  if (marks.generated && asked === undefined) return [];
  if (marks.unless !== undefined && after[marks.unless] !== undefined) return [];
  const unknown = holdsUnknown(asked);
  if (!unknown && isSame(field, old, asked)) return [];
  // Not knowing the new value, a preview shows the worse case.
  const replaces =
    marks.immutable === true || (marks.immutable !== undefined && (unknown || marks.immutable(old, asked)));
  return [{ name, before: old, after: asked, replaces, secret: marks.secret === true }];
}

/** Text that is equal for equal meanings. What an older version of the contract stored lacks newer defaults. */
function normal(field: Field, value: unknown): string {
  const given = isEmpty(field, value) ? undefined : value;
  const parsed = field.schema.safeParse(given);
  return toText(canonicalField(field, parsed.success ? parsed.data : given));
}

/** JSON with sorted keys and without undefined. */
function toText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** Whether a second object that is as asked for cannot exist beside the present one. */
function collides(description: Description, before: Json, after: Json): boolean {
  const { unique, parents, operations } = description;
  const key = unique ? [...unique.within, ...unique.fields] : parents;
  // Without a unique name, the object is identified by the IDs that it ties together.
  const ties =
    operations.shape === 'collection'
      ? []
      : fieldsOf(description.input).filter(({ name, marks }) => marks.immutable && !key.includes(name));
  const names = [...key, ...ties.map(({ name }) => name)];
  if (unique === undefined && ties.length === 0) return false;
  return fieldsOf(description.input)
    .filter(({ name }) => names.includes(name))
    .every((field) => {
      const asked = after[field.name];
      if (field.marks.generated && asked === undefined) return false;
      return !holdsUnknown(asked) && isSame(field, before[field.name], asked);
    });
}
