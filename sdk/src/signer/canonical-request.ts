import { hash } from 'node:crypto';
import { ALGORITHM, scopeText } from './authorization.ts';
import { recodeForm, recodePath, recodeQuery, toByteOrder } from './percent.ts';
import type { Scope } from './signing-key.ts';

// The canonical request is six parts joined by LF, without one at the end:
//
//   method, upper case
//   path: decoded once, encoded per byte outside A-Z a-z 0-9 - _ . ~ /, with a slash at the end
//   query: pairs decoded once, sorted by decoded name, then decoded value, encoded; always with `=`
//   headers: `name:value` and LF for each signed header in the order of the list, ends of values trimmed
//   signed headers: the list, names joined by `;`
//   payload: X-Sdk-Content-Sha256 if the request has it, else the hex SHA-256 of the body
//
// The string to sign is: algorithm, LF, X-Sdk-Date, LF, [scope, LF,] hex SHA-256 of the canonical request.
// With a scope, the query is sorted by encoded name regardless of case, `+` in it is a blank, only the first
// value of a name counts, and runs of blanks in a header value become one blank.
//
// Source: "API Request Signing Guide", sections on the canonical request and the string to sign.

const PLAIN_PAIR = /^[A-Za-z0-9\-_.~]+=[A-Za-z0-9\-_.~]*$/;

/** Most canonical requests fit; longer ones get a buffer of their own. */
const scratch = Buffer.alloc(4096);

/** The canonical form of a request, from its parts. */
export function canonicalRequest(
  method: string,
  path: string,
  query: string,
  headers: string,
  signedHeaders: string,
  payloadHash: string,
): string {
  return `${method.toUpperCase()}\n${path}\n${query}\n${headers}\n${signedHeaders}\n${payloadHash}`;
}

/** The canonical path of a request target. */
export function canonicalPath(target: string): string {
  const queryAt = target.indexOf('?');
  const path = recodePath(queryAt < 0 ? target : target.slice(0, queryAt));
  const rooted = path.startsWith('/') ? path : `/${path}`;
  return rooted.endsWith('/') ? rooted : `${rooted}/`;
}

/** The canonical query of a request target, for the layout without a scope. */
export function canonicalQuery(target: string): string {
  const query = queryOf(target);
  if (query === '' || PLAIN_PAIR.test(query)) return query;
  return joinPairs(pairsOf(query, recodeQuery).sort(byNameThenValue));
}

/** The canonical query of a request target, for the layout with a scope. */
export function scopedQuery(target: string): string {
  const first = new Map<string, Pair>();
  for (const pair of pairsOf(queryOf(target), recodeForm)) {
    if (!first.has(pair.name)) first.set(pair.name, pair);
  }
  return joinPairs([...first.values()].sort((a, b) => compare(a.name.toLowerCase(), b.name.toLowerCase())));
}

/**
 * The query of a request target as a form, which the layout with a scope hashes in place of the body of a
 * POST that has none. Values of one name keep their order.
 */
export function queryAsForm(target: string): string {
  const pairs = pairsOf(queryOf(target), recodeForm);
  return joinPairs(pairs.sort((a, b) => compare(a.nameBytes, b.nameBytes))).replaceAll('%20', '+');
}

/**
 * The header lines of a canonical request, for names in lower case; undefined when the request lacks one of
 * them.
 */
export function canonicalHeaders(
  request: { header(name: string): string | undefined },
  names: readonly string[],
  scoped: boolean,
): string | undefined {
  let lines = '';
  for (const name of names) {
    const value = request.header(name);
    if (value === undefined) return undefined;
    lines += `${name}:${scoped ? trimBlanks(value).replace(/\s+/g, ' ') : trimBlanks(value)}\n`;
  }
  return lines;
}

/** The text whose HMAC is the signature. */
export function stringToSign(date: string, canonical: string, scope?: Scope): string {
  const digest = hashCanonical(canonical);
  return scope === undefined
    ? `${ALGORITHM}\n${date}\n${digest}`
    : `${ALGORITHM}\n${date}\n${scopeText(scope)}\n${digest}`;
}

/** A query pair, encoded; and in the form that sorts by code points. */
interface Pair {
  readonly name: string;
  readonly value: string;
  readonly nameBytes: string;
}

function queryOf(target: string): string {
  const queryAt = target.indexOf('?');
  return queryAt < 0 ? '' : target.slice(queryAt + 1);
}

function pairsOf(query: string, recode: (text: string) => string): Pair[] {
  const pairs: Pair[] = [];
  for (const piece of query.split('&')) {
    if (piece === '') continue;
    const equalsAt = piece.indexOf('=');
    const name = recode(equalsAt < 0 ? piece : piece.slice(0, equalsAt));
    const value = equalsAt < 0 ? '' : recode(piece.slice(equalsAt + 1));
    pairs.push({ name, value, nameBytes: toByteOrder(name) });
  }
  return pairs;
}

function joinPairs(pairs: readonly Pair[]): string {
  let text = '';
  for (const pair of pairs) text += '&' + pair.name + '=' + pair.value;
  return text.slice(1);
}

function byNameThenValue(a: Pair, b: Pair): number {
  if (a.nameBytes !== b.nameBytes) return a.nameBytes < b.nameBytes ? -1 : 1;
  return compare(toByteOrder(a.value), toByteOrder(b.value));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Without blanks and tabs at both ends; other white space belongs to the value. */
function trimBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start += 1;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === value.length ? value : value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Header values hold one character per byte, so the bytes are those of the wire. */
function hashCanonical(canonical: string): string {
  if (canonical.length > scratch.length) return hash('sha256', Buffer.from(canonical, 'latin1'), 'hex');
  return hash('sha256', scratch.subarray(0, scratch.write(canonical, 'latin1')), 'hex');
}
