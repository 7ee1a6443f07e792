import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { codeOf, StartupError } from '../startup-error.ts';
import { openKeyFile, type KeyFile } from './key-file.ts';
import { migrate, refuseNewer } from './migrate.ts';
import type { Schema } from './schema.ts';
import { UnopenedError } from './secrets.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** How long another process may hold the database, as one does that is being stopped, before opening it fails. */
const BUSY_TIMEOUT_MS = 5000;

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
    return new SqliteStore(database, connection, seal);
  } catch (error) {
    await database.destroy();
    throw startupError(file, error);
  }
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
