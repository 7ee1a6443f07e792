import { descriptionOf } from '@apig/sdk/contract';
import { effectsOf } from './effects.ts';
import { examine, type Examined } from './examined.ts';
import { changedFields, undecidedSecrets } from './fields.ts';
import { hitsOf, whoIsHit } from './hits.ts';
import type { Finding, OutcomeGroup, Reach, ResourceChange, Review } from './model.ts';
import { isChange, type Plan, type Step } from './plan.ts';
import { titleOf } from './reasons.ts';
import { topologyOf } from './html/topology.ts';
import { judgeOutcomes, judgePlan } from './verdict.ts';

/** What a review is made from. */
export interface ReviewInput {
  readonly plan: Plan;
  /** Compares how requests are treated before and after. Left out: the verdict is that of the plan alone. */
  readonly compare?: ((plan: Plan) => Promise<Comparison>) | undefined;
  /** Looks at the planned configuration by rules. */
  readonly lint?: ((plan: Plan) => Promise<readonly Finding[]>) | undefined;
}

/** What a comparison of behaviour has found. */
export interface Comparison {
  readonly outcomes: readonly OutcomeGroup[];
  /** What it could not look at, in whole sentences. */
  readonly notes: readonly string[];
}

/** Says what a plan does. Where behaviour was compared it decides the verdict; else the plan does, for the worse in doubt. */
export async function review({ plan, compare, lint }: ReviewInput): Promise<Review> {
  const examined = examine(plan, changedFields);
  const effects = effectsOf(examined);
  const comparison = await compare?.(plan);
  const findings = (await lint?.(plan)) ?? [];
  const undecided = undecidedNotes(plan);
  const planned = undecided.length > 0 ? 'breaking' : judgePlan(examined, effects);
  return {
    project: plan.project,
    stack: plan.stack,
    verdict: comparison === undefined ? planned : judgeOutcomes(comparison.outcomes),
    resources: plan.steps.filter(isChange).map((step) => toResourceChange(step, examined)),
    effects,
    outcomes: comparison?.outcomes,
    findings,
    notes: [...plan.notes, ...undecided, ...foreignNotes(plan), ...(comparison?.notes ?? [])],
    topology: topologyOf(examined),
  };
}

function toResourceChange(step: Step, { before, after, changes, labelOf }: Examined): ResourceChange {
  const { urn, kind, type, name, operation } = step;
  return {
    urn,
    kind,
    type: kind === undefined ? type : descriptionOf(kind).title,
    name,
    operation,
    fields: changes.get(urn) ?? [],
    reaches: joined(
      step.before === undefined ? NOBODY : whoIsHit(before, hitsOf(before, urn), labelOf),
      step.after === undefined ? NOBODY : whoIsHit(after, hitsOf(after, urn), labelOf),
    ),
  };
}

const NOBODY: Reach = { apis: [], apps: [], domains: [] };

function joined(one: Reach, other: Reach): Reach {
  const all = (name: keyof Reach) =>
    one[name].length === 0 ? other[name] : [...new Set([...one[name], ...other[name]])];
  return { apis: all('apis'), apps: all('apps'), domains: all('domains') };
}

/** Pulumi shows no secret, and therefore not whether one changes along with other fields. */
function undecidedNotes({ steps }: Plan): readonly string[] {
  const hidden = steps
    .map((step) => ({ step, fields: undecidedSecrets(step) }))
    .filter(({ fields }) => fields.length > 0)
    .map(({ step, fields }) => `${titleOf(step)} (${fields.join(', ')})`);
  if (hidden.length === 0) return [];
  const shown = hidden.slice(0, 10).join('; ');
  const rest = hidden.length > 10 ? ` and ${String(hidden.length - 10)} more` : '';
  return [`Pulumi hides secrets, and so it is not known whether these change as well: ${shown}${rest}.`];
}

function foreignNotes({ steps }: Plan): readonly string[] {
  const count = steps.filter((step) => isChange(step) && step.kind === undefined).length;
  return count === 0
    ? []
    : ['Resources of other providers and components are listed; what they do to callers is not judged.'];
}
