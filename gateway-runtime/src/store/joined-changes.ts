import { isDeepStrictEqual } from 'node:util';
import type { Change } from './configuration.ts';

/** What changes that follow each other come to: one for each object, and none for one that is what it was. */
export function joined(changes: readonly Change[]): readonly Change[] {
  const byObject = new Map<string, Change>();
  const repeated = new Set<string>();
  for (const change of changes) {
    const { kind, key, after } = change;
    const place = `${kind}/${key}`;
    const earlier = byObject.get(place);
    if (earlier === undefined) {
      byObject.set(place, change);
      continue;
    }
    const { before } = earlier;
    repeated.add(place);
    byObject.set(place, { kind, key, ...(before && { before }), ...(after && { after }) });
  }
  for (const place of repeated) {
    const { before, after } = byObject.get(place) ?? {};
    if (isDeepStrictEqual(before, after)) byObject.delete(place);
  }
  return [...byObject.values()];
}
