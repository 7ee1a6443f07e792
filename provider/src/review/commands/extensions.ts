import { readAccessLog } from '../behaviour/access-log.ts';
import { compareBehaviour } from '../behaviour/behaviour.ts';
import type { Configured } from '../behaviour/configuration.ts';
import { readProbes, type ProbeSource } from '../behaviour/probes-file.ts';
import { overlay, replay } from '../behaviour/replay.ts';
import { readSnapshot } from '../behaviour/snapshot-file.ts';
import { lint } from '../lint/lint.ts';
import { toSarif } from '../lint/sarif.ts';
import { clientOf } from '../../clients.ts';
import { readConnection } from '../../connection.ts';
import { ReviewError, type Plan } from '../plan.ts';
import type { ReviewInput } from '../review.ts';
import { readYaml } from '../yaml.ts';
import { putText, readText } from './files.ts';
import { settingsIn } from './lint.ts';
import type { Terminal } from './terminal.ts';

/** How the options of `extensionsIn` are used. */
export const EXTENSIONS_USAGE = `  --behaviour                compares how requests are treated, by @apig/gateway-runtime; the next five do so too
  --probes <file>            requests of your own, in YAML or JSON; may be given more than once
  --access-log <file>        calls that a runtime has logged; may be given more than once
  --base-snapshot <file>     what is configured now, with what other stacks have: a snapshot of a runtime
  --base-endpoint            the same from the runtime that APIG_ENDPOINT and the other settings name
  --lint                     looks at what is planned by rules; the next two do so too
  --lint-settings <file>     severities of rules, and what they are to ignore
  --sarif <file>             writes what the rules find there, for code scanning`;

/** Options with a value, and without one. */
const VALUED = ['--probes', '--access-log', '--base-snapshot', '--lint-settings', '--sarif'] as const;
const FLAGS = ['--behaviour', '--base-endpoint', '--lint'] as const;

/** Takes what a review says beyond the plan out of a command line; the other words are left. */
export async function extensionsIn(
  args: readonly string[],
  terminal: Terminal,
): Promise<{ readonly rest: readonly string[]; readonly extensions: Pick<ReviewInput, 'compare' | 'lint'> }> {
  const { rest, valuesOf, has } = taken(args);
  const [probeFiles, logFiles] = [valuesOf('--probes'), valuesOf('--access-log')];
  const [snapshotFile] = valuesOf('--base-snapshot');
  const [settingsFile] = valuesOf('--lint-settings');
  const [sarifFile] = valuesOf('--sarif');
  const compares =
    has('--behaviour') ||
    has('--base-endpoint') ||
    [...probeFiles, ...logFiles].length > 0 ||
    snapshotFile !== undefined;
  const lints = has('--lint') || settingsFile !== undefined || sarifFile !== undefined;
  const sources: ProbeSource[] = [];
  const notes: string[] = [];
  for (const file of probeFiles) sources.push(readProbes(await readText(file, terminal), file));
  for (const file of logFiles) {
    const log = readAccessLog(await readText(file, terminal));
    sources.push(log.source);
    notes.push(...log.notes);
  }
  const present = await presentOf(snapshotFile, has('--base-endpoint'), terminal);
  const settings = await settingsIn(settingsFile, terminal);
  const sidesOf = (plan: Plan) => (present === undefined ? replay(plan) : overlay(present, plan));
  return {
    rest,
    extensions: {
      ...(compares && {
        compare: async (plan: Plan) => {
          const comparison = await compareBehaviour(plan, {
            directory: process.cwd(),
            sides: sidesOf,
            probes: (before, after) => sources.flatMap((source) => source(before, after)),
          });
          return { ...comparison, notes: [...notes, ...comparison.notes] };
        },
      }),
      ...(lints && {
        lint: async (plan: Plan) => {
          const findings = lint(sidesOf(plan).after, settings);
          if (sarifFile !== undefined) await putText(toSarif(findings), sarifFile, terminal);
          return findings;
        },
      }),
    },
  };
}

function taken(args: readonly string[]) {
  const values: (readonly [option: string, value: string])[] = [];
  const flags = new Set<string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const [option = '', inline] = word.split(/=(.*)/s, 2);
    if (FLAGS.some((each) => each === word)) flags.add(word);
    else if (VALUED.some((each) => each === option)) {
      const value = inline ?? args[(index += 1)];
      if (value === undefined) throw new ReviewError(`${option}: expected a file.`);
      values.push([option, value]);
    } else rest.push(word);
  }
  return {
    rest,
    valuesOf: (option: (typeof VALUED)[number]) =>
      values.filter(([each]) => each === option).map(([, value]) => value),
    has: (flag: (typeof FLAGS)[number]) => flags.has(flag),
  };
}

async function presentOf(
  file: string | undefined,
  asks: boolean,
  terminal: Terminal,
): Promise<Configured | undefined> {
  if (file !== undefined && asks)
    throw new ReviewError('--base-snapshot and --base-endpoint: expected one of them, not both.');
  if (file !== undefined) return readSnapshot(readYaml(await readText(file, terminal), file), file);
  if (!asks) return undefined;
  const connection = readConnection({ get: () => undefined });
  if ('problem' in connection) throw new ReviewError(`--base-endpoint: ${connection.problem}`);
  const client = await clientOf(connection);
  try {
    return readSnapshot(await client.runtime.snapshot(), 'the answer of the endpoint');
  } finally {
    client.close();
  }
}
