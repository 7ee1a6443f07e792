import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { previewOf, stateOf, urnOf } from './previews.ts';
import { runCommand } from './run-command.ts';
import { shopWith, type Changes } from './shop.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'apig-review-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const preview = (changes: Changes) => previewOf(shopWith(changes));
const NOTHING = preview({});
const NEUTRAL = preview({ 'apiGroup orders': { remark: 'all' } });
const LOOSENING = preview({ 'throttle gold': { apiCallLimit: 200 } });
const BREAKING = preview({ 'throttle gold': { apiCallLimit: 50 } });

describe('apig-review', () => {
  test.each<[string, string, readonly string[], number]>([
    ['nothing', NOTHING, [], 0],
    ['nothing', NOTHING, ['--fail-on', 'any', '--detailed-exit-code'], 0],
    ['a neutral change', NEUTRAL, [], 0],
    ['a neutral change', NEUTRAL, ['--fail-on', 'loosening'], 0],
    ['a neutral change', NEUTRAL, ['--fail-on', 'any'], 2],
    ['a neutral change', NEUTRAL, ['--fail-on', 'breaking', '--detailed-exit-code'], 3],
    ['a loosening one', LOOSENING, ['--fail-on', 'breaking'], 0],
    ['a loosening one', LOOSENING, ['--fail-on=loosening'], 2],
    ['a breaking one', BREAKING, [], 0],
    ['a breaking one', BREAKING, ['--fail-on', 'breaking'], 2],
    ['a breaking one', BREAKING, ['--fail-on', 'loosening'], 2],
  ])('of %s (%#) with its options has its exit code', async (_, input, args, code) => {
    expect(await runCommand(args, input)).toMatchObject({ code, said: [] });
  });

  test('writes the form that is asked for, where it is asked for', async () => {
    const output = join(directory, 'comment.md');
    expect(await runCommand(['--format', 'markdown', '--output', output], BREAKING)).toEqual({
      code: 0,
      text: '',
      said: [],
    });
    expect(readFileSync(output, 'utf8')).toMatch(
      /^<!-- apig-review shop\/dev -->\n### shop \/ dev: breaking\n/,
    );
    const { text } = await runCommand(['review', '-', '--format', 'json'], BREAKING);
    expect(JSON.parse(text)).toMatchObject({ version: 1, verdict: 'breaking' });
  });

  test('reads files, and a state for what the preview does not show', async () => {
    const { steps } = JSON.parse(BREAKING) as { steps: { op: string; urn: string }[] };
    const partial = {
      steps: steps.filter(({ op }) => op !== 'same'),
      changeSummary: { same: steps.length - 1 },
    };
    const [file, state] = [join(directory, 'preview.json'), join(directory, 'state.json')];
    writeFileSync(file, JSON.stringify(partial));
    writeFileSync(state, stateOf(shopWith({})));
    const { text } = await runCommand([file, '--state', state]);
    expect(text).toContain('throttle gold changes: list in RELEASE');
    expect((await runCommand([file])).text).toContain('--show-sames');
  });

  test('is silent about nothing if asked', async () => {
    expect((await runCommand([], NOTHING)).text).toContain('nothing changes');
    expect(await runCommand(['--silent-when-unchanged'], NOTHING)).toEqual({ code: 0, text: '', said: [] });
    expect((await runCommand(['--silent-when-unchanged'], NEUTRAL)).text).toContain('neutral');
  });

  test.each<[string, readonly string[], string, RegExp]>([
    ['an empty preview', [], '', /^The preview is empty\.$/],
    ['a cut preview', [], BREAKING.slice(0, -9), /^The preview ends in the middle/],
    [
      'a file that is not there',
      ['/nowhere/preview.json'],
      '',
      /^\/nowhere\/preview\.json cannot be read: ENOENT/,
    ],
    [
      'a place that is not there',
      ['--output', '/nowhere/a.md'],
      BREAKING,
      /^\/nowhere\/a\.md cannot be written: ENOENT/,
    ],
    ['an unknown option', ['--colour'], BREAKING, /^Unknown option '--colour'/],
    ['an unknown format', ['--format', 'html5'], BREAKING, /^--format: expected one of /],
    [
      'an unknown verdict',
      ['--fail-on', 'bad'],
      BREAKING,
      /^--fail-on: expected one of breaking, loosening, any\.$/,
    ],
    ['two previews', ['a', 'b'], BREAKING, /^one preview at a time/],
  ])('says what is wrong with %s in one line', async (_, args, input, line) => {
    const { code, text, said } = await runCommand(args, input);
    expect([code, text]).toEqual([1, '']);
    expect(said).toEqual([expect.stringMatching(line)]);
    expect(said[0]).not.toContain('\n');
  });

  test('explains itself', async () => {
    expect((await runCommand(['--help'])).text).toMatch(/review +says what a preview does to callers/);
    expect((await runCommand(['review', '--help'])).text).toContain('--fail-on');
  });

  test('shows no secret of any state', async () => {
    const secrets = { key: 'backend_key_2', secret: 'backend-secret-000002' };
    const bucket = { inputs: { password: 'bucket-word', acl: 'private' } };
    const input = previewOf(
      shopWith({ 'signatureKey backend': secrets, 'app storefront': { appSecret: 'storefront-secret-1' } }),
      [
        {
          op: 'create',
          urn: urnOf('app', 'x').replace(/apig:App::x$/, 'other:Bucket::logs'),
          newState: bucket,
        },
      ],
    );
    for (const format of ['terminal', 'markdown', 'json']) {
      const { text } = await runCommand(['--format', format], input);
      expect(text).toContain('storefront');
      for (const secret of [
        ...Object.values(secrets),
        'backend_key_1',
        'backend-secret-000001',
        'storefront-secret-1',
        'bucket-word',
      ])
        expect(text).not.toContain(secret);
    }
  });
});
