import type { OutputOf } from '@apig/sdk';
import type { KeyedCertificate, Resources } from '@apig/sdk/contract';
import { generateKeyPairSync } from 'node:crypto';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

/** A function that APIs and authorizers may name. */
const FUNCTION_URN = 'urn:function:any';

/** What objects of all kinds can refer to, on a runtime of its own: several of each kind. */
export interface Surroundings {
  readonly runtime: TestGateway;
  readonly gatewayIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly environmentIds: readonly string[];
  /** Published in all environments, each for apps. */
  readonly apiIds: readonly string[];
  /** Of the first group, published nowhere. */
  readonly drafts: readonly OutputOf<Resources['api']>[];
  readonly throttleIds: readonly string[];
  readonly aclIds: readonly string[];
  readonly signatureKeyIds: readonly string[];
  readonly appIds: readonly string[];
  readonly appQuotaIds: readonly string[];
  readonly pluginIds: readonly string[];
  readonly channelIds: readonly string[];
  /** Gateway responses by the ID of their group. */
  readonly responseIds: Readonly<Record<string, string>>;
  readonly frontendAuthorizerId: string;
  readonly backendAuthorizerId: string;
  readonly functionUrn: string;
  /** For all names below example.com: without and with an authority for callers. */
  readonly certificateIds: { readonly plain: readonly string[]; readonly verifying: string };
  readonly pairs: readonly KeyedCertificate[];
  readonly authorities: readonly string[];
  /** Public keys and private keys, as signature keys have them. */
  readonly keyPairs: readonly { readonly key: string; readonly secret: string }[];
}

/** Opens a runtime with what objects can refer to. */
export async function openSurroundings(): Promise<Surroundings> {
  const runtime = await openGateway({
    functions: { [FUNCTION_URN]: { url: 'http://127.0.0.1:9' } },
    limits: { INSTANCE_NUM_LIMIT: 10_000 },
  });
  const { client } = runtime;
  const twice = <T>(make: (suffix: string) => Promise<T>): Promise<T[]> =>
    Promise.all(['one', 'two'].map(make));
  const ids = async (objects: Promise<readonly { readonly id: string }[]>) =>
    (await objects).map(({ id }) => id);

  const place = { vpcId: 'vpc', subnetId: 'subnet', securityGroupId: 'group', availableZoneIds: ['az1'] };
  const gatewayIds = await ids(
    twice((suffix) => client.gateway.create({ name: `around-${suffix}`, edition: 'PROFESSIONAL', ...place })),
  );
  const [gatewayId = ''] = gatewayIds;
  await client.gatewayFeature.create({ gatewayId, name: 'public_key', config: '{}' });
  await client.gatewayFeature.create({ gatewayId, name: 'policy_cookie_param', config: 'on' });
  const groupIds = await ids(
    twice((suffix) => client.apiGroup.create({ gatewayId, name: `around-${suffix}` })),
  );
  const environmentIds = await ids(
    twice((suffix) => client.environment.create({ gatewayId, name: `around_${suffix}` })),
  );
  const [groupId = ''] = groupIds;
  const apiOf = (name: string) =>
    client.api.create({
      gatewayId,
      groupId,
      name,
      protocol: 'BOTH',
      method: 'GET',
      path: `/around/${name}`,
      authentication: 'APP',
      mockBackend: { result: name },
    });
  const apiIds = await ids(Promise.all(['first', 'second', 'third'].map(apiOf)));
  for (const apiId of apiIds) {
    for (const environmentId of environmentIds)
      await client.deployment.create({ gatewayId, apiId, environmentId, apiDigest: 'any' });
  }
  const responses = await Promise.all(
    groupIds.map((each) => client.gatewayResponse.create({ gatewayId, groupId: each, name: 'around' })),
  );
  const authorizer = (type: 'FRONTEND' | 'BACKEND') =>
    client.authorizer.create({ gatewayId, name: `around_${type}`, type, functionUrn: FUNCTION_URN });
  const pairs = await Promise.all(
    ['api.example.com', '*.example.com', '*.example.com'].map((name) => makeCertificate([name])),
  );
  const authorities = [(await makeAuthority('One')).certificate, (await makeAuthority('Two')).certificate];
  const certificate = (name: string, pair: KeyedCertificate | undefined, trustedRootCa?: string) =>
    client.certificate.create({
      name,
      certificate: pair?.certificate ?? '',
      privateKey: pair?.key ?? '',
      ...(trustedRootCa !== undefined && { trustedRootCa }),
    });

  return {
    runtime,
    gatewayIds,
    groupIds,
    environmentIds,
    apiIds,
    drafts: await twice((suffix) => apiOf(`draft-${suffix}`)),
    throttleIds: await ids(
      twice((suffix) =>
        client.throttle.create({
          gatewayId,
          name: `around_${suffix}`,
          apiCallLimit: 1000,
          timeInterval: 1,
          timeUnit: 'DAY',
        }),
      ),
    ),
    aclIds: await ids(
      twice((suffix) =>
        client.acl.create({
          gatewayId,
          name: `around_${suffix}`,
          type: 'DENY',
          entityType: 'IP',
          values: ['192.0.2.1'],
        }),
      ),
    ),
    signatureKeyIds: await ids(
      twice((suffix) => client.signatureKey.create({ gatewayId, name: `around_${suffix}` })),
    ),
    appIds: await ids(
      Promise.all(
        ['one', 'two', 'three'].map((suffix) => client.app.create({ gatewayId, name: `around_${suffix}` })),
      ),
    ),
    appQuotaIds: await ids(
      twice((suffix) =>
        client.appQuota.create({
          gatewayId,
          name: `around_${suffix}`,
          callLimit: 9,
          timeInterval: 1,
          timeUnit: 'DAY',
        }),
      ),
    ),
    pluginIds: await ids(
      twice((suffix) =>
        client.plugin.create({
          gatewayId,
          name: `around-${suffix}`,
          type: 'set_resp_headers',
          content: JSON.stringify({ response_headers: [{ name: 'x-a', value: 'b', action: 'add' }] }),
        }),
      ),
    ),
    channelIds: await ids(
      twice((suffix) => client.loadBalanceChannel.create({ gatewayId, name: `around.${suffix}`, port: 80 })),
    ),
    responseIds: Object.fromEntries(responses.map((response) => [response.groupId, response.id])),
    frontendAuthorizerId: (await authorizer('FRONTEND')).id,
    backendAuthorizerId: (await authorizer('BACKEND')).id,
    functionUrn: FUNCTION_URN,
    certificateIds: {
      plain: await ids(twice((suffix) => certificate(`around-${suffix}`, pairs[1]))),
      verifying: (await certificate('around-verifying', pairs[2], authorities[0])).id,
    },
    pairs,
    authorities,
    keyPairs: ['one', 'two'].map(() => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        key: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
        secret: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      };
    }),
  };
}
