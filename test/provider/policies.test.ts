import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStack, type Stack } from '../support/pulumi.ts';

const ROOT = dirname(dirname(import.meta.dirname));
/** Name of a runtime that no language host is for: the engine then starts a program of this name for a pack. */
const RUNTIME = 'apig-test';

/** Arguments of an API that no policy objects to. */
const API = `{ gatewayId, groupId: group.id, method: 'GET', authentication: 'APP', protocol: 'HTTPS', mockBackend: {} }`;

const HEAD = `
import * as apig from '@apig/provider';
const gatewayId = 'a'.repeat(32);
const group = new apig.ApiGroup('group', { gatewayId, name: 'group' });
const throttle = new apig.Throttle('gold', { gatewayId, name: 'gold', apiCallLimit: 1, timeInterval: 1, timeUnit: 'MINUTE' });
const publish = (name, api) =>
  new apig.Deployment(name, { gatewayId, apiId: api.id, environmentId: apig.RELEASE_ENVIRONMENT_ID, apiDigest: api.digest });
`;

const GOOD = `${HEAD}
const api = new apig.Api('orders', { ...${API}, name: 'orders', path: '/orders' });
const deployment = publish('orders', api);
new apig.ThrottleBinding('gold', {
  gatewayId, throttleId: throttle.id, environmentId: deployment.environmentId, apiIds: [deployment.apiId],
});
const stock = new apig.Api('stock', { ...${API}, name: 'stock', path: '/stock' });
const stockDeployment = publish('stock', stock);
const limit = new apig.Plugin('limit', {
  gatewayId, name: 'limit', type: 'rate_limit',
  content: JSON.stringify({ scope: 'basic', algorithm: 'counter', default_interval: 1, default_time_unit: 'minute', api_limit: 9 }),
});
new apig.PluginAttachment('limit', {
  gatewayId, pluginId: limit.id, environmentId: stockDeployment.environmentId, apiIds: [stock.id],
});
new apig.Api('preflight', { ...${API}, name: 'preflight', path: '/', method: 'OPTIONS', authentication: 'NONE' });
new apig.Api('undeployed', { ...${API}, name: 'undeployed', path: '/undeployed' });
new apig.Acl('office', { gatewayId, name: 'office', type: 'PERMIT', entityType: 'IP', values: ['192.0.2.0/24'] });
new apig.Acl('nobody', { gatewayId, name: 'nobody', type: 'DENY', entityType: 'IP', values: ['0.0.0.0/0'] });
`;

const BAD = `${HEAD}
const api = new apig.Api('both', { ...${API}, name: 'both', path: '/both', protocol: 'BOTH' });
publish('both', api);
new apig.Api('open', { ...${API}, name: 'open', path: '/open', authentication: 'NONE' });
new apig.Acl('halves', { gatewayId, name: 'halves', type: 'PERMIT', entityType: 'IP', values: ['0.0.0.0/1', '128.0.0.0-255.255.255.255'] });
new apig.Api('constant', {
  ...${API}, name: 'constant', path: '/constant', mockBackend: undefined,
  httpBackend: { address: 'orders.internal', protocol: 'HTTPS', method: 'GET', path: '/' },
  backendParameters: [{ name: 'X-Api-Key', location: 'HEADER', origin: 'CONSTANT', value: 'k-1' }],
});
new apig.Plugin('log', {
  gatewayId, name: 'third', type: 'third_auth',
  content: JSON.stringify({ auth_request: { method: 'GET', protocol: 'HTTPS', url_domain: 'auth.internal', path: '/', password: 'x' } }),
});
`;

let good: Stack;
let bad: Stack;

beforeAll(async () => {
  const config = { 'apig:endpoint': 'http://127.0.0.1:1', 'apig:projectId': 'p', 'apig:token': 't' };
  good = await openStack({ program: { 'index.ts': GOOD }, name: 'prod-eu', config });
  bad = await openStack({ program: { 'index.ts': BAD }, name: 'prod-eu', config });
});

afterAll(async () => {
  await good.dispose();
  await bad.dispose();
});

/** Previews with the example's pack. */
function previewWithPack(stack: Stack): ReturnType<Stack['showPreview']> {
  const home = dirname(stack.directory);
  const pack = join(home, 'policies');
  cpSync(join(ROOT, 'examples/policies'), pack, { recursive: true });
  // A language host from the package registry cannot start packs; a host of the vendor's installer can. What is
  // started, and all that it says to the engine, is the same.
  const project = readFileSync(join(pack, 'PulumiPolicy.yaml'), 'utf8');
  writeFileSync(join(pack, 'PulumiPolicy.yaml'), project.replace('name: nodejs', `name: ${RUNTIME}`));
  const launcher = join(home, 'bin', `pulumi-analyzer-policy-${RUNTIME}`);
  mkdirSync(dirname(launcher), { recursive: true });
  const script = `exec "${process.execPath}" "$(node -p "require.resolve('@pulumi/pulumi/cmd/run-policy-pack')")" "$@"`;
  writeFileSync(launcher, `#!/bin/sh\n${script}\n`);
  chmodSync(launcher, 0o755);
  stack.env['PATH'] = `${dirname(launcher)}:${stack.env['PATH'] ?? ''}`;
  return stack.showPreview('--policy-pack', pack);
}

/** The policies that objected. */
function violations({ stdout }: { readonly stdout: string }): readonly string[] {
  const names = [...stdout.matchAll(/^\s*- \[mandatory\]\s+(apig-[\w-]+)/gm)].map(([, name = '']) => name);
  return [...new Set(names)].toSorted();
}

describe('the policy pack', () => {
  test('lets a stack pass that keeps to it', async () => {
    const preview = await previewWithPack(good);
    expect({ code: preview.code, violations: violations(preview) }).toEqual({ code: 0, violations: [] });
  }, 120_000);

  test('names what a stack does not keep to, before anything is created', async () => {
    const preview = await previewWithPack(bad);
    expect(preview.code).not.toBe(0);
    expect(violations(preview)).toEqual([
      'apig-https-only',
      'apig-no-anonymous-api',
      'apig-no-open-acl',
      'apig-no-secret-in-clear',
      'apig-throttled-apis',
    ]);
  }, 120_000);
});
