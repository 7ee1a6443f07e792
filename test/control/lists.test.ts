import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDocumented, type Documented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
let gateway: Documented;
beforeAll(async () => {
  running = await openDocumented();
  gateway = await running.create();
  for (let count = 0; count < 25; count += 1) await gateway.add('apps', { name: `app_${String(count)}` });
});
afterAll(() => running.dispose());

async function page(query: string) {
  const { body } = await gateway.call('GET', `apps?${query}`);
  const names = (body['apps'] as readonly { name: string }[]).map(({ name }) => name);
  return { total: body['total'], size: body['size'], first: names[0], count: names.length };
}

describe('a list', () => {
  test.each([
    ['', 25, 20, 'app_24'],
    ['limit=5', 25, 5, 'app_24'],
    ['offset=20', 25, 5, 'app_4'],
    ['offset=3&limit=2', 25, 2, 'app_21'],
    ['limit=0', 25, 20, 'app_24'],
    ['limit=-1', 25, 20, 'app_24'],
    ['limit=501', 25, 25, 'app_24'],
    ['offset=-7', 25, 20, 'app_24'],
    ['offset=25', 25, 0, undefined],
    ['offset=1000', 25, 0, undefined],
    ['limit=&offset=', 25, 20, 'app_24'],
    ['name=app_2', 6, 6, 'app_24'],
    ['name=app_2&precise_search=name', 1, 1, 'app_2'],
    ['name=APP', 0, 0, undefined],
    ['name=', 25, 20, 'app_24'],
    ['unknown=1', 25, 20, 'app_24'],
  ])('asked for %j shows the right part, newest first', async (query, total, count, first) => {
    expect(await page(query)).toEqual({ total, size: count, first, count });
  });

  test('is empty and not absent when there is nothing', async () => {
    const { body } = await (await running.create()).call('GET', 'apps');

    expect(body).toEqual({ total: 0, size: 0, apps: [] });
  });

  test('refuses what is no number', async () => {
    expect(await gateway.call('GET', 'apps?limit=many')).toMatchObject({
      status: 400,
      body: { error_code: 'APIG.2012', error_msg: expect.stringMatching(/parameterName:limit$/) },
    });
  });
});
