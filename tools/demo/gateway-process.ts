import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DemoFailure } from './failure.ts';

/** What `apig-gateway` says of itself when it is ready. */
export interface Ready {
  readonly management: string;
  readonly http: string;
  readonly https: string;
  readonly credentialsFile: string;
  readonly projectId: string;
}

/** A running gateway. */
export interface GatewayProcess extends Ready {
  readonly logFile: string;
  /** Resolves with a text when the process ends on its own. */
  readonly ended: Promise<string>;
  /** Lets it finish the calls under way and end. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 30_000;

/** Starts the gateway on free ports of the loopback address, with its data in `directory`. */
export async function startGateway(root: string, directory: string): Promise<GatewayProcess> {
  const logFile = join(directory, 'gateway.log');
  const child = spawn(
    process.execPath,
    [
      '--conditions=@apig/source',
      join(root, 'gateway-runtime/src/main.ts'),
      ...['--data-directory', join(directory, 'gateway')],
      ...['--management', '127.0.0.1:0', '--http', '127.0.0.1:0', '--https', '127.0.0.1:0'],
    ],
    // A group of its own, so that Ctrl-C reaches us first and the gateway is stopped in order.
    { stdio: ['ignore', 'pipe', openSync(logFile, 'a', 0o600)], detached: true },
  );
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code ?? 'none'}`}`));
  });
  const timeout = AbortSignal.timeout(READY_TIMEOUT_MS);
  const expired = new Promise<string>((resolve) => {
    timeout.addEventListener('abort', () => resolve(`it was not ready after ${READY_TIMEOUT_MS / 1000} s`));
  });
  const ready = await Promise.race([firstLine(child), ended, expired]);
  if (typeof ready === 'string') {
    child.kill('SIGKILL');
    throw new DemoFailure(`The gateway did not start: ${ready}.`, `read ${logFile}`);
  }
  return {
    ...ready,
    logFile,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<Ready> {
  if (!stdout) throw new Error('the process has no standard output');
  for await (const line of createInterface({ input: stdout })) return JSON.parse(line) as Ready;
  return new Promise<never>(() => undefined);
}
