import { byteAt } from './characters.ts';
import { FIELD } from './head.ts';

interface Known {
  readonly name: Uint8Array;
  readonly kind: number;
}

const KNOWN: readonly (readonly [name: string, kind: number])[] = [
  ['te', FIELD.te],
  ['host', FIELD.host],
  ['expect', FIELD.expect],
  ['upgrade', FIELD.upgrade],
  ['trailer', FIELD.trailer],
  ['connection', FIELD.connection],
  ['keep-alive', FIELD.keepAlive],
  ['content-length', FIELD.contentLength],
  ['proxy-connection', FIELD.proxyConnection],
  ['transfer-encoding', FIELD.transferEncoding],
];

/** The known names of each length: most names are told from all of them by their length alone. */
const BY_LENGTH = byLength();

/** What the field of that name means to framing: a `FIELD`. Letters count in either case. */
export function fieldKind(bytes: Uint8Array, start: number, end: number): number {
  const candidates = BY_LENGTH[end - start];
  if (candidates === undefined) return FIELD.other;
  const first = byteAt(bytes, start) | 32;
  for (const { name, kind } of candidates) {
    if (name[0] === first && isSame(bytes, start, name)) return kind;
  }
  return FIELD.other;
}

function isSame(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    // Setting bit 5 lowers letters; of the other characters of a token it makes no hyphen but of a hyphen and of CR.
    if ((byteAt(bytes, start + index) | 32) !== byteAt(name, index)) return false;
  }
  return true;
}

function byLength(): readonly (readonly Known[] | undefined)[] {
  const table: (Known[] | undefined)[] = [];
  for (let length = 0; length <= 17; length += 1) table.push(undefined);
  for (const [name, kind] of KNOWN) {
    (table[name.length] ??= []).push({ name: Buffer.from(name, 'latin1'), kind });
  }
  return table;
}
