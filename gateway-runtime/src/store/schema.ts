import type { Generated } from 'kysely';
import type { Change, Stored, StoredKind } from './configuration.ts';
import type { Seal } from './seal.ts';
import type { Revision, RevisionMeta } from './store.ts';
import { openSecrets, sealSecrets } from './secrets.ts';

/** Tables of the database. */
export interface Schema {
  readonly objects: ObjectRow;
  readonly revisions: RevisionRow;
  readonly changes: ChangeRow;
  readonly sealing: SealingRow;
  readonly checkpoints: CheckpointRow;
  readonly changesets: ChangesetRow;
  readonly staged: StagedRow;
}

/** One object as it is. */
export interface ObjectRow {
  readonly position: Generated<number>;
  readonly kind: string;
  readonly key: string;
  readonly id: string;
  /** JSON, with secrets sealed. */
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
  readonly credential: string | null;
  /** JSON: name to text. */
  readonly provenance: string | null;
}

/** One object that a write changed. */
export interface ChangeRow {
  readonly revision: number;
  readonly seq: number;
  readonly kind: string;
  readonly key: string;
  /** JSON of the object before, with secrets sealed; null when it was not there. */
  readonly before: string | null;
  /** JSON of the object after, with secrets sealed; null when it is gone. */
  readonly after: string | null;
}

/** The key that seals secrets: the only row. */
export interface SealingRow {
  readonly key_id: string;
}

/** The whole configuration after a revision. */
export interface CheckpointRow {
  readonly revision: number;
  /** See `checkpoints.ts`. */
  readonly content: Buffer;
}

/** An open changeset. */
export interface ChangesetRow {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly opened_at_ms: number;
  readonly lifetime_ms: number;
  readonly expires_at_ms: number;
  readonly base_revision: number;
}

/** One object that is staged on a changeset. */
export interface StagedRow extends Pick<ChangeRow, 'kind' | 'key' | 'before' | 'after'> {
  readonly position: Generated<number>;
  readonly changeset: string;
}

/** Row of an object, but for its position. */
export function toObjectRow(
  key: string,
  object: Stored,
  revision: number,
  seal: Seal,
): Omit<ObjectRow, 'position'> {
  const { kind, id, body, createdAt, updatedAt } = sealSecrets(object, seal);
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

/** The object of a row. @throws UnopenedError */
export function fromObjectRow(row: Omit<ObjectRow, 'position'>, seal: Seal): Stored {
  const object = {
    kind: row.kind as StoredKind,
    id: row.id,
    body: JSON.parse(row.body) as Stored['body'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
  return openSecrets(object, seal);
}

/** Row of a write. */
export function toRevisionRow(revision: number, meta: RevisionMeta): RevisionRow {
  const { at, actor, requestId, credential = null, provenance } = meta;
  return {
    revision,
    at,
    actor,
    request_id: requestId,
    credential,
    provenance: provenance === undefined ? null : JSON.stringify(provenance),
  };
}

/** The write of a row. */
export function fromRevisionRow({
  revision,
  at,
  actor,
  request_id,
  credential,
  provenance,
}: RevisionRow): Revision {
  return {
    revision,
    at,
    actor,
    requestId: request_id,
    ...(credential !== null && { credential }),
    ...(provenance !== null && { provenance: JSON.parse(provenance) as Readonly<Record<string, string>> }),
  };
}

/** Row of a change. */
export function toChangeRow(
  { kind, key, before, after }: Change,
  revision: number,
  seq: number,
  seal: Seal,
): ChangeRow {
  return { revision, seq, kind, key, before: toText(before, seal), after: toText(after, seal) };
}

/** The change of a row. @throws UnopenedError */
export function fromChangeRow(
  { kind, key, before, after }: Pick<ChangeRow, 'kind' | 'key' | 'before' | 'after'>,
  seal: Seal,
): Change {
  return {
    kind: kind as StoredKind,
    key,
    ...(before === null ? {} : { before: fromText(before, seal) }),
    ...(after === null ? {} : { after: fromText(after, seal) }),
  };
}

/** An object as a row says it is, as the JSON text that changes hold, without opening its secrets. */
export function toObjectText({
  kind,
  id,
  body,
  created_at,
  updated_at,
}: Pick<ObjectRow, 'kind' | 'id' | 'body' | 'created_at' | 'updated_at'>): string {
  return `{"kind":${JSON.stringify(kind)},"id":${JSON.stringify(id)},"body":${body},"createdAt":${JSON.stringify(created_at)},"updatedAt":${JSON.stringify(updated_at)}}`;
}

/** The JSON text of an object, with its secrets sealed. */
export function toText(object: Stored | undefined, seal: Seal): string | null {
  return object === undefined ? null : JSON.stringify(sealSecrets(object, seal));
}

function fromText(text: string, seal: Seal): Stored {
  return openSecrets(JSON.parse(text) as Stored, seal);
}
