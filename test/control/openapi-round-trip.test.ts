import { RELEASE_ENVIRONMENT_ID } from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { openDocumented, uniqueName, type DocumentedRuntime } from '../support/documented.ts';
import { exportFrom, importInto } from '../support/openapi-documents.ts';
import { randomApis, type Known, type RandomApi } from '../support/random-apis.ts';

const CHECK = 'urn:fss:eu-de:shop:function:default:check';
const FUNCTIONS = { [CHECK]: { url: 'http://127.0.0.1:1/check' } };

let running: DocumentedRuntime;
let gatewayId: string;
let known: Known;
beforeAll(async () => {
  const limits = { API_NUM_LIMIT: 100_000, API_NUM_LIMIT_PER_GROUP: 100_000 };
  running = await openDocumented({ functions: FUNCTIONS, limits });
  gatewayId = (await running.create()).id;
  known = await furnish();
});
afterAll(() => running.dispose());

/** Stands in random APIs for the gateway response of their group. */
const RESPONSE = 'response-of-the-group';

/** Gives the gateway what APIs may refer to. */
async function furnish(): Promise<Known> {
  const { client } = running;
  const authorizer = (name: string, type: 'FRONTEND' | 'BACKEND') =>
    client.authorizer.create({ gatewayId, name, type, functionUrn: CHECK, userData: 'for all' });
  const channel = await client.loadBalanceChannel.create({
    gatewayId,
    name: 'servers',
    port: 8080,
    members: [{ host: '10.0.0.1', weight: 3 }, { host: '10.0.0.2' }],
    healthCheck: { protocol: 'TCP' },
  });
  return {
    frontendAuthorizerId: (await authorizer('callers', 'FRONTEND')).id,
    backendAuthorizerId: (await authorizer('backends', 'BACKEND')).id,
    channelId: channel.id,
    responseId: RESPONSE,
    functionUrn: CHECK,
  };
}

/** Makes a group with a gateway response of its own and the given APIs. */
async function groupWith(apis: readonly RandomApi[]): Promise<string> {
  const { client } = running;
  const { id: groupId } = await client.apiGroup.create({ gatewayId, name: uniqueName('shop') });
  const response = await client.gatewayResponse.create({
    gatewayId,
    groupId,
    name: 'friendly',
    responses: { throttled: { status: 503, body: 'later', headers: { 'Retry-After': '1' } } },
  });
  for (const [index, api] of apis.entries()) {
    const own = api.responseId === RESPONSE ? { responseId: response.id } : {};
    await client.api.create({ ...api, ...own, gatewayId, groupId, name: `api-${index}` });
  }
  return groupId;
}

/** The APIs of a group by their names, without what is another in every group, and with names in the place of IDs. */
async function definitionsOf(place: { readonly gatewayId: string; readonly groupId: string }): Promise<Json> {
  const { client } = running;
  const objects = await Promise.all([
    client.authorizer.list({ gatewayId: place.gatewayId }),
    client.loadBalanceChannel.list({ gatewayId: place.gatewayId }),
    client.gatewayResponse.list(place),
  ]);
  const names = new Map<unknown, string>(objects.flat().map(({ id, name }) => [id, name]));
  const listed = await client.api.list({ gatewayId: place.gatewayId }, { groupId: place.groupId });
  const apis = await Promise.all(listed.map(({ id }) => client.api.get({ gatewayId: place.gatewayId, id })));
  return Object.fromEntries(
    apis.map((api) => {
      const {
        id: _,
        gatewayId: _g,
        groupId: _p,
        digest: _d,
        registerTime: _r,
        ...definition
      } = { ...api } as Json;
      const text = JSON.stringify(definition, (_key, value: unknown) => names.get(value) ?? value);
      return [String(definition['name']), JSON.parse(text) as Json];
    }),
  );
}

async function assertValid(document: Json): Promise<void> {
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
}

describe('what is exported and imported', () => {
  test('are the same APIs, whatever they are', async () => {
    const forms = fc.tuple(fc.constantFrom('2.0' as const, '3.0' as const), fc.constantFrom('json', 'yaml'));
    await fc.assert(
      fc.asyncProperty(randomApis(known), forms, async (apis, [version, format]) => {
        const groupId = await groupWith(apis);
        const before = await definitionsOf({ gatewayId, groupId });
        const document = await exportFrom(
          running,
          gatewayId,
          { group_id: groupId, env_id: RELEASE_ENVIRONMENT_ID, define: 'dev' },
          version,
        );
        await assertValid(document);
        const other = await running.client.apiGroup.create({ gatewayId, name: uniqueName('copy') });
        const content = format === 'json' ? document : stringify(document);
        const fields = { is_create_group: 'false', group_id: other.id };
        const { body } = await importInto(running, gatewayId, content, fields);
        expect(body['failure']).toEqual([]);
        const copy = { gatewayId, groupId: other.id };
        expect(await definitionsOf(copy)).toEqual(before);
      }),
      { seed: 1, numRuns: 40 },
    );
  }, 120_000);
});

describe('what is exported and imported elsewhere', () => {
  /** Makes a gateway with a group in which every API has an authorizer, a channel, a response and policies. */
  async function original(): Promise<{ readonly groupId: string; readonly name: string }> {
    const { client } = running;
    const groupId = await groupWith([
      {
        method: 'GET',
        path: '/orders',
        authentication: 'AUTHORIZER',
        authorizerId: known.frontendAuthorizerId,
        responseId: RESPONSE,
        httpBackend: { channelId: known.channelId, protocol: 'HTTP', method: 'GET', path: '/' },
      },
      {
        method: 'GET',
        path: '/orders',
        matchMode: 'PREFIX',
        protocol: 'BOTH',
        authentication: 'NONE',
        mockBackend: { result: 'hello', authorizerId: known.backendAuthorizerId },
      },
    ]);
    const apis = await client.api.list({ gatewayId }, { groupId });
    for (const { id: apiId, digest: apiDigest } of apis) {
      await client.deployment.create({ gatewayId, apiId, environmentId: RELEASE_ENVIRONMENT_ID, apiDigest });
    }
    const apiIds = apis.map(({ id }) => id);
    const environmentId = RELEASE_ENVIRONMENT_ID;
    const name = uniqueName('gold');
    const throttle = await client.throttle.create({
      gatewayId,
      name,
      apiCallLimit: 5,
      timeInterval: 1,
      timeUnit: 'DAY',
    });
    const user = { objectType: 'USER', objectId: '9'.repeat(32), callLimit: 3 } as const;
    await client.throttleException.create({ gatewayId, throttleId: throttle.id, ...user });
    await client.throttleBinding.create({ gatewayId, throttleId: throttle.id, environmentId, apiIds });
    const acl = await client.acl.create({
      gatewayId,
      name,
      type: 'DENY',
      entityType: 'IP',
      values: ['192.0.2.1'],
    });
    await client.aclBinding.create({ gatewayId, aclId: acl.id, environmentId, apiIds });
    return { groupId, name };
  }

  test.each(['2.0', '3.0'] as const)(
    'is the same in a gateway that has none of what it names, by OpenAPI %s',
    async (openApiVersion) => {
      const { client } = running;
      const { groupId, name } = await original();
      const document = await client.openapi.export({
        gatewayId,
        groupId,
        environmentId: RELEASE_ENVIRONMENT_ID,
        define: 'all',
        format: 'yaml',
        openApiVersion,
      });
      const other = await running.create();
      const result = await client.openapi.import({ gatewayId: other.id, document });
      expect(result).toMatchObject({ failure: [], ignored: [] });
      const copy = { gatewayId: other.id, groupId: result.groupId };
      expect(await definitionsOf(copy)).toEqual(await definitionsOf({ gatewayId, groupId }));
      const [throttle] = await client.throttle.list({ gatewayId: other.id });
      expect(throttle).toMatchObject({ name, apiCallLimit: 5, timeUnit: 'DAY' });
      const throttleId = throttle?.id ?? '';
      expect(await client.throttleException.list({ gatewayId: other.id, throttleId })).toMatchObject([
        { callLimit: 3 },
      ]);
      expect(await client.acl.list({ gatewayId: other.id })).toMatchObject([{ name, values: ['192.0.2.1'] }]);
      const again = await client.openapi.export({
        gatewayId: other.id,
        groupId: copy.groupId,
        environmentId: RELEASE_ENVIRONMENT_ID,
        define: 'dev',
      });
      expect(Object.keys((JSON.parse(again) as Json)['paths'] as Json)).toEqual(['/orders']);
    },
  );

  test('uses what a gateway has by the names that it says', async () => {
    const { client } = running;
    const { groupId } = await original();
    const place = { gatewayId, groupId, environmentId: RELEASE_ENVIRONMENT_ID };
    const document = await client.openapi.export({ ...place, define: 'proxy' });
    const { id: otherId } = await running.create();
    const refused = await client.openapi.import({ gatewayId: otherId, document });
    expect(refused.failure.map(({ code }) => code)).toEqual(['APIG.3081', 'APIG.3081']);
    expect(await client.api.list({ gatewayId: otherId })).toEqual([]);

    const channel = await client.loadBalanceChannel.create({ gatewayId: otherId, name: 'servers', port: 1 });
    for (const [name, type] of [
      ['callers', 'FRONTEND'],
      ['backends', 'BACKEND'],
    ] as const) {
      await client.authorizer.create({ gatewayId: otherId, name, type, functionUrn: CHECK });
    }
    const { groupId: again } = refused;
    const taken = await client.openapi.import({ gatewayId: otherId, groupId: again, document });
    expect(taken.failure).toEqual([]);
    expect(await client.loadBalanceChannel.list({ gatewayId: otherId })).toMatchObject([
      { id: channel.id, port: 1 },
    ]);
  });
});
