import { fail, type Json } from '@apig/sdk/contract';
import type { Changeset } from '../store/changesets.ts';
import { authorOf } from './author.ts';
import { numberIn } from './body.ts';
import { param, type ControlCall, type ControlRoute } from './call.ts';
import { conflictsOf, type Conflict } from './changeset-conflicts.ts';
import { ownerOf, scopeOf, type ControlContext } from './context.ts';
import { actionOf, changedFields } from './differences.ts';
import { changesetConflict, changesetNotFound, changesetQuota } from './own-refusals.ts';
import { Draft } from '../store/draft.ts';

const LIFETIME_SECONDS = { usual: 900, min: 1, max: 3600 };

/** Writes of many calls that come in force together: opened, staged by calls that carry its ID in a header, and committed. */
export function changesetRoutes(context: ControlContext): readonly ControlRoute[] {
  const { changesets, ledger } = context;
  const found = (call: ControlCall): Changeset => {
    const id = param(call, 'id');
    const changeset = changesets.find(id, ownerOf(call));
    if (changeset === undefined) throw changesetNotFound(id);
    return changeset;
  };
  const conflicts = (changeset: Changeset, call: ControlCall): readonly Conflict[] =>
    conflictsOf(changeset, scopeOf(context, call, new Draft(changeset.draft, changeset.draft.now)));

  return [
    {
      method: 'POST',
      path: 'changesets',
      status: 201,
      answer: (call) => {
        const changeset = changesets.open(ownerOf(call), lifetimeMs(call));
        if (changeset === undefined) throw changesetQuota();
        return toRow(changeset);
      },
    },
    {
      method: 'GET',
      path: 'changesets',
      status: 200,
      answer: (call) => {
        const own = changesets.all(ownerOf(call));
        return { total: own.length, size: own.length, changesets: own.map(toRow) };
      },
    },
    {
      method: 'GET',
      path: 'changesets/{id}',
      status: 200,
      answer: (call) => {
        const changeset = found(call);
        return {
          ...toRow(changeset),
          changes: changeset.draft.changes().map((change) => ({
            kind: change.kind,
            key: change.key,
            action: actionOf(change),
            fields: changedFields(change).map(({ field }) => field),
          })),
          conflicts: conflicts(changeset, call),
        };
      },
    },
    {
      method: 'POST',
      path: 'changesets/{id}/commit',
      status: 200,
      answer: async (call) => {
        const changeset = found(call);
        const changes = await changesets.commit(changeset, authorOf(call), () => {
          // Others may have written, and the owner withdrawn it, while this waited for its turn.
          const clashes = conflicts(found(call), call);
          if (clashes.length > 0) throw changesetConflict(changeset.id, clashes);
        });
        return { id: changeset.id, revision: ledger.configuration.revision, changes };
      },
    },
    {
      method: 'DELETE',
      path: 'changesets/{id}',
      status: 204,
      answer: (call) => changesets.withdraw(found(call)),
    },
  ];
}

function lifetimeMs({ body }: ControlCall): number {
  const { usual, min, max } = LIFETIME_SECONDS;
  const seconds = numberIn(body, 'expires_in_seconds') ?? usual;
  if (seconds >= min && seconds <= max) return seconds * 1000;
  throw fail('valueInvalid', { reason: `expected ${min} to ${max}`, field: 'expires_in_seconds' });
}

function toRow({ id, openedAtMs, expiresAtMs, baseRevision, draft }: Changeset): Json {
  return {
    id,
    created_at: new Date(openedAtMs).toISOString(),
    expires_at: new Date(expiresAtMs).toISOString(),
    base_revision: baseRevision,
    change_count: draft.changes().length,
  };
}
