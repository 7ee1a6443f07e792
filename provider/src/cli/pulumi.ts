import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** Pulumi's own command. */
export interface Pulumi {
  /**
   * Runs a command for its output. What it has to say, or to ask, goes to the terminal. `input` is for secrets, which others
   * could read among the arguments.
   */
  read(args: readonly string[], input?: string): Promise<{ readonly code: number; readonly output: string }>;
  /** Runs a command as if the user had, and returns its exit code. */
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<number>;
}

/** The program `pulumi` of the PATH. */
export function createPulumi(program = 'pulumi'): Pulumi {
  return {
    async read(args, input) {
      const child = spawn(program, args, {
        stdio: [input === undefined ? 'inherit' : 'pipe', 'pipe', 'inherit'],
      });
      // A command that has ended before it read its input says so by its exit code.
      child.stdin?.on('error', () => undefined).end(input);
      let output = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
      return { code: await ended(child), output };
    },

    run: (args, environment = {}) =>
      ended(spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...environment } })),
  };
}

/**
 * The exit code of a program; as shells have it, 128 and more for a signal. Until then a signal is the program's to
 * answer: it ends in good order, and so does what follows.
 */
function ended(child: ChildProcess): Promise<number> {
  // A terminal sends the signal of Ctrl-C to both, and Pulumi takes a second one for the order to end at once.
  const interrupt = () => process.stdin.isTTY || child.kill('SIGINT');
  const terminate = () => child.kill('SIGTERM');
  process.on('SIGINT', interrupt).on('SIGTERM', terminate);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  }).finally(() => {
    process.off('SIGINT', interrupt).off('SIGTERM', terminate);
  });
}
