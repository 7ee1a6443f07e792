import { describe, expect, test } from '@jest/globals';
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
    expect(readConnection(config(values), {})).toEqual({ problem });
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
