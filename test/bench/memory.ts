import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KeptConnection } from './kept-connection.ts';
import { startBackend, startPeer } from './peers.ts';
import { HOST } from './policy.ts';
import { portsOfProcess, startNode, type Pinned } from './process.ts';
import { soak } from './soak.ts';

/*
 * What the data plane needs of memory: for each connection that is kept and idle, nginx's beside it, and for each API
 * that is published. With `--soak` it works for that many minutes instead, and what it needs more at the end is told.
 *
 *   node --conditions=@apig/source test/bench/memory.ts [--connections 10000] [--apis 10000] [--soak <minutes>]
 */

const FIRST_PORT = portsOfProcess();

/** As many connections are opened at a time: fewer than the system lets wait to be taken. */
const AT_A_TIME = 100;

/** Requests before anything is measured, so that code and buffers that are used once are there. */
const WARM_REQUESTS = 2000;

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    apis: { type: 'string', default: '10000' },
    soak: { type: 'string' },
  },
});
await main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'apig-bench-'));
  chmodSync(folder, 0o755);
  const started: Pinned[] = [];
  try {
    const backend = await startBackend(folder, 0, FIRST_PORT);
    if (backend === undefined) {
      say('skipped: this needs nginx (as the backend); on Debian: apt-get install nginx-light');
      return;
    }
    started.push(backend);
    if (values.soak === undefined) {
      await measureConnections(folder, started);
      await measureApis(started);
    } else await measureSoak(Number(values.soak), started);
  } finally {
    for (const each of started.reverse()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bytes for each connection that has had an answer and waits. */
async function measureConnections(folder: string, started: Pinned[]): Promise<void> {
  const count = Number(values.connections);
  const gateway = await startNode('gateway', 1, 'gateway-process.ts', gatewayArgs(1, 0), FIRST_PORT + 1);
  started.push(gateway);
  await warmUp(gateway.port);
  const before = await gateway.memory();
  const kept = await openKept(gateway.port, count);
  const after = await gateway.memory();
  for (const each of kept) each.close();
  const heap = after.heapUsed + after.external - before.heapUsed - before.external;
  say(
    `gateway, for each of ${count} idle connections: ${bytes((after.rss - before.rss) / count)} of the system, ${bytes(heap / count)} in use`,
  );

  const place = { folder, core: 1, port: FIRST_PORT + 2, backendPort: FIRST_PORT };
  const nginx = await startPeer('nginx', place);
  if (nginx === undefined) return;
  started.push(nginx);
  await warmUp(nginx.port);
  const beforeRss = nginx.rss();
  const others = await openKept(nginx.port, count);
  say(`nginx, the same: ${bytes((nginx.rss() - beforeRss) / count)} of the system`);
  for (const each of others) each.close();
}

/** Bytes for each API: its definition as the configuration has it, and its plan. */
async function measureApis(started: Pinned[]): Promise<void> {
  const count = Number(values.apis);
  const [few, many] = [
    await startNode('few', 1, 'gateway-process.ts', gatewayArgs(3, 0), FIRST_PORT + 3),
    await startNode('many', 1, 'gateway-process.ts', gatewayArgs(4, count), FIRST_PORT + 4),
  ];
  started.push(few, many);
  for (const { port } of [few, many]) await warmUp(port);
  const [less, more] = [await few.memory(), await many.memory()];
  const used = more.heapUsed + more.external - less.heapUsed - less.external;
  say(
    `for each of ${count} APIs: ${bytes((more.rss - less.rss) / count)} of the system, ${bytes(used / count)} in use`,
  );
}

async function measureSoak(minutes: number, started: Pinned[]): Promise<void> {
  const port = FIRST_PORT + 5;
  const gateway = await startNode('gateway', 1, 'policy-process.ts', gatewayArgs(5), port);
  started.push(gateway);
  const { calls, unexpected, samples } = await soak(gateway, minutes * 60_000, ({ atMs, memory }) => {
    say(
      `${(atMs / 60_000).toFixed(1).padStart(5)} min  ${bytes(memory.rss)} of the system, ${bytes(memory.heapUsed)} heap, ${bytes(memory.external)} outside it`,
    );
  });
  const settled = samples.filter(({ atMs }) => atMs >= 60_000);
  const [first, last] = [settled[0]?.memory, settled.at(-1)?.memory];
  say(`${calls} calls, ${unexpected} answered otherwise than they should`);
  if (first === undefined || last === undefined) return;
  say(
    `after the first minute: ${bytes(last.rss - first.rss)} of the system, ${bytes(last.heapUsed + last.external - first.heapUsed - first.external)} in use`,
  );
}

function gatewayArgs(offset: number, others?: number): readonly string[] {
  const numbers = [FIRST_PORT + offset, FIRST_PORT, ...(others === undefined ? [] : [others])];
  return numbers.map(String);
}

async function warmUp(port: number): Promise<void> {
  const connection = await KeptConnection.open(`http://127.0.0.1:${port}`);
  // One that has many APIs answers before they are published.
  for (let made = 0; made < WARM_REQUESTS;) {
    const { status } = await connection.send('GET', '/small', '', '', HOST);
    made = status === 200 ? made + 1 : 0;
  }
  connection.close();
}

async function openKept(port: number, count: number): Promise<readonly KeptConnection[]> {
  const all: KeptConnection[] = [];
  while (all.length < count) {
    const opened = await Promise.all(
      Array.from({ length: Math.min(AT_A_TIME, count - all.length) }, async () => {
        const connection = await KeptConnection.open(`http://127.0.0.1:${port}`);
        const { status } = await connection.send('GET', '/small', '', '', HOST);
        if (status !== 200) throw new Error(`answered ${status}`);
        return connection;
      }),
    );
    all.push(...opened);
  }
  return all;
}

/** Bytes in a unit that shows what matters. */
function bytes(count: number): string {
  return Math.abs(count) < 1_000_000
    ? `${Math.round(count)} bytes`
    : `${(count / 1024 / 1024).toFixed(1)} MiB`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
