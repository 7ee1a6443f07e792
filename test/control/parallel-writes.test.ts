import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDocumented, type DocumentedRuntime } from '../support/documented.ts';
import { send } from '../support/gateway.ts';

const TOKEN = { 'X-Auth-Token': 'test-token' };

describe('two clients that write the same object', () => {
  let runtime: DocumentedRuntime;
  beforeAll(async () => {
    runtime = await openDocumented();
  });
  afterAll(() => runtime.dispose());

  test('end with what one of them wrote, whole, and both are answered what they wrote', async () => {
    const gateway = await runtime.create();
    const id = await gateway.add('apps', { name: 'start' });

    for (let round = 0; round < 20; round += 1) {
      const bodies = ['a', 'b'].map((who) => ({ name: `${who}_${round}`, remark: `of ${who}` }));
      const answers = await Promise.all(bodies.map((body) => gateway.call('PUT', `apps/${id}`, body)));
      const { body: now } = await gateway.call('GET', `apps/${id}`);

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers.map(({ body }) => body['name'])).toEqual(bodies.map(({ name }) => name));
      const winner = bodies.find(({ name }) => name === now['name']);
      expect(now['remark']).toBe(winner?.remark);
    }
  });

  test('of the same name get one object and one refusal', async () => {
    const gateway = await runtime.create();

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => gateway.call('POST', 'apps', { name: 'same' })),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400, 400]);
    expect((await gateway.call('GET', 'apps')).body['total']).toBe(1);
  });

  test('on changesets get one commit and one conflict that names the object', async () => {
    const gateway = await runtime.create();
    const id = await gateway.add('apps', { name: 'start' });
    const own = (path: string, body?: unknown) =>
      send(`${runtime.endpoint}/runtime/v1/${path}`, 'POST', TOKEN, JSON.stringify(body ?? {}));
    const url = `${runtime.endpoint}/v2/${runtime.projectId}/apigw/instances/${gateway.id}/apps/${id}`;
    const ids = await Promise.all(
      ['a', 'b'].map(async (who) => {
        const changeset = String((await own('changesets')).body['id']);
        const headers = { ...TOKEN, 'X-Apig-Changeset': changeset };
        await send(url, 'PUT', headers, JSON.stringify({ name: `by_${who}` }));
        return changeset;
      }),
    );

    const answers = await Promise.all(ids.map((each) => own(`changesets/${each}/commit`)));

    const winner = answers.findIndex(({ status }) => status === 200);
    const loser = answers.find(({ status }) => status !== 200);
    expect([winner === -1, loser?.status]).toEqual([false, 409]);
    expect(loser?.body['error_msg']).toContain(`app ${id}`);
    expect((await gateway.call('GET', `apps/${id}`)).body['name']).toBe(['by_a', 'by_b'][winner]);
  });
});
