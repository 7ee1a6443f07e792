#!/usr/bin/env node
import { runCommand } from './cli/command.ts';
import { createPulumi } from './cli/pulumi.ts';
import { CommandError } from './cli/stack.ts';

const say = (line: string): void => {
  process.stderr.write(`apig: ${line}\n`);
};

try {
  process.exitCode = await runCommand(process.argv.slice(2), { pulumi: createPulumi(), say });
} catch (error) {
  if (error instanceof CommandError) say(error.message);
  else if (isMissing(error)) say('pulumi is not on the PATH: install Pulumi, then run the command again.');
  else throw error;
  process.exitCode = 1;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'spawn pulumi';
}
