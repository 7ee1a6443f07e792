import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Change } from '../../gateway-runtime/src/store/configuration.ts';
import { Ledger } from '../../gateway-runtime/src/store/ledger.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import type { Store } from '../../gateway-runtime/src/store/store.ts';
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
