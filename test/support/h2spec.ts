import { spawn, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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
  const home = join(homedir(), '.cache/apig', `h2spec-${recipeKey()}-${process.platform}-${process.arch}`);
  const program = join(home, 'h2spec');
  if (!existsSync(program) && !build(home)) return undefined;
  return (port, isSecure) => run(program, port, isSecure);
}

function recipeKey(): string {
  return hash('sha256', readFileSync(join(RECIPE, 'go.sum'))).slice(0, 16);
}

function build(home: string): boolean {
  if (spawnSync('go', ['version']).status !== 0) {
    if (process.env['CI'] === undefined) return false;
    throw new Error('Go is needed to build h2spec');
  }
  mkdirSync(dirname(home), { recursive: true });
  // Made beside its place and moved there whole, so that a broken attempt is never used.
  const partial = mkdtempSync(`${home}.partial-`);
  const { status, stderr } = spawnSync(
    'go',
    ['build', '-mod=readonly', '-trimpath', '-o', join(partial, 'h2spec'), PACKAGE],
    {
      cwd: RECIPE,
      encoding: 'utf8',
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    },
  );
  if (status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`go build of h2spec failed: ${stderr}`);
  }
  renameSync(partial, home);
  return true;
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
