import { commands } from './commands/index.ts';
import type { Terminal } from './commands/terminal.ts';
import { ReviewError } from './plan.ts';

/** Runs the command line and returns its exit code. Failures are one line, and the code 1. */
export async function runReview(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = args;
  if (first === 'help' || first === '--help' || first === '-h') {
    terminal.write(overview());
    return 0;
  }
  const named = commands.find(({ name }) => name === first);
  const command = named ?? commands[0];
  const own = named === undefined ? args : rest;
  if (command === undefined) return 1;
  if (own.includes('--help') || own.includes('-h')) {
    terminal.write(`${command.usage}\n`);
    return 0;
  }
  try {
    return await command.run(own, terminal);
  } catch (error) {
    if (!(error instanceof ReviewError)) throw error;
    terminal.say(error.message);
    return 1;
  }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Says what a change does to callers, before it is made.

Usage: apig-review [command] [arguments]; --help behind a command tells more.

${list.join('\n')}

Without a command: ${commands[0]?.name ?? ''}.
`;
}
