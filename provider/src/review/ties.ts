import type { Examined } from './examined.ts';
import type { Graph } from './graph.ts';
import { BINDINGS, type BindingKind } from './hits.ts';
import { judgeFields, judgeTie } from './judge.ts';
import type { Effect } from './model.ts';
import type { Step } from './plan.ts';
import type { Place } from './publications.ts';
import { fieldsInWords, policyOf, whatBecomesOf } from './reasons.ts';

interface Tie extends Place {
  readonly kind: BindingKind;
  readonly binding: string;
  readonly owner: string;
}

/** What an API has in an environment: one policy of each sort, and any number of apps. */
export function tiesOf(graph: Graph): ReadonlyMap<string, Tie> {
  const ties = new Map<string, Tie>();
  for (const [kind, field] of Object.entries(BINDINGS) as [BindingKind, string][])
    for (const binding of graph.keysOf(kind))
      for (const owner of graph.targets(binding, field))
        for (const environment of graph.targets(binding, 'environmentId'))
          for (const api of graph.targets(binding, 'apiIds')) {
            const slot = [kind, api, environment, slotOf(graph, kind, owner)];
            ties.set(JSON.stringify(slot), { kind, api, environment, owner, binding });
          }
  return ties;
}

function slotOf(graph: Graph, kind: BindingKind, owner: string): unknown {
  const inputs = graph.stateOf(owner)?.inputs;
  if (kind === 'appAuthorization') return owner;
  // The sort of a policy of another program is not known, and so it has a place of its own.
  if (kind === 'aclBinding') return inputs === undefined ? owner : inputs['entityType'];
  if (kind === 'pluginAttachment') return inputs === undefined ? owner : inputs['type'];
  return undefined;
}

/** The policies and apps that published APIs gain, lose, or have changed. */
export function tieEffects(examined: Examined): readonly Effect[] {
  const { before, after, changes, labelOf } = examined;
  const [old, now] = [tiesOf(before), tiesOf(after)];
  const effects: Effect[] = [];
  for (const [slot, tie] of now) {
    const former = old.get(slot);
    const at = { api: labelOf(tie.api), environment: labelOf(tie.environment) };
    const policy = policyOf(examined, tie.owner);
    const type = after.stateOf(tie.owner)?.inputs['type'];
    if (former === undefined) {
      const why = whatBecomesOf(after.stepOf(tie.binding));
      const verdict = judgeTie(tie.kind, 'gained', type);
      effects.push({ kind: 'policyGained', ...at, policy, because: why, verdict });
    } else if (former.owner !== tie.owner) {
      const both = `${policyOf(examined, former.owner)} → ${labelOf(tie.owner)}`;
      const why = whatBecomesOf(after.stepOf(tie.binding));
      effects.push({
        kind: 'policyChanged',
        ...at,
        policy: both,
        because: why,
        verdict: judgeTie(tie.kind, 'changed'),
      });
    } else {
      const effect = ownerEffect(after.stepOf(tie.owner), changes);
      if (effect !== undefined) effects.push({ kind: 'policyChanged', ...at, policy, ...effect });
    }
  }
  for (const [slot, tie] of old) {
    if (now.has(slot)) continue;
    effects.push({
      kind: 'policyLost',
      api: labelOf(tie.api),
      environment: labelOf(tie.environment),
      policy: policyOf(examined, tie.owner),
      because: whatBecomesOf(before.stepOf(tie.binding)),
      verdict: judgeTie(tie.kind, 'lost', before.stateOf(tie.owner)?.inputs['type']),
    });
  }
  return effects;
}

/** A policy that is changed, or made anew, acts on all that it is bound to. Of an app only who it is told by counts. */
function ownerEffect(
  step: Step | undefined,
  changes: Examined['changes'],
): Pick<Effect, 'because' | 'verdict'> | undefined {
  if (step === undefined || (step.operation !== 'update' && step.operation !== 'replace')) return undefined;
  const fields = changes.get(step.urn) ?? [];
  const verdict = judgeFields(step, fields);
  // Its name and its remark are nothing that an API would notice.
  if (step.kind === 'app' || (verdict === 'neutral' && step.operation === 'update')) return undefined;
  return { because: fieldsInWords(fields) || whatBecomesOf(step), verdict };
}
