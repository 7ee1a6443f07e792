import { hash } from 'node:crypto';
import { fieldsOf, type Description, type Json } from '@apig/sdk/contract';

/** Carries the name that was made for a resource from its class to its check. */
export const MADE_NAME = '__made';

/** What tells a resource from all others. */
export interface Named {
  readonly project: string;
  readonly stack: string;
  readonly type: string;
  readonly name: string;
}

/**
 * A name for the object of a resource that says none: the resource's own, and a suffix that tells stacks apart. It is the
 * same in each run, so that a preview shows the name that the update gives. All kinds take its letters and its length.
 */
export function nameFor({ project, stack, type, name }: Named): string {
  const words = name.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
  const stem = /^[A-Za-z]/.test(words) ? words : `n_${words}`;
  const suffix = hash('sha256', JSON.stringify([project, stack, type, name])).slice(0, 7);
  return `${stem.slice(0, 40)}_${suffix}`;
}

/** A program's arguments, with a name where it says none: the one that the object has, else the one that was made. */
export function withName({ input }: Description, olds: Json, news: Json): Json {
  const [field] = fieldsOf(input).filter(({ marks }) => marks.automatic);
  if (field === undefined || (news[field.name] ?? undefined) !== undefined) return news;
  const name = olds[field.name] ?? news[MADE_NAME];
  return name === undefined ? news : { ...news, [field.name]: name };
}
