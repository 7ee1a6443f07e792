import type { Kysely } from 'kysely';

/** What proved who made a change, and where its author says it came from. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction.schema.alterTable('revisions').addColumn('credential', 'text').execute();
    await transaction.schema.alterTable('revisions').addColumn('provenance', 'text').execute();
    await transaction.schema
      .createIndex('changes_kind_key')
      .on('changes')
      .columns(['kind', 'key', 'revision'])
      .execute();
  });
}
