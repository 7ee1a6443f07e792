import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findGoProgram } from './go-program.ts';

/** The program that holds servers against HTTP/2. */
const PACKAGE = 'github.com/summerwind/h2spec/cmd/h2spec';

/** Its go.mod and go.sum decide what is built. */
const RECIPE = join(dirname(dirname(import.meta.dirname)), 'tools/h2spec');

/** What became of one case: `http2/5.1/8` and so on, in the order of its section. */
export interface SpecCase {
  readonly id: string;
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

/** Runs all cases against a server. */
export type RunSpec = (port: number, isSecure: boolean) => Promise<readonly SpecCase[]>;

/**
 * Finds h2spec in the user's cache, or builds it by Go. Undefined on a machine without Go; in CI that is a failure, as
 * what needs it would go unnoticed.
 */
export function openH2spec(): RunSpec | undefined {
  const program = findGoProgram({ name: 'h2spec', recipe: RECIPE, source: PACKAGE });
  return program === undefined ? undefined : (port, isSecure) => run(program, port, isSecure);
}

async function run(program: string, port: number, isSecure: boolean): Promise<readonly SpecCase[]> {
  const directory = mkdtempSync(join(tmpdir(), 'h2spec-'));
  const report = join(directory, 'report.xml');
  const args = ['--host', 'localhost', '--port', String(port), '--timeout', '2', '--junit-report', report];
  const child = spawn(program, isSecure ? [...args, '--tls', '--insecure'] : args, { stdio: 'ignore' });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => resolve());
    });
    return casesIn(readFileSync(report, 'utf8'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function casesIn(report: string): readonly SpecCase[] {
  const cases: SpecCase[] = [];
  const counts = new Map<string, number>();
  const pattern = /<testcase package="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g;
  for (const [, section = '', title = '', content = ''] of report.matchAll(pattern)) {
    const number = (counts.get(section) ?? 0) + 1;
    counts.set(section, number);
    const isFailed = /<failure|<error/.test(content);
    const outcome = isFailed ? 'failed' : content.includes('<skipped') ? 'skipped' : 'passed';
    cases.push({ id: `${section}/${number}`, title, outcome });
  }
  return cases;
}
