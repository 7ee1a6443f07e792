import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '@apig/sdk/contract';
import { replay } from '../../provider/src/review/behaviour/replay.ts';
import { readPlan } from '../../provider/src/review/plan.ts';
import { openRuntimeProcess, type RuntimeProcess } from '../provider/runtime-process.ts';
import { openStack, type Stack } from '../support/pulumi.ts';
import { runCommand } from './run-command.ts';

const program = (authentication: string, limit: number) => `
import * as apig from '@apig/provider';
const network = { vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group' };
const gateway = new apig.Gateway('shop', { name: 'shop', edition: 'BASIC', availableZoneIds: ['az-1'], ...network });
const here = { gatewayId: gateway.id };
const inRelease = { ...here, environmentId: apig.RELEASE_ENVIRONMENT_ID };
const group = new apig.ApiGroup('orders', { ...here, name: 'orders' });
new apig.DomainBinding('shop', { ...here, groupId: group.id, name: 'shop.example.com' });
const httpBackend = { address: 'orders.internal', protocol: 'HTTP', method: 'GET', path: '/orders' };
const api = new apig.Api('list', { ...here, groupId: group.id, name: 'list', method: 'GET', path: '/orders', authentication: '${authentication}', allowAppCode: ${String(authentication === 'APP')}, httpBackend });
const deployment = new apig.Deployment('list', { ...inRelease, apiId: api.id, apiDigest: api.digest });
const apiIds = [deployment.apiId];
const throttle = new apig.Throttle('gold', { ...here, name: 'gold', apiCallLimit: ${String(limit)}, timeInterval: 1, timeUnit: 'MINUTE' });
new apig.ThrottleBinding('gold', { ...inRelease, throttleId: throttle.id, apiIds });
const acl = new apig.Acl('office', { ...here, name: 'office', type: 'DENY', entityType: 'IP', values: ['192.0.2.0/24'] });
new apig.AclBinding('office', { ...inRelease, aclId: acl.id, apiIds });
const app = new apig.App('storefront', { ...here, name: 'storefront' });
new apig.AppCode('storefront', { ...here, appId: app.id });
${authentication === 'APP' ? "new apig.AppAuthorization('storefront', { ...inRelease, appId: app.id, apiIds });" : ''}
`;

let runtime: RuntimeProcess;
let stack: Stack;
let file: string;
let first: string;

beforeAll(async () => {
  runtime = await openRuntimeProcess();
  const { endpoint: APIG_ENDPOINT, projectId: APIG_PROJECT_ID } = runtime;
  const { accessKey: APIG_ACCESS_KEY, secretKey: APIG_SECRET_KEY } = runtime;
  const env = { APIG_ENDPOINT, APIG_PROJECT_ID, APIG_ACCESS_KEY, APIG_SECRET_KEY };
  stack = await openStack({ program: { 'index.ts': program('NONE', 100) }, env });
  first = (await stack.preview('--show-sames')).stdout;
  const { code, stderr } = await stack.up();
  if (code !== 0) throw new Error(stderr);
  stack.write({ 'index.ts': program('APP', 50) });
  file = join(stack.directory, 'preview.json');
  writeFileSync(file, (await stack.preview('--show-sames')).stdout);
}, 300_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
});

/** Everything by kind, without what is chosen when it is created. */
function comparable(objects: readonly Json[]): readonly string[] {
  const ids = new Map(
    objects.map(({ id, kind, body }) => [String(id), `${String(kind)} ${String((body as Json)['name'])}`]),
  );
  const chosen = /^(?:projectId|userName|appKey|appSecret|code|versionNo|publishTime|remark)$/;
  const shown = (value: unknown): unknown => {
    if (typeof value === 'string') return ids.get(value) ?? value;
    if (Array.isArray(value)) return value.map(shown);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([name]) => !chosen.test(name));
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, shown(item)]),
    );
  };
  return objects.map(({ kind, body }) => JSON.stringify([kind, shown(body)])).sort();
}

const snapshotObjects = async () => (await runtime.client.runtime.snapshot())['objects'] as readonly Json[];

describe('what a plan is worked out to', () => {
  test('is what the update leaves configured, before anything exists', async () => {
    const { after } = replay(readPlan(first));

    expect(after.notes).toEqual([]);
    expect(comparable(after.objects as unknown as readonly Json[])).toEqual(
      comparable(await snapshotObjects()),
    );
  });

  test('is what is configured now, by the IDs that it has', async () => {
    const { before } = replay(readPlan((await stack.preview('--show-sames')).stdout));
    const present = await snapshotObjects();

    expect(comparable(before.objects as unknown as readonly Json[])).toEqual(comparable(present));
    const ids = before.objects.filter(({ kind }) => kind === 'api' || kind === 'app').map(({ id }) => id);
    expect(present.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });
});

/** Runs the command as a user would. */
const run = (...args: readonly string[]) => runCommand(args);

describe('apig-review, on the preview of a real program', () => {
  test('says that anonymous callers are refused, and who is not', async () => {
    const { code, text } = await run(file, '--behaviour', '--format', 'json', '--fail-on', 'breaking');

    expect(code).toBe(2);
    expect(JSON.parse(text)).toMatchObject({
      verdict: 'breaking',
      outcomes: expect.arrayContaining([
        expect.objectContaining({ verdict: 'breaking', api: 'list', summary: 'served → 401 APIG.0303' }),
      ]),
    });
  });

  test.each([
    [['--app', 'storefront'], 0, 'served by GET http://orders.internal/orders'],
    [['--app', 'storefront', '--app-code'], 0, 'served by GET http://orders.internal/orders'],
    [['--app', 'storefront', '--ip', '192.0.2.7'], 2, 'refused with 403 APIG.0402'],
    [[], 2, 'refused with 401 APIG.0303'],
    [['--base'], 0, 'now: served by'],
  ])('explains a request: %j', async (options, expected, line) => {
    const { code, text } = await run('explain', 'GET https://shop.example.com/orders', file, ...options);

    expect(text).toContain(line);
    expect(code).toBe(expected);
  });

  test.each([
    [['explain'], 'which request?'],
    [['explain', 'orders'], 'expected a method and a URL'],
    [['explain', 'GET https://shop.example.com/', 'none.json'], 'none.json cannot be read'],
    [['explain', 'GET https://shop.example.com/', '--ip', 'here'], '--ip: expected an IP address.'],
    [['lint', '--format', 'xml'], '--format: expected one of text, json, sarif.'],
    [['lint', '--loud'], '--loud'],
  ])('says in a line what is wrong: %j', async (args, line) => {
    const { code, said } = await run(...args);

    expect(code).toBe(1);
    expect(said).toEqual([expect.stringContaining(line)]);
    expect(said[0]).not.toContain('\n');
  });

  test('has nothing against the program', async () => {
    const { code, text } = await run('lint', file, '--fail-on', 'note');

    expect([code, text]).toEqual([0, 'Nothing to remark.\n']);
  });

  test('compares with what else the gateway has', async () => {
    const snapshot = join(stack.directory, 'snapshot.json');
    writeFileSync(snapshot, JSON.stringify(await runtime.client.runtime.snapshot()));

    const { text, said } = await run(file, '--base-snapshot', snapshot, '--format', 'json');

    expect(said).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({
      outcomes: expect.arrayContaining([expect.objectContaining({ summary: 'served → 401 APIG.0303' })]),
    });
  });
});
