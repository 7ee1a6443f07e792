import { isDeepStrictEqual } from 'node:util';
import type { Json } from '@apig/sdk/contract';
import type { Change, Stored } from '../store/configuration.ts';
import { mapSecretsOf } from '../store/secrets.ts';
import { valuesOf } from './lookup.ts';

/** What a change does to its object. */
export function actionOf({ before, after }: Change): 'create' | 'update' | 'delete' {
  if (before === undefined) return 'create';
  return after === undefined ? 'delete' : 'update';
}

/** The fields of the body that a change gives another value, and whether what is different there is secret. */
export function changedFields({
  before,
  after,
}: Change): readonly { readonly field: string; readonly isSecret: boolean }[] {
  const [old, now] = [before, after].map((object) => (object === undefined ? {} : valuesOf(object)));
  const [oldClear, nowClear] = [before, after].map((object) => (object === undefined ? {} : clear(object)));
  return [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])]
    .filter((field) => !isDeepStrictEqual(old?.[field], now?.[field]))
    .map((field) => ({ field, isSecret: isDeepStrictEqual(oldClear?.[field], nowClear?.[field]) }));
}

function clear(object: Stored): Json {
  return mapSecretsOf(object.kind, valuesOf(object), () => undefined);
}
