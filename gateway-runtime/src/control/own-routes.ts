import type { ControlRoute } from './call.ts';
import { changesetRoutes } from './changesets.ts';
import type { ControlContext } from './context.ts';
import { metricsRoute } from './metrics.ts';
import { explainRoute } from './explain.ts';
import { openApiRoute } from './openapi.ts';
import { revisionRoutes } from './revisions.ts';
import { snapshotRoutes } from './snapshot.ts';

/** Every operation of the runtime itself, beside the documented API. */
export function ownRoutes(context: ControlContext): readonly ControlRoute[] {
  return [
    ...revisionRoutes(context.ledger.store),
    ...snapshotRoutes(context),
    ...changesetRoutes(context),
    explainRoute(context),
    openApiRoute(),
    metricsRoute(context),
  ];
}
