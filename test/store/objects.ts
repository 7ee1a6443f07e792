import type { Bodies, Stored } from '../../gateway-runtime/src/store/configuration.ts';

/** The body of an environment. */
export function environment(gatewayId: string, name: string): Bodies['environment'] {
  return { gatewayId, name };
}

/** The body of a group. */
export function group(gatewayId: string, name: string): Bodies['apiGroup'] {
  return { gatewayId, name, debugDomainEnabled: true, isDefault: false };
}

/** The objects of a configuration reader by kind, in their order. */
export function contentOf(configuration: {
  all(kind: 'environment' | 'apiGroup'): readonly Stored[];
}): readonly Stored[] {
  return [...configuration.all('environment'), ...configuration.all('apiGroup')];
}
