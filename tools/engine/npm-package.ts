import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, npmCommand, runProgram, type Finished } from '../setup/process.js';
import { showStep, type Output } from '../setup/progress.js';
import { CLI_NAME, isExecutable, missingCompanions } from './programs.ts';

/** The first thing the npm package fetches; where this does not answer, the rest will not either. */
export const DOWNLOAD_URL = 'https://get.pulumi.com/install.sh';
const REACH_TIMEOUT_MS = 5_000;
const INSTALL_TIMEOUT_MS = 2 * 60_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/**
 * Installs the npm package `pulumi` at its locked version under `directory` and has it download the CLI into
 * the same folder. Returns the folder of the programs relative to `directory`, or why it failed.
 */
export async function downloadByNpm(
  directory: string,
  settings: { tools: string; env: NodeJS.ProcessEnv; output: Output; downloadUrl: string },
): Promise<{ version: string; programs: string } | { reason: string }> {
  const { tools, env, output, downloadUrl } = settings;
  const unreachable = await reach(downloadUrl);
  if (unreachable !== undefined) return { reason: unreachable };

  cpSync(join(tools, 'npm'), directory, { recursive: true });
  const npm = npmCommand(env);
  const installed = await runProgram(
    npm.file,
    [...npm.args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    {
      cwd: directory,
      env,
      timeoutMs: INSTALL_TIMEOUT_MS,
    },
  );
  if (installed.code !== 0) return { reason: `npm ci failed: ${lastLines(installed.stderr, 3)}` };

  const version = packageVersion(directory);
  const download = (): Promise<Finished> =>
    runProgram(process.execPath, [join(directory, 'node_modules/pulumi/run.js'), 'version'], {
      cwd: directory,
      env: { ...env, PULUMI_HOME: directory, PULUMI_VERSION: version, PULUMI_SKIP_UPDATE_CHECK: '1' },
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    });
  const downloaded = await showStep(`Downloading the Pulumi CLI ${version}`, download, { output });
  if (downloaded.timedOut)
    return { reason: `the download took more than ${DOWNLOAD_TIMEOUT_MS / 60_000} min` };
  if (downloaded.code !== 0) return { reason: `the download failed: ${lastLines(downloaded.stderr, 3)}` };

  const programs = join('versions', version, 'bin');
  const cli = join(directory, programs, CLI_NAME);
  if (!isExecutable(cli)) return { reason: 'the download brought no pulumi' };
  const missing = missingCompanions(cli, '');
  if (missing.length > 0) return { reason: `the download came without ${missing.join(' and ')}` };
  return { version, programs };
}

/** Why the vendor's site cannot be reached; undefined when it can. */
async function reach(url: string): Promise<string | undefined> {
  const { host } = new URL(url);
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
    return response.ok ? undefined : `${host} answers ${response.status}`;
  } catch (error) {
    const { name } = error as { name?: unknown };
    return name === 'TimeoutError'
      ? `${host} does not answer within ${REACH_TIMEOUT_MS / 1000} s`
      : `${host} cannot be reached`;
  }
}

function packageVersion(directory: string): string {
  const text = readFileSync(join(directory, 'node_modules/pulumi/package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
