import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at, openDocumented, type DocumentedRuntime } from '../support/documented.ts';
import { send } from '../support/gateway.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const read = (path: string, headers: Record<string, string> = { 'X-Auth-Token': 'test-token' }) =>
  send(`${running.endpoint}/runtime/v1/${path}`, 'GET', headers);

describe('the history of the configuration', () => {
  test('names who wrote, when and by which request, newest first', async () => {
    const gateway = await running.create();
    const answer = await gateway.call('POST', 'envs', { name: 'beta' });

    const { body } = await read('revisions?limit=1');

    expect(body['size']).toBe(1);
    expect(at(body, 'revisions', 0)).toEqual({
      revision: body['total'],
      at: new Date(running.clock.now()).toISOString(),
      actor: 'test_domain/tester',
      request_id: answer.headers['x-request-id'],
    });
  });

  test('shows what a write changed, without secrets', async () => {
    const gateway = await running.create();
    const id = await gateway.add('apps', { name: 'shop', app_secret: 'a-very-secret-one' });
    const newest = at((await read('revisions?limit=1')).body, 'revisions', 0, 'revision');

    const answer = await read(`revisions/${String(newest)}`);

    expect(at(answer.body, 'changes', 0)).toMatchObject({
      kind: 'app',
      key: id,
      before: null,
      after: { id, body: { name: 'shop', appSecret: '******' } },
    });
    expect(answer.text).not.toContain('a-very-secret-one');
  });

  test('has no revision of a number that was not reached', async () => {
    const answer = await read('revisions/999999');

    expect([answer.status, answer.body['error_code']]).toEqual([404, 'APIG.3007']);
  });

  test('is for those who run the gateway', async () => {
    expect((await read('revisions', {})).status).toBe(401);
  });
});
