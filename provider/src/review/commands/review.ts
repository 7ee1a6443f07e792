import { toHtml } from '../html/page.ts';
import { toJson } from '../json.ts';
import { toMarkdown } from '../markdown.ts';
import type { Review } from '../model.ts';
import { readPlan, ReviewError } from '../plan.ts';
import { review, type ReviewInput } from '../review.ts';
import { rankOf } from '../summary.ts';
import { toTerminal } from '../terminal.ts';
import { readArguments, wordOf } from './arguments.ts';
import type { Command } from './command.ts';
import { EXTENSIONS_USAGE, extensionsIn } from './extensions.ts';
import { putText, readText } from './files.ts';
import type { Terminal } from './terminal.ts';

const USAGE = `Says what a change does to callers, from the output of \`pulumi preview --json --show-sames\`.

Usage: apig-review [review] [file] [options]

  file                       the preview; without one, or with -, the standard input
  --state <file>             output of \`pulumi stack export\`, for what the preview does not show
  --format <format>          terminal (default), markdown for a comment, json, or html for a page
  --html <file>              writes the page there, beside the other output
  --output <file>            writes there in the place of the standard output
  --fail-on <verdict>        exit code 2 for breaking, for loosening (and worse), or for any change for callers
  --detailed-exit-code       exit code 3 when something changes and --fail-on does not apply
  --silent-when-unchanged    writes nothing when no resource changes
${EXTENSIONS_USAGE}

Exit codes: 0 nothing to fail on, 1 the review could not be made, 2 as --fail-on asks, 3 as --detailed-exit-code asks.`;

/** What makes a review say more than the plan does. */
export type Extensions = Pick<ReviewInput, 'compare' | 'lint'>;

/** Says what a preview does to callers. */
export const reviewCommand: Command = {
  name: 'review',
  summary: 'says what a preview does to callers',
  usage: USAGE,
  run: async (args, terminal) => {
    const { rest, extensions } = await extensionsIn(args, terminal);
    return runReviewCommand(rest, terminal, extensions);
  },
};

/** Makes a review and writes it. Returns the exit code. */
export async function runReviewCommand(
  args: readonly string[],
  terminal: Terminal,
  extensions: Extensions,
): Promise<number> {
  const options = readOptions(args);
  const preview = await readText(options.file, terminal);
  const state = options.state === undefined ? undefined : await readText(options.state, terminal);
  const result = await review({ plan: readPlan(preview, state), ...extensions });
  if (options.html !== undefined) await putText(toHtml(result), options.html, terminal);
  const isSilent = options.isSilent && result.resources.length === 0;
  if (!isSilent) await putText(FORMATS[options.format](result, terminal), options.output, terminal);
  return exitCode(result, options);
}

/** The forms of output. */
const FORMATS = {
  terminal: (result: Review, terminal: Terminal) => toTerminal(result, terminal),
  markdown: (result: Review) => toMarkdown(result),
  json: (result: Review) => toJson(result),
  html: (result: Review) => toHtml(result),
} as const;

const VERDICTS = ['breaking', 'loosening', 'any'] as const;

interface Options {
  readonly file: string;
  readonly state: string | undefined;
  readonly format: keyof typeof FORMATS;
  readonly output: string | undefined;
  readonly html: string | undefined;
  readonly failOn: (typeof VERDICTS)[number] | undefined;
  readonly isDetailed: boolean;
  readonly isSilent: boolean;
}

function readOptions(args: readonly string[]): Options {
  const { values, positionals } = readArguments(args, {
    state: { type: 'string' },
    format: { type: 'string', default: 'terminal' },
    output: { type: 'string' },
    html: { type: 'string' },
    'fail-on': { type: 'string' },
    'detailed-exit-code': { type: 'boolean', default: false },
    'silent-when-unchanged': { type: 'boolean', default: false },
  });
  const [file = '-', surplus] = positionals;
  if (surplus !== undefined) throw new ReviewError(`one preview at a time: what is ${surplus}?`);
  return {
    file,
    state: values.state,
    format: wordOf('--format', values.format, Object.keys(FORMATS) as (keyof typeof FORMATS)[]),
    output: values.output,
    html: values.html,
    failOn: values['fail-on'] === undefined ? undefined : wordOf('--fail-on', values['fail-on'], VERDICTS),
    isDetailed: values['detailed-exit-code'],
    isSilent: values['silent-when-unchanged'],
  };
}

function exitCode({ verdict, resources }: Review, { failOn, isDetailed }: Options): number {
  const least = failOn === undefined ? undefined : failOn === 'any' ? 'neutral' : failOn;
  if (least !== undefined && rankOf(verdict) >= rankOf(least)) return 2;
  return isDetailed && resources.length > 0 ? 3 : 0;
}
