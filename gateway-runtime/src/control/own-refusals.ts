import { fail, type ApigError } from '@apig/sdk/contract';
import { MAX_CHANGESETS, MAX_STAGED } from '../store/changesets.ts';
import type { Conflict } from './changeset-conflicts.ts';

/** How many conflicts a message names. */
const MAX_NAMED = 10;

/** A header of the runtime's own does not have the form that it must have. */
export function headerInvalid(name: string, reason: string): ApigError {
  return fail('headerInvalid', { name, reason });
}

/** A document is no snapshot, or one that cannot be put in force. */
export function snapshotInvalid(reason: string): ApigError {
  return fail('snapshotInvalid', { reason });
}

/** The secrets of a snapshot do not open. */
export function passphraseWrong(): ApigError {
  return fail('passphraseWrong');
}

/** A snapshot would replace what is configured, and was not told to. */
export function configurationNotEmpty(): ApigError {
  return fail('configurationNotEmpty');
}

/** A call names a changeset that is not open. */
export function changesetNotFound(id: string): ApigError {
  return fail('changesetNotFound', { id: /^[\w-]{1,64}$/.test(id) ? id : 'of that ID' });
}

/** There are as many open changesets as there may be. */
export function changesetQuota(): ApigError {
  return fail('changesetQuota', { limit: MAX_CHANGESETS });
}

/** A changeset changes as many objects as it may. */
export function changesetFull(): ApigError {
  return fail('changesetFull', { limit: MAX_STAGED });
}

/** What is staged does not go together with what others have written. */
export function changesetConflict(id: string, conflicts: readonly Conflict[]): ApigError {
  const named = conflicts
    .slice(0, MAX_NAMED)
    .map(({ kind, id, name, reason }) => `${kind} ${id}${name === undefined ? '' : ` (${name})`}: ${reason}`);
  const more = conflicts.length > MAX_NAMED ? `; and ${conflicts.length - MAX_NAMED} more` : '';
  return fail('changesetConflict', { id, reason: `${named.join('; ')}${more}` });
}
