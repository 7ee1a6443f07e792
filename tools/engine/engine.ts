import { readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { withLock } from '../setup/lock.js';
import type { Output } from '../setup/progress.js';
import {
  cacheKey,
  cacheRoot,
  openPartial,
  publish,
  readCached,
  readFailure,
  writeFailure,
  type CachedEngine,
} from './cache.ts';
import { judgeDownload, judgeGo, judgePath, LEAST_GO, LEAST_PULUMI } from './choose.ts';
import { buildWithGo, GO_MODULES } from './go-build.ts';
import { DOWNLOAD_URL, downloadByNpm } from './npm-package.ts';
import { probeGo, probePulumi } from './probe.ts';
import { formatVersion } from './version.ts';

/** A Pulumi engine that is ready to run programs written for Node. */
export interface Engine {
  /** Where it came from: the user's PATH, a download by the npm package, a build from source. */
  kind: 'path' | 'npm' | 'go';
  /** Folder of `pulumi`. */
  directory: string;
  version: string;
  /** Why this one was taken, for the reader. */
  why: string;
  /** Environment variables that make programs find and use it: PATH and the like. */
  env: Record<string, string>;
}

/** What `ensureEngine` goes by; everything has the user's own setting as its default. */
export interface EngineOptions {
  env?: NodeJS.ProcessEnv;
  /** Folder of cached engines. */
  cache?: string;
  /** Folder that holds the go.mod files and the npm package's lockfile. */
  tools?: string;
  /** Address asked before anything is downloaded. */
  downloadUrl?: string;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Where progress is shown: standard error unless told otherwise. */
  output?: Output;
}

/** No engine was found and none could be made; the message names every way that was tried. */
export class NoEngineError extends Error {
  constructor(reasons: Record<'path' | 'npm' | 'go', string>) {
    super(
      [
        'There is no Pulumi engine and none could be made.',
        `  PATH: ${reasons.path}`,
        `  npm package pulumi: ${reasons.npm}`,
        `  build from source: ${reasons.go}`,
        `Next: install Pulumi ${formatVersion(LEAST_PULUMI)} or newer (https://www.pulumi.com/docs/install/) ` +
          `or Go ${formatVersion(LEAST_GO)} or newer (https://go.dev/dl/), and run the command again.`,
      ].join('\n'),
    );
    this.name = 'NoEngineError';
  }
}

/**
 * Finds a Pulumi engine or makes one: the `pulumi` on the PATH, else one made earlier, else a download by the
 * npm package `pulumi`, else a build with Go.
 * @throws NoEngineError when none of them works.
 */
export async function ensureEngine(options: EngineOptions = {}): Promise<Engine> {
  const settings = withDefaults(options);
  const { env, cache, tools, output } = settings;
  const path = judgePath(await probePulumi(env));
  if (path.reason === undefined) return toEngine({ kind: 'path', ...path }, 'it is on the PATH', env);

  const home = join(cache, cacheKey(readRecipes(tools)));
  const cached = readCached(home);
  if (cached !== undefined) return toEngine(cached, `${path.reason}; made earlier`, env);

  return withLock(`${home}.lock`, () => install(home, path.reason, settings), {
    onWait: (owner) =>
      output.write(
        `Another process (${owner?.pid ?? 'unknown'}) is making the Pulumi engine: waiting for it.\n`,
      ),
  });
}

type Settings = Required<EngineOptions>;
type Outcome = { made: true; engine: CachedEngine } | { made: false; reason: string };

function withDefaults({ env = process.env, ...others }: EngineOptions): Settings {
  return {
    env,
    cache: cacheRoot(env),
    tools: import.meta.dirname,
    downloadUrl: DOWNLOAD_URL,
    now: Date.now,
    output: process.stderr,
    ...others,
  };
}

async function install(home: string, path: string, settings: Settings): Promise<Engine> {
  const { env } = settings;
  const cached = readCached(home);
  if (cached !== undefined) return toEngine(cached, `${path}; made by another process`, env);

  const npm = await download(home, settings);
  if (npm.made) return toEngine(npm.engine, `${path}; downloaded`, env);
  const go = await build(home, settings);
  if (go.made) return toEngine(go.engine, `${path}; npm package: ${npm.reason}; built from source`, env);
  throw new NoEngineError({ path, npm: npm.reason, go: go.reason });
}

async function download(home: string, settings: Settings): Promise<Outcome> {
  const memory = join(dirname(home), 'download-failed.json');
  const way = judgeDownload(readFailure(memory), settings.now());
  if (!way.open) return { made: false, reason: way.reason };

  const partial = openPartial(home);
  try {
    const result = await downloadByNpm(partial, settings);
    if ('reason' in result) {
      writeFailure(memory, { at: settings.now(), reason: result.reason });
      return { made: false, reason: result.reason };
    }
    return { made: true, engine: publish(partial, home, { kind: 'npm', ...result }) };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function build(home: string, settings: Settings): Promise<Outcome> {
  const way = judgeGo(await probeGo(settings.env), process.platform);
  if (!way.open) return { made: false, reason: way.reason };

  const partial = openPartial(home);
  try {
    const result = await buildWithGo(way.file, join(partial, 'bin'), settings);
    if ('reason' in result) return { made: false, reason: result.reason };
    return { made: true, engine: publish(partial, home, { kind: 'go', programs: 'bin', ...result }) };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function toEngine(engine: Omit<Engine, 'why' | 'env'>, why: string, env: NodeJS.ProcessEnv): Engine {
  const path = [engine.directory, env['PATH'] ?? ''].filter((entry) => entry !== '').join(delimiter);
  return { ...engine, why, env: { PATH: path, PULUMI_SKIP_UPDATE_CHECK: '1' } };
}

/** The folder of cached engines is named after these. */
function readRecipes(tools: string): string[] {
  const files = GO_MODULES.flatMap((module) => [`${module}/go.mod`, `${module}/go.sum`]);
  return [...files, 'npm/package-lock.json'].map((file) => readFileSync(join(tools, file), 'utf8'));
}
