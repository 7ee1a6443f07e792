import { byteAt, CR, latin1, LF, REASON, SPACE } from './characters.ts';
import { addConnection, type ConnectionOptions } from './connection-options.ts';
import { parseContentLength } from './content-length.ts';
import { FRAMING } from './framing.ts';
import { HeadMemory, SharedHeads } from './head-memory.ts';
import { HeadParser, MORE } from './head-parser.ts';
import { FIELD, isSameName } from './head.ts';
import { ResponseHead } from './response-head.ts';

/** `HTTP/1.x SP ddd`. */
const FIXED_BYTES = 12;
const START = Buffer.from('HTTP/1.', 'latin1');

const FIXED = 0;
const AFTER_STATUS = 1;
const IN_REASON = 2;
const LINE_END = 3;

const NO_NAMES: readonly string[] = [];

const SHARED = new SharedHeads<ResponseHead>();

/**
 * Reads the heads of answers, by RFC 9112 and as if the backend were hostile: whoever may write to one API's backend
 * must not be able to answer the requests of another. What is ambiguous is refused: the answer as a whole, and the
 * connection with it.
 */
export class ResponseParser extends HeadParser {
  /** The head, when `parse` has returned an index. */
  head: ResponseHead | undefined;
  /** Whether the request was a HEAD, so that no body follows whatever the head says. */
  isForHead = false;
  #state = FIXED;
  #reasonEnd = 0;
  readonly #memory = new HeadMemory(SHARED);

  override reset(): void {
    super.reset();
    this.head = undefined;
    this.#state = FIXED;
  }

  protected override readFirstLine(from: number, end: number): number {
    const { bytes, base, limits } = this;
    let at = from;
    while (at < end) {
      const byte = byteAt(bytes, at);
      if (this.#state === FIXED) {
        if (!isExpected(byte, at - base)) return this.refuse('statusLineMalformed');
        at += 1;
        if (at - base === FIXED_BYTES) this.#state = AFTER_STATUS;
      } else if (this.#state === AFTER_STATUS) {
        // The blank before an empty reason is left out by many, and then nothing is ambiguous.
        if (byte !== SPACE && byte !== CR) return this.refuse('statusLineMalformed');
        this.#reasonEnd = FIXED_BYTES;
        this.#state = byte === CR ? LINE_END : IN_REASON;
        at += 1;
      } else if (this.#state === IN_REASON) {
        while (at < end && REASON[byteAt(bytes, at)] === 1) at += 1;
        if (at - base > limits.firstLineBytes) return this.refuse('statusLineMalformed');
        if (at === end) break;
        if (byteAt(bytes, at) !== CR) return this.refuse('statusLineMalformed');
        this.#reasonEnd = at - base;
        this.#state = LINE_END;
        at += 1;
      } else {
        return byte === LF ? at + 1 : this.refuse('lineEndMalformed');
      }
    }
    return this.stopAt(at);
  }

  protected override recall(chunk: Buffer, from: number, to: number): number {
    // What follows the answer to a HEAD is another matter, though its head be the same.
    if (this.isForHead) return MORE;
    const known = this.#memory.lineAt(chunk, from, to);
    if (known === undefined) return MORE;
    if (this.#memory.fieldsAt(chunk, from + known.fieldsAt, to) === undefined) return MORE;
    this.head = known.head;
    return from + known.bytes.length;
  }

  protected override finish(after: number): boolean {
    const { marks, count, bytes, base, fieldsAt } = this;
    const line = latin1(bytes, base, fieldsAt);
    const text = latin1(bytes, fieldsAt, after);
    const isOld = line.charCodeAt(7) === 48;
    const status = statusAt(line, 9);
    if (status < 100) return this.#fail('statusLineMalformed');
    let lengthAt = -1;
    let isChunked = false;
    let connection: ConnectionOptions | undefined;
    for (let mark = 0; mark < count * 5; mark += 5) {
      const kind = marks[mark + 4];
      if (kind === FIELD.other) continue;
      const start = marks[mark + 2] ?? 0;
      const end = marks[mark + 3] ?? 0;
      if (kind === FIELD.contentLength) {
        if (lengthAt >= 0) return this.#fail('lengthRepeated');
        lengthAt = mark;
      } else if (kind === FIELD.transferEncoding) {
        if (isChunked) return this.#fail('encodingRepeated');
        if (end - start !== 7 || !isSameName(text, start, 'chunked')) return this.#fail('encodingUnknown');
        isChunked = true;
      } else if (kind === FIELD.connection) connection = addConnection(connection, text, start, end);
    }
    let length = -1;
    if (lengthAt >= 0) {
      length = parseContentLength(text, marks[lengthAt + 2] ?? 0, marks[lengthAt + 3] ?? 0);
      if (length < 0) return this.#fail('lengthMalformed');
      if (isChunked) return this.#fail('lengthWithEncoding');
    }
    if (isChunked && isOld) return this.#fail('encodingInOldVersion');
    const framing = this.#framing(status, isChunked, length);
    const keeps = isOld ? connection?.keepAlive === true && !connection.close : connection?.close !== true;
    const head = new ResponseHead(text, marks, count, {
      status,
      reason: this.#reasonEnd > FIXED_BYTES ? line.slice(FIXED_BYTES + 1, this.#reasonEnd) : '',
      framing,
      length,
      keepsAlive: keeps && framing !== FRAMING.close,
      connectionNames: connection === undefined ? NO_NAMES : connection.names,
    });
    this.head = this.isForHead ? head : this.#memory.note(bytes, base, fieldsAt, after, head);
    return true;
  }

  /** Source: RFC 9112, section 6.3. */
  #framing(status: number, isChunked: boolean, length: number): number {
    if (this.isForHead || status < 200 || status === 204 || status === 304) return FRAMING.none;
    if (isChunked) return FRAMING.chunked;
    if (length < 0) return FRAMING.close;
    return length === 0 ? FRAMING.none : FRAMING.length;
  }

  #fail(fault: NonNullable<HeadParser['fault']>): false {
    this.fault = fault;
    return false;
  }
}

function isExpected(byte: number, index: number): boolean {
  if (index < START.length) return byte === START[index];
  if (index === 7) return byte === 48 || byte === 49;
  return index === 8 ? byte === SPACE : byte >= 48 && byte <= 57;
}

function statusAt(text: string, at: number): number {
  return (
    (text.charCodeAt(at) - 48) * 100 + (text.charCodeAt(at + 1) - 48) * 10 + text.charCodeAt(at + 2) - 48
  );
}
