import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RELEASE_ENVIRONMENT_ID, type Json } from '@apig/sdk/contract';
import Database from 'better-sqlite3';
import { systemClock } from '../../gateway-runtime/src/clock.ts';
import { Draft } from '../../gateway-runtime/src/store/draft.ts';
import { Ledger } from '../../gateway-runtime/src/store/ledger.ts';
import { openSqlite } from '../../gateway-runtime/src/store/sqlite.ts';
import { apiBody, gatewayBody } from '../support/documented.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

/*
 * What the management API costs: writes against bare inserts that are as durable, reading with few and with many APIs,
 * and the start with many. Ratios and growth count; times are this machine's. Run by hand:
 * `node --conditions=@apig/source test/bench/control.ts [writes] [APIs]`.
 */

const WRITES = Number(process.argv[2] ?? 400);
const MANY = Number(process.argv[3] ?? 10_000);
const FEW = 10;
const READS = 200;
const WRITERS = 8;
const ROUNDS = 3;
const TOKEN = 'test-token';

const agent = new Agent({ keepAlive: true, maxSockets: WRITERS });

const ratios: number[] = [];
const rates: { readonly writes: number; readonly stored: number; readonly inserts: number }[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  // Turn about, so that whatever else the machine does meets both.
  const [writes, stored, inserts] = [
    await writesPerSecond(),
    await storedPerSecond(),
    await insertsPerSecond(),
  ];
  rates.push({ writes, stored, inserts });
  ratios.push(writes / inserts);
}
print(`${WRITES} writes by ${WRITERS} clients, ${WRITES} inserts with the same durability, ${ROUNDS} rounds`);
print(`writes a second   ${rates.map(({ writes }) => writes.toFixed(0)).join(', ')}`);
print(`without HTTP      ${rates.map(({ stored }) => stored.toFixed(0)).join(', ')}`);
print(`inserts a second  ${rates.map(({ inserts }) => inserts.toFixed(0)).join(', ')}`);
const storedRatio = median(rates.map(({ stored, inserts }) => stored / inserts));
print(`ratio             ${median(ratios).toFixed(2)}, without HTTP ${storedRatio.toFixed(2)} (medians)`);

const few = await readTimes(FEW);
const many = await readTimes(MANY);
print(`reading with ${FEW} and with ${MANY} APIs, median of ${READS}`);
for (const what of ['list', 'get'] as const) {
  print(
    `${what.padEnd(17)} ${few[what].toFixed(2)} ms, ${many[what].toFixed(2)} ms, growth ${(many[what] / few[what]).toFixed(2)}`,
  );
}
print(
  `start with ${MANY} published APIs: ${(many.startMs / 1000).toFixed(2)} s; with ${FEW}: ${(few.startMs / 1000).toFixed(2)} s`,
);
agent.destroy();

async function writesPerSecond(): Promise<number> {
  const runtime = await openGateway({ limits: { APP_NUM_LIMIT: 1_000_000 } });
  try {
    const { body } = await call(runtime, 'POST', 'instances', gatewayBody());
    const path = `instances/${String(body['instance_id'])}/apps`;
    let next = 0;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (next < WRITES) await call(runtime, 'POST', path, { name: `app_${next++}` });
      }),
    );
    return (WRITES * 1000) / (performance.now() - start);
  } finally {
    await runtime.dispose();
  }
}

/** The same writes by the ledger, one after another: objects, history and durability without the management API. */
async function storedPerSecond(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'apig-bench-'));
  const store = await openSqlite(join(directory, 'gateway.db'));
  const ledger = new Ledger(store, await store.load(), systemClock);
  const body = { gatewayId: 'g', remark: '', appKey: 'the-app-key', appSecret: 'the-app-secret' };
  const start = performance.now();
  for (let count = 0; count < WRITES; count += 1) {
    const author = { actor: 'bench', requestId: 'bench' };
    await ledger.write(author, (draft) => draft.put('app', `app${count}`, { ...body, name: `app_${count}` }));
  }
  const perSecond = (WRITES * 1000) / (performance.now() - start);
  await store.close();
  await rm(directory, { recursive: true });
  return perSecond;
}

async function insertsPerSecond(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'apig-bench-'));
  const database = new Database(join(directory, 'bare.db'));
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('create table objects (position integer primary key autoincrement, body text not null)');
  const insert = database.prepare('insert into objects (body) values (?)');
  const body = JSON.stringify({ name: 'app', remark: 'x'.repeat(300) });
  const start = performance.now();
  for (let count = 0; count < WRITES; count += 1) insert.run(body);
  const perSecond = (WRITES * 1000) / (performance.now() - start);
  database.close();
  await rm(directory, { recursive: true });
  return perSecond;
}

async function readTimes(count: number): Promise<{ list: number; get: number; startMs: number }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'apig-bench-'));
  const { gatewayId, apiId } = await fill(dataDirectory, count);
  const start = performance.now();
  const runtime = await openGateway({ dataDirectory });
  const startMs = performance.now() - start;
  try {
    const list = await medianMs(() => call(runtime, 'GET', `instances/${gatewayId}/apis?limit=${FEW}`));
    const get = await medianMs(() => call(runtime, 'GET', `instances/${gatewayId}/apis/${apiId}`));
    return { list, get, startMs };
  } finally {
    await runtime.dispose();
  }
}

/** Writes a database with so many published APIs: one is made as users do, and the others are made after it. */
async function fill(dataDirectory: string, count: number): Promise<{ gatewayId: string; apiId: string }> {
  const runtime = await openGateway({ dataDirectory });
  const { body } = await call(runtime, 'POST', 'instances', gatewayBody());
  const gatewayId = String(body['instance_id']);
  const path = `instances/${gatewayId}`;
  const group = await call(runtime, 'POST', `${path}/api-groups`, { name: 'first' });
  const api = await call(runtime, 'POST', `${path}/apis`, apiBody(String(group.body['id'])));
  const apiId = String(api.body['id']);
  const online = { action: 'online', api_id: apiId, env_id: RELEASE_ENVIRONMENT_ID };
  await call(runtime, 'POST', `${path}/apis/action`, online);
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
  if (changes.length > 0) await store.append(changes, { at, actor: 'bench', requestId: 'bench' });
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

/** Sends a call on a kept connection, since what connecting costs is not asked here. */
function call(
  { endpoint, projectId }: TestGateway,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly body: Json }> {
  return new Promise((resolve, reject) => {
    const url = `${endpoint}/v2/${projectId}/apigw/${path}`;
    const request = httpRequest(url, { method, agent, headers: { 'X-Auth-Token': TOKEN } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode = 0 } = response;
        if (statusCode >= 300) reject(new Error(`${method} ${path}: ${statusCode} ${text}`));
        else resolve({ body: JSON.parse(text) as Json });
      });
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
