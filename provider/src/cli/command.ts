import { isApigError, isTransportError } from '@apig/sdk';
import { clientOf } from '../clients.ts';
import { readConnection } from '../connection.ts';
import { runExport } from './export.ts';
import type { Pulumi } from './pulumi.ts';
import { CommandError, readArguments, readStack } from './stack.ts';
import { discard, runSeeing, runStaged, type Stage } from './staged.ts';

/** How to use the command. */
const USAGE = `Runs Pulumi so that one update of a gateway comes in force as one, and takes over what exists.

Usage: apig <command> [arguments of pulumi]

  up        pulumi up, in force together when it has succeeded
  destroy   pulumi destroy, the same way
  preview   pulumi preview, with what a failed run has left staged
  refresh   pulumi refresh, with what a failed run has left staged
  export    writes a program and an import file for what exists: apig export --pulumi
            [--out <directory>] [--gateway <ID>] [--force]
  discard   gives up what a failed run has left staged, then pulumi refresh

A failed run changes no traffic: what it did stays staged, and the next \`apig up\` goes on with it.
The endpoint and who calls it are read as the provider reads them: from the stack, then the environment.
`;

type Say = (line: string) => void;

/** Runs the command with its arguments, and returns its exit code. */
export async function runCommand(
  args: readonly string[],
  { pulumi, say }: { readonly pulumi: Pulumi; readonly say: Say },
): Promise<number> {
  const [command = '', ...rest] = args;
  switch (command) {
    case 'up':
    case 'destroy':
      return onStage(command, rest, pulumi, say, (stage) => runStaged(stage, command, rest));
    case 'preview':
    case 'refresh':
      return onStage(command, rest, pulumi, say, (stage) => runSeeing(stage, command, rest));
    case 'discard':
      return onStage('refresh', rest, pulumi, say, (stage) => discard(stage, rest));
    case 'export':
      return runExport(rest, { pulumi, say });
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

/** Does work with the changesets of the stack's endpoint. Without an endpoint there is only Pulumi. */
async function onStage(
  command: string,
  args: readonly string[],
  pulumi: Pulumi,
  say: Say,
  work: (stage: Stage) => Promise<number>,
): Promise<number> {
  const { place, wantsHelp } = readArguments(args);
  if (wantsHelp) return pulumi.run([command, ...args]);
  const stack = await readStack(pulumi, place);
  const connection = readConnection(stack.config);
  if ('problem' in connection) {
    say(`no endpoint is configured: running pulumi ${command} alone.`);
    return pulumi.run([command, ...args]);
  }
  const client = await clientOf({ ...connection, changesetId: undefined });
  try {
    return await work({ pulumi, stack, changesets: client.changesets, say });
  } catch (error) {
    if (!isApigError(error) && !isTransportError(error)) throw error;
    const code = isApigError(error) ? ` (${error.code}, HTTP ${error.status})` : '';
    throw new CommandError(`${error.message}${code} What is staged is kept: run \`apig ${command}\` again.`);
  }
}
