import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import { group } from './objects.ts';
import { Draft } from '../../gateway-runtime/src/store/draft.ts';
import { Configuration } from '../../gateway-runtime/src/store/configuration.ts';

const META = { at: '2026-11-24T12:00:00.000Z', actor: 'test', requestId: 'r' };

describe('the database', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apig-sqlite-'));
    file = join(directory, 'data', 'gateway.db');
  });

  afterEach(() => rm(directory, { recursive: true }));

  test('is made in a directory that only its owner enters, in files that only its owner reads', async () => {
    const store = await openSqlite(file);
    await store.append([{ type: 'revision', changes: changesOf('a'), meta: META }]);

    const files = await readdir(join(directory, 'data'));
    expect(files).toContain('gateway.db-wal');
    expect((await stat(join(directory, 'data'))).mode & 0o777).toBe(0o700);
    for (const name of files) {
      expect([name, (await stat(join(directory, 'data', name))).mode & 0o777]).toEqual([name, 0o600]);
    }
    await store.close();
  });

  test('holds what was written when it is opened again', async () => {
    const first = await openSqlite(file);
    await first.append([{ type: 'revision', changes: changesOf('a'), meta: META }]);
    await first.append([{ type: 'revision', changes: changesOf('b'), meta: META }]);
    await first.close();

    const second = await openSqlite(file);

    const configuration = await second.load();
    expect(configuration.all('apiGroup').map(({ id }) => id)).toEqual(['a', 'b']);
    expect(configuration.revision).toBe(2);
    await second.close();
  });

  test('takes a write of thousands of changes as one revision', async () => {
    const store = await openSqlite(file);
    const draft = new Draft(new Configuration(), META.at);
    for (let index = 0; index < 2500; index += 1)
      draft.put('apiGroup', `id${index}`, group('g', `name${index}`));

    expect(await store.append([{ type: 'revision', changes: draft.changes(), meta: META }])).toEqual([1]);

    expect((await store.load()).all('apiGroup')).toHaveLength(2500);
    await store.close();
  });

  test('of an older version is brought up to date, and kept as it was beside it, for its owner only', async () => {
    const store = await openSqlite(file);
    await store.append([{ type: 'revision', changes: changesOf('a'), meta: META }]);
    await store.close();
    makeOlder(file);

    await (await openSqlite(file)).close();

    const backup = `${file}.before-0005-changesets`;
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    const older = new Database(backup, { readonly: true });
    const steps = older.prepare('select max(name) as last from kysely_migration').get();
    expect([steps, older.prepare('select key from objects').all()]).toEqual([
      { last: '0004-checkpoints' },
      [{ key: 'a' }],
    ]);
    older.close();
    // It can be put back in its place.
    await rm(`${file}-wal`, { force: true });
    await rename(backup, file);
    const again = await openSqlite(file);
    expect((await again.load()).get('apiGroup', 'a')?.body.name).toBe('a');
    await again.close();
  });

  test('of a newer version is refused, and not touched', async () => {
    await (await openSqlite(file)).close();
    const newer = new Database(file);
    newer.prepare('insert into kysely_migration values (?, ?)').run('9999-from-the-future', META.at);
    newer.close();

    const opening = openSqlite(file);

    await expect(opening).rejects.toMatchObject({ reason: 'databaseNewer' });
    await expect(opening).rejects.toThrow('9999-from-the-future');
  });

  test('in use by another process is refused', async () => {
    await (await openSqlite(file)).close();
    const other = new Database(file);
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec('begin immediate; commit');

    await expect(openSqlite(file, { busyTimeoutMs: 50 })).rejects.toMatchObject({ reason: 'databaseInUse' });
    other.close();
  });

  test('that is no database is refused', async () => {
    await (await openSqlite(file)).close();
    await writeFile(file, 'this is text and certainly no database, and it is long enough to have a header');

    await expect(openSqlite(file)).rejects.toMatchObject({ reason: 'dataDirectory' });
  });

  test('in a place that is no directory is refused', async () => {
    await writeFile(join(directory, 'data'), '');

    await expect(openSqlite(file)).rejects.toMatchObject({ reason: 'dataDirectory' });
  });
});

function changesOf(id: string) {
  const draft = new Draft(new Configuration(), META.at);
  draft.put('apiGroup', id, group('g', id));
  return draft.changes();
}

/** Takes the newest step of the schema back. */
function makeOlder(path: string): void {
  const database = new Database(path);
  database.exec(
    `drop table staged; drop table changesets; delete from kysely_migration where name >= '0005'`,
  );
  database.close();
}
