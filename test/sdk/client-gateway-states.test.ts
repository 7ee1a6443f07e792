import { afterEach, describe, expect, test } from '@jest/globals';
import {
  createClient,
  isUnfinishedError,
  type Client,
  type ClientOptions,
  type InputOf,
  type Resources,
} from '@apig/sdk';
import { answer, openScriptedServer, type Script, type ScriptedServer } from '../support/scripted-server.ts';
import { createRecordedTiming } from '../support/timing.ts';

/*
 * A gateway of the cloud is made, changed and removed in the background. The states are those of the API reference, "Querying
 * Gateway Details".
 */

const INPUT: InputOf<Resources['gateway']> = {
  name: 'shop',
  edition: 'BASIC',
  vpcId: 'v1',
  subnetId: 's1',
  securityGroupId: 'sg1',
  availableZoneIds: ['az1', 'az2'],
};
const DETAIL = {
  id: 'g1',
  instance_name: 'shop',
  spec: 'BASIC',
  vpc_id: 'v1',
  subnet_id: 's1',
  security_group_id: 'sg1',
  available_zone_ids: '[az1, az2]',
  maintain_begin: '22:00:00',
  enterprise_project_id: '0',
  loadbalancer_provider: 'elb',
  bandwidth_size: 0,
  publicips: [],
};
const MISSING = { error_code: 'APIC.7302', error_msg: 'Gateway g1 does not exist.', request_id: 'r1' };

const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.dispose();
});

async function open(
  script: Script,
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; server: ScriptedServer; waits: readonly number[] }> {
  const timing = createRecordedTiming();
  const server = await openScriptedServer(script);
  const { endpoint } = server;
  const client = createClient({ endpoint, projectId: 'p1', token: 't', timing, ...options });
  opened.push({
    async dispose() {
      client.close();
      await server.dispose();
    },
  });
  return { client, server, waits: timing.waits };
}

/** A gateway that is in each state once, and stays in the last one; no state: it does not exist. */
function passThrough(states: readonly (string | undefined)[]): Script {
  const left = [...states];
  return ({ method, target }, response) => {
    if (method === 'POST') answer(response, 202, { instance_id: 'g1', message: 'ok', job_id: 'j1' });
    else if (method === 'DELETE') response.writeHead(204).end();
    else if (target.endsWith('/instance-tags')) answer(response, 200, { tags: [{ key: 'a', value: '1' }] });
    else {
      const state = left.length > 1 ? left.shift() : left[0];
      if (state === undefined) answer(response, 404, MISSING);
      else answer(response, 200, { ...DETAIL, status: state });
    }
  };
}

async function failureOf(operation: Promise<unknown>): Promise<unknown> {
  return operation.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a gateway that is created in the background', () => {
  test('is returned when it runs', async () => {
    const { client, waits } = await open(passThrough(['Creating', 'Initing', 'Installing', 'Running']));
    expect(await client.gateway.create(INPUT)).toMatchObject({
      ...INPUT,
      id: 'g1',
      status: 'Running',
      tags: { a: '1' },
    });
    expect(waits).toEqual([200, 400, 800]);
  });

  test('is asked about at most every ten seconds', async () => {
    const { client, waits } = await open(
      passThrough([...Array.from({ length: 10 }, () => 'Creating'), 'Running']),
    );
    await client.gateway.create(INPUT);
    expect(waits.slice(-3)).toEqual([10_000, 10_000, 10_000]);
  });

  test.each(['CreateFail', 'InstallFailed', 'CreateTimeout'])(
    'and ends in %s exists all the same',
    async (state) => {
      const { client } = await open(passThrough(['Creating', state]));
      const error = await failureOf(client.gateway.create(INPUT));
      expect(isUnfinishedError(error)).toBe(true);
      expect(error).toMatchObject({ kind: 'gateway', id: 'g1' });
      expect(String(error)).toContain(state);
    },
  );

  test('and does not get ready is given up, and exists all the same', async () => {
    const { client, waits } = await open(passThrough(['Creating']), { readyTimeoutMs: 60_000 });
    expect(await failureOf(client.gateway.create(INPUT))).toMatchObject({
      name: 'UnfinishedError',
      id: 'g1',
    });
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
  });

  test('and cannot be asked about exists all the same', async () => {
    const { client } = await open(({ method }, response) => {
      if (method === 'POST') answer(response, 202, { instance_id: 'g1', message: 'ok', job_id: 'j1' });
      else answer(response, 403, { error_code: 'APIC.7106', error_msg: 'no', request_id: 'r1' });
    });
    expect(await failureOf(client.gateway.create(INPUT))).toMatchObject({
      id: 'g1',
      cause: { code: 'APIC.7106' },
    });
  });
});

test('a gateway that is deleted in the background is waited for', async () => {
  const { client, server } = await open(passThrough(['Deleting', 'Deleting', undefined]));
  await client.gateway.delete({ id: 'g1' });
  expect(server.requests.map(({ method }) => method)).toEqual(['DELETE', 'GET', 'GET', 'GET']);
});

test('a gateway without the operation that shows tags has none', async () => {
  const { client } = await open(({ target }, response) => {
    if (target.endsWith('/g1')) answer(response, 200, { ...DETAIL, status: 'Running' });
    else answer(response, 404, MISSING);
  });
  const gateway = await client.gateway.get({ id: 'g1' });
  expect(gateway).toMatchObject({ id: 'g1', publicAddresses: [] });
  expect(gateway).not.toHaveProperty('tags');
});

describe('an update of a gateway', () => {
  test('calls only what changed, one after the other, each when the gateway runs again', async () => {
    let spec = 'BASIC';
    const { client, server } = await open(({ method, target, body }, response) => {
      if (target.endsWith('/instance-tags')) answer(response, 200, { tags: [{ key: 'a', value: '1' }] });
      else if (method === 'GET') answer(response, 200, { ...DETAIL, spec, status: 'Running' });
      else if (target.endsWith('/action')) response.writeHead(204).end();
      else {
        if (target.endsWith('/postpaid-resize')) spec = (JSON.parse(body) as { spec_id: string }).spec_id;
        answer(response, 202, { instance_id: 'g1', message: 'ok', job_id: 'j1' });
      }
    });
    await client.gateway.update(
      { id: 'g1' },
      { ...INPUT, edition: 'PROFESSIONAL', egressBandwidthMbps: 10, tags: { b: '2' } },
    );
    const root = '/v2/p1/apigw/instances/g1';
    expect(
      server.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, target, body }) => [method, target, JSON.parse(body) as unknown]),
    ).toEqual([
      ['POST', `${root}/postpaid-resize`, { spec_id: 'PROFESSIONAL' }],
      ['POST', `${root}/nat-eip`, { bandwidth_size: 10 }],
      ['POST', `${root}/instance-tags/action`, { action: 'delete', tags: [{ key: 'a', value: '1' }] }],
      ['POST', `${root}/instance-tags/action`, { action: 'create', tags: [{ key: 'b', value: '2' }] }],
    ]);
  });

  test('clears what is left out, and sends nothing that an operation of its own writes', async () => {
    const { client, server } = await open(({ method, target }, response) => {
      if (target.endsWith('/instance-tags')) answer(response, 200, { tags: [] });
      else
        answer(response, 200, {
          ...DETAIL,
          description: 'old',
          status: method === 'GET' ? 'Running' : 'Updating',
        });
    });
    await client.gateway.update({ id: 'g1' }, INPUT);
    const put = server.requests.find(({ method }) => method === 'PUT');
    const body = JSON.parse(put?.body ?? '') as Record<string, unknown>;
    expect(body).toMatchObject({ instance_name: 'shop', description: '', maintain_end: '02:00:00' });
    expect(body).not.toHaveProperty('spec_id');
    expect(body).not.toHaveProperty('tags');
  });

  test('that is not there says so', async () => {
    const { client } = await open(passThrough([undefined]));
    expect(await failureOf(client.gateway.update({ id: 'g1' }, INPUT))).toMatchObject({
      name: 'gatewayNotFound',
      status: 404,
    });
  });
});
