import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** A program that is built with Go. */
export interface GoProgram {
  readonly name: string;
  /** Folder with its go.mod and go.sum, which with any sources there decide what is built. */
  readonly recipe: string;
  /** The package to build: a path of a module, or `.` for the sources in the folder. */
  readonly source: string;
}

/**
 * Finds a program in the user's cache, or builds it. Undefined on a machine without Go; in CI that is a failure, as what
 * needs it would go unnoticed.
 */
export function findGoProgram({ name, recipe, source }: GoProgram): string | undefined {
  const home = join(homedir(), '.cache/apig', `${name}-${keyOf(recipe)}-${process.platform}-${process.arch}`);
  const program = join(home, name);
  if (existsSync(program)) return program;
  if (spawnSync('go', ['version']).status !== 0) {
    if (process.env['CI'] === undefined) return undefined;
    throw new Error(`Go is needed to build ${name}`);
  }
  mkdirSync(dirname(home), { recursive: true });
  // Made beside its place and moved there whole, so that a broken attempt is never used.
  const partial = mkdtempSync(`${home}.partial-`);
  const { status, stderr } = spawnSync(
    'go',
    ['build', '-mod=readonly', '-trimpath', '-o', join(partial, name), source],
    {
      cwd: recipe,
      encoding: 'utf8',
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    },
  );
  if (status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`go build of ${name} failed: ${stderr}`);
  }
  renameSync(partial, home);
  return program;
}

function keyOf(recipe: string): string {
  const files = readdirSync(recipe).filter((file) => /\.(?:go|mod|sum)$/.test(file));
  const parts = files.toSorted().map((file) => readFileSync(join(recipe, file), 'utf8'));
  return hash('sha256', parts.join('\0')).slice(0, 16);
}
