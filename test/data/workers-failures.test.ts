import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { openBackend, type Backend } from '../support/backend.ts';
import { createTestTimers } from '../support/clock.ts';
import { send } from '../support/gateway.ts';
import { openWorkers, type Lane, type WorkerGateway } from '../support/workers.ts';

let running: WorkerGateway;
let backend: Backend;

beforeEach(async () => {
  backend = await openBackend();
  running = await openWorkers(2);
});

afterEach(async () => {
  await running.dispose();
  await backend.dispose();
});

/** The objects of the log, by message. */
function logged(message: string): readonly Readonly<Record<string, unknown>>[] {
  return running.logLines
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter(({ msg }) => msg === message);
}

/** Waits for something that happens in other threads, of which there is no sign but the thing itself. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(5);
}

/** Connections of the two threads, one list each. */
async function sides(count = 6): Promise<readonly [readonly Lane[], readonly Lane[]]> {
  const lanes = await running.lanes(count);
  const [{ thread: first } = { thread: '' }] = lanes;
  return [lanes.filter(({ thread }) => thread === first), lanes.filter(({ thread }) => thread !== first)];
}

const statusOf = (answer: Promise<{ readonly status: number }>) =>
  answer.then(
    ({ status }) => status,
    () => 'broken',
  );

describe('a thread that fails', () => {
  test('loses its own connections only, and is replaced', async () => {
    const [[doomed], survivors] = await sides();
    if (doomed === undefined) throw new Error('a thread has no connection');

    expect(await statusOf(doomed.call('/fail'))).toBe('broken');
    expect(await Promise.all(survivors.map((lane) => statusOf(lane.call('/thread'))))).toEqual(
      survivors.map(() => 200),
    );
    await until(() => logged('a worker was replaced').length === 1);
    expect(logged('a worker failed')).toMatchObject([{ err: { message: 'nobody catches this' } }]);
    const threads = new Set((await running.lanes(6)).map(({ thread }) => thread));
    expect([threads.size, threads.has(doomed.thread)]).toEqual([2, false]);
  });

  test('is replaced by one that knows everything, and counts on', async () => {
    const { client, gatewayId, environmentId } = running;
    const published = await running.publish({ path: '/limited', mockBackend: { result: 'old' } });
    const limit = { gatewayId, name: 'ten', apiCallLimit: 10, timeInterval: 1, timeUnit: 'DAY' } as const;
    const { id: throttleId } = await client.throttle.create(limit);
    await client.throttleBinding.create({
      gatewayId,
      environmentId,
      throttleId,
      apiIds: [published.apiId],
    });
    const [[doomed], [survivor]] = await sides();
    if (doomed === undefined || survivor === undefined) throw new Error('a thread has no connection');
    for (let call = 0; call < 4; call += 1) await doomed.call('/limited');

    const failing = statusOf(doomed.call('/fail'));
    const { id: apiId } = await client.api.create({
      gatewayId,
      groupId: running.groupId,
      name: 'meanwhile',
      protocol: 'HTTP',
      method: 'GET',
      path: '/meanwhile',
      authentication: 'NONE',
      mockBackend: { result: 'new' },
    });
    const { digest: apiDigest = '' } = (await client.api.get({ gatewayId, id: apiId })) ?? {};
    await client.deployment.create({ gatewayId, apiId, environmentId, apiDigest });
    await failing;
    await until(() => logged('a worker was replaced').length === 1);
    const [one, other] = await sides();
    const lanes = [...one, ...other];

    expect(await Promise.all(lanes.map(async (lane) => (await lane.call('/meanwhile')).text))).toEqual(
      lanes.map(() => 'new'),
    );
    const statuses: number[] = [];
    for (let call = 0; call < 8; call += 1)
      statuses.push((await (lanes[call % lanes.length] ?? survivor).call('/limited')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
  });

  test('for want of memory is no different', async () => {
    await running.dispose();
    running = await openWorkers(2, { workerMemoryMb: 96 });
    const [[doomed], survivors] = await sides();
    if (doomed === undefined) throw new Error('a thread has no connection');

    expect(await statusOf(doomed.call('/fill'))).toBe('broken');

    expect(await Promise.all(survivors.map((lane) => statusOf(lane.call('/thread'))))).toEqual(
      survivors.map(() => 200),
    );
    await until(() => logged('a worker was replaced').length === 1);
    expect(logged('a worker failed')).toMatchObject([{ err: { code: 'ERR_WORKER_OUT_OF_MEMORY' } }]);
  });

  test('and answers no more is replaced, and nobody waits for it for ever', async () => {
    const [[doomed], survivors] = await sides();
    if (doomed === undefined) throw new Error('a thread has no connection');

    const hanging = statusOf(doomed.call('/hang'));
    await running.publish({ path: '/meanwhile', mockBackend: { result: 'new' } });

    expect(await hanging).toBe('broken');
    expect(logged('a worker does not answer').length).toBeGreaterThan(0);
    expect(await Promise.all(survivors.map((lane) => statusOf(lane.call('/meanwhile'))))).toEqual(
      survivors.map(() => 200),
    );
    await until(() => logged('a worker was replaced').length === 1);
    await until(async () => (await statusOf((await running.openLane()).call('/meanwhile'))) === 200);
  });
});

describe('load balance channels', () => {
  const channel = (
    strategy: 'ROUND_ROBIN' | 'LEAST_CONNECTIONS',
    addresses: readonly string[],
    more: object = {},
  ) =>
    running.client.loadBalanceChannel.create({
      gatewayId: running.gatewayId,
      name: 'servers',
      port: 80,
      strategy,
      members: addresses.map((address, index) => ({
        host: '127.0.0.1',
        port: Number(address.split(':')[1]),
        weight: index === 0 ? 3 : 1,
      })),
      ...more,
    });

  const publishOn = (channelId: string) =>
    running.publish({
      path: '/balanced',
      httpBackend: { channelId, protocol: 'HTTP', method: 'GET', path: '/' },
    });

  test('share calls by weight over all threads', async () => {
    const other = await openBackend();
    try {
      const { id } = await channel('ROUND_ROBIN', [backend.address, other.address]);
      await publishOn(id);
      const [one, two] = await sides();
      const lanes = [...one, ...two];
      for (let call = 0; call < 40; call += 1) await lanes[call % lanes.length]?.call('/balanced');
      expect([backend.requests.length, other.requests.length]).toEqual([30, 10]);
    } finally {
      await other.dispose();
    }
  });

  test('know what all threads have under way, and forget what a failed one had', async () => {
    const other = await openBackend();
    try {
      const { id } = await channel('LEAST_CONNECTIONS', [backend.address, other.address]);
      await publishOn(id);
      const [[doomed, second], [survivor]] = await sides(10);
      if (doomed === undefined || second === undefined || survivor === undefined)
        throw new Error('a thread has too few connections');
      const held: (() => void)[] = [];
      backend.answer((_, response) => held.push(() => response.end('first')));

      const waiting = statusOf(doomed.call('/balanced'));
      await until(() => held.length === 1);
      // Three quarters of nothing under way are less than one quarter of it: the next call of another thread goes elsewhere.
      expect((await survivor.call('/balanced')).text).toBe('{"from":"backend"}');

      await statusOf(second.call('/fail'));
      expect(await waiting).toBe('broken');
      await until(() => logged('a worker was replaced').length === 1);
      backend.answer((_, response) => response.end('first'));
      expect((await survivor.call('/balanced')).text).toBe('first');
    } finally {
      await other.dispose();
    }
  });

  test('learn in all threads what one health check finds out', async () => {
    await running.dispose();
    const timers = createTestTimers();
    running = await openWorkers(2, { timers });
    const gone = await openBackend();
    const { id } = await channel('ROUND_ROBIN', [gone.address, backend.address], {
      healthCheck: {
        enabled: true,
        protocol: 'TCP',
        healthyThreshold: 1,
        unhealthyThreshold: 1,
        timeoutSeconds: 2,
        intervalSeconds: 5,
      },
    });
    await publishOn(id);
    const [one, two] = await sides();
    await gone.dispose();

    await timers.tick();

    const lanes = [...one, ...two, ...one, ...two];
    expect(await Promise.all(lanes.map((lane) => statusOf(lane.call('/balanced'))))).toEqual(
      lanes.map(() => 200),
    );
    expect(backend.connections).toBeGreaterThan(0);
  });
});

describe('several threads', () => {
  test('write one log', async () => {
    const [[one], [other]] = await sides();
    await one?.call('/by/one');
    await other?.call('/by/other');
    const uris = () =>
      logged('call')
        .map(({ router_uri: uri }) => String(uri))
        .filter((uri) => uri.startsWith('/by/'));
    await until(() => uris().length === 2);
    expect(uris().sort()).toEqual(['/by/one', '/by/other']);
  });

  test('finish calls under way when the gateway ends, and take no more', async () => {
    await running.publish({
      path: '/slow',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const held: (() => void)[] = [];
    backend.answer((_, response) => held.push(() => response.end('late')));
    const [one, other] = await sides();
    const lanes = [...one, ...other];
    const waiting = lanes.map((lane) => lane.call('/slow'));
    await until(() => held.length === lanes.length);
    const { host = '', port = 0 } = running.gateway.http ?? {};

    const closed = running.gateway.close();
    await until(async () => await isRefused(host, port));
    for (const answer of held) answer();

    expect(await Promise.all(waiting)).toEqual(lanes.map(() => ({ status: 200, text: 'late' })));
    await closed;
  });

  test('end in bounded time, whatever their calls do', async () => {
    await running.dispose();
    running = await openWorkers(2, { drainTimeoutMs: 300 });
    const [[stuck], [other]] = await sides();
    await running.publish({
      path: '/slow',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const held: unknown[] = [];
    backend.answer((request) => held.push(request));
    const hanging = [
      statusOf(stuck?.call('/hang') ?? Promise.reject(new Error())),
      statusOf(other?.call('/slow') ?? Promise.reject(new Error())),
    ];
    await until(() => held.length === 1);

    const start = performance.now();
    await running.gateway.close();

    expect(performance.now() - start).toBeLessThan(8000);
    expect(await Promise.all(hanging)).toEqual(['broken', 'broken']);
  });

  test('are explained by the main thread, with what they have left of a limit', async () => {
    const { client, gatewayId, environmentId, endpoint, account, domain } = running;
    const { apiId } = await running.publish({ path: '/explained', mockBackend: { result: 'ok' } });
    const limit = { gatewayId, name: 'three', apiCallLimit: 3, timeInterval: 1, timeUnit: 'DAY' } as const;
    const { id: throttleId } = await client.throttle.create(limit);
    await client.throttleBinding.create({ gatewayId, environmentId, throttleId, apiIds: [apiId] });
    const [[one], [other]] = await sides();
    const headers = { 'X-Auth-Token': account.tokens[0] ?? '', 'Content-Type': 'application/json' };
    const asked = JSON.stringify({ method: 'GET', host: domain, path: '/explained' });
    const explained = async () =>
      (await send(`${endpoint}/runtime/v1/explain`, 'POST', headers, asked)).body['outcome'];

    expect([await explained(), await explained()]).toEqual(['answered', 'answered']);
    for (const lane of [one, other, one]) expect((await lane?.call('/explained'))?.status).toBe(200);

    expect(await explained()).toBe('refused');
  });

  test('tell together what they have counted', async () => {
    const { apiId } = await running.publish({ path: '/counted', mockBackend: { result: 'ok' } });
    const [one, other] = await sides();
    for (const lane of [...one, ...other]) await lane.call('/counted');

    const { status, body } = await running.call(
      'GET',
      `instances/${running.gatewayId}/statistics/api/latest?api_id=${apiId}&duration=1h`,
    );

    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain(`:${one.length + other.length},`);
  });

  test('keep what one that fails has counted and told', async () => {
    const { apiId } = await running.publish({ path: '/counted', mockBackend: { result: 'ok' } });
    const callsOf = async () => {
      const target = `statistics/api/latest?api_id=${apiId}&duration=1h`;
      const { body } = await running.call('GET', `instances/${running.gatewayId}/${target}`);
      const { list } = body as { readonly list: readonly { readonly req_count: number }[] };
      return list.reduce((sum, { req_count: calls }) => sum + calls, 0);
    };
    const [[doomed], [survivor]] = await sides();
    if (doomed === undefined || survivor === undefined) throw new Error('a thread has no connection');
    for (let call = 0; call < 5; call += 1) await doomed.call('/counted');
    await survivor.call('/counted');
    expect(await callsOf()).toBe(6);

    await statusOf(doomed.call('/fail'));
    await until(() => logged('a worker was replaced').length === 1);
    await survivor.call('/counted');

    expect(await callsOf()).toBe(7);
  });
});

function isRefused(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = httpRequest({ host, port, agent: false, path: '/' }, (response) => {
      response.resume();
      response.on('end', () => resolve(false));
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    request.end();
  });
}
