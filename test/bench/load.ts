import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from './process.ts';

/** What is asked for. */
export interface Scenario {
  readonly name: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly bodyBytes: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** 99th percentile in milliseconds. */
  readonly p99Ms: number;
  /** Answers other than 2xx and 3xx, and broken connections. */
  readonly errors: number;
}

const run = promisify(execFile);

/** Makes requests over kept connections from one core for a while, by `wrk`. */
export async function load(
  scenario: Scenario,
  port: number,
  {
    core,
    connections,
    seconds,
    folder,
  }: { core: number | string; connections: number; seconds: number; folder: string },
): Promise<LoadResult> {
  const wrk = pathOf('wrk');
  if (wrk === undefined) throw new Error('wrk is not installed: apt-get install wrk');
  const script = join(folder, `${scenario.name}.lua`);
  writeFileSync(
    script,
    `wrk.method = "${scenario.method}"
wrk.headers["Host"] = "api.example.com"
wrk.headers["User-Agent"] = "bench/1.0"
wrk.headers["Accept"] = "application/json"
${scenario.bodyBytes > 0 ? `wrk.body = string.rep("x", ${scenario.bodyBytes})\nwrk.headers["Content-Type"] = "text/plain"` : ''}
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`,
  );
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-s',
    script,
    `http://127.0.0.1:${port}${scenario.path}`,
  ];
  const taskset = pathOf('taskset');
  const { stdout } =
    taskset === undefined ? await run(wrk, args) : await run(taskset, ['-c', String(core), wrk, ...args]);
  const [, requests = 0, microseconds = 1, p99 = 0, errors = 0] = (/RESULT (.*)/.exec(stdout)?.[1] ?? '')
    .split(' ')
    .reduce<number[]>((all, each) => [...all, Number(each)], [0]);
  return { requests, perSecond: (requests * 1e6) / microseconds, p99Ms: p99 / 1000, errors };
}
