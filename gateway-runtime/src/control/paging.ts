import { fail, type Json } from '@apig/sdk/contract';
import type { ControlCall } from './call.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 500;

/** The part of a list that is asked for. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** Reads `offset` and `limit`. Values out of range are clamped, never refused. @throws pathOrQueryInvalid for what is no number. */
export function pageOf({ query }: ControlCall): Page {
  const offset = numberOf(query, 'offset') ?? 0;
  const limit = numberOf(query, 'limit') ?? DEFAULT_LIMIT;
  return { offset: Math.max(0, offset), limit: limit <= 0 ? DEFAULT_LIMIT : Math.min(limit, MAX_LIMIT) };
}

/** A list answer: the number of all items, the number of those shown, and these. An offset past the end shows none. */
export function listAnswer<T>(
  call: ControlCall,
  key: string,
  items: readonly T[],
  show: (item: T) => unknown,
): Json {
  const { offset, limit } = pageOf(call);
  const shown = items.slice(offset, offset + limit).map(show);
  return { total: items.length, size: shown.length, [key]: shown };
}

function numberOf(query: ControlCall['query'], name: string): number | undefined {
  const text = query[name];
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw fail('pathOrQueryInvalid', { reason: 'expected a whole number', field: name });
  }
  return Number(text);
}
