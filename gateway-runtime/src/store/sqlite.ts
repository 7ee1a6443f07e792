import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { codeOf, StartupError } from '../startup-error.ts';
import { Configuration, type Change } from './configuration.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { Queue } from './queue.ts';
import { fromChangeRow, fromObjectRow, toChangeRow, toObjectRow, type Schema } from './schema.ts';
import type { RevisionChanges, RevisionMeta, RevisionPage, Store } from './store.ts';

/** How long another process may hold the database, as one does that is being stopped, before opening it fails. */
const BUSY_TIMEOUT_MS = 5000;

/** SQLite takes 32,766 variables in a statement; a change has seven. */
const CHANGES_PER_STATEMENT = 1000;

/**
 * Opens the database of a data directory, creates both when they are not there, and brings the schema up to date.
 * The process then owns the database: a second one would not see what the first writes.
 *
 * @throws StartupError when the directory cannot be used, or the database is of a newer version or in use.
 */
export async function openSqlite(
  file: string,
  { busyTimeoutMs = BUSY_TIMEOUT_MS }: { readonly busyTimeoutMs?: number } = {},
): Promise<Store> {
  const connection = connect(file, busyTimeoutMs);
  const database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
  try {
    refuseNewer(connection, file);
    await migrate(database);
  } catch (error) {
    await database.destroy();
    throw startupError(file, error);
  }
  return new SqliteStore(database);
}

class SqliteStore implements Store {
  readonly #database: Kysely<Schema>;
  /** There is one connection, and what runs on it amid a transaction is part of that. */
  readonly #queue = new Queue();

  constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  load(): Promise<Configuration> {
    return this.#queue.run(async () => {
      const rows = await this.#database.selectFrom('objects').selectAll().orderBy('position').execute();
      return new Configuration(rows.map(fromObjectRow), await this.#head());
    });
  }

  append(changes: readonly Change[], meta: RevisionMeta): Promise<number> {
    return this.#queue.run(() =>
      this.#database.transaction().execute(async (transaction) => {
        const revision = (await this.#head(transaction)) + 1;
        const { at, actor, requestId } = meta;
        await transaction
          .insertInto('revisions')
          .values({ revision, at, actor, request_id: requestId })
          .execute();
        const rows = changes.map((change, seq) => toChangeRow(change, revision, seq));
        for (let start = 0; start < rows.length; start += CHANGES_PER_STATEMENT) {
          const some = rows.slice(start, start + CHANGES_PER_STATEMENT);
          await transaction.insertInto('changes').values(some).execute();
        }
        for (const change of changes) await writeObject(transaction, change, revision);
        return revision;
      }),
    );
  }

  at(revision: number): Promise<Configuration> {
    return this.#queue.run(async () => {
      const rows = await this.#database
        .selectFrom('changes')
        .select(['kind', 'key', 'before', 'after'])
        .where('revision', '<=', revision)
        .orderBy('revision')
        .orderBy('seq')
        .execute();
      const configuration = new Configuration();
      configuration.apply(rows.map(fromChangeRow), revision);
      return configuration;
    });
  }

  revisions({ offset, limit }: { offset: number; limit: number }): Promise<RevisionPage> {
    return this.#queue.run(async () => {
      const rows = await this.#database
        .selectFrom('revisions')
        .selectAll()
        .orderBy('revision', 'desc')
        .limit(limit)
        .offset(offset)
        .execute();
      const revisions = rows.map(({ request_id, ...row }) => ({ ...row, requestId: request_id }));
      return { total: await this.#head(), revisions };
    });
  }

  changes(revision: number): Promise<RevisionChanges | undefined> {
    return this.#queue.run(async () => {
      const row = await this.#database
        .selectFrom('revisions')
        .selectAll()
        .where('revision', '=', revision)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const changes = await this.#database
        .selectFrom('changes')
        .select(['kind', 'key', 'before', 'after'])
        .where('revision', '=', revision)
        .orderBy('seq')
        .execute();
      const { request_id, ...rest } = row;
      return { ...rest, requestId: request_id, changes: changes.map(fromChangeRow) };
    });
  }

  close(): Promise<void> {
    return this.#queue.run(() => this.#database.destroy());
  }

  async #head(database: Kysely<Schema> = this.#database): Promise<number> {
    const row = await database
      .selectFrom('revisions')
      .select((select) => select.fn.max('revision').as('head'))
      .executeTakeFirst();
    return row?.head ?? 0;
  }
}

async function writeObject(
  database: Kysely<Schema>,
  { kind, key, after }: Change,
  revision: number,
): Promise<void> {
  if (after === undefined) {
    await database.deleteFrom('objects').where('kind', '=', kind).where('key', '=', key).execute();
    return;
  }
  const row = toObjectRow(key, after, revision);
  await database
    .insertInto('objects')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'key']).doUpdateSet(row))
    .execute();
}

function connect(file: string, busyTimeoutMs: number): Database.Database {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives its other files the mode of this one.
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw startupError(file, error);
  }
  try {
    const connection = new Database(file, { timeout: busyTimeoutMs });
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    return connection;
  } catch (error) {
    throw startupError(file, error);
  }
}

function startupError(file: string, error: unknown): StartupError {
  if (error instanceof StartupError) return error;
  if (codeOf(error)?.startsWith('SQLITE_BUSY') === true) {
    return new StartupError('databaseInUse', `the database ${file} is in use by another process`, error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StartupError('dataDirectory', `the database ${file} cannot be used: ${reason}`, error);
}

function refuseNewer(connection: Database.Database, file: string): void {
  const tables = connection
    .prepare(`select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'`)
    .all();
  if (tables.length === 0) return;
  const names = connection.prepare('select name from kysely_migration').pluck().all() as string[];
  const unknown = names.find((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown === undefined) return;
  throw new StartupError(
    'databaseNewer',
    `the database ${file} was written by a newer version (its schema has the step ${unknown}); start that version instead`,
  );
}

async function migrate(database: Kysely<Schema>): Promise<void> {
  // The lock is taken for good with the first write, so that a second process is refused here and not later.
  await sql`begin immediate`.execute(database);
  await sql`commit`.execute(database);
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the database could not be brought up to date', { cause: error });
}
