import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '@apig/sdk/contract';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import { gatewayBody } from '../support/documented.ts';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { send } from '../support/gateway.ts';

/*
 * What a gateway leaves behind when it is killed at any moment. A process that is stopped has done no more than one that
 * is killed: its files as they are then are what a kill leaves. So each process is stopped several times, at moments
 * of its work, and its files are copied; the last time it is killed, and the next one goes on with what it left.
 */

const PROCESSES = 5;
const MOMENTS_OF_EACH = 10;
const WRITERS = 4;
const STAGED = 3;
/** A gateway is written with an environment, a group and a response, as one revision. */
const OBJECTS_OF_GATEWAY = 4;

const PROJECT_ID = '1'.repeat(32);
const TOKEN = { 'X-Auth-Token': 'test-token' };
const FILES = ['gateway.db', 'gateway.db-wal', 'sealing.key'];

/** A changeset whose commit was asked for. */
interface Committed {
  readonly id: string;
  /** IDs of the gateways that were staged on it. */
  readonly gateways: readonly string[];
  isAnswered: boolean;
}

/** What had been answered at a moment, and the files as they were. */
interface Moment {
  readonly directory: string;
  readonly gateways: readonly string[];
  readonly changesets: readonly Committed[];
}

let directory: string;
let running: GatewayProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apig-kill-'));
  const credentials = {
    projectId: PROJECT_ID,
    accessKey: 'TESTACCESSKEY',
    secretKey: 'test-secret-key',
    token: 'test-token',
  };
  await mkdir(join(directory, 'data'), { mode: 0o700 });
  const path = join(directory, 'data', 'credentials.json');
  await writeFile(path, JSON.stringify(credentials), { mode: 0o600 });
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.exit;
  await rm(directory, { recursive: true });
});

describe('a gateway that is killed amid parallel writes and commits of changesets', () => {
  test(`has everything acknowledged, and nothing by half, at ${PROCESSES * MOMENTS_OF_EACH} moments`, async () => {
    const gateways: string[] = [];
    const changesets: Committed[] = [];
    const faults: string[] = [];
    let [moments, atCommits] = [0, 0];

    for (let round = 0; round < PROCESSES; round += 1) {
      running = startGatewayProcess(join(directory, 'data'), [
        '--http',
        'off',
        '--limits',
        'INSTANCE_NUM_LIMIT=100000',
      ]);
      for (const moment of await strike(running, { gateways, changesets }, round)) {
        moments += 1;
        if (moment.changesets.some(({ isAnswered }) => !isAnswered)) atCommits += 1;
        faults.push(...(await faultsAt(moment)));
      }
    }

    expect(faults).toEqual([]);
    expect(moments).toBe(PROCESSES * MOMENTS_OF_EACH);
    expect(gateways.length).toBeGreaterThan(moments);
    expect(atCommits).toBeGreaterThan(moments / 4);
  }, 60_000);
});

/** Has clients write until the process has been stopped as often as it is to be, and killed. Returns the moments. */
async function strike(
  process: GatewayProcess,
  known: { readonly gateways: string[]; readonly changesets: Committed[] },
  round: number,
): Promise<readonly Moment[]> {
  const { gateways, changesets } = known;
  const { management } = await process.ready;
  const moments: Moment[] = [];
  /** Answers until the next moment; every other one comes so many after a commit was sent. */
  let answersLeft = 5;

  const take = () => {
    const isLast = moments.length === MOMENTS_OF_EACH - 1;
    process.kill(isLast ? 'SIGKILL' : 'SIGSTOP');
    untilStill(process);
    moments.push({
      directory: copyOf(`${round}-${moments.length}`),
      gateways: [...gateways],
      changesets: changesets.map((each) => ({ ...each })),
    });
    process.kill('SIGCONT');
    answersLeft = moments.length % 2 === 0 ? 3 + ((moments.length * 7) % 11) : Infinity;
  };
  const post = async (path: string, headers: Record<string, string>, body: Json) => {
    const url = `${management}/${path}`;
    // No answer means that it is dead.
    return send(url, 'POST', { ...TOKEN, ...headers }, JSON.stringify(body)).catch(() => undefined);
  };
  const create = async (headers: Record<string, string> = {}) => {
    const answer = await post(`v2/${PROJECT_ID}/apigw/instances`, headers, gatewayBody());
    return answer && String(answer.body['instance_id']);
  };
  const writeOn = async () => {
    for (let id = await create(); id !== undefined; id = await create()) {
      gateways.push(id);
      answersLeft -= 1;
      if (answersLeft === 0) take();
    }
  };
  const commitOn = async () => {
    for (;;) {
      const opened = await post('runtime/v1/changesets', {}, {});
      const id = String(opened?.body['id']);
      const staged: string[] = [];
      for (let count = 0; count < STAGED; count += 1) {
        staged.push((await create({ 'X-Apig-Changeset': id })) ?? '');
      }
      if (opened === undefined || staged.includes('')) return;
      const changeset: Committed = { id, gateways: staged, isAnswered: false };
      changesets.push(changeset);
      const committing = post(`runtime/v1/changesets/${id}/commit`, {}, {});
      if (answersLeft === Infinity) answersLeft = 1 + (moments.length % 3);
      if ((await committing) === undefined) return;
      changeset.isAnswered = true;
    }
  };
  await Promise.all([...Array.from({ length: WRITERS }, writeOn), commitOn()]);
  await process.exit;
  return moments;
}

/** Waits until the kernel says that a process is stopped or dead. */
function untilStill({ pid }: GatewayProcess): void {
  const path = `/proc/${pid}/stat`;
  // After the name in brackets: proc(5), field 3.
  while (existsSync(path) && !/\) [TZX]/.test(readFileSync(path, 'utf8'))) continue;
}

function copyOf(name: string): string {
  const copy = join(directory, name);
  mkdirSync(copy);
  for (const file of FILES) copyFileSync(join(directory, 'data', file), join(copy, file));
  return copy;
}

/** What is wrong with the files of a moment. */
async function faultsAt({ directory: copy, gateways, changesets }: Moment): Promise<readonly string[]> {
  const store = await openSqlite(join(copy, 'gateway.db'));
  const configuration = await store.load();
  const open = new Map((await store.changesets()).map(({ id, staged }) => [id, staged.length]));
  await store.close();
  const faults: string[] = [];
  const has = (id: string) => configuration.get('gateway', id) !== undefined;

  for (const id of gateways) if (!has(id)) faults.push(`${copy}: the gateway ${id} is lost`);
  for (const { id } of configuration.all('gateway')) {
    const parts = (['environment', 'apiGroup', 'gatewayResponse'] as const).map((kind) =>
      configuration.count(kind, 'gatewayId', id),
    );
    if (parts.some((count) => count !== 1))
      faults.push(`${copy}: the gateway ${id} has ${parts.join()} parts`);
  }
  let committed = 0;
  for (const { id, gateways: staged, isAnswered } of changesets) {
    const count = staged.filter(has).length;
    const kept = open.get(id);
    if (count > 0) committed += 1;
    const isWhole = count === STAGED && kept === undefined;
    const isOpen = count === 0 && kept === STAGED * OBJECTS_OF_GATEWAY && !isAnswered;
    if (!isWhole && !isOpen)
      faults.push(`${copy}: of the changeset ${id}, ${count} are there, ${kept} staged`);
  }
  const expected = configuration.all('gateway').length - committed * (STAGED - 1);
  if (configuration.revision !== expected)
    faults.push(`${copy}: there are ${configuration.revision} revisions, not ${expected}`);
  return faults;
}
