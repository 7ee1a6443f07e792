import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk/contract';
import { Compiler } from '../../gateway-runtime/src/data/compiler.ts';
import { createLasting } from '../../gateway-runtime/src/data/lasting.ts';
import type { Bodies, Change, Stored, StoredKind } from '../../gateway-runtime/src/store/configuration.ts';
import { openBackend, type Backend } from '../support/backend.ts';
import { createId, openTraffic, type Traffic } from '../support/traffic.ts';

let traffic: Traffic;
let backend: Backend;

beforeAll(async () => {
  backend = await openBackend();
  traffic = await openTraffic();
});

afterAll(async () => {
  await traffic.dispose();
  await backend.dispose();
});

describe('a change of the configuration', () => {
  test('is in force for the next call', async () => {
    const published = traffic.publish({ path: '/versions', mockBackend: { result: 'one' } });
    expect((await traffic.call('/versions')).text).toBe('one');
    traffic.publishAgain(published, { path: '/versions', mockBackend: { result: 'two' } });
    expect((await traffic.call('/versions')).text).toBe('two');
    traffic.publishAgain(published, { path: '/versions/new', mockBackend: { result: 'three' } });
    expect((await traffic.call('/versions')).status).toBe(404);
    expect((await traffic.call('/versions/new')).text).toBe('three');
  });

  test('of a draft is not in force', async () => {
    const { apiId } = traffic.publish({ path: '/draft', mockBackend: { result: 'published' } });
    traffic.put('api', apiId, {
      ...traffic.body('api', apiId),
      mockBackend: { result: 'draft', statusCode: 200 },
    });
    expect((await traffic.call('/draft')).text).toBe('published');
  });

  test('takes an API offline and keeps what is bound to it', async () => {
    const published = traffic.publish({ path: '/offline' });
    const throttle = traffic.createThrottle({ apiCallLimit: 2, timeInterval: 1, timeUnit: 'DAY' });
    traffic.bind('throttleBinding', throttle, published);
    const { versionId, ...offline } = traffic.body('publication', published.publicationId);
    expect((await traffic.call('/offline')).status).toBe(200);
    traffic.put('publication', published.publicationId, offline);
    expect(await traffic.call('/offline')).toMatchObject({ status: 404, code: 'APIG.0101' });
    traffic.put('publication', published.publicationId, {
      ...offline,
      ...(versionId !== undefined && { versionId }),
    });
    expect((await traffic.call('/offline')).status).toBe(200);
    expect((await traffic.call('/offline')).status).toBe(429);
  });

  test('removes a group with all that it served', async () => {
    const groupId = createId();
    const { gatewayId } = traffic;
    traffic.put('apiGroup', groupId, {
      gatewayId,
      name: 'leaving',
      debugDomainEnabled: true,
      isDefault: false,
    });
    const { publicationId } = traffic.publish({ path: '/x', groupId });
    const host = `${groupId}.apic.localhost`;
    expect((await traffic.call({ path: '/x', host })).status).toBe(200);
    traffic.remove('publication', publicationId);
    expect((await traffic.call({ path: '/x', host })).status).toBe(404);
    traffic.remove('apiGroup', groupId);
    expect((await traffic.call({ path: '/x', host })).status).toBe(404);
  });

  test('does not touch calls under way', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const slow = await openBackend({
      answer: (_, response) => {
        arrive();
        void released.then(() => response.end('of the old backend'));
      },
    });
    const published = traffic.publish({
      path: '/under-way',
      httpBackend: { address: slow.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const call = traffic.call('/under-way');
    await arrived;
    traffic.remove('publication', published.publicationId);
    expect((await traffic.call('/under-way')).status).toBe(404);
    release();
    expect(await call).toMatchObject({ status: 200, text: 'of the old backend' });
    await slow.dispose();
  });

  test('happens many times under load, and no call fails', async () => {
    const httpBackend = { address: backend.address, protocol: 'HTTP', method: 'ANY', path: '/' } as const;
    const app = traffic.createApp();
    const published = traffic.publish({ path: '/load', method: 'ANY', authentication: 'APP', httpBackend });
    traffic.authorize(app.id, published);
    const throttle = traffic.createThrottle({ apiCallLimit: 1_000_000, timeInterval: 1, timeUnit: 'DAY' });
    traffic.bind('throttleBinding', throttle, published);
    let isOver = false;
    const statuses: number[] = [];
    const callers = Array.from({ length: 8 }, async (_, index) => {
      while (!isOver) {
        const call = { path: '/load', method: index % 2 ? 'POST' : 'GET', signedBy: app };
        statuses.push((await traffic.call(index % 2 ? { ...call, body: `body ${index}` } : call)).status);
      }
    });
    for (let change = 0; change < 300; change += 1) {
      // Other backends come and go, so that connections are let go of as well.
      const address = change % 2 ? backend.address : `localhost:${backend.port}`;
      traffic.publishAgain(published, {
        path: '/load',
        method: 'ANY',
        authentication: 'APP',
        httpBackend: { ...httpBackend, address },
      });
      traffic.put('throttle', throttle, {
        ...traffic.body('throttle', throttle),
        remark: `change ${change}`,
      });
      await traffic.call('/nothing');
    }
    isOver = true;
    await Promise.all(callers);
    expect(statuses.length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  test('costs what it touches: one of 10,000 APIs little, though all of them much', async () => {
    const large = await openTraffic();
    const { gatewayId } = large;
    const changes: Change[] = [];
    for (let group = 0; group < 50; group += 1) {
      const groupId = createId();
      const body = { gatewayId, name: `g${group}`, debugDomainEnabled: true, isDefault: false };
      changes.push(created('apiGroup', groupId, body));
      for (let index = 0; index < 200; index += 1) {
        const path = `/a${index}/{id}/b`;
        const requestParameters = [{ name: 'id', location: 'PATH' as const }];
        const published = {
          apiId: createId(),
          environmentId: RELEASE_ENVIRONMENT_ID,
          publicationId: createId(),
        };
        const definition = large.define({ path, groupId, requestParameters });
        changes.push(
          ...large.publication(published, definition).map(({ kind, id, body }) => created(kind, id, body)),
        );
      }
    }
    large.configuration.apply(changes, 1_000_000);
    const compiler = new Compiler('localhost', createLasting());
    const allMs = timeOf(() => compiler.start(large.configuration));
    const [changed] = changes.filter(({ kind }) => kind === 'publication');
    if (changed === undefined) throw new Error('nothing was published');
    const oneMs = Math.min(
      ...Array.from({ length: 10 }, () => timeOf(() => compiler.refresh(large.configuration, [changed]))),
    );
    await large.dispose();
    expect(oneMs * 20).toBeLessThan(allMs);
  });
});

function timeOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function created<K extends StoredKind>(kind: K, id: string, body: Bodies[K]): Change {
  const time = '2026-01-01T00:00:00.000Z';
  const after = { kind, id, body, createdAt: time, updatedAt: time } as unknown as Stored;
  return { kind, key: id, after };
}
