import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { createClient, type Client } from '@apig/sdk';
import { ReviewError } from '../plan.ts';
import { PROJECT_ID } from './project.ts';

/** A runtime of our own, in a process of its own, which only this process can talk to. */
export interface OwnRuntime {
  readonly client: Client;
  close(): Promise<void>;
}

const RUNTIME = '@apig/gateway-runtime';
/** A whole configuration and all that becomes of it, in one exchange. */
const TIMEOUT_MS = 600_000;
const MAX_ANSWER_BYTES = 1024 * 1024 * 1024;

/**
 * Starts a runtime on free ports of the loopback, with keys made for the run. It ends with this process at the latest.
 *
 * @param from folder in whose `node_modules` the runtime is looked for first
 * @throws ReviewError when it is not installed, or does not start
 */
export async function startRuntime(from: string): Promise<OwnRuntime> {
  const main = mainOf(from);
  const directory = mkdtempSync(join(tmpdir(), 'apig-review-'));
  chmodSync(directory, 0o700);
  const keys = {
    accessKey: randomBytes(10).toString('hex').toUpperCase(),
    secretKey: randomBytes(20).toString('hex'),
  };
  const flags = [
    ...['--data-directory', directory, '--log-level', 'silent', '--drain-timeout-ms', '0'],
    // Explanations of redirections need an encrypted listener; nobody calls it.
    ...['--management', '127.0.0.1:0', '--http', 'off', '--https', '127.0.0.1:0'],
  ];
  const child = spawn(process.execPath, [...process.execArgv, main, ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...withoutSettings(process.env),
      APIG_PROJECT_ID: PROJECT_ID,
      APIG_ACCESS_KEY: keys.accessKey,
      APIG_SECRET_KEY: keys.secretKey,
    },
  });
  const end = () => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  const interrupt = () => {
    end();
    process.exit(130);
  };
  process.on('exit', end);
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const close = async () => {
    process.off('exit', end).off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const endpoint = await firstLine(child);
    const client = createClient({
      endpoint,
      projectId: PROJECT_ID,
      ...keys,
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    return {
      client,
      close: async () => {
        client.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The runtime beside the user's program, else the one beside this package. */
function mainOf(from: string): string {
  for (const place of [pathToFileURL(join(from, 'package.json')), new URL(import.meta.url)]) {
    try {
      const entry = createRequire(place).resolve(RUNTIME);
      return join(dirname(entry), `main${extname(entry)}`);
    } catch {
      // Not there: the next place may have it.
    }
  }
  throw new ReviewError(
    `Behaviour is compared by ${RUNTIME}, which is not installed: npm install --save-dev ${RUNTIME}`,
  );
}

/** What configures some other runtime is none of this one's. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('APIG_')));
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout !== null) {
    for await (const line of createInterface({ input: stdout })) {
      const { management } = JSON.parse(line) as { readonly management?: unknown };
      if (typeof management === 'string') return management;
    }
  }
  throw new ReviewError(`${RUNTIME} did not start: behaviour is not compared.`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
