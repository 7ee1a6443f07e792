import type { Generated } from 'kysely';
import type { Change, Stored, StoredKind } from './configuration.ts';

/** Tables of the database. */
export interface Schema {
  readonly objects: ObjectRow;
  readonly revisions: RevisionRow;
  readonly changes: ChangeRow;
}

/** One object as it is. */
export interface ObjectRow {
  readonly position: Generated<number>;
  readonly kind: string;
  readonly key: string;
  readonly id: string;
  /** JSON. */
  readonly body: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** Revision that wrote it last. */
  readonly revision: number;
}

/** One write. */
export interface RevisionRow {
  readonly revision: number;
  readonly at: string;
  readonly actor: string;
  readonly request_id: string;
}

/** One object that a write changed. */
export interface ChangeRow {
  readonly revision: number;
  readonly seq: number;
  readonly kind: string;
  readonly key: string;
  /** JSON of the object before; null when it was not there. */
  readonly before: string | null;
  /** JSON of the object after; null when it is gone. */
  readonly after: string | null;
}

/** Row of an object, but for its position. */
export function toObjectRow(key: string, object: Stored, revision: number): Omit<ObjectRow, 'position'> {
  const { kind, id, body, createdAt, updatedAt } = object;
  return {
    kind,
    key,
    id,
    body: JSON.stringify(body),
    created_at: createdAt,
    updated_at: updatedAt,
    revision,
  };
}

/** The object of a row. */
export function fromObjectRow(row: Omit<ObjectRow, 'position'>): Stored {
  return {
    kind: row.kind as StoredKind,
    id: row.id,
    body: JSON.parse(row.body) as Stored['body'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Row of a change. */
export function toChangeRow({ kind, key, before, after }: Change, revision: number, seq: number): ChangeRow {
  return { revision, seq, kind, key, before: toText(before), after: toText(after) };
}

/** The change of a row. */
export function fromChangeRow(row: Pick<ChangeRow, 'kind' | 'key' | 'before' | 'after'>): Change {
  return {
    kind: row.kind as StoredKind,
    key: row.key,
    ...(row.before === null ? {} : { before: JSON.parse(row.before) as Stored }),
    ...(row.after === null ? {} : { after: JSON.parse(row.after) as Stored }),
  };
}

function toText(object: Stored | undefined): string | null {
  return object === undefined ? null : JSON.stringify(object);
}
