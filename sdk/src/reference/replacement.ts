import { z } from 'zod';
import type { Field } from '../fields.ts';

/** What a change of a field does to the object, in words. */
export function changeInWords({ inner, marks }: Field): string {
  const { immutable } = marks;
  if (immutable === undefined) return 'in place';
  if (immutable === true) return 'replaces';
  return inner instanceof z.ZodEnum ? directionOf(inner.options, immutable) : 'replaces in some cases';
}

/** Values of an enumeration are written from the least to the most. */
function directionOf(
  values: readonly unknown[],
  replaces: (before: unknown, after: unknown) => boolean,
): string {
  const steps = values.flatMap((_, before) => values.map((__, after) => ({ before, after })));
  const replacing = steps.filter(({ before, after }) => replaces(values[before], values[after]));
  const isExactly = (test: (step: { before: number; after: number }) => boolean) =>
    steps.filter(test).length === replacing.length && replacing.every(test);
  if (isExactly(({ before, after }) => after < before)) return 'replaces when lowered';
  if (isExactly(({ before, after }) => after > before)) return 'replaces when raised';
  return 'replaces in some cases';
}
