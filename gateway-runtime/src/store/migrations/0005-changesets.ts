import type { Kysely } from 'kysely';

/** The changesets that are open, and what is staged on them: one row for each object. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable('changesets')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('opened_at_ms', 'integer', (column) => column.notNull())
      .addColumn('lifetime_ms', 'integer', (column) => column.notNull())
      .addColumn('expires_at_ms', 'integer', (column) => column.notNull())
      .addColumn('base_revision', 'integer', (column) => column.notNull())
      .execute();
    await transaction.schema
      .createTable('staged')
      // Order in which objects were first staged, which later calls keep.
      .addColumn('position', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('changeset', 'text', (column) =>
        column.notNull().references('changesets.id').onDelete('cascade'),
      )
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .addUniqueConstraint('staged_changeset_kind_key', ['changeset', 'kind', 'key'])
      .execute();
  });
}
