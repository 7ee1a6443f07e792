import { runProgram } from '../setup/process.js';
import { CLI_NAME, findOnPath, missingCompanions } from './programs.ts';
import { parseVersion, type Version } from './version.ts';

/** A program that does not even print its version in this time is no use. */
const PROBE_TIMEOUT_MS = 15_000;

/** What was found under the name `pulumi` on a search path. */
export type PathProbe =
  | { found: 'nothing' }
  | { found: 'broken'; file: string; reason: string }
  | { found: 'pulumi'; file: string; version: Version; missing: readonly string[] };

/** Whether there is a Go toolchain. */
export type GoProbe = { found: 'nothing' } | { found: 'go'; file: string; version: Version };

/** Looks for a Pulumi CLI on `env.PATH` and asks it for its version. */
export async function probePulumi(env: NodeJS.ProcessEnv): Promise<PathProbe> {
  const path = env['PATH'] ?? '';
  const file = findOnPath(CLI_NAME, path);
  if (file === undefined) return { found: 'nothing' };
  const asked = await runProgram(file, ['version'], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: '1' },
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  const version = asked.code === 0 ? parseVersion(asked.stdout) : undefined;
  if (version === undefined) return { found: 'broken', file, reason: reasonOf(asked) };
  return { found: 'pulumi', file, version, missing: missingCompanions(file, path) };
}

/** Looks for a Go toolchain on `env.PATH`. */
export async function probeGo(env: NodeJS.ProcessEnv): Promise<GoProbe> {
  const file = findOnPath('go', env['PATH'] ?? '');
  if (file === undefined) return { found: 'nothing' };
  // In a folder without go.mod, lest the answer be the toolchain that some module asks for.
  const asked = await runProgram(file, ['env', 'GOVERSION'], {
    cwd: '/',
    env: { ...env, GOTOOLCHAIN: 'local' },
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  const version = asked.code === 0 ? parseVersion(asked.stdout) : undefined;
  return version === undefined ? { found: 'nothing' } : { found: 'go', file, version };
}

function reasonOf(asked: { code: number | null; timedOut: boolean; stdout: string; stderr: string }): string {
  if (asked.timedOut) return `did not answer within ${PROBE_TIMEOUT_MS / 1000} s`;
  if (asked.code !== 0) return `ended with code ${asked.code ?? 'none (a signal)'}`;
  return `printed no version but "${asked.stdout.trim().slice(0, 80)}"`;
}
