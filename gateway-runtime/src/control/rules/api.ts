import { fail, type ControlErrorName, type SettledFault } from '@apig/sdk/contract';
import type { Bodies, ConfigurationReader } from '../../store/configuration.ts';
import { featuresOf } from '../../features.ts';
import type { WriteScope } from '../context.ts';
import { valueAt } from '../faults.ts';
import { wordIn } from '../body.ts';
import type { Rules } from '../kinds.ts';
import { assertRoom, limitOf } from '../limits.ts';
import { removeTiesOfApi } from './removal.ts';

type Api = Bodies['api'];

/** APIs per gateway. Source: user guide, "Gateway Specifications". */
export const APIS_PER_EDITION = { BASIC: 250, PROFESSIONAL: 800, ENTERPRISE: 2000, PLATINUM: 8000 };

/** Lists whose length has an error of its own: name of the field that holds one to the error and the limit. */
const LISTS: Readonly<Record<string, readonly [ControlErrorName, number]>> = {
  requestParameters: ['requestParameterQuota', 50],
  httpPolicies: ['backendPolicyQuota', 5],
  mockPolicies: ['backendPolicyQuota', 5],
  functionPolicies: ['backendPolicyQuota', 5],
  conditions: ['policyConditionQuota', 5],
  tags: ['apiTagQuota', 10],
};

/** Source: API reference, "Creating an API", "Modifying an API" and "Deleting an API". */
export const apiRules: Rules<'api'> = {
  checkRequest: (body) => {
    wordIn(body, 'backend_type', ['HTTP', 'FUNCTION', 'MOCK', 'GRPC']);
    assertChannelStatus(body['backend_api'], 'backend_api');
    const policies = Array.isArray(body['policy_https']) ? (body['policy_https'] as readonly unknown[]) : [];
    policies.forEach((policy, index) => {
      assertChannelStatus(policy, `policy_https.${index}`);
    });
  },

  refusal: (fault, input) => tooMany(fault, valueAt(input, fault.path)),

  check: (api, id, before, scope) => {
    assertPathFree(api, id, scope.draft);
    assertFunctionsKnown(api, scope);
    assertAuthorizersFit(api, scope);
    assertResponseOfGroup(api, scope.draft);
    assertTimeoutsAllowed(api, scope.draft);
    assertCertificateForBackend(api, scope.draft);
    const { draft } = scope;
    if (before === undefined) assertEditionAllows(api, scope);
    else if (before.body.groupId !== api.groupId) {
      const published = draft.by('publication', 'apiId', id).some(({ body }) => body.versionId !== undefined);
      if (published) throw fail('apiPublished', { id });
      assertGroupAllows(api, scope);
    }
  },

  deleting: ({ id }, { draft }) => {
    const published = draft.by('publication', 'apiId', id).some(({ body }) => body.versionId !== undefined);
    if (published) throw fail('apiPublished', { id });
    removeTiesOfApi(id, draft);
  },
};

/** A path as calls see it: the names of its placeholders mean nothing to them. */
export function shapeOfPath(path: string): string {
  // Looked at for every API of a group when one is written.
  return !path.includes('{') ? path : path.replace(/\{[^{}]*?(\+?)\}/g, '{$1}');
}

/** @throws valueInvalid for a flag, beside the channel, that says neither that it is used nor that it is not. */
function assertChannelStatus(backend: unknown, path: string): void {
  if (typeof backend !== 'object' || backend === null || !('vpc_channel_status' in backend)) return;
  const { vpc_channel_status: status } = backend;
  if (status === null || status === 1 || status === 2) return;
  throw fail('valueInvalid', { reason: 'expected 1 or 2', field: `${path}.vpc_channel_status` });
}

/** @throws apiPathTaken when another API of the group answers the same method, path and match mode. */
export function assertPathFree(
  api: Pick<Api, 'groupId' | 'method' | 'path' | 'matchMode'>,
  id: string | undefined,
  configuration: ConfigurationReader,
): void {
  const shape = shapeOfPath(api.path);
  const taken = configuration
    .by('api', 'groupId', api.groupId)
    .some(
      ({ id: otherId, body }) =>
        otherId !== id &&
        body.method === api.method &&
        body.matchMode === api.matchMode &&
        shapeOfPath(body.path) === shape,
    );
  if (taken) throw fail('apiPathTaken', { method: api.method, path: api.path });
}

function tooMany({ path }: SettledFault, value: unknown): Error | undefined {
  const [error, limit] = LISTS[String(path.at(-1))] ?? [];
  if (error === undefined || limit === undefined || !Array.isArray(value)) return undefined;
  if (value.length > limit) return fail(error, { limit } as never);
  const repeated: unknown = value.find((item, index) => value.indexOf(item) < index);
  return error === 'apiTagQuota' && typeof repeated === 'string'
    ? fail('tagRepeated', { name: repeated, field: 'tags' })
    : undefined;
}

/** @throws functionNotFound for the first function that is not known; valueInvalid for one that is spoken to in gRPC. */
function assertFunctionsKnown({ functionBackend, functionPolicies }: Api, { functions }: WriteScope): void {
  for (const target of [functionBackend, ...functionPolicies]) {
    if (target === undefined) continue;
    const { functionUrn: urn, version, aliasUrn, protocol } = target;
    if (!functions.has({ urn, version, aliasUrn })) throw fail('functionNotFound', { id: aliasUrn ?? urn });
    if (protocol === 'HTTPS') continue;
    throw fail('valueInvalid', { reason: 'expected HTTPS', field: 'func_info.req_protocol' });
  }
}

/** @throws valueInvalid for an authorizer of callers where one for backends belongs, or the other way round. */
function assertAuthorizersFit(api: Api, { draft }: WriteScope): void {
  const { httpBackend, mockBackend, functionBackend, httpPolicies, mockPolicies, functionPolicies } = api;
  const backends = [
    httpBackend,
    mockBackend,
    functionBackend,
    ...httpPolicies,
    ...mockPolicies,
    ...functionPolicies,
  ];
  const expect = (id: string | undefined, type: 'FRONTEND' | 'BACKEND') => {
    if (id === undefined || draft.get('authorizer', id)?.body.type === type) return;
    throw fail('valueInvalid', { reason: `expected an authorizer of type ${type}`, field: 'authorizer_id' });
  };
  expect(api.authorizerId, 'FRONTEND');
  for (const backend of backends) expect(backend?.authorizerId, 'BACKEND');
}

/** @throws gatewayResponseNotFound for the response of another group. */
function assertResponseOfGroup({ groupId, responseId }: Api, configuration: ConfigurationReader): void {
  const response = responseId === undefined ? undefined : configuration.get('gatewayResponse', responseId);
  if (response === undefined || response.body.groupId === groupId) return;
  throw fail('gatewayResponseNotFound', { id: response.id });
}

/** @throws valueTooLarge for a backend with a longer time than the gateway allows */
function assertTimeoutsAllowed(api: Api, configuration: ConfigurationReader): void {
  const { httpBackend, functionBackend, httpPolicies, functionPolicies } = api;
  const limit = featuresOf(configuration, api.gatewayId).maxBackendTimeoutMs;
  const targets: readonly (readonly [string, { readonly timeoutMs: number } | undefined])[] = [
    ['backend_api', httpBackend],
    ['func_info', functionBackend],
    ...httpPolicies.map((policy, index) => [`policy_https.${index}`, policy] as const),
    ...functionPolicies.map((policy, index) => [`policy_functions.${index}`, policy] as const),
  ];
  const tooLong = targets.find(([, target]) => (target?.timeoutMs ?? 0) > limit);
  if (tooLong !== undefined) throw fail('valueTooLarge', { limit, field: `${tooLong[0]}.timeout` });
}

/** @throws the error of the first limit on APIs, of the gateway or the group, that is exceeded with an API that is there already. */
export function assertApisFit(api: Api, scope: WriteScope): void {
  assertEditionAllows(api, scope, 1);
  assertGroupAllows(api, scope, 1);
}

/** `own` is 1 when the API is one of those that are counted. */
/** @throws valueInvalid for a backend that is to see a certificate of a gateway that has none for backends */
function assertCertificateForBackend(
  { gatewayId, httpBackend }: Api,
  configuration: ConfigurationReader,
): void {
  if (httpBackend?.clientTls !== true) return;
  if (featuresOf(configuration, gatewayId).backendCertificate !== undefined) return;
  const reason = 'expected false, as the feature backend_client_certificate of the gateway is off';
  throw fail('valueInvalid', { reason, field: 'backend_api.enable_client_ssl' });
}

function assertEditionAllows({ gatewayId }: Api, { draft, limits }: WriteScope, own: 0 | 1 = 0): void {
  const gateway = draft.get('gateway', gatewayId);
  if (gateway === undefined) throw fail('gatewayOfPathNotFound', { id: gatewayId });
  const limit = limitOf(limits, 'API_NUM_LIMIT', APIS_PER_EDITION[gateway.body.edition]);
  assertRoom(draft.count('api', 'gatewayId', gatewayId) - own, limit, 'apiQuota', 'APIs');
}

function assertGroupAllows({ groupId }: Api, { draft, limits }: WriteScope, own: 0 | 1 = 0): void {
  const limit = limitOf(limits, 'API_NUM_LIMIT_PER_GROUP', 1000);
  assertRoom(draft.count('api', 'groupId', groupId) - own, limit, 'apiPerGroupQuota', 'APIs');
}
