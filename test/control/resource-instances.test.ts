import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openDocumented, type DocumentedRuntime } from '../support/documented.ts';

let running: DocumentedRuntime;
beforeAll(async () => {
  running = await openDocumented();
  const tags = (...given: readonly (readonly [string, string])[]) =>
    given.map(([key, value]) => ({ key, value }));
  await running.create({ instance_name: 'shop_dev', tags: tags(['team', 'shop'], ['stage', 'dev']) });
  await running.create({ instance_name: 'shop_prod', tags: tags(['team', 'shop'], ['stage', 'prod']) });
  await running.create({ instance_name: 'bank', tags: tags(['team', 'bank']), enterprise_project_id: '7' });
  await running.create({ instance_name: 'plain' });
});
afterAll(() => running.dispose());

const find = (body: Json, query = '') => running.call('POST', `resource-instances/filter${query}`, body);
const count = (body: Json) => running.call('POST', 'resource-instances/count', body);
const namesOf = (body: Json) => (body['resources'] as readonly Json[]).map((each) => each['resource_name']);

describe('gateways', () => {
  test.each<readonly [what: string, body: Json, names: readonly string[]]>([
    ['without conditions', {}, ['plain', 'bank', 'shop_prod', 'shop_dev']],
    ['by a tag', { tags: [{ key: 'team', values: ['shop'] }] }, ['shop_prod', 'shop_dev']],
    ['by a key alone', { tags: [{ key: 'stage' }] }, ['shop_prod', 'shop_dev']],
    ['by a key and no values', { tags: [{ key: 'team', values: [] }] }, ['bank', 'shop_prod', 'shop_dev']],
    ['by one of values', { tags: [{ key: 'stage', values: ['dev', 'prod'] }] }, ['shop_prod', 'shop_dev']],
    [
      'by several tags',
      {
        tags: [
          { key: 'team', values: ['shop'] },
          { key: 'stage', values: ['dev'] },
        ],
      },
      ['shop_dev'],
    ],
    ['by a tag that none has', { tags: [{ key: 'team', values: ['x'] }] }, []],
    ['by a key that objects have anyway', { tags: [{ key: 'constructor' }] }, []],
    ['without tags', { without_any_tag: true, tags: [{ key: 'team' }] }, ['plain']],
    [
      'by a part of the name',
      { matches: [{ key: 'resource_name', value: 'shop' }] },
      ['shop_prod', 'shop_dev'],
    ],
    [
      'by an empty name',
      { matches: [{ key: 'resource_name', value: '' }], tags: [{ key: 'team', values: ['bank'] }] },
      ['bank'],
    ],
    ['by enterprise project', { sys_tags: [{ key: '_sys_enterprise_project_id', values: ['7'] }] }, ['bank']],
  ])('are found and counted %s', async (_, body, names) => {
    const found = await find(body);
    expect(found.status).toBe(200);
    expect([namesOf(found.body), found.body['total_count']]).toEqual([names, names.length]);
    const counted = await count(body);
    expect([counted.status, counted.body]).toEqual([200, { total_count: names.length }]);
  });

  test('are shown with their tags, page by page', async () => {
    const { body } = await find({ tags: [{ key: 'team' }] }, '?offset=1&limit=1');
    expect(body).toMatchObject({
      total_count: 3,
      resources: [
        {
          resource_name: 'shop_prod',
          resouce_detail: null,
          tags: [
            { key: 'team', value: 'shop' },
            { key: 'stage', value: 'prod' },
          ],
        },
      ],
    });
  });

  test.each<readonly [body: Json, field: string]>([
    [{ without_any_tag: 'yes' }, 'without_any_tag'],
    [{ tags: {} }, 'tags'],
    [{ tags: ['team'] }, 'tags'],
    [{ tags: [{ values: ['x'] }] }, 'tags.key'],
    [{ tags: [{ key: 'team', values: 'x' }] }, 'tags.values'],
    [{ tags: [{ key: 'team', values: [1] }] }, 'tags.values'],
    [{ tags: [{ key: 'team', values: Array.from({ length: 21 }, String) }] }, 'tags.values'],
    [{ tags: Array.from({ length: 21 }, (_, index) => ({ key: `k${index}` })) }, 'tags'],
    [{ sys_tags: [{ key: '_sys_other' }] }, 'sys_tags.key'],
    [{ matches: [{ key: 'name', value: 'x' }] }, 'matches.key'],
    [{ matches: [{ key: 'resource_name', value: 1 }] }, 'matches.value'],
  ])('are not found by %j', async (body, field) => {
    for (const answer of [await find(body), await count(body)]) {
      expect([answer.status, answer.body['error_code']]).toEqual([400, 'APIC.7211']);
      expect(answer.body['error_msg']).toContain(field);
    }
  });
});
