import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram, lastLines } from '../setup/process.js';
import { DemoFailure } from './failure.ts';

/** The example's stack `local`: its state lies in the demonstration's own folder, its config beside the other stacks'. */
export interface DemoStack {
  /** File to source in a shell to work with the stack by hand. */
  readonly environmentFile: string;
  init(): Promise<void>;
  set(key: string, value: string, options?: { readonly secret: boolean }): Promise<void>;
  /** Runs a command whose output the reader sees as Pulumi prints it. */
  show(...words: string[]): Promise<void>;
  outputs(): Promise<Readonly<Record<string, string>>>;
}

const STACK = 'local';

/** What the provider needs to reach the gateway. */
export interface Connection {
  readonly endpoint: string;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Opens the stack with the config of `dev`, in a file of its own that git ignores. */
export function openDemoStack(program: string, directory: string, connection: Connection): DemoStack {
  const state = join(directory, 'state');
  const environmentFile = join(directory, 'environment.sh');
  mkdirSync(state, { recursive: true });
  // A copy, so that ports and secrets of this run do not end up in the repository.
  copyFileSync(join(program, 'Pulumi.dev.yaml'), join(program, `Pulumi.${STACK}.yaml`));
  const settings = {
    PULUMI_HOME: join(directory, 'pulumi'),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString('hex'),
    PULUMI_SKIP_UPDATE_CHECK: '1',
    APIG_ENDPOINT: connection.endpoint,
    APIG_PROJECT_ID: connection.projectId,
    APIG_ACCESS_KEY: connection.accessKey,
    APIG_SECRET_KEY: connection.secretKey,
  };
  const env = { ...process.env, ...settings };
  const shown = { ...settings, PATH: process.env['PATH'], NODE_OPTIONS: process.env['NODE_OPTIONS'] };
  const lines = Object.entries(shown).map(([name, value]) => `export ${name}='${value ?? ''}'\n`);
  writeFileSync(environmentFile, lines.join(''), { mode: 0o600 });
  const stackFlags = ['--stack', STACK];

  const quietly = async (args: string[], input?: string): Promise<string> => {
    const options = { cwd: program, env, ...(input === undefined ? {} : { input }) };
    const { code, stdout, stderr } = await runProgram('pulumi', ['--non-interactive', ...args], options);
    if (code === 0) return stdout;
    throw new DemoFailure(
      `pulumi ${args[0] ?? ''} failed:\n${lastLines(stderr || stdout)}`,
      'read the lines above',
    );
  };

  return {
    environmentFile,
    init: async () => {
      await quietly(['stack', 'init', STACK]);
    },
    // By standard input, since arguments are visible to every user of the machine.
    set: async (key, value, { secret } = { secret: false }) => {
      await quietly(['config', 'set', key, secret ? '--secret' : '--plaintext', ...stackFlags], value);
    },
    show: (...words) => {
      const child = spawn('pulumi', [...words, ...stackFlags], {
        cwd: program,
        env,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      return new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('exit', (code, signal) => {
          if (code === 0) resolve();
          else
            reject(
              new DemoFailure(
                `pulumi ${words[0] ?? ''} ended with ${signal ?? `exit code ${code ?? 'none'}`}.`,
                'read what it printed above',
              ),
            );
        });
      });
    },
    outputs: async () =>
      JSON.parse(await quietly(['stack', 'output', '--json', '--show-secrets', ...stackFlags])) as Record<
        string,
        string
      >,
  };
}
