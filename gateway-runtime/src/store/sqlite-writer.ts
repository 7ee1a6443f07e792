import type { Change } from './configuration.ts';
import { toObjectText, toRevisionRow, toText } from './schema.ts';
import type { Seal } from './seal.ts';
import { sealSecrets } from './secrets.ts';
import type { Entry, KeptChangeset, NewRevision, NewStaging } from './store.ts';

/** What is used of a connection of better-sqlite3. */
export interface Connection {
  prepare(source: string): Statement;
  transaction(work: () => void): () => void;
}

interface Statement {
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown[];
}

const SOURCES = {
  head: 'select max(revision) as head from revisions',
  changesSince: `
      select count(*) as count from changes
      where revision > (select coalesce(max(revision), 0) from checkpoints)`,
  revision: `
      insert into revisions (revision, at, actor, request_id, credential, provenance) values (?, ?, ?, ?, ?, ?)`,
  change: `
      insert into changes (revision, seq, kind, "key", "before", "after") values (?, ?, ?, ?, ?, ?)`,
  object: `
      insert into objects (kind, "key", id, body, created_at, updated_at, revision) values (?, ?, ?, ?, ?, ?, ?)
      on conflict (kind, "key") do update set
        id = excluded.id, body = excluded.body, created_at = excluded.created_at,
        updated_at = excluded.updated_at, revision = excluded.revision`,
  dropObject: 'delete from objects where kind = ? and "key" = ?',
  objects: 'select kind, id, body, created_at, updated_at from objects order by position',
  countObjects: 'select count(*) as count from objects',
  checkpoint: 'insert or replace into checkpoints (revision, content) values (?, ?)',
  changeset: `
      insert into changesets
        (id, owner, name, opened_at_ms, lifetime_ms, expires_at_ms, base_revision) values (?, ?, ?, ?, ?, ?, ?)`,
  dropChangeset: 'delete from changesets where id = ?',
  extend: 'update changesets set expires_at_ms = ? where id = ?',
  staged: `
      insert into staged (changeset, kind, "key", "before", "after") values (?, ?, ?, ?, ?)
      on conflict (changeset, kind, "key") do update set "after" = excluded."after"`,
};

type Statements = Readonly<Record<keyof typeof SOURCES, Statement>>;

/**
 * Writes, by statements that are prepared once: a write costs the database little, so what it costs here counts.
 * Everything in it is synchronous; that nothing else runs on the connection amid a transaction is its user's business.
 */
export class SqliteWriter {
  readonly #connection: Connection;
  readonly #seal: Seal;
  readonly #statements: Statements;
  #head: number;
  #changesSinceCheckpoint: number;

  constructor(connection: Connection, seal: Seal) {
    this.#connection = connection;
    this.#seal = seal;
    const prepared = Object.entries(SOURCES).map(([name, text]) => [name, connection.prepare(text)] as const);
    // One for each source.
    this.#statements = Object.fromEntries(prepared) as Statements;
    this.#head = (this.#statements.head.get() as { readonly head: number | null }).head ?? 0;
    this.#changesSinceCheckpoint = countIn(this.#statements.changesSince);
  }

  /** The number of the newest revision. */
  get head(): number {
    return this.#head;
  }

  /** How many changes have been written since the last checkpoint. */
  get changesSinceCheckpoint(): number {
    return this.#changesSinceCheckpoint;
  }

  /** Writes all entries in one transaction. Returns the newest revision after each of them. */
  append(entries: readonly Entry[]): readonly number[] {
    const revisions: number[] = [];
    let [head, changes] = [this.#head, 0];
    this.#connection.transaction(() => {
      for (const entry of entries) {
        if (entry.type === 'revision') {
          head += 1;
          changes += entry.changes.length;
        }
        this.#write(entry, head);
        revisions.push(head);
      }
    })();
    this.#head = head;
    this.#changesSinceCheckpoint += changes;
    return revisions;
  }

  /** How many objects there are. */
  countObjects(): number {
    return countIn(this.#statements.countObjects);
  }

  /** All objects as JSON texts, in the order in which they were created. */
  objectTexts(): readonly string[] {
    return this.#statements.objects
      .all()
      .map((row) => toObjectText(row as Parameters<typeof toObjectText>[0]));
  }

  /** Keeps the configuration after a revision, after which there were so many changes already. */
  writeCheckpoint(revision: number, content: Uint8Array, changesAfter: number): void {
    this.#statements.checkpoint.run(revision, content);
    this.#changesSinceCheckpoint = changesAfter;
  }

  #write(entry: Entry, head: number): void {
    switch (entry.type) {
      case 'revision':
        this.#writeRevision(entry, head);
        return;
      case 'staging':
        this.#writeStaging(entry);
        return;
      case 'opening':
        this.#writeChangeset(entry.changeset);
        return;
      case 'closing':
        for (const id of entry.changesets) this.#statements.dropChangeset.run(id);
    }
  }

  #writeRevision({ changes, meta, closes }: NewRevision, revision: number): void {
    const { at, actor, request_id, credential, provenance } = toRevisionRow(revision, meta);
    this.#statements.revision.run(revision, at, actor, request_id, credential, provenance);
    changes.forEach((change, seq) => {
      this.#writeChange(change, revision, seq);
    });
    if (closes !== undefined) this.#statements.dropChangeset.run(closes);
  }

  #writeChange({ kind, key, before, after }: Change, revision: number, seq: number): void {
    const beforeText = toText(before, this.#seal);
    if (after === undefined) {
      this.#statements.change.run(revision, seq, kind, key, beforeText, null);
      this.#statements.dropObject.run(kind, key);
      return;
    }
    const sealed = sealSecrets(after, this.#seal);
    const { id, createdAt: created_at, updatedAt: updated_at } = sealed;
    const body = JSON.stringify(sealed.body);
    const afterText = toObjectText({ kind, id, body, created_at, updated_at });
    this.#statements.change.run(revision, seq, kind, key, beforeText, afterText);
    this.#statements.object.run(kind, key, id, body, created_at, updated_at, revision);
  }

  #writeStaging({ changeset, changes, expiresAtMs }: NewStaging): void {
    for (const { kind, key, before, after } of changes) {
      const texts = [toText(before, this.#seal), toText(after, this.#seal)];
      this.#statements.staged.run(changeset, kind, key, ...texts);
    }
    this.#statements.extend.run(expiresAtMs, changeset);
  }

  #writeChangeset(changeset: Omit<KeptChangeset, 'staged'>): void {
    const { id, owner, name, openedAtMs, lifetimeMs, expiresAtMs, baseRevision } = changeset;
    this.#statements.changeset.run(id, owner, name, openedAtMs, lifetimeMs, expiresAtMs, baseRevision);
  }
}

function countIn(statement: Statement): number {
  return (statement.get() as { readonly count: number }).count;
}
