import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { probeGo, probePulumi } from '../../tools/engine/probe.ts';
import { writeGo, writeProgram, writePulumi } from './fake-programs.ts';

let home: string;
let path: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apig-probe-'));
  // The scripts need a shell's own programs, none of which is pulumi or go.
  path = [join(home, 'bin'), '/usr/bin', '/bin'].join(delimiter);
});

afterEach(() => rmSync(home, { recursive: true }));

describe('looking for pulumi on a search path', () => {
  test('finds its version and that nothing is missing', async () => {
    const file = writePulumi(join(home, 'bin'), '3.259.0');
    expect(await probePulumi({ PATH: path })).toEqual({
      found: 'pulumi',
      file,
      version: [3, 259, 0],
      missing: [],
    });
  });

  test('finds companions beside the program that a link leads to', async () => {
    const file = writePulumi(join(home, 'opt'), '3.259.0');
    writeProgram(join(home, 'bin'), 'other', 'exit 0');
    symlinkSync(file, join(home, 'bin/pulumi'));
    expect(await probePulumi({ PATH: path })).toMatchObject({ found: 'pulumi', missing: [] });
  });

  test('tells which companions are missing', async () => {
    writePulumi(join(home, 'bin'), '3.259.0', ['pulumi-resource-pulumi-nodejs']);
    expect(await probePulumi({ PATH: path })).toMatchObject({ missing: ['pulumi-language-nodejs'] });
  });

  test.each([
    ['exit 3', 'ended with code 3'],
    ['kill -9 $$', 'ended with code none (a signal)'],
    ['echo hello', 'printed no version but "hello"'],
  ])('calls a program that does "%s" broken', async (script, reason) => {
    const file = writeProgram(join(home, 'bin'), 'pulumi', script);
    expect(await probePulumi({ PATH: path })).toEqual({ found: 'broken', file, reason });
  });

  test('passes over a link that leads nowhere', async () => {
    writeProgram(join(home, 'bin'), 'other', 'exit 0');
    symlinkSync(join(home, 'nowhere'), join(home, 'bin/pulumi'));
    expect(await probePulumi({ PATH: path })).toEqual({ found: 'nothing' });
  });

  test('finds nothing on an empty path', async () => {
    expect(await probePulumi({ PATH: '' })).toEqual({ found: 'nothing' });
    expect(await probePulumi({})).toEqual({ found: 'nothing' });
  });
});

describe('looking for Go on a search path', () => {
  test('finds its version', async () => {
    const file = writeGo(join(home, 'bin'), { version: '1.24.2' });
    expect(await probeGo({ PATH: path })).toEqual({ found: 'go', file, version: [1, 24, 2] });
  });

  test('takes a toolchain without a version for none', async () => {
    writeProgram(join(home, 'bin'), 'go', 'exit 1');
    expect(await probeGo({ PATH: path })).toEqual({ found: 'nothing' });
  });
});
