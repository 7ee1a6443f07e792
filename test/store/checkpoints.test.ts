import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isCheckpointDue, MIN_CHANGES } from '../../gateway-runtime/src/store/checkpoints.ts';
import type { Change, Stored } from '../../gateway-runtime/src/store/configuration.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import type { NewRevision } from '../../gateway-runtime/src/store/store.ts';
import { contentOf, group } from './objects.ts';

const AT = '2026-11-24T12:00:00.000Z';
const SECRET = 'the-very-secret-secret';
const OBJECTS = 50;

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apig-checkpoints-'));
  file = join(directory, 'gateway.db');
});
afterEach(() => rm(directory, { recursive: true }));

describe('a checkpoint', () => {
  test('is due after a thousand changes, and after as many as there are objects', () => {
    const due = (
      [
        [MIN_CHANGES - 1, 0],
        [MIN_CHANGES, MIN_CHANGES],
        [MIN_CHANGES, MIN_CHANGES + 1],
        [20_000, 20_000],
      ] as const
    ).map(([changes, objects]) => isCheckpointDue(changes, objects));

    expect(due).toEqual([false, true, false, true]);
  });

  test('is made as revisions are written, and shows no secret', async () => {
    await writeHistory(3200);

    const texts = read('select content from checkpoints').map(({ content }) =>
      gunzipSync(content as Uint8Array).toString('utf8'),
    );

    expect(texts).toHaveLength(2);
    for (const text of texts) {
      expect(text).toContain('"appSecret":{"sealed"');
      expect(text).not.toContain(SECRET);
    }
  });

  test('makes the past cheap to read: what was before it is not looked at', async () => {
    const revisions = await writeHistory(3200);
    const store = await openSqlite(file);
    const expected = contentOf(await store.at(revisions));
    await store.close();
    const [last] = read('select max(revision) as revision from checkpoints');
    const database = new Database(file);
    database.prepare(`update changes set "after" = 'unreadable' where revision <= ?`).run(last?.['revision']);
    database.close();

    const opened = await openSqlite(file);
    const then = await opened.at(revisions);

    expect(contentOf(then)).toEqual(expected);
    await opened.close();
  });

  test('says the same as the changes, before it, at it and after it', async () => {
    await writeHistory(3200);
    const revisions = read('select revision from checkpoints').flatMap(({ revision }) => {
      const number = Number(revision);
      return [number - 1, number, number + 1];
    });
    const withThem = await contentsAt(revisions);
    const database = new Database(file);
    database.exec('delete from checkpoints');
    database.close();

    expect(revisions).toHaveLength(6);
    expect(await contentsAt(revisions)).toEqual(withThem);
  });

  test('is made of the past of an older database, which is kept beside it', async () => {
    const revisions = await writeHistory(3200);
    const store = await openSqlite(file);
    const expected = contentOf(await store.at(revisions - 1));
    await store.close();
    const database = new Database(file);
    database.exec(
      `drop table checkpoints; drop table staged; drop table changesets;
       delete from kysely_migration where name >= '0004'`,
    );
    database.close();

    const opened = await openSqlite(file);

    expect(contentOf(await opened.at(revisions - 1))).toEqual(expected);
    await opened.close();
    expect(read('select revision from checkpoints')).toHaveLength(3);
    expect(await readdir(directory)).toContain('gateway.db.before-0004-checkpoints');
  });
});

/** Writes so many changes, ten to a revision: groups that come, change and go, and an app. Returns the revisions. */
async function writeHistory(changes: number): Promise<number> {
  const present = new Map<string, Stored>();
  const change = (index: number): Change => {
    const key = `group${index % OBJECTS}`;
    const before = present.get(key);
    if (before !== undefined && index % 7 === 0) {
      present.delete(key);
      return { kind: 'apiGroup', key, before };
    }
    const body = group('g', `name${index}`);
    const after: Stored = { kind: 'apiGroup', id: key, body, createdAt: AT, updatedAt: AT };
    present.set(key, after);
    return { kind: 'apiGroup', key, ...(before && { before }), after };
  };
  const body = { gatewayId: 'g', name: 'shop', remark: '', appKey: 'key', appSecret: SECRET };
  const app: Stored = { kind: 'app', id: 'a', body, createdAt: AT, updatedAt: AT };
  const entry = (changed: readonly Change[]): NewRevision => ({
    type: 'revision',
    changes: changed,
    meta: { at: AT, actor: 'test', requestId: 'r' },
  });
  const entries = [entry([{ kind: 'app', key: 'a', after: app }])];
  for (let start = 0; start < changes; start += 10) {
    entries.push(entry(Array.from({ length: 10 }, (_, index) => change(start + index))));
  }
  for (let start = 0; start < entries.length; start += 100) {
    const store = await openSqlite(file);
    await store.append(entries.slice(start, start + 100));
    // Waits for a checkpoint that has begun.
    await store.close();
  }
  return 1 + changes / 10;
}

async function contentsAt(revisions: readonly number[]): Promise<readonly (readonly Stored[])[]> {
  const store = await openSqlite(file);
  const contents = await Promise.all(
    revisions.map(async (revision) => {
      const configuration = await store.at(revision);
      return [...contentOf(configuration), ...configuration.all('app')];
    }),
  );
  await store.close();
  return contents;
}

function read(sql: string, ...values: readonly string[]): readonly Record<string, unknown>[] {
  const database = new Database(file);
  const rows = database.prepare(sql).all(...values) as Record<string, unknown>[];
  database.close();
  return rows;
}
