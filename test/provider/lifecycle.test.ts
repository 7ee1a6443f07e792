import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client, Kind } from '@apig/sdk';
import { canonical, descriptionOf, fieldsOf, type Json } from '@apig/sdk/contract';
import { provider } from '../../provider/src/lifecycle.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openStack, type Stack, type StateResource, type Step } from '../support/pulumi.ts';
import { OTHERS, PROGRAM, takeInventory, type Inventory } from './every-kind.ts';
import { KINDS } from './samples.ts';

/*
 * One stack with every kind lives through everything once; the tests look at what was seen on the way. Resources are
 * named after their kinds.
 */

/** What one change of the program did. */
interface Chapter {
  /** Operations by resource; only those that do something. */
  readonly done: Operations;
  readonly state: ReadonlyMap<string, StateResource>;
  readonly inventory: Inventory;
  /** What a refresh counted, if there was one. */
  readonly refreshed: Readonly<Record<string, number>>;
  /** What a preview would do next. */
  readonly left: Operations;
}

type Operations = ReadonlyMap<string, readonly string[]>;

const UPDATABLE = KINDS.filter((kind) => kind !== 'appCode');
/** Kinds of which something other than the gateway forces a new object. */
const REPLACEABLE: readonly Kind[] = [
  'environmentVariable',
  'gatewayResponse',
  'domain',
  'api',
  'deployment',
  'throttleBinding',
  'throttleException',
  'acl',
  'aclBinding',
  'signatureBinding',
  'appCode',
  'appAcl',
  'appQuotaBinding',
  'appAuthorization',
  'authorizer',
  'pluginAttachment',
];

/** What the program's domain serves. */
const SERVED = await makeCertificate(['api.example.com']);

const CHANGES = {
  use: { bothApis: true },
  gateway: { description: 'all about orders', tags: { team: 'shop' }, egressBandwidthMbps: 10 },
  environment: { remark: 'before production' },
  environmentVariable: { value: 'orders.internal:9090' },
  apiGroup: { remark: 'all about orders', debugDomainEnabled: false },
  gatewayResponse: { responses: { notFound: { status: 200, body: 'nothing here' }, default5xx: {} } },
  domain: { minTlsVersion: 'TLSv1.2' },
  certificate: { trustedRootCa: (await makeAuthority('Callers')).certificate },
  api: { remark: 'one order', cors: true },
  throttle: { apiCallLimit: 50, userCallLimit: 5, remark: 'less' },
  acl: { values: ['203.0.113.5-203.0.113.9', '192.0.2.1'] },
  signatureKey: { secret: 'another-signing-secret' },
  app: { remark: 'the shop' },
  gatewayFeature: { config: '{"api_limits":300}' },
  appAcl: { type: 'DENY', values: ['203.0.113.5-203.0.113.9', '192.0.2.1'] },
  appQuota: { callLimit: 500, resetTime: '2026-01-01 00:00:00', remark: 'less' },
  throttleException: { callLimit: 5 },
  plugin: {
    content: JSON.stringify({ allow_methods: 'GET,POST', allow_origin: '*' }),
    remark: 'for browsers',
  },
  authorizer: {
    identities: [{ name: 'Authorization', location: 'HEADER' }],
    cacheSeconds: 60,
    userData: 'for the function',
  },
  loadBalanceChannel: {
    strategy: 'URI_HASH',
    members: [{ host: '192.0.2.11', port: 9090 }],
    healthCheck: { protocol: 'HTTP', path: '/health', goodStatuses: '200' },
  },
};

let runtime: TestGateway;
let stack: Stack;
let created: Chapter;
let changed: Chapter;
let restored: Chapter;
/** What previews announced. */
let planned: {
  readonly creation: Operations;
  readonly change: Operations;
  readonly mending: Operations;
  readonly replacement: Operations;
};
/** What a refresh counted when nothing had happened, and when everything had been changed by hand. */
let refreshed: {
  readonly idle: Readonly<Record<string, number>>;
  readonly drifted: Readonly<Record<string, number>>;
};
let mended: Chapter;
let replaced: Chapter;
let moved: Chapter;
let destroyed: { readonly code: number | null; readonly inventory: Inventory };

beforeAll(async () => {
  runtime = await openGateway({ functions: { 'urn:function:check': { url: 'http://127.0.0.1:9' } } });
  const { client, endpoint, projectId, accessKey, secretKey } = runtime;
  stack = await openStack({
    program: {
      'index.ts': PROGRAM,
      'changes.json': '{}',
      'certificate.pem': SERVED.certificate,
      'key.pem': SERVED.key,
    },
    config: { 'apig:endpoint': endpoint, 'apig:projectId': projectId, 'apig:accessKey': accessKey },
    secrets: { 'apig:secretKey': secretKey },
  });
  const creation = await plan({});
  created = await live();

  const change = await plan(CHANGES);
  changed = await live('after a refresh');

  await drift(client, changed.state);
  const afterDrift = await stack.refresh();
  const mending = await plan(CHANGES);
  mended = await live();

  await plan({});
  restored = await live();
  const use = {
    otherGroup: true,
    otherEnvironment: true,
    otherThrottle: true,
    otherKey: true,
    otherPlugin: true,
    otherApp: true,
  };
  const replacement = await plan({
    use,
    authorizer: { type: 'BACKEND' },
    acl: { entityType: 'DOMAIN', values: ['somebody'] },
  });
  replaced = await live();
  await plan({ gateway: { edition: 'BASIC' } });
  moved = await live();
  planned = { creation, change, mending, replacement };
  refreshed = { idle: changed.refreshed, drifted: afterDrift.summary };

  await deleteSome(client, moved.state);
  const { code, stdout, stderr } = await stack.destroy();
  if (code !== 0) throw new Error(stdout + stderr);
  destroyed = { code, inventory: await takeInventory(client) };
}, 600_000);

afterAll(async () => {
  await stack.dispose();
  await runtime.dispose();
});

describe.each(KINDS)('a %s', (kind) => {
  test('is created as its preview says', () => {
    expect(planned.creation.get(kind)).toEqual(['create']);
    expect(created.done.get(kind)).toEqual(['create']);
    expect(created.inventory[kind]).toContainEqual(expect.objectContaining(asked(kind, created)));
  });

  test('is left alone when nothing changes', () => {
    expect(created.left.get(kind)).toBeUndefined();
  });

  test('is left alone after a refresh without cause', () => {
    expect(changed.left.get(kind)).toBeUndefined();
  });

  test('is made anew with a gateway that is made anew', () => {
    expect(moved.done.get(kind)).toEqual(expect.arrayContaining(['create-replacement']));
    expect(idOf(kind, moved)).not.toBe(idOf(kind, replaced));
    expect(moved.inventory[kind]).toContainEqual(expect.objectContaining(asked(kind, moved)));
    expect(moved.left.get(kind)).toBeUndefined();
  });

  test('is gone in the end', () => {
    expect(destroyed.inventory[kind]).toEqual([]);
  });

  test('may be deleted when it is gone', async () => {
    const gone = provider(kind);
    const values: Record<string, string> = {
      'apig:endpoint': runtime.endpoint,
      'apig:projectId': runtime.projectId,
      'apig:accessKey': runtime.accessKey,
      'apig:secretKey': runtime.secretKey,
    };
    await gone.configure({ config: { get: (key) => values[key] } });
    await expect(
      gone.delete(idOf(kind, moved) ?? '', moved.state.get(kind)?.outputs ?? {}),
    ).resolves.toBeUndefined();
    expect(await gone.read(idOf(kind, moved) ?? '', moved.state.get(kind)?.outputs ?? {})).toEqual({});
  });
});

describe.each(UPDATABLE)('a %s that is asked for differently', (kind) => {
  test('is updated in place', () => {
    expect(planned.change.get(kind)).toEqual(['update']);
    expect(changed.done.get(kind)).toEqual(['update']);
    expect(idOf(kind, changed)).toBe(idOf(kind, created));
    expect(changed.inventory[kind]).toContainEqual(expect.objectContaining(asked(kind, changed)));
  });

  test('loses what is left out again', () => {
    expect(restored.done.get(kind)).toEqual(['update']);
    expect(inputsOf(kind, restored.inventory)).toEqual(inputsOf(kind, created.inventory));
    expect(restored.left.get(kind)).toBeUndefined();
  });
});

describe.each(REPLACEABLE)('a %s that cannot be changed in place', (kind) => {
  test('is replaced', () => {
    expect(planned.replacement.get(kind)).toEqual(['replace']);
    expect(replaced.done.get(kind)).toEqual(expect.arrayContaining(['create-replacement']));
    expect(idOf(kind, replaced)).not.toBe(idOf(kind, restored));
    expect(replaced.inventory[kind]).toContainEqual(expect.objectContaining(asked(kind, replaced)));
    expect(replaced.left.get(kind)).toBeUndefined();
  });
});

describe.each(KINDS)('a %s that was changed behind the back of the program', (kind) => {
  test('is seen by a refresh', () => {
    expect(planned.mending.get(kind)).toEqual([kind === 'appCode' ? 'create' : 'update']);
  });

  test('is mended', () => {
    expect(mended.done.get(kind)).toEqual([kind === 'appCode' ? 'create' : 'update']);
    expect(inputsOf(kind, mended.inventory)).toEqual(inputsOf(kind, changed.inventory));
    expect(mended.left.get(kind)).toBeUndefined();
  });
});

describe('all together', () => {
  test('a refresh without cause counts nothing as changed', () => {
    expect(refreshed.idle).not.toHaveProperty('update');
  });

  test('a refresh counts what was changed behind its back', () => {
    expect(refreshed.drifted).toMatchObject({ update: KINDS.length - 1, delete: 1 });
  });

  test('what was not asked to change was not touched', () => {
    for (const name of OTHERS) {
      expect(changed.done.get(name)).toBeUndefined();
      expect(mended.done.get(name)).toBeUndefined();
    }
  });

  test('nothing is there twice, nothing is lost', () => {
    for (const { inventory } of [created, changed, mended, restored, replaced, moved]) {
      const counts = Object.fromEntries(KINDS.map((kind) => [kind, inventory[kind].length]));
      expect(counts).toEqual({
        ...Object.fromEntries(KINDS.map((kind) => [kind, 1])),
        environment: 2,
        apiGroup: 2,
        api: 2,
        deployment: 2,
        throttle: 2,
        signatureKey: 2,
        plugin: 2,
        app: 2,
        appQuota: 2,
      });
    }
  });
});

/** Gives the program other arguments; what a preview then announces, by resource. */
async function plan(changes: object): Promise<Operations> {
  stack.write({ 'changes.json': JSON.stringify(changes) });
  return toOperations((await stack.preview()).changes);
}

/** Runs the program and looks at what comes of it. */
async function live(when?: 'after a refresh'): Promise<Chapter> {
  const up = await stack.up();
  if (up.code !== 0) throw new Error(up.stdout + up.stderr);
  const { resources } = await stack.exportState();
  return {
    done: toOperations(up.changes),
    state: new Map(resources.map((resource) => [resource.urn.split('::').at(-1) ?? '', resource])),
    inventory: await takeInventory(runtime.client),
    refreshed: when === undefined ? {} : (await stack.refresh()).summary,
    left: toOperations((await stack.preview()).changes),
  };
}

/** Changes one object of each kind by hand, or removes it where it cannot be changed. */
async function drift(client: Client, state: Chapter['state']): Promise<void> {
  const change = async (kind: Kind, other: Json): Promise<void> => {
    const { id = '', outputs = {} } = state.get(kind) ?? {};
    const now = await client.collection(kind).get({ ...outputs, id });
    await client.collection(kind).update({ ...outputs, id }, { ...now, ...other });
  };
  const apiIds = [state.get('otherApi')?.id];
  await change('gateway', { description: 'by hand' });
  await change('environment', { remark: 'by hand' });
  await change('environmentVariable', { value: 'by-hand.internal' });
  await change('apiGroup', { remark: undefined });
  await change('gatewayResponse', { responses: {} });
  await change('domain', { redirectToHttps: true });
  const byHand = await makeCertificate(['api.example.com']);
  await change('certificate', { certificate: byHand.certificate, privateKey: byHand.key });
  await change('throttle', { userCallLimit: undefined });
  await change('throttleException', { callLimit: 1 });
  await change('throttleBinding', { apiIds });
  await change('acl', { values: ['192.0.2.77'] });
  await change('aclBinding', { apiIds });
  await change('signatureKey', { secret: 'secret-set-by-hand' });
  await change('signatureBinding', { apiIds });
  await change('app', { remark: 'by hand' });
  await change('appAuthorization', { apiIds });
  await change('gatewayFeature', { config: '{"api_limits":1000}' });
  await change('appAcl', { values: ['192.0.2.77'] });
  await change('appQuota', { callLimit: 7 });
  await change('appQuotaBinding', { appIds: [state.get('otherApp')?.id] });
  await change('api', { cors: false });
  await change('deployment', {});
  await change('plugin', { content: '{"allow_origin":"*"}' });
  await change('pluginAttachment', { apiIds });
  await change('authorizer', { userData: 'by hand' });
  await change('loadBalanceChannel', { members: [{ host: '192.0.2.77' }] });
  const { id = '', outputs = {} } = state.get('appCode') ?? {};
  await client.collection('appCode').delete({ ...outputs, id });
}

/** Removes by hand what a destroy will then not find. */
async function deleteSome(client: Client, state: Chapter['state']): Promise<void> {
  for (const kind of [
    'appAuthorization',
    'aclBinding',
    'throttleException',
    'domain',
    'certificate',
    'deployment',
    'signatureKey',
  ] as const) {
    const { id = '', outputs = {} } = state.get(kind) ?? {};
    await client.collection(kind).delete({ ...outputs, id });
  }
}

function toOperations(steps: readonly Step[]): Operations {
  const doing = steps.filter(({ op }) => op !== 'refresh' && op !== 'read');
  const byName = new Map<string, string[]>();
  for (const { name, op } of doing) byName.set(name, [...(byName.get(name) ?? []), op]);
  return byName;
}

function idOf(kind: Kind, { state }: Chapter): string | undefined {
  return state.get(kind)?.id;
}

/** What the program asked for, as the state has it, with the ID. Lists without order are as they were asked for. */
function asked(kind: Kind, { state }: Chapter): Json {
  const { id, inputs = {} } = state.get(kind) ?? {};
  const plain = fieldsOf(descriptionOf(kind).input)
    .filter(
      ({ name, marks }) => name in inputs && !marks.secret && !marks.set && !marks.local && !marks.writeOnly,
    )
    .map(({ name }): [string, unknown] => [name, inputs[name]]);
  return { ...Object.fromEntries(plain), id };
}

/** The inputs of the objects of a kind, with sorted lists where the order has no meaning, without what the service chose. */
function inputsOf(kind: Kind, inventory: Inventory): unknown {
  const { input } = descriptionOf(kind);
  const chosen = fieldsOf(input).filter(({ marks }) => marks.generated);
  const nothing = Object.fromEntries(chosen.map(({ name }): [string, undefined] => [name, undefined]));
  return inventory[kind].map((object) => canonical(input, { ...object, ...nothing }));
}
