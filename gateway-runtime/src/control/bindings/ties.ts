import { fail, isApigError, type Json } from '@apig/sdk/contract';
import type { Bodies, ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Draft } from '../../store/draft.ts';
import { textsIn, wordIn } from '../body.ts';
import { param, type ControlCall } from '../call.ts';
import type { WriteScope } from '../context.ts';
import { newId } from '../ids.ts';
import { find, required } from '../lookup.ts';
import { placeInfo, type PlaceInfo } from './places.ts';

/** Kinds of objects that tie a policy, key or app to an API in an environment. */
export type TieKind =
  'throttleBinding' | 'aclBinding' | 'signatureBinding' | 'appAuthorization' | 'pluginAttachment';

/** The ties of a kind that an API has in an environment. */
export function tiesAt<K extends TieKind>(
  configuration: ConfigurationReader,
  kind: K,
  { apiId, environmentId }: { readonly apiId: string; readonly environmentId: string },
): readonly Stored<K>[] {
  return configuration.by(kind, 'apiId', apiId).filter(({ body }) => body.environmentId === environmentId);
}

/** Ties an API in an environment to an owner, in the place of the ties that get in the way. A tie that is there already stays. */
export function tie<K extends TieKind>(
  draft: Draft,
  kind: K,
  body: Bodies[K],
  isSame: (other: Bodies[K]) => boolean,
  isInTheWay: (other: Bodies[K]) => boolean,
): Stored<K> {
  const others = tiesAt(draft, kind, body);
  const same = others.find((other) => isSame(other.body));
  if (same !== undefined) return same;
  for (const other of others) if (isInTheWay(other.body)) draft.remove(other);
  return draft.put(kind, newId(), body);
}

/** Removes the tie that a path names. @throws the kind's "does not exist" error. */
export function untie(kind: TieKind, call: ControlCall, { draft }: WriteScope, gatewayId: string): void {
  draft.remove(required(draft, kind, gatewayId, param(call, 'id')));
}

/** Removes many ties, named in the body. One that is not there does not keep the others. */
export function untieMany(
  kind: TieKind,
  listKey: string,
  { body, query }: ControlCall,
  { draft }: WriteScope,
  gatewayId: string,
): Json {
  wordIn(query, 'action', ['delete']);
  return removeMany(textsIn(body, listKey), (id) => {
    const found = find(draft, kind, gatewayId, id);
    const place = found && placeInfo(draft, found.body);
    const about = { bind_id: id, api_id: place?.apiId ?? '', api_name: place?.api.body.name ?? '' };
    return [about, () => draft.remove(required(draft, kind, gatewayId, id))];
  });
}

/** Removes objects one by one and tells how many went and what kept the others. */
export function removeMany(
  ids: readonly string[],
  removal: (id: string) => readonly [about: Json, remove: () => void],
): Json {
  const failure: Json[] = [];
  for (const id of ids) {
    const [about, remove] = removal(id);
    try {
      remove();
    } catch (error) {
      if (!isApigError(error)) throw error;
      failure.push({ ...about, error_code: error.code, error_msg: error.message });
    }
  }
  return { success_count: ids.length - failure.length, failure };
}

/** A tie with all that lists tell of its place. */
export interface TieInfo<K extends TieKind> {
  readonly tie: Stored<K>;
  readonly place: PlaceInfo;
}

/** Ties with their places, newest first. */
export function withPlaces<K extends TieKind>(
  configuration: ConfigurationReader,
  ties: readonly Stored<K>[],
): readonly TieInfo<K>[] {
  return ties.toReversed().flatMap((each) => {
    const place = placeInfo(configuration, each.body);
    return place === undefined ? [] : [{ tie: each, place }];
  });
}

/** An ID that a list must be asked for. @throws valueMissing. */
export function queryId({ query }: ControlCall, name: string): string {
  const id = query[name] ?? '';
  if (id === '') throw fail('valueMissing', { field: name });
  return id;
}
