import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Change } from '../../gateway-runtime/src/store/configuration.ts';
import { Ledger } from '../../gateway-runtime/src/store/ledger.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import type { Entry, Store } from '../../gateway-runtime/src/store/store.ts';
import { createTestClock } from '../support/clock.ts';
import { group } from './objects.ts';

const AUTHOR = { actor: 'test/tester', requestId: 'r1' };
const NOW = '2026-11-24T12:00:00.000Z';

describe('a write', () => {
  let directory: string;
  let store: Store;
  let ledger: Ledger;
  /** What the listener was told, and whether it could read it then. */
  let heard: { readonly changes: readonly Change[]; readonly readable: boolean }[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apig-ledger-'));
    store = await openSqlite(join(directory, 'gateway.db'));
    heard = [];
    ledger = new Ledger(store, await store.load(), createTestClock(Date.parse(NOW)), [
      (configuration, changes) => {
        heard.push({ changes, readable: configuration.get('apiGroup', changes[0]?.key ?? '') !== undefined });
      },
    ]);
  });

  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  test('is readable, durable and made known when it resolves', async () => {
    const put = await ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')));

    expect(ledger.configuration.get('apiGroup', 'a')).toEqual(put);
    expect((await store.load()).get('apiGroup', 'a')).toEqual(put);
    expect(heard).toEqual([{ changes: [{ kind: 'apiGroup', key: 'a', after: put }], readable: true }]);
  });

  test('is not answered before all who are told of it have taken it over', async () => {
    const order: string[] = [];
    let takeOver = (): void => undefined;
    const told = new Promise<void>((resolve) => {
      ledger.listen(() => {
        resolve();
        return new Promise((done) => {
          takeOver = done;
        });
      });
    });

    const write = ledger
      .write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')))
      .then(() => order.push('answered'));
    await told;
    await store.load();
    order.push('taken over');
    takeOver();
    await write;

    expect(order).toEqual(['taken over', 'answered']);
  });

  test('is told of to all, also when one of them fails, which is then the answer', async () => {
    const told: string[] = [];
    ledger.listen(() => Promise.reject(new Error('a thread has ended')));
    ledger.listen((_, changes) => void told.push(...changes.map(({ key }) => key)));

    const write = ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')));

    await expect(write).rejects.toThrow('a thread has ended');
    expect(told).toEqual(['a']);
  });

  test('is recorded with its author, its time and what it changed', async () => {
    const before = await ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')));
    const after = await ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'second')));

    expect(await store.revisions({ offset: 0, limit: 1 })).toEqual({
      total: 2,
      revisions: [{ revision: 2, at: NOW, ...AUTHOR }],
    });
    expect(await store.changes(2)).toEqual({
      revision: 2,
      at: NOW,
      ...AUTHOR,
      changes: [{ kind: 'apiGroup', key: 'a', before, after }],
    });
    expect(await store.changes(3)).toBeUndefined();
  });

  test('leaves no trace when its work fails', async () => {
    const failing = ledger.write(AUTHOR, (draft) => {
      draft.put('apiGroup', 'a', group('g', 'first'));
      throw new Error('refused');
    });

    await expect(failing).rejects.toThrow('refused');
    expect(ledger.configuration.get('apiGroup', 'a')).toBeUndefined();
    expect((await store.revisions({ offset: 0, limit: 1 })).total).toBe(0);
    expect(heard).toEqual([]);
  });

  test('leaves no trace in memory when it cannot be made durable', async () => {
    await store.close();

    const failing = ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')));

    await expect(failing).rejects.toThrow();
    expect(ledger.configuration.get('apiGroup', 'a')).toBeUndefined();
    expect(ledger.configuration.revision).toBe(0);
    expect(heard).toEqual([]);
    store = await openSqlite(join(directory, 'gateway.db'));
  });

  test('that changes nothing makes no revision', async () => {
    await ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')));
    await ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')));

    expect(ledger.configuration.revision).toBe(1);
    expect(heard).toHaveLength(1);
  });

  test('sees all writes that were asked for before it', async () => {
    const counts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ledger.write(AUTHOR, (draft) => {
          const count = draft.all('apiGroup').length;
          draft.put('apiGroup', `id${index}`, group('g', `name${index}`));
          return count;
        }),
      ),
    );

    expect(counts).toEqual(counts.map((_, index) => index));
    expect(ledger.configuration.revision).toBe(20);
  });

  test('of another one that failed before it goes through', async () => {
    const failing = ledger.write(AUTHOR, () => {
      throw new Error('refused');
    });
    const following = ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'a', group('g', 'first')));

    await expect(failing).rejects.toThrow('refused');
    await expect(following).resolves.toMatchObject({ id: 'a' });
  });
});

describe('writes that wait at the same time', () => {
  let directory: string;
  let store: Store;
  let ledger: Ledger;
  /** How many writes were made durable by each step. */
  let steps: number[];
  let isFailing: boolean;
  /** Names of the groups that each telling was about. */
  let told: string[][];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apig-ledger-'));
    store = await openSqlite(join(directory, 'gateway.db'));
    steps = [];
    isFailing = false;
    told = [];
    const watched: Store = Object.assign(Object.create(store) as Store, {
      append: async (entries: readonly Entry[]) => {
        steps.push(entries.length);
        if (isFailing) throw new Error('the disk is full');
        return store.append(entries);
      },
    });
    ledger = new Ledger(watched, await store.load(), createTestClock(Date.parse(NOW)), [
      (configuration, changes) => {
        told.push(changes.map(({ key }) => configuration.get('apiGroup', key)?.body.name ?? 'gone'));
      },
    ]);
  });

  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const put = (id: string, name: string) =>
    ledger.commit(AUTHOR, (draft) => draft.put('apiGroup', id, group('g', name)));

  test('become durable by one step, each as a revision of its own, in their order', async () => {
    const written = await Promise.all(['a', 'b', 'c'].map((id) => put(id, id)));

    expect(steps).toEqual([3]);
    expect(written.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    const revisions = await Promise.all([1, 2, 3].map((revision) => store.changes(revision)));
    expect(revisions.map((each) => each?.changes.map(({ key }) => key))).toEqual([['a'], ['b'], ['c']]);
  });

  test('are told of together, once for each object', async () => {
    await Promise.all([put('a', 'first'), put('b', 'other'), put('a', 'second')]);

    expect(told).toEqual([['second', 'other']]);
    expect(ledger.configuration.revision).toBe(3);
    expect((await store.changes(3))?.changes[0]?.before?.body).toMatchObject({ name: 'first' });
  });

  test('of which one is refused go through without it', async () => {
    const refused = ledger.write(AUTHOR, (draft) => {
      draft.put('apiGroup', 'x', group('g', 'refused'));
      throw new Error('refused');
    });
    const [first, , last] = await Promise.allSettled([put('a', 'a'), refused, put('c', 'c')]);

    await expect(refused).rejects.toThrow('refused');
    expect([first.status, last.status]).toEqual(['fulfilled', 'fulfilled']);
    expect((await store.load()).all('apiGroup').map(({ id }) => id)).toEqual(['a', 'c']);
  });

  test('fail together when they cannot be made durable, and nothing of them is configured', async () => {
    await put('kept', 'kept');
    isFailing = true;
    const writes = [put('a', 'a'), put('b', 'b')];
    // Refused for what the first one writes, which then is not there.
    const refused = ledger.write(AUTHOR, (draft) => {
      if (draft.get('apiGroup', 'a') !== undefined) throw new Error('taken');
    });
    const outcomes = await Promise.allSettled([...writes, refused]);

    expect(steps).toEqual([1, 2]);
    expect(outcomes.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'Error: the disk is full',
      'Error: the disk is full',
      'Error: the disk is full',
    ]);
    expect(ledger.configuration.all('apiGroup').map(({ id }) => id)).toEqual(['kept']);
    expect([ledger.configuration.revision, told]).toEqual([1, [['kept']]]);
  });

  test('go on after those before them have failed', async () => {
    isFailing = true;
    await expect(put('a', 'a')).rejects.toThrow('the disk is full');
    isFailing = false;

    const { revision } = await put('a', 'again');

    expect(revision).toBe(1);
    expect((await store.load()).get('apiGroup', 'a')?.body.name).toBe('again');
  });
});
