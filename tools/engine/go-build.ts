import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runProgram } from '../setup/process.js';
import { showStep, type Output } from '../setup/progress.js';
import { LAUNCHER_NAME, LAUNCHER_TEXT } from './launcher.ts';
import { CLI_NAME, LANGUAGE_HOST_NAME } from './programs.ts';

/** Both modules read their version from here when the linker sets it. */
const VERSION_VARIABLE = 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version';

/** A program built from one of the Go modules beside this file. */
interface Recipe {
  title: string;
  /** Folder of go.mod and go.sum. */
  module: string;
  source: string;
  name: string;
  version: string;
}

const CLI: Recipe = {
  title: 'Building the Pulumi CLI (once, some minutes)',
  module: 'cli',
  source: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
  name: CLI_NAME,
  version: '3.259.0',
};

/** The last version of the SDK module that still holds the host; it serves newer CLIs and SDKs as well. */
const LANGUAGE_HOST: Recipe = {
  title: 'Building its Node language host',
  module: 'language-host',
  source: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
  name: LANGUAGE_HOST_NAME,
  version: '3.68.0',
};

/** Folders under tools/engine whose go.mod and go.sum decide what is built. */
export const GO_MODULES: readonly string[] = [CLI.module, LANGUAGE_HOST.module];

/**
 * Builds the CLI and the language host with the Go toolchain `go` into `directory` and puts the launcher of
 * dynamic providers beside them. Returns the CLI's version, or why it failed.
 */
export async function buildWithGo(
  go: string,
  directory: string,
  { tools, env, output }: { tools: string; env: NodeJS.ProcessEnv; output: Output },
): Promise<{ version: string } | { reason: string }> {
  try {
    for (const recipe of [CLI, LANGUAGE_HOST]) {
      await showStep(recipe.title, (note) => build(go, recipe, directory, { tools, env, note }), { output });
    }
  } catch (error) {
    if (error instanceof BuildError) return { reason: error.message };
    throw error;
  }
  const launcher = join(directory, LAUNCHER_NAME);
  writeFileSync(launcher, LAUNCHER_TEXT);
  chmodSync(launcher, 0o755);
  return { version: CLI.version };
}

class BuildError extends Error {}

async function build(
  go: string,
  { module, source, name, version }: Recipe,
  directory: string,
  { tools, env, note }: { tools: string; env: NodeJS.ProcessEnv; note: (text: string) => void },
): Promise<void> {
  const counts = { fetched: 0, compiled: 0 };
  const { code, stderr } = await runProgram(
    go,
    [
      ...['build', '-v', '-mod=readonly', '-trimpath', '-buildvcs=false'],
      ...['-ldflags', `-s -w -X ${VERSION_VARIABLE}=${version}`],
      ...['-o', join(directory, name), source],
    ],
    {
      cwd: join(tools, module),
      // No C compiler needed; flags and workspaces of the user's own must not change the result.
      env: { ...env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
      onStderr: (text) => {
        for (const line of text.split('\n').filter(Boolean)) {
          counts[line.startsWith('go: downloading') ? 'fetched' : 'compiled'] += 1;
        }
        note(`${counts.fetched} modules fetched, ${counts.compiled} packages compiled`);
      },
    },
  );
  if (code !== 0) throw new BuildError(`go build of ${source} failed:\n${lastLines(stderr)}`);
}
