import type { Kind } from '@apig/sdk/contract';
import type { Examined } from './examined.ts';
import { ACTING } from './hits.ts';
import { judgeFields, worse, type Judgement } from './judge.ts';
import type { Effect, FieldChange, OutcomeGroup, Verdict } from './model.ts';
import { isChange, type Step } from './plan.ts';

/** The verdict of a comparison of behaviour: the worst of its groups. */
export function judgeOutcomes(outcomes: readonly OutcomeGroup[]): Verdict {
  return outcomes.reduce<Verdict>((sum, { verdict }) => worse<Verdict>(sum, verdict), 'none');
}

/** The worst that the effects, and the changed objects themselves, mean to callers. */
export function judgePlan({ plan, changes }: Examined, effects: readonly Effect[]): Judgement | 'none' {
  const changed = plan.steps.filter(isChange);
  if (changed.length === 0) return 'none';
  const verdicts = changed.map((step) => judgeStep(step, changes.get(step.urn) ?? []));
  return [...verdicts, ...effects.map(({ verdict }) => verdict)].reduce<Judgement>(
    (sum, each) => worse(sum, each),
    'neutral',
  );
}

const OWNERS: readonly Kind[] = ['throttle', 'acl', 'signatureKey', 'plugin'];

/** An object may act on what another program has bound to it, which this plan does not show. */
function judgeStep(step: Step, fields: readonly FieldChange[]): Judgement {
  const { kind, type, operation } = step;
  // A kind that a newer version knows may do anything.
  if (kind === undefined) return type.startsWith('pulumi-nodejs:dynamic/apig:') ? 'breaking' : 'neutral';
  if (operation !== 'update' && operation !== 'replace') return 'neutral';
  if (!OWNERS.includes(kind) && !ACTING.includes(kind)) return 'neutral';
  return judgeFields(step, fields);
}
