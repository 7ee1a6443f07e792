import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

/*
 * Calls that come at a fixed rate, however long answers take: a call that finds all connections busy waits, and its
 * time counts from the moment at which it was due. Arguments: port, calls a second, seconds, connections, file of the
 * requests. Prints one line of JSON.
 *
 * Calls come once a millisecond, as many as are due: timers here are no finer, and a loop that never sleeps would take
 * time from the backend, which runs on the same core.
 */

/** The head of a run is not counted: connections and caches are new. */
const UNCOUNTED_MS = 1000;

const [port = 0, perSecond = 0, seconds = 0, connections = 0] = process.argv.slice(2, 6).map(Number);
const requests = readFileSync(process.argv[6] ?? '', 'latin1').split('\0');
const lastMs = UNCOUNTED_MS + seconds * 1000;

/** Times at which calls were due that no connection is free for. */
const waiting: number[] = [];
const idle: Connection[] = [];
const latencies: number[] = [];
let sent = 0;
let errors = 0;
let underWay = 0;
let longestQueue = 0;

class Connection {
  readonly #socket: Socket;
  #dueMs = 0;
  #received = '';

  constructor(onOpen: () => void) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true }, onOpen);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#receive(chunk));
    this.#socket.on('error', fail);
    this.#socket.on('close', fail);
  }

  send(dueMs: number): void {
    this.#dueMs = dueMs;
    underWay += 1;
    this.#socket.write(requests[sent % requests.length] ?? '', 'latin1');
    sent += 1;
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#received)?.[1] ?? 0);
    if (this.#received.length < headEnd + 4 + length) return;
    if (!this.#received.startsWith('200', 9)) errors += 1;
    this.#received = '';
    underWay -= 1;
    if (this.#dueMs >= UNCOUNTED_MS) latencies.push(elapsedMs() - this.#dueMs);
    const dueMs = waiting.shift();
    if (dueMs === undefined) idle.push(this);
    else this.send(dueMs);
  }
}

let opened = 0;
let startMs = 0;
await new Promise<void>((resolve) => {
  for (let made = 0; made < connections; made += 1) {
    idle.push(
      new Connection(() => {
        opened += 1;
        if (opened === connections) resolve();
      }),
    );
  }
});
startMs = performance.now();
let due = 0;
tick();

function elapsedMs(): number {
  return performance.now() - startMs;
}

function tick(): void {
  const nowMs = Math.min(Math.floor(elapsedMs()), lastMs);
  // Those of each millisecond that has passed are due at its end.
  for (; due < (nowMs * perSecond) / 1000; due += 1) {
    const dueMs = Math.ceil((due * 1000) / perSecond);
    const connection = idle.pop();
    if (connection === undefined) waiting.push(dueMs);
    else connection.send(dueMs);
  }
  longestQueue = Math.max(longestQueue, waiting.length);
  if (nowMs < lastMs || underWay > 0 || waiting.length > 0) setTimeout(tick, 1);
  else report();
}

function report(): void {
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
  const result = { requests: latencies.length, p50Ms: at(0.5), p99Ms: at(0.99), errors, longestQueue };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
}

function fail(): void {
  process.stderr.write('a connection ended\n');
  process.exit(1);
}
