// Sets the project up as far as the wanted command needs it, then runs that command with the project's own
// Node. Plain JavaScript without dependencies: it is the first thing that runs in a fresh clone.
//
//   node tools/run.js jest [arguments]        likewise tsc, eslint, prettier
//   node tools/run.js <file.ts> [arguments]
//   node tools/run.js check [--without-tests]
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planSteps } from './setup/commands.js';
import { ensureDependencies } from './setup/dependencies.js';
import { projectEnvironment } from './setup/environment.js';
import { SetupFailure } from './setup/failure.js';
import { canRunSetup, findProjectNode } from './setup/node.js';
import { runProgram } from './setup/process.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The program that has our terminal, to which signals are passed on. During the set-up there is none.
 * @type {import('node:child_process').ChildProcess | undefined}
 */
let foreground;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => passOn(signal));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  process.stderr.write(`\n${error.message}\nNext: ${error.next}.\n`);
  process.exitCode = 1;
}

/** @param {string[]} words */
async function main(words) {
  if (!canRunSetup(process.versions.node)) {
    throw new SetupFailure(
      `Node ${process.versions.node} is too old for this project`,
      'install Node 20 or newer and run the command again',
    );
  }
  const steps = planSteps(words, root);
  if (steps === undefined) {
    throw new SetupFailure(
      `"${words.join(' ')}" names no command`,
      'use one of the scripts in package.json (npm run shows them)',
    );
  }
  await ensureDependencies(root);
  const node = findProjectNode(root);
  const base = projectEnvironment(process.env, root);
  const env = steps.some((step) => step.engine) ? await withEngine(node, base) : base;

  const failed = [];
  for (const step of steps) {
    if (steps.length > 1) process.stderr.write(`\n> ${step.title}\n`);
    const outcome = await run(node, step.args, env);
    if (outcome.signal !== null) process.exit(exitCodeOf(outcome.signal));
    if (outcome.code !== 0) failed.push({ title: step.title, code: outcome.code ?? 1 });
  }
  if (steps.length > 1)
    report(
      steps.length,
      failed.map(({ title }) => title),
    );
  process.exitCode = failed[0]?.code ?? 0;
}

/**
 * The environment in which the Pulumi engine is found; makes one where there is none.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} base
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function withEngine(node, base) {
  const options = { cwd: root, env: base, passStderr: true };
  const { code, stdout } = await runProgram(node, ['tools/engine/main.ts'], options);
  // The engine's tool has already said what went wrong and what to do next.
  if (code !== 0) process.exit(code ?? 1);
  return projectEnvironment({ ...base, ...JSON.parse(stdout).env }, root);
}

/**
 * Runs one program on our terminal.
 * @param {string} node
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
function run(node, args, env) {
  return new Promise((resolve, reject) => {
    // Without a terminal it gets a process group of its own, to which signals go as a terminal would send them.
    const detached = !process.stdin.isTTY;
    foreground = spawn(node, args, { cwd: root, env, stdio: 'inherit', detached });
    foreground.on('error', reject);
    foreground.on('exit', (code, signal) => {
      foreground = undefined;
      resolve({ code, signal });
    });
  });
}

/** @param {'SIGINT' | 'SIGTERM' | 'SIGHUP'} signal */
function passOn(signal) {
  const pid = foreground?.pid;
  if (pid === undefined) process.exit(exitCodeOf(signal));
  // A terminal sends Ctrl-C to the program as well; a second one would mean "at once".
  if (process.stdin.isTTY && signal === 'SIGINT') return;
  try {
    process.kill(process.stdin.isTTY ? pid : -pid, signal);
  } catch {
    // It has just ended: its exit code is on the way.
  }
}

/**
 * What a shell reports for a program ended by a signal.
 * @param {NodeJS.Signals} signal
 */
function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}

/**
 * @param {number} count
 * @param {string[]} failed
 */
function report(count, failed) {
  const text = failed.length === 0 ? `All ${count} checks passed.` : `Failed: ${failed.join('; ')}.`;
  process.stderr.write(`\n${text}\n`);
}
