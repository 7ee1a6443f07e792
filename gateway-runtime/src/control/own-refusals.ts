import { ApigError } from '@apig/sdk/contract';
import { MAX_CHANGESETS, MAX_STAGED } from '../store/changesets.ts';
import type { Conflict } from './changeset-conflicts.ts';

/** How many conflicts a message names. */
const MAX_NAMED = 10;

/*
 * What the runtime's own operations refuse. The documented API has no such operations and its catalogue no such codes,
 * so these begin with another word.
 */

/** A header of the runtime's own does not have the form that it must have. */
export function headerInvalid(name: string, reason: string): ApigError {
  return refusal('RUNTIME.0001', 400, `Invalid header ${name}: ${reason}`);
}

/** A document is no snapshot, or one that cannot be put in force. */
export function snapshotInvalid(reason: string): ApigError {
  return refusal('RUNTIME.0010', 400, `The snapshot is not valid: ${reason}`);
}

/** The secrets of a snapshot do not open. */
export function passphraseWrong(): ApigError {
  return refusal('RUNTIME.0011', 400, 'The secrets of the snapshot do not open with this passphrase.');
}

/** A snapshot would replace what is configured, and was not told to. */
export function configurationNotEmpty(): ApigError {
  return refusal(
    'RUNTIME.0012',
    409,
    'Something is configured already: give replace=true to have the snapshot in its place.',
  );
}

/** A call names a changeset that is not open. */
export function changesetNotFound(id: string): ApigError {
  const shown = /^[\w-]{1,64}$/.test(id) ? ` ${id}` : '';
  return refusal(
    'RUNTIME.0020',
    404,
    `The changeset${shown} is not open: it may be committed, withdrawn or expired.`,
  );
}

/** There are as many open changesets as there may be. */
export function changesetQuota(): ApigError {
  return refusal('RUNTIME.0021', 409, `There may be at most ${MAX_CHANGESETS} open changesets.`);
}

/** A changeset changes as many objects as it may. */
export function changesetFull(): ApigError {
  return refusal('RUNTIME.0022', 409, `A changeset may change at most ${MAX_STAGED} objects.`);
}

/** What is staged does not go together with what others have written. */
export function changesetConflict(id: string, conflicts: readonly Conflict[]): ApigError {
  const named = conflicts.slice(0, MAX_NAMED).map(({ kind, id, reason }) => `${kind} ${id}: ${reason}`);
  const more = conflicts.length > MAX_NAMED ? `; and ${conflicts.length - MAX_NAMED} more` : '';
  return refusal('RUNTIME.0023', 409, `The changeset ${id} is not committed. ${named.join('; ')}${more}`);
}

function refusal(code: string, status: number, message: string): ApigError {
  return new ApigError({ code, status, message });
}
