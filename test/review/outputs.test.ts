import { describe, expect, test } from '@jest/globals';
import { toJson } from '../../provider/src/review/json.ts';
import { toTerminal } from '../../provider/src/review/terminal.ts';
import { NASTY, reviewOf, reviewWith } from './reviews.ts';
import { shopWith } from './shop.ts';

const change = shopWith({
  'throttle gold': { apiCallLimit: 50 },
  'acl blocked': { values: ['192.0.2.1'] },
  'app storefront': { appSecret: 'storefront-secret-1' },
});

describe('a review on a terminal', () => {
  test('has what the comment has, in lines', async () => {
    expect(toTerminal(await reviewOf(change), { columns: 80, colours: false })).toBe(`shop / dev: breaking
  callers who were served may be refused, or served by something else
resources   3 updated
policies    4 changed
reaches     2 APIs, 1 app, 1 domain

APIs
  breaking  throttle gold changes: list in RELEASE; apiCallLimit 100 → 50
  breaking  app storefront changes: list, place in RELEASE; appSecret changed
  loosening ACL blocked changes: list in RELEASE; values − 192.0.2.2

Resources
  update throttle gold, reaches 1 API, 1 app, 1 domain
      apiCallLimit: 100 → 50
  update ACL blocked, reaches 1 API, 1 app, 1 domain
      values: − 192.0.2.2
  update app storefront, reaches 2 APIs, 1 app, 1 domain
      appSecret: secret changed
`);
  });

  test.each([40, 80, 200])('of %d columns has no longer line', (columns) => {
    const text = toTerminal(reviewWith([...NASTY, '漢字'.repeat(60)], 30), { columns, colours: false });
    const width = (line: string) =>
      Array.from(line).reduce((sum, letter) => sum + (/\p{Script=Han}/u.test(letter) ? 2 : 1), 0);
    expect(Math.max(...text.split('\n').map(width))).toBeLessThanOrEqual(columns);
  });

  test('has colours where it may, and never those of others', async () => {
    const review = await reviewOf(change);
    const plain = toTerminal(review, { columns: 80, colours: false });
    const colourful = toTerminal(review, { columns: 80, colours: true });
    expect(plain).not.toContain('\u001B');
    expect(colourful).toContain('\u001B[31mbreaking\u001B[0m');
    expect(
      [0, 1, 31, 33].reduce((text, style) => text.replaceAll(`\u001B[${String(style)}m`, ''), colourful),
    ).toBe(plain);
    const nasty = toTerminal(reviewWith(NASTY, 30), { columns: 80, colours: false });
    for (const mark of ['\u001B', '\u0007', '\u202E']) expect(nasty).not.toContain(mark);
  });
});

describe('a review as JSON', () => {
  test('has a version, and each of its parts', async () => {
    const document = JSON.parse(toJson(await reviewOf(change))) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual([
      'version',
      'project',
      'stack',
      'verdict',
      'resources',
      'effects',
      'outcomes',
      'findings',
      'notes',
    ]);
    expect(document).toMatchObject({
      version: 1,
      project: 'shop',
      stack: 'dev',
      verdict: 'breaking',
      outcomes: null,
      findings: [],
      notes: [],
    });
    expect(document['resources']).toContainEqual({
      urn: 'urn:pulumi:dev::shop::pulumi-nodejs:dynamic/apig:App::storefront',
      kind: 'app',
      type: 'app',
      name: 'storefront',
      operation: 'update',
      fields: [{ path: 'appSecret', before: null, after: null, secret: true, replaces: false }],
      reaches: { apis: ['list', 'place'], apps: ['storefront'], domains: ['orders.example.com'] },
    });
    expect(document['effects']).toContainEqual({
      kind: 'policyChanged',
      api: 'list',
      environment: 'RELEASE',
      policy: 'throttle gold',
      because: 'apiCallLimit 100 → 50',
      verdict: 'breaking',
    });
  });
});
