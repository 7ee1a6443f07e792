import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Changesets, type Changeset } from '../../gateway-runtime/src/store/changesets.ts';
import { Ledger } from '../../gateway-runtime/src/store/ledger.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import type { Entry, Store } from '../../gateway-runtime/src/store/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { group } from './objects.ts';

const AUTHOR = { actor: 'test/tester', requestId: 'r1' };
const MINUTE_MS = 60_000;

let directory: string;
let clock: TestClock;
let store: Store;
let ledger: Ledger;
let changesets: Changesets;
let isFailing: boolean;
/** How many changes each telling was about. */
let told: number[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apig-changesets-'));
  clock = createTestClock(Date.parse('2026-11-24T12:00:00.000Z'));
  await start();
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

describe('a changeset', () => {
  test('comes in force as one revision of which listeners are told once', async () => {
    const changeset = await open();
    for (const name of ['a', 'b', 'c']) await stage(changeset, name);

    const { result, revision } = await commit(changeset);

    expect([result, revision, told]).toEqual([3, 1, [3]]);
    expect((await store.changes(1))?.changes.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(await store.changesets()).toEqual([]);
  });

  test('has what was asked to be staged before its commit, and nothing that was asked later', async () => {
    const changeset = await open();
    const [before, committed, after] = await Promise.all([
      stage(changeset, 'before'),
      commit(changeset),
      stage(changeset, 'after'),
    ]);

    expect([before, after]).toEqual([{ result: 'before' }, undefined]);
    expect(committed.result).toBe(1);
    expect(ledger.configuration.all('apiGroup').map(({ id }) => id)).toEqual(['before']);
  });

  test('shows calls that wait together what those before them stage', async () => {
    const changeset = await open();

    const counts = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        changesets.stage(changeset, (draft) => {
          draft.put('apiGroup', id, group('g', id));
          return draft.count('apiGroup', 'gatewayId', 'g');
        }),
      ),
    );

    expect(counts.map((each) => each?.result)).toEqual([1, 2, 3]);
  });

  test('has nothing staged that did not become durable', async () => {
    const changeset = await open();
    await stage(changeset, 'kept');
    isFailing = true;

    await expect(stage(changeset, 'lost')).rejects.toThrow('the disk is full');

    expect(changeset.draft.all('apiGroup').map(({ id }) => id)).toEqual(['kept']);
  });

  test('stays open with all that is staged when its commit does not become durable', async () => {
    const changeset = await open();
    await stage(changeset, 'kept');
    isFailing = true;
    await expect(commit(changeset)).rejects.toThrow('the disk is full');
    expect(ledger.configuration.all('apiGroup')).toEqual([]);
    isFailing = false;

    expect(changesets.find(changeset.id, 'me')).toBeDefined();
    expect((await commit(changeset)).result).toBe(1);
  });

  test('is there after a restart, with its secrets, which are sealed in the files', async () => {
    const secret = 'the-very-secret-secret';
    const changeset = await open('mine');
    await ledger.write(AUTHOR, (draft) => draft.put('apiGroup', 'old', group('g', 'old')));
    await changesets.stage(changeset, (draft) => {
      const found = draft.get('apiGroup', 'old');
      if (found !== undefined) draft.remove(found);
      draft.put('app', 'a', { gatewayId: 'g', name: 'shop', remark: '', appKey: 'k', appSecret: secret });
    });
    await stage(changeset, 'new');

    expect(await filesWith(secret)).toEqual([]);
    await restart();
    const [found] = changesets.all('me');

    expect(found).toMatchObject({ id: changeset.id, name: 'mine', baseRevision: 0, lifetimeMs: MINUTE_MS });
    expect(found?.draft.get('app', 'a')?.body.appSecret).toBe(secret);
    expect(found?.draft.all('apiGroup').map(({ id }) => id)).toEqual(['new']);
    expect(ledger.configuration.all('apiGroup').map(({ id }) => id)).toEqual(['old']);
    expect((await commit(changeset)).result).toBe(3);
    expect(ledger.configuration.all('apiGroup').map(({ id }) => id)).toEqual(['new']);
  });

  test('knows after a restart which of its objects others have changed since they were staged', async () => {
    for (const id of ['early', 'late', 'never']) {
      await ledger.write(AUTHOR, (draft) => draft.put('apiGroup', id, group('g', id)));
    }
    const changeset = await open();
    await rename('early');
    for (const id of ['early', 'late', 'never']) await stage(changeset, id, `my_${id}`);
    await rename('late');

    const moved = (of: Changeset | undefined) =>
      ['early', 'late', 'never'].filter((key) => of?.hasMoved({ kind: 'apiGroup', key }));
    expect(moved(changeset)).toEqual(['late']);
    await restart();
    const [found] = changesets.all('me');

    expect(moved(found)).toEqual(['late']);
    expect(found?.changedByOthers.map(({ key }) => key).toSorted()).toEqual(['early', 'late']);
  });

  test('is open as long as it is used, and is gone for good when its time is over', async () => {
    const changeset = await open();
    for (let use = 0; use < 3; use += 1) {
      clock.advance(MINUTE_MS - 1);
      await stage(changeset, `use${use}`);
      expect(changesets.find(changeset.id, 'me')).toBeDefined();
    }
    await restart();
    expect(changesets.all('me')).toHaveLength(1);
    clock.advance(MINUTE_MS);

    expect(changesets.find(changeset.id, 'me')).toBeUndefined();
    // What is written later is durable after what is left of it has been removed.
    await rename('other');
    expect(await store.changesets()).toEqual([]);
  });

  test('is gone after a restart that comes after its time', async () => {
    await stage(await open(), 'staged');
    await stop();
    clock.advance(MINUTE_MS);
    await start();

    expect(changesets.all('me')).toEqual([]);
    await rename('other');
    expect(await store.changesets()).toEqual([]);
  });

  test('that is withdrawn is gone, with what was staged on it', async () => {
    const changeset = await open();
    await stage(changeset, 'staged');

    const [, late] = await Promise.all([changesets.withdraw(changeset), stage(changeset, 'late')]);

    expect(late).toBeUndefined();
    expect([changesets.all('me'), await store.changesets(), ledger.configuration.revision]).toEqual([
      [],
      [],
      0,
    ]);
  });
});

async function start(): Promise<void> {
  isFailing = false;
  told = [];
  const opened = await openSqlite(join(directory, 'gateway.db'));
  store = Object.assign(Object.create(opened) as Store, {
    load: () => opened.load(),
    changesets: () => opened.changesets(),
    changes: (revision: number) => opened.changes(revision),
    between: (from: number, to: number) => opened.between(from, to),
    close: () => opened.close(),
    append: async (entries: readonly Entry[]) => {
      if (isFailing) throw new Error('the disk is full');
      return opened.append(entries);
    },
  });
  ledger = new Ledger(store, await store.load(), clock, [(_, changes) => void told.push(changes.length)]);
  changesets = await Changesets.load(ledger, clock);
}

function stop(): Promise<void> {
  return store.close();
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

async function open(name = ''): Promise<Changeset> {
  const changeset = await changesets.open('me', MINUTE_MS, name);
  if (changeset === undefined) throw new Error('no changeset was opened');
  return changeset;
}

function stage(changeset: Changeset, id: string, name = id) {
  changesets.find(changeset.id, 'me');
  return changesets.stage(changeset, (draft) => draft.put('apiGroup', id, group('g', name)).id);
}

function commit(changeset: Changeset) {
  return changesets.commit(changeset, AUTHOR, () => {
    if (changesets.find(changeset.id, 'me') === undefined) throw new Error('it is not open');
  });
}

function rename(id: string) {
  return ledger.write(AUTHOR, (draft) => draft.put('apiGroup', id, group('g', `their_${id}`)));
}

async function filesWith(text: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))));
  return names.filter((_, index) => contents[index]?.includes(text));
}
