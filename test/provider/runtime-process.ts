import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient, type Client } from '@apig/sdk';

const MAIN = join(import.meta.dirname, '../../gateway-runtime/src/main.ts');
const PROJECT_ID = '1'.repeat(32);
const ACCESS_KEY = 'TESTACCESSKEY';
const SECRET_KEY = 'test-secret-key';

/** A gateway in a process of its own, which can be ended without notice. */
export interface RuntimeProcess {
  readonly endpoint: string;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly client: Client;
  /** Ends the process as a power failure would (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again, on the same data and the same port. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  dispose(): Promise<void>;
}

/** Starts a gateway on a free port of 127.0.0.1. */
export async function openRuntimeProcess(): Promise<RuntimeProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'apig-process-'));
  const first = await launch(directory, '127.0.0.1:0');
  let { child } = first;
  const { endpoint } = first;
  const client = createClient({
    endpoint,
    projectId: PROJECT_ID,
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
  });

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  return {
    endpoint,
    projectId: PROJECT_ID,
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
    client,
    kill,
    async start() {
      ({ child } = await launch(directory, new URL(endpoint).host));
    },
    async dispose() {
      client.close();
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function launch(
  directory: string,
  address: string,
): Promise<{ child: ChildProcess; endpoint: string }> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@apig/source',
      MAIN,
      ...['--data-directory', directory, '--management', address],
      ...['--http', '127.0.0.1:0', '--https', 'off', '--log-level', 'error'],
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        APIG_PROJECT_ID: PROJECT_ID,
        APIG_ACCESS_KEY: ACCESS_KEY,
        APIG_SECRET_KEY: SECRET_KEY,
      },
    },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, endpoint: (JSON.parse(line) as { management: string }).management };
  }
  throw new Error('The gateway did not start.');
}
