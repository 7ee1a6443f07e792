import type { Call } from './call.ts';

/** One `name=value` of a query. */
export interface QueryPiece {
  /** As on the wire. */
  readonly raw: string;
  /** Decoded. */
  readonly name: string;
  readonly value: string;
}

/** The pieces of a query in their order; empty ones are left out. `+` is a blank, as in forms. */
export function parseQuery(query: string): readonly QueryPiece[] {
  if (query === '') return [];
  const pieces: QueryPiece[] = [];
  for (const raw of query.split('&')) {
    if (raw === '') continue;
    const equalsAt = raw.indexOf('=');
    const name = equalsAt < 0 ? raw : raw.slice(0, equalsAt);
    pieces.push({ raw, name: decode(name), value: equalsAt < 0 ? '' : decode(raw.slice(equalsAt + 1)) });
  }
  return pieces;
}

/** The pieces of a call's query, parsed when first asked for. */
export function queryOf(call: Call): readonly QueryPiece[] {
  call.queryPieces ??= parseQuery(call.query);
  return call.queryPieces;
}

/** A text that has an escape which is none, or is not UTF-8, stays as it is. */
function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Queries have no grammar of their own that would make this an error.
    return spaced;
  }
}
