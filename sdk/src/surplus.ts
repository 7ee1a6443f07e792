import { z } from 'zod';
import { fieldsOf } from './fields.ts';

/** A key of a value that its schema does not have. */
export interface Surplus {
  readonly path: readonly (string | number)[];
  /** The field that was meant, if one has a similar name. */
  readonly near?: string;
}

/** Finds keys that a schema does not have, at any depth. Parsing drops them, as the service does, and so hides typing errors. */
export function surplusOf(
  schema: z.ZodType,
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly Surplus[] {
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const element = schema.element as z.ZodType;
    return value.flatMap((item, index) => surplusOf(element, item, [...path, index]));
  }
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return [];
  const fields = new Map(fieldsOf(schema).map((field) => [field.name, field]));
  return Object.entries(value).flatMap(([name, item]): readonly Surplus[] => {
    const field = fields.get(name);
    if (field !== undefined) return surplusOf(field.inner, item, [...path, name]);
    const names = [...fields.values()].flatMap((each) => [
      { spelling: each.name, meant: each.name },
      { spelling: each.wire, meant: each.name },
    ]);
    const near = nearest(name, names);
    return [{ path: [...path, name], ...(near === undefined ? {} : { near }) }];
  });
}

function nearest(
  name: string,
  names: readonly { readonly spelling: string; readonly meant: string }[],
): string | undefined {
  const wanted = plain(name);
  const ranked = names
    .map(({ spelling, meant }) => ({ meant, distance: distanceOf(wanted, plain(spelling)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.min(3, wanted.length / 3) ? best.meant : undefined;
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** Levenshtein distance: insertions, deletions and replacements of one letter that lead from one text to the other. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
