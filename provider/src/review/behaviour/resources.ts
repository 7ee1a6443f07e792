import { descriptionOf, type Json, type Kind } from '@apig/sdk/contract';
import { isUnknown } from '../../unknown.ts';
import { isSecret } from '../hidden.ts';
import type { Plan, State, Step } from '../plan.ts';
import { stableId } from './configuration.ts';

/** A resource of ours on one side of a plan. */
export interface Resource {
  readonly urn: string;
  readonly kind: Kind;
  readonly name: string;
  /** Its ID, or what stands in for it until there is one. */
  readonly id: string;
  /** What the program asks for, with what the service has chosen. */
  readonly values: Json;
  readonly dependencies: State['dependencies'];
  /** Told apart for secrets that nobody sees: equal for equal secrets, as far as that is known. */
  readonly era: string;
}

/** The sides of a plan. */
export type Side = 'before' | 'after';

/** The resources of one side, in the order of the plan: what others are made from comes first. */
export function resourcesOf({ steps }: Plan, side: Side): readonly Resource[] {
  return steps.flatMap((step): readonly Resource[] => {
    const state = step[side];
    if (step.kind === undefined || state === undefined) return [];
    const { urn, kind, name } = step;
    // What is replaced gets new values of its own.
    const isNew = side === 'after' && step.operation === 'replace';
    const values = valuesOf(kind, isNew ? { ...state, outputs: state.inputs } : state);
    const era = side === 'before' ? 'present' : eraOf(step);
    const own = state.id ?? (isNew ? undefined : step.before?.id);
    const id = own === undefined || isUnknown(own) ? stableId(urn, era) : own;
    return [{ urn, kind, name, id, values, dependencies: state.dependencies, era }];
  });
}

/** Inputs, and of the outputs what the service has chosen where the program did not. */
function valuesOf(kind: Kind, { inputs, outputs }: State): Json {
  const names = Object.keys(descriptionOf(kind).input.shape);
  return Object.fromEntries(
    [...names, 'digest']
      .map((name) => [name, inputs[name] ?? outputs[name]] as const)
      .filter(([, value]) => value !== undefined && value !== null),
  );
}

/**
 * Secrets that the engine hides are taken to change when a resource changes and nothing else about it does, and when the
 * service chooses them anew.
 */
function eraOf({ operation, before, after }: Step): string {
  if (before === undefined || after === undefined) return 'present';
  if (operation === 'replace') return 'replaced';
  if (operation !== 'update') return 'present';
  return textOf(before.inputs) === textOf(after.inputs) && hasHidden(after.inputs) ? 'changed' : 'present';
}

function hasHidden(inputs: Json): boolean {
  return Object.values(inputs).some((value) => isSecret(value));
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
