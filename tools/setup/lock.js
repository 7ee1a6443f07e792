import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Who holds a lock.
 * @typedef {{ pid: number, host: string, id: string }} Owner
 */

const HEARTBEAT_MS = 5_000;
/** A holder that has not touched its file for this long is gone, wherever it ran. */
const ABANDONED_MS = 60_000;

/**
 * Runs `work` while this process alone holds the lock file at `path`. Others wait; what a killed process
 * left behind is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (owner: Owner | undefined) => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { onWait = () => {}, pollMs = 200 } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const own = { pid: process.pid, host: hostname(), id: randomUUID() };
  /** @type {string[]} */
  const claims = [];
  for (let told = false; !tryCreate(path, own);) {
    const owner = readOwner(path);
    if (isAbandoned(path, owner)) {
      claims.push(...takeAway(path, owner));
      continue;
    }
    if (!told) onWait(owner);
    told = true;
    await delay(pollMs);
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (readOwner(path)?.id === own.id) rmSync(path, { force: true });
    for (const claim of claims) rmSync(claim, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @param {Owner} owner
 */
function tryCreate(path, owner) {
  try {
    writeFileSync(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * The owner named in the lock file; undefined while it is being written or after it has gone.
 * @param {string} path
 * @returns {Owner | undefined}
 */
function readOwner(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Absent or half written: whoever asks looks again.
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {Owner | undefined} owner
 */
function isAbandoned(path, owner) {
  if (owner?.host === hostname() && !isRunning(owner.pid)) return true;
  const file = statSync(path, { throwIfNoEntry: false });
  return file !== undefined && Date.now() - file.mtimeMs > ABANDONED_MS;
}

/**
 * Removes an abandoned lock. The folder named after its id lets one process do that once, so a slow
 * second one cannot remove the lock which the first has created since. Returns the folders made.
 * @param {string} path
 * @param {Owner | undefined} owner
 */
function takeAway(path, owner) {
  const claim = `${path}.${owner?.id ?? 'unreadable'}`;
  try {
    mkdirSync(claim);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return [];
    throw error;
  }
  rmSync(path, { force: true });
  return [claim];
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** @param {string} path */
function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The file was taken away from us: the work goes on, its result is published atomically.
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
