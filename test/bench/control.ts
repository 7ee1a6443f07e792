import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RELEASE_ENVIRONMENT_ID, type Json } from '@apig/sdk/contract';
import Database from 'better-sqlite3';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { MIN_CHANGES } from '../../gateway-runtime/src/store/checkpoints.ts';
import { Draft } from '../../gateway-runtime/src/store/draft.ts';
import { Ledger } from '../../gateway-runtime/src/store/ledger.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import { apiBody, gatewayBody } from '../support/documented.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { openGateway } from '../support/gateway.ts';
import { KeptConnection } from './kept-connection.ts';

/*
 * What the management API costs: writes against bare inserts that are as durable, reading with few and with many APIs,
 * the start with many, staging on a changeset that has few and many objects, and the past after few and many changes. The gateway is a process of its own; its clients are here, each with a connection that it
 * keeps. Ratios and growth count; times are this machine's. Run by hand:
 * `node --conditions=@apig/source test/bench/control.ts [writes] [APIs]`.
 */

const WRITES = Number(process.argv[2] ?? 400);
const MANY = Number(process.argv[3] ?? 10_000);
const FEW = 10;
const READS = 200;
const CLIENTS = [1, 8, 32];
const ROUNDS = 5;
const STAGED = 1000;
/** Changes of a short history. */
const HISTORY = 5000;
const PROJECT_ID = '1'.repeat(32);
const TOKEN = 'X-Auth-Token: test-token\r\n';

await compareWrites();
await compareReads();
await compareStaging();
await comparePast();

/** Writes by clients, by the ledger alone, and bare inserts: turn about, so that whatever else the machine does meets all. */
async function compareWrites(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'apig-bench-'));
  const dataDirectory = join(folder, 'gateway');
  await prepare(dataDirectory);
  const limits = 'APP_NUM_LIMIT=1000000,INSTANCE_NUM_LIMIT=1000';
  const gateway = startGatewayProcess(dataDirectory, ['--limits', limits, '--log-level', 'warn']);
  const { management } = await gateway.ready;
  const ledger = await openLedger(join(folder, 'ledger'));
  const inserts = await openInserts(join(folder, 'bare'));
  const runs: readonly (readonly [string, () => Promise<number>])[] = [
    ...CLIENTS.map((clients) => [clientsNamed(clients), () => writesPerSecond(management, clients)] as const),
    ['the ledger, in turn', () => ledger.perSecond(false)],
    ['the ledger, at once', () => ledger.perSecond(true)],
  ];
  // What is run for the first time is slow.
  for (const [, run] of runs) await run();
  const rates = new Map<string, number[]>(runs.map(([name]) => [name, []]));
  const ratios = new Map<string, number[]>(runs.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of runs) {
      const before = inserts.perSecond();
      const rate = await run();
      const bare = (before + inserts.perSecond()) / 2;
      rates.get(name)?.push(rate);
      ratios.get(name)?.push(rate / bare);
    }
  }
  print(`${WRITES} writes a second against inserts with the same durability, ${ROUNDS} rounds`);
  for (const [name, all] of rates) {
    const of = ratios.get(name) ?? [];
    const shown = of.map((ratio) => ratio.toFixed(2)).join(', ');
    print(`${name.padEnd(20)} ${median(all).toFixed(0)} a second, ratio ${median(of).toFixed(2)} (${shown})`);
  }
  gateway.kill('SIGTERM');
  await gateway.exit;
  inserts.close();
  await ledger.close();
  await rm(folder, { recursive: true });
}

function clientsNamed(count: number): string {
  return count === 1 ? 'one client' : `${count} clients`;
}

/** A data directory whose credentials are known. */
async function prepare(dataDirectory: string): Promise<void> {
  await mkdir(dataDirectory, { mode: 0o700 });
  const credentials = {
    projectId: PROJECT_ID,
    accessKey: 'BENCHACCESSKEY',
    secretKey: 'bench-secret-key',
    token: 'test-token',
  };
  const path = join(dataDirectory, 'credentials.json');
  await writeFile(path, JSON.stringify(credentials), { mode: 0o600 });
}

/** Creates apps in a gateway of their own, by so many clients at a time. */
async function writesPerSecond(management: string, clients: number): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: clients }, () => KeptConnection.open(management)),
  );
  const [first] = connections;
  if (first === undefined) throw new Error('there are no clients');
  const path = `/v2/${PROJECT_ID}/apigw/instances`;
  const gateway = await call(first, 'POST', path, gatewayBody());
  const apps = `${path}/${String(gateway['instance_id'])}/apps`;
  let next = 0;
  const start = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (next < WRITES) await call(connection, 'POST', apps, { name: `app_${next++}` });
    }),
  );
  const rate = (WRITES * 1000) / (performance.now() - start);
  for (const connection of connections) connection.close();
  return rate;
}

/** The same writes by the ledger: objects, history and durability without the management API. */
async function openLedger(
  directory: string,
): Promise<{ perSecond(atOnce: boolean): Promise<number>; close(): Promise<void> }> {
  const store = await openSqlite(join(directory, 'gateway.db'));
  const ledger = new Ledger(store, await store.load(), systemClock);
  const body = { gatewayId: 'g', remark: '', appKey: 'the-app-key', appSecret: 'the-app-secret' };
  let count = 0;
  const write = () => {
    const name = `app_${count++}`;
    return ledger.write({ actor: 'bench', requestId: 'bench' }, (draft) =>
      draft.put('app', name, { ...body, name }),
    );
  };
  return {
    perSecond: async (atOnce) => {
      const start = performance.now();
      if (atOnce) await Promise.all(Array.from({ length: WRITES }, write));
      else for (let index = 0; index < WRITES; index += 1) await write();
      return (WRITES * 1000) / (performance.now() - start);
    },
    close: () => store.close(),
  };
}

async function openInserts(directory: string): Promise<{ perSecond(): number; close(): void }> {
  await mkdir(directory);
  const database = new Database(join(directory, 'bare.db'));
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('create table objects (position integer primary key autoincrement, body text not null)');
  const insert = database.prepare('insert into objects (body) values (?)');
  const body = JSON.stringify({ name: 'app', remark: 'x'.repeat(300) });
  return {
    perSecond: () => {
      const start = performance.now();
      for (let count = 0; count < WRITES; count += 1) insert.run(body);
      return (WRITES * 1000) / (performance.now() - start);
    },
    close: () => database.close(),
  };
}

async function compareReads(): Promise<void> {
  const few = await readTimes(FEW);
  const many = await readTimes(MANY);
  print(`reading with ${FEW} and with ${MANY} APIs, median of ${READS}`);
  for (const what of ['list', 'get'] as const) {
    const growth = (many[what] / few[what]).toFixed(2);
    print(`${what.padEnd(20)} ${few[what].toFixed(2)} ms, ${many[what].toFixed(2)} ms, growth ${growth}`);
  }
  const [startFew, startMany] = [few, many].map(({ startMs }) => (startMs / 1000).toFixed(2));
  print(`start with ${MANY} published APIs: ${startMany} s; with ${FEW}: ${startFew} s`);
}

async function readTimes(count: number): Promise<{ list: number; get: number; startMs: number }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'apig-bench-'));
  const { gatewayId, apiId } = await fill(dataDirectory, count);
  const start = performance.now();
  const runtime = await openGateway({ dataDirectory });
  const startMs = performance.now() - start;
  const connection = await KeptConnection.open(runtime.endpoint);
  try {
    const path = `/v2/${runtime.projectId}/apigw/instances/${gatewayId}/apis`;
    const list = await medianMs(() => call(connection, 'GET', `${path}?limit=${FEW}`));
    const get = await medianMs(() => call(connection, 'GET', `${path}/${apiId}`));
    return { list, get, startMs };
  } finally {
    connection.close();
    await runtime.dispose();
  }
}

/** Stages APIs on one changeset, in one group and published, as a large update does, and commits them. */
async function compareStaging(): Promise<void> {
  const runtime = await openGateway();
  const connection = await KeptConnection.open(runtime.endpoint);
  try {
    const own = '/runtime/v1/changesets';
    const gateway = await runtime.call('POST', 'instances', { ...gatewayBody(), spec_id: 'PLATINUM' });
    const path = `/v2/${runtime.projectId}/apigw/instances/${String(gateway.body['instance_id'])}`;
    const { id } = await call(connection, 'POST', own, {});
    const headers = `X-Apig-Changeset: ${String(id)}\r\n`;
    const group = await call(connection, 'POST', `${path}/api-groups`, { name: 'staged' }, headers);
    const times: number[] = [];
    for (let count = 0; count < STAGED; count += 1) {
      const start = performance.now();
      const body = apiBody(String(group['id']));
      const api = await call(connection, 'POST', `${path}/apis`, body, headers);
      const online = { action: 'online', api_id: api['id'], env_id: RELEASE_ENVIRONMENT_ID };
      await call(connection, 'POST', `${path}/apis/action`, online, headers);
      times.push(performance.now() - start);
    }
    const start = performance.now();
    await call(connection, 'POST', `${own}/${String(id)}/commit`, {});
    const commitMs = performance.now() - start;
    const tenth = STAGED / 10;
    // What is run for the first times is slow, so the second tenth is the first one that counts.
    const [first, last] = [median(times.slice(tenth, 2 * tenth)), median(times.slice(-tenth))];
    const growth = (last / first).toFixed(2);
    print(`staging ${STAGED} published APIs on one changeset`);
    print(`one                  ${first.toFixed(2)} ms, then ${last.toFixed(2)} ms, growth ${growth}`);
    print(`commit               ${commitMs.toFixed(0)} ms`);
  } finally {
    connection.close();
    await runtime.dispose();
  }
}

/** Reads the configuration of the middle of a short and of a long history of as many objects. */
async function comparePast(): Promise<void> {
  const [short, long] = [await pastMs(HISTORY), await pastMs(10 * HISTORY)];
  print(`a configuration of ${MIN_CHANGES} objects amid ${HISTORY} and ${10 * HISTORY} changes`);
  print(
    `at a revision        ${short.toFixed(0)} ms, ${long.toFixed(0)} ms, growth ${(long / short).toFixed(2)}`,
  );
}

async function pastMs(changes: number): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'apig-bench-'));
  const store = await openSqlite(join(directory, 'gateway.db'));
  const ledger = new Ledger(store, await store.load(), systemClock);
  const body = { gatewayId: 'g', debugDomainEnabled: true, isDefault: false };
  for (let start = 0; start < changes; start += 100) {
    await ledger.write({ actor: 'bench', requestId: 'bench' }, (draft) => {
      for (let index = start; index < start + 100; index += 1) {
        draft.put('apiGroup', `id${index % MIN_CHANGES}`, { ...body, name: `name${index}` });
      }
    });
  }
  const middle = Math.floor(ledger.configuration.revision / 2);
  const times: number[] = [];
  for (let count = 0; count < ROUNDS; count += 1) {
    const start = performance.now();
    await store.at(middle);
    times.push(performance.now() - start);
  }
  await store.close();
  await rm(directory, { recursive: true });
  return median(times);
}

/** Writes a database with so many published APIs: one is made as users do, and the others are made after it. */
async function fill(dataDirectory: string, count: number): Promise<{ gatewayId: string; apiId: string }> {
  const runtime = await openGateway({ dataDirectory });
  const { body } = await runtime.call('POST', 'instances', gatewayBody());
  const gatewayId = String(body['instance_id']);
  const path = `instances/${gatewayId}`;
  const group = await runtime.call('POST', `${path}/api-groups`, { name: 'first' });
  const api = await runtime.call('POST', `${path}/apis`, apiBody(String(group.body['id'])));
  const apiId = String(api.body['id']);
  const online = { action: 'online', api_id: apiId, env_id: RELEASE_ENVIRONMENT_ID };
  await runtime.call('POST', `${path}/apis/action`, online);
  runtime.client.close();
  await runtime.gateway.close();

  const store = await openSqlite(join(dataDirectory, 'gateway.db'));
  const configuration = await store.load();
  const at = new Date().toISOString();
  const draft = new Draft(configuration, at);
  const [firstGroup] = configuration.by('apiGroup', 'name', 'first');
  const first = configuration.get('api', apiId);
  const [version] = configuration.by('apiVersion', 'apiId', apiId);
  const [publication] = configuration.by('publication', 'apiId', apiId);
  if (!firstGroup || !first || !version || !publication) throw new Error('the first API is not there');
  for (let index = 1; index < count; index += 1) {
    const groupId = `group${Math.floor(index / 1000)}`;
    draft.put('apiGroup', groupId, { ...firstGroup.body, name: groupId });
    const definition = { ...first.body, groupId, name: `api_${index}`, path: `/path/${index}` };
    const place = { apiId: `api${index}` };
    draft.put('api', place.apiId, definition);
    draft.put('apiVersion', `version${index}`, { ...version.body, ...place, definition });
    draft.put('publication', `publication${index}`, {
      ...publication.body,
      ...place,
      versionId: `version${index}`,
    });
  }
  const changes = draft.changes();
  if (changes.length > 0)
    await store.append([{ type: 'revision', changes, meta: { at, actor: 'bench', requestId: 'bench' } }]);
  await store.close();
  return { gatewayId, apiId };
}

async function medianMs(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < READS; count += 1) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times);
}

async function call(
  connection: KeptConnection,
  method: string,
  path: string,
  body?: Json,
  headers = '',
): Promise<Json> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = await connection.send(method, path, TOKEN + headers, text);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body) as Json;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
