import {
  descriptionOf,
  memberField,
  referencesIn,
  RELEASE_ENVIRONMENT_ID,
  type Json,
  type Kind,
} from '@apig/sdk/contract';
import { isUnknown } from '../unknown.ts';
import { isSecret } from './hidden.ts';
import type { Plan, State, Step } from './plan.ts';

/** One side of a plan. */
export type Side = 'before' | 'after';

/**
 * A reference from a resource to another object. Objects are known by their URNs, so that both sides of a plan know one
 * object by one key; those of other programs by their kind and ID.
 */
export interface Edge {
  readonly from: string;
  /** Top-level field that holds the ID. */
  readonly field: string;
  readonly to: string;
}

/** What refers to what on one side of a plan. */
export interface Graph {
  /** The resources of a kind. */
  keysOf(kind: Kind): readonly string[];
  kindOf(key: string): string | undefined;
  /** Undefined for objects of other programs. */
  stateOf(key: string): State | undefined;
  stepOf(key: string): Step | undefined;
  /** The object's own name. */
  labelOf(key: string): string;
  /** The name of the resource that has an ID; undefined where none of the plan has it. */
  nameOfId(id: unknown): string | undefined;
  /** What a resource refers to, by one of its fields or by any. */
  targets(key: string, field?: string): readonly string[];
  /** The resources of a kind that refer to an object, by one of their fields or by any. */
  users(key: string, kind: Kind, field?: string): readonly string[];
}

/** Works out what refers to what. */
export function createGraph(plan: Plan, side: Side): Graph {
  const resources = plan.steps.filter((step) => step[side] !== undefined && step.kind !== undefined);
  const steps = new Map(resources.map((step) => [step.urn, step]));
  const byId = new Map<string, string>();
  const byPlainId = new Map([[RELEASE_ENVIRONMENT_ID, outsideKey('environment', RELEASE_ENVIRONMENT_ID)]]);
  for (const { urn, kind, [side]: state } of resources) {
    const id = state?.id;
    if (id === undefined || kind === undefined) continue;
    byId.set(idKey(kind, id), urn);
    byPlainId.set(id, urn);
  }
  const edges = new Map(resources.map((step) => [step.urn, edgesOf(step, side, steps, byId)]));
  const users = new Map<string, Edge[]>();
  for (const edge of [...edges.values()].flat()) {
    const known = users.get(edge.to);
    if (known === undefined) users.set(edge.to, [edge]);
    else known.push(edge);
  }
  const byKind = new Map<string | undefined, Step[]>();
  for (const step of resources) byKind.set(step.kind, [...(byKind.get(step.kind) ?? []), step]);
  const kindOf = (key: string) => steps.get(key)?.kind ?? /^outside (\w+) /.exec(key)?.[1];
  const labels = new Map(resources.map((step) => [step.urn, ownName(step, side)]));
  const taken = countsOf(
    resources.filter(({ kind }) => kind === 'api').map(({ urn }) => labels.get(urn) ?? ''),
  );
  const targets = (key: string, field?: string) =>
    (edges.get(key) ?? []).filter((edge) => field === undefined || edge.field === field).map(({ to }) => to);

  const labelOf = (key: string): string => {
    const label = labels.get(key);
    if (label === undefined) return outsideLabel(key);
    const [group] = kindOf(key) === 'api' && (taken.get(label) ?? 0) > 1 ? targets(key, 'groupId') : [];
    return group === undefined ? label : `${labelOf(group)}/${label}`;
  };
  return {
    keysOf: (kind) => (byKind.get(kind) ?? []).map(({ urn }) => urn),
    kindOf,
    stateOf: (key) => steps.get(key)?.[side],
    stepOf: (key) => steps.get(key),
    labelOf,
    nameOfId(id) {
      const key = typeof id === 'string' ? byPlainId.get(id) : undefined;
      return key === undefined ? undefined : labelOf(key);
    },
    targets,
    users: (key, kind, field) =>
      (users.get(key) ?? [])
        .filter((edge) => (field === undefined || edge.field === field) && kindOf(edge.from) === kind)
        .map(({ from }) => from),
  };
}

/** Key of an object that no resource of the plan stands for. */
export function outsideKey(kind: string, id: string): string {
  return `outside ${kind} ${id}`;
}

function outsideLabel(key: string): string {
  const [, , id = ''] = key.split(' ');
  return id === RELEASE_ENVIRONMENT_ID ? 'RELEASE' : id === '' ? 'not known yet' : id;
}

function idKey(kind: string, id: string): string {
  return `${kind} ${id}`;
}

/** The name that the service knows; the one in the program where there is none, or where it is not known. */
function ownName(step: Step, side: Side): string {
  const { name, domain } = step[side]?.inputs ?? {};
  const own = [name, domain].find((value) => typeof value === 'string');
  return own === undefined || isUnknown(own) || isSecret(own) ? step.name : String(own);
}

/** Kinds of the objects in the lists of bindings. */
const MEMBERS: Readonly<Record<string, Kind>> = { apiIds: 'api', appIds: 'app' };

/** Field by which a resource names an object of a kind, when a value is taken from there. */
function fieldFor(kind: string): string {
  return kind === 'apiGroup' ? 'groupId' : `${kind}Id`;
}

function edgesOf(
  step: Step,
  side: Side,
  steps: ReadonlyMap<string, Step>,
  byId: ReadonlyMap<string, string>,
): readonly Edge[] {
  const { urn, kind, [side]: state } = step;
  if (kind === undefined || state === undefined) return [];
  const description = descriptionOf(kind);
  const { inputs, outputs } = state;
  const values: Json = { ...outputs, ...inputs };
  const resolve = (field: string, wanted: string, ids: readonly unknown[]): readonly Edge[] => {
    const known = ids
      .filter((id): id is string => typeof id === 'string' && !isUnknown(id) && !isSecret(id))
      .map((id) => byId.get(idKey(wanted, id)) ?? outsideKey(wanted, id));
    const isAllKnown = known.length === ids.length;
    const others = isAllKnown ? [] : sources(state.dependencies[field] ?? [], wanted, side, steps, byId);
    const to = new Set([...known, ...others]);
    if (to.size === 0 && !isAllKnown) to.add(outsideKey(wanted, ''));
    return [...to].map((key) => ({ from: urn, field, to: key }));
  };
  const members = memberField(description);
  const references = referencesIn(description.input, values).map(({ path, kind: wanted, id }) =>
    resolve(String(path[0]), wanted, [id]),
  );
  const tied = members === undefined ? undefined : values[members];
  const tie =
    members === undefined
      ? []
      : resolve(members, MEMBERS[members] ?? '', Array.isArray(tied) ? tied : [tied]);
  // Who an exception is for is no reference, since it may be an account.
  const excepted =
    kind === 'throttleException' && values['objectType'] === 'APP'
      ? resolve('objectId', 'app', [values['objectId']])
      : [];
  return [...references.flat(), ...tie, ...excepted];
}

/** The objects from which an unknown ID comes: those of the kind themselves, or what others name. */
function sources(
  urns: readonly string[],
  wanted: string,
  side: Side,
  steps: ReadonlyMap<string, Step>,
  byId: ReadonlyMap<string, string>,
): readonly string[] {
  const own = urns.filter((urn) => steps.get(urn)?.kind === wanted);
  if (own.length > 0) return own;
  return urns.flatMap((urn) => {
    const state = steps.get(urn)?.[side];
    const id = state?.inputs[fieldFor(wanted)];
    if (state === undefined || id === undefined) return [];
    if (typeof id === 'string' && !isUnknown(id))
      return [byId.get(idKey(wanted, id)) ?? outsideKey(wanted, id)];
    return (state.dependencies[fieldFor(wanted)] ?? []).filter((each) => steps.get(each)?.kind === wanted);
  });
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
