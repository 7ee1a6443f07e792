import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientOf } from '../../provider/src/clients.ts';
import { DIFFERENCES } from '../../provider/src/clouds.ts';
import { complete } from '../../provider/src/identity.ts';
import { openGateway, TEST_ACCOUNT, type TestGateway } from '../support/gateway.ts';
import { readConnection } from '../../provider/src/connection.ts';
import { provider } from '../../provider/src/lifecycle.ts';
import { SAMPLES } from './samples.ts';

const config = (values: Record<string, string>) => ({ get: (key: string) => values[key] });
const COMPLETE = {
  'apig:endpoint': 'https://stack.example.com',
  'apig:projectId': 'project-1',
  'apig:accessKey': 'access-1',
  'apig:secretKey': 'secret-1',
};
const ENVIRONMENT = {
  APIG_ENDPOINT: 'https://environment.example.com',
  APIG_PROJECT_ID: 'project-2',
  APIG_ACCESS_KEY: 'access-2',
  APIG_SECRET_KEY: 'secret-2',
};

describe('the way to the management API', () => {
  test('comes from the configuration of the stack', () => {
    expect(readConnection(config(COMPLETE), ENVIRONMENT)).toEqual({
      endpoint: 'https://stack.example.com',
      projectId: 'project-1',
      accessKey: 'access-1',
      secretKey: 'secret-1',
      token: undefined,
    });
  });

  test('comes from the environment where the stack says nothing', () => {
    const { 'apig:endpoint': endpoint, 'apig:accessKey': accessKey } = COMPLETE;
    const stack = config({ 'apig:endpoint': endpoint, 'apig:accessKey': accessKey, 'apig:projectId': '' });
    expect(readConnection(stack, ENVIRONMENT)).toEqual({
      endpoint: 'https://stack.example.com',
      projectId: 'project-2',
      accessKey: 'access-1',
      secretKey: 'secret-2',
      token: undefined,
    });
  });

  test('is by the token of the stack, whatever keys are in the environment', () => {
    const { 'apig:endpoint': endpoint, 'apig:projectId': projectId } = COMPLETE;
    const stack = config({ 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:token': 'token-1' });
    expect(readConnection(stack, ENVIRONMENT)).toEqual({
      endpoint: 'https://stack.example.com',
      projectId: 'project-1',
      accessKey: undefined,
      secretKey: undefined,
      token: 'token-1',
    });
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'all',
      {},
      'The management API of the gateway is not configured. Set apig:endpoint (`pulumi config set apig:endpoint`, or APIG_ENDPOINT in the environment); apig:projectId (`pulumi config set apig:projectId`, or APIG_PROJECT_ID in the environment); apig:accessKey (`pulumi config set apig:accessKey`, or APIG_ACCESS_KEY in the environment); apig:secretKey (`pulumi config set --secret apig:secretKey`, or APIG_SECRET_KEY in the environment).',
    ],
    [
      'the secret',
      { ...COMPLETE, 'apig:secretKey': '' },
      'The management API of the gateway is not configured. Set apig:secretKey (`pulumi config set --secret apig:secretKey`, or APIG_SECRET_KEY in the environment).',
    ],
    [
      'a usable address',
      { ...COMPLETE, 'apig:endpoint': 'apig.example.com' },
      'apig:endpoint (or APIG_ENDPOINT): expected a URL such as https://apig.example.com.',
    ],
  ])('is not known when %s is missing', (_, values, problem) => {
    expect(readConnection(config(values), {})).toMatchObject({ problem });
  });
});

const CLOUD_KEYS = { OS_ACCESS_KEY: 'access-3', OS_SECRET_KEY: 'secret-3' };

describe('the settings of the clouds', () => {
  test.each<[string, Record<string, string>, object]>([
    [
      'of OpenStack name region, project and keys',
      { OS_AUTH_URL: 'https://iam.eu-de.otc.t-systems.com/v3', OS_PROJECT_ID: 'project-3', ...CLOUD_KEYS },
      { endpoint: 'https://apig.eu-de.otc.t-systems.com', projectId: 'project-3', accessKey: 'access-3' },
    ],
    [
      'of Huawei Cloud do, with temporary keys',
      {
        HW_REGION_NAME: 'cn-north-4',
        HW_PROJECT_ID: 'project-4',
        HW_ACCESS_KEY: 'access-4',
        HW_SECRET_KEY: 'secret-4',
        HW_SECURITY_TOKEN: 'temporary-4',
      },
      {
        endpoint: 'https://apig.cn-north-4.myhuaweicloud.com',
        accessKey: 'access-4',
        securityToken: 'temporary-4',
      },
    ],
    [
      'name the region beside a global identity service',
      {
        HW_AUTH_URL: 'https://iam.myhuaweicloud.com/v3',
        HW_REGION_NAME: 'ap-southeast-3',
        HW_ACCESS_KEY: 'a',
        HW_SECRET_KEY: 's',
      },
      { endpoint: 'https://apig.ap-southeast-3.myhuaweicloud.com', projectId: undefined },
    ],
    [
      'name the region by the project',
      { OS_PROJECT_NAME: 'eu-nl_shop', OS_PROJECT_ID: 'p', OS_AUTH_TOKEN: 'token-3' },
      { endpoint: 'https://apig.eu-nl.otc.t-systems.com', token: 'token-3', accessKey: undefined },
    ],
    [
      'are known in Switzerland too',
      { OS_REGION_NAME: 'eu-ch2', OS_PROJECT_ID: 'p', ...CLOUD_KEYS },
      { endpoint: 'https://apig.eu-ch2.sc.otc.t-systems.com' },
    ],
    [
      'stand back behind those of the provider, whole pairs of keys at a time',
      { ...ENVIRONMENT, ...CLOUD_KEYS, OS_PROJECT_ID: 'project-3', HW_SECURITY_TOKEN: 'temporary-4' },
      {
        endpoint: 'https://environment.example.com',
        projectId: 'project-2',
        accessKey: 'access-2',
        secretKey: 'secret-2',
        securityToken: undefined,
      },
    ],
  ])('%s', (_, environment, expected) => {
    expect(readConnection(config({}), environment)).toMatchObject(expected);
  });

  test('are for the stack where it says nothing', () => {
    const stack = config({ 'apig:region': 'eu-nl', 'apig:projectName': 'eu-nl_shop' });
    const environment = {
      OS_AUTH_URL: 'https://iam.otc.t-systems.com/v3',
      OS_REGION_NAME: 'eu-de',
      ...CLOUD_KEYS,
    };
    expect(readConnection(stack, environment)).toMatchObject({
      endpoint: 'https://apig.eu-nl.otc.t-systems.com',
      projectName: 'eu-nl_shop',
    });
  });

  test('that have one key of two say which is missing', () => {
    const { OS_ACCESS_KEY } = CLOUD_KEYS;
    const environment = { OS_ACCESS_KEY, HW_SECRET_KEY: 's', OS_REGION_NAME: 'eu-de', OS_PROJECT_ID: 'p' };
    expect(readConnection(config({}), environment)).toMatchObject({
      isMissing: true,
      problem: expect.stringContaining('Set apig:secretKey ('),
    });
  });

  test.each(DIFFERENCES)('and what differs there are documented: $topic', (difference) => {
    const readme = readFileSync(join(import.meta.dirname, '../../provider/README.md'), 'utf8');
    const rows = readme
      .split('\n')
      .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| *| *\|$/g, '').trim()));
    expect(rows).toContainEqual([
      difference.topic,
      difference.cloud,
      difference.runtime,
      difference.provider,
    ]);
  });
});

describe('the identity service', () => {
  const account = { ...TEST_ACCOUNT, password: 'a-long-password', projectName: 'eu-de_shop' };
  let runtime: TestGateway;
  let known: Record<string, string>;
  let token: string;
  const user = {
    OS_USERNAME: account.userName,
    OS_PASSWORD: account.password,
    OS_DOMAIN_NAME: account.domainName,
  };

  beforeAll(async () => {
    runtime = await openGateway({ credentials: { accounts: [account] }, clock: { now: Date.now } });
    known = { OS_AUTH_URL: `${runtime.endpoint}/v3`, OS_PROJECT_NAME: 'eu-de_shop' };
    const connection = readConnection(config({}), { ...known, ...user });
    if ('problem' in connection) throw new Error(connection.problem);
    token = (await complete(connection)).token ?? '';
  });
  afterAll(() => runtime.dispose());

  test.each<[string, () => Record<string, string>]>([
    ['a password', () => user],
    [
      'keys',
      () => ({
        OS_ACCESS_KEY: runtime.accessKey,
        OS_SECRET_KEY: runtime.secretKey,
        APIG_ENDPOINT: runtime.endpoint,
      }),
    ],
    ['a token', () => ({ OS_AUTH_TOKEN: token, APIG_ENDPOINT: runtime.endpoint })],
  ])('tells the project, and what else is missing, for %s', async (_, credentials) => {
    const connection = readConnection(config({}), { ...known, ...credentials() });
    if ('problem' in connection) throw new Error(connection.problem);
    const client = await clientOf(connection);
    expect(await client.gateway.list({})).toEqual([]);
    expect(await complete(connection)).toMatchObject({
      endpoint: runtime.endpoint,
      projectId: runtime.projectId,
    });
  });

  test('refuses a wrong password, which is not repeated', async () => {
    const connection = readConnection(config({}), {
      ...known,
      ...user,
      OS_PASSWORD: 'wrong-password',
    });
    if ('problem' in connection) throw new Error(connection.problem);
    const failure: unknown = await complete(connection).catch((error: unknown) => error);
    expect(String(failure)).toContain('was answered with status 401');
    expect(String(failure)).not.toContain('wrong-password');
  });
});

describe('a provider', () => {
  test('that is not configured says so at the first check, once for a resource', async () => {
    const throttle = provider('throttle');
    await throttle.configure({ config: config({ 'apig:endpoint': 'nowhere' }) });
    const { failures } = await throttle.check({}, { ...SAMPLES.throttle, apiCallLimit: 0 });
    expect(failures).toEqual([{ property: '', reason: expect.stringContaining('apig:') }]);
    await expect(throttle.delete('id', {})).rejects.toThrow('apig:');
  });

  test('to which nothing is told previews nevertheless, and says what to set when it is needed', async () => {
    const throttle = provider('throttle');
    await throttle.configure({ config: config({}) });
    const { failures, inputs } = await throttle.check({}, { ...SAMPLES.throttle });
    expect([failures, inputs['scope']]).toEqual([[], 'API']);
    await expect(throttle.create(inputs)).rejects.toThrow('Set apig:endpoint');
  });

  test('is in force as soon as configure returns, before its promise is settled', async () => {
    const throttle = provider('throttle');
    const configured = throttle.configure({ config: config(COMPLETE) });
    const { failures } = await throttle.check({}, { ...SAMPLES.throttle });
    await configured;
    expect(failures).toEqual([]);
  });

  test('names the property in the reason, so that the engine does not print its value', async () => {
    const key = provider('signatureKey');
    await key.configure({ config: config(COMPLETE) });
    const { failures } = await key.check({}, { ...SAMPLES.signatureKey, secret: 'not so secret' });
    expect(failures).toEqual([{ property: '', reason: expect.stringMatching(/^secret: expected 16 to 64/) }]);
  });

  test('is the same one for all resources of a kind', () => {
    expect(provider('throttle')).toBe(provider('throttle'));
  });

  test('of a kind that a later version knows is refused', () => {
    expect(() => provider('hologram')).toThrow('does not know the kind hologram');
  });
});
