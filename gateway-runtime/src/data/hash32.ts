/**
 * A hash of 32 bits that spreads similar texts: FNV-1a over the bytes of UTF-8, then the final mixing of MurmurHash3.
 * The same text has the same hash on every machine and in every version, so that callers keep their members.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
