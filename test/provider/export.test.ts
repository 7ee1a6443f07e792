import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectEnvironment } from '../../tools/setup/environment.js';
import { runProgram } from '../../tools/setup/process.js';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type Preview, type Stack } from '../support/pulumi.ts';
import { SAMPLES } from './samples.ts';

/*
 * What exists is exported where there is no stack yet, one gateway of two: the files are then all that a new stack needs.
 */

const ROOT = join(import.meta.dirname, '../..');
/** What a feature is configured with: a secret, as some of them hold some. */
const SECRET = '{"api_limits":500}';

let runtime: TestGateway;
let folder: string;
let stack: Stack;
let gatewayId: string;
let otherId: string;
let exported: Ran;
let refused: Ran;
let imported: Ran;
let leftAfterImport: Preview;
let leftAfterRefresh: Preview;
let program: string;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

beforeAll(async () => {
  runtime = await openGateway();
  const { client, endpoint, projectId, accessKey, secretKey } = runtime;
  gatewayId = (await client.gateway.create(SAMPLES.gateway)).id;
  otherId = (await client.gateway.create({ ...SAMPLES.gateway, name: 'other-gateway' })).id;
  await client.throttle.create({ ...SAMPLES.throttle, gatewayId: otherId, name: 'others' });

  const { id: throttleId } = await client.throttle.create({ ...SAMPLES.throttle, gatewayId });
  await client.gatewayFeature.create({ gatewayId, name: 'ratelimit', config: SECRET });
  const { id: groupId } = await client.apiGroup.create({ ...SAMPLES.apiGroup, gatewayId });
  const { id: environmentId } = await client.environment.create({ ...SAMPLES.environment, gatewayId });
  const api = await client.api.create({ ...SAMPLES.api, gatewayId, groupId });
  const place = { gatewayId, environmentId };
  await client.deployment.create({ ...place, apiId: api.id, apiDigest: api.digest });
  await client.throttleBinding.create({ ...place, throttleId, apiIds: [api.id] });

  folder = mkdtempSync(join(tmpdir(), 'apig-export-'));
  const env = {
    ...process.env,
    APIG_ENDPOINT: endpoint,
    APIG_PROJECT_ID: projectId,
    APIG_ACCESS_KEY: accessKey,
    APIG_SECRET_KEY: secretKey,
  };
  const apig = (...args: string[]): Promise<Ran> =>
    runProgram(process.execPath, ['--conditions=@apig/source', join(ROOT, 'provider/src/main.ts'), ...args], {
      cwd: folder,
      env: projectEnvironment(env, ROOT),
    });
  refused = await apig('export', '--pulumi', '--gateway', 'nowhere');
  exported = await apig('export', '--pulumi', '--gateway', gatewayId);
  program = readFileSync(join(folder, 'index.ts'), 'utf8');

  stack = await openStack({
    program: { 'index.ts': program, 'import.json': readFileSync(join(folder, 'import.json'), 'utf8') },
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey },
  });
  for (const [, flag, key = ''] of exported.stderr.matchAll(/pulumi config set (--secret )?(\w+)/g)) {
    await stack.setConfig(key, SECRET, { secret: flag !== undefined });
  }
  const flags = ['--protect=false', '--generate-code=false', '--yes', '--non-interactive'];
  imported = await runProgram('pulumi', ['import', '--file', 'import.json', ...flags], {
    cwd: stack.directory,
    env: projectEnvironment(stack.env, ROOT),
  });
  leftAfterImport = await stack.preview();
  await stack.refresh();
  leftAfterRefresh = await stack.preview();
}, 600_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('the export of one gateway, where there is no stack', () => {
  test('has what is in that gateway, and nothing of others', () => {
    expect(exported).toMatchObject({ code: 0 });
    expect(exported.stderr).toContain('8 resources in index.ts and import.json.');
    expect(program).toContain("name: 'gold'");
    expect(program).not.toMatch(/others|other-gateway/);
  });

  test('says what is to be set in the stack to come, and shows no secret', () => {
    expect(exported.stderr).toMatch(/in the stack, set it: pulumi config set --secret \w*Config$/m);
    expect(exported.stderr + program).not.toContain(SECRET);
  });

  test('is imported, and leaves nothing to do', () => {
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(leftAfterImport).toMatchObject({ code: 0, changes: [] });
    expect(leftAfterRefresh).toMatchObject({ code: 0, changes: [] });
  });
});

describe('the export of a gateway that there is not', () => {
  test('writes nothing and says so', () => {
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('there is no gateway nowhere.');
  });
});
