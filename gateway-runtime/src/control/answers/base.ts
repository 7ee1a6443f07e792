import { descriptionOf, toAnswer, type Json, type Kind } from '@apig/sdk/contract';
import type { Stored, StoredKind } from '../../store/configuration.ts';
import type { Filter } from '../kinds.ts';
import { valuesOf } from '../lookup.ts';
import { toSeconds } from '../times.ts';

/** The documented form of what is stored of an object: its ID, its fields and its times. */
export function baseAnswer(object: Stored<Kind & StoredKind>): Json {
  const { kind, id, createdAt } = object;
  const time = toSeconds(createdAt);
  return toAnswer(descriptionOf(kind), id, { ...valuesOf(object), createTime: time, registerTime: time });
}

/** The filter by ID. */
export function byId<K extends StoredKind>(): Filter<K> {
  return { of: (object) => object.id, match: 'whole' };
}

/** The filter by a field, of whose text a part suffices. */
export function byText<K extends StoredKind>(of: (object: Stored<K>) => string): Filter<K> {
  return { of, match: 'part' };
}

/** The filter by a field, whose text must be whole. */
export function byValue<K extends StoredKind>(of: (object: Stored<K>) => string): Filter<K> {
  return { of, match: 'whole' };
}
