import type { Json, Kind } from '@apig/sdk/contract';
import { stableId, type ConfiguredObject } from './configuration.ts';
import type { Resource } from './resources.ts';

interface Tied {
  readonly object: ConfiguredObject;
  readonly urn: string;
}

/** Binding to the field that names its owner, and to what sets apart those that an API can have side by side. */
const BINDINGS: Partial<
  Record<Kind, { readonly owner: string; readonly kind: string; readonly beside: readonly string[] }>
> = {
  throttleBinding: { owner: 'throttleId', kind: 'throttle', beside: [] },
  aclBinding: { owner: 'aclId', kind: 'acl', beside: ['entityType'] },
  signatureBinding: { owner: 'signatureKeyId', kind: 'signatureKey', beside: [] },
  appAuthorization: { owner: 'appId', kind: 'app', beside: ['id'] },
  pluginAttachment: { owner: 'pluginId', kind: 'plugin', beside: ['type'] },
};

/** What one API has in one environment, of each binding. A later one takes the place of an earlier one of its kind. */
export function tiesOf(
  resources: readonly (Resource & { readonly settled: Json })[],
  find: (kind: string, id: string) => ConfiguredObject | undefined,
): readonly Tied[] {
  const ties = new Map<string, Tied>();
  for (const { kind, settled, urn } of resources) {
    if (kind === 'appQuotaBinding') {
      const { gatewayId, appQuotaId } = settled;
      for (const appId of textsIn(settled['appIds'])) {
        const body = { gatewayId, appQuotaId, appId };
        ties.set(`${kind} ${appId}`, { object: { kind, id: stableId(kind, appId), body }, urn });
      }
      continue;
    }
    const binding = BINDINGS[kind];
    if (binding === undefined) continue;
    const { gatewayId, environmentId } = settled;
    const ownerId = String(settled[binding.owner]);
    const owner = find(binding.kind, ownerId);
    const beside = binding.beside.map((field) => (field === 'id' ? ownerId : String(owner?.body[field])));
    for (const apiId of textsIn(settled['apiIds'])) {
      const body = { gatewayId, environmentId, apiId, [binding.owner]: ownerId };
      const id = stableId(kind, ownerId, apiId, String(environmentId));
      ties.set(JSON.stringify([kind, apiId, environmentId, ...beside]), { object: { kind, id, body }, urn });
    }
  }
  return [...ties.values()];
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
