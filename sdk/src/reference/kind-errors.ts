import { controlErrors, type ControlErrorName } from '../errors.ts';
import { fieldOf, fieldsOf } from '../fields.ts';
import { kindOperations } from '../operations/kinds.ts';
import { descriptionOf, resources, type Kind } from '../resources/index.ts';
import type { KindComments } from './comments.ts';
import { typedSchema } from './json-schemas.ts';
import { z } from 'zod';

/** Errors of a kind's operations, by what brings them about. */
export interface KindErrors {
  /** Whoever calls is not known. */
  readonly caller: readonly ControlErrorName[];
  /** An object of the path, other than the one that is asked for, is not there. */
  readonly parents: readonly ControlErrorName[];
  /** The object is not there. */
  readonly missing: readonly ControlErrorName[];
  /** An object that the input refers to is not there. */
  readonly references: readonly ControlErrorName[];
  /** The input is not valid, or what must be unique is taken. */
  readonly input: readonly ControlErrorName[];
  /** The input of an update, which takes some of the fields, is not valid, is taken, or refers to what is not there. */
  readonly changes: readonly ControlErrorName[];
  /** Some fields of the input are not valid, or refer to what is not there. */
  readonly ofFields: (names: readonly string[]) => readonly ControlErrorName[];
  /** There are as many as there may be. */
  readonly quota: readonly ControlErrorName[];
  /** A rule that looks at what is configured besides the object forbids to create it. */
  readonly create: readonly ControlErrorName[];
  /** Such a rule forbids to change it. */
  readonly update: readonly ControlErrorName[];
  /** Such a rule forbids to delete it. */
  readonly remove: readonly ControlErrorName[];
}

/** The errors that a kind's description leads to. A gateway may answer others of the catalogue too. */
export function errorsOf(kind: Kind, { errors }: KindComments): KindErrors {
  const { input, missing, operations, parents, unique, quota } = descriptionOf(kind);
  const patches = operations.shape === 'collection' && operations.patches === true;
  const fields = fieldsOf(input);
  const beyond = kindOperations[kind]?.errors ?? {};
  const isManagement = controlErrors[missing].code.startsWith('APIC.');
  const hasNumber = /"type":"(?:integer|number)"/.test(JSON.stringify(typedSchema(input)));
  const range = ['valueTooSmall', 'valueTooLarge'] as const;
  const validity: readonly ControlErrorName[] = isManagement
    ? ['bodyInvalid', 'gatewayFieldInvalid']
    : ['bodyInvalid', 'valueMissing', 'valueInvalid', ...(hasNumber ? range : []), ...errors];
  const missingOf = (some: typeof fields) =>
    distinct(some.flatMap(({ inner, marks }) => notFound(inner, marks.ref)));
  // What an operation of its own sets is no part of the request to create.
  const aspects = operations.shape === 'collection' ? (operations.aspects ?? []) : [];
  const later = aspects.filter(({ inCreate }) => !inCreate).flatMap((aspect) => aspect.fields);
  const taken = fields.filter(({ name, marks }) => {
    const takes = kindOperations[kind]?.takes?.includes(name) ?? true;
    return takes && marks.immutable !== true && !parents.includes(name);
  });
  const needsSome = taken.some(({ name, inner, marks }) => {
    const isKept =
      patches || marks.generated === true || kindOperations[kind]?.keeps?.includes(name) === true;
    return !isKept && !inner.safeParse(undefined).success;
  });
  const canBeTaken = unique?.fields.some((name) => taken.some((field) => field.name === name)) === true;
  return {
    changes: distinct([
      ...validity.filter((name) => name !== 'valueMissing' || needsSome),
      ...(canBeTaken ? [unique.error] : []),
      ...missingOf(taken),
    ]),
    ofFields: (names) => [
      ...(isManagement
        ? (['bodyInvalid', 'gatewayFieldInvalid'] as const)
        : (['bodyInvalid', 'valueMissing', 'valueInvalid'] as const)),
      ...missingOf(fields.filter(({ name }) => names.includes(name))),
    ],
    caller: isManagement
      ? ['managementTokenMissing', 'gatewayOfOtherProject']
      : ['tokenMissing', 'methodNotPermitted'],
    parents: missingOf(fields.filter(({ name }) => parents.includes(name))),
    missing: [missing],
    references: missingOf(fields.filter(({ name }) => !parents.includes(name) && !later.includes(name))),
    input: distinct([...validity, ...(unique === undefined ? [] : [unique.error])]),
    quota: quota === undefined ? [] : [quota.error],
    create: beyond.create ?? [],
    update: beyond.update ?? [],
    remove: beyond.delete ?? [],
  };
}

/** The same errors in one list, each once. */
export function allErrorsOf(kind: Kind, comments: KindComments): readonly ControlErrorName[] {
  const { ofFields: _, ...lists } = errorsOf(kind, comments);
  return distinct(Object.values(lists).flat());
}

/** Each once. */
export function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}

function notFound(inner: z.ZodType, ref: string | undefined): readonly ControlErrorName[] {
  // Where an ID of a gateway leads to its content, its absence has a code of the content.
  if (ref === 'gateway') return ['gatewayOfPathNotFound', 'gatewayNotOwned'];
  if (ref !== undefined) return Object.hasOwn(resources, ref) ? [descriptionOf(ref as Kind).missing] : [];
  if (inner instanceof z.ZodArray) {
    const item = fieldOf('', inner.element as z.ZodType);
    return notFound(item.inner, item.marks.ref);
  }
  if (!(inner instanceof z.ZodObject)) return [];
  return fieldsOf(inner).flatMap((field) => notFound(field.inner, field.marks.ref));
}
