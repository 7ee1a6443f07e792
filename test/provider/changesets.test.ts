import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectEnvironment } from '../../tools/setup/environment.js';
import { makeCertificate } from '../support/certificates.ts';
import { openGateway, send, type TestGateway } from '../support/gateway.ts';
import { openStack, type Stack, type Step } from '../support/pulumi.ts';
import { PROGRAM, takeInventory, type Inventory } from './every-kind.ts';
import { KINDS } from './samples.ts';

/*
 * One stack with every kind, brought about by `apig up`: failed, gone on with, changed, in conflict, expired,
 * interrupted, and destroyed. The tests look at what was seen on the way.
 */

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'provider/src/main.ts');
const SERVED = await makeCertificate(['api.example.com']);

/** Refused by the service when everything else is there. */
const REFUSED = `
const { gatewayId: inGateway } = deployment;
new apig.Environment('refused', { gatewayId: inGateway.apply((id) => id + 'x'), name: 'refused' }, { dependsOn: allOf });
`;
/** Keeps the program from ending. */
const ENDLESS = `
setInterval(() => undefined, 60_000);
await new Promise(() => undefined);
`;

/** What one run did. */
interface Run {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
  readonly inventory: Inventory;
  /** Revisions of the runtime afterwards. */
  readonly revisions: number;
  /** Open changesets afterwards. */
  readonly open: number;
}

let runtime: TestGateway;
let stack: Stack;
let failed: Run;
let completed: Run;
let changedInPart: Run;
let overtaken: Run;
let expiring: Run;
let expired: Run;
let interrupted: Run;
let discarded: Run;
let destroyed: Run;
let begun: number;
let previewed: { readonly stdout: string; readonly stderr: string };
let left: readonly Step[];
let leftAfterConflict: readonly Step[];
let leftAfterExpiry: readonly Step[];
let leftAfterDiscard: readonly Step[];

beforeAll(async () => {
  runtime = await openGateway({ functions: { 'urn:function:check': { url: 'http://127.0.0.1:9' } } });
  const { endpoint, projectId } = runtime;
  stack = await openStack({
    program: { 'certificate.pem': SERVED.certificate, 'key.pem': SERVED.key, 'index.ts': '' },
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId },
    // Not signed, so that only the runtime's clock is turned.
    secrets: { 'apig:token': 'test-token' },
  });
  begun = await revisions();
  const { client } = runtime;

  write({}, REFUSED);
  failed = await apig('up');
  write({});
  previewed = await run('preview', '--diff').ended;
  completed = await apig('up');
  left = (await stack.preview()).changes;

  write({ throttle: { apiCallLimit: 40 }, app: { remark: 'staged' } }, REFUSED);
  changedInPart = await apig('up');
  const [throttle] = await client.throttle.list(inGateway(), { name: 'gold' });
  if (throttle === undefined) throw new Error('The throttle is not there.');
  await client.throttle.update(throttle, { ...throttle, apiCallLimit: 77 });
  write({ throttle: { apiCallLimit: 40 }, app: { remark: 'staged' } });
  overtaken = await apig('up');
  leftAfterConflict = (await stack.preview()).changes;

  write({ app: { remark: 'late' }, plugin: { remark: 'late' } }, REFUSED);
  expiring = await apig('up');
  runtime.clock.advance(8 * 24 * 3600_000);
  write({ app: { remark: 'late' }, plugin: { remark: 'late' } });
  expired = await apig('up');
  leftAfterExpiry = (await stack.preview()).changes;

  write({ app: { remark: 'interrupted' } }, ENDLESS);
  const endless = run('up');
  await untilStaged();
  endless.signal('SIGINT');
  interrupted = await toRun(await endless.ended);
  write({ app: { remark: 'late' }, plugin: { remark: 'late' } });
  discarded = await apig('discard');
  leftAfterDiscard = (await stack.preview()).changes;

  destroyed = await apig('destroy');
}, 900_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
});

describe('an update of every kind that fails at its end', () => {
  test('leaves what is in force as it was, and says what to do', () => {
    expect(failed.code).not.toBe(0);
    expect(Object.values(failed.inventory).flat()).toEqual([]);
    expect(failed.revisions).toBe(begun);
    expect(failed.open).toBe(1);
    expect(failed.stderr).toMatch(/apig: \d+ changes staged, none in force\. `apig up` goes on until /);
  });

  test('shows in previews only what is left to do', () => {
    expect(previewed.stderr).toMatch(/apig: with \d+ changes of an earlier run, staged and not in force\./);
    expect(previewed.stdout).toContain('unchanged');
    expect(previewed.stdout).not.toMatch(/to (?:update|create|replace)/);
  });
});

describe('the next update', () => {
  test('has all of it in force as one', () => {
    expect(completed).toMatchObject({ code: 0, revisions: begun + 1, open: 0 });
    const counts = KINDS.map((kind) => [kind, completed.inventory[kind].length] as const);
    expect(counts.filter(([, length]) => length === 0)).toEqual([]);
    expect(completed.stderr).toMatch(/apig: \d+ changes in force together\./);
  });

  test('leaves nothing to do', () => {
    expect(left).toEqual([]);
  });
});

describe('a failed update whose objects others have changed meanwhile', () => {
  test('is given up, and done anew', () => {
    expect(changedInPart.inventory.throttle).toContainEqual(
      expect.objectContaining({ name: 'gold', apiCallLimit: 100 }),
    );
    expect(overtaken.stderr).toContain('no longer goes together with what others have changed');
    expect(overtaken).toMatchObject({ code: 0, open: 0 });
    expect(overtaken.inventory.throttle).toContainEqual(
      expect.objectContaining({ name: 'gold', apiCallLimit: 40 }),
    );
    expect(overtaken.inventory.app).toContainEqual(expect.objectContaining({ remark: 'staged' }));
    expect(leftAfterConflict).toEqual([]);
  });
});

describe('a failed update whose changeset has expired', () => {
  test('is found by a refresh, and done anew', () => {
    expect(expiring.open).toBe(1);
    expect(expired.stderr).toContain('what an earlier run has staged is gone');
    expect(expired).toMatchObject({ code: 0, open: 0, revisions: expiring.revisions + 1 });
    expect(expired.inventory.app).toContainEqual(expect.objectContaining({ remark: 'late' }));
    expect(leftAfterExpiry).toEqual([]);
  });
});

describe('an update that is interrupted', () => {
  test('ends in good order, and leaves what is in force as it was', () => {
    expect(interrupted.code).not.toBe(0);
    expect(interrupted.open).toBe(1);
    expect(interrupted.inventory.app).toContainEqual(expect.objectContaining({ remark: 'late' }));
    expect(interrupted.stderr).toMatch(/\d+ changes? staged, none in force/);
  });

  test('can be given up', () => {
    expect(discarded).toMatchObject({ code: 0, open: 0 });
    expect(leftAfterDiscard).toEqual([]);
  });
});

describe('a destroy', () => {
  test('is in force as one', () => {
    expect(destroyed).toMatchObject({
      code: 0,
      open: 0,
      revisions: discarded.revisions + 1,
    });
    expect(Object.values(destroyed.inventory).flat()).toEqual([]);
  });
});

/** Gives the program other arguments, and something more to do. */
function write(changes: object, more = ''): void {
  stack.write({
    'changes.json': JSON.stringify(changes),
    'index.ts': `${PROGRAM}\nconst allOf = [app, plugin, throttle, acl, appQuota, otherDeployment, deployment, otherKey];\n${more}`,
  });
}

/** Starts the command. */
function run(command: string, ...flags: string[]) {
  const yes = command === 'preview' ? [] : ['--yes', '--skip-preview'];
  const child = spawn(
    process.execPath,
    ['--conditions=@apig/source', MAIN, command, '--non-interactive', '--color', 'never', ...yes, ...flags],
    { cwd: stack.directory, env: projectEnvironment(stack.env, ROOT), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  return {
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...texts })),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
  };
}

async function apig(command: string): Promise<Run> {
  return toRun(await run(command).ended);
}

async function toRun(ended: Pick<Run, 'code' | 'stdout' | 'stderr'>): Promise<Run> {
  return {
    ...ended,
    inventory: await takeInventory(runtime.client),
    revisions: await revisions(),
    open: (await runtime.client.changesets.list())?.length ?? -1,
  };
}

async function revisions(): Promise<number> {
  const url = `${runtime.endpoint}/runtime/v1/revisions?limit=1`;
  const answer = await send(url, 'GET', { 'X-Auth-Token': 'test-token' });
  return Number(answer.body['total']);
}

function inGateway(): { readonly gatewayId: string } {
  const [gateway] = completed.inventory.gateway;
  return { gatewayId: String(gateway?.['id']) };
}

/** Asks until something is staged; each answer is waited for. */
async function untilStaged(): Promise<void> {
  for (;;) {
    const open = (await runtime.client.changesets.list()) ?? [];
    if (open.some(({ changeCount }) => changeCount > 0)) return;
  }
}
