import type { Changeset } from '../store/changesets.ts';
import type { Stored } from '../store/configuration.ts';
import { brokenLinksOf, claimsOf, nameOf } from './consistency.ts';
import type { WriteScope } from './context.ts';
import { valuesOf } from './lookup.ts';
import { Crowds, refusalOf } from './object-checks.ts';

/** Why a changeset cannot be committed. */
export interface Conflict {
  readonly kind: string;
  readonly id: string;
  /** The name of the object, when it has one. */
  readonly name?: string;
  readonly reason: string;
}

/**
 * Where what is staged and what is configured now do not go together: the same object, a name or place that only one may
 * have, a reference to what is gone, a limit, or a rule of a kind. Others may have written since the changeset was
 * opened, and limits may be others since it was staged. `scope` works on what is configured with what is staged.
 */
export function conflictsOf(changeset: Changeset, scope: WriteScope): readonly Conflict[] {
  const { draft, changedByOthers } = changeset;
  const conflicts: Conflict[] = [];
  const others = changedByOthers
    .map(({ kind, key }) => draft.get(kind, key))
    .filter((object): object is Stored => object !== undefined);
  const claims = new Map(others.flatMap((object) => claimsOf(object).map((claim) => [claim, object])));
  const crowds = new Crowds(scope);
  const staged = new Map<string, Stored>();

  for (const change of draft.changes()) {
    const { kind, key, before, after } = change;
    const object = after ?? before;
    if (object === undefined) continue;
    staged.set(`${kind}/${key}`, object);
    const reason = changeset.hasMoved(change)
      ? 'it was changed by somebody else'
      : after &&
        (brokenOf(after, scope) ??
          claimedBy(after, claims) ??
          refusalOf(after, scope) ??
          (before === undefined ? crowds.refusalOf(after) : undefined));
    if (reason !== undefined) conflicts.push(conflictOf(object, reason));
  }
  for (const object of others) {
    const [link] = brokenLinksOf(object, draft);
    const needed = link && staged.get(`${link.kind}/${link.key}`);
    if (needed !== undefined) conflicts.push(conflictOf(needed, `it is needed by ${namedOf(object)}`));
  }
  return conflicts;
}

function conflictOf(object: Stored, reason: string): Conflict {
  const { kind, id } = object;
  const { name } = valuesOf(object);
  return { kind, id, ...(typeof name === 'string' && { name }), reason };
}

function namedOf(object: Stored): string {
  const { name } = valuesOf(object);
  return typeof name === 'string' ? `${nameOf(object)} (${name})` : nameOf(object);
}

function brokenOf(object: Stored, { draft }: WriteScope): string | undefined {
  const [link] = brokenLinksOf(object, draft);
  return link && `it needs ${nameOf(link)}, which is gone`;
}

/** Objects of a changeset have been held against each other already. */
function claimedBy(object: Stored, claims: ReadonlyMap<string, Stored>): string | undefined {
  const other = claimsOf(object)
    .map((claim) => claims.get(claim))
    .find((each) => each !== undefined && each !== object);
  return other && `${namedOf(other)} has what only one may have`;
}
