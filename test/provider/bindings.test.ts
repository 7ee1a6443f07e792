import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json, Kind } from '@apig/sdk/contract';
import { provider, type Provider } from '../../provider/src/lifecycle.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { SAMPLES } from './samples.ts';

let runtime: TestGateway;
let place: { gatewayId: string; environmentId: string; throttleId: string };
let apiIds: readonly [string, string, string];

beforeEach(async () => {
  runtime = await openGateway();
  const { client } = runtime;
  const gatewayId = (await client.gateway.create(SAMPLES.gateway)).id;
  const groupId = (await client.apiGroup.create({ gatewayId, name: 'orders' })).id;
  const environmentId = (await client.environment.create({ gatewayId, name: 'staging' })).id;
  const throttleId = (await client.throttle.create({ ...SAMPLES.throttle, gatewayId })).id;
  place = { gatewayId, environmentId, throttleId };
  const publish = async (name: string): Promise<string> => {
    const api = await client.api.create({
      ...{ gatewayId, groupId, name, method: 'GET', path: `/${name}`, authentication: 'NONE' },
      mockBackend: { result: name },
    });
    await client.deployment.create({ gatewayId, environmentId, apiId: api.id, apiDigest: api.digest });
    return api.id;
  };
  apiIds = [await publish('one'), await publish('two'), await publish('three')];
});

afterEach(() => runtime.dispose());

async function newRun(kind: Kind): Promise<Provider> {
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  const values: Record<string, string> = {
    ...{ 'apig:endpoint': endpoint, 'apig:projectId': projectId },
    ...{ 'apig:accessKey': accessKey, 'apig:secretKey': secretKey },
  };
  const fresh = provider(kind);
  await fresh.configure({ config: { get: (key) => values[key] } });
  return fresh;
}

const binding = (...ids: readonly string[]): Json => ({ ...place, apiIds: ids });
const bound = async () => {
  const [object] = await runtime.client.throttleBinding.list({ gatewayId: place.gatewayId });
  return object?.apiIds.toSorted();
};

describe('two bindings of one throttle in one environment', () => {
  test('have their own APIs', async () => {
    const [one, two, three] = apiIds;
    const run = await newRun('throttleBinding');
    const { id, outs } = await run.create(binding(one, two));
    await run.create(binding(three));
    expect(await run.read(id, outs)).toMatchObject({ id, props: { apiIds: [one, two] } });
    const later = await newRun('throttleBinding');
    await later.delete(id, outs);
    expect(await bound()).toEqual([three]);
  });

  test.each(['from first to second', 'from second to first'])(
    'hand an API over, changed %s',
    async (order) => {
      const [one, two, three] = apiIds;
      const first = await newRun('throttleBinding');
      const { id, outs } = await first.create(binding(one, two));
      await first.create(binding(three));
      const run = await newRun('throttleBinding');
      const giving = () => run.update(id, outs, binding(one));
      const taking = () => run.update(id, binding(three), binding(three, two));
      const steps = order === 'from first to second' ? [giving, taking] : [taking, giving];
      for (const step of steps) await step();
      expect(await bound()).toEqual([...apiIds].sort());
    },
  );

  test('hand all over when one of them goes', async () => {
    const [one, two, three] = apiIds;
    const first = await newRun('throttleBinding');
    const { id, outs } = await first.create(binding(one, two));
    await first.create(binding(three));
    const run = await newRun('throttleBinding');
    await run.update(id, binding(three), binding(three, two, one));
    await run.delete(id, outs);
    expect(await bound()).toEqual([...apiIds].sort());
  });
});

describe('two deployments of one API in one environment', () => {
  test('leave it published when one of them goes', async () => {
    const { gatewayId, environmentId } = place;
    const [apiId] = apiIds;
    const digest = (await runtime.client.api.get({ gatewayId, id: apiId }))?.digest;
    const inputs = { gatewayId, environmentId, apiId, apiDigest: digest };
    const run = await newRun('deployment');
    const { id, outs } = await run.create(inputs);
    const later = await newRun('deployment');
    await later.diff(id, outs, inputs);
    await later.delete(id, outs);
    expect(await runtime.client.deployment.get({ gatewayId, id })).toMatchObject({ apiDigest: digest });
    const last = await newRun('deployment');
    await last.delete(id, outs);
    expect(await runtime.client.deployment.get({ gatewayId, id })).toBeUndefined();
  });
});
