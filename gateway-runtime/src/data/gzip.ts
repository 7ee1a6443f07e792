import { constants, createGzip, gzip } from 'node:zlib';
import type { Call } from './call.ts';
import { fromFields, toFields } from './fields.ts';
import { Answer } from './http1/answer.ts';
import { FRAMING } from './http1/framing.ts';
import { ReadBuffer } from './http1/read-buffer.ts';
import { ResponseHead } from './http1/response-head.ts';

/** Shorter answers stay as they are. Source: user guide, "Configuring Gateway Parameters" (gzip). */
const LEAST_BYTES = 1024;

/** The media types that are compressed. Source: as above. */
const TYPES: ReadonlySet<string> = new Set([
  ...['text/xml', 'text/plain', 'text/css', 'text/javascript', 'application/javascript'],
  ...['application/x-javascript', 'application/rss+xml', 'application/json', 'application/xml'],
  ...['image/tiff', 'image/svg+xml'],
]);

/**
 * Passes the answer of a backend on, compressed where it is worth it and the caller takes it. What comes in pieces is
 * compressed piece by piece, so that nobody waits for the next one.
 *
 * Source: user guide, "Configuring Gateway Parameters" (gzip); RFC 9110, sections 8.4, 8.8.1, 12.5.3 and 12.5.5.
 */
export function passCompressed(
  call: Call,
  answer: Answer,
  fields: string,
  idleMs: number,
  level: number,
): Promise<void> | undefined {
  const { reply } = call;
  if (!isCompressible(call, answer)) return reply.pass(answer, fields, idleMs);
  if (!takesGzip(call.headers.joined('accept-encoding')))
    return reply.pass(answer, `${fields}Vary: Accept-Encoding\r\n`, idleMs);
  const zippedFields = compressedFields(fields);
  if (answer.text === undefined) return reply.pass(compressing(answer, level), zippedFields, idleMs);
  return new Promise((resolve, reject) => {
    gzip(Buffer.from(answer.text ?? '', 'latin1'), { level }, (error, bytes) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const zipped = new Answer(answer.head, NO_SOURCE);
      zipped.text = bytes.toString('latin1');
      zipped.isComplete = true;
      (reply.pass(zipped, zippedFields, idleMs) ?? Promise.resolve()).then(resolve, reject);
    });
  });
}

/** Whether a caller takes gzip: it says so, or takes all that it does not name. */
export function takesGzip(accepted: string | undefined): boolean {
  let others = false;
  for (const item of (accepted ?? '').split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const isTaken = !parameters.some((parameter) => /^q=0(?:\.0{0,3})?$/.test(parameter));
    if (coding === 'gzip' || coding === 'x-gzip') return isTaken;
    if (coding === '*') others = isTaken;
  }
  return others;
}

/** The whole of it is here: there is nothing to steer. */
const NO_SOURCE = { pauseAnswer: noop, resumeAnswer: noop, cancel: noop };

function isCompressible({ method }: Call, { head, text, length }: Answer): boolean {
  if (method === 'HEAD' || head.framing === FRAMING.none || head.status < 200 || head.status === 206)
    return false;
  const bytes = text?.length ?? length ?? Infinity;
  const type = head.first('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return (
    bytes > LEAST_BYTES &&
    TYPES.has(type) &&
    head.find('content-encoding') < 0 &&
    !/\bno-transform\b/i.test(head.first('cache-control') ?? '')
  );
}

/** An entity tag names bytes, unless it is a weak one. */
function compressedFields(fields: string): string {
  const lines = fromFields(fields).flatMap(([name, value]) =>
    name.toLowerCase() === 'etag' && !value.startsWith('W/') ? [name, `W/${value}`] : [name, value],
  );
  return toFields([...lines, 'Content-Encoding', 'gzip', 'Vary', 'Accept-Encoding']);
}

/** The answer with its body compressed while it arrives, no faster than it is taken. */
function compressing(answer: Answer, level: number): Answer {
  const { text, marks, count, status, reason, keepsAlive, connectionNames } = answer.head;
  const facts = { status, reason, framing: FRAMING.chunked, length: -1, keepsAlive, connectionNames };
  const stream = createGzip({ level, flush: constants.Z_SYNC_FLUSH });
  const zipped = new Answer(new ResponseHead(text, marks, count, facts), {
    pauseAnswer: () => void stream.pause(),
    resumeAnswer: () => void stream.resume(),
    cancel: () => {
      answer.cancel();
      stream.destroy();
    },
  });
  stream.on('data', (chunk: Buffer) => {
    const buffer = ReadBuffer.take();
    const end = buffer.offset + chunk.copy(buffer.bytes, buffer.offset);
    if (!zipped.push(buffer, buffer.offset, end)) ReadBuffer.give(buffer);
  });
  stream.on('drain', () => answer.resume());
  stream.on('end', () => {
    zipped.isComplete = true;
    zipped.finish();
  });
  answer.read({
    onData: (buffer, start, end) => {
      const goesOn = stream.write(buffer.bytes.subarray(start, end), (error) => {
        if (error === null || error === undefined) ReadBuffer.give(buffer);
      });
      if (!goesOn) answer.pause();
      return true;
    },
    onEnd: () => stream.end(),
    onFailure: (failure) => {
      stream.destroy();
      zipped.fail(failure);
    },
  });
  return zipped;
}

function noop(): void {
  // See above.
}
