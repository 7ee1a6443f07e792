import { BodyDecoder } from '../../../gateway-runtime/src/data/http1/body-decoder.ts';
import type { Fault } from '../../../gateway-runtime/src/data/http1/faults.ts';
import { FRAMING } from '../../../gateway-runtime/src/data/http1/framing.ts';
import type { Head } from '../../../gateway-runtime/src/data/http1/head.ts';
import { MORE, REFUSED, type HeadLimits } from '../../../gateway-runtime/src/data/http1/head-parser.ts';
import { RequestParser } from '../../../gateway-runtime/src/data/http1/request-parser.ts';
import { ResponseParser } from '../../../gateway-runtime/src/data/http1/response-parser.ts';

/** A message as a parser took it out of a stream of bytes. */
export interface Framed {
  /** Method and target, or the status. */
  readonly start: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** One character a byte. */
  readonly body: string;
}

/** What became of a stream: the complete messages in order, and why reading stopped, if it did. */
export interface Outcome {
  readonly messages: readonly Framed[];
  /** Heads accepted; one more than messages while a body is read. */
  readonly heads: number;
  readonly fault: Fault | undefined;
  /** Whether the connection ends after the last message. */
  readonly isClosed: boolean;
}

export const LIMITS: HeadLimits = {
  firstLineBytes: 32 * 1024,
  fieldBytes: 32 * 1024,
  headBytes: 128 * 1024,
  fields: 200,
};

/** Cuts bytes into pieces at the given places. */
export function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const borders = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces: Buffer[] = [];
  let start = 0;
  for (const border of [...borders, bytes.length]) {
    // A copy each, since a decoder moves data inside the piece that it is given.
    if (border > start) pieces.push(Buffer.from(bytes.subarray(start, border)));
    start = border;
  }
  return pieces;
}

/** Reads requests one after another with the parsers of the engine, as a connection does. */
export function frameRequests(pieces: readonly Buffer[], limits = LIMITS): Outcome {
  const parser = new RequestParser(limits);
  const body = new BodyDecoder(limits);
  const messages: Framed[] = [];
  let data = '';
  let isInBody = false;
  let isOver = false;
  let heads = 0;
  for (const piece of pieces) {
    let at = 0;
    while (at < piece.length && !isOver) {
      if (!isInBody) {
        const after = parser.parse(piece, at, piece.length);
        if (after === REFUSED) return { messages, heads, fault: parser.fault, isClosed: isOver };
        if (after === MORE) break;
        at = after;
        body.begin(parser.head?.framing ?? 0, parser.head?.length ?? 0);
        isInBody = true;
        heads += 1;
        data = '';
      }
      if (!body.isComplete) {
        const after = body.decode(piece, at, piece.length);
        if (after === REFUSED) return { messages, heads, fault: body.fault, isClosed: isOver };
        data += piece.toString('latin1', body.dataStart, body.dataEnd);
        at = after;
      }
      if (body.isComplete && parser.head !== undefined) {
        const { head } = parser;
        messages.push({ start: `${head.method} ${head.target}`, fields: fieldsOf(head), body: data });
        isInBody = false;
        isOver = !head.keepsAlive;
        parser.reset();
      }
    }
  }
  return { messages, heads, fault: undefined, isClosed: isOver };
}

/** Reads the first final answer with the parsers of the engine; the connection ends after the bytes. */
export function frameAnswer(
  pieces: readonly Buffer[],
  isForHead = false,
): Omit<Outcome, 'heads' | 'isClosed'> {
  const parser = new ResponseParser(LIMITS);
  const body = new BodyDecoder(LIMITS);
  parser.isForHead = isForHead;
  let message: Framed | undefined;
  for (const piece of pieces) {
    let at = 0;
    while (message === undefined && at < piece.length) {
      const after = parser.parse(piece, at, piece.length);
      if (after === REFUSED) return { messages: [], fault: parser.fault };
      if (after === MORE || parser.head === undefined) break;
      at = after;
      // Nobody has asked for another protocol.
      if (parser.head.status === 101) return { messages: [], fault: 'statusLineMalformed' };
      if (parser.head.status < 200) parser.reset();
      else {
        message = { start: String(parser.head.status), fields: fieldsOf(parser.head), body: '' };
        body.begin(parser.head.framing, parser.head.length);
      }
    }
    if (message !== undefined && at < piece.length && !body.isComplete) {
      if (body.decode(piece, at, piece.length) === REFUSED) return { messages: [], fault: body.fault };
      message = { ...message, body: message.body + piece.toString('latin1', body.dataStart, body.dataEnd) };
    }
  }
  const isWhole = body.isComplete || parser.head?.framing === FRAMING.close;
  return { messages: message !== undefined && isWhole ? [message] : [], fault: undefined };
}

function fieldsOf(head: Head): readonly string[] {
  const fields: string[] = [];
  for (let index = 0; index < head.count; index += 1) fields.push(head.name(index), head.value(index));
  return fields;
}
