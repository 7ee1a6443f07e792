import type { GitHub } from './github.ts';
import type { Upserted } from './upsert-comment.ts';

/** An issue that is open as long as something is so. */
export interface StandingIssue {
  /** With which the body begins, and by which the issue is found. */
  readonly marker: string;
  readonly label: string;
  readonly title: string;
  readonly body: string;
}

/**
 * Opens an issue, or brings the open one with the same marker up to date.
 *
 * @throws Forbidden when the token may not write; ReviewError when GitHub fails otherwise
 */
export async function upsertIssue(github: GitHub, issue: StandingIssue): Promise<Upserted> {
  const { title, body, label } = issue;
  const [open] = await openIssues(github, issue);
  if (open === undefined) {
    await github.send('POST', '/issues', { title, body, labels: [label] });
    return 'created';
  }
  if (open.body === body) return 'unchanged';
  await github.send('PATCH', `/issues/${String(open.number)}`, { title, body });
  return 'updated';
}

/**
 * Closes the open issues with a marker, with a last word. Returns how many there were.
 *
 * @throws as `upsertIssue` does
 */
export async function closeIssues(
  github: GitHub,
  issue: Pick<StandingIssue, 'marker' | 'label'>,
  lastWord: string,
): Promise<number> {
  const open = await openIssues(github, issue);
  for (const { number } of open) {
    const path = `/issues/${String(number)}`;
    await github.send('POST', `${path}/comments`, { body: lastWord });
    await github.send('PATCH', path, { state: 'closed', state_reason: 'completed' });
  }
  return open.length;
}

interface OpenIssue {
  readonly number: number;
  readonly body: string;
}

async function openIssues(
  github: GitHub,
  { marker, label }: Pick<StandingIssue, 'marker' | 'label'>,
): Promise<readonly OpenIssue[]> {
  const all = await github.list('/issues', { state: 'open', labels: label });
  return all.filter(isIssue).filter(({ body }) => body.startsWith(marker));
}

/** The list has pull requests too. */
function isIssue(value: unknown): value is OpenIssue {
  if (typeof value !== 'object' || value === null || 'pull_request' in value) return false;
  const { number, body } = value as { number?: unknown; body?: unknown };
  return typeof number === 'number' && typeof body === 'string';
}
