import { replay } from '../behaviour/replay.ts';
import { lint } from '../lint/lint.ts';
import { rules } from '../lint/rules.ts';
import { toSarif } from '../lint/sarif.ts';
import { ALL_RULES, readSettings, type LintSettings } from '../lint/settings.ts';
import type { Finding } from '../model.ts';
import { readPlan, ReviewError } from '../plan.ts';
import { readArguments, wordOf } from './arguments.ts';
import type { Command } from './command.ts';
import { putText, readText } from './files.ts';
import type { Terminal } from './terminal.ts';

const USAGE = `Looks at a planned gateway by rules: routes that conflict, APIs that nobody reaches, policies without effect.

Usage: apig-review lint [file] [options]

  file                   output of \`pulumi preview --json --show-sames\`; without one, or with -, the standard input
  --state <file>         output of \`pulumi stack export\`, for what the preview does not show
  --settings <file>      severities of rules, and what they are to ignore
  --format <format>      text (default), json or sarif
  --file <path>          file at which code scanning shows findings; Pulumi.yaml unless given
  --output <file>        writes there in the place of the standard output
  --fail-on <severity>   exit code 2 for error (default), warning (and worse) or note

Rules:
${rules.map(({ name, severity, title }) => `  ${name.padEnd(30)} ${severity.padEnd(8)} ${title}`).join('\n')}

A resource with the remark "apig-ignore: <rule>, <rule>" is not looked at by these rules.`;

/** Looks at the planned configuration by rules. */
export const lintCommand: Command = {
  name: 'lint',
  summary: 'looks at what is planned by rules',
  usage: USAGE,
  run: runLint,
};

const SEVERITIES = ['error', 'warning', 'note'] as const;

async function runLint(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArguments(args, {
    state: { type: 'string' },
    settings: { type: 'string' },
    format: { type: 'string', default: 'text' },
    file: { type: 'string' },
    output: { type: 'string' },
    'fail-on': { type: 'string', default: 'error' },
  });
  const [file = '-', surplus] = positionals;
  if (surplus !== undefined) throw new ReviewError(`one preview at a time: what is ${surplus}?`);
  const format = wordOf('--format', values.format, ['text', 'json', 'sarif']);
  const failOn = wordOf('--fail-on', values['fail-on'], SEVERITIES);
  const settings = await settingsIn(values.settings, terminal);
  const preview = await readText(file, terminal);
  const state = values.state === undefined ? undefined : await readText(values.state, terminal);
  const findings = lint(replay(readPlan(preview, state)).after, settings);
  const text = {
    text: () => toText(findings),
    json: () => `${JSON.stringify(findings, null, 2)}\n`,
    sarif: () => toSarif(findings, values.file),
  }[format]();
  await putText(text, values.output, terminal);
  const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.some(({ severity }) => failing.includes(severity)) ? 2 : 0;
}

/** Settings in a file; all rules as they are meant where there is none. @throws ReviewError */
export async function settingsIn(file: string | undefined, terminal: Terminal): Promise<LintSettings> {
  return file === undefined ? ALL_RULES : readSettings(await readText(file, terminal), file);
}

function toText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing to remark.\n';
  const width = Math.max(...findings.map(({ severity }) => severity.length));
  return findings
    .map(({ severity, rule, message }) => `${severity.padEnd(width)}  ${message} (${rule})\n`)
    .join('');
}
