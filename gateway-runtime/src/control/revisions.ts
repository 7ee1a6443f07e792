import { fail, type Json } from '@apig/sdk/contract';
import type { Change, Stored } from '../store/configuration.ts';
import { mapSecretsOf } from '../store/secrets.ts';
import type { Revision, Store } from '../store/store.ts';
import { param, type ControlRoute } from './call.ts';
import { valuesOf } from './lookup.ts';
import { pageOf } from './paging.ts';

/** What stands in the place of a secret. */
const MASK = '******';

/** The history of the configuration: who wrote when, and what each write changed. Secrets are masked. */
export function revisionRoutes(store: Store): readonly ControlRoute[] {
  return [
    {
      method: 'GET',
      path: 'revisions',
      status: 200,
      answer: async (call) => {
        const { total, revisions } = await store.revisions(pageOf(call));
        return { total, size: revisions.length, revisions: revisions.map(toRow) };
      },
    },
    {
      method: 'GET',
      path: 'revisions/{revision}',
      status: 200,
      answer: async (call) => {
        const text = param(call, 'revision');
        if (!/^\d{1,15}$/.test(text)) {
          throw fail('pathOrQueryInvalid', { reason: 'expected a whole number', field: 'revision' });
        }
        const found = await store.changes(Number(text));
        if (found === undefined) throw fail('configurationNotFound', { id: text });
        return { ...toRow(found), changes: found.changes.map(toChange) };
      },
    },
  ];
}

function toRow({ revision, at, actor, requestId }: Revision): Json {
  return { revision, at, actor, request_id: requestId };
}

function toChange({ kind, key, before, after }: Change): Json {
  return { kind, key, before: before ? toObject(before) : null, after: after ? toObject(after) : null };
}

/** An object in the typed form, as it is stored. */
function toObject(object: Stored): Json {
  const { id, createdAt, updatedAt } = object;
  return { id, body: masked(object), created_at: createdAt, updated_at: updatedAt };
}

function masked(object: Stored): Json {
  return mapSecretsOf(object.kind, valuesOf(object), () => MASK);
}
