import type { Finding, OutcomeGroup, Review } from './model.ts';
import type { Plan } from './plan.ts';

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

/** Says what a plan does. */
export async function review({ plan, compare, lint }: ReviewInput): Promise<Review> {
  const comparison = await compare?.(plan);
  const findings = (await lint?.(plan)) ?? [];
  return {
    project: plan.project,
    stack: plan.stack,
    verdict: 'none',
    resources: [],
    effects: [],
    outcomes: comparison?.outcomes,
    findings,
    notes: [...plan.notes, ...(comparison?.notes ?? [])],
  };
}
