import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectEnvironment } from '../../tools/setup/environment.js';
import { runProgram } from '../../tools/setup/process.js';
import { openGateway, send, type TestGateway } from '../support/gateway.ts';
import { openStack, type Outcome, type Preview, type Stack } from '../support/pulumi.ts';
import { takeInventory, type Inventory } from './every-kind.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(import.meta.dirname, 'fixtures');
const VERSIONS = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(VERSIONS)('a stack with every kind that version %s has made', (version) => {
  const read = (name: string) => readFileSync(join(FIXTURES, version, name), 'utf8');
  let runtime: TestGateway;
  let stack: Stack;
  let before: Inventory;
  let preview: Preview;
  let refreshed: Outcome;
  let left: Preview;
  let destroyed: Outcome;
  let after: Inventory;

  beforeAll(async () => {
    runtime = await openGateway({ functions: { 'urn:function:check': { url: 'http://127.0.0.1:9' } } });
    const headers = { 'X-Auth-Token': 'test-token', 'X-Apig-Passphrase': 'fixtures hold no secrets' };
    const url = `${runtime.endpoint}/runtime/v1/snapshot`;
    const loaded = await send(url, 'POST', headers, read('snapshot.json'));
    if (loaded.status >= 300) throw new Error(loaded.text);
    stack = await openStack({
      program: {
        'index.ts': read('program.ts.txt'),
        'certificate.pem': read('certificate.pem'),
        'changes.json': '{}',
        'state.json': read('state.json'),
      },
      env: {
        APIG_ENDPOINT: runtime.endpoint,
        APIG_PROJECT_ID: runtime.projectId,
        APIG_ACCESS_KEY: runtime.accessKey,
        APIG_SECRET_KEY: runtime.secretKey,
      },
    });
    stack.write({ 'Pulumi.test.yaml': read('settings.yaml') });
    const imported = await runProgram('pulumi', ['stack', 'import', '--file', 'state.json'], {
      cwd: stack.directory,
      env: projectEnvironment(stack.env, ROOT),
    });
    if (imported.code !== 0) throw new Error(imported.stderr);

    before = await takeInventory(runtime.client);
    preview = await stack.preview();
    refreshed = await stack.refresh();
    left = await stack.preview();
    destroyed = await stack.destroy();
    after = await takeInventory(runtime.client);
  }, 300_000);

  afterAll(async () => {
    await stack.dispose();
    await runtime.dispose();
  });

  test('is all there', () => {
    const { deployment } = JSON.parse(read('state.json')) as {
      deployment: { resources: { type: string }[] };
    };
    const own = deployment.resources.filter(({ type }) => type.startsWith('pulumi-nodejs:dynamic/apig:'));
    expect(Object.values(before).flat()).toHaveLength(own.length);
  });

  test('previews without a change, before and after a refresh', () => {
    expect([preview.code, preview.changes]).toEqual([0, []]);
    expect(refreshed).toMatchObject({ code: 0 });
    expect(refreshed.summary).not.toHaveProperty('update');
    expect([left.code, left.changes]).toEqual([0, []]);
  });

  test('is destroyed without a rest', () => {
    expect(destroyed).toMatchObject({ code: 0 });
    expect(Object.values(after).flat()).toEqual([]);
  });
});
