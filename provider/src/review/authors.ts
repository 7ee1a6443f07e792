import { isApigError, isTransportError, type Client } from '@apig/sdk';
import type { Kind } from '@apig/sdk/contract';
import { isChange, type Plan, type Step } from './plan.ts';

/** Who changed an object last, and when. */
export interface LastChange {
  readonly urn: string;
  /** Account and user. */
  readonly actor: string;
  /** RFC 3339 in UTC. */
  readonly at: string;
  readonly fields: readonly string[];
}

/** Objects asked about; a drift of more has a cause that one of them tells as well. */
const MOST_OBJECTS = 200;

/**
 * Asks the gateway who last changed the objects of a plan that would change. Only `@apig/gateway-runtime` remembers it:
 * of a cloud, and of objects that are gone from its memory, nothing is returned.
 */
export async function lastChanges(plan: Plan, client: Client): Promise<readonly LastChange[]> {
  const changing = plan.steps.filter(isChange).slice(0, MOST_OBJECTS);
  const found: LastChange[] = [];
  for (const step of changing) {
    const { urn, kind } = step;
    const key = kind === undefined ? undefined : keyOf(kind, step);
    if (kind === undefined || key === undefined) continue;
    try {
      const [change] = await client.runtime.changesOf(kind, key, 1);
      if (change !== undefined)
        found.push({ urn, actor: change.actor, at: change.at, fields: change.fields });
    } catch (error) {
      // The service has no such memory, or is not to be reached: the drift is told all the same.
      if (isApigError(error) || isTransportError(error)) return found;
      throw error;
    }
  }
  return found;
}

/** Under what the runtime keeps an object; undefined for what is several objects there. */
function keyOf(kind: Kind, { before, after }: Step): string | undefined {
  const state = before ?? after;
  if (state?.id === undefined || state.id.includes('/')) return undefined;
  return kind === 'environment' ? `${String(state.inputs['gatewayId'])}/${state.id}` : state.id;
}
