import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openWorld, type World } from './world.ts';

const WRITERS = 8;

describe('clients that write at the same time', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.dispose());

  test('create an object of one name once, and the others are told that it is taken', async () => {
    const sample = await world.sampleOf('createThrottle');
    const answers = await Promise.all(
      times((index) =>
        world.ask('createThrottle', { body: { ...(sample.body as Json), remark: `by ${index}` } }),
      ),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(created).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.map(({ status, body }) => [status, body['error_code']])).toEqual(
      refused.map(() => [400, 'APIG.3204']),
    );
    const { name } = sample.body as Json;
    const { body } = await world.ask('listThrottle', {
      query: { name: String(name), precise_search: 'name' },
    });
    expect(body).toMatchObject({ total: 1, throttles: [{ remark: created[0]?.body['remark'] }] });
  });

  test('update an object one after the other: what is there is whole, and the history has every write', async () => {
    const throttle_id = await world.make('createThrottle');
    const before = await world.revision();
    const bodies = times((index) => ({
      name: `writer_${index}`,
      api_call_limits: 100 + index,
      time_interval: index + 1,
      time_unit: 'MINUTE',
      remark: `by ${index}`,
    }));
    const answers = await Promise.all(
      bodies.map((body) => world.ask('updateThrottle', { params: { throttle_id }, body })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    // Each writer is shown its own write, and not that of another.
    answers.forEach(({ body }, index) => {
      expect(body).toMatchObject(bodies[index] ?? {});
    });
    const { body: last } = await world.ask('getThrottle', { params: { throttle_id } });
    const winner = bodies.find(({ name }) => name === last['name']);
    expect(last).toMatchObject(winner ?? { name: 'one of the writers' });
    expect(await world.revision()).toBe(before + WRITERS);
    const { body: history } = await world.ask('listChanges', {
      query: { kind: 'throttle', key: throttle_id },
    });
    expect(history['total']).toBe(WRITERS + 1);
    const rows = history['changes'] as readonly Json[];
    const newest = await world.ask('getRevision', { params: { revision: String(rows[0]?.['revision']) } });
    expect(newest.body).toMatchObject({ changes: [{ after: { body: { name: last['name'] } } }] });
  });

  test('add parts to an object, and none is lost', async () => {
    const vpc_channel_id = await world.make('createLoadBalanceChannel', { members: [], member_groups: [] });
    const hosts = times((index) => `127.0.1.${index}`);
    await Promise.all(
      hosts.map((host) =>
        world.ask('addMembers', { params: { vpc_channel_id }, body: { members: [{ host, weight: 1 }] } }),
      ),
    );
    const { body } = await world.ask('listMembers', { params: { vpc_channel_id } });
    const found = (body['members'] as readonly Json[]).map((member) => String(member['host']));
    expect(found.toSorted()).toEqual(hosts.toSorted());
  });

  test('set tags of a gateway, and none is lost', async () => {
    const instance_id = await world.make('createGateway', { tags: [] });
    const keys = times((index) => `tag${index}`);
    await Promise.all(
      keys.map((key) =>
        world.ask('setGatewayTags', {
          params: { instance_id },
          body: { action: 'create', tags: [{ key, value: 'x' }] },
        }),
      ),
    );
    const { body } = await world.ask('getGatewayTags', { params: { instance_id } });
    expect((body['tags'] as readonly Json[]).map(({ key }) => String(key)).toSorted()).toEqual(
      keys.toSorted(),
    );
  });

  test('delete an object once, and the others are told that it is not there', async () => {
    const throttle_id = await world.make('createThrottle');
    const answers = await Promise.all(times(() => world.ask('deleteThrottle', { params: { throttle_id } })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...times(() => 404).slice(1)]);
  });

  test('update and delete an object: it is gone, and no update has brought it back', async () => {
    const throttle_id = await world.make('createThrottle');
    const { body } = await world.sampleOf('updateThrottle');
    const updates = times(() => world.ask('updateThrottle', { params: { throttle_id }, body }));
    const [deleted, ...updated] = await Promise.all([
      world.ask('deleteThrottle', { params: { throttle_id } }),
      ...updates,
    ]);
    expect(deleted.status).toBe(204);
    expect(updated.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
    expect((await world.ask('getThrottle', { params: { throttle_id } })).status).toBe(404);
  });

  test('stage the same object in two changesets: the first is committed, the second is told of the conflict', async () => {
    const throttle_id = await world.make('createThrottle');
    const { body } = await world.sampleOf('updateThrottle');
    const changesets = [await world.make('openChangeset'), await world.make('openChangeset')];
    for (const [index, id] of changesets.entries()) {
      const staged = { ...(body as Json), name: `staged_${index}` };
      await world.ask('updateThrottle', {
        params: { throttle_id },
        body: staged,
        headers: { 'x-apig-changeset': id },
      });
    }
    const [first, second] = [
      await world.ask('commitChangeset', { params: { id: changesets[0] ?? '' } }),
      await world.ask('commitChangeset', { params: { id: changesets[1] ?? '' } }),
    ];
    expect([first.status, second.status]).toEqual([200, 409]);
    expect(second.body['error_code']).toBe('RUNTIME.0023');
    expect(second.body['error_msg']).toContain(throttle_id);
    expect((await world.ask('getThrottle', { params: { throttle_id } })).body['name']).toBe('staged_0');
  });
});

function times<T>(make: (index: number) => T): readonly T[] {
  return Array.from({ length: WRITERS }, (_, index) => make(index));
}
