import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load, type Scenario } from './load.ts';
import { startBackend } from './peers.ts';
import { pathOf, portsOfProcess, startNode, type Pinned } from './process.ts';

/*
 * A gateway with two threads beside one with a single thread: calls a second, and processor time for a call. Load and
 * backend run on the same cores as the gateways. Where there are just two of them the second figure tells more: threads
 * that cost each other nothing take as much time for a call as one alone.
 *
 *   node --conditions=@apig/source test/bench/workers.ts [--rounds 5] [--seconds 3] [--connections 64] [--path mock|small]
 */

const FIRST_PORT = portsOfProcess();
const THREADS = [1, 2] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    path: { type: 'string', default: 'mock' },
  },
});
await main({ name: values.path, path: `/${values.path}`, method: 'GET', bodyBytes: 0 });

async function main(scenario: Scenario): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'apig-bench-'));
  // nginx reads the large answer as another user.
  chmodSync(folder, 0o755);
  const cores = Array.from({ length: availableParallelism() }, (_, core) => core).join(',');
  const started: Pinned[] = [];
  try {
    const backend = await startBackend(folder, cores, FIRST_PORT);
    if (backend === undefined || pathOf('wrk') === undefined) {
      say('skipped: this needs nginx (as the backend) and wrk; on Debian: apt-get install nginx-light wrk');
      return;
    }
    started.push(backend);
    for (const threads of THREADS) {
      const port = FIRST_PORT + threads;
      const args = [String(port), String(FIRST_PORT), String(threads)];
      started.push(await startNode(`${threads}`, cores, 'workers-process.ts', args, port));
    }
    const settings = {
      core: cores,
      connections: Number(values.connections),
      seconds: Number(values.seconds),
      folder,
    };
    const gateways = started.slice(1);
    for (const { port } of gateways) await load(scenario, port, { ...settings, seconds: 5 });
    const ratios: { readonly calls: number; readonly time: number }[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const [one, two] = [await measure(gateways[0]), await measure(gateways[1])];
      ratios.push({ calls: two.perSecond / one.perSecond, time: two.cpuMicros / one.cpuMicros });
    }
    say(
      `two threads to one: calls ${median(ratios.map(({ calls }) => calls))}, processor time for a call ${median(ratios.map(({ time }) => time))}`,
    );

    async function measure(gateway: Pinned | undefined) {
      if (gateway === undefined) throw new Error('a gateway is missing');
      const before = gateway.cpuMs();
      const { requests, perSecond, p99Ms, errors } = await load(scenario, gateway.port, settings);
      const cpuMicros = ((gateway.cpuMs() - before) * 1000) / Math.max(1, requests);
      say(
        `${gateway.name}  ${perSecond.toFixed(0).padStart(7)}/s  ${cpuMicros.toFixed(1).padStart(6)} us  p99 ${p99Ms.toFixed(1)} ms${errors > 0 ? `  ${errors} ERRORS` : ''}`,
      );
      return { perSecond, cpuMicros };
    }
  } finally {
    for (const each of started.reverse()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(all: readonly number[]): string {
  const sorted = [...all].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
