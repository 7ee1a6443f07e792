import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** A Python interpreter with the packages of a list of requirements. */
export interface Python {
  /** Runs a script to its end. */
  run(script: string, env: Readonly<Record<string, string>>): Promise<PythonRun>;
}

/** What a script came to. */
export interface PythonRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Finds or makes an environment with the given requirements in the user's cache. Undefined on a machine without Python;
 * in CI that is a failure, as what needs it would go unnoticed.
 */
export function openPython(requirements: string): Python | undefined {
  const probe = spawnSync('python3', ['-c', 'import ensurepip, venv; print(__import__("sys").version)'], {
    encoding: 'utf8',
  });
  if (probe.status !== 0) {
    if (process.env['CI'] === undefined) return undefined;
    throw new Error(`python3 with venv is needed: ${probe.stderr}`);
  }
  const recipe = readFileSync(requirements, 'utf8') + probe.stdout;
  const home = join(cacheRoot(), createHash('sha256').update(recipe).digest('hex').slice(0, 16));
  if (!existsSync(home)) make(home, requirements);
  const program = join(home, 'bin/python');
  return { run: (script, env) => run(program, script, env) };
}

function make(home: string, requirements: string): void {
  mkdirSync(dirname(home), { recursive: true });
  // Made beside its place and moved there whole, so that a broken attempt is never used.
  const partial = mkdtempSync(`${home}.partial-`);
  try {
    succeed('python3', ['-m', 'venv', partial]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    succeed(join(partial, 'bin/python'), [...install, '--requirement', requirements]);
    renameSync(partial, home);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // Another run may have been first.
    if (!existsSync(home)) throw error;
  }
}

function succeed(program: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
}

function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'apig/python');
}

function run(program: string, script: string, env: Readonly<Record<string, string>>): Promise<PythonRun> {
  return new Promise((resolve, reject) => {
    const own = { PATH: process.env['PATH'] ?? '', PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn(program, [script], { env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
