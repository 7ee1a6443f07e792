/*
 * Where counts are kept: in memory of one thread, or in memory that threads share. It grows by segments, each twice as
 * large as the one before.
 */

/** Bytes of one entry. */
export const ENTRY_BYTES = 32;

/** Entries of the first segment, as a power of two. */
const FIRST_BITS = 10;

/** Segments at most: the last one has a million entries, all together take 64 MiB. */
export const MAX_SEGMENTS = 11;

/** Words that threads share beside the entries: the two of the lock, and the number of the segment in use. */
const CONTROL_WORDS = 3;
const SEGMENT_WORD = 2;

/** Entries of a segment. */
export function entriesOf(segment: number): number {
  return 2 ** (FIRST_BITS + segment);
}

/** Shared memory that grows: the language has it, but not the declarations for the version that is compiled to. */
type GrowingBuffer = SharedArrayBuffer & { grow(bytes: number): void };
const GrowingMemory = SharedArrayBuffer as unknown as new (
  bytes: number,
  options: { readonly maxByteLength: number },
) => GrowingBuffer;

/** Memory that threads share for counts. It can be given to a thread as it is; nothing of it is ever written anywhere. */
export interface SharedCounts {
  readonly control: SharedArrayBuffer;
  readonly entries: GrowingBuffer;
  /** Keeps the places of entries from being foreseen. */
  readonly secret: string;
}

/** Makes memory for counts that threads share, with nothing in it. */
export function createSharedCounts(secret: string): SharedCounts {
  return {
    control: new SharedArrayBuffer(CONTROL_WORDS * 4),
    entries: new GrowingMemory(sizeUpTo(0), { maxByteLength: sizeUpTo(MAX_SEGMENTS - 1) }),
    secret,
  };
}

/** The memory under a table of counts. */
export interface CountMemory {
  /** Number of the segment in use. */
  segment: number;
  /** The bytes of a segment. */
  open(segment: number): { readonly buffer: ArrayBufferLike; readonly offset: number };
}

/** Memory of one thread. */
export function createOwnMemory(): CountMemory {
  return { segment: 0, open: (segment) => ({ buffer: new ArrayBuffer(sizeOf(segment)), offset: 0 }) };
}

/** A thread's view of shared memory. The segment is read and changed under the lock. */
export function shareMemory({ control, entries }: SharedCounts): CountMemory {
  const words = new Int32Array(control);
  return {
    get segment() {
      return words[SEGMENT_WORD] ?? 0;
    },
    set segment(segment) {
      words[SEGMENT_WORD] = segment;
    },
    open: (segment) => {
      if (entries.byteLength < sizeUpTo(segment)) entries.grow(sizeUpTo(segment));
      return { buffer: entries, offset: sizeUpTo(segment - 1) };
    },
  };
}

function sizeOf(segment: number): number {
  return entriesOf(segment) * ENTRY_BYTES;
}

/** Bytes of all segments up to one. */
function sizeUpTo(segment: number): number {
  return sizeOf(segment + 1) - sizeOf(0);
}
