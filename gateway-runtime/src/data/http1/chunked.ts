import { BACKSLASH, byteAt, CR, EQUALS, HEX, LF, QUOTE, SEMICOLON, TOKEN, VALUE } from './characters.ts';
import type { Fault } from './faults.ts';
import { MORE, REFUSED, type HeadLimits } from './head-parser.ts';
import { TrailerParser } from './trailer-parser.ts';

const SIZE = 0;
const IN_SIZE = 1;
const EXTENSION = 2;
const EXTENSION_NAME = 3;
const EXTENSION_VALUE = 4;
const EXTENSION_TOKEN = 5;
const EXTENSION_QUOTED = 6;
const EXTENSION_ESCAPED = 7;
const EXTENSION_QUOTED_END = 8;
const SIZE_LF = 9;
const DATA = 10;
const DATA_CR = 11;
const DATA_LF = 12;
const TRAILERS = 13;
const DONE = 14;

/** Digits of a chunk size: 4 PiB is more than anybody sends, and the value stays exact. */
const MAX_SIZE_DIGITS = 13;

/** Bytes of extensions in one body; they are read over and never passed on. */
const MAX_EXTENSION_BYTES = 16 * 1024;

/**
 * Takes the chunked coding off a body that arrives in pieces cut anywhere.
 *
 * The data of one piece is moved together inside the piece's own memory, so that whoever sends it on has one range
 * of bytes to write and not one for each chunk. Source: RFC 9112, section 7.1; nothing is overlooked: a size is
 * digits, a line ends in CR LF, data ends where the size says.
 */
export class ChunkedDecoder {
  fault: Fault | undefined;
  /** Range of the data in the last piece decoded. */
  dataStart = 0;
  dataEnd = 0;
  #state = SIZE;
  #left = 0;
  #digits = 0;
  #extensionBytes = 0;
  readonly #trailers: TrailerParser;

  constructor(limits: HeadLimits) {
    this.#trailers = new TrailerParser(limits);
  }

  /** Whether the last chunk and the trailers were read. */
  get isComplete(): boolean {
    return this.#state === DONE;
  }

  /** Lines of the trailers that may be sent on. */
  get trailerLines(): string {
    return this.#trailers.lines;
  }

  /** Makes ready for the next body. */
  reset(): void {
    this.fault = undefined;
    this.#state = SIZE;
    this.#digits = 0;
    this.#extensionBytes = 0;
    this.#trailers.reset();
  }

  /**
   * Decodes a piece; `dataStart` and `dataEnd` tell where its data stands afterwards.
   *
   * @returns index of the first byte that does not belong to the body, or REFUSED
   */
  decode(bytes: Buffer, from: number, to: number): number {
    let at = from;
    let dataEnd = -1;
    this.dataStart = from;
    while (at < to) {
      if (this.#state === DATA) {
        const length = Math.min(this.#left, to - at);
        if (dataEnd < 0) {
          this.dataStart = at;
          dataEnd = at + length;
        } else {
          bytes.copyWithin(dataEnd, at, at + length);
          dataEnd += length;
        }
        at += length;
        this.#left -= length;
        if (this.#left === 0) this.#state = DATA_CR;
      } else if (this.#state === TRAILERS) {
        const after = this.#trailers.parse(bytes, at, to);
        if (after === REFUSED) {
          this.fault = this.#trailers.fault;
          return REFUSED;
        }
        at = after === MORE ? to : after;
        if (after !== MORE) {
          this.#state = DONE;
          break;
        }
      } else {
        if (!this.#step(byteAt(bytes, at))) return REFUSED;
        at += 1;
      }
    }
    this.dataEnd = dataEnd < 0 ? this.dataStart : dataEnd;
    return at;
  }

  /** Takes one byte of what stands between the data. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case SIZE:
        this.#left = 0;
        this.#digits = 0;
        return this.#takeDigit(byte);
      case IN_SIZE:
        if (byte === CR) this.#state = SIZE_LF;
        else if (byte === SEMICOLON) this.#state = EXTENSION;
        else return this.#takeDigit(byte);
        return true;
      case SIZE_LF:
        if (byte !== LF) return this.#fail('lineEndMalformed');
        this.#state = this.#left === 0 ? TRAILERS : DATA;
        return true;
      case DATA_CR:
        if (byte !== CR) return this.#fail('chunkMalformed');
        this.#state = DATA_LF;
        return true;
      case DATA_LF:
        if (byte !== LF) return this.#fail('chunkMalformed');
        this.#state = SIZE;
        return true;
      default:
        this.#extensionBytes += 1;
        if (this.#extensionBytes > MAX_EXTENSION_BYTES) return this.#fail('chunkExtensionTooLarge');
        return this.#stepExtension(byte);
    }
  }

  #takeDigit(byte: number): boolean {
    const digit = HEX[byte] ?? 255;
    this.#digits += 1;
    if (digit > 15 || this.#digits > MAX_SIZE_DIGITS) return this.#fail('chunkMalformed');
    this.#left = this.#left * 16 + digit;
    this.#state = IN_SIZE;
    return true;
  }

  /** `;name`, `;name=token` or `;name="quoted"`, without blanks. Source: RFC 9112, section 7.1.1. */
  #stepExtension(byte: number): boolean {
    const isToken = TOKEN[byte] === 1;
    switch (this.#state) {
      case EXTENSION:
        this.#state = EXTENSION_NAME;
        return isToken || this.#fail('chunkMalformed');
      case EXTENSION_NAME:
        if (isToken) return true;
        if (byte === EQUALS) {
          this.#state = EXTENSION_VALUE;
          return true;
        }
        return this.#endExtension(byte);
      case EXTENSION_VALUE:
        this.#state = byte === QUOTE ? EXTENSION_QUOTED : EXTENSION_TOKEN;
        return isToken || byte === QUOTE || this.#fail('chunkMalformed');
      case EXTENSION_TOKEN:
        return isToken || this.#endExtension(byte);
      case EXTENSION_QUOTED:
        if (byte === QUOTE) this.#state = EXTENSION_QUOTED_END;
        else if (byte === BACKSLASH) this.#state = EXTENSION_ESCAPED;
        return VALUE[byte] === 1 || this.#fail('chunkMalformed');
      case EXTENSION_ESCAPED:
        this.#state = EXTENSION_QUOTED;
        return VALUE[byte] === 1 || this.#fail('chunkMalformed');
      default:
        return this.#endExtension(byte);
    }
  }

  #endExtension(byte: number): boolean {
    if (byte === SEMICOLON) this.#state = EXTENSION;
    else if (byte === CR) this.#state = SIZE_LF;
    else return this.#fail('chunkMalformed');
    return true;
  }

  #fail(fault: Fault): false {
    this.fault = fault;
    return false;
  }
}
