import type { ControlRoute } from './call.ts';
import type { ControlContext } from './context.ts';
import { openApiRoute } from './openapi.ts';
import { revisionRoutes } from './revisions.ts';

/** Every operation of the runtime itself, beside the documented API. */
export function ownRoutes({ ledger }: ControlContext): readonly ControlRoute[] {
  return [...revisionRoutes(ledger.store), openApiRoute()];
}
