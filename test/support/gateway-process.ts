import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The line that a gateway prints when it serves. */
export interface ReadyLine {
  readonly ready: true;
  readonly management: string;
  readonly http: string | null;
  readonly https: string | null;
  readonly certificateFile: string | null;
  readonly dataDirectory: string;
  readonly credentialsFile: string | null;
  readonly projectId: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `apig-gateway` as a process of its own. */
export interface GatewayProcess {
  /** Resolves with the first line, or rejects with what was said when the process ends without one. */
  readonly ready: Promise<ReadyLine>;
  readonly exit: Promise<Exit>;
  readonly pid: number;
  kill(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

const MAIN = join(import.meta.dirname, '../../gateway-runtime/src/main.ts');
const FREE_PORTS = ['--management', '127.0.0.1:0', '--http', '127.0.0.1:0', '--https', 'off'];

/** Starts `apig-gateway` on free ports, in a directory. Later flags win over the earlier ones. */
export function startGatewayProcess(
  dataDirectory: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): GatewayProcess {
  const args = [
    '--conditions=@apig/source',
    MAIN,
    ...FREE_PORTS,
    '--data-directory',
    dataDirectory,
    ...flags,
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const exit = exitOf(child);
  return {
    ready: Promise.race([
      firstLine(child),
      exit.then(({ code, stderr }) => {
        throw new Error(`the gateway ended with ${String(code)}: ${stderr}`);
      }),
    ]),
    exit,
    pid: child.pid ?? 0,
    kill: (signal) => child.kill(signal),
  };
}

/** The key pair that a gateway made at its first start. */
export function credentialsOf({ credentialsFile }: ReadyLine): { accessKey: string; secretKey: string } {
  return JSON.parse(readFileSync(credentialsFile ?? '', 'utf8')) as { accessKey: string; secretKey: string };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

async function firstLine({ stdout }: ChildProcess): Promise<ReadyLine> {
  const [line] = stdout ? ((await once(createInterface({ input: stdout }), 'line')) as [string]) : [];
  return JSON.parse(line ?? '') as ReadyLine;
}
