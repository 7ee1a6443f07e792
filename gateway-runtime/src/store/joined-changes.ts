import { isDeepStrictEqual } from 'node:util';
import type { Change } from './configuration.ts';

/** What changes that follow each other come to: one for each object, and none for one that is what it was. */
export function joined(changes: readonly Change[]): readonly Change[] {
  const byObject = new Map<string, Change>();
  for (const change of changes) {
    const { kind, key, after } = change;
    const place = `${kind}/${key}`;
    const earlier = byObject.get(place);
    const before = earlier === undefined ? change.before : earlier.before;
    byObject.set(place, { kind, key, ...(before && { before }), ...(after && { after }) });
  }
  return [...byObject.values()].filter(({ before, after }) => !isDeepStrictEqual(before, after));
}
