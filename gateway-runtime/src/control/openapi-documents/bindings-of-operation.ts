import { RELEASE_ENVIRONMENT_ID, type Json } from '@apig/sdk/contract';
import { bindAcl } from '../bindings/acl.ts';
import { attachToPlace } from '../bindings/plugin.ts';
import { bindThrottle } from '../bindings/throttle.ts';
import type { Stored } from '../../store/configuration.ts';
import { FIELD, OWN_FIELD } from './extension-fields.ts';
import type { ImportScope } from './import-scope.ts';
import type { DocumentObjects } from './named-objects.ts';
import { textAt, textsAt } from './values.ts';

/**
 * Binds an API to the throttle, the ACLs and the plug-ins that its operation names, in an environment where it may be
 * published later: they act from then on. @throws the "does not exist" error of the first that is not there
 */
export function bindAsNamed(
  scope: ImportScope,
  objects: DocumentObjects,
  api: Stored<'api'>,
  operation: Json,
  environmentId: string,
): void {
  const { draft, gatewayId } = scope;
  const place = { gatewayId, apiId: api.id, environmentId };
  const throttle = textAt(operation, FIELD.ratelimit);
  if (throttle !== undefined) bindThrottle(draft, place, objects.throttle(scope, throttle));
  for (const name of textsAt(operation, FIELD.accessControl)) bindAcl(draft, place, objects.acl(scope, name));
  for (const name of textsAt(operation, FIELD.plugins))
    attachToPlace(draft, place, objects.plugin(scope, name));
}

/** The environment that a document names, as far as the gateway has it, else the built-in one. */
export function environmentOf({ draft, gatewayId }: ImportScope, root: Json): string {
  const name = textAt(root, OWN_FIELD.environment);
  const named =
    name === undefined
      ? undefined
      : draft.by('environment', 'gatewayId', gatewayId).find(({ body }) => body.name === name);
  return named?.id ?? RELEASE_ENVIRONMENT_ID;
}
