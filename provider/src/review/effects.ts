import { actingEffects } from './acting.ts';
import type { Examined } from './examined.ts';
import type { Effect } from './model.ts';
import { definitionEffects, publicationEffects } from './publications.ts';
import { tieEffects } from './ties.ts';

/**
 * What happens to callers by the plan itself: APIs that are published, published anew or go offline, and what acts on
 * them and comes, goes or changes.
 */
export function effectsOf(examined: Examined): readonly Effect[] {
  const publications = publicationEffects(examined);
  const fresh = new Set(publications.filter(({ kind }) => kind === 'published').map(placeOf));
  const gone = new Set(publications.filter(({ kind }) => kind === 'offline').map(placeOf));
  const others = [...tieEffects(examined), ...actingEffects(examined)].map((effect): Effect => {
    // What a new API begins with is no change for anybody, and neither is what goes with an API.
    const isBorn = effect.kind === 'policyGained' && fresh.has(placeOf(effect));
    const isDead = effect.kind === 'policyLost' && gone.has(placeOf(effect));
    return isBorn || isDead ? { ...effect, verdict: 'neutral' } : effect;
  });
  return [...publications, ...definitionEffects(examined, publications), ...others];
}

function placeOf({ api, environment }: Effect): string {
  return JSON.stringify([api, environment]);
}
