import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openGateway, TEST_ACCOUNT, type TestGateway } from '../support/gateway.ts';
import { openStack, type Stack } from '../support/pulumi.ts';

const program = (given: Given): Record<string, string> => ({
  'index.ts': `
    import * as apig from '@apig/provider';
    const gateway = new apig.Gateway('gateway', {
      name: 'main-gateway', edition: 'BASIC', vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group', availableZoneIds: ['az1'],
    });
    const gatewayId = gateway.id;
    const app = new apig.App('app', { gatewayId, name: 'given_app', appSecret: '${given.appSecret}', remark: '${given.remark}' });
    const generated = new apig.App('generated', { gatewayId, name: 'generated_app', remark: '${given.remark}' });
    new apig.AppCode('code', { gatewayId, appId: app.id, code: '${given.code}' });
    new apig.AppCode('generatedCode', { gatewayId, appId: generated.id });
    new apig.SignatureKey('key', { gatewayId, name: 'given_key', key: '${given.key}', secret: '${given.secret}' });
    new apig.SignatureKey('generatedKey', { gatewayId, name: 'generated_key' });
    export const appSecret = generated.appSecret;
    export const appKey = generated.appKey;
  `,
});

interface Given {
  readonly appSecret: string;
  readonly code: string;
  readonly key: string;
  readonly secret: string;
  readonly remark: string;
}

const FIRST: Given = {
  appSecret: 'first-app-secret-value',
  code: 'first-code'.padEnd(64, '1'),
  key: 'first-signing-key',
  secret: 'first-signing-secret',
  remark: 'first',
};
const SECOND: Given = {
  appSecret: 'second-app-secret-value',
  code: 'second-code'.padEnd(64, '2'),
  key: 'second-signing-key',
  secret: 'second-signing-secret',
  remark: 'second',
};
const CONNECTION_SECRET = 'connection-secret-value';

let runtime: TestGateway;
let stack: Stack;
let outputs: Record<string, unknown>;
/** Everything that the engine printed or stored, by what was done. */
const shown = new Map<string, string>();
let secrets: readonly string[];

beforeAll(async () => {
  runtime = await openGateway({
    credentials: {
      accounts: [{ ...TEST_ACCOUNT, accessKeys: [{ accessKey: 'ACCESS', secretKey: CONNECTION_SECRET }] }],
    },
  });
  const { client, endpoint, projectId, accessKey, secretKey } = runtime;
  stack = await openStack({
    program: program(FIRST),
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey },
  });
  const note = async (what: string, result: Promise<{ stdout: string; stderr: string }>) => {
    const { stdout, stderr } = await result;
    shown.set(what, stdout + stderr);
  };

  await note('a preview of creation', stack.preview());
  await note('a preview of creation, as text', stack.showPreview('--diff'));
  await note('a creation', stack.up('--diff'));
  shown.set('the state', (await stack.exportState()).text);
  const generated = await listSecrets(runtime);
  outputs = await stack.outputs();

  stack.write(program(SECOND));
  await note('a preview of changes and replacements', stack.preview());
  await note('a preview of changes and replacements, as text', stack.showPreview('--diff'));
  await note('changes and replacements', stack.up('--diff'));

  const [app] = await client.app.list({ gatewayId: await gatewayIdOf(runtime) }, { name: 'given_app' });
  if (app === undefined) throw new Error('the app is not there');
  await client.app.update(app, { ...app, appSecret: 'secret-set-by-hand' });
  await note('a refresh', stack.refresh('--diff'));
  shown.set('the state after a refresh', (await stack.exportState()).text);
  await note('a preview after a refresh', stack.preview());
  await note('a preview after a refresh, as text', stack.showPreview('--diff'));

  const second = await listSecrets(runtime);
  await note('a deletion', stack.destroy('--diff'));
  const given = [FIRST, SECOND].flatMap(({ appSecret, code, key, secret }) => [appSecret, code, key, secret]);
  secrets = [...new Set([...given, ...generated, ...second, CONNECTION_SECRET, 'secret-set-by-hand'])];
}, 300_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
});

describe('no secret is shown in clear', () => {
  test.each([
    'a preview of creation',
    'a preview of creation, as text',
    'a creation',
    'the state',
    'a preview of changes and replacements',
    'a preview of changes and replacements, as text',
    'changes and replacements',
    'a refresh',
    'the state after a refresh',
    'a preview after a refresh',
    'a preview after a refresh, as text',
    'a deletion',
  ])('by %s', (what) => {
    const text = shown.get(what) ?? '';
    expect(text.length).toBeGreaterThan(100);
    expect(secrets.length).toBeGreaterThan(12);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  test('by the logs of the gateway', () => {
    const text = runtime.logLines.join('');
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  test('by an output of the stack', () => {
    expect(outputs).toEqual({ appSecret: '[secret]', appKey: expect.not.stringContaining('secret') });
  });
});

async function gatewayIdOf({ client }: TestGateway): Promise<string> {
  return (await client.gateway.list({}))[0]?.id ?? '';
}

/** The secrets that the gateway holds, given and generated. */
async function listSecrets(running: TestGateway): Promise<readonly string[]> {
  const { client } = running;
  const gatewayId = await gatewayIdOf(running);
  const apps = await client.app.list({ gatewayId });
  const keys = await client.signatureKey.list({ gatewayId });
  const codes = await Promise.all(apps.map(({ id }) => client.appCode.list({ gatewayId, appId: id })));
  return [
    ...apps.map(({ appSecret }) => appSecret),
    ...keys.flatMap(({ key, secret }) => [key, secret]),
    ...codes.flat().map(({ code }) => code),
  ].filter((secret) => secret !== undefined);
}
