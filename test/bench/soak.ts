import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { APP, signedRequest } from './policy.ts';
import type { Pinned } from './process.ts';
import type { Memory } from './told-memory.ts';

/** Memory at a time since the start. */
export interface Sample {
  readonly atMs: number;
  readonly memory: Memory;
}

/** What came of a soak. */
export interface Soaked {
  readonly calls: number;
  /** Calls that were not answered as they should. */
  readonly unexpected: number;
  readonly samples: readonly Sample[];
}

const SAMPLE_MS = 15_000;
const CLIENTS = 20;
/** Time between two calls of a client: a modest load, so that the machine is not what is shown. */
const PAUSE_MS = 40;
const CALLS_OF_A_CONNECTION = 25;

/**
 * Has many clients use a gateway with the full policy for a time, as clients do: calls and calls that are refused,
 * bodies, large answers, connections that are closed and opened anew, and callers that leave before they are answered.
 */
export async function soak(
  gateway: Pinned,
  durationMs: number,
  onSample: (sample: Sample) => void,
): Promise<Soaked> {
  const startMs = performance.now();
  const isOver = () => performance.now() - startMs >= durationMs;
  const samples: Sample[] = [];
  const sampling = (async () => {
    for (;;) {
      const memory = await gateway.memory();
      const sample = { atMs: performance.now() - startMs, memory };
      samples.push(sample);
      onSample(sample);
      if (isOver()) return;
      await sleep(SAMPLE_MS);
    }
  })();
  let calls = 0;
  let unexpected = 0;
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let turn = client; !isOver(); turn += 1) {
      const done = await useConnection(gateway.port, turn, isOver);
      calls += done.calls;
      unexpected += done.unexpected;
    }
  });
  await Promise.all([sampling, ...clients]);
  return { calls, unexpected, samples };
}

/** Calls of one connection, the last of which is broken off by every third client. */
async function useConnection(
  port: number,
  turn: number,
  isOver: () => boolean,
): Promise<{ readonly calls: number; readonly unexpected: number }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  let unexpected = 0;
  let calls = 0;
  for (; calls < CALLS_OF_A_CONNECTION && !isOver(); calls += 1) {
    const { request, status } = callOf(turn * CALLS_OF_A_CONNECTION + calls);
    socket.write(request, 'latin1');
    if ((await statusOf(socket)) !== status) unexpected += 1;
    await sleep(PAUSE_MS);
  }
  if (turn % 3 === 0) socket.write(callOf(0).request, 'latin1');
  socket.destroy();
  return { calls, unexpected };
}

function callOf(number: number): { readonly request: string; readonly status: number } {
  switch (number % 5) {
    case 0:
      return { request: signedRequest('POST', `/take?n=${number}`, 'x'.repeat(1000)), status: 200 };
    case 1:
      return { request: signedRequest('GET', `/large?n=${number}`, ''), status: 200 };
    case 2: {
      const forged = { ...APP, secret: 'another' };
      return { request: signedRequest('GET', `/small?n=${number}`, '', forged), status: 401 };
    }
    default:
      return { request: signedRequest('GET', `/small?n=${number}`, ''), status: 200 };
  }
}

/** Status of the next answer, once all of it is here. */
async function statusOf(socket: ReturnType<typeof connect>): Promise<number> {
  let received = '';
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [string];
    received += chunk;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) continue;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0);
    if (received.length >= headEnd + 4 + length) return Number(received.slice(9, 12));
  }
}
