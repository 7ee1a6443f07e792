import { Forbidden, type GitHub } from './github.ts';

/** What became of a comment. */
export type Upserted = 'created' | 'updated' | 'unchanged' | 'none';

/**
 * Keeps one comment for each marker below a pull request or an issue: writes it, or replaces it where it is.
 *
 * @param number of the pull request or issue
 * @param body begins with the marker; of several such comments the newest stays
 * @param isWanted whether it is written where there is none yet
 * @throws Forbidden when the token may not write; ReviewError when GitHub fails otherwise
 */
export async function upsertComment(
  github: GitHub,
  number: number,
  marker: string,
  body: string,
  isWanted = true,
): Promise<Upserted> {
  const all = await github.list(`/issues/${String(number)}/comments`);
  const own = all.filter(isComment).filter((comment) => comment.body?.startsWith(marker) === true);
  for (const comment of own.toReversed()) {
    const path = `/issues/comments/${String(comment.id)}`;
    if (comment.body === body) {
      await removeOthers(github, own, comment);
      return 'unchanged';
    }
    try {
      await github.send('PATCH', path, { body });
    } catch (error) {
      // Somebody else wrote it, with the marker in it: what we wrote is an older one, or yet to be written.
      if (error instanceof Forbidden) continue;
      throw error;
    }
    await removeOthers(github, own, comment);
    return 'updated';
  }
  if (!isWanted) return 'none';
  await github.send('POST', `/issues/${String(number)}/comments`, { body });
  return 'created';
}

interface Comment {
  readonly id: number;
  readonly body?: string | null;
}

function isComment(value: unknown): value is Comment {
  return typeof value === 'object' && value !== null && typeof (value as Comment).id === 'number';
}

/** Two runs at a time may each have written one. */
async function removeOthers(github: GitHub, own: readonly Comment[], kept: Comment): Promise<void> {
  for (const { id } of own.filter((comment) => comment !== kept)) {
    try {
      await github.send('DELETE', `/issues/comments/${String(id)}`);
    } catch (error) {
      // Not ours after all.
      if (!(error instanceof Forbidden)) throw error;
    }
  }
}
