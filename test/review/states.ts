import { createHash } from 'node:crypto';
import { descriptionOf, settle, type Json, type Kind } from '@apig/sdk/contract';
import type { Operation } from '../../provider/src/review/model.ts';
import type { Plan, State, Step } from '../../provider/src/review/plan.ts';
import { typeTokenOf } from '../../provider/src/type-names.ts';
import { UNKNOWN } from '../../provider/src/unknown.ts';

/** A resource as a test declares it. References are made by `ref`. */
export interface Declared {
  readonly kind: Kind;
  readonly name: string;
  readonly values: Json;
}

/** The ID of another declared resource, which is not known before that is created. */
export interface Ref {
  readonly ref: { readonly kind: Kind; readonly name: string };
}

/** Refers to another declared resource. */
export function ref(kind: Kind, name: string): Ref {
  return { ref: { kind, name } };
}

/** The plan that leads from some resources to others, as a preview would have it. */
export function planOf(before: readonly Declared[], after: readonly Declared[]): Plan {
  const old = new Map(before.map((each) => [urnOf(each), each]));
  const planned = new Map(after.map((each) => [urnOf(each), each]));
  const steps = [...new Set([...old.keys(), ...planned.keys()])].map((urn): Step => {
    const [was, is] = [old.get(urn), planned.get(urn)];
    const shown = is ?? was;
    if (shown === undefined) throw new Error('a resource is on one side');
    const beforeState = was && stateOf(was, old, true);
    const afterState = is && stateOf(is, old, was !== undefined);
    return {
      urn,
      type: typeTokenOf(shown.kind),
      kind: shown.kind,
      name: shown.name,
      operation: operationOf(beforeState, afterState),
      before: beforeState,
      after: afterState,
      reasons: [],
    };
  });
  return { project: 'shop', stack: 'dev', steps, isWhole: true, notes: [] };
}

/** ID of a declared resource that exists. */
export function idOf({ kind, name }: Pick<Declared, 'kind' | 'name'>): string {
  return createHash('sha256').update(`${kind} ${name}`).digest('hex').slice(0, 32);
}

function operationOf(before: State | undefined, after: State | undefined): Operation {
  if (before === undefined) return 'create';
  if (after === undefined) return 'delete';
  return JSON.stringify(before.inputs) === JSON.stringify(after.inputs) ? 'same' : 'update';
}

function stateOf(declared: Declared, present: ReadonlyMap<string, Declared>, exists: boolean): State {
  const dependencies: Record<string, string[]> = {};
  const resolve = (value: unknown, property: string): unknown => {
    if (Array.isArray(value)) return value.map((item: unknown) => resolve(item, property));
    if (typeof value !== 'object' || value === null) return value;
    if (!isRef(value))
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item, property)]));
    const urn = urnOf(value.ref);
    (dependencies[property] ??= []).push(urn);
    return present.has(urn) ? idOf(value.ref) : UNKNOWN;
  };
  const given = Object.fromEntries(
    Object.entries(declared.values).map(([name, value]) => [name, resolve(value, name)]),
  );
  const description = descriptionOf(declared.kind);
  const { value: inputs = given, faults } = settle(description, given, (value) => value === UNKNOWN);
  if (faults.length > 0) throw new Error(`${declared.kind} ${declared.name}: ${JSON.stringify(faults)}`);
  const computed = Object.fromEntries(
    Object.entries(description.computed ?? {}).map(([name, output]) => [name, output.from(inputs)]),
  );
  const all = { ...inputs, ...computed };
  return { id: exists ? idOf(declared) : undefined, inputs: all, outputs: all, dependencies };
}

function urnOf({ kind, name }: Pick<Declared, 'kind' | 'name'>): string {
  return `urn:pulumi:dev::shop::${typeTokenOf(kind)}::${name}`;
}

function isRef(value: object): value is Ref {
  return 'ref' in value;
}
