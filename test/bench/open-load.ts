import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOST, signedRequests } from './policy.ts';
import { NODE_FLAGS, pinned } from './process.ts';
import type { Scenario } from './load.ts';

/** Latencies at a fixed rate of calls. */
export interface OpenLoadResult {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 200. */
  readonly errors: number;
  /** Calls that waited for a free connection at the same time. */
  readonly longestQueue: number;
}

/** Makes calls at a fixed rate, whatever becomes of those before: latencies count from the time a call was due. */
export async function openLoad(
  scenario: Scenario,
  port: number,
  {
    core,
    connections,
    seconds,
    folder,
    perSecond,
  }: {
    readonly core: number | string;
    readonly connections: number;
    readonly seconds: number;
    readonly folder: string;
    readonly perSecond: number;
  },
): Promise<OpenLoadResult> {
  const file = join(folder, `${scenario.name}.open`);
  const requests = scenario.isSigned === true ? signedRequests(scenario) : [plainRequest(scenario)];
  writeFileSync(file, requests.join('\0'), 'latin1');
  const numbers = [port, perSecond, seconds, connections].map((each) => String(Math.round(each)));
  const script = join(import.meta.dirname, 'open-load-process.ts');
  const [command, args] = pinned(core, process.execPath, [...NODE_FLAGS, script, ...numbers, file]);
  const { stdout } = await promisify(execFile)(command, args);
  return JSON.parse(stdout) as OpenLoadResult;
}

function plainRequest({ method, path, bodyBytes }: Scenario): string {
  const body = bodyBytes > 0 ? `Content-Type: text/plain\r\nContent-Length: ${bodyBytes}\r\n` : '';
  return `${method} ${path} HTTP/1.1\r\nHost: ${HOST}\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\n${body}\r\n${'x'.repeat(bodyBytes)}`;
}
