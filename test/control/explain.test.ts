import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { at, openDocumented, type DocumentedRuntime } from '../support/documented.ts';
import { send } from '../support/gateway.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
});
afterAll(() => running.dispose());

const TOKEN = { 'X-Auth-Token': 'test-token' };

const explain = (body: Json) =>
  send(
    `${running.endpoint}/runtime/v1/explain`,
    'POST',
    { ...TOKEN, 'Content-Type': 'application/json' },
    JSON.stringify(body),
  );

const read = async (path: string) =>
  (await send(`${running.endpoint}/runtime/v1/${path}`, 'GET', TOKEN)).body;

/** A published mock API, with the host on which it answers. */
async function publish(): Promise<{
  readonly host: string;
  readonly apiId: string;
  readonly revision: number;
}> {
  const gateway = await running.create();
  const groupId = await gateway.add('api-groups', { name: 'orders' });
  const apiId = await gateway.add('apis', {
    name: 'list_orders',
    type: 1,
    group_id: groupId,
    req_protocol: 'BOTH',
    req_method: 'GET',
    req_uri: '/orders',
    auth_type: 'NONE',
    backend_type: 'MOCK',
    mock_info: { result_content: 'ok' },
  });
  const revision = Number((await read('revisions?limit=1'))['total']);
  await gateway.call('POST', 'apis/action', {
    action: 'online',
    api_id: apiId,
    env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
  });
  return { host: `${groupId}.apic.localhost`, apiId, revision };
}

describe('an explanation over the management API', () => {
  test('says what becomes of a request, step by step', async () => {
    const { host, apiId } = await publish();

    const { status, body } = await explain({ method: 'GET', host, path: '/orders' });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      outcome: 'answered',
      answer: { status: 200, body: 'ok' },
      matched: { api_id: apiId, environment: 'RELEASE' },
      backend: { kind: 'mock' },
    });
    expect(at(body, 'stages', 0)).toMatchObject({ stage: 'request', decision: 'passed' });
  });

  test('explains under a past revision', async () => {
    const { host, revision } = await publish();

    const { body } = await explain({ method: 'GET', host, path: '/orders', revision });

    expect(body).toMatchObject({ outcome: 'refused', error: { code: 'APIG.0101' } });
  });

  test('explains under a snapshot', async () => {
    const { host } = await publish();
    const snapshot = await read('snapshot?secrets=omit');

    const { body } = await explain({ method: 'GET', host, path: '/orders', snapshot });

    expect(body).toMatchObject({ outcome: 'answered' });
  });

  test('explains many requests in their order, without steps if asked', async () => {
    const { host } = await publish();
    const requests = [
      { method: 'GET', host, path: '/orders' },
      { method: 'GET', host, path: '/none' },
    ];

    const { status, body } = await explain({ requests, without_stages: true });

    expect(status).toBe(200);
    expect(at(body, 'explanations', 0)).toMatchObject({ outcome: 'answered' });
    expect(at(body, 'explanations', 1)).toMatchObject({ outcome: 'refused', error: { code: 'APIG.0101' } });
    expect(at(body, 'explanations', 0)).not.toHaveProperty('stages');
  });

  test('says the same of the same requests, at whatever time it is asked', async () => {
    const { host } = await publish();
    const snapshot = await read('snapshot?secrets=omit');
    const asked = {
      requests: [{ method: 'GET', host, path: '/none' }],
      at: '2026-01-31T12:00:00Z',
      snapshot,
    };

    const [one, another] = [await explain(asked), await explain(asked)];

    expect(one.body).toEqual(another.body);
  });

  test.each([
    ['no requests', { requests: [] }],
    ['requests that are none', { requests: ['/'] }],
    ['a time that is none', { at: 'now', requests: [{ method: 'GET', host: 'a.example.com', path: '/' }] }],
  ])('refuses %s', async (_, wrong) => {
    expect((await explain(wrong)).status).toBe(400);
  });

  test.each([
    ['a header that would be two', { headers: { a: 'b\r\nc: d' } }],
    ['a path that is none', { path: 'orders' }],
    ['a header that frames', { headers: { 'Content-Length': '1' } }],
    ['a revision and a snapshot', { revision: 1, snapshot: {} }],
  ])('refuses %s', async (_, wrong) => {
    const { status } = await explain({ method: 'GET', host: 'a.example.com', path: '/', ...wrong });

    expect(status).toBe(400);
  });
});
