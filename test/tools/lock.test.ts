import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../tools/setup/lock.js';
import { runProgram } from '../../tools/setup/process.js';

describe('a lock file', () => {
  let home: string;
  let path: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'apig-lock-'));
    path = join(home, 'work.lock');
  });

  afterEach(() => rmSync(home, { recursive: true }));

  test('lets one holder in after another, and says whom the others wait for', async () => {
    const waitedFor: (number | undefined)[] = [];
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    const options = { pollMs: 1, onWait: (owner?: { pid: number }) => waitedFor.push(owner?.pid) };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, work, options)));
    expect(most).toBe(1);
    expect(waitedFor).toEqual(Array.from({ length: 4 }, () => process.pid));
    expect(readdirSync(home)).toEqual([]);
  });

  test('is released when the work fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });

  test('is taken over from a process that has died', async () => {
    const { stdout } = await runProgram(process.execPath, ['-p', 'process.pid']);
    writeFileSync(path, JSON.stringify({ pid: Number(stdout), host: hostname(), id: 'dead' }));
    expect(await withLock(path, () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(home)).toEqual([]);
  });

  test('is taken over from another machine that has not been heard of for a minute', async () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: 'elsewhere', id: 'far' }));
    const then = new Date(Date.now() - 61_000);
    utimesSync(path, then, then);
    expect(await withLock(path, () => Promise.resolve('done'))).toBe('done');
  });

  test('is respected when another machine holds it', async () => {
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', id: 'far' }));
    const onWait = (): void => rmSync(path);
    expect(await withLock(path, () => Promise.resolve('done'), { onWait, pollMs: 1 })).toBe('done');
  });
});
