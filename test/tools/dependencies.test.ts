import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dependencyStamp,
  ensureDependencies,
  isInstalled,
  isSameTree,
} from '../../tools/setup/dependencies.js';
import { findOnPath } from '../../tools/engine/programs.ts';
import { runProgram } from '../../tools/setup/process.js';
import { writeProgram } from './fake-programs.ts';
import { writeProject } from './fake-project.ts';

describe('installing the dependencies', () => {
  let root: string;
  let lines: string[];
  const output = { write: (text: string) => lines.push(text) };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'apig-dependencies-'));
    lines = [];
    writeProject(root);
  });

  afterEach(() => rmSync(root, { recursive: true }));

  test('is done once', async () => {
    expect(isInstalled(root)).toBe(false);
    await ensureDependencies(root, { output });
    expect(existsSync(join(root, 'node_modules/shelf/index.js'))).toBe(true);
    expect(isInstalled(root)).toBe(true);
    expect(lines[0]).toContain('npm ci');

    lines = [];
    await ensureDependencies(root, { output });
    expect(lines).toEqual([]);
  }, 60_000);

  test('is done once when two commands start at the same time', async () => {
    await Promise.all([ensureDependencies(root, { output }), ensureDependencies(root, { output })]);
    expect(lines.filter((line) => line.includes('done'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('waiting for it'))).toHaveLength(1);
  }, 60_000);

  test('is due again when the lockfile changes', async () => {
    await ensureDependencies(root, { output });
    const before = dependencyStamp(root);
    appendFileSync(join(root, 'package-lock.json'), '\n');
    expect(dependencyStamp(root)).not.toBe(before);
    expect(isInstalled(root)).toBe(false);
  }, 60_000);

  test('is left to the user who has done it', async () => {
    const npm = findOnPath('npm', process.env['PATH'] ?? '') ?? '';
    await runProgram(npm, ['install', '--no-audit', '--no-fund'], { cwd: root });
    await ensureDependencies(root, { output });
    expect(lines).toEqual([]);
    expect(isInstalled(root)).toBe(true);
  }, 60_000);

  test('that fails says what npm said and what to do, and is tried again by the next command', async () => {
    writeProgram(join(root, 'bin'), 'npm', 'echo "registry is closed" >&2; exit 4');
    const env = { PATH: join(root, 'bin') + ':/usr/bin:/bin' };
    await expect(ensureDependencies(root, { env, output })).rejects.toMatchObject({
      name: 'SetupFailure',
      message: expect.stringContaining('npm ci ended with code 4:\nregistry is closed'),
      next: expect.stringContaining('npm ping'),
    });
    await ensureDependencies(root, { output });
    expect(isInstalled(root)).toBe(true);
  }, 60_000);
});

describe('what npm recorded', () => {
  const wanted = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
      'node_modules/@apig/sdk': { resolved: 'sdk', link: true },
      'node_modules/for-windows': { version: '1.0.0', optional: true },
    },
  };
  const present = {
    packages: {
      'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
      'node_modules/@apig/sdk': { resolved: 'sdk', link: true },
    },
  };

  test('is what the lockfile asks for when all but packages for other platforms are there', () => {
    expect(isSameTree(wanted, present)).toBe(true);
  });

  test.each([
    ['another version', { 'node_modules/zod': { version: '4.6.6', integrity: 'sha512-a' } }],
    ['another content', { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-b' } }],
    ['a package instead of a workspace', { 'node_modules/@apig/sdk': { version: '1.0.0' } }],
    ['a link to another folder', { 'node_modules/@apig/sdk': { resolved: 'old', link: true } }],
  ])('is something else with %s', (_what, change) => {
    expect(isSameTree(wanted, { packages: { ...present.packages, ...change } })).toBe(false);
  });

  test('is something else with a package missing', () => {
    expect(isSameTree(wanted, { packages: {} })).toBe(false);
    expect(isSameTree(wanted, {})).toBe(false);
  });
});
