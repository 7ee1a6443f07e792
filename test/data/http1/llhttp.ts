import { createServer, request, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { Framed } from './framed.ts';

/** What Node's own parser makes of a stream of bytes. */
export interface Verdict {
  readonly messages: readonly Framed[];
  /** Heads taken. */
  readonly heads: number;
  readonly isRefused: boolean;
}

/** Hands pieces to a strict `node:http` server over a stream without a network, and collects the complete requests. */
export async function readRequests(pieces: readonly Buffer[]): Promise<Verdict> {
  const taken: Taken[] = [];
  let isRefused = false;
  const server = createServer(
    { requireHostHeader: false, maxHeaderSize: 1024 * 1024, insecureHTTPParser: false, requestTimeout: 0 },
    (incoming, reply) => {
      taken.push(take(incoming));
      incoming.on('end', () => reply.end());
    },
  );
  server.on('clientError', () => {
    isRefused = true;
  });
  const wire = new Wire();
  server.emit('connection', wire);
  for (const piece of pieces) wire.emit('data', Buffer.from(piece));
  await settled();
  const messages = taken
    .filter(({ incoming }) => incoming.complete)
    .map(({ incoming, body }) => framed(`${incoming.method ?? ''} ${incoming.url ?? ''}`, incoming, body()));
  wire.destroy();
  server.close();
  return { messages, heads: taken.length, isRefused };
}

/** Hands pieces to a strict `node:http` client as the answer to a request; then the connection ends. */
export async function readAnswer(pieces: readonly Buffer[], method = 'GET'): Promise<Verdict> {
  const wire = new Wire();
  const taken: Taken[] = [];
  let isRefused = false;
  const outgoing = request({
    method,
    createConnection: () => wire,
    insecureHTTPParser: false,
    maxHeaderSize: 1024 * 1024,
  });
  outgoing.on('response', (incoming) => taken.push(take(incoming)));
  outgoing.on('error', () => {
    isRefused = true;
  });
  outgoing.end();
  await settled();
  for (const piece of pieces) {
    if (wire.destroyed) break;
    wire.emit('data', Buffer.from(piece));
  }
  await settled();
  wire.emit('end');
  await settled();
  wire.destroy();
  const messages = taken
    .filter(({ incoming }) => incoming.complete)
    .map(({ incoming, body }) => framed(String(incoming.statusCode), incoming, body()));
  return { messages, heads: taken.length, isRefused };
}

interface Taken {
  readonly incoming: IncomingMessage;
  readonly body: () => string;
}

/** One end of a connection whose other end is the test. */
class Wire extends Duplex {
  override _read(): void {
    // Bytes are handed over as events.
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

function take(incoming: IncomingMessage): Taken {
  let body = '';
  incoming.on('data', (chunk: Buffer) => {
    body += chunk.toString('latin1');
  });
  incoming.on('error', () => {
    // A message that breaks off is not complete, which is all that is asked.
  });
  return { incoming, body: () => body };
}

function framed(start: string, incoming: IncomingMessage, body: string): Framed {
  return { start, fields: incoming.rawHeaders, body };
}

/** Lets the streams hand on what they hold: two turns of the event loop, no waiting. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
