import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Bodies } from '../../gateway-runtime/src/store/configuration.ts';
import { Configuration } from '../../gateway-runtime/src/store/configuration.ts';
import { Draft } from '../../gateway-runtime/src/store/draft.ts';
import { up as objects } from '../../gateway-runtime/src/store/migrations/0001-objects.ts';
import { createSeal } from '../../gateway-runtime/src/store/seal.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { makeCertificate } from '../support/certificates.ts';
import { openDocumented } from '../support/documented.ts';

const AT = '2026-11-24T12:00:00.000Z';
const META = { at: AT, actor: 'test', requestId: 'r' };
const APP: Bodies['app'] = {
  gatewayId: 'g',
  name: 'shop',
  remark: '',
  appKey: 'the-app-key',
  appSecret: 'the-very-secret-secret',
};

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apig-sealing-'));
  file = join(directory, 'gateway.db');
});
afterEach(() => rm(directory, { recursive: true }));

describe('secrets in the database', () => {
  test('of a whole run are in none of its files, and are known again after a restart', async () => {
    const running = await openDocumented({ dataDirectory: directory, clock: systemClock });
    const gateway = await running.create();
    const code = `code-${'c'.repeat(64)}`;
    const { certificate, key } = await makeCertificate(['shop.example']);
    const appId = await gateway.add('apps', { name: 'shop', app_secret: 'first-app-secret' });
    await gateway.call('PUT', `apps/${appId}`, { name: 'shop', app_secret: 'second-app-secret' });
    await gateway.add(`apps/${appId}/app-codes`, { app_code: code });
    const signId = await gateway.add('signs', {
      name: 'backend',
      sign_type: 'basic',
      sign_key: 'backend-user-name',
      sign_secret: 'backend-password-1',
    });
    const body = { name: 'shop', cert_content: certificate, private_key: key };
    expect((await running.call('POST', 'certificates', body)).status).toBe(200);
    const pem = key.split('\n')[1] ?? '';
    const secrets = [
      'first-app-secret',
      'second-app-secret',
      code,
      'backend-user-name',
      'backend-password-1',
      pem,
    ];

    expect(await filesWith(secrets)).toEqual([]);
    const restarted = await running.restart();
    expect(await filesWith(secrets)).toEqual([]);
    const { body: app } = await restarted.call('GET', `instances/${gateway.id}/apps/${appId}`);
    const { body: signs } = await restarted.call('GET', `instances/${gateway.id}/signs?id=${signId}`);
    await restarted.dispose();
    await mkdir(directory);

    expect(app['app_secret']).toBe('second-app-secret');
    expect(JSON.stringify(signs)).toContain('backend-password-1');
  });

  test('that an older version wrote in clear are sealed, and nothing of them is left', async () => {
    await writeClear();
    expect(await filesWith([APP.appSecret])).not.toEqual([]);

    const store = await openSqlite(file);

    expect(await filesWith([APP.appSecret])).toEqual([]);
    expect((await store.load()).get('app', 'a')?.body).toEqual(APP);
    expect((await store.at(1)).get('app', 'a')?.body).toEqual(APP);
    expect((await store.changes(1))?.changes[0]?.after?.body).toEqual(APP);
    await store.close();
    expect((await readdir(directory)).toSorted()).toEqual(['gateway.db', 'sealing.key']);
  });

  test('do not open in the place of another object', async () => {
    const store = await openSqlite(file);
    const draft = new Draft(new Configuration(), AT);
    draft.put('app', 'a', APP);
    draft.put('app', 'b', { ...APP, name: 'other' });
    await store.append([{ type: 'revision', changes: draft.changes(), meta: META }]);
    await store.close();
    const database = new Database(file);
    database
      .prepare(`update objects set body = (select body from objects where key = 'b') where key = 'a'`)
      .run();
    database.close();

    const opened = await openSqlite(file);

    await expect(opened.load()).rejects.toThrow('appSecret of app a does not open');
    await opened.close();
  });
});

test('no nonce is used twice under a key', () => {
  const seal = createSeal(Buffer.alloc(32, 7));

  const nonces = Array.from({ length: 2000 }, () =>
    Buffer.from(seal.seal('same', 'place').text, 'base64').subarray(0, 12).toString('hex'),
  );

  expect(new Set(nonces).size).toBe(nonces.length);
});

describe('the key', () => {
  test('is made beside the database, for its owner only', async () => {
    await (await openSqlite(file)).close();

    const key = join(directory, 'sealing.key');
    expect(await readFile(key, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await stat(key)).mode & 0o777).toBe(0o600);
  });

  test('may be given', async () => {
    const keyFile = join(directory, 'given');
    await writeFile(keyFile, 'AB'.repeat(32));

    const store = await openSqlite(file, { keyFile });
    await store.append([{ type: 'revision', changes: appChanges(), meta: META }]);
    await store.close();
    const again = await openSqlite(file, { keyFile });

    expect((await again.load()).get('app', 'a')?.body.appSecret).toBe(APP.appSecret);
    await again.close();
    expect(await readdir(directory)).not.toContain('sealing.key');
  });

  test.each([
    ['that is missing', (path: string) => rm(path), 'does not exist, and the secrets in the database are'],
    [
      'of another database',
      (path: string) => writeFile(path, 'cd'.repeat(32)),
      'but the secrets in the database are',
    ],
    ['that is no key', (path: string) => writeFile(path, 'hello'), 'expected 64 hex digits'],
  ])('%s keeps the gateway from starting, and none is made', async (_what, spoil, message) => {
    await (await openSqlite(file)).close();
    const path = join(directory, 'sealing.key');
    await spoil(path);
    const before = await readdir(directory);

    const opening = openSqlite(file);

    await expect(opening).rejects.toMatchObject({ reason: 'sealingKey' });
    await expect(opening).rejects.toThrow(message);
    expect(await readdir(directory)).toEqual(before);
  });

  test('that is given must be there', async () => {
    const keyFile = join(directory, 'nowhere');

    await expect(openSqlite(file, { keyFile })).rejects.toMatchObject({ reason: 'sealingKey' });
  });
});

/** Names of the files of the directory that hold one of the texts. */
async function filesWith(texts: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(directory);
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))));
  return names.filter((_, index) => texts.some((text) => contents[index]?.includes(text)));
}

function appChanges() {
  const draft = new Draft(new Configuration(), AT);
  draft.put('app', 'a', APP);
  return draft.changes();
}

/** Writes a database as it was before secrets were sealed. */
async function writeClear(): Promise<void> {
  const connection = new Database(file);
  connection.pragma('journal_mode = WAL');
  const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
  const steps = { '0001-objects': { up: objects } };
  await new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(steps) },
  }).migrateToLatest();
  connection.prepare('insert into revisions values (1, ?, ?, ?)').run(AT, 'test', 'r');
  const app = { kind: 'app', id: 'a', body: APP, createdAt: AT, updatedAt: AT };
  connection.prepare('insert into changes values (1, 0, ?, ?, null, ?)').run('app', 'a', JSON.stringify(app));
  connection
    .prepare(
      'insert into objects (kind, key, id, body, created_at, updated_at, revision) values (?, ?, ?, ?, ?, ?, 1)',
    )
    .run('app', 'a', 'a', JSON.stringify(APP), AT, AT);
  await database.destroy();
}
