import type { Stage } from '../../explaining.ts';
import type { ConfigurationReader, Stored } from '../../store/configuration.ts';
import type { Call } from '../call.ts';
import type { Plan } from '../snapshot.ts';
import type { Trial } from './trial.ts';

/** Facts that a decision stands on. */
type Facts = Readonly<Record<string, unknown>>;

/** Something that is bound to an API. */
interface Bound {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
}

/** What an explanation says of the way of a call, beside its end. */
export interface Reasons {
  /** What the call is for; undefined when no API was found. */
  readonly matched: Facts | undefined;
  readonly caller: Facts;
  readonly policies: readonly Bound[];
  /** What the decision of a step stands on; undefined where there is nothing to say. */
  readonly becauseOf: (stage: Stage) => Facts | undefined;
  /** Name of the policy that chose the backend. */
  readonly policyOf: () => string | undefined;
}

/** Draws the reasons from a call that has ended, and from the configuration whatever has a name there. */
export function reasonsOf(call: Call, trial: Trial, configuration: ConfigurationReader): Reasons {
  const { plan } = call;
  const policies = plan === undefined ? [] : boundTo(plan, configuration);
  return {
    matched: plan && matchOf(call, plan, configuration),
    caller: callerOf(call),
    policies,
    becauseOf: (stage) => because(stage, call, trial, policies),
    policyOf: () => plan && chosenPolicy(plan, trial, configuration),
  };
}

function matchOf(call: Call, plan: Plan, configuration: ConfigurationReader): Facts {
  const { gatewayId, groupId, apiId, apiName, environmentId, stage, publicationId } = plan;
  const group = configuration.get('apiGroup', groupId);
  const publication = configuration.get('publication', publicationId);
  const versionId = publication?.body.versionId;
  const version = versionId === undefined ? undefined : configuration.get('apiVersion', versionId);
  return {
    gatewayId,
    groupId,
    groupName: group?.body.name,
    apiId,
    apiName,
    environmentId,
    environment: stage,
    versionId,
    version: version?.body.versionNo,
    method: plan.method,
    path: plan.path,
    matchMode: plan.matchMode,
    pathValues: call.pathValues,
  };
}

function callerOf({ caller, client, credential }: Call): Facts {
  const address = client.text;
  if (caller.kind === 'app')
    return { kind: 'app', id: caller.app.id, name: caller.app.name, credential, address };
  if (caller.kind === 'account') return { kind: 'account', ...caller.account, credential, address };
  return { kind: 'anonymous', address };
}

/** Source: user guide, the chapters on each kind of policy. */
function boundTo(
  { gatewayId, apiId, environmentId }: Plan,
  configuration: ConfigurationReader,
): readonly Bound[] {
  const isHere = ({
    body,
  }: {
    readonly body: { readonly environmentId: string; readonly gatewayId: string };
  }) => body.environmentId === environmentId && body.gatewayId === gatewayId;
  const named = (kind: Bound['kind'], object: Stored | undefined): readonly Bound[] =>
    object === undefined
      ? []
      : [{ kind, id: object.id, ...('name' in object.body && { name: object.body.name }) }];
  const ties = <K extends 'throttleBinding' | 'aclBinding' | 'signatureBinding' | 'pluginAttachment'>(
    kind: K,
  ) => configuration.by(kind, 'apiId', apiId).filter(isHere);
  return [
    ...ties('throttleBinding').flatMap(({ body }) =>
      named('throttle', configuration.get('throttle', body.throttleId)),
    ),
    ...ties('aclBinding').flatMap(({ body }) => named('acl', configuration.get('acl', body.aclId))),
    ...ties('signatureBinding').flatMap(({ body }) =>
      named('signatureKey', configuration.get('signatureKey', body.signatureKeyId)),
    ),
    ...ties('pluginAttachment').flatMap(({ body }) =>
      named('plugin', configuration.get('plugin', body.pluginId)),
    ),
  ];
}

function chosenPolicy(
  { backends, publicationId }: Plan,
  { backend }: Trial,
  configuration: ConfigurationReader,
): string | undefined {
  const index = backends.policies.findIndex((policy) => policy.backend === backend);
  const versionId = configuration.get('publication', publicationId)?.body.versionId;
  const version = versionId === undefined ? undefined : configuration.get('apiVersion', versionId);
  if (index < 0 || version === undefined) return undefined;
  const { httpPolicies, mockPolicies, functionPolicies } = version.body.definition;
  // In the order in which the plan has them.
  return [...httpPolicies, ...mockPolicies, ...functionPolicies][index]?.name;
}

/** What there is to say of steps; others speak for themselves. */
const FACTS: Partial<Record<Stage, (seen: Seen, plan: Plan) => Facts | undefined>> = {
  address_control: ({ ids }, { acl }) => (acl.addresses.length > 0 ? { acls: ids('acl') } : undefined),
  account_control: ({ ids }, { acl }) => (acl.accounts.length > 0 ? { acls: ids('acl') } : undefined),
  protocol: (_, { protocol }) => ({ served: protocol }),
  authentication: ({ call }, { authentication }) => ({
    type: authentication.type,
    credential: call.credential,
  }),
  throttle: ({ ids, trial }) => ({ policies: ids('throttle'), limits: trial.limits }),
  parameters: (_, { parameters }) => ({ declared: parameters.map(({ name }) => name) }),
  backend_policy: ({ trial }) => trial.backend && { backend: trial.backend.kind },
};

interface Seen {
  readonly call: Call;
  readonly trial: Trial;
  /** Ids of what is bound of a kind. */
  readonly ids: (kind: string) => readonly string[];
}

function because(stage: Stage, call: Call, trial: Trial, policies: readonly Bound[]): Facts | undefined {
  const { plan, features } = call;
  if (stage === 'request') return { method: call.method, path: call.rawPath };
  if (stage === 'host') return { host: call.host };
  if (stage === 'client_address') return { address: call.client.text, source: features.callerAddress.by };
  if (stage === 'body_size') return { maxBytes: features.maxBodyBytes };
  if (stage === 'route') return { environment: call.headers.first('x-stage') ?? 'RELEASE', path: call.path };
  const ids = (kind: string) => policies.filter((policy) => policy.kind === kind).map(({ id }) => id);
  return plan && FACTS[stage]?.({ call, trial, ids }, plan);
}
