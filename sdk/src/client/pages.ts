import type { Json } from '../wire.ts';
import type { Query } from './paths.ts';
import { TransportError } from './failures.ts';
import type { Transport } from './transport.ts';

/** Largest page that the service gives. Source: API reference, `limit` of every list operation. */
const PAGE_SIZE = 500;

/** More than the largest quota; bounds the work that a gateway can cause that always has one more page. */
const MAX_PAGES = 1000;

/** All objects of a list, read page by page. */
export async function readAll(
  transport: Transport,
  path: string,
  listKey: string,
  query: Query,
  signal: AbortSignal | undefined,
): Promise<readonly Json[]> {
  const rows: Json[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const paging = { offset: rows.length, limit: PAGE_SIZE };
    const answer = await transport.call({ method: 'GET', path, query: { ...query, ...paging }, signal });
    const items = rowsOf(answer, listKey, path);
    rows.push(...items);
    const total = answer['total'];
    const complete = typeof total === 'number' ? rows.length >= total : items.length < PAGE_SIZE;
    if (complete || items.length === 0) return rows;
  }
  throw new TransportError({
    code: 'ANSWER_INVALID',
    message: `GET ${path} has more than ${MAX_PAGES} pages`,
    outcomeUnknown: false,
  });
}

/** The array of objects in an answer. Some clients and servers write an empty one as null or leave it out. */
export function rowsOf(answer: Json, key: string, path: string): readonly Json[] {
  const rows = answer[key] ?? [];
  if (Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null))
    return rows as Json[];
  throw new TransportError({
    code: 'ANSWER_INVALID',
    message: `GET ${path} was answered without an array in ${key}`,
    outcomeUnknown: false,
  });
}
