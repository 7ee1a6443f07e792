import type { Kind } from '@apig/sdk/contract';
import type { Examined } from './examined.ts';
import type { Graph } from './graph.ts';
import { ACTING, hitsOf } from './hits.ts';
import { judgeFields, judgeObject } from './judge.ts';
import type { Effect } from './model.ts';
import type { Step } from './plan.ts';
import { publicationsOf } from './publications.ts';
import { fieldsInWords, policyOf, whatBecomesOf } from './reasons.ts';

/** What acts on calls by itself, without one of the bindings. */
export function actingEffects(examined: Examined): readonly Effect[] {
  const { plan, before, after, changes, labelOf } = examined;
  const [old, now] = [inForce(before), inForce(after)];
  const effects: Effect[] = [];
  for (const step of plan.steps) {
    const { kind, operation, urn } = step;
    if (kind === undefined || !ACTING.includes(kind)) continue;
    const event = EVENTS[operation];
    if (event === undefined) continue;
    const fields = changes.get(urn) ?? [];
    const verdict = event === 'changed' ? judgeFields(step, fields) : judgeObject(kind, event);
    if (event === 'changed' && verdict === 'neutral' && kind !== 'gatewayResponse') continue;
    // Groups, gateways, environments, apps and what is only named by others come and go with what they are for.
    if (event !== 'changed' && !OWN_EVENTS.includes(kind)) continue;
    const graph = event === 'lost' ? before : after;
    const [mine, others] = event === 'lost' ? [old, now] : [now, old];
    const policy = policyOf(examined, urn);
    const why = event === 'changed' ? fieldsInWords(fields) || whatBecomesOf(step) : whatBecomesOf(step);
    for (const [api, environments] of hitsOf(graph, urn).places) {
      const known = environments ?? mine.get(api) ?? others.get(api) ?? (plan.isWhole ? [] : [EVERYWHERE]);
      for (const environment of known)
        effects.push({
          kind: KINDS[event],
          api: labelOf(api),
          environment: environment === EVERYWHERE ? 'where it is published' : labelOf(environment),
          policy,
          because: why,
          verdict,
        });
    }
  }
  return effects;
}

const EVERYWHERE = '';

const EVENTS: Partial<Record<Step['operation'], 'gained' | 'lost' | 'changed'>> = {
  create: 'gained',
  import: 'gained',
  delete: 'lost',
  update: 'changed',
  replace: 'changed',
};

const KINDS = { gained: 'policyGained', lost: 'policyLost', changed: 'policyChanged' } as const;

const OWN_EVENTS: readonly Kind[] = [
  'throttleException',
  'appCode',
  'appAcl',
  'appQuotaBinding',
  'domain',
  'environmentVariable',
  'gatewayFeature',
  'gatewayResponse',
];

function inForce(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { api, environment } of publicationsOf(graph).values())
    found.set(api, [...(found.get(api) ?? []), environment]);
  return found;
}
