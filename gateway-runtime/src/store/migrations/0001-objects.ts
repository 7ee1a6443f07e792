import type { Kysely } from 'kysely';

/** The objects as they are, the revisions, and what each revision changed. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('objects')
    // Order of creation, which an update keeps.
    .addColumn('position', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addUniqueConstraint('objects_kind_key', ['kind', 'key'])
    .execute();
  await database.schema
    .createTable('revisions')
    .addColumn('revision', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('changes')
    .addColumn('revision', 'integer', (column) => column.notNull().references('revisions.revision'))
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addPrimaryKeyConstraint('changes_revision_seq', ['revision', 'seq'])
    .execute();
}
