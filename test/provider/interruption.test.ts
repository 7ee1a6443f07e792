import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStack, type Outcome, type Stack, type StateResource, type Step } from '../support/pulumi.ts';
import { takeInventory, type Inventory } from './every-kind.ts';
import { openRuntimeProcess, type RuntimeProcess } from './runtime-process.ts';

/** A hundred resources: what depends on nothing but the gateway, and chains of API, deployment and binding. */
const PROGRAM = `
import * as apig from '@apig/provider';

const gateway = new apig.Gateway('gateway', {
  name: 'main-gateway', edition: 'BASIC', vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group', availableZoneIds: ['az1'],
});
const gatewayId = gateway.id;
const environmentId = apig.RELEASE_ENVIRONMENT_ID;
const count = (length: number) => Array.from({ length }, (_, index) => index);

const groups = count(9).map((at) => new apig.ApiGroup('group-' + at, { gatewayId, name: 'group-' + at, debugDomainEnabled: at % 2 === 0 }));
const throttles = count(10).map((at) => new apig.Throttle('throttle-' + at, { gatewayId, name: 'throttle_' + at, apiCallLimit: 10 + at, timeInterval: 1, timeUnit: 'MINUTE' }));
count(10).map((at) => new apig.Acl('acl-' + at, { gatewayId, name: 'acl_' + at, type: 'DENY', entityType: 'IP', values: ['192.0.2.' + at] }));
count(10).map((at) => new apig.App('app-' + at, { gatewayId, name: 'app_' + at }));
count(10).map((at) => new apig.SignatureKey('key-' + at, { gatewayId, name: 'key_' + at }));
const apis = count(20).map((at) => new apig.Api('api-' + at, {
  gatewayId, groupId: groups[at % groups.length]!.id, name: 'api-' + at, protocol: 'HTTP', method: 'GET', path: '/api-' + at, authentication: 'NONE', mockBackend: { result: String(at) },
}));
const deployments = apis.map((api, at) => new apig.Deployment('deployment-' + at, { gatewayId, apiId: api.id, environmentId, apiDigest: api.digest }));
throttles.map((throttle, at) => new apig.ThrottleBinding('binding-' + at, {
  gatewayId, throttleId: throttle.id, environmentId, apiIds: [deployments[at]!.apiId],
}));
`;

/** Objects on the gateway when its process is killed. */
const KILL_AT = [12, 60];

const COUNTS = {
  gateway: 1,
  apiGroup: 9,
  throttle: 10,
  acl: 10,
  app: 10,
  signatureKey: 10,
  api: 20,
  deployment: 20,
  throttleBinding: 10,
};

let runtime: RuntimeProcess;
let stack: Stack;
const interrupted: Outcome[] = [];
let completed: Outcome;
let inventory: Inventory;
let resources: readonly StateResource[];
let left: readonly Step[];

beforeAll(async () => {
  runtime = await openRuntimeProcess();
  const { endpoint, projectId, accessKey, secretKey } = runtime;
  stack = await openStack({
    program: { 'index.ts': PROGRAM },
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey },
  });
  for (const objects of KILL_AT) {
    const up = stack.up();
    await untilThere(objects);
    await runtime.kill();
    interrupted.push(await up);
    await runtime.start();
  }
  completed = await stack.up();
  inventory = await takeInventory(runtime.client);
  ({ resources } = await stack.exportState());
  left = (await stack.preview()).changes;
}, 600_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
});

describe('a hundred resources, of which the gateway is killed twice on the way', () => {
  test('the interrupted updates fail', () => {
    expect(interrupted.map(({ code }) => code)).not.toContain(0);
  });

  test('the next one completes what is missing', () => {
    expect(completed).toMatchObject({ code: 0 });
    expect(left).toEqual([]);
  });

  test('nothing is there twice, nothing is lost', () => {
    const counts = Object.entries(inventory).map(([kind, objects]) => [kind, objects.length]);
    expect(Object.fromEntries(counts)).toMatchObject(COUNTS);
    expect(counts.reduce((sum, [, length]) => sum + Number(length), 0)).toBe(100);
  });

  test('the stack knows each object, and each object is known', () => {
    const there = Object.values(inventory).flatMap((objects) => objects.map(({ id }) => id));
    expect(resources.map(({ id }) => id).toSorted()).toEqual(there.toSorted());
  });
});

/** Asks until so many objects are there; each answer is waited for. */
async function untilThere(objects: number): Promise<void> {
  const { client } = runtime;
  for (;;) {
    const [gateway] = await client.gateway.list({});
    if (gateway === undefined) continue;
    const parents = { gatewayId: gateway.id };
    const lists = await Promise.all(
      (['apiGroup', 'throttle', 'acl', 'app', 'signatureKey', 'api'] as const).map((kind) =>
        client.collection(kind).list(parents),
      ),
    );
    if (lists.flat().length >= objects) return;
  }
}
