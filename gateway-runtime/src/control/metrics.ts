import { METRICS_TYPE, metricsText } from '../observe/metrics.ts';
import type { ControlRoute } from './call.ts';
import type { ControlContext } from './context.ts';
import type { Probe } from './server.ts';

/** Shows what is counted to those who collect it, in the text form of Prometheus. */
export function metricsRoute(context: ControlContext): ControlRoute {
  return {
    method: 'GET',
    path: 'metrics',
    status: 200,
    mediaType: METRICS_TYPE,
    answer: () => textOf(context),
  };
}

/** The same for anybody. */
export function metricsProbe(context: ControlContext): Probe {
  return async () => ({ status: 200, body: await textOf(context), mediaType: METRICS_TYPE });
}

async function textOf({ statistics, ledger }: ControlContext): Promise<string> {
  return metricsText(await statistics.state(), ledger.configuration.revision);
}
