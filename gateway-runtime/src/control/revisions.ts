import { fail, type Json } from '@apig/sdk/contract';
import type { Change, Stored } from '../store/configuration.ts';
import { mapSecretsOf } from '../store/secrets.ts';
import type { AuditedChange, Revision, Store } from '../store/store.ts';
import { optionalTextIn } from './body.ts';
import { param, type ControlCall, type ControlRoute } from './call.ts';
import { actionOf, changedFields } from './differences.ts';
import { valuesOf } from './lookup.ts';
import { listAnswer, pageOf } from './paging.ts';
import { createSnapshot } from './snapshot-document.ts';

/** What stands in the place of a secret. */
const MASK = '******';

/** The history of the configuration: who wrote when, what each write changed, and what was configured then. Secrets are masked. */
export function revisionRoutes(store: Store): readonly ControlRoute[] {
  return [
    get('revisions', async (call) => {
      const { total, revisions } = await store.revisions(pageOf(call));
      return { total, size: revisions.length, revisions: revisions.map(toRow) };
    }),

    get('revisions/{revision}', async (call) => {
      const number = numberIn(call, 'revision');
      const found = await store.changes(number);
      if (found === undefined) throw fail('configurationNotFound', { id: String(number) });
      return { ...toRow(found), changes: found.changes.map(toChange) };
    }),

    get('revisions/{revision}/configuration', async (call) => {
      const revision = await existing(store, numberIn(call, 'revision'));
      return createSnapshot(await store.at(revision), revision, undefined);
    }),

    get('revisions/{from}/differences/{to}', async (call) => {
      const from = await existing(store, numberIn(call, 'from'));
      const to = await existing(store, numberIn(call, 'to'));
      const [earlier, later] = from <= to ? [from, to] : [to, from];
      const changes = await store.between(earlier, later);
      const shown = from <= to ? changes : changes.map(reversed);
      return { from, to, ...listAnswer(call, 'objects', shown, toDifference) };
    }),

    get('changes', async (call) => {
      const [kind, key] = [optionalTextIn(call.query, 'kind'), optionalTextIn(call.query, 'key')];
      const query = {
        ...pageOf(call),
        ...(kind !== undefined && { kind }),
        ...(key !== undefined && { key }),
      };
      const { total, changes } = await store.audit(query);
      return { total, size: changes.length, changes: changes.map(toAuditRow) };
    }),
  ];
}

function get(path: string, answer: (call: ControlCall) => Promise<Json>): ControlRoute {
  return { method: 'GET', path, status: 200, answer };
}

function numberIn(call: ControlCall, name: string): number {
  const text = param(call, name);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw fail('pathOrQueryInvalid', { reason: 'expected a whole number', field: name });
}

/** The number of a revision that was reached; 0 is that of the empty configuration. */
async function existing(store: Store, revision: number): Promise<number> {
  const { total } = await store.revisions({ offset: 0, limit: 1 });
  if (revision > total) throw fail('configurationNotFound', { id: String(revision) });
  return revision;
}

function toRow({ revision, at, actor, credential, requestId, provenance }: Revision): Json {
  return {
    revision,
    at,
    actor,
    ...(credential !== undefined && { credential }),
    request_id: requestId,
    ...(provenance !== undefined && { provenance }),
  };
}

function toChange({ kind, key, before, after }: Change): Json {
  return { kind, key, before: before ? toObject(before) : null, after: after ? toObject(after) : null };
}

/** An object in the typed form, as it is stored. */
function toObject(object: Stored): Json {
  const { id, createdAt, updatedAt } = object;
  return { id, body: masked(object), created_at: createdAt, updated_at: updatedAt };
}

function toAuditRow({ change, seq, ...revision }: AuditedChange): Json {
  const { kind, key } = change;
  const fields = changedFields(change).map(({ field }) => field);
  return { ...toRow(revision), seq, kind, key, action: actionOf(change), fields };
}

function toDifference(change: Change): Json {
  const [before, after] = [change.before, change.after].map((object) => object && masked(object));
  const fields = changedFields(change).map(({ field, isSecret }) =>
    isSecret
      ? { field, secret: true }
      : { field, before: before?.[field] ?? null, after: after?.[field] ?? null },
  );
  return { kind: change.kind, key: change.key, action: actionOf(change), fields };
}

function reversed({ kind, key, before, after }: Change): Change {
  return { kind, key, ...(after && { before: after }), ...(before && { after: before }) };
}

function masked(object: Stored): Json {
  return mapSecretsOf(object.kind, valuesOf(object), () => MASK);
}
