import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient, type Client } from '@apig/sdk';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { answer, openScriptedServer } from '../support/scripted-server.ts';
import { SAMPLES } from '../provider/samples.ts';

let runtime: TestGateway;
let staged: Client;
let changesetId: string;

beforeEach(async () => {
  runtime = await openGateway();
  changesetId = (await runtime.client.changesets.open({ lifetimeSeconds: 600 })).id;
  const { endpoint, projectId, accessKey, secretKey, clock } = runtime;
  staged = createClient({
    endpoint,
    projectId,
    accessKey,
    secretKey,
    changesetId,
    timing: { now: () => clock.now(), random: Math.random, wait: () => Promise.resolve() },
  });
});
afterEach(async () => {
  staged.close();
  await runtime.dispose();
});

describe('a client of a changeset', () => {
  test('signs the header that names it, and sees what is staged; others do not', async () => {
    const gateway = await staged.gateway.create(SAMPLES.gateway);
    expect(await staged.gateway.list({})).toHaveLength(1);
    expect(await runtime.client.gateway.get(gateway)).toBeUndefined();

    await runtime.client.changesets.commit(changesetId);

    expect(await runtime.client.gateway.get(gateway)).toMatchObject({ name: SAMPLES.gateway.name });
    expect(await runtime.client.changesets.get(changesetId)).toBeUndefined();
  });

  test('never takes the end of the changeset for the absence of an object', async () => {
    const gateway = await staged.gateway.create(SAMPLES.gateway);
    await runtime.client.changesets.withdraw(changesetId);
    await runtime.client.changesets.withdraw(changesetId);
    const ended = expect.objectContaining({ code: 'RUNTIME.0020' });
    await expect(staged.gateway.get(gateway)).rejects.toEqual(ended);
    await expect(staged.gateway.delete(gateway)).rejects.toEqual(ended);
  });

  test('is told what keeps it from being committed', async () => {
    const { id } = await staged.gateway.create(SAMPLES.gateway);
    await runtime.client.gateway.create(SAMPLES.gateway);
    const found = await runtime.client.changesets.get(changesetId);
    expect(found?.conflicts).toContainEqual(expect.objectContaining({ kind: 'gateway', id }));
    await expect(runtime.client.changesets.commit(changesetId)).rejects.toMatchObject({
      code: 'RUNTIME.0023',
    });
  });
});

describe('an endpoint without changesets', () => {
  test.each([
    [404, { error_code: 'APIG.0101', error_msg: 'The API does not exist' }],
    [405, {}],
    [403, { error_code: 'APIGW.0302', error_msg: 'no' }],
  ])('is known by its status %i', async (status, body) => {
    const cloud = await openScriptedServer((_, response) => {
      answer(response, status, body);
    });
    const client = createClient({ endpoint: cloud.endpoint, projectId: 'p1', token: 't1' });
    try {
      expect(await client.changesets.list()).toBeUndefined();
    } finally {
      client.close();
      await cloud.dispose();
    }
  });
});
