import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toJson } from '../../provider/src/review/json.ts';
import { LONGEST_COMMENT, markerOf } from '../../provider/src/review/markdown.ts';
import { readReview } from '../../provider/src/review/read-review.ts';
import { openFakeGitHub, type FakeGitHub } from '../support/fake-github.ts';
import { openGateway } from '../support/gateway.ts';
import { previewOf, type Planned } from './previews.ts';
import { NASTY, reviewOf, reviewWith } from './reviews.ts';
import { runCommand } from './run-command.ts';
import { shopWith } from './shop.ts';

const PULL = 12;
const MINE = 'github-actions[bot]';

let github: FakeGitHub;
let directory: string;
const environment = { ...process.env };
beforeEach(async () => {
  github = await openFakeGitHub();
  directory = mkdtempSync(join(tmpdir(), 'apig-review-'));
  Object.assign(process.env, github.environment);
});
afterEach(async () => {
  for (const name of Object.keys(process.env))
    if (!(name in environment)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
  await github.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** A review in a file, as an earlier step of the job left it. */
async function fileOf(resources: readonly Planned[]): Promise<string> {
  const file = join(directory, 'review.json');
  writeFileSync(file, toJson(await reviewOf(resources)));
  return file;
}

const comment = async (resources: readonly Planned[], ...more: string[]) =>
  runCommand(['comment', await fileOf(resources), '--pull', String(PULL), ...more]);
const LESS = shopWith({ 'throttle gold': { apiCallLimit: 50 } });
const MORE = shopWith({ 'throttle gold': { apiCallLimit: 200 } });
const bodies = () => github.comments.map(({ body }) => body);

describe('a review as JSON', () => {
  test('is read back as it was, whatever its texts are', () => {
    for (const review of [reviewWith(NASTY, 30), reviewWith(['plain'], 1)])
      expect(readReview(toJson(review), 'review.json')).toEqual(review);
  });

  test.each([
    ['{"version":1,"proj', /^review\.json is not JSON/],
    ['{"steps":[]}', /^review\.json is no review: it has no version\.$/],
    ['{"version":2}', /^review\.json has the version 2: expected 1/],
    ['{"version":1,"project":"shop"}', /^review\.json: stack: /],
  ])('that is %s is refused', (text, message) => {
    expect(() => readReview(text, 'review.json')).toThrow(message);
  });
});

describe('the comment below a pull request', () => {
  test('is written once and replaced then, each stack by its own', async () => {
    const other = { id: 1, issue: PULL, user: 'alice', body: 'Looks fine.' };
    const ofProd = { id: 2, issue: PULL, user: MINE, body: `${markerOf('shop', 'prod')}\nprod` };
    github.comments.push(other, ofProd);
    expect(await comment(LESS)).toMatchObject({ code: 0, said: ['the comment of shop/dev: created.'] });
    expect(await comment(LESS)).toMatchObject({ said: ['the comment of shop/dev: unchanged.'] });
    expect(await comment(MORE)).toMatchObject({ said: ['the comment of shop/dev: updated.'] });
    expect(bodies()).toEqual([other.body, ofProd.body, expect.stringContaining('200')]);
    expect(github.comments[2]?.body.startsWith(markerOf('shop', 'dev'))).toBe(true);
  });

  test('is found behind hundreds of others', async () => {
    const talk = (id: number) => ({ id, issue: PULL, user: 'alice', body: `comment ${String(id)}` });
    github.comments.push(...Array.from({ length: 250 }, (_, id) => talk(id)));
    await comment(LESS);
    await comment(MORE);
    expect(github.comments).toHaveLength(251);
  });

  test('is one again after two runs at a time wrote two', async () => {
    const body = `${markerOf('shop', 'dev')}\nold`;
    github.comments.push({ id: 1, issue: PULL, user: MINE, body }, { id: 2, issue: PULL, user: MINE, body });
    await comment(LESS);
    expect(github.comments.map(({ id }) => id)).toEqual([2]);
  });

  test('leaves alone what somebody else wrote with its marker', async () => {
    const body = `${markerOf('shop', 'dev')}\nnothing to see here`;
    github.comments.push({ id: 1, issue: PULL, user: 'mallory', body });
    expect(await comment(LESS)).toMatchObject({ code: 0, said: ['the comment of shop/dev: created.'] });
    expect(bodies()).toEqual([body, expect.stringContaining('breaking')]);
  });

  test('is not begun where nothing changes, if asked, and says so where it is there', async () => {
    const unchanged = shopWith({});
    await comment(unchanged, '--silent-when-unchanged');
    expect(bodies()).toEqual([]);
    await comment(LESS, '--silent-when-unchanged');
    await comment(unchanged, '--silent-when-unchanged');
    expect(bodies()).toEqual([expect.stringContaining('no change for callers')]);
  });

  test('is the summary of the job where the token may not comment, as in a fork', async () => {
    github.readOnly = true;
    const summary = join(directory, 'summary.md');
    process.env['GITHUB_STEP_SUMMARY'] = summary;
    const { code, said } = await comment(LESS);
    expect({ code, said }).toEqual({
      code: 0,
      said: [expect.stringMatching(/forks\. The review is in the summary of the job\.$/)],
    });
    expect(readFileSync(summary, 'utf8')).toContain('breaking');
    expect(github.comments).toEqual([]);
  });

  test('is tried again when GitHub is busy or limits calls', async () => {
    github.failures.push(502, 429, 403);
    expect(await comment(LESS)).toMatchObject({ code: 0, said: ['the comment of shop/dev: created.'] });
    expect(github.comments).toHaveLength(1);
  });

  test('fails in one line, without the token, when GitHub does', async () => {
    github.failures.push(500, 500, 500, 500);
    const { code, said } = await comment(LESS);
    expect({ code, said }).toEqual({
      code: 1,
      said: [`GitHub answered GET /issues/${String(PULL)}/comments with 500: later.`],
    });
  });

  test.each<[string, Readonly<Record<string, string>>, readonly string[], RegExp]>([
    ['a token', { GITHUB_TOKEN: '' }, [], /^GITHUB_TOKEN: expected a token/],
    ['a repository', { GITHUB_REPOSITORY: 'infra' }, [], /^GITHUB_REPOSITORY: expected owner\/name/],
    ['a number', {}, ['--pull', 'twelve'], /^--pull: expected the number/],
  ])('needs %s', async (_, variables, more, message) => {
    Object.assign(process.env, variables);
    const { code, said } = await comment(LESS, ...more);
    expect({ code, said }).toEqual({ code: 1, said: [expect.stringMatching(message)] });
    expect(github.calls).toEqual([]);
  });

  test('has room for the largest review', async () => {
    const file = join(directory, 'large.json');
    writeFileSync(file, toJson(reviewWith(['name'], 3000)));
    await runCommand(['comment', file, '--pull', String(PULL)]);
    expect(Buffer.byteLength(github.comments[0]?.body ?? '')).toBeLessThanOrEqual(LONGEST_COMMENT);
  });
});

describe('drift', () => {
  const DRIFTED = previewOf(LESS);
  const drift = (input: string) => runCommand(['drift', '--issue', '--label', 'drift'], input);

  test('has one issue as long as it lasts', async () => {
    github.issues.push({ number: 1, title: '', body: '', state: 'open', labels: ['drift'], isPull: true });
    expect(await drift(DRIFTED)).toMatchObject({ code: 3, said: ['the issue about shop/dev: created.'] });
    expect(await drift(DRIFTED)).toMatchObject({ code: 3, said: ['the issue about shop/dev: unchanged.'] });
    expect(await drift(previewOf(MORE))).toMatchObject({ said: ['the issue about shop/dev: updated.'] });
    const [, issue] = github.issues;
    expect(issue).toMatchObject({ title: 'Drift in shop/dev: 1 resource', state: 'open', labels: ['drift'] });
    expect(await drift(previewOf(shopWith({})))).toMatchObject({ code: 0 });
    expect(issue?.state).toBe('closed');
    expect(github.comments).toEqual([
      expect.objectContaining({ issue: issue?.number, body: 'Nothing differs from the program any more.' }),
    ]);
    expect(github.issues).toHaveLength(2);
  });

  test('names who changed an object, and when, as the gateway remembers it', async () => {
    const runtime = await openGateway();
    try {
      const { client } = runtime;
      const network = { vpcId: 'v', subnetId: 's', securityGroupId: 'g', availableZoneIds: ['az'] };
      const gateway = await client.gateway.create({ name: 'main', edition: 'BASIC', ...network });
      const { id: gatewayId } = gateway;
      const gold = {
        gatewayId,
        name: 'gold',
        apiCallLimit: 100,
        timeInterval: 1,
        timeUnit: 'MINUTE',
      } as const;
      const { id } = await client.throttle.create(gold);
      await client.throttle.update({ gatewayId, id }, { ...gold, apiCallLimit: 7 });
      Object.assign(process.env, {
        APIG_ENDPOINT: runtime.endpoint,
        APIG_PROJECT_ID: runtime.projectId,
        APIG_ACCESS_KEY: runtime.accessKey,
        APIG_SECRET_KEY: runtime.secretKey,
      });
      const preview = previewOf([
        { kind: 'throttle', name: 'gold', id, before: { ...gold, apiCallLimit: 7 }, after: gold },
      ]);
      const { code, text } = await runCommand(['drift'], preview);
      expect(code).toBe(3);
      expect(text).toMatch(/\| Resource \| Last changed by \| At \| Fields \|/);
      expect(text).toMatch(/`gold` \| [^|]+ \| \d{4}-\d\d-\d\dT[^|]+ \| `apiCallLimit`/);
    } finally {
      await runtime.dispose();
    }
  });

  test('is told without authors where no gateway can be asked', async () => {
    const { code, text } = await runCommand(['drift'], DRIFTED);
    expect({ code, text }).toEqual({ code: 3, text: expect.stringContaining('Who changed it is not known') });
  });
});
