import { appendFile } from 'node:fs/promises';
import { Forbidden, gitHubSettings, openGitHub } from '../github/github.ts';
import { upsertComment } from '../github/upsert-comment.ts';
import { markerOf, toMarkdown } from '../markdown.ts';
import { ReviewError } from '../plan.ts';
import { readReview } from '../read-review.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { readText } from './files.ts';
import type { Terminal } from './terminal.ts';

const USAGE = `Keeps a review as one comment below a pull request on GitHub, for each stack one.

Usage: apig-review comment <review.json> --pull <number> [options]

  review.json                what \`apig-review --format json\` wrote
  --pull <number>            number of the pull request
  --silent-when-unchanged    no comment while no resource changes; one that is there is brought up to date

Environment: GITHUB_TOKEN, GITHUB_REPOSITORY (owner/name), GITHUB_API_URL, as GitHub Actions sets the last two.
A token that may not comment, as that of a pull request from a fork, is no failure: the review then goes to the job's
summary (GITHUB_STEP_SUMMARY).`;

/** Keeps a review as one comment below a pull request. */
export const commentCommand: Command = {
  name: 'comment',
  summary: 'keeps a review as one comment below a pull request on GitHub',
  usage: USAGE,
  run: runComment,
};

async function runComment(args: readonly string[], terminal: Terminal): Promise<number> {
  const { file, pull, isSilent } = readOptions(args);
  const review = readReview(await readText(file, terminal), file);
  const marker = markerOf(review.project, review.stack);
  const body = toMarkdown(review);
  const isWanted = !isSilent || review.resources.length > 0;
  try {
    const github = openGitHub(gitHubSettings(process.env));
    const done = await upsertComment(github, pull, marker, body, isWanted);
    terminal.say(`the comment of ${review.project}/${review.stack}: ${done}.`);
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    const summary = process.env['GITHUB_STEP_SUMMARY'];
    if (summary !== undefined && summary !== '') await appendFile(summary, body);
    const where = summary === undefined ? '' : ' The review is in the summary of the job.';
    terminal.say(`no comment: the token may not write one, as in pull requests from forks.${where}`);
  }
  return 0;
}

function readOptions(args: readonly string[]): { file: string; pull: number; isSilent: boolean } {
  const { values, positionals } = readArguments(args, {
    pull: { type: 'string' },
    'silent-when-unchanged': { type: 'boolean', default: false },
  });
  const [file, surplus] = positionals;
  if (file === undefined || surplus !== undefined)
    throw new ReviewError('expected one file, as `apig-review --format json` writes it.');
  const pull = Number(values.pull ?? Number.NaN);
  if (!Number.isSafeInteger(pull) || pull < 1)
    throw new ReviewError('--pull: expected the number of a pull request.');
  return { file, pull, isSilent: values['silent-when-unchanged'] };
}
