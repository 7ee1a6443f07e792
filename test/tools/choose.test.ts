import { describe, expect, test } from '@jest/globals';
import { FAILURE_MEMORY_MS, judgeDownload, judgeGo, judgePath } from '../../tools/engine/choose.ts';
import { isAtLeast, parseVersion, type Version } from '../../tools/engine/version.ts';

describe('a version', () => {
  test.each<[string, Version | undefined]>([
    ['v3.259.0\n', [3, 259, 0]],
    ['3.200.1-alpha.x7d1f', [3, 200, 1]],
    ['go1.26', [1, 26, 0]],
    ['command not found', undefined],
    ['', undefined],
  ])('is read from %j', (text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });

  test.each<[Version, boolean]>([
    [[3, 200, 0], true],
    [[3, 199, 9], false],
    [[3, 1000, 0], true],
    [[4, 0, 0], true],
    [[2, 300, 0], false],
  ])('%j is compared with 3.200.0', (version, expected) => {
    expect(isAtLeast(version, [3, 200, 0])).toBe(expected);
  });
});

describe('the pulumi on the PATH', () => {
  test('is taken when recent and complete', () => {
    const probe = { found: 'pulumi', file: '/opt/bin/pulumi', version: [3, 259, 0], missing: [] } as const;
    expect(judgePath(probe)).toEqual({ directory: '/opt/bin', version: '3.259.0' });
  });

  test.each<[Parameters<typeof judgePath>[0], string]>([
    [{ found: 'nothing' }, 'no pulumi on the PATH'],
    [{ found: 'broken', file: '/bin/pulumi', reason: 'ended with code 2' }, '/bin/pulumi ended with code 2'],
    [
      { found: 'pulumi', file: '/bin/pulumi', version: [3, 199, 0], missing: [] },
      '/bin/pulumi is 3.199.0, older than 3.200.0',
    ],
    [
      { found: 'pulumi', file: '/bin/pulumi', version: [3, 259, 0], missing: ['pulumi-language-nodejs'] },
      '/bin/pulumi comes without pulumi-language-nodejs',
    ],
  ])('is refused for a reason: %j', (probe, reason) => {
    expect(judgePath(probe)).toEqual({ reason });
  });
});

describe('a download', () => {
  const failure = { at: 1_000_000_000, reason: 'get.pulumi.com cannot be reached' };

  test('is tried when none has failed', () => {
    expect(judgeDownload(undefined, 0)).toEqual({ open: true });
  });

  test('is not tried again soon after it failed', () => {
    const reason = 'failed 3 min ago (get.pulumi.com cannot be reached)';
    expect(judgeDownload(failure, failure.at + 180_000)).toEqual({ open: false, reason });
  });

  test('is tried again after a day, and when the clock was turned back', () => {
    expect(judgeDownload(failure, failure.at + FAILURE_MEMORY_MS)).toEqual({ open: true });
    expect(judgeDownload(failure, failure.at - 1)).toEqual({ open: true });
  });
});

describe('a build from source', () => {
  const go = { found: 'go', file: '/usr/local/go/bin/go', version: [1, 26, 8] } as const;

  test('needs a recent Go', () => {
    expect(judgeGo(go, 'linux')).toEqual({ open: true, file: '/usr/local/go/bin/go' });
    expect(judgeGo({ ...go, version: [1, 24, 0] }, 'darwin')).toMatchObject({ open: true });
    expect(judgeGo({ ...go, version: [1, 23, 9] }, 'linux')).toEqual({
      open: false,
      reason: 'Go 1.23.9 is older than 1.24.0',
    });
    expect(judgeGo({ found: 'nothing' }, 'linux')).toEqual({
      open: false,
      reason: 'no Go toolchain on the PATH',
    });
  });

  test('is not offered on Windows', () => {
    expect(judgeGo(go, 'win32')).toMatchObject({ open: false });
  });
});
