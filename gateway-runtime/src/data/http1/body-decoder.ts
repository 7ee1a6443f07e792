import { ChunkedDecoder } from './chunked.ts';
import type { Fault } from './faults.ts';
import { FRAMING } from './framing.ts';
import { REFUSED, type HeadLimits } from './head-parser.ts';

/** Takes a body out of the bytes that follow a head, whatever tells its end. */
export class BodyDecoder {
  /** Whether the whole body was read; never by itself when the end of the connection tells. */
  isComplete = true;
  /** Range of the data in the last piece decoded. */
  dataStart = 0;
  dataEnd = 0;
  #framing: number = FRAMING.none;
  #left = 0;
  #chunked: ChunkedDecoder | undefined;
  readonly #limits: HeadLimits;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /** Why the body was refused. */
  get fault(): Fault | undefined {
    return this.#chunked?.fault;
  }

  /** Lines of the trailers that may be sent on. */
  get trailerLines(): string {
    return this.#framing === FRAMING.chunked && this.#chunked !== undefined ? this.#chunked.trailerLines : '';
  }

  /** Bytes that are still to come, as far as a length tells; `Infinity` when it does not. */
  get left(): number {
    if (this.isComplete) return 0;
    return this.#framing === FRAMING.length ? this.#left : Infinity;
  }

  /** Makes ready for a body. */
  begin(framing: number, length: number): void {
    this.#framing = framing;
    this.#left = length;
    this.isComplete = framing === FRAMING.none;
    if (framing !== FRAMING.chunked) return;
    // Most connections never see a chunk.
    this.#chunked ??= new ChunkedDecoder(this.#limits);
    this.#chunked.reset();
  }

  /**
   * Decodes a piece; `dataStart` and `dataEnd` tell where its data stands afterwards, in the piece's own memory.
   *
   * @returns index of the first byte that does not belong to the body, or REFUSED
   */
  decode(bytes: Buffer, from: number, to: number): number {
    if (this.#framing === FRAMING.chunked && this.#chunked !== undefined) {
      const after = this.#chunked.decode(bytes, from, to);
      this.dataStart = this.#chunked.dataStart;
      this.dataEnd = this.#chunked.dataEnd;
      this.isComplete = after !== REFUSED && this.#chunked.isComplete;
      return after;
    }
    const end = this.#framing === FRAMING.length && to - from > this.#left ? from + this.#left : to;
    this.dataStart = from;
    this.dataEnd = end;
    if (this.#framing === FRAMING.length) {
      this.#left -= end - from;
      this.isComplete = this.#left === 0;
    }
    return end;
  }
}
