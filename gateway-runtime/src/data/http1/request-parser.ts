import { byteAt, CR, latin1, LF, SPACE, TARGET, TOKEN } from './characters.ts';
import { addConnection, type ConnectionOptions } from './connection-options.ts';
import { parseContentLength } from './content-length.ts';
import { FRAMING } from './framing.ts';
import { HeadMemory, SharedHeads } from './head-memory.ts';
import { HeadParser, MORE, REFUSED } from './head-parser.ts';
import { FIELD, isSameName } from './head.ts';
import { isHost } from './host.ts';
import { methodOf } from './methods.ts';
import { RequestHead, type RequestLine } from './request-head.ts';

const BEFORE = 0;
const BEFORE_LF = 1;
const METHOD = 2;
const IN_TARGET = 3;
const VERSION = 4;
const LINE_END = 5;

const VERSION_START = Buffer.from('HTTP/', 'latin1');

/** Start of a connection of HTTP/2, as far as its first line says so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r', 'latin1');

/** Empty lines that are skipped before a request. Source: RFC 9112, section 2.2. */
const MAX_EMPTY_LINES = 4;

const NO_NAMES: readonly string[] = [];

const SHARED = new SharedHeads<RequestHead>();

/**
 * Reads the heads of requests, by RFC 9112 and without leniency: what is ambiguous is refused, not repaired.
 *
 * Besides the rules of all heads: one blank between the parts of the request line; a known method; a target that is a
 * path, an absolute URI of http or https, or `*` of `OPTIONS` (3.2); one `Host`, needed in HTTP/1.1 (3.2); one
 * `Content-Length` of digits, or one `Transfer-Encoding` that is `chunked` and not in HTTP/1.0, never both (6.1, 6.3).
 */
export class RequestParser extends HeadParser {
  /** The head, when `parse` has returned an index. */
  head: RequestHead | undefined;
  #state = BEFORE;
  #emptyLines = 0;
  #methodEnd = 0;
  #targetEnd = 0;
  #minorVersion: 0 | 1 = 1;
  readonly #memory = new HeadMemory(SHARED);
  /** The fields were compared with the known ones already. */
  #areFieldsOther = false;

  override reset(): void {
    super.reset();
    this.head = undefined;
    this.#state = BEFORE;
    this.#emptyLines = 0;
    this.#areFieldsOther = false;
  }

  /**
   * The bytes read so far, when they begin as a connection of HTTP/2 does (RFC 9113, section 3.4); asked when its
   * version was refused.
   */
  get preface(): Buffer | undefined {
    const read = this.unfinished;
    return read.subarray(0, PREFACE.length).equals(PREFACE) ? read : undefined;
  }

  protected override readFirstLine(from: number, end: number): number {
    const { bytes, limits } = this;
    let at = from;
    while (at < end) {
      switch (this.#state) {
        case BEFORE:
          if (byteAt(bytes, at) === CR) {
            this.#emptyLines += 1;
            if (this.#emptyLines > MAX_EMPTY_LINES) return this.refuse('requestLineMalformed');
            this.#state = BEFORE_LF;
            at += 1;
          } else {
            this.startAt(at);
            this.#state = METHOD;
          }
          break;
        case BEFORE_LF:
          if (byteAt(bytes, at) !== LF) return this.refuse('lineEndMalformed');
          this.#state = BEFORE;
          at += 1;
          break;
        case METHOD:
          while (at < end && TOKEN[byteAt(bytes, at)] === 1) at += 1;
          if (at - this.base > limits.firstLineBytes) return this.refuse('requestLineMalformed');
          if (at === end) break;
          if (byteAt(bytes, at) !== SPACE || at === this.base) return this.refuse('requestLineMalformed');
          this.#methodEnd = at - this.base;
          this.#state = IN_TARGET;
          at += 1;
          break;
        case IN_TARGET:
          while (at < end && TARGET[byteAt(bytes, at)] === 1) at += 1;
          if (at - this.base - this.#methodEnd - 1 > limits.firstLineBytes)
            return this.refuse('targetTooLong');
          if (at === end) break;
          if (byteAt(bytes, at) !== SPACE) return this.refuse('targetMalformed');
          this.#targetEnd = at - this.base;
          this.#state = VERSION;
          at += 1;
          break;
        case VERSION:
          at = this.#readVersion(at, end);
          if (at === REFUSED) return REFUSED;
          break;
        default:
          if (byteAt(bytes, at) !== LF) return this.refuse('lineEndMalformed');
          return at + 1;
      }
    }
    return this.stopAt(at);
  }

  protected override recall(chunk: Buffer, from: number, to: number): number {
    const known = this.#memory.lineAt(chunk, from, to);
    if (known === undefined) return MORE;
    if (this.#memory.fieldsAt(chunk, from + known.fieldsAt, to) === undefined) {
      this.#areFieldsOther = true;
      return MORE;
    }
    this.head = known.head;
    return from + known.bytes.length;
  }

  protected override recallFields(at: number, end: number): number {
    const known = this.#areFieldsOther ? undefined : this.#memory.fieldsAt(this.bytes, at, end);
    if (known?.head.minorVersion !== this.#minorVersion) return MORE;
    const line = this.#readLine();
    if (line === false) return REFUSED;
    this.head = known.head.at(line);
    return at + known.bytes.length - known.fieldsAt;
  }

  protected override finish(after: number): boolean {
    const line = this.#readLine();
    if (line === false) return false;
    const text = latin1(this.bytes, this.fieldsAt, after);
    const head = this.#interpret(text, line);
    if (head === false) return false;
    this.head = this.#memory.note(this.bytes, this.base, this.fieldsAt, after, head);
    return true;
  }

  /** Method and target, where the first line has them. @returns false, with the fault set, when they are wrong */
  #readLine(): RequestLine | false {
    const { bytes, base } = this;
    const line = latin1(bytes, base, base + this.#targetEnd);
    const method = methodOf(line, this.#methodEnd);
    if (method === undefined)
      return this.#fail(line.startsWith('CONNECT ') ? 'connectRefused' : 'methodUnknown');
    if (!isTarget(line, this.#methodEnd + 1, this.#targetEnd, method)) return this.#fail('targetMalformed');
    return { method, target: line.slice(this.#methodEnd + 1) };
  }

  /** Reads `HTTP/` digit `.` digit CR; goes on at any of these bytes. */
  #readVersion(from: number, end: number): number {
    const { bytes } = this;
    const start = this.base + this.#targetEnd + 1;
    let at = from;
    while (at < end) {
      const index = at - start;
      const byte = byteAt(bytes, at);
      if (index < 5) {
        if (byte !== VERSION_START[index]) return this.refuse('requestLineMalformed');
      } else if (index === 6) {
        if (byte !== 46) return this.refuse('requestLineMalformed');
      } else if (index < 8) {
        if (byte < 48 || byte > 57) return this.refuse('requestLineMalformed');
      } else {
        if (byte !== CR) return this.refuse(byte === LF ? 'lineEndMalformed' : 'requestLineMalformed');
        const minor = byteAt(bytes, start + 7) - 48;
        if (byteAt(bytes, start + 5) !== 49 || minor > 1) return this.refuse('versionUnknown');
        this.#minorVersion = minor === 1 ? 1 : 0;
        this.#state = LINE_END;
        return at + 1;
      }
      at += 1;
    }
    return at;
  }

  /** Draws from the fields what framing and connection need, and makes the head. */
  #interpret(text: string, { method, target }: RequestLine): RequestHead | false {
    const { marks, count } = this;
    const minorVersion = this.#minorVersion;
    let hostAt = -1;
    let lengthAt = -1;
    let encodingAt = -1;
    let upgradeAt = -1;
    let connection: ConnectionOptions | undefined;
    let expectsContinue = false;
    let takesTrailers = false;
    for (let index = 0; index < count; index += 1) {
      const mark = index * 5;
      const kind = marks[mark + 4];
      if (kind === FIELD.other) continue;
      const start = marks[mark + 2] ?? 0;
      const end = marks[mark + 3] ?? 0;
      if (kind === FIELD.host) {
        if (hostAt >= 0) return this.#fail('hostRepeated');
        if (!isHost(text, start, end)) return this.#fail('hostMalformed');
        hostAt = index;
      } else if (kind === FIELD.contentLength) {
        if (lengthAt >= 0) return this.#fail('lengthRepeated');
        lengthAt = mark;
      } else if (kind === FIELD.transferEncoding) {
        if (encodingAt >= 0) return this.#fail('encodingRepeated');
        if (end - start !== 7 || !isSameName(text, start, 'chunked')) return this.#fail('encodingUnknown');
        encodingAt = mark;
      } else if (kind === FIELD.connection) connection = addConnection(connection, text, start, end);
      else if (kind === FIELD.upgrade) upgradeAt = index;
      else if (kind === FIELD.expect) {
        if (end - start !== 12 || !isSameName(text, start, '100-continue'))
          return this.#fail('expectationUnknown');
        expectsContinue = minorVersion === 1;
      } else if (kind === FIELD.te) takesTrailers ||= /\btrailers\b/i.test(text.slice(start, end));
    }
    if (hostAt < 0 && minorVersion === 1) return this.#fail('hostMissing');
    let length = 0;
    if (lengthAt >= 0) {
      length = parseContentLength(text, marks[lengthAt + 2] ?? 0, marks[lengthAt + 3] ?? 0);
      if (length < 0) return this.#fail('lengthMalformed');
      if (encodingAt >= 0) return this.#fail('lengthWithEncoding');
    }
    if (encodingAt >= 0 && minorVersion === 0) return this.#fail('encodingInOldVersion');
    return new RequestHead(text, marks, count, {
      method,
      target,
      minorVersion,
      hostAt,
      framing: encodingAt >= 0 ? FRAMING.chunked : length > 0 ? FRAMING.length : FRAMING.none,
      length,
      keepsAlive:
        minorVersion === 1 ? connection?.close !== true : connection?.keepAlive === true && !connection.close,
      expectsContinue: expectsContinue && (encodingAt >= 0 || length > 0),
      // A change of protocol after a body is nothing that anybody does; it is read as a plain request (RFC 9110, 7.8).
      upgradeAt:
        minorVersion === 1 && connection?.upgrade === true && length === 0 && encodingAt < 0 ? upgradeAt : -1,
      takesTrailers,
      connectionNames: connection === undefined ? NO_NAMES : connection.names,
    });
  }

  #fail(fault: NonNullable<HeadParser['fault']>): false {
    this.fault = fault;
    return false;
  }
}

/** Whether the target has one of the forms of RFC 9112, section 3.2; its characters are checked already. */
function isTarget(text: string, start: number, end: number, method: string): boolean {
  if (text.charCodeAt(start) === 47) return true;
  if (end - start === 1 && text.charCodeAt(start) === 42) return method === 'OPTIONS';
  const isHttp = isSameName(text, start, 'http://');
  if (!isHttp && !isSameName(text, start, 'https://')) return false;
  const authorityStart = start + (isHttp ? 7 : 8);
  let at = authorityStart;
  while (at < end && !isAuthorityEnd(text.charCodeAt(at))) at += 1;
  return isHost(text, authorityStart, at);
}

/** `/` or `?`. */
function isAuthorityEnd(code: number): boolean {
  return code === 47 || code === 63;
}
