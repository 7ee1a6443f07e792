import type { Kysely } from 'kysely';
import { isCheckpointDue, MIN_CHANGES, packObjects, unpackObjects } from './checkpoints.ts';
import { Configuration, keyOf, type Change, type Stored } from './configuration.ts';
import { joined } from './joined-changes.ts';
import { Queue } from './queue.ts';
import {
  fromChangeRow,
  fromObjectRow,
  fromRevisionRow,
  type ChangeRow,
  type ChangesetRow,
  type Schema,
} from './schema.ts';
import type { Seal } from './seal.ts';
import { openSecrets } from './secrets.ts';
import { SqliteWriter, type Connection } from './sqlite-writer.ts';
import type {
  ChangePage,
  ChangeQuery,
  Entry,
  KeptChangeset,
  RevisionChanges,
  RevisionPage,
  Store,
} from './store.ts';

/** The store in an open database whose schema is up to date. */
export class SqliteStore implements Store {
  readonly #database: Kysely<Schema>;
  /** There is one connection, and what runs on it amid a transaction is part of that. */
  readonly #queue = new Queue();
  readonly #seal: Seal;
  readonly #writer: SqliteWriter;
  /** The checkpoint that is being made. */
  #checkpoint: Promise<void> | undefined;

  constructor(database: Kysely<Schema>, connection: Connection, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
    this.#writer = new SqliteWriter(connection, seal);
  }

  load(): Promise<Configuration> {
    return this.#queue.run(async () => {
      const rows = await this.#database.selectFrom('objects').selectAll().orderBy('position').execute();
      this.#makeCheckpoint();
      return new Configuration(
        rows.map((row) => fromObjectRow(row, this.#seal)),
        this.#writer.head,
      );
    });
  }

  append(entries: readonly Entry[]): Promise<readonly number[]> {
    return this.#queue.run(() => {
      const revisions = this.#writer.append(entries);
      this.#makeCheckpoint();
      return Promise.resolve(revisions);
    });
  }

  changesets(): Promise<readonly KeptChangeset[]> {
    return this.#queue.run(async () => {
      const rows = await this.#database
        .selectFrom('changesets')
        .selectAll()
        .orderBy('opened_at_ms')
        .orderBy('id')
        .execute();
      const kept: KeptChangeset[] = [];
      for (const row of rows) {
        const staged = await this.#database
          .selectFrom('staged')
          .select(['kind', 'key', 'before', 'after'])
          .where('changeset', '=', row.id)
          .orderBy('position')
          .execute();
        kept.push(fromChangesetRow(row, this.#changesOf(staged)));
      }
      return kept;
    });
  }

  async at(revision: number): Promise<Configuration> {
    const { content, changes } = await this.#queue.run(() => this.#readBefore(revision));
    const objects = new Map<string, Stored>();
    for (const text of content === undefined ? [] : await unpackObjects(content)) {
      const object = JSON.parse(text) as Stored;
      objects.set(`${object.kind}/${keyOf(object)}`, object);
    }
    for (const { kind, key, after } of changes) {
      if (after === null) objects.delete(`${kind}/${key}`);
      else objects.set(`${kind}/${key}`, JSON.parse(after) as Stored);
    }
    const opened = [...objects.values()].map((object) => openSecrets(object, this.#seal));
    return new Configuration(opened, revision);
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
      return { total: this.#writer.head, revisions: rows.map(fromRevisionRow) };
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

  async close(): Promise<void> {
    await this.#checkpoint;
    await this.#queue.run(() => this.#database.destroy());
  }

  #changesOf(rows: readonly Pick<ChangeRow, 'kind' | 'key' | 'before' | 'after'>[]): readonly Change[] {
    return rows.map((row) => fromChangeRow(row, this.#seal));
  }

  /** The checkpoint before a revision, if there is one, and the changes from there on. */
  async #readBefore(
    revision: number,
  ): Promise<{ readonly content?: Uint8Array; readonly changes: readonly Omit<ChangeRow, 'before'>[] }> {
    const checkpoint = await this.#database
      .selectFrom('checkpoints')
      .selectAll()
      .where('revision', '<=', revision)
      .orderBy('revision', 'desc')
      .limit(1)
      .executeTakeFirst();
    const changes = await this.#database
      .selectFrom('changes')
      .select(['revision', 'seq', 'kind', 'key', 'after'])
      .where('revision', '>', checkpoint?.revision ?? 0)
      .where('revision', '<=', revision)
      .orderBy('revision')
      .orderBy('seq')
      .execute();
    return { ...(checkpoint && { content: checkpoint.content }), changes };
  }

  /** Begins a checkpoint when one is due. Nobody waits for it, and without it the next append begins another one. */
  #makeCheckpoint(): void {
    const { head, changesSinceCheckpoint: changes } = this.#writer;
    if (this.#checkpoint !== undefined || changes < MIN_CHANGES) return;
    if (!isCheckpointDue(changes, this.#writer.countObjects())) return;
    this.#checkpoint = packObjects(this.#writer.objectTexts())
      .then((content) =>
        this.#queue.run(() => {
          const later = this.#writer.changesSinceCheckpoint - changes;
          this.#writer.writeCheckpoint(head, content, later);
          return Promise.resolve();
        }),
      )
      // It makes the past cheap to read; the past is there without it.
      .catch(() => undefined)
      .finally(() => {
        this.#checkpoint = undefined;
      });
  }
}

function fromChangesetRow(row: ChangesetRow, staged: readonly Change[]): KeptChangeset {
  const { id, owner, name, opened_at_ms, lifetime_ms, expires_at_ms, base_revision } = row;
  return {
    id,
    owner,
    name,
    openedAtMs: opened_at_ms,
    lifetimeMs: lifetime_ms,
    expiresAtMs: expires_at_ms,
    baseRevision: base_revision,
    staged,
  };
}
