import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from './failure.js';
import { withLock } from './lock.js';
import { lastLines, npmCommand, runProgram } from './process.js';
import { showStep } from './progress.js';

/**
 * The part of a lockfile, npm's own or the one it hides in node_modules, that says what is installed where.
 * @typedef {{ packages?: Record<string, { version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean }> }} Lockfile
 */

const STAMP = 'node_modules/.apig-installed';

/**
 * Installs the locked dependencies of the project at `root` unless they are there already.
 * @param {string} root
 * @param {{ env?: NodeJS.ProcessEnv, output?: import('./progress.js').Output }} [options]
 */
export async function ensureDependencies(root, { env = process.env, output = process.stderr } = {}) {
  if (isInstalled(root)) return;
  await withLock(join(root, '.apig/install.lock'), () => install(root, env, output), {
    onWait: () => output.write('Another process is installing the dependencies: waiting for it.\n'),
  });
}

/**
 * What node_modules was installed from: the lockfile and the platform.
 * @param {string} root
 */
export function dependencyStamp(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}`;
}

/**
 * Whether node_modules holds what package-lock.json asks for, by the stamp of the last installation.
 * @param {string} root
 */
export function isInstalled(root) {
  const stamp = join(root, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === dependencyStamp(root);
}

/**
 * Whether what npm recorded in node_modules is what package-lock.json asks for. Optional packages may be
 * absent: most of them are for other platforms.
 * @param {Lockfile} wanted
 * @param {Lockfile} present
 */
export function isSameTree(wanted, present) {
  const installed = present.packages ?? {};
  return Object.entries(wanted.packages ?? {}).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true;
    return (
      found.version === entry.version &&
      (found.link !== true || found.resolved === entry.resolved) &&
      (found.integrity === undefined || entry.integrity === undefined || found.integrity === entry.integrity)
    );
  });
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./progress.js').Output} output
 */
async function install(root, env, output) {
  if (isInstalled(root)) return;
  if (!wasInstalledByHand(root)) {
    await showStep('Installing the dependencies (npm ci)', () => runNpmCi(root, env), { output });
  }
  writeFileSync(join(root, STAMP), dependencyStamp(root));
}

/**
 * Somebody ran `npm install` themselves: nothing to do but to remember it. npm writes its record last, so a
 * broken installation has none.
 * @param {string} root
 */
function wasInstalledByHand(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  return isSameTree(readJson(join(root, 'package-lock.json')), readJson(record));
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
async function runNpmCi(root, env) {
  const npm = npmCommand(env);
  const args = [...npm.args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, stdout, stderr } = await runProgram(npm.file, args, { cwd: root, env });
  if (code !== 0) {
    throw new SetupFailure(
      `npm ci ended with code ${code ?? 'none (a signal)'}:\n${lastLines(stderr || stdout)}`,
      'check that npm reaches its registry (npm ping), then run the command again',
    );
  }
}

/**
 * @param {string} path
 * @returns {Lockfile}
 */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
