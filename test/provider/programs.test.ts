import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from '@apig/sdk';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type Outcome, type Stack } from '../support/pulumi.ts';
import { SAMPLES } from './samples.ts';

let runtime: TestGateway;
let client: Client;
let gatewayId: string;
let stack: Stack;

beforeEach(async () => {
  runtime = await openGateway();
  ({ client } = runtime);
  gatewayId = (await client.gateway.create(SAMPLES.gateway)).id;
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  stack = await openStack({
    program: { 'index.ts': '' },
    env: {
      APIG_ENDPOINT: endpoint,
      APIG_PROJECT_ID: projectId,
      APIG_ACCESS_KEY: accessKey,
      APIG_SECRET_KEY: secretKey,
    },
  });
});

afterEach(async () => {
  await stack.dispose();
  await runtime.dispose();
});

async function run(program: string, ...flags: string[]): Promise<Outcome> {
  stack.write({
    'index.ts': `import * as apig from '@apig/provider';\nconst gatewayId = '${gatewayId}';\n${program}`,
  });
  return stack.up(...flags);
}

const throttle = (name: string, of = 'gold') =>
  `new apig.Throttle('${name}', { gatewayId, name: '${of}', apiCallLimit: 10, timeInterval: 1, timeUnit: 'MINUTE' });`;

describe('a resource that gets another name in the program', () => {
  test('keeps its object', async () => {
    expect(await run(throttle('first'))).toMatchObject({ code: 0 });
    const [before] = await client.throttle.list({ gatewayId });
    expect(await run(throttle('second'))).toMatchObject({ code: 0, summary: { create: 1, delete: 1 } });
    expect(await client.throttle.list({ gatewayId })).toEqual([before]);
    const { resources } = await stack.exportState();
    expect(resources.map(({ id }) => id)).toEqual([before?.id]);
  }, 120_000);
});

describe('two resources that want the same name', () => {
  test('do not share an object', async () => {
    const { code, stdout } = await run(throttle('first') + throttle('second'));
    expect(code).not.toBe(0);
    expect(stdout).toContain('Another resource of this program creates the throttle "gold" too.');
    expect(await client.throttle.list({ gatewayId })).toHaveLength(1);
  }, 120_000);
});

describe('an object that something else manages', () => {
  test('can be read, and is left alone', async () => {
    const shared = await client.throttle.create({ ...SAMPLES.throttle, gatewayId });
    const program = `
      const shared = apig.Throttle.get('shared', { gatewayId, id: '${shared.id}' });
      export const limit = shared.apiCallLimit;
    `;
    expect(await run(program)).toMatchObject({ code: 0 });
    expect(await stack.outputs()).toEqual({ limit: 100 });
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(await client.throttle.get(shared)).toEqual(shared);
  }, 120_000);
});

describe('a binding that is replaced on demand', () => {
  test('is bound in the end', async () => {
    const groupId = (await client.apiGroup.create({ gatewayId, name: 'orders' })).id;
    const api = await client.api.create({ ...SAMPLES.api, gatewayId, groupId });
    const environmentId = (await client.environment.create({ gatewayId, name: 'staging' })).id;
    await client.deployment.create({ gatewayId, apiId: api.id, environmentId, apiDigest: api.digest });
    const program = `
      const throttle = ${throttle('gold')}
      new apig.ThrottleBinding('gold', { gatewayId, throttleId: throttle.id, environmentId: '${environmentId}', apiIds: ['${api.id}'] });
    `;
    expect(await run(program)).toMatchObject({ code: 0 });
    const urn =
      (await stack.exportState()).resources.find(({ type }) => type.endsWith('ThrottleBinding'))?.urn ?? '';
    expect(await run(program, '--replace', urn)).toMatchObject({ code: 0 });
    expect(await client.throttleBinding.list({ gatewayId })).toEqual([
      expect.objectContaining({ apiIds: [api.id] }),
    ]);
  }, 120_000);
});

describe('a stack without a configured gateway', () => {
  test('fails in the preview and says what to set', async () => {
    await stack.setConfig('apig:endpoint', 'nowhere');
    stack.write({
      'index.ts': `import * as apig from '@apig/provider';\nconst gatewayId = 'g';\n${throttle('gold')}`,
    });
    const { code, diagnostics } = await stack.preview();
    expect(code).not.toBe(0);
    expect(diagnostics.map(({ message }) => message).join('')).toContain(
      "resource 'gold' has a problem: apig:endpoint (or APIG_ENDPOINT): expected a URL such as https://apig.example.com.",
    );
  }, 120_000);
});

describe('a stack without any settings', () => {
  test('previews a new program, and says what to set when it is to be carried out', async () => {
    const lone = await openStack({
      program: {
        'index.ts': `import * as apig from '@apig/provider';\nconst gatewayId = 'g';\n${throttle('gold')}`,
      },
    });
    try {
      const preview = await lone.preview();
      expect([preview.code, preview.changes.map(({ name, op }) => `${op} ${name}`)]).toEqual([
        0,
        ['create test-test', 'create gold'],
      ]);
      const { code, stdout } = await lone.up();
      expect(code).not.toBe(0);
      expect(stdout).toContain('The management API of the gateway is not configured. Set apig:endpoint');
    } finally {
      await lone.dispose();
    }
  }, 120_000);
});
