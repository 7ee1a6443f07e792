import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Failure } from './choose.ts';
import { LAUNCHER_TEXT } from './launcher.ts';
import { CLI_NAME, COMPANIONS, isExecutable } from './programs.ts';

/** An engine that was installed earlier. */
export interface CachedEngine {
  kind: 'npm' | 'go';
  version: string;
  /** Folder of the programs. */
  directory: string;
}

const MANIFEST = 'engine.json';
const PARTIAL = '.partial-';

/** The user's folder for engines, by the platform's custom. */
export function cacheRoot(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const home = env['HOME'] ?? homedir();
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'apig/engine');
  if (platform === 'darwin') return join(home, 'Library/Caches/apig/engine');
  return join(home, '.cache/apig/engine');
}

/** Names what an engine is made from, so that a change of version, recipe or platform gets a folder of its own. */
export function cacheKey(
  recipes: readonly string[],
  platform = process.platform,
  arch = process.arch,
): string {
  const hash = createHash('sha256');
  for (const part of [...recipes, LAUNCHER_TEXT, platform, arch]) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 16);
}

/** The engine published in `home`, if it is whole. */
export function readCached(home: string): CachedEngine | undefined {
  const manifest = join(home, MANIFEST);
  if (!existsSync(manifest)) return undefined;
  const { kind, version, programs } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  const directory = join(home, programs);
  const whole = [CLI_NAME, ...COMPANIONS].every((name) => isExecutable(join(directory, name)));
  return whole ? { kind, version, directory } : undefined;
}

/** Makes an empty folder beside `home` to build in, and removes what broken builds left. Call it under the lock. */
export function openPartial(home: string): string {
  const parent = dirname(home);
  const prefix = `${basename(home)}${PARTIAL}`;
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(parent, prefix));
}

/** Makes the engine built in `partial` the one in `home`, in one step. `programs` is relative to `partial`. */
export function publish(
  partial: string,
  home: string,
  { kind, version, programs }: { kind: CachedEngine['kind']; version: string; programs: string },
): CachedEngine {
  const manifest: Manifest = { kind, version, programs };
  writeFileSync(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  rmSync(home, { recursive: true, force: true });
  renameSync(partial, home);
  return { kind, version, directory: join(home, programs) };
}

/** The last failed download, if any is remembered in `file`. */
export function readFailure(file: string): Failure | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Failure;
  } catch {
    // None is remembered, or half of it: the worst that follows is one more try.
    return undefined;
  }
}

/** Remembers a failed download in `file`. */
export function writeFailure(file: string, failure: Failure): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(failure));
}

interface Manifest extends Omit<CachedEngine, 'directory'> {
  /** Folder of the programs, relative to the manifest. */
  programs: string;
}
