import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { openRaw } from '../support/raw-http.ts';
import { openTraffic, type Traffic } from '../support/traffic.ts';

const MIB = 1024 * 1024;

let traffic: Traffic;
let backend: Backend;
let serve: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  backend = await openBackend({ stream: (request, response) => serve(request, response) });
  traffic = await openTraffic({ timeouts: { unreadMs: 300 } });
  traffic.publish({
    path: '/stream',
    method: 'ANY',
    httpBackend: { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/', timeoutMs: 10_000 },
  });
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

function open(method: string, headers: Record<string, string> = {}) {
  const { host, port } = traffic.http;
  return httpRequest({
    host,
    port,
    method,
    path: '/stream',
    headers: { host: traffic.domain, ...headers },
    agent: false,
  });
}

async function answerOf(request: ReturnType<typeof open>): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function nextChunk(stream: IncomingMessage): Promise<string> {
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString();
}

/** Writes pieces as long as they are wanted; returns how many bytes were written. */
function pump(response: ServerResponse, total: number, piece: Buffer): { bytes: number } {
  const progress = { bytes: 0 };
  const write = () => {
    while (progress.bytes < total) {
      progress.bytes += piece.length;
      if (!response.write(piece)) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  write();
  return progress;
}

describe('a body', () => {
  test('reaches the backend piece by piece, as the caller sends it', async () => {
    let arrived: IncomingMessage | undefined;
    let isArrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => (isArrived = resolve));
    serve = (request, response) => {
      arrived = request;
      request.on('end', () => response.end('done'));
      isArrived();
    };
    const request = open('POST', { 'Transfer-Encoding': 'chunked' });
    request.write('first');
    await arrival;
    if (arrived === undefined) throw new Error('nothing arrived');
    expect(await nextChunk(arrived)).toBe('first');
    request.write('second');
    expect(await nextChunk(arrived)).toBe('second');
    request.end();
    expect(await nextChunk(await answerOf(request))).toBe('done');
  });

  test('reaches the caller piece by piece, as the backend sends it', async () => {
    let response: ServerResponse | undefined;
    serve = (_, answering) => {
      response = answering;
      answering.write('first');
    };
    const request = open('GET').end();
    const answer = await answerOf(request);
    expect(await nextChunk(answer)).toBe('first');
    response?.write('second');
    expect(await nextChunk(answer)).toBe('second');
    response?.end();
    answer.resume();
    await once(answer, 'end');
  });

  test('may go both ways at a time', async () => {
    serve = (request, response) => {
      response.flushHeaders();
      request.on('data', (chunk: Buffer) => response.write(`echo of ${chunk.toString()}`));
      request.on('end', () => response.end());
    };
    const request = open('POST', { 'Transfer-Encoding': 'chunked' });
    request.write('one');
    const answer = await answerOf(request);
    expect(await nextChunk(answer)).toBe('echo of one');
    request.write('two');
    expect(await nextChunk(answer)).toBe('echo of two');
    request.end();
    answer.resume();
    await once(answer, 'end');
  });

  test('of 12 MiB arrives unchanged', async () => {
    const body = Buffer.alloc(12 * MIB);
    for (let index = 0; index < body.length; index += 4)
      body.writeUInt32LE((index * 2_654_435_761) >>> 0, index);
    serve = (request, response) => {
      const digest = createHash('sha256');
      request.on('data', (chunk: Buffer) => digest.update(chunk));
      request.on('end', () => response.end(digest.digest('hex')));
    };
    const { text } = await traffic.call({ path: '/stream', method: 'PUT', body });
    expect(text).toBe(createHash('sha256').update(body).digest('hex'));
  });

  test('of an answer of 600 MiB passes through little memory', async () => {
    const total = 600 * MIB;
    serve = (_, response) => void pump(response, total, Buffer.alloc(256 * 1024));
    const answer = await answerOf(open('GET').end());
    let bytes = 0;
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    });
    await once(answer, 'end');
    expect(bytes).toBe(total);
    // Caller, gateway and backend share this process, and what they dropped waits for the collector.
    expect(most).toBeLessThan(200 * MIB);
    // Memory is at stake here, not time: the collector of a process that ran many tests is slow.
  }, 180_000);
});

describe('a caller that does not read', () => {
  test('makes the backend wait, and is given up after a while', async () => {
    let progress = { bytes: 0 };
    let isClosed: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (isClosed = resolve));
    serve = (_, response) => {
      response.on('close', isClosed);
      progress = pump(response, Infinity, Buffer.alloc(256 * 1024));
    };
    const { host, port } = traffic.http;
    const request = httpRequest({
      host,
      port,
      path: '/stream',
      headers: { host: traffic.domain },
      agent: false,
    }).end();
    const answer = await answerOf(request);
    answer.pause();
    answer.on('error', () => undefined);
    await closed;
    // What the systems between them hold, and little more.
    expect(progress.bytes).toBeLessThan(64 * MIB);
  });
});

describe('a caller that hangs up in the middle of an answer', () => {
  test('ends the work of the backend', async () => {
    let isClosed: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (isClosed = resolve));
    serve = (_, response) => {
      response.on('close', isClosed);
      pump(response, Infinity, Buffer.alloc(64 * 1024));
    };
    const connection = await openRaw(traffic.http);
    connection.write(`GET /stream HTTP/1.1\r\nHost: ${traffic.domain}\r\n\r\n`);
    await connection.read((received) => received.length > MIB);
    connection.destroy();
    await closed;
  });
});
