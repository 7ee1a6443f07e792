import { byteAt, COLON, CR, LF, SPACE, TAB, TOKEN } from './characters.ts';
import type { Fault } from './faults.ts';
import { fieldKind } from './field-kind.ts';
import { STRIDE } from './head.ts';

/** How large a head may be. */
export interface HeadLimits {
  /** The first line without its CR LF. */
  readonly firstLineBytes: number;
  /** One field line without its CR LF. */
  readonly fieldBytes: number;
  /** All field lines together. */
  readonly headBytes: number;
  readonly fields: number;
}

/** What {@link HeadParser.parse} returns when the head is not complete. */
export const MORE = -1;

/** What {@link HeadParser.parse} returns when the head is refused; `fault` tells why. */
export const REFUSED = -2;

const LINE = 0;
const NAME = 1;
const BEFORE_VALUE = 2;
const IN_VALUE = 3;
const AFTER_VALUE = 4;
const LAST_LINE = 5;

/**
 * Reads a head from bytes that arrive in pieces cut anywhere.
 *
 * One pass with class tables checks the bytes and notes where fields start and end. A head that arrives whole is read
 * where it lies; otherwise its bytes are gathered, and reading goes on at the byte where it stopped, so that bytes
 * which trickle in cost no more than once each. Line ends are CR LF and nothing else, a line never goes on on the
 * next, no blank stands before a colon (RFC 9112, sections 2.2, 5.1 and 5.2): what two readers may take for two
 * different things is refused.
 */
export abstract class HeadParser {
  /** Why the head was refused. */
  fault: Fault | undefined;
  /** Marks of the fields, see `Head`, when the head is complete. A list of its own: heads outlive their parsing. */
  protected marks: readonly number[] = NO_MARKS;
  /** Number of fields, when the head is complete. */
  protected count = 0;
  /** The bytes that hold the complete head. */
  protected bytes: Buffer = NO_BYTES;
  /** Where the head starts in `bytes`. */
  protected base = 0;
  /** Where the fields start in `bytes`, when the head is complete. */
  protected get fieldsAt(): number {
    return this.base + this.#fieldsStart;
  }

  protected readonly limits: HeadLimits;
  #isAtFields = false;
  #state = LINE;
  /** Marks as they are made; used again for each head, so that it grows only once. */
  readonly #marks: number[] = [];
  #marked = 0;
  #lineStart = 0;
  #fieldsStart = 0;
  #gathered = NO_BYTES;
  #gatheredBytes = 0;
  /** Where the head starts among the gathered bytes: after the empty lines before it. */
  #gatheredBase = 0;
  /** Where reading goes on, from the base. */
  #at = 0;

  constructor(limits: HeadLimits) {
    this.limits = limits;
  }

  /** Whether bytes of a head arrived that is not complete yet. */
  get isInside(): boolean {
    return this.#gatheredBytes > 0;
  }

  /** The bytes of a head that was not completed, with those that came after them. */
  protected get unfinished(): Buffer {
    return this.#gatheredBytes > 0
      ? this.#gathered.subarray(this.#gatheredBase, this.#gatheredBytes)
      : this.bytes.subarray(this.base);
  }

  /** Makes ready for the next head. */
  reset(): void {
    this.fault = undefined;
    this.marks = NO_MARKS;
    this.count = 0;
    this.bytes = NO_BYTES;
    this.#isAtFields = false;
    this.#state = LINE;
    this.#marked = 0;
    this.#gathered = NO_BYTES;
    this.#gatheredBytes = 0;
    this.#gatheredBase = 0;
    this.#at = 0;
  }

  /**
   * Reads from `chunk`, whose memory may be reused after the call.
   *
   * @returns index of the first byte after the head, {@link MORE} or {@link REFUSED}
   */
  parse(chunk: Buffer, from: number, to: number): number {
    const before = this.#gatheredBytes;
    let end = to;
    if (before === 0) {
      const known = this.recall(chunk, from, to);
      if (known !== MORE) return known;
      this.bytes = chunk;
      this.base = from;
    } else {
      this.#gather(chunk, from, to);
      this.bytes = this.#gathered;
      this.base = this.#gatheredBase;
      end = this.#gatheredBytes;
    }
    const after = this.#read(this.base + this.#at, end);
    if (after >= 0) return before === 0 ? after : from + after - before;
    if (after === REFUSED) return REFUSED;
    if (before === 0) this.#gather(chunk, this.base, to);
    else this.#gatheredBase = this.base;
    return MORE;
  }

  /**
   * Reads the first line.
   *
   * @returns index of the byte after it, {@link MORE} with the place to go on set by `stopAt`, or {@link REFUSED}
   */
  protected abstract readFirstLine(at: number, end: number): number;

  /**
   * Takes a head that is, byte by byte, one that was read before.
   *
   * @returns index of the byte after it; {@link MORE} when it has to be read
   */
  protected recall(_chunk: Buffer, _from: number, _to: number): number {
    return MORE;
  }

  /** The same for the fields after a first line that was read; {@link REFUSED} when that line is wrong. */
  protected recallFields(_at: number, _end: number): number {
    return MORE;
  }

  /** Checks what the fields say together. @returns whether the head is sound */
  protected abstract finish(after: number): boolean;

  /** Notes where the first line goes on when more bytes are there. */
  protected stopAt(at: number): typeof MORE {
    this.#at = at - this.base;
    return MORE;
  }

  protected refuse(fault: Fault): typeof REFUSED {
    this.fault = fault;
    return REFUSED;
  }

  /** Drops bytes before the first line. */
  protected startAt(at: number): void {
    this.base = at;
  }

  #read(from: number, end: number): number {
    let at = from;
    if (!this.#isAtFields) {
      at = this.readFirstLine(from, end);
      if (at < 0) return at;
      this.#isAtFields = true;
      this.#lineStart = at - this.base;
      this.#fieldsStart = at - this.base;
      const known = this.recallFields(at, end);
      if (known !== MORE) return known;
    }
    const after = this.#readFields(at, end);
    if (after < 0) return after;
    return this.finish(after) ? after : REFUSED;
  }

  #readFields(from: number, end: number): number {
    const { bytes, limits } = this;
    const fieldsAt = this.base + this.#fieldsStart;
    // Locals: an imported name is looked up at each use.
    const isToken = TOKEN;
    const marks = this.#marks;
    let at = from;
    let state = this.#state;
    let marked = this.#marked;
    while (at < end) {
      if (state === LINE) {
        const first = byteAt(bytes, at);
        if (first === CR) {
          state = LAST_LINE;
          at += 1;
          continue;
        }
        if (isToken[first] !== 1) return this.refuse(faultOfName(first));
        if (marked === limits.fields * STRIDE) return this.refuse('tooManyFields');
        this.#lineStart = at - this.base;
        marks[marked] = at - fieldsAt;
        state = NAME;
      }
      if (state === NAME) {
        while (at < end && isToken[byteAt(bytes, at)] === 1) at += 1;
        if (at === end) break;
        if (byteAt(bytes, at) !== COLON) return this.refuse('fieldNameMalformed');
        marks[marked + 1] = at - fieldsAt;
        at += 1;
        state = BEFORE_VALUE;
      }
      if (state === BEFORE_VALUE) {
        while (at < end && isBlank(byteAt(bytes, at))) at += 1;
        if (at === end) break;
        marks[marked + 2] = at - fieldsAt;
        state = IN_VALUE;
      }
      if (state === IN_VALUE) {
        while (at < end && isValueByte(byteAt(bytes, at))) at += 1;
        if (at === end) break;
        if (byteAt(bytes, at) !== CR) {
          return this.refuse(byteAt(bytes, at) === LF ? 'lineEndMalformed' : 'fieldValueMalformed');
        }
        at += 1;
        state = AFTER_VALUE;
        if (at === end) break;
      }
      if (byteAt(bytes, at) !== LF) return this.refuse('lineEndMalformed');
      at += 1;
      if (state === LAST_LINE) {
        this.count = marked / STRIDE;
        this.marks = marks.slice(0, marked);
        return at;
      }
      const start = marks[marked] ?? 0;
      const valueStart = marks[marked + 2] ?? 0;
      let valueEnd = at - 2 - fieldsAt;
      if (valueEnd - start > limits.fieldBytes) return this.refuse('fieldTooLarge');
      if (at - fieldsAt > limits.headBytes) return this.refuse('headTooLarge');
      while (valueEnd > valueStart && isBlank(byteAt(bytes, fieldsAt + valueEnd - 1))) valueEnd -= 1;
      marks[marked + 3] = valueEnd;
      marks[marked + 4] = fieldKind(bytes, fieldsAt + start, fieldsAt + (marks[marked + 1] ?? 0));
      marked += STRIDE;
      state = LINE;
    }
    this.#state = state;
    this.#marked = marked;
    this.#at = at - this.base;
    // A line that is still arriving is held to its limit too: this is what bounds the memory of a slow head.
    if (state !== LINE && at - this.base - this.#lineStart > limits.fieldBytes)
      return this.refuse('fieldTooLarge');
    if (at - fieldsAt > limits.headBytes) return this.refuse('headTooLarge');
    return MORE;
  }

  #gather(chunk: Buffer, from: number, to: number): void {
    const needed = this.#gatheredBytes + to - from;
    if (needed > this.#gathered.length) {
      // Doubling keeps the cost of a head that comes byte by byte in proportion to its length.
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#gathered.length * 2, 1024));
      this.#gathered.copy(larger, 0, 0, this.#gatheredBytes);
      this.#gathered = larger;
    }
    chunk.copy(this.#gathered, this.#gatheredBytes, from, to);
    this.#gatheredBytes = needed;
  }
}

const NO_BYTES = Buffer.alloc(0);

const DELETE = 127;

const NO_MARKS: readonly number[] = [];

/** The same as the table of value bytes says; comparing is faster than loading where nearly all bytes are visible. */
function isValueByte(byte: number): boolean {
  return (byte >= SPACE && byte !== DELETE) || byte === TAB;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

function faultOfName(first: number): Fault {
  if (isBlank(first)) return 'fieldFolded';
  return first === LF ? 'lineEndMalformed' : 'fieldNameMalformed';
}
