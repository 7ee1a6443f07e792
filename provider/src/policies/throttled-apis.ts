import type { PolicyResource, StackValidationPolicy } from '@pulumi/policy';
import { isKind, known } from './declared.ts';

/**
 * Every API that the stack publishes has a limit there: a throttle, or a rate_limit plug-in.
 *
 * A preview does not know IDs of what it is to create, so a limit is also one of a deployment when its arguments come
 * from the deployment or from the API.
 */
export const throttledApis: StackValidationPolicy = {
  name: 'apig-throttled-apis',
  description: 'Every published API has a limit of calls.',
  enforcementLevel: 'mandatory',
  validateStack: ({ resources }, report) => {
    const limits = resources.filter(
      (resource) =>
        isKind('throttleBinding', resource.type) ||
        (isKind('pluginAttachment', resource.type) && isOfRateLimit(resource, resources)),
    );
    for (const deployment of resources.filter(({ type }) => isKind('deployment', type))) {
      if (!limits.some((limit) => isLimitOf(limit, deployment)))
        report(
          'expected a ThrottleBinding, or a PluginAttachment of a rate_limit plug-in, for it',
          deployment.urn,
        );
    }
  },
};

function isOfRateLimit(attachment: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const id = known(attachment.props, 'pluginId');
  const plugins = [
    ...sourcesOf(attachment, 'pluginId'),
    ...resources.filter(
      ({ type, props }) => isKind('plugin', type) && id !== undefined && known(props, 'id') === id,
    ),
  ];
  return plugins.some(({ props }) => known(props, 'type') === 'rate_limit');
}

function isLimitOf(limit: PolicyResource, deployment: PolicyResource): boolean {
  return (
    isSame('environmentId', limit, deployment) &&
    (hasApi(limit, deployment) || comesFrom(limit, 'apiIds', [deployment, ...sourcesOf(deployment, 'apiId')]))
  );
}

function isSame(name: string, limit: PolicyResource, deployment: PolicyResource): boolean {
  const [one, other] = [known(limit.props, name), known(deployment.props, name)];
  if (one !== undefined && other !== undefined) return one === other;
  return comesFrom(limit, name, [deployment, ...sourcesOf(deployment, name)]);
}

function hasApi(limit: PolicyResource, deployment: PolicyResource): boolean {
  const [apis, api] = [known(limit.props, 'apiIds'), known(deployment.props, 'apiId')];
  if (!Array.isArray(apis) || api === undefined) return false;
  return apis.some((_, index) => known(apis as unknown as Record<string, unknown>, String(index)) === api);
}

function comesFrom(resource: PolicyResource, name: string, sources: readonly PolicyResource[]): boolean {
  const urns = sourcesOf(resource, name).map(({ urn }) => urn);
  return sources.some(({ urn }) => urns.includes(urn));
}

function sourcesOf(resource: PolicyResource, name: string): readonly PolicyResource[] {
  return resource.propertyDependencies[name] ?? [];
}
