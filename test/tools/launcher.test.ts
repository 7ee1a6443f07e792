import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAUNCHER_TEXT } from '../../tools/engine/launcher.ts';
import { runProgram } from '../../tools/setup/process.js';
import { writeProgram } from './fake-programs.ts';

describe('the launcher of dynamic providers', () => {
  let home: string;
  let launcher: string;

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'apig-launcher-')));
    launcher = writeProgram(home, 'launcher', LAUNCHER_TEXT.replace('#!/bin/sh\n', ''));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  test('runs the SDK of the program in whose folder it is started, with its arguments', async () => {
    const program = join(home, 'my program');
    const sdk = join(program, 'node_modules/@pulumi/pulumi/cmd/dynamic-provider');
    mkdirSync(sdk, { recursive: true });
    writeFileSync(
      join(sdk, 'index.js'),
      'console.log(JSON.stringify([__filename, ...process.argv.slice(2)]));',
    );

    const { code, stdout } = await runProgram(launcher, ['127.0.0.1:4000', 'a b'], { cwd: program });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([join(sdk, 'index.js'), '127.0.0.1:4000', 'a b']);
  });

  test('says so where the program has no SDK, and prints nothing that could be taken for a port', async () => {
    const { code, stdout, stderr } = await runProgram(launcher, [], { cwd: home });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`@pulumi/pulumi is not installed for the program in ${home}`);
  });
});
