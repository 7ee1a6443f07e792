import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ensureEngine, type Engine } from '../../tools/engine/engine.ts';
import { projectEnvironment } from '../../tools/setup/environment.js';
import { lastLines, runProgram } from '../../tools/setup/process.js';

const ROOT = dirname(dirname(import.meta.dirname));
/** A command that takes longer hangs. */
const COMMAND_TIMEOUT_MS = 10 * 60_000;

/** One step that the engine planned or took. */
export interface Step {
  /** As the engine names it: same, create, update, replace, delete, refresh and others. */
  op: string;
  urn: string;
  type: string;
  /** The resource's name in the program. */
  name: string;
}

/** What a Pulumi command printed, and what it did to resources. */
export interface Outcome {
  /** Exit code; null when the command was ended by a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
  steps: Step[];
  /** The steps that are not `same`. Empty after `preview` means that nothing would change. */
  changes: Step[];
  /** Number of resources by operation, as the engine counts them. */
  summary: Record<string, number>;
}

/** A step of a preview with the resource's state before and after, as `pulumi preview --json` prints it. */
export interface PlannedStep extends Step {
  oldState?: PlannedState;
  newState?: PlannedState;
  detailedDiff?: Record<string, { kind: string; inputDiff: boolean }> | null;
  replaceReasons?: string[] | null;
  diffReasons?: string[] | null;
}

/** Inputs and outputs of a resource in a preview. */
export interface PlannedState {
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** What `preview` answers: planned steps, and what the program and its providers had to say. */
export interface Preview extends Outcome {
  steps: PlannedStep[];
  changes: PlannedStep[];
  diagnostics: { urn?: string; message: string; severity: string }[];
}

/** A resource as the stack's state holds it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** How to open a stack. */
export interface StackOptions {
  /** A folder with Pulumi.yaml, of which a copy is made, or the files of a program by name (index.ts or index.js). */
  program: string | Record<string, string>;
  /** Name of the stack; a folder's `Pulumi.<name>.yaml` goes with it. */
  name?: string;
  config?: Record<string, string>;
  secrets?: Record<string, string>;
  env?: Record<string, string>;
}

/** A stack of the real engine with a file backend of its own. Close it with `dispose`. */
export interface Stack {
  /** The program's folder: files written here count from the next command on. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  up(...flags: string[]): Promise<Outcome>;
  preview(...flags: string[]): Promise<Preview>;
  /** The preview as a user reads it. */
  showPreview(...flags: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  refresh(...flags: string[]): Promise<Outcome>;
  destroy(...flags: string[]): Promise<Outcome>;
  /** The state without providers and the stack itself, and its text as it would lie in the backend. */
  exportState(): Promise<{ resources: StateResource[]; text: string }>;
  outputs(options?: { showSecrets?: boolean }): Promise<Record<string, unknown>>;
  setConfig(key: string, value: string, options?: { secret?: boolean }): Promise<void>;
  /** Replaces or adds files of the program. */
  write(files: Record<string, string>): void;
  /** Ends commands under way and removes everything from the disk; resources are left alone. */
  dispose(): Promise<void>;
}

/** Opens a new stack for a program. */
export async function openStack(options: StackOptions): Promise<Stack> {
  const { program, name = 'test', config = {}, secrets = {} } = options;
  const home = mkdtempSync(join(tmpdir(), 'apig-stack-'));
  const directory = join(home, 'program');
  placeProgram(program, directory);
  // The workspaces and their dependencies are found where the program's own would be.
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  const env = { ...(await stackEnvironment(home)), ...options.env };

  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const run = async (
    args: string[],
    input?: string,
  ): Promise<Omit<Outcome, 'steps' | 'changes' | 'summary'>> => {
    const command = runProgram('pulumi', ['--non-interactive', '--color', 'never', ...args], {
      cwd: directory,
      env,
      // Ended by a signal it can answer: only the CLI itself knows the plugins it has started.
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(COMMAND_TIMEOUT_MS)]),
      ...(input === undefined ? {} : { input }),
    });
    running.add(command);
    const { code, stdout, stderr } = await command.finally(() => running.delete(command));
    return { code, stdout, stderr };
  };
  const demand = async (args: string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await run(args, input);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} failed:\n${lastLines(stderr || stdout)}`);
    return stdout;
  };
  const operate = async (args: string[]): Promise<Outcome> => {
    const log = join(mkdtempSync(join(home, 'events-')), 'events.json');
    const result = await run([...args, '--stack', name, '--event-log', log]);
    return { ...result, ...readEvents(log) };
  };

  const stack: Stack = {
    directory,
    env,
    up: (...flags) => operate(['up', '--yes', '--skip-preview', ...flags]),
    refresh: (...flags) => operate(['refresh', '--yes', '--skip-preview', ...flags]),
    destroy: (...flags) => operate(['destroy', '--yes', '--skip-preview', ...flags]),
    preview: async (...flags) => toPreview(await run(['preview', '--json', '--stack', name, ...flags])),
    showPreview: (...flags) => run(['preview', '--stack', name, ...flags]),
    exportState: async () => toState(await demand(['stack', 'export', '--stack', name])),
    outputs: async ({ showSecrets = false } = {}) => {
      const flags = showSecrets ? ['--show-secrets'] : [];
      return JSON.parse(await demand(['stack', 'output', '--json', '--stack', name, ...flags])) as Record<
        string,
        unknown
      >;
    },
    // By standard input: arguments can be read by other users of the machine.
    setConfig: async (key, value, { secret = false } = {}) => {
      await demand(['config', 'set', key, '--stack', name, secret ? '--secret' : '--plaintext'], value);
    },
    write: (files) => writeFiles(directory, files),
    dispose: async () => {
      closing.abort();
      await Promise.allSettled(running);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };

  try {
    await demand(['stack', 'init', name]);
    const plain = Object.entries(config).flatMap(([key, value]) => ['--plaintext', `${key}=${value}`]);
    if (plain.length > 0) await demand(['config', 'set-all', '--stack', name, ...plain]);
    for (const [key, value] of Object.entries(secrets)) await stack.setConfig(key, value, { secret: true });
  } catch (error) {
    await stack.dispose();
    throw error;
  }
  return stack;
}

function placeProgram(program: string | Record<string, string>, directory: string): void {
  if (typeof program === 'string') {
    const filter = (source: string): boolean => basename(source) !== 'node_modules';
    cpSync(program, directory, { recursive: true, filter });
    return;
  }
  const main = 'index.ts' in program ? 'index.ts' : 'index.js';
  const runtime = { name: 'nodejs', options: { typescript: false } };
  writeFiles(directory, {
    // JSON is YAML.
    'Pulumi.yaml': JSON.stringify({ name: 'test', runtime, main }),
    'package.json': JSON.stringify({ private: true, type: 'module', main }),
    ...program,
  });
}

function writeFiles(directory: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Looked for once in a test file. */
let engine: Promise<Engine> | undefined;

/** The test's own environment without what it says about some other Pulumi stack. */
async function stackEnvironment(home: string): Promise<NodeJS.ProcessEnv> {
  engine ??= ensureEngine();
  const inherited = Object.entries({ ...process.env, ...(await engine).env }).filter(
    ([key]) => !key.startsWith('PULUMI_'),
  );
  const backend = join(home, 'backend');
  mkdirSync(backend);
  return {
    ...projectEnvironment(Object.fromEntries(inherited), ROOT),
    PULUMI_HOME: join(home, 'pulumi'),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: 'test',
    PULUMI_SKIP_UPDATE_CHECK: '1',
    // A command starts two Node processes, each of which would compile the whole SDK anew.
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: 'true',
    // Shows the switch --event-log.
    PULUMI_DEBUG_COMMANDS: 'true',
  };
}

interface EngineEvent {
  resourcePreEvent?: { metadata: { op: string; urn: string; type: string } };
  summaryEvent?: { resourceChanges: Record<string, number> };
}

/** The log has one JSON object a line and is absent when the command failed before it did anything. */
function readEvents(log: string): Pick<Outcome, 'steps' | 'changes' | 'summary'> {
  const events = readLines(log).map((line) => JSON.parse(line) as EngineEvent);
  const steps = events.flatMap(({ resourcePreEvent }) =>
    resourcePreEvent === undefined ? [] : [toStep(resourcePreEvent.metadata)],
  );
  const summary =
    events.find(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {};
  return { steps, changes: steps.filter(isChange), summary };
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    // No log: the command did not get as far as the engine.
    return [];
  }
}

interface PreviewDocument {
  steps?: (Omit<PlannedStep, 'type' | 'name'> & {
    newState?: { type: string };
    oldState?: { type: string };
  })[];
  diagnostics?: Preview['diagnostics'];
  changeSummary?: Record<string, number>;
}

function toPreview(result: { code: number | null; stdout: string; stderr: string }): Preview {
  const document = parseDocument(result.stdout);
  const steps = (document.steps ?? []).map((step) => ({ ...step, ...nameOf(step.urn) }));
  return {
    ...result,
    steps,
    changes: steps.filter(isChange),
    summary: document.changeSummary ?? {},
    diagnostics: document.diagnostics ?? [],
  };
}

/** A preview that cannot start prints plain text. */
function parseDocument(text: string): PreviewDocument {
  const start = text.indexOf('{');
  return start === -1 ? {} : (JSON.parse(text.slice(start)) as PreviewDocument);
}

function toStep({ op, urn }: { op: string; urn: string }): Step {
  return { op, urn, ...nameOf(urn) };
}

/** `urn:pulumi:<stack>::<project>::<parent types $ type>::<name>`. */
function nameOf(urn: string): { type: string; name: string } {
  const [, , types = '', ...name] = urn.split('::');
  return { type: types.split('$').at(-1) ?? types, name: name.join('::') };
}

function isChange({ op }: Step): boolean {
  return op !== 'same' && op !== 'read';
}

function toState(text: string): { resources: StateResource[]; text: string } {
  const { deployment } = JSON.parse(text) as { deployment: { resources?: StateResource[] } };
  const resources = (deployment.resources ?? []).filter(({ type }) => !type.startsWith('pulumi:'));
  return { resources, text };
}
