import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackend, type Backend } from '../support/backend.ts';
import { send } from '../support/gateway.ts';
import { openWorkers, type Lane, type WorkerGateway } from '../support/workers.ts';

const WORKERS = 2;

let running: WorkerGateway;
let backend: Backend;
let lanes: readonly Lane[];

beforeAll(async () => {
  backend = await openBackend({ answer: (_, response, count) => void response.end(String(count)) });
  running = await openWorkers(WORKERS);
  lanes = await running.lanes(6);
});
afterAll(async () => {
  await running.dispose();
  await backend.dispose();
});

describe('answers that threads keep', () => {
  const content = JSON.stringify({
    cache_key: { system_params: ['host'] },
    cache_http_status_and_ttl: [{ http_status: [200], ttl: 3600 }],
  });

  test('are kept by each for itself, forgotten by all at once, and counted together', async () => {
    const { client, gatewayId, environmentId } = running;
    const { apiId } = await running.publish({
      path: '/kept',
      httpBackend: { address: backend.address, protocol: 'HTTP', method: 'GET', path: '/' },
    });
    const plugin = await client.plugin.create({
      gatewayId,
      name: 'answers',
      type: 'proxy_cache',
      content,
    });
    await client.pluginAttachment.create({ gatewayId, environmentId, pluginId: plugin.id, apiIds: [apiId] });
    const round = async () => {
      const found: string[] = [];
      for (const lane of lanes) found.push((await lane.call('/kept')).text);
      return new Set(found);
    };

    expect(await round()).toEqual(new Set(['1', '2']));
    expect(await round()).toEqual(new Set(['1', '2']));
    await client.plugin.update({ gatewayId, id: plugin.id }, { ...plugin, remark: 'other' });
    expect(await round()).toEqual(new Set(['3', '4']));

    const { text } = await send(`${running.endpoint}/runtime/v1/metrics`, 'GET', {
      'x-auth-token': 'test-token',
    });
    const countOf = (result: string) =>
      Number(
        new RegExp(`apig_cache_total\\{[^}]*api_id="${apiId}"[^}]*result="${result}"\\} (\\d+)`).exec(
          text,
        )?.[1],
      );
    expect([countOf('hit'), countOf('miss')]).toEqual([3 * lanes.length - 4, 4]);
  });
});
