import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load, type LoadResult, type Scenario } from './load.ts';
import { PEERS, startBackend, startPeer } from './peers.ts';
import { pathOf, startNode, type Pinned } from './process.ts';

/*
 * Runs the data plane side by side with other proxies: each on one core, load and backend on another, rounds
 * interleaved. Printed are medians of the ratios within a round, so that a machine that is busy with other things
 * hits both sides of a ratio alike.
 *
 *   node --conditions=@apig/source test/bench/data-plane.ts [--rounds 5] [--seconds 2] [--connections 64]
 *     [--scenario small|take|large] [--only nginx,engine,gateway,few,many]
 *
 * `few` and `many` are gateways with 10 and 10,000 further APIs; they run when they are asked for.
 */

const SCENARIOS: readonly Scenario[] = [
  { name: 'small', path: '/small', method: 'GET', bodyBytes: 0 },
  { name: 'take', path: '/take', method: 'POST', bodyBytes: 1000 },
  { name: 'large', path: '/large', method: 'GET', bodyBytes: 0 },
];

/** What is measured against the peers: name, program, and how many further APIs it has. */
const OURS = [
  ['engine', 'engine'],
  ['gateway', 'gateway'],
  ['few', 'gateway', '10'],
  ['many', 'gateway', '10000'],
] as const;

/** Requests after which compiled code has become what it will be. */
const WARM_REQUESTS = 30_000;

/** Ports of this bench, one after another. */
const FIRST_PORT = 19_300;

interface Measured extends LoadResult {
  readonly cpuMicros: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '64' },
    scenario: { type: 'string', default: 'small' },
    only: { type: 'string' },
  },
});
const scenario = SCENARIOS.find(({ name }) => name === values.scenario);
if (scenario === undefined) throw new Error(`no scenario ${values.scenario}`);
await main(scenario);

async function main(scenario: Scenario): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'apig-bench-'));
  // nginx reads the large answer as another user.
  chmodSync(folder, 0o755);
  const [loadCore, gatewayCore] = availableParallelism() > 1 ? [0, 1] : [0, 0];
  const started: Pinned[] = [];
  try {
    const backend = await startBackend(folder, loadCore, FIRST_PORT);
    if (backend === undefined || pathOf('wrk') === undefined) {
      say('skipped: this needs nginx (as the backend) and wrk; on Debian: apt-get install nginx-light wrk');
      return;
    }
    started.push(backend);
    const gateways = await startGateways(folder, gatewayCore, started);
    const settings = {
      core: loadCore,
      connections: Number(values.connections),
      seconds: Number(values.seconds),
      folder,
    };
    // Code that is compiled as it runs needs a while to become what it will be.
    for (const each of gateways) {
      // One that has many APIs answers before they are published.
      for (let made = 0, errors = 1; made < WARM_REQUESTS || errors > 0;) {
        const result = await load(scenario, each.port, { ...settings, seconds: 1 });
        made += result.requests + 1;
        errors = result.errors;
      }
    }
    const rounds: Map<string, Measured>[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const measured = new Map<string, Measured>();
      for (const each of gateways) {
        const before = each.cpuMs();
        const result = await load(scenario, each.port, settings);
        const cpuMicros = ((each.cpuMs() - before) * 1000) / Math.max(1, result.requests);
        measured.set(each.name, { ...result, cpuMicros });
        say(
          `${each.name.padEnd(8)} ${result.perSecond.toFixed(0).padStart(7)}/s  ${cpuMicros.toFixed(1).padStart(6)} us  p99 ${result.p99Ms.toFixed(1)} ms${result.errors > 0 ? `  ${result.errors} ERRORS` : ''}`,
        );
      }
      rounds.push(measured);
    }
    report(
      rounds,
      gateways.map(({ name }) => name),
    );
  } finally {
    for (const each of started.reverse()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startGateways(folder: string, core: number, started: Pinned[]): Promise<readonly Pinned[]> {
  const gateways: Pinned[] = [];
  const isWanted = (name: string): boolean => values.only?.split(',').includes(name) ?? true;
  let port = FIRST_PORT;
  for (const name of PEERS) {
    port += 1;
    if (!isWanted(name)) continue;
    const peer = await startPeer(name, folder, core, port, FIRST_PORT);
    if (peer === undefined) say(`${name} is not installed: left out`);
    else gateways.push(peer);
  }
  for (const [name, file, ...more] of OURS) {
    port += 1;
    const isAsked = more.length === 0 || values.only !== undefined;
    if (isWanted(name) && isAsked) {
      const args = [String(port), String(FIRST_PORT), ...more];
      gateways.push(await startNode(name, core, `${file}-process.ts`, args, port));
    }
  }
  started.push(...gateways);
  return gateways;
}

function report(rounds: readonly Map<string, Measured>[], names: readonly string[]): void {
  for (const ours of names) {
    for (const peer of ours === 'many' ? (['few', ...PEERS] as const) : PEERS) {
      if (ours === peer || !names.includes(peer) || (PEERS as readonly string[]).includes(ours)) continue;
      const ratio = (of: (measured: Measured) => number): string => {
        const all = rounds.map((round) => {
          const [a, b] = [round.get(ours), round.get(peer)];
          return a === undefined || b === undefined ? 0 : of(a) / of(b);
        });
        return median(all).toFixed(2);
      };
      say(
        `${ours} to ${peer}: requests ${ratio(({ perSecond }) => perSecond)}, processor time per request ${ratio(({ cpuMicros }) => cpuMicros)}, p99 ${ratio(({ p99Ms }) => p99Ms)}`,
      );
    }
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
