import type { Json } from '@apig/sdk/contract';
import { Draft } from '../../store/draft.ts';
import type { Stored } from '../../store/configuration.ts';
import type { ControlCall } from '../call.ts';
import type { WriteScope } from '../context.ts';
import type { Collection, CollectionKind } from '../kinds.ts';
import { createObject, updateObject } from '../objects.ts';

/** Writes objects of one gateway as the operations of the management API do, with all their rules. */
export interface ImportScope extends WriteScope {
  readonly call: ControlCall;
  readonly gatewayId: string;
}

/** Does all of a piece of work, or nothing of it when it throws. */
export function asOne<T>(scope: ImportScope, work: (scope: ImportScope) => T): T {
  const draft = new Draft(scope.draft, scope.draft.now);
  const result = work({ ...scope, draft, view: { ...scope.view, configuration: draft } });
  scope.draft.take(draft.changes());
  return result;
}

/** Creates an object below the gateway, or below a parent in it. */
export function create<K extends CollectionKind>(
  scope: ImportScope,
  collection: Collection<K>,
  body: Json,
  parents: Readonly<Record<string, string>> = {},
): Stored<K> {
  const { call, gatewayId } = scope;
  return createObject(collection, { ...call, body, params: { gatewayId, ...parents } }, body, scope);
}

/** Gives an object another definition. */
export function update<K extends CollectionKind>(
  scope: ImportScope,
  collection: Collection<K>,
  id: string,
  body: Json,
  parents: Readonly<Record<string, string>> = {},
): Stored<K> {
  const { call, gatewayId } = scope;
  return updateObject(collection, { ...call, body, params: { gatewayId, ...parents, id } }, scope);
}
