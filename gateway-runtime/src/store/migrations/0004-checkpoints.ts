import type { Kysely } from 'kysely';
import { isCheckpointDue, packObjectsNow } from '../checkpoints.ts';
import type { Schema } from '../schema.ts';

/** Rows that are in memory at a time. */
const ROWS_AT_ONCE = 500;

/** Whole configurations of the past, by the rule that holds from now on, so that none of them costs the whole history. */
export async function up(database: Kysely<Schema>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable('checkpoints')
      .addColumn('revision', 'integer', (column) => column.primaryKey().references('revisions.revision'))
      .addColumn('content', 'blob', (column) => column.notNull())
      .execute();
    await checkPast(transaction);
  });
}

async function checkPast(database: Kysely<Schema>): Promise<void> {
  const objects = new Map<string, string>();
  let [last, seq, changes] = [0, -1, 0];
  for (;;) {
    const rows = await database
      .selectFrom('changes')
      .select(['revision', 'seq', 'kind', 'key', 'after'])
      .where((where) => where(where.refTuple('revision', 'seq'), '>', where.tuple(last, seq)))
      .orderBy('revision')
      .orderBy('seq')
      .limit(ROWS_AT_ONCE)
      .execute();
    if (rows.length === 0) return;
    for (const row of rows) {
      // A revision is whole once the next one begins.
      if (row.revision > last && isCheckpointDue(changes, objects.size)) {
        const content = packObjectsNow([...objects.values()]);
        await database.insertInto('checkpoints').values({ revision: last, content }).execute();
        changes = 0;
      }
      const place = `${row.kind}/${row.key}`;
      if (row.after === null) objects.delete(place);
      else objects.set(place, row.after);
      [last, seq, changes] = [row.revision, row.seq, changes + 1];
    }
  }
}
