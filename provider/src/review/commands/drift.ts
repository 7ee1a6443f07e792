import { clientOf } from '../../clients.ts';
import { readConnection } from '../../connection.ts';
import { lastChanges, type LastChange } from '../authors.ts';
import { driftMarkdown, driftMarkerOf, driftTitle } from '../drift.ts';
import { gitHubSettings, openGitHub } from '../github/github.ts';
import { closeIssues, upsertIssue } from '../github/upsert-issue.ts';
import { readPlan, ReviewError, type Plan } from '../plan.ts';
import { review } from '../review.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { putText, readText } from './files.ts';
import type { Terminal } from './terminal.ts';

const USAGE = `Says what was changed beside the program, from the output of \`pulumi preview --refresh --json --show-sames\`.

Usage: apig-review drift [file] [options]

  file                       the preview; without one, or with -, the standard input
  --state <file>             output of \`pulumi stack export\`, for what the preview does not show
  --output <file>            writes there in the place of the standard output
  --issue                    keeps an issue open on GitHub as long as something has drifted, and closes it then
  --label <label>            label of the issue; apig-drift unless given

Who changed an object, and when, is asked of the gateway, where it is \`@apig/gateway-runtime\`; connection: APIG_ENDPOINT
and the other settings of the provider. GitHub: GITHUB_TOKEN, GITHUB_REPOSITORY (owner/name), GITHUB_API_URL.

Exit codes: 0 nothing has drifted, 1 it could not be found out, 3 something has.`;

/** Says what was changed beside the program, and by whom. */
export const driftCommand: Command = {
  name: 'drift',
  summary: 'says what was changed beside the program, by whom, and keeps an issue about it',
  usage: USAGE,
  run: runDrift,
};

async function runDrift(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = readOptions(args);
  const preview = await readText(options.file, terminal);
  const state = options.state === undefined ? undefined : await readText(options.state, terminal);
  const plan = readPlan(preview, state);
  const found = await review({ plan });
  const hasDrifted = found.resources.length > 0;
  const body = driftMarkdown(found, hasDrifted ? await authorsOf(plan) : []);
  await putText(body, options.output, terminal);
  if (options.isIssue) {
    const github = openGitHub(gitHubSettings(process.env));
    const issue = { marker: driftMarkerOf(found), label: options.label };
    if (hasDrifted) {
      const done = await upsertIssue(github, { ...issue, title: driftTitle(found), body });
      terminal.say(`the issue about ${found.project}/${found.stack}: ${done}.`);
    } else {
      const count = await closeIssues(github, issue, 'Nothing differs from the program any more.');
      terminal.say(`issues about ${found.project}/${found.stack} that were closed: ${String(count)}.`);
    }
  }
  return hasDrifted ? 3 : 0;
}

/** Nobody, where no gateway is configured: then only the difference is told. */
async function authorsOf(plan: Plan): Promise<readonly LastChange[]> {
  const connection = readConnection({ get: () => undefined });
  return 'problem' in connection ? [] : lastChanges(plan, await clientOf(connection));
}

interface Options {
  readonly file: string;
  readonly state: string | undefined;
  readonly output: string | undefined;
  readonly isIssue: boolean;
  readonly label: string;
}

function readOptions(args: readonly string[]): Options {
  const { values, positionals } = readArguments(args, {
    state: { type: 'string' },
    output: { type: 'string' },
    issue: { type: 'boolean', default: false },
    label: { type: 'string', default: 'apig-drift' },
  });
  const [file = '-', surplus] = positionals;
  if (surplus !== undefined) throw new ReviewError(`one preview at a time: what is ${surplus}?`);
  return { file, state: values.state, output: values.output, isIssue: values.issue, label: values.label };
}
