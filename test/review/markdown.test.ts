import { describe, expect, test } from '@jest/globals';
import type { Nodes, Root, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { LONGEST_COMMENT, markerOf, toMarkdown } from '../../provider/src/review/markdown.ts';
import type { Review } from '../../provider/src/review/model.ts';
import { NASTY, reviewOf, reviewWith } from './reviews.ts';
import { shopWith } from './shop.ts';

function parse(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

function allOf<T extends Nodes['type']>(node: Nodes, type: T): readonly Extract<Nodes, { type: T }>[] {
  const own = node.type === type ? [node as Extract<Nodes, { type: T }>] : [];
  return 'children' in node ? [...own, ...node.children.flatMap((child) => allOf(child, type))] : own;
}

/** Text as a reader sees it: references are replaced, line breaks are blanks, and HTML is left out. */
function textOf(node: Nodes): string {
  if (node.type === 'html') return /^<br>$/.test(node.value) ? '\n' : '';
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

function cellsOf(table: Table): readonly (readonly string[])[] {
  return table.children.map((row) => row.children.map((cell) => textOf(cell)));
}

/** Tables that have a row with another number of cells than their head, and rows that are part of no table. */
function brokenTables(text: string, root: Root): readonly string[] {
  const tables = allOf(root, 'table').map(cellsOf);
  const uneven = tables
    .filter((rows) => rows.some((row) => row.length !== rows[0]?.length))
    .map((rows) => JSON.stringify(rows));
  const lines = text.split('\n').filter((line) => line.startsWith('|')).length;
  const rows = tables.reduce((sum, table) => sum + table.length + 1, 0);
  return lines === rows ? uneven : [...uneven, `${String(lines)} lines for ${String(rows)} rows`];
}

/** Elements that are opened and not closed, or the other way round, in the order of the text. */
function unbalanced(root: Root): readonly string[] {
  const open: string[] = [];
  for (const { value } of allOf(root, 'html'))
    for (const [, close, name = ''] of value
      .replaceAll(/<!--.*?-->/gs, '')
      .matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
      if (name === 'br') continue;
      if (close === '') open.push(name);
      else if (open.pop() !== name) return [`</${name}>`];
    }
  return open;
}

const TAGS = /^<\/?(?:details|summary|b|code|br)>$/;

/** Everything that text of others must not become. */
function effectsIn(root: Root): readonly string[] {
  const marks = (
    ['link', 'image', 'linkReference', 'definition', 'emphasis', 'delete', 'footnoteReference'] as const
  )
    .flatMap((type) => allOf(root, type))
    .map(({ type }) => type);
  const html = allOf(root, 'html')
    .flatMap(({ value }) => value.replaceAll(/<!--.*?-->/gs, '').match(/<[^>]*>/g) ?? [])
    .filter((tag) => !TAGS.test(tag));
  const live = allOf(root, 'text')
    .map(({ value }) => value)
    .filter((value) => /@\w|#\d/.test(value));
  return [...marks, ...html, ...live];
}

const sizes = [1, 100, 2000];

describe('a comment', () => {
  test('tells the summary first, then what happens, then each resource', async () => {
    const root = parse(
      toMarkdown(await reviewOf(shopWith({ 'throttle gold': { apiCallLimit: 50 }, 'domain orders': null }))),
    );
    const [summary, effects, ...rest] = allOf(root, 'table').map(cellsOf);
    expect(summary).toEqual([
      ['', ''],
      ['Verdict', 'breaking: callers who were served may be refused, or served by something else'],
      ['Resources', '1 updated, 1 deleted'],
      ['Policies of APIs', '2 lost, 1 changed'],
      ['Reaches', '2 APIs, 1 app, 1 domain'],
    ]);
    expect(effects).toEqual([
      ['', 'What', 'APIs', 'Environment', 'Because'],
      ['breaking', 'throttle gold changes', 'list', 'RELEASE', 'apiCallLimit 100 → 50'],
      [
        'breaking',
        'loses domain binding orders.example.com',
        'list, place',
        'RELEASE',
        'domain binding orders is deleted',
      ],
    ]);
    expect(rest).toEqual([
      [
        ['Field', 'Before', 'After'],
        ['apiCallLimit', '100', '50'],
      ],
    ]);
  });

  test('says when behaviour was not compared, and when nothing changes', async () => {
    expect(toMarkdown(await reviewOf(shopWith({ 'throttle gold': { apiCallLimit: 50 } })))).toContain(
      'Behaviour was not compared',
    );
    const nothing = toMarkdown(await reviewOf(shopWith({})));
    expect(nothing).toContain('nothing changes');
    expect(nothing).not.toContain('Behaviour');
  });

  test('begins with a marker that only its stack has', () => {
    const review = reviewWith(NASTY, 3);
    const text = toMarkdown(review);
    expect(text.startsWith(`${markerOf(review.project, review.stack)}\n`)).toBe(true);
    expect(text.split('<!-- apig-review ')).toHaveLength(2);
    expect(markerOf('a', 'b/c')).not.toBe(markerOf('a/b', 'c'));
    expect(markerOf('a-->b', '--')).toMatch(/^<!-- apig-review [^<>-]*(?:%2D[^<>-]*)* -->$/);
  });

  test.each(NASTY.map((text) => [JSON.stringify(text), text]))(
    'shows %s as it is, and it has no effect',
    (_, nasty) => {
      const text = toMarkdown(reviewWith([nasty], 4));
      const root = parse(text);
      expect([brokenTables(text, root), effectsIn(root), unbalanced(root)]).toEqual([[], [], []]);
    },
  );

  test('shows values as they are', () => {
    const values = NASTY.filter((text) => !text.includes('\r') && !text.includes('\u001B'));
    const review: Review = {
      ...reviewWith(['plain'], 1),
      outcomes: undefined,
      resources: [
        {
          urn: 'urn',
          kind: 'api',
          type: 'API',
          name: 'list',
          operation: 'update',
          fields: values.map((value, at) => ({
            path: `f${String(at)}`,
            before: value,
            after: value,
            secret: false,
            replaces: false,
          })),
          reaches: { apis: [], apps: [], domains: [] },
        },
      ],
    };
    const rows = cellsOf(
      allOf(parse(toMarkdown(review)), 'table').at(-1) ?? { type: 'table', children: [] },
    ).slice(1);
    expect(rows.map(([, before]) => before)).toEqual(values);
  });

  test.each(sizes)('with %d resources has whole tables and is short enough', (count) => {
    for (const texts of [NASTY, ['plain', 'text'], ['long '.repeat(24)]]) {
      const text = toMarkdown(reviewWith(texts, count));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LONGEST_COMMENT);
      const root = parse(text);
      expect([brokenTables(text, root), effectsIn(root), unbalanced(root)]).toEqual([[], [], []]);
    }
  });

  test.each(sizes)('with %d changed throttles says what is left out, and nothing else is', async (count) => {
    const args = { gatewayId: 'g', apiCallLimit: 10, timeInterval: 1, timeUnit: 'MINUTE' };
    const review = await reviewOf(
      Array.from({ length: count }, (_, at) => ({
        kind: 'throttle' as const,
        name: `limit-${String(at)}`,
        before: { ...args, name: `limit_${String(at)}` },
        after: { ...args, name: `limit_${String(at)}`, apiCallLimit: 11 },
      })),
    );
    const text = toMarkdown(review);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LONGEST_COMMENT);
    const root = parse(text);
    expect([brokenTables(text, root), unbalanced(root)]).toEqual([[], []]);
    const shown = new Set(text.match(/limit-\d+/g));
    const leftOut = Number(/([\d,]+) resources? left out here/.exec(text)?.[1]?.replace(',', '') ?? 0);
    expect(shown.size + leftOut).toBe(count);
    // Room is used before anything is left out.
    if (leftOut > 0) expect(Buffer.byteLength(text)).toBeGreaterThan(LONGEST_COMMENT * 0.95);
  });

  test('fits into little room as well', () => {
    const review = { ...reviewWith(['plain'], 200), notes: [] };
    for (const limit of [1500, 3000, 10_000]) {
      const text = toMarkdown(review, limit);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
      expect([brokenTables(text, parse(text)), unbalanced(parse(text))]).toEqual([[], []]);
    }
  });
});
