import type { ControlErrorName } from '../errors.ts';
import type { Kind } from '../resources/index.ts';
import type { Parameter } from './operation.ts';
import { placeFilters } from './rows.ts';
import { filter, precise } from './schemas.ts';

/** How a filter compares: with a part of the value, with the whole of it, or with any one of several. */
export type Match = 'part' | 'whole' | 'oneOf';

/** What the operations of a kind have that its description does not say. */
export interface KindOperations {
  /** Query parameters of its list that narrow it. */
  readonly filters?: Readonly<Record<string, Match>>;
  /** Fields that an update takes, where it leaves the others alone whatever is said of them. */
  readonly takes?: readonly string[];
  /** Further fields that an update may leave out, and then leaves alone. */
  readonly keeps?: readonly string[];
  /** Further query parameters of its list. */
  readonly query?: readonly Parameter[];
  /** Errors of rules that look beyond the object: at what is configured besides it. */
  readonly errors?: {
    readonly create?: readonly ControlErrorName[];
    readonly update?: readonly ControlErrorName[];
    readonly delete?: readonly ControlErrorName[];
  };
}

const MODES: Parameter = filter(
  'return_data_mode',
  'What each API shows, joined by commas: `brief`; `include_group`: its group too; `include_group_backend`: its group and backend too.',
);

const CERTIFICATE: readonly ControlErrorName[] = [
  'certificateExpired',
  'certificateEndsTooLate',
  'certificateKeyMismatch',
  'certificateKeyEncrypted',
  'certificateKeyUnusable',
  'certificateChainOrderWrong',
  'certificateWithoutSan',
];

const WINDOW: readonly ControlErrorName[] = ['maintenanceWindowEdgeInvalid', 'maintenanceWindowNotFourHours'];

const API: readonly ControlErrorName[] = [
  'apiPathTaken',
  'apiTagQuota',
  'tagRepeated',
  'requestParameterQuota',
  'backendPolicyQuota',
  'policyConditionQuota',
  'functionNotFound',
  'gatewayResponseNotFound',
  'valueTooLarge',
];

const CHANNEL: readonly ControlErrorName[] = [
  'memberQuota',
  'cloudServerNotFound',
  'microserviceEngineInvalid',
  'microserviceUnavailable',
];

/** What the operations of the kinds have that their descriptions do not say. */
export const kindOperations: Readonly<Partial<Record<Kind, KindOperations>>> = {
  gateway: {
    filters: { instance_id: 'whole', instance_name: 'part', status: 'whole' },
    takes: ['name', 'description', 'maintainBegin', 'securityGroupId', 'endpointServiceName'],
    errors: {
      create: [...WINDOW, 'gatewayTagQuota', 'editionNotFound', 'availabilityZoneMissing', 'gatewayIdTaken'],
      update: WINDOW,
    },
  },
  environment: {
    filters: { name: 'part' },
    keeps: ['remark'],
    errors: { update: ['releaseEnvironmentFixed'], delete: ['releaseEnvironmentFixed', 'environmentInUse'] },
  },
  environmentVariable: {
    filters: { group_id: 'whole', env_id: 'whole', variable_name: 'part' },
    takes: ['value'],
  },
  apiGroup: {
    filters: { id: 'whole', name: 'part' },
    takes: ['name', 'remark'],
    errors: { update: ['defaultApiGroupFixed'], delete: ['defaultApiGroupFixed', 'apiGroupNotEmpty'] },
  },
  domain: {
    takes: ['minTlsVersion', 'redirectToHttps', 'verifyClientCertificate'],
    keeps: ['minTlsVersion', 'redirectToHttps'],
    errors: {
      create: ['domainMalformed'],
      update: ['domainOfOtherGroup'],
      delete: ['domainOfOtherGroup'],
    },
  },
  certificate: {
    filters: {
      instance_id: 'oneOf',
      name: 'part',
      common_name: 'part',
      signature_algorithm: 'whole',
      type: 'whole',
      algorithm_type: 'whole',
    },
    errors: {
      create: CERTIFICATE,
      update: [...CERTIFICATE, 'certificateNotForDomain'],
      delete: ['certificateInUse'],
    },
  },
  gatewayResponse: {
    errors: { update: ['defaultGatewayResponseNameFixed'], delete: ['defaultGatewayResponseKept'] },
  },
  gatewayFeature: { errors: { create: ['featureUnknown', 'featureNotSupported'] } },
  api: {
    filters: {
      id: 'whole',
      name: 'part',
      group_id: 'whole',
      req_protocol: 'whole',
      req_method: 'whole',
      req_uri: 'part',
      auth_type: 'whole',
      tags: 'oneOf',
      type: 'whole',
      vpc_channel_name: 'oneOf',
      env_id: 'oneOf',
    },
    query: [MODES],
    errors: { create: [...API, 'apiQuota'], update: [...API, 'apiPublished'], delete: ['apiPublished'] },
  },
  deployment: { errors: { create: ['environmentVariableUnset'] } },
  throttle: { filters: { id: 'whole', name: 'part' } },
  throttleBinding: { query: placeFilters('env_id') },
  throttleException: {
    filters: { object_type: 'whole', app_name: 'part', user: 'part' },
    takes: ['callLimit'],
    errors: { create: ['appNotFound', 'valueTooLarge'], update: ['valueTooLarge'] },
  },
  acl: {
    filters: { id: 'whole', name: 'part', acl_name: 'part', acl_type: 'whole', entity_type: 'whole' },
    errors: { delete: ['aclBound'] },
  },
  aclBinding: { query: placeFilters('env_id') },
  signatureKey: {
    filters: { id: 'whole', name: 'part' },
    keeps: ['type', 'algorithm'],
    errors: { create: ['signatureTypeNotSupported'], update: ['signatureTypeNotSupported'] },
  },
  signatureBinding: { query: placeFilters('env_id') },
  app: {
    filters: { id: 'whole', name: 'part', status: 'whole', app_key: 'whole', creator: 'whole' },
    errors: { create: ['appKeyTaken'], update: ['appKeyTaken'] },
  },
  appQuota: { filters: { name: 'part' } },
  appQuotaBinding: {
    query: [filter('app_name', 'Only apps with this in their names.')],
    errors: { create: ['appNotFound'], delete: ['appNotFound'] },
  },
  appAuthorization: {
    query: [filter('app_name', 'Only apps with this in their names.'), ...placeFilters('env_id')],
  },
  loadBalanceChannel: {
    filters: {
      id: 'whole',
      name: 'part',
      member_host: 'oneOf',
      member_port: 'oneOf',
      member_group_name: 'oneOf',
      member_group_id: 'oneOf',
      vpc_channel_type: 'whole',
    },
    errors: {
      create: CHANNEL,
      update: CHANNEL,
      delete: ['loadBalanceChannelInUse', 'loadBalanceChannelInUseByPlugin'],
    },
  },
  authorizer: {
    filters: { id: 'whole', name: 'part', type: 'whole' },
    errors: {
      create: ['functionNotFound', 'identitySourceQuota'],
      update: ['functionNotFound', 'identitySourceQuota'],
      delete: ['authorizerInUse'],
    },
  },
  plugin: {
    filters: { plugin_id: 'whole', plugin_name: 'part', plugin_type: 'whole', plugin_scope: 'whole' },
    errors: { delete: ['pluginAttached'] },
  },
  pluginAttachment: {
    query: [
      filter('req_method', 'Only APIs with this method.'),
      filter('req_uri', 'Only APIs with this in their paths.'),
      ...placeFilters('env_id'),
    ],
    errors: { create: ['pluginOnUnpublishedApi'] },
  },
};

/** Query parameters of the list of a kind, besides those of every list. */
export function listQuery(kind: Kind): readonly Parameter[] {
  const { filters = {}, query = [] } = kindOperations[kind] ?? {};
  const parts = Object.entries(filters)
    .filter(([, match]) => match === 'part')
    .map(([name]) => name);
  return [
    ...Object.entries(filters).map(([name, match]) => filter(name, MATCHES[match])),
    ...(parts.length > 0 ? [precise(parts)] : []),
    ...query,
  ];
}

const MATCHES: Readonly<Record<Match, string>> = {
  part: 'Only those that have this in the value of this name.',
  whole: 'Only those that have this for the value of this name.',
  oneOf: 'Only those of whose values of this name one is this.',
};
