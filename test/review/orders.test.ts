import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJson } from '../../provider/src/review/json.ts';
import { toMarkdown } from '../../provider/src/review/markdown.ts';
import { readPlan, ReviewError } from '../../provider/src/review/plan.ts';
import { review } from '../../provider/src/review/review.ts';
import { toTerminal } from '../../provider/src/review/terminal.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type Stack } from '../support/pulumi.ts';

const SECRETS = ['orders-secret-number-1', 'orders-secret-number-2', 'test-secret-key'];
const ORDERS = join(import.meta.dirname, '../../examples/orders');

let runtime: TestGateway;
let stack: Stack;
let state: string;
let index: string;

beforeAll(async () => {
  runtime = await openGateway();
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  stack = await openStack({
    program: ORDERS,
    name: 'dev',
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey, 'orders:backendSecret': SECRETS[0] ?? '' },
  });
  index = readFileSync(join(stack.directory, 'index.ts'), 'utf8');
  expect(await stack.up()).toMatchObject({ code: 0 });
  state = (await stack.exportState()).text;
}, 240_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
});

/** The preview of the program with other texts in it, as Pulumi prints it. */
async function previewWith(changes: readonly (readonly [old: string, now: string])[], ...flags: string[]) {
  const program = changes.reduce((text, [old, now]) => {
    if (!text.includes(old)) throw new Error(`The program has no ${old}.`);
    return text.replaceAll(old, now);
  }, index);
  stack.write({ 'index.ts': program });
  return (await stack.preview(...flags)).stdout;
}

describe('changes of the orders example, previewed by the engine', () => {
  test('nothing is nothing', async () => {
    const plan = readPlan(await previewWith([], '--show-sames'));
    expect(plan).toMatchObject({ project: 'orders', stack: 'dev', isWhole: true });
    expect(plan.steps).toHaveLength(32);
    expect(await review({ plan })).toMatchObject({ verdict: 'none', resources: [], effects: [], notes: [] });
  }, 120_000);

  test('limits, lists, keys and names are told, and who is hit', async () => {
    await stack.setConfig('orders:readsPerMinute', '5');
    await stack.setConfig('orders:backendSecret', SECRETS[1] ?? '', { secret: true });
    const changes = [
      ["type: 'DENY'", "type: 'PERMIT'"],
      ["name: 'storefront'", "name: 'storefront2'"],
      ['new apig.AppAuthorization(', 'if (false) new apig.AppAuthorization('],
    ] as const;
    const preview = await previewWith(changes);
    const result = await review({ plan: readPlan(preview, state) });
    expect(result.verdict).toBe('breaking');
    expect(
      result.resources.map(({ operation, type, name }) => `${operation} ${type} ${name}`).sort(),
    ).toEqual([
      'delete app authorization storefront',
      'update ACL blocked',
      'update app storefront',
      'update signature key backend',
      'update throttle reads',
    ]);
    const reads = result.resources.find(({ name }) => name === 'reads');
    expect(reads).toMatchObject({
      fields: [{ path: 'apiCallLimit', before: '20', after: '5', secret: false }],
      reaches: {
        apis: ['get_invoice', 'get_order', 'get_stock', 'list_orders', 'list_products'],
        apps: ['storefront2'],
        domains: ['orders.shop.localhost'],
      },
    });
    const events = new Set(
      result.effects.map(({ kind, policy, because }) => `${kind} ${policy ?? ''}: ${because}`),
    );
    expect([...events].sort()).toEqual([
      'policyChanged ACL blocked: type DENY → PERMIT',
      'policyChanged signature key backend: key changed, secret changed',
      'policyChanged throttle reads: apiCallLimit 20 → 5',
      'policyLost app storefront2: app authorization storefront is deleted',
    ]);
    // A whole preview says the same as one with the state beside it.
    const whole = await review({ plan: readPlan(await previewWith(changes, '--show-sames')) });
    expect(JSON.parse(toJson(whole))).toMatchObject({
      verdict: result.verdict,
      resources: expect.arrayContaining(
        (JSON.parse(toJson(result)) as { resources: unknown[] }).resources,
      ) as unknown,
    });
    await stack.setConfig('orders:readsPerMinute', '20');
    await stack.setConfig('orders:backendSecret', SECRETS[0] ?? '', { secret: true });
  }, 240_000);

  test('a replacement has its reason, and what comes with it', async () => {
    const preview = await previewWith(
      [["config.require('domain')", "'other.shop.localhost'"]],
      '--show-sames',
    );
    const { resources, effects } = await review({ plan: readPlan(preview) });
    expect(resources).toMatchObject([
      {
        operation: 'replace',
        type: 'domain binding',
        fields: [
          { path: 'name', before: 'orders.shop.localhost', after: 'other.shop.localhost', replaces: true },
        ],
      },
    ]);
    expect(effects).toHaveLength(9);
    expect(effects[0]).toMatchObject({ kind: 'policyChanged', verdict: 'breaking' });
  }, 120_000);

  test('a new gateway has everything on it replaced, and IDs that nobody knows lead to their objects', async () => {
    const preview = await previewWith([["'vpc-shop'", "'vpc-other'"]], '--show-sames');
    const { resources, effects, verdict } = await review({ plan: readPlan(preview) });
    expect(verdict).toBe('breaking');
    expect(resources.find(({ kind }) => kind === 'gateway')).toMatchObject({ operation: 'replace' });
    expect(resources.find(({ kind, name }) => kind === 'throttleBinding' && name === 'writes')).toMatchObject(
      {
        operation: 'replace',
        reaches: { apis: ['cancel_order', 'change_order', 'place_order'] },
      },
    );
    const anew = effects.filter(({ kind }) => kind === 'republished');
    expect(anew).toHaveLength(9);
    expect(effects.filter(({ kind }) => kind === 'offline' || kind === 'policyLost')).toEqual([]);
  }, 120_000);

  test('no secret is in any output', async () => {
    const preview = await previewWith(
      [["remark: 'Orders of the shop'", "remark: config.requireSecret('backendSecret')"]],
      '--show-sames',
    );
    const result = await review({ plan: readPlan(preview, state) });
    expect(result.resources).toMatchObject([{ fields: [{ path: 'remark', secret: true }] }]);
    const { appSecret } = (await stack.outputs({ showSecrets: true })) as { appSecret: string };
    const outputs = [toJson(result), toMarkdown(result), toTerminal(result, { columns: 80, colours: false })];
    for (const secret of [...SECRETS, appSecret])
      for (const text of outputs) expect(text).not.toContain(secret);
  }, 120_000);

  test('a program that fails is said to, in one line', async () => {
    for (const [line, message] of [
      [
        'config.require("nope");',
        /^The preview failed: Missing required configuration variable 'orders:nope'$/,
      ],
      ['undefined.nothing();', /^The preview failed: TypeError: /],
      [
        "new apig.Acl('none', { ...here, name: 'none', type: 'OPEN' as never, entityType: 'IP', values: [] });",
        /^The preview failed: .*Acl.*none/,
      ],
    ] as const) {
      const preview = await previewWith([['export const gatewayId', `${line}\nexport const gatewayId`]]);
      expect(() => readPlan(preview)).toThrow(ReviewError);
      expect(() => readPlan(preview)).toThrow(message);
    }
  }, 240_000);
});
