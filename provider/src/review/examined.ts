import type { FieldChange } from './model.ts';
import { createGraph, type Graph } from './graph.ts';
import type { Plan, Step } from './plan.ts';

/** A plan with what was found out about it. */
export interface Examined {
  readonly plan: Plan;
  readonly before: Graph;
  readonly after: Graph;
  /** URN to the fields that change. */
  readonly changes: ReadonlyMap<string, readonly FieldChange[]>;
  /** What an object is called: by its new name, where it has one. */
  readonly labelOf: (key: string) => string;
}

/** Looks at both sides of a plan. */
export function examine(
  plan: Plan,
  changesOf: (step: Step, nameOfId: (id: unknown) => string | undefined) => readonly FieldChange[],
): Examined {
  const [before, after] = [createGraph(plan, 'before'), createGraph(plan, 'after')];
  const nameOfId = (id: unknown) => before.nameOfId(id) ?? after.nameOfId(id);
  return {
    plan,
    before,
    after,
    changes: new Map(plan.steps.map((step) => [step.urn, changesOf(step, nameOfId)])),
    labelOf: (key) => (after.stepOf(key) === undefined ? before : after).labelOf(key),
  };
}
