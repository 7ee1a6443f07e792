import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import chromiumPackage from '@sparticuz/chromium';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { toHtml } from '../../provider/src/review/html/page.ts';
import type { Review } from '../../provider/src/review/model.ts';
import { previewOf } from './previews.ts';
import { NASTY, reviewOf, reviewWith } from './reviews.ts';
import { runCommand } from './run-command.ts';
import { shopWith } from './shop.ts';

const change = shopWith({
  'api list': { httpBackend: { address: 'new.internal:8080', protocol: 'HTTP', method: 'GET', path: '/v2' } },
  'throttle gold': { apiCallLimit: 50 },
  'aclBinding blocked': null,
  'domain orders': { name: 'shop.example.com' },
  'app storefront': { appSecret: 'storefront-secret-1' },
});

let browser: Browser;
beforeAll(async () => {
  const executablePath = await chromiumPackage.executablePath().catch((error: unknown) => {
    throw new Error('Chromium cannot be unpacked: run `npm ci`, which installs it.', { cause: error });
  });
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--headless=shell'] });
}, 60_000);
afterAll(() => browser.close());

/** Opens a review, with all that goes wrong, or out, on the way. */
async function open(review: Review, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => faults.push(request.url()));
  await page.setContent(toHtml(review));
  return { page, faults, close: () => context.close() };
}

const shown = (page: Page, selector = '.item') => page.locator(`${selector}:visible`).count();

/** The worst contrast of all texts, with the text that has it. Source: WCAG 2.2, "contrast ratio". */
const WORST = `(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const box = element.closest('g.node')?.querySelector('rect');
    if (box) return parse(getComputedStyle(box).fill);
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let worst = { ratio: 21, text: '' };
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('');
    if (text === '' || ['SCRIPT', 'STYLE', 'title'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const one = light(parse(element instanceof SVGElement ? style.fill : style.color));
    const other = light(behind(element));
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < worst.ratio) worst = { ratio, text };
  }
  return worst;
})()`;

describe('the page of a review', () => {
  test('shows everything, filters and searches, and loads nothing', async () => {
    const { page, faults, close } = await open(await reviewOf(change));
    expect(await page.locator('h1').textContent()).toBe('shop / dev');
    expect(await page.locator('svg .node.changed').count()).toBeGreaterThan(0);
    const all = await shown(page);
    await page.selectOption('[name=operation]', 'delete');
    await page.locator('output', { hasText: /^1 of/ }).waitFor();
    expect(await shown(page, '#resources .item')).toBe(1);
    await page.click('button[type=reset]');
    await page.locator('output', { hasText: new RegExp(`^${String(all)} of`) }).waitFor();
    await page.selectOption('[name=verdict]', 'loosening');
    await page.locator('.item[data-verdict=breaking]').first().waitFor({ state: 'hidden' });
    expect(await shown(page)).toBeGreaterThan(0);
    await page.click('button[type=reset]');
    await page.locator('h1').click();
    await page.keyboard.press('/');
    await page.keyboard.type('apiCallLimit');
    await page.locator('output', { hasText: /^2 of/ }).waitFor();
    expect(await shown(page, '#resources .item')).toBe(1);
    expect(faults).toEqual([]);
    await close();
  });

  test('draws either side', async () => {
    const { page, close } = await open(await reviewOf(change));
    expect(await shown(page, 'svg g.added')).toBeGreaterThan(0);
    await page.check('[value=before]');
    expect(await shown(page, 'svg g.added')).toBe(0);
    await page.check('[value=after]');
    expect(await shown(page, 'svg g.removed')).toBe(0);
    await close();
  });

  test('can be read without a script', async () => {
    const { page, close } = await open(await reviewOf(change), { javaScriptEnabled: false });
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.locator('.item').first().isVisible()).toBe(true);
    await close();
  });

  test.each(['light', 'dark'] as const)('has enough contrast when it is %s', async (colorScheme) => {
    const review = { ...reviewWith(['a text'], 6), topology: (await reviewOf(change)).topology };
    const { page, close } = await open(review, { colorScheme });
    const worst = await page.evaluate<{ ratio: number; text: string }>(WORST);
    expect(worst.ratio).toBeGreaterThanOrEqual(4.5);
    const ground = await page.evaluate<string>(`getComputedStyle(document.body).backgroundColor`);
    expect(ground).toBe(colorScheme === 'dark' ? 'rgb(14, 17, 22)' : 'rgb(245, 246, 248)');
    await close();
  });

  test('fits a phone, with texts that would have effects elsewhere', async () => {
    const review = {
      ...reviewWith([...NASTY, 'x'.repeat(400)], 40),
      topology: (await reviewOf(change)).topology,
    };
    const { page, faults, close } = await open(review, { viewport: { width: 360, height: 740 } });
    await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(360);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('img, .item a, .item b').count()).toBe(0);
    expect(await page.locator('#remarks .item p').allTextContents()).toContain(NASTY[3]);
    expect(faults).toEqual([]);
    await close();
  });

  test('takes 2,000 resources', async () => {
    const { page, faults, close } = await open(reviewWith(['one', 'two', 'three', 'four', 'five'], 2000));
    expect(await page.locator('#resources .item').count()).toBe(2000);
    await page.fill('[name=search]', 'resource 1999');
    await page.locator('output', { hasText: /^1 of/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
  }, 20_000);

  test('folds a large topology to what changes and what it touches', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `domain${String(at)}`);
    const topology = {
      nodes: names.map((key, at) => ({
        key,
        role: 'api' as const,
        label: key,
        detail: undefined,
        environment: 'RELEASE',
        state: at === 7 ? ('changed' as const) : ('same' as const),
      })),
      edges: [],
    };
    const { page, close } = await open({ ...reviewWith(['text'], 1), topology });
    expect(await page.locator('svg .node').count()).toBe(1);
    expect(await page.locator('#topology').textContent()).toContain('1 of 60 shown');
    await close();
  });
});

describe('apig-review', () => {
  test('writes the page beside the other output, and in its place, without a secret', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'apig-review-'));
    const file = join(directory, 'review.html');
    const run = async (args: readonly string[]) => (await runCommand(args, previewOf(change))).text;
    expect(await run(['--html', file])).toContain('shop / dev: breaking');
    const page = readFileSync(file, 'utf8');
    expect(await run(['--format', 'html'])).toBe(page);
    for (const secret of ['storefront-secret-1', 'backend-secret-000001']) expect(page).not.toContain(secret);
    rmSync(directory, { recursive: true });
  });
});
