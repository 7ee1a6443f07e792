import type { Terminal } from './terminal.ts';

/** One command of `apig-review`. */
export interface Command {
  /** First word of the command line. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** How to use it. */
  readonly usage: string;
  /** Runs it with the words behind its name, and returns the exit code. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}
