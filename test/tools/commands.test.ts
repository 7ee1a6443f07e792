import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { planSteps } from '../../tools/setup/commands.js';
import { prepend, projectEnvironment } from '../../tools/setup/environment.js';
import { canRunSetup } from '../../tools/setup/node.js';

const ROOT = dirname(dirname(import.meta.dirname));

describe('the words after tools/run.js', () => {
  test('name the programs that are installed', () => {
    for (const name of ['tsc', 'eslint', 'prettier', 'jest']) {
      const [step] = planSteps([name], ROOT) ?? [];
      expect(existsSync(step?.args.at(-1) ?? '')).toBe(true);
    }
  });

  test('are passed on to the program', () => {
    const [step] = planSteps(['jest', 'test/sdk', '-t', 'signs'], '/repo') ?? [];
    expect(step).toEqual({
      title: 'jest test/sdk -t signs',
      args: [
        '--experimental-vm-modules',
        '--conditions=@apig/source',
        '/repo/node_modules/jest/bin/jest.js',
        ...['test/sdk', '-t', 'signs'],
      ],
      engine: true,
    });
  });

  test('name a file to run, with the engine where it drives Pulumi', () => {
    expect(planSteps(['tools/demo/main.ts'], '/repo')).toMatchObject([{ engine: true }]);
    expect(planSteps(['./tools/reference.ts', '--check'], '/repo')).toEqual([
      {
        title: './tools/reference.ts',
        args: ['--conditions=@apig/source', './tools/reference.ts', '--check'],
        engine: false,
      },
    ]);
  });

  test('ask for every check, with or without the tests', () => {
    const titles = planSteps(['check'], '/repo')?.map(({ title }) => title);
    expect(titles).toEqual([
      'eslint .',
      'tsc -b',
      'tsc -p test --noEmit',
      'tsc -p tools --noEmit',
      'tsc -p examples --noEmit',
      'prettier --check --log-level=warn .',
      'jest',
    ]);
    expect(planSteps(['check', '--without-tests'], '/repo')?.some(({ engine }) => engine)).toBe(false);
  });

  test.each([[[]], [['tset']], [['toString']]])('name nothing: %j', (words) => {
    expect(planSteps(words, '/repo')).toBeUndefined();
  });
});

describe('the environment of what is run', () => {
  test('has the project’s programs first and Node’s flags once', () => {
    const once = projectEnvironment({ PATH: '/bin', NODE_OPTIONS: '--max-old-space-size=512' }, '/repo');
    expect(once).toEqual({
      PATH: '/repo/node_modules/.bin:/bin',
      NODE_OPTIONS:
        '--max-old-space-size=512 --disable-warning=ExperimentalWarning --conditions=@apig/source',
    });
    expect(projectEnvironment(once, '/repo')).toEqual(once);
  });

  test('goes by a proxy where the user has one', () => {
    expect(projectEnvironment({ HTTPS_PROXY: 'http://proxy:3128' }, '/repo')).toMatchObject({
      NODE_USE_ENV_PROXY: '1',
    });
  });

  test('never has the same folder twice', () => {
    expect(prepend('/a', '/b:/a::/c')).toBe('/a:/b:/c');
    expect(prepend('/a', undefined)).toBe('/a');
  });
});

describe('the Node that runs the set-up', () => {
  test.each([
    ['18.20.4', false],
    ['20.0.0', true],
    ['24.21.0', true],
    ['100.0.0', true],
  ])('%s may do so: %s', (version, expected) => {
    expect(canRunSetup(version)).toBe(expected);
  });
});
