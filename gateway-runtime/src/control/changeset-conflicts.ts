import { isApigError } from '@apig/sdk/contract';
import type { Changeset } from '../store/changesets.ts';
import type { Stored } from '../store/configuration.ts';
import { collections } from './collections.ts';
import { brokenLinksOf, claimsOf, nameOf } from './consistency.ts';
import type { WriteScope } from './context.ts';
import type { Collection, CollectionKind } from './kinds.ts';

/** Why a changeset cannot be committed. */
export interface Conflict {
  readonly kind: string;
  readonly id: string;
  readonly reason: string;
}

/**
 * Where what is staged and what others have written since the changeset was opened do not go together: the same object,
 * a name or place that only one may have, a reference to what is gone, or a rule of a kind. `scope` works on what is
 * configured with what is staged.
 */
export function conflictsOf({ draft, changedByOthers }: Changeset, scope: WriteScope): readonly Conflict[] {
  if (changedByOthers.length === 0) return [];
  const conflicts: Conflict[] = [];
  const places = new Set(changedByOthers.map(({ kind, key }) => `${kind}/${key}`));
  const others = changedByOthers
    .map(({ kind, key }) => draft.get(kind, key))
    .filter((object): object is Stored => object !== undefined);
  const claims = new Map(others.flatMap((object) => claimsOf(object).map((claim) => [claim, object])));
  const staged = new Set<string>();

  for (const { kind, key, before, after } of draft.changes()) {
    staged.add(`${kind}/${key}`);
    const object = after ?? before;
    if (object === undefined) continue;
    const reason = places.has(`${kind}/${key}`)
      ? 'it was changed by somebody else'
      : after && (brokenOf(after, scope) ?? claimedBy(after, claims) ?? refusalOf(after, scope));
    if (reason !== undefined) conflicts.push({ kind, id: object.id, reason });
  }
  for (const object of others) {
    const [link] = brokenLinksOf(object, draft);
    if (link === undefined || !staged.has(`${link.kind}/${link.key}`)) continue;
    conflicts.push({ kind: link.kind, id: link.id, reason: `it is needed by ${nameOf(object)}` });
  }
  return conflicts;
}

function brokenOf(object: Stored, { draft }: WriteScope): string | undefined {
  const [link] = brokenLinksOf(object, draft);
  return link && `it needs ${nameOf(link)}, which is gone`;
}

function claimedBy(object: Stored, claims: ReadonlyMap<string, Stored>): string | undefined {
  const other = claimsOf(object)
    .map((claim) => claims.get(claim))
    .find((each) => each !== undefined);
  return other && `${nameOf(other)} has what only one may have`;
}

function refusalOf(object: Stored, scope: WriteScope): string | undefined {
  if (!Object.hasOwn(collections, object.kind)) return undefined;
  // The rules of a kind and its objects belong together; what kind that is, nobody here needs to know.
  const { rules } = collections[object.kind as CollectionKind] as Collection<CollectionKind>;
  try {
    rules.check?.(object.body as never, object.id, object as never, scope);
    return undefined;
  } catch (error) {
    if (isApigError(error)) return error.message;
    throw error;
  }
}
