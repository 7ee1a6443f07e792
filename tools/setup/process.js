import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { clearTimeout } from 'node:timers';

/** How long a program may take to end after it was asked to. */
const GRACE_MS = 10_000;

/**
 * What a finished child process left behind. `code` is null when a signal or the time limit ended it.
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string, timedOut: boolean }} Finished
 */

/**
 * `input` goes to standard input. When `timeoutMs` is over, the program and its children are killed; `signal` asks
 * it to end by itself (SIGTERM) and kills it only if it does not.
 * @typedef {{
 *   cwd?: string,
 *   env?: NodeJS.ProcessEnv,
 *   input?: string,
 *   timeoutMs?: number,
 *   signal?: AbortSignal,
 *   onStderr?: (text: string) => void,
 *   passStderr?: boolean,
 * }} RunOptions
 */

/**
 * Runs a program to its end and keeps what it printed. A program that cannot be started is an answer too:
 * code 127 and the reason in `stderr`.
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Finished>}
 */
export function runProgram(
  file,
  args,
  { cwd, env, input, timeoutMs, signal, onStderr, passStderr = false } = {},
) {
  return new Promise((resolve) => {
    const bounded = timeoutMs !== undefined;
    const child = spawn(file, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', passStderr ? 'inherit' : 'pipe'],
      // A group of its own, so that its children are killed with it.
      detached: bounded,
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const end = () => (bounded ? killGroup(child.pid) : child.kill());
    const expire = () => {
      timedOut = true;
      end();
    };
    const limit = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
    process.on('exit', end);
    /** @type {NodeJS.Timeout | undefined} */
    let grace;
    const ask = () => {
      child.kill('SIGTERM');
      grace = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    signal?.addEventListener('abort', ask);
    const release = () => {
      clearTimeout(limit);
      clearTimeout(grace);
      process.off('exit', end);
      signal?.removeEventListener('abort', ask);
    };
    // A program that has ended before it read its input says so by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      onStderr?.(text);
    });
    child.on('error', (error) => {
      release();
      resolve({ code: 127, signal: null, stdout, stderr: error.message, timedOut });
    });
    child.on('close', (code, signal) => {
      release();
      resolve({ code, signal, stdout, stderr, timedOut });
    });
  });
}

/**
 * The npm to use: the one that started us, else the one on the PATH.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ file: string, args: string[] }}
 */
export function npmCommand(env) {
  const started = env['npm_execpath'];
  if (started !== undefined && basename(started) === 'npm-cli.js') {
    return { file: process.execPath, args: [started] };
  }
  return { file: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] };
}

/**
 * The last lines of a text, for an error message.
 * @param {string} text
 * @param {number} [count]
 */
export function lastLines(text, count = 12) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** @param {number | undefined} leader */
function killGroup(leader) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}
