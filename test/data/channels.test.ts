import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { openBackend, type Backend } from '../support/backend.ts';
import { createTestTimers, type TestTimers } from '../support/clock.ts';
import { openTraffic, type ApiInput, type ChannelInput, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let timers: TestTimers;
let backends: readonly Backend[];

beforeEach(async () => {
  timers = createTestTimers();
  traffic = await openTraffic({ timers });
  backends = await Promise.all(['one', 'two', 'three'].map((name) => openNamed(name)));
});

afterEach(async () => {
  await traffic.dispose();
  await Promise.all(backends.map((backend) => backend.dispose()));
});

/** A backend that answers with its name. */
function openNamed(name: string): Promise<Backend> {
  return openBackend({
    answer: (_, response) => {
      response.end(name);
    },
  });
}

/** Members for the backends, with what differs from the usual. */
function membersOf(...changes: readonly object[]): NonNullable<ChannelInput['members']> {
  return backends.map(({ port }, index) => ({ host: '127.0.0.1', port, ...changes[index] }));
}

/** A port of 127.0.0.1 on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function publish(channelId: string, target: object = {}, api: ApiInput = {}): void {
  traffic.publish({
    path: '/',
    matchMode: 'PREFIX',
    method: 'ANY',
    httpBackend: { protocol: 'HTTP', method: 'ANY', path: '/', channelId, ...target },
    ...api,
  });
}

async function answers(count: number, path = '/'): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1) texts.push((await traffic.call(path)).text);
  return texts;
}

describe('a channel', () => {
  test('sends calls to its members in turn, by weight', async () => {
    publish(traffic.putChannel({ members: membersOf({ weight: 2 }) }));

    expect(await answers(8)).toEqual(['one', 'two', 'three', 'one', 'one', 'two', 'three', 'one']);
  });

  test('sends nothing to members that are disabled or of weight 0', async () => {
    publish(traffic.putChannel({ members: membersOf({ enabled: false }, { weight: 0 }) }));

    expect(await answers(3)).toEqual(['three', 'three', 'three']);
  });

  test('gives the members of a group the weight of the group', async () => {
    publish(
      traffic.putChannel({
        memberGroups: [{ name: 'blue', weight: 0 }, { name: 'green' }],
        members: membersOf({ group: 'blue', weight: 9 }, { group: 'green' }, { group: 'blue' }),
      }),
    );

    expect(await answers(3)).toEqual(['two', 'two', 'two']);
  });

  test('uses backups only while there is no other member', async () => {
    const members = membersOf({ backup: true }, {}, {});
    const id = traffic.putChannel({ members });
    publish(id);
    expect(new Set(await answers(4))).toEqual(new Set(['two', 'three']));

    traffic.putChannel({ members: members.map((each, index) => ({ ...each, enabled: index === 0 })) }, id);

    expect(await answers(2)).toEqual(['one', 'one']);
  });

  test('sends to members that name no port on its own', async () => {
    publish(traffic.putChannel({ port: backends[1]?.port ?? 0, members: [{ host: '127.0.0.1' }] }));

    expect(await answers(1)).toEqual(['two']);
  });

  test('keeps callers on their member by address', async () => {
    publish(traffic.putChannel({ strategy: 'SOURCE_HASH', members: membersOf() }));

    expect(new Set(await answers(6)).size).toBe(1);
  });

  test('keeps paths on their member, whatever the query', async () => {
    publish(traffic.putChannel({ strategy: 'URI_HASH', members: membersOf() }));
    const texts = await Promise.all(
      Array.from({ length: 40 }, (_, index) => traffic.call(`/${index}?x=1`).then(({ text }) => text)),
    );
    const again = await Promise.all(
      Array.from({ length: 40 }, (_, index) => traffic.call(`/${index}?x=2`).then(({ text }) => text)),
    );

    expect(again).toEqual(texts);
    expect(new Set(texts).size).toBe(3);
  });

  test('sends to the least busy member', async () => {
    const held: (() => void)[] = [];
    const [first, second] = backends as readonly [Backend, Backend];
    const arrived = new Promise<void>((resolve) => {
      first.answer((_, response) => {
        held.push(() => response.end('one'));
        resolve();
      });
    });
    publish(
      traffic.putChannel({ strategy: 'LEAST_CONNECTIONS', members: membersOf({}, {}, { enabled: false }) }),
    );
    const waiting = traffic.call('/');
    await arrived;

    expect(await answers(3)).toEqual(['two', 'two', 'two']);
    for (const answer of held) answer();
    expect((await waiting).text).toBe('one');
    expect(second.requests).toHaveLength(3);
    first.answer((_, response) => {
      response.end('one');
    });
    expect(await answers(1)).toEqual(['one']);
  });

  test('sends the host that the API names, else that of the caller', async () => {
    const channelId = traffic.putChannel({ members: membersOf({}, { enabled: false }, { enabled: false }) });
    publish(channelId, { channelHost: 'orders.internal' });
    publish(channelId, {}, { path: '/as-sent', matchMode: 'EXACT' });

    await answers(1);
    expect(backends[0]?.last().headers.host).toBe('orders.internal');
    await answers(1, '/as-sent');
    expect(backends[0]?.last().headers.host).toBe(traffic.domain);
  });

  test('without a member that can take calls answers 502 with APIG.0610', async () => {
    const id = traffic.putChannel({ members: [] });
    publish(id);
    expect(await traffic.call('/')).toMatchObject({ status: 502, code: 'APIG.0610' });

    traffic.putChannel({ members: membersOf() }, id);
    expect(await answers(1)).toEqual(['one']);
  });

  test('that is not there answers 500 with APIG.0609', async () => {
    publish('f'.repeat(32));

    expect(await traffic.call('/')).toMatchObject({ status: 500, code: 'APIG.0609' });
  });
});

describe('a member that cannot be reached', () => {
  test('is passed over in the next attempt', async () => {
    const dead = { host: '127.0.0.1', port: await freePort() };
    publish(traffic.putChannel({ members: [dead, ...membersOf()] }), { retryCount: 1 });

    expect(new Set(await answers(8))).toEqual(new Set(['one', 'two', 'three']));
  });

  test('is not passed over when no further attempt is allowed', async () => {
    const dead = { host: '127.0.0.1', port: await freePort() };
    publish(traffic.putChannel({ members: [dead] }), { retryCount: 0 });

    expect(await traffic.call('/')).toMatchObject({ status: 502, code: 'APIG.0202' });
  });

  test('fails the call when no other member is left', async () => {
    const dead = { host: '127.0.0.1', port: await freePort() };
    publish(traffic.putChannel({ members: [dead] }), { retryCount: 5 });

    expect(await traffic.call('/')).toMatchObject({ status: 502, code: 'APIG.0202' });
  });

  test('costs a call with a small body nothing of it', async () => {
    const dead = { host: '127.0.0.1', port: await freePort() };
    publish(traffic.putChannel({ members: [dead, ...membersOf().slice(0, 1)] }), { retryCount: 1 });

    await traffic.call({ path: '/', method: 'POST', body: 'an order' });

    expect(backends[0]?.last().body.toString()).toBe('an order');
  });
});

describe('a health check', () => {
  const check = { protocol: 'HTTP', path: '/health', goodStatuses: '200,210-219' } as const;
  const healthCheck = { ...check, healthyThreshold: 2, unhealthyThreshold: 2 };

  /** Answers checks with a status and calls with a name. */
  function answer(backend: Backend | undefined, name: string, status: number): void {
    backend?.answer(({ target }, response) => {
      if (target === '/health') response.statusCode = status;
      response.end(name);
    });
  }

  test('takes a member out after bad answers in a row, and in again after good ones', async () => {
    publish(traffic.putChannel({ members: membersOf({}, {}, { enabled: false }), healthCheck }));
    answer(backends[0], 'one', 503);

    await timers.tick();
    expect(new Set(await answers(4))).toEqual(new Set(['one', 'two']));
    await timers.tick();
    expect(await answers(4)).toEqual(['two', 'two', 'two', 'two']);

    answer(backends[0], 'one', 215);
    await timers.tick();
    expect(new Set(await answers(4))).toEqual(new Set(['two']));
    await timers.tick();
    expect(new Set(await answers(4))).toEqual(new Set(['one', 'two']));
  });

  test('does not count bad answers that are not in a row', async () => {
    publish(traffic.putChannel({ members: membersOf({}, {}, { enabled: false }), healthCheck }));
    for (const status of [503, 200, 503]) {
      answer(backends[0], 'one', status);
      await timers.tick();
    }

    expect(new Set(await answers(4))).toEqual(new Set(['one', 'two']));
  });

  test('asks no member that is disabled', async () => {
    traffic.putChannel({ members: membersOf({}, {}, { enabled: false }), healthCheck });

    await timers.tick();

    expect(backends.map(({ requests }) => requests.length)).toEqual([1, 1, 0]);
    expect(backends[0]?.last()).toMatchObject({ method: 'GET', target: '/health' });
  });

  test('connects to a port when it is told no more', async () => {
    const dead = await freePort();
    publish(
      traffic.putChannel({
        members: [{ host: '127.0.0.1', port: dead }, ...membersOf().slice(0, 1)],
        healthCheck: { unhealthyThreshold: 1 },
      }),
      { retryCount: 0 },
    );

    await timers.tick();

    expect(await answers(4)).toEqual(['one', 'one', 'one', 'one']);
  });

  test('that is taken away leaves all members healthy', async () => {
    const members = membersOf({}, {}, { enabled: false });
    const id = traffic.putChannel({ members, healthCheck: { ...healthCheck, unhealthyThreshold: 1 } });
    publish(id);
    answer(backends[0], 'one', 503);
    await timers.tick();
    expect(await answers(2)).toEqual(['two', 'two']);

    traffic.putChannel({ members }, id);

    expect(new Set(await answers(4))).toEqual(new Set(['one', 'two']));
  });
});

test('connections to members are kept while they are members', async () => {
  const members = membersOf({}, { enabled: false }, { enabled: false });
  const id = traffic.putChannel({ members });
  publish(id);
  await answers(3);
  traffic.putChannel({ members, strategy: 'URI_HASH' }, id);
  await answers(3);

  expect(backends[0]?.connections).toBe(1);
});
