import {
  httpDowngradeOf,
  usesChannel,
  type Downgrade,
  type Resources,
  type SettledOf,
} from '@apig/sdk/contract';
import { environmentKey, type ConfigurationReader, type Stored, type Tie } from '../store/configuration.ts';
import { compileAnswerByHttp } from './answer-by-http.ts';
import { compileAuthorizer, type AuthorizerPlan } from './authenticate/authorizer.ts';
import { featuresOf, type Features } from '../features.ts';
import { compileAcl } from './acl.ts';
import { compileConditions, type BackendPlan, type UnusableError } from './backend-policy.ts';
import { createBackendSigner } from './backend-signature.ts';
import { compileMapping } from './compile-mapping.ts';
import type { Channels } from './channels.ts';
import type { Counters } from './counters.ts';
import type { Lasting } from './lasting.ts';
import { compileMock } from './mock.ts';
import type { HttpBackendPlan } from './outbound.ts';
import { compileParameters, type ParametersPlan } from './parameters.ts';
import { downgradesOf } from './plugins/breaker.ts';
import { loggedCalls } from './plugins/kafka-log.ts';
import { compilePlugins } from './plugins/index.ts';
import type { Plan } from './snapshot.ts';
import { compileThrottle, type PolicyPlan, type ThrottlePlan } from './throttle.ts';
import { withVariables } from '../variables.ts';

type Definition = SettledOf<Resources['api']>;
type Policy = Definition['httpPolicies'][number];
type HttpTarget = Omit<Policy, 'name' | 'effectMode' | 'conditions' | 'backendParameters'> & {
  readonly clientTls?: boolean;
};
type FunctionTarget = Pick<
  Definition['functionPolicies'][number],
  'functionUrn' | 'version' | 'aliasUrn' | 'invocation' | 'timeoutMs' | 'authorizerId'
>;
type BackendParameters = Definition['backendParameters'];

/** What all backends of an API share. */
interface Shared {
  readonly configuration: ConfigurationReader;
  readonly channels: Channels;
  readonly definition: Definition;
  readonly api: Pick<Plan, 'apiId' | 'apiName' | 'stage'>;
  readonly parameters: ParametersPlan;
  readonly restNames: readonly string[];
  readonly features: Features;
  readonly signatureHeaders: readonly string[];
}

/** Kinds whose objects tie something to an API in an environment. */
export const TIE_KINDS = [
  'throttleBinding',
  'aclBinding',
  'signatureBinding',
  'appAuthorization',
  'pluginAttachment',
] as const;
type TieKind = (typeof TIE_KINDS)[number];

const VARIABLE = /#[A-Za-z][\w-]{2,31}#/;

/** Works out a published API; undefined when it is offline or lacks what it needs to be found. */
export function compilePlan(
  configuration: ConfigurationReader,
  publication: Stored<'publication'>,
  lasting: Lasting,
): Plan | undefined {
  const { counters, channels } = lasting;
  const { gatewayId, apiId, environmentId, versionId } = publication.body;
  const version = versionId === undefined ? undefined : configuration.get('apiVersion', versionId);
  const environment = configuration.get('environment', environmentKey(gatewayId, environmentId));
  if (version === undefined || environment === undefined) return undefined;
  const definition = withVariables(version.body.definition, version.body.variables);
  const features = featuresOf(configuration, gatewayId);
  const stage = environment.body.name;
  const tie = { gatewayId, apiId, environmentId };
  const keys = tied(configuration, 'signatureBinding', tie).map(({ signatureKeyId }) =>
    configuration.get('signatureKey', signatureKeyId),
  );
  const [key] = keys.filter((each) => each !== undefined);
  const signer = key && createBackendSigner(key.id, key.body, features.backendSignHeader);
  const parameters = compileParameters(definition);
  const shared: Shared = {
    features,
    configuration,
    channels,
    definition,
    api: { apiId, apiName: definition.name, stage },
    parameters,
    restNames: [...definition.path.matchAll(/\{([^{}+]+)\+\}/g)].map((match) => match[1] ?? ''),
    signatureHeaders: signer?.headers ?? [],
  };
  const counts = lasting.calls.of(publication.id, { ...shared.api, gatewayId, groupId: definition.groupId });
  const plugins = compilePlugins(
    configuration,
    tie,
    shared.api,
    lasting,
    (downgrade) => downgradeBackend(shared, downgrade),
    (deed, times) => counts.noteDeed(deed, times),
  );
  return {
    ...shared.api,
    publicationId: publication.id,
    gatewayId,
    groupId: definition.groupId,
    environmentId,
    method: definition.method,
    path: definition.path,
    matchMode: definition.matchMode,
    keepsEscapes: features.keepsEscapes,
    protocol: definition.protocol,
    cors: definition.cors,
    sendsPlainBodies: !definition.functionBodyBase64,
    acl: compileAcl(
      tied(configuration, 'aclBinding', tie)
        .map(({ aclId }) => configuration.get('acl', aclId)?.body)
        .filter((acl) => acl !== undefined),
    ),
    authentication: {
      type: definition.authentication,
      allowAppCode: definition.allowAppCode,
      authorizer: authorizerOf(configuration, definition.authorizerId),
      appIds: new Set(tied(configuration, 'appAuthorization', tie).map(({ appId }) => appId)),
    },
    throttle: throttleOf(configuration, tie, counters, plugins.rateLimit),
    plugins,
    parameters,
    backends: {
      policies: [
        ...definition.httpPolicies.map((policy) => ({
          holds: compileConditions(policy, parameters),
          backend: httpBackend(shared, policy, policy.backendParameters),
        })),
        ...definition.mockPolicies.map((policy) => ({
          holds: compileConditions(policy, parameters),
          backend: mockBackend(shared, policy),
        })),
        ...definition.functionPolicies.map((policy) => ({
          holds: compileConditions(policy, parameters),
          backend: functionBackend(shared, policy, policy.backendParameters),
        })),
      ],
      usual: usualBackend(shared),
    },
    signer,
    answerByHttp: compileAnswerByHttp(plugins),
    counts: plugins.log === undefined ? counts : loggedCalls(counts, plugins.log),
    responseId: definition.responseId,
  };
}

/** The origins that calls of an API may be sent to. */
export function originsOf({ backends, plugins: { breaker } }: Plan): readonly string[] {
  const instead = breaker === undefined ? [] : downgradesOf(breaker);
  return [backends.usual, ...backends.policies.map(({ backend }) => backend), ...instead].flatMap((plan) => {
    const backend = plan.kind === 'grpc' ? plan.backend : plan;
    return backend.kind === 'http' && backend.http.channel === undefined ? [backend.http.origin] : [];
  });
}

/** There is no backend, or none that can be spoken to. */
const NO_BACKEND: BackendPlan = { kind: 'unusable', error: 'backendMissing' };

function tied<K extends TieKind>(
  configuration: ConfigurationReader,
  kind: K,
  tie: Tie,
): readonly Stored<K>['body'][] {
  return tiesOf(configuration, kind, tie).map(({ body }) => body);
}

function tiesOf<K extends TieKind>(
  configuration: ConfigurationReader,
  kind: K,
  { gatewayId, apiId, environmentId }: Tie,
): readonly Stored<K>[] {
  return configuration
    .by(kind, 'apiId', apiId)
    .filter(({ body }) => body.environmentId === environmentId && body.gatewayId === gatewayId);
}

function throttleOf(
  configuration: ConfigurationReader,
  tie: Tie,
  counters: Counters,
  plugin: PolicyPlan | undefined,
): ThrottlePlan {
  const apiWindow = counters.api(tie.apiId);
  // A plug-in takes the place of a throttle.
  if (plugin !== undefined) return { apiWindow, policy: plugin };
  const [binding] = tiesOf(configuration, 'throttleBinding', tie);
  const throttle = binding && configuration.get('throttle', binding.body.throttleId);
  if (binding === undefined || throttle === undefined) return compileThrottle(apiWindow, undefined);
  // Each API in each environment is counted for itself, and anew when it is bound anew; or all are counted together.
  const counted = throttle.body.scope === 'SHARED' ? throttle.id : `${throttle.id}/${binding.id}`;
  return compileThrottle(apiWindow, {
    throttle: throttle.body,
    exceptions: configuration.by('throttleException', 'throttleId', throttle.id).map(({ body }) => body),
    window: counters.policy(counted),
  });
}

function usualBackend(shared: Shared): BackendPlan {
  const {
    httpBackend: http,
    mockBackend: mock,
    functionBackend: target,
    backendParameters,
  } = shared.definition;
  if (mock !== undefined) return mockBackend(shared, mock);
  if (target !== undefined) return functionBackend(shared, target, backendParameters);
  return http === undefined ? NO_BACKEND : httpBackend(shared, http, backendParameters);
}

function mockBackend(
  { definition, configuration }: Shared,
  mock: Pick<NonNullable<Definition['mockBackend']>, 'result' | 'statusCode' | 'authorizerId'> &
    Partial<Pick<NonNullable<Definition['mockBackend']>, 'headers'>>,
): BackendPlan {
  const authorizer = authorizerOf(configuration, mock.authorizerId);
  if (authorizer === 'missing') return { kind: 'unusable', error: 'configurationNotLoadable' };
  const isPreflight =
    definition.cors && definition.method === 'OPTIONS' && definition.authentication === 'NONE';
  return {
    kind: 'mock',
    authorizer,
    mock: compileMock(
      { result: mock.result, statusCode: mock.statusCode, headers: mock.headers },
      isPreflight,
    ),
  };
}

function httpBackend(shared: Shared, target: HttpTarget, backendParameters: BackendParameters): BackendPlan {
  const { address, path, protocol, authorizerId, channelId } = target;
  const authorizer = authorizerOf(shared.configuration, authorizerId);
  if (authorizer === 'missing') return { kind: 'unusable', error: 'configurationNotLoadable' };
  const isGrpc = protocol === 'GRPC' || protocol === 'GRPCS';
  // Who calls by gRPC is answered by gRPC, and nobody else.
  if (isGrpc !== (shared.definition.protocol === 'GRPCS')) return NO_BACKEND;
  const transport = protocol === 'HTTPS' || protocol === 'GRPCS' ? 'HTTPS' : 'HTTP';
  // A variable without a value: none that was published, unless by hand.
  if (VARIABLE.test(address ?? '') || VARIABLE.test(path))
    return { kind: 'unusable', error: 'backendSettingsMissing' };
  const destination =
    channelId === undefined
      ? originPart(transport, address)
      : channelPart(shared, transport, channelId, target.channelHost);
  if (typeof destination === 'string') return { kind: 'unusable', error: destination };
  const { backendCertificate } = shared.features;
  // Without the certificate that it asks for, a backend would take the gateway for somebody else.
  if (target.clientTls === true && backendCertificate === undefined)
    return { kind: 'unusable', error: 'configurationNotLoadable' };
  const http: HttpBackendPlan = {
    kind: 'http',
    ...destination,
    certificate: target.clientTls === true ? backendCertificate : undefined,
    method: target.method,
    timeoutMs: Math.min(target.timeoutMs, shared.features.maxBackendTimeoutMs),
    retryCount: target.retryCount,
  };
  const mapping = compileMapping({
    api: shared.api,
    parameters: shared.parameters,
    restNames: shared.restNames,
    backendParameters,
    backendPath: path,
    contentType: shared.definition.contentType,
    authentication: shared.definition.authentication,
    signatureHeaders: shared.signatureHeaders,
    appAuthHeader: shared.features.appAuthHeader,
    jwtHeader: shared.features.bearer?.jwtHeader,
    keepsEscapes: shared.features.keepsEscapes,
  });
  const backend = { kind: 'http', http, mapping } as const;
  return isGrpc ? { kind: 'grpc', backend, authorizer } : { ...backend, authorizer };
}

function functionBackend(
  shared: Shared,
  target: FunctionTarget,
  backendParameters: BackendParameters,
): BackendPlan {
  const { functionUrn: urn, version, aliasUrn, invocation, timeoutMs, authorizerId } = target;
  const authorizer = authorizerOf(shared.configuration, authorizerId);
  if (authorizer === 'missing') return { kind: 'unusable', error: 'configurationNotLoadable' };
  const mapping = compileMapping({
    api: shared.api,
    parameters: shared.parameters,
    restNames: shared.restNames,
    backendParameters,
    // A function has no path of its own.
    backendPath: '/',
    contentType: shared.definition.contentType,
    authentication: shared.definition.authentication,
    signatureHeaders: [],
    appAuthHeader: shared.features.appAuthHeader,
    jwtHeader: shared.features.bearer?.jwtHeader,
    keepsEscapes: shared.features.keepsEscapes,
  });
  const plan = {
    function: { urn, version, aliasUrn },
    isAsync: invocation === 'async',
    timeoutMs: Math.min(timeoutMs, shared.features.maxBackendTimeoutMs),
    mapping,
  };
  return { kind: 'function', target: plan, authorizer };
}

/**
 * Who answers while a circuit is open. Parameters of the usual backend, which may hold secrets of it, are not sent
 * there. Source: user guide, "Configuring a Circuit Breaker Policy".
 */
function downgradeBackend(shared: Shared, downgrade: Downgrade): BackendPlan | undefined {
  const { mock_info: mock, func_info: target } = downgrade;
  // Who calls by gRPC can be given none of them.
  if (shared.definition.protocol === 'GRPCS') return undefined;
  const http = httpDowngradeOf(downgrade);
  if (http !== undefined) {
    const proxyHost = http.vpc_channel_proxy_host ?? '';
    const place = usesChannel(downgrade)
      ? { channelId: http.vpc_channel_id ?? '', ...(proxyHost !== '' && { channelHost: proxyHost }) }
      : { address: http.address ?? '' };
    return httpBackend(
      shared,
      {
        ...place,
        protocol: http.scheme.toUpperCase() === 'HTTPS' ? 'HTTPS' : 'HTTP',
        method: http.method,
        path: http.path,
        timeoutMs: http.timeout,
        retryCount: 0,
      },
      [],
    );
  }
  if (mock !== undefined && mock !== null && downgrade.type === 'mock') {
    const { status_code: statusCode, result_content: result, headers } = mock;
    return { kind: 'mock', mock: compileMock({ statusCode, result, headers: headers ?? undefined }, false) };
  }
  if (target === undefined || target === null) return undefined;
  return functionBackend(
    shared,
    {
      functionUrn: target.function_urn,
      version: target.version ?? undefined,
      aliasUrn: target.alias_urn ?? undefined,
      invocation: target.invocation_type,
      timeoutMs: target.timeout,
    },
    [],
  );
}

/** The authorizer with an ID; undefined when there is no ID, and `missing` when there is nothing under it. */
function authorizerOf(
  configuration: ConfigurationReader,
  id: string | undefined,
): AuthorizerPlan | 'missing' | undefined {
  if (id === undefined) return undefined;
  const authorizer = configuration.get('authorizer', id);
  return authorizer === undefined ? 'missing' : compileAuthorizer(authorizer);
}

type Destination = Pick<HttpBackendPlan, 'origin' | 'channel' | 'host'>;

function originPart(protocol: 'HTTP' | 'HTTPS', address: string | undefined): Destination | UnusableError {
  const url = address === undefined ? null : URL.parse(`${protocol.toLowerCase()}://${address}`);
  return url === null ? 'backendSettingsMissing' : { origin: url.origin, host: url.host };
}

function channelPart(
  { channels }: Shared,
  protocol: 'HTTP' | 'HTTPS',
  channelId: string,
  host: string | undefined,
): Destination | UnusableError {
  const channel = channels.get(channelId);
  return channel === undefined ? 'channelMissing' : { origin: '', channel: { channel, protocol }, host };
}
