import type { Kysely } from 'kysely';
import { fromChangeRow, fromObjectRow, toChangeRow, toObjectRow, type Schema } from '../schema.ts';
import type { Seal } from '../seal.ts';

/** Rows that are in memory at a time. */
const ROWS_AT_ONCE = 500;

/** The key that seals secrets, and every secret sealed with it, in objects and in their history. */
export async function upWith(database: Kysely<Schema>, seal: Seal): Promise<void> {
  // SQLite takes a change of the schema back with its transaction, too: the step is done as a whole or not at all.
  await database.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable('sealing')
      .addColumn('key_id', 'text', (column) => column.notNull())
      .execute();
    await transaction.insertInto('sealing').values({ key_id: seal.keyId }).execute();
    await sealObjects(transaction, seal);
    await sealChanges(transaction, seal);
  });
}

async function sealObjects(database: Kysely<Schema>, seal: Seal): Promise<void> {
  for (let last = 0; ;) {
    const rows = await database
      .selectFrom('objects')
      .selectAll()
      .where('position', '>', last)
      .orderBy('position')
      .limit(ROWS_AT_ONCE)
      .execute();
    for (const row of rows) {
      const { body } = toObjectRow(row.key, fromObjectRow(row, seal), row.revision, seal);
      if (body === row.body) continue;
      await database.updateTable('objects').set({ body }).where('position', '=', row.position).execute();
    }
    const end = rows.at(-1)?.position;
    if (end === undefined) return;
    last = end;
  }
}

async function sealChanges(database: Kysely<Schema>, seal: Seal): Promise<void> {
  const head = await database
    .selectFrom('revisions')
    .select(({ fn }) => fn.max('revision').as('revision'))
    .executeTakeFirst();
  for (let revision = 1; revision <= (head?.revision ?? 0); revision += 1) {
    const rows = await database.selectFrom('changes').selectAll().where('revision', '=', revision).execute();
    for (const row of rows) {
      const { before, after } = toChangeRow(fromChangeRow(row, seal), revision, row.seq, seal);
      if (before === row.before && after === row.after) continue;
      await database
        .updateTable('changes')
        .set({ before, after })
        .where('revision', '=', revision)
        .where('seq', '=', row.seq)
        .execute();
    }
  }
}
