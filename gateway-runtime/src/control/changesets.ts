import { fail, type Json } from '@apig/sdk/contract';
import type { Changeset } from '../store/changesets.ts';
import { authorOf } from './author.ts';
import { numberIn, optionalTextIn } from './body.ts';
import { param, type ControlCall, type ControlRoute } from './call.ts';
import { conflictsOf, type Conflict } from './changeset-conflicts.ts';
import { ownerOf, scopeOf, type ControlContext } from './context.ts';
import { actionOf, changedFields } from './differences.ts';
import { changesetConflict, changesetNotFound, changesetQuota } from './own-refusals.ts';
import { Draft } from '../store/draft.ts';

/** Time that one stays open after its last use: an hour, and a week at most. */
const LIFETIME_SECONDS = { usual: 3600, min: 1, max: 7 * 24 * 3600 };
const MAX_NAME = 100;

/** Writes of many calls that come in force together: opened, staged by calls that carry its ID in a header, and committed. */
export function changesetRoutes(context: ControlContext): readonly ControlRoute[] {
  const { changesets } = context;
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
      answer: async (call) => {
        const changeset = await changesets.open(ownerOf(call), lifetimeMs(call), nameIn(call));
        if (changeset === undefined) throw changesetQuota();
        return toRow(changeset);
      },
    },
    {
      method: 'GET',
      path: 'changesets',
      status: 200,
      answer: (call) => {
        const { name } = call.query;
        const all = changesets.all(ownerOf(call));
        const own = name === undefined ? all : all.filter((changeset) => changeset.name === name);
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
        const { result: changes, revision } = await changesets.commit(changeset, authorOf(call), () => {
          // Others may have written, and the owner withdrawn it, while this waited for its turn.
          const clashes = conflicts(found(call), call);
          if (clashes.length > 0) throw changesetConflict(changeset.id, clashes);
        });
        return { id: changeset.id, revision, changes };
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

/** What the owner calls it; many may have one name. */
function nameIn({ body }: ControlCall): string {
  const name = optionalTextIn(body, 'name') ?? '';
  if (name.length <= MAX_NAME && /^[\x20-\x7e]*$/.test(name)) return name;
  const reason = `expected at most ${MAX_NAME} printable ASCII characters`;
  throw fail('valueInvalid', { reason, field: 'name' });
}

function toRow(changeset: Changeset): Json {
  const { id, name, openedAtMs, expiresAtMs, lifetimeMs, baseRevision, draft } = changeset;
  return {
    id,
    ...(name !== '' && { name }),
    created_at: new Date(openedAtMs).toISOString(),
    expires_at: new Date(expiresAtMs).toISOString(),
    expires_in_seconds: lifetimeMs / 1000,
    base_revision: baseRevision,
    change_count: draft.changes().length,
  };
}
