import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assertConduct } from './conduct.ts';
import { load, type LoadResult, type Scenario } from './load.ts';
import { openLoad } from './open-load.ts';
import { PACKAGES, PLAIN_PEERS, POLICY_PEERS, startBackend, startPeer, type Peer } from './peers.ts';
import { pathOf, portsOfProcess, startNode, type Pinned } from './process.ts';

/*
 * Runs the data plane side by side with other proxies: each on one core, load and backend on another, rounds
 * interleaved. Printed are medians of the ratios within a round, so that a machine that is busy with other things
 * hits both sides of a ratio alike.
 *
 *   node --conditions=@apig/source test/bench/data-plane.ts [--rounds 5] [--seconds 2] [--connections 64]
 *     [--scenario small|take|large|policy|policy-take] [--latency]
 *     [--only nginx,haproxy,caddy,fastify,nginx+lua,engine,gateway,few,many]
 *
 * `policy` and `policy-take` are the full policy, whose peer is nginx with Lua; before anything is measured both show
 * that they enforce it. `few` and `many` are gateways with 10 and 10,000 further APIs; they run when they are asked
 * for. With `--latency` the gateway and nginx then get calls at a fixed rate, half of what the slower of them can do.
 */

const SCENARIOS: readonly Scenario[] = [
  { name: 'small', path: '/small', method: 'GET', bodyBytes: 0 },
  { name: 'take', path: '/take', method: 'POST', bodyBytes: 1000 },
  { name: 'large', path: '/large', method: 'GET', bodyBytes: 0 },
  { name: 'policy', path: '/small', method: 'GET', bodyBytes: 0, isSigned: true },
  { name: 'policy-take', path: '/take', method: 'POST', bodyBytes: 1000, isSigned: true },
];

/** What is measured against the plain peers: name, program, and how many further APIs it has. */
const OURS = [
  ['engine', 'engine'],
  ['gateway', 'gateway'],
  ['few', 'gateway', '10'],
  ['many', 'gateway', '10000'],
] as const;

/** What is measured against those who enforce the full policy. */
const OURS_WITH_POLICY = [['gateway', 'policy']] as const;

/** Whose latencies are compared. */
const LATENCY_OF: readonly string[] = ['gateway', 'nginx', 'nginx+lua'];

/** Requests after which compiled code has become what it will be. */
const WARM_REQUESTS = 30_000;

/** Ports of this run, one after another. */
const FIRST_PORT = portsOfProcess();

interface Measured extends LoadResult {
  readonly cpuMicros: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '64' },
    scenario: { type: 'string', default: 'small' },
    latency: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const scenario = SCENARIOS.find(({ name }) => name === values.scenario);
if (scenario === undefined) throw new Error(`no scenario ${values.scenario}`);
const peers: readonly Peer[] = scenario.isSigned === true ? POLICY_PEERS : PLAIN_PEERS;
const roundCount = Number(values.rounds);
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
    if (scenario.isSigned === true) for (const { name, port } of gateways) await assertConduct(name, port);
    for (const each of gateways) await warmUp(scenario, each, settings);
    const rounds = await measure(scenario, gateways, settings);
    report(rounds, gateways);
    if (values.latency) await measureLatency(scenario, gateways, rounds, settings);
  } finally {
    for (const each of started.reverse()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Settings = Parameters<typeof load>[2];

async function startGateways(folder: string, core: number, started: Pinned[]): Promise<readonly Pinned[]> {
  const gateways: Pinned[] = [];
  const isWanted = (name: string): boolean => values.only?.split(',').includes(name) ?? true;
  let port = FIRST_PORT;
  for (const name of peers) {
    port += 1;
    if (!isWanted(name)) continue;
    const peer = await startPeer(name, { folder, core, port, backendPort: FIRST_PORT });
    if (peer === undefined) say(`${name} is not installed: left out (Debian: ${PACKAGES[name]})`);
    else {
      gateways.push(peer);
      started.push(peer);
    }
  }
  for (const [name, file, ...more] of scenario?.isSigned === true ? OURS_WITH_POLICY : OURS) {
    port += 1;
    const isAsked = more.length === 0 || values.only !== undefined;
    if (isWanted(name) && isAsked) {
      const args = [String(port), String(FIRST_PORT), ...more];
      const ours = await startNode(name, core, `${file}-process.ts`, args, port);
      gateways.push(ours);
      started.push(ours);
    }
  }
  return gateways;
}

/** Code that is compiled as it runs needs a while to become what it will be. */
async function warmUp(scenario: Scenario, { port }: Pinned, settings: Settings): Promise<void> {
  // One that has many APIs answers before they are published.
  for (let made = 0, errors = 1; made < WARM_REQUESTS || errors > 0;) {
    const result = await load(scenario, port, { ...settings, seconds: 1 });
    made += result.requests + 1;
    errors = result.errors;
  }
}

/** As many calls as each can take, one after another. */
async function measure(
  scenario: Scenario,
  gateways: readonly Pinned[],
  settings: Settings,
): Promise<readonly Map<string, Measured>[]> {
  const rounds: Map<string, Measured>[] = [];
  for (let round = 0; round < roundCount; round += 1) {
    const measured = new Map<string, Measured>();
    for (const each of gateways) {
      const before = each.cpuMs();
      const result = await load(scenario, each.port, settings);
      const cpuMicros = ((each.cpuMs() - before) * 1000) / Math.max(1, result.requests);
      measured.set(each.name, { ...result, cpuMicros });
      say(
        `${each.name.padEnd(9)} ${result.perSecond.toFixed(0).padStart(7)}/s  ${cpuMicros.toFixed(1).padStart(6)} us  p99 ${result.p99Ms.toFixed(1)} ms${result.errors > 0 ? `  ${result.errors} ERRORS` : ''}`,
      );
    }
    rounds.push(measured);
  }
  return rounds;
}

function report(rounds: readonly Map<string, Measured>[], gateways: readonly Pinned[]): void {
  const names = gateways.map(({ name }) => name);
  const isPeer = (name: string): boolean => (peers as readonly string[]).includes(name);
  for (const ours of names.filter((name) => !isPeer(name))) {
    for (const peer of names.filter((name) => isPeer(name) || (ours === 'many' && name === 'few'))) {
      const ratio = (of: (measured: Measured) => number): string =>
        medianRatio(rounds, ours, peer, of).toFixed(2);
      say(
        `${ours} to ${peer}: requests ${ratio(({ perSecond }) => perSecond)}, processor time per request ${ratio(({ cpuMicros }) => cpuMicros)}, p99 ${ratio(({ p99Ms }) => p99Ms)}`,
      );
    }
  }
}

/** Latencies at half of what the slower one can do, so that neither is ever full. */
async function measureLatency(
  scenario: Scenario,
  all: readonly Pinned[],
  closed: readonly Map<string, Measured>[],
  settings: Settings,
): Promise<void> {
  const gateways = all.filter(({ name }) => LATENCY_OF.includes(name));
  const most = gateways.map(({ name }) => median(closed.map((round) => round.get(name)?.perSecond ?? 0)));
  const perSecond = Math.min(...most) / 2;
  say(`at ${perSecond.toFixed(0)} calls a second:`);
  const rounds: Map<string, { readonly p50Ms: number; readonly p99Ms: number }>[] = [];
  for (let round = 0; round < roundCount; round += 1) {
    const measured = new Map<string, { readonly p50Ms: number; readonly p99Ms: number }>();
    for (const { name, port } of gateways) {
      const result = await openLoad(scenario, port, { ...settings, perSecond });
      measured.set(name, result);
      say(
        `${name.padEnd(9)} p50 ${result.p50Ms.toFixed(2)} ms  p99 ${result.p99Ms.toFixed(2)} ms  at most ${result.longestQueue} waited${result.errors > 0 ? `  ${result.errors} ERRORS` : ''}`,
      );
    }
    rounds.push(measured);
  }
  for (const { name } of gateways.filter(({ name }) => name !== 'gateway')) {
    const ratio = (of: (measured: { readonly p50Ms: number; readonly p99Ms: number }) => number): string =>
      medianRatio(rounds, 'gateway', name, of).toFixed(2);
    say(
      `gateway to ${name} at half load: p50 ${ratio(({ p50Ms }) => p50Ms)}, p99 ${ratio(({ p99Ms }) => p99Ms)}`,
    );
  }
}

function medianRatio<M>(
  rounds: readonly Map<string, M>[],
  ours: string,
  peer: string,
  of: (measured: M) => number,
): number {
  return median(
    rounds.map((round) => {
      const [a, b] = [round.get(ours), round.get(peer)];
      return a === undefined || b === undefined ? 0 : of(a) / of(b);
    }),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
