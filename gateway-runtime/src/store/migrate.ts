import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { StartupError } from '../startup-error.ts';
import { MIGRATION_NAMES, migrationsWith, SEALING_STEP } from './migrations/index.ts';
import type { Schema } from './schema.ts';
import type { Seal } from './seal.ts';

/** @throws StartupError for a database whose schema has a step that is not known here. */
export async function refuseNewer(database: Kysely<Schema>, file: string): Promise<void> {
  const unknown = (await stepsOf(database)).find((name) => !MIGRATION_NAMES.includes(name));
  if (unknown === undefined) return;
  throw new StartupError(
    'databaseNewer',
    `the database ${file} was written by a newer version (its schema has the step ${unknown}); start that version instead`,
  );
}

/**
 * Brings the schema up to date. What there was before is kept beside the database, as `<file>.before-<step>`; but not
 * when it held secrets in clear: then nothing of it is left once they are sealed.
 */
export async function migrate(database: Kysely<Schema>, file: string, seal: Seal): Promise<void> {
  const done = await stepsOf(database);
  const next = MIGRATION_NAMES.find((name) => !done.includes(name));
  if (next !== undefined) {
    if (done.length > 0) await backUp(database, backupBefore(next, file));
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: () => Promise.resolve(migrationsWith(seal)) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined)
      throw new Error('the database could not be brought up to date', { cause: error });
  }
  await forgetClearSecrets(database, backupBefore(SEALING_STEP, file));
}

function backupBefore(step: string, file: string): string {
  return `${file}.before-${step}`;
}

/** Pages and log still hold what was overwritten, and the backup holds it all. As long as that is there, the rest may be. */
async function forgetClearSecrets(database: Kysely<Schema>, backup: string): Promise<void> {
  if (!existsSync(backup)) return;
  await sql`vacuum`.execute(database);
  await sql`pragma wal_checkpoint(truncate)`.execute(database);
  rmSync(backup);
}

async function stepsOf(database: Kysely<Schema>): Promise<readonly string[]> {
  const tables =
    await sql`select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'`.execute(
      database,
    );
  if (tables.rows.length === 0) return [];
  const steps = await sql<{ readonly name: string }>`select name from kysely_migration`.execute(database);
  return steps.rows.map(({ name }) => name);
}

async function backUp(database: Kysely<Schema>, path: string): Promise<void> {
  rmSync(path, { force: true });
  // Made before SQLite does, which would let others read it.
  closeSync(openSync(path, 'wx', 0o600));
  await sql`vacuum into ${path}`.execute(database);
}
