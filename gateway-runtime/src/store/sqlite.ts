import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { codeOf, StartupError } from '../startup-error.ts';
import { Configuration, type Change } from './configuration.ts';
import { openKeyFile, type KeyFile } from './key-file.ts';
import { migrate, refuseNewer } from './migrate.ts';
import { Queue } from './queue.ts';
import {
  fromChangeRow,
  fromObjectRow,
  fromRevisionRow,
  toChangeRow,
  toObjectRow,
  toRevisionRow,
  type ChangeRow,
  type Schema,
} from './schema.ts';
import type { Seal } from './seal.ts';
import { UnopenedError } from './secrets.ts';
import { joined } from './joined-changes.ts';
import type { ChangePage, ChangeQuery, RevisionChanges, RevisionMeta, RevisionPage, Store } from './store.ts';

/** How long another process may hold the database, as one does that is being stopped, before opening it fails. */
const BUSY_TIMEOUT_MS = 5000;

/** SQLite takes 32,766 variables in a statement; a change has seven. */
const CHANGES_PER_STATEMENT = 1000;

/** How a database is opened, where it differs from the usual. */
export interface SqliteOptions {
  readonly busyTimeoutMs?: number;
  /** File with the key that seals secrets; beside the database, and made with it, unless given. */
  readonly keyFile?: string;
}

/**
 * Opens the database of a data directory, creates both when they are not there, and brings the schema up to date.
 * The process then owns the database: a second one would not see what the first writes. Secrets are sealed in it.
 *
 * @throws StartupError when the directory cannot be used, the database is of a newer version or in use, or the key is
 * not there or not the right one.
 */
export async function openSqlite(file: string, options: SqliteOptions = {}): Promise<Store> {
  const { busyTimeoutMs = BUSY_TIMEOUT_MS, keyFile } = options;
  const connection = connect(file, busyTimeoutMs);
  const database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
  try {
    // The lock is taken for good with the first write, so that a second process is refused here and not later.
    await sql`begin immediate`.execute(database);
    await sql`commit`.execute(database);
    await refuseNewer(database, file);
    const key: KeyFile =
      keyFile === undefined
        ? { path: join(dirname(file), 'sealing.key'), isMade: true }
        : { path: keyFile, isMade: false };
    const seal = openKeyFile(key, await sealedBy(database));
    await migrate(database, file, seal);
    return new SqliteStore(database, seal);
  } catch (error) {
    await database.destroy();
    throw startupError(file, error);
  }
}

class SqliteStore implements Store {
  readonly #database: Kysely<Schema>;
  /** There is one connection, and what runs on it amid a transaction is part of that. */
  readonly #queue = new Queue();

  readonly #seal: Seal;

  constructor(database: Kysely<Schema>, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  load(): Promise<Configuration> {
    return this.#queue.run(async () => {
      const rows = await this.#database.selectFrom('objects').selectAll().orderBy('position').execute();
      return new Configuration(
        rows.map((row) => fromObjectRow(row, this.#seal)),
        await this.#head(),
      );
    });
  }

  append(changes: readonly Change[], meta: RevisionMeta): Promise<number> {
    return this.#queue.run(() =>
      this.#database.transaction().execute(async (transaction) => {
        const revision = (await this.#head(transaction)) + 1;
        await transaction.insertInto('revisions').values(toRevisionRow(revision, meta)).execute();
        const rows = changes.map((change, seq) => toChangeRow(change, revision, seq, this.#seal));
        for (let start = 0; start < rows.length; start += CHANGES_PER_STATEMENT) {
          const some = rows.slice(start, start + CHANGES_PER_STATEMENT);
          await transaction.insertInto('changes').values(some).execute();
        }
        for (const change of changes) await writeObject(transaction, change, revision, this.#seal);
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
      configuration.apply(this.#changesOf(rows), revision);
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
      return { total: await this.#head(), revisions: rows.map(fromRevisionRow) };
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
      return { ...fromRevisionRow(row), changes: this.#changesOf(changes) };
    });
  }

  audit({ offset, limit, kind, key }: ChangeQuery): Promise<ChangePage> {
    return this.#queue.run(async () => {
      const base = this.#database
        .selectFrom('changes')
        .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? ''))
        .$if(key !== undefined, (query) => query.where('key', '=', key ?? ''));
      const { total } = await base
        .select((select) => select.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      const rows = await base
        .innerJoin('revisions', 'revisions.revision', 'changes.revision')
        .selectAll()
        .orderBy('changes.revision', 'desc')
        .orderBy('seq', 'desc')
        .limit(limit)
        .offset(offset)
        .execute();
      const changes = rows.map((row) => ({
        ...fromRevisionRow(row),
        seq: row.seq,
        change: fromChangeRow(row, this.#seal),
      }));
      return { total, changes };
    });
  }

  between(from: number, to: number): Promise<readonly Change[]> {
    return this.#queue.run(async () => {
      const rows = await this.#database
        .selectFrom('changes')
        .select(['kind', 'key', 'before', 'after'])
        .where('revision', '>', from)
        .where('revision', '<=', to)
        .orderBy('revision')
        .orderBy('seq')
        .execute();
      return joined(this.#changesOf(rows));
    });
  }

  close(): Promise<void> {
    return this.#queue.run(() => this.#database.destroy());
  }

  #changesOf(rows: readonly Pick<ChangeRow, 'kind' | 'key' | 'before' | 'after'>[]): readonly Change[] {
    return rows.map((row) => fromChangeRow(row, this.#seal));
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
  seal: Seal,
): Promise<void> {
  if (after === undefined) {
    await database.deleteFrom('objects').where('kind', '=', kind).where('key', '=', key).execute();
    return;
  }
  const row = toObjectRow(key, after, revision, seal);
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
  if (error instanceof UnopenedError)
    return new StartupError('sealingKey', `the database ${file}: ${reason}`, error);
  return new StartupError('dataDirectory', `the database ${file} cannot be used: ${reason}`, error);
}

/** ID of the key with which the secrets of a database are sealed; undefined while none is. */
async function sealedBy(database: Kysely<Schema>): Promise<string | undefined> {
  const tables = await database.introspection.getTables();
  if (!tables.some(({ name }) => name === 'sealing')) return undefined;
  const row = await database.selectFrom('sealing').select('key_id').executeTakeFirst();
  return row?.key_id;
}
