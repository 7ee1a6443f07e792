import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOST, signedRequests } from './policy.ts';
import { pathOf, pinned } from './process.ts';

/** What is asked for. */
export interface Scenario {
  readonly name: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly bodyBytes: number;
  /** Signed by an app, each request another; for those who enforce the full policy. */
  readonly isSigned?: boolean;
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
    `${scenario.isSigned === true ? signedScript(scenario, folder) : plainScript(scenario)}
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
  const { stdout } = await promisify(execFile)(...pinned(core, wrk, args));
  const [, requests = 0, microseconds = 1, p99 = 0, errors = 0] = (/RESULT (.*)/.exec(stdout)?.[1] ?? '')
    .split(' ')
    .reduce<number[]>((all, each) => [...all, Number(each)], [0]);
  return { requests, perSecond: (requests * 1e6) / microseconds, p99Ms: p99 / 1000, errors };
}

function plainScript({ method, bodyBytes }: Scenario): string {
  return `wrk.method = "${method}"
wrk.headers["Host"] = "${HOST}"
wrk.headers["User-Agent"] = "bench/1.0"
wrk.headers["Accept"] = "application/json"
${bodyBytes > 0 ? `wrk.body = string.rep("x", ${bodyBytes})\nwrk.headers["Content-Type"] = "text/plain"` : ''}`;
}

/** Requests that are ready: signing them would cost more than what is measured. */
function signedScript(scenario: Scenario, folder: string): string {
  const file = join(folder, `${scenario.name}.requests`);
  writeFileSync(file, signedRequests(scenario).join('\0'));
  return `local requests, at = {}, 0
for each in io.open("${file}", "rb"):read("*a"):gmatch("[^%z]+") do requests[#requests + 1] = each end
request = function()
  at = at % #requests + 1
  return requests[at]
end`;
}
