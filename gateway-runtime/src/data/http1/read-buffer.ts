/** Free bytes before what is read: the head of what is sent on is written there, so that both leave as one piece. */
const BEFORE_BYTES = 4 * 1024;

/** Free bytes after what is read: the end of a chunk, and the last chunk. */
const AFTER_BYTES = 16;

/** Bytes of one read. */
const READ_BYTES = 64 * 1024;

/** Free buffers that are kept. */
const MAX_FREE = 64;

/** Memory into which a socket reads, and out of which the same bytes are written again. */
export class ReadBuffer {
  /** All of it. */
  readonly bytes: Buffer;
  /** The part into which is read. */
  readonly view: Buffer;
  /** Where `view` starts in `bytes`. */
  readonly offset = BEFORE_BYTES;

  private constructor() {
    this.bytes = Buffer.allocUnsafeSlow(BEFORE_BYTES + READ_BYTES + AFTER_BYTES);
    this.view = this.bytes.subarray(BEFORE_BYTES, BEFORE_BYTES + READ_BYTES);
  }

  /** A buffer that nobody else uses. */
  static take(): ReadBuffer {
    return FREE.pop() ?? new ReadBuffer();
  }

  /** Gives a buffer back. It must not be in use by a write. */
  static give(buffer: ReadBuffer): void {
    if (FREE.length < MAX_FREE) FREE.push(buffer);
  }
}

const FREE: ReadBuffer[] = [];
