import { byteAt } from './characters.ts';
import { HeadNotes, type Head } from './head.ts';

/** A head that was read, with its bytes: what begins with the same bytes is the same head. */
export interface KnownHead<H extends Head> {
  readonly bytes: Buffer;
  /** Where the fields start in `bytes`. */
  readonly fieldsAt: number;
  readonly head: H;
}

/** Larger heads are not kept. */
const MAX_BYTES = 2048;

/** Known heads that connections have in common, by their lengths; a power of two. */
const SHARED = 256;

/** Heads in a row that were not met again before a connection takes its heads for all different. */
const PATIENCE = 4;

/** Of heads that are all different, one in so many is kept nevertheless; a power of two. */
const PROBE = 16;

/** Known heads by their lengths, for the connections of one kind. */
export class SharedHeads<H extends Head> {
  readonly #heads: (KnownHead<H> | undefined)[] = Array.from({ length: SHARED }, () => undefined);

  /** What is known of a head that was just read. The result holds no memory of `bytes`. */
  of(bytes: Buffer, base: number, fieldsAt: number, after: number, head: H): KnownHead<H> {
    const size = after - base;
    const slot = (size * 31 + fieldsAt - base) & (SHARED - 1);
    const shared = this.#heads[slot];
    if (
      shared?.bytes.length === size &&
      shared.fieldsAt === fieldsAt - base &&
      bytes.compare(shared.bytes, 0, size, base, after) === 0
    )
      return shared;
    const copy = Buffer.allocUnsafeSlow(size);
    bytes.copy(copy, 0, base, after);
    head.notes = new HeadNotes();
    return (this.#heads[slot] = { bytes: copy, fieldsAt: fieldsAt - base, head });
  }
}

/**
 * Remembers the last head of a connection.
 *
 * On a kept connection one head is mostly as the one before, or differs from it in the first line. Comparing bytes
 * costs a fraction of reading them, and what has been worked out of the fields need not be worked out again. Only what is
 * the same byte by byte is taken for the same. Where heads differ each time (signatures, times) hardly any is kept.
 */
export class HeadMemory<H extends Head> {
  #known: KnownHead<H> | undefined;
  #misses = 0;
  readonly #shared: SharedHeads<H>;

  constructor(shared: SharedHeads<H>) {
    this.#shared = shared;
  }

  /** The known head, if its first line stands at `from`. */
  lineAt(chunk: Buffer, from: number, to: number): KnownHead<H> | undefined {
    const known = this.#known;
    if (known === undefined || to - from < known.bytes.length) return undefined;
    const { bytes, fieldsAt } = known;
    for (let index = 0; index < fieldsAt; index += 1) {
      if (byteAt(chunk, from + index) !== byteAt(bytes, index)) return undefined;
    }
    return known;
  }

  /** The known head, if its fields, with the empty line, stand at `at`. */
  fieldsAt(chunk: Buffer, at: number, to: number): KnownHead<H> | undefined {
    const known = this.#known;
    if (known === undefined) return undefined;
    const { bytes, fieldsAt } = known;
    const size = bytes.length - fieldsAt;
    if (to - at < size || chunk.compare(bytes, fieldsAt, bytes.length, at, at + size) !== 0) return undefined;
    this.#misses = 0;
    return known;
  }

  /** Takes note of a head that was read. @returns the head, or the known one that is the same */
  note(bytes: Buffer, base: number, fieldsAt: number, after: number, head: H): H {
    this.#known = undefined;
    const misses = this.#misses;
    this.#misses = misses + 1;
    if (after - base > MAX_BYTES || (misses >= PATIENCE && (misses & (PROBE - 1)) !== 0)) return head;
    return (this.#known = this.#shared.of(bytes, base, fieldsAt, after, head)).head;
  }
}
