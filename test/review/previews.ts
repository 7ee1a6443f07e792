import type { Json, Kind } from '@apig/sdk/contract';
import { descriptionOf } from '@apig/sdk/contract';
import { check } from '../../provider/src/check.ts';
import { diff } from '../../provider/src/diff.ts';
import { readPlan, type Plan } from '../../provider/src/review/plan.ts';
import { stubOf } from '../../provider/src/stub.ts';
import { typeTokenOf } from '../../provider/src/type-names.ts';

/** What stands for a value that is not known yet. */
export const LATER = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** A resource of a made-up preview: arguments as a program gives them, before and after. */
export interface Planned {
  readonly kind: Kind;
  readonly name: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  /** ID of what exists; made from the name when left out. */
  readonly id?: string;
  /** What the service adds. */
  readonly outputs?: Json;
  /** Property to the names of the resources that it comes from, each as `kind name`. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
  /** Names of properties because of which it is replaced. */
  readonly reasons?: readonly string[];
}

/** A step as `pulumi preview --json` prints it. */
export interface PrintedStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: Json | undefined;
  readonly newState?: Json | undefined;
  readonly replaceReasons?: readonly string[] | undefined;
}

/** The preview of a stack with some resources, as Pulumi prints it with `--show-sames`. */
export function previewOf(resources: readonly Planned[], others: readonly PrintedStep[] = []): string {
  const steps = [...resources.map(toStep), ...others];
  const same = steps.filter(({ op }) => op === 'same').length;
  return JSON.stringify({
    config: {},
    steps: [STACK, ...steps],
    duration: 1,
    changeSummary: { same: same + 1 },
  });
}

/** The same as the events that Pulumi prints while it runs. */
export function eventsOf(resources: readonly Planned[]): string {
  const events = [
    { preludeEvent: { config: {} } },
    ...resources.map(toStep).map(({ op, urn, oldState, newState, replaceReasons }) => ({
      resourcePreEvent: {
        metadata: { op, urn, old: eventState(oldState), new: eventState(newState), keys: replaceReasons },
        planning: true,
      },
    })),
    { summaryEvent: { resourceChanges: {}, result: 'succeeded' } },
  ];
  return events.map((event, sequence) => JSON.stringify({ sequence, timestamp: 1, ...event })).join('\n');
}

/** The plan that such a preview shows. */
export function planOf(resources: readonly Planned[], others: readonly PrintedStep[] = []): Plan {
  return readPlan(previewOf(resources, others));
}

/** The state of the stack before, as `pulumi stack export` prints it. */
export function stateOf(resources: readonly Planned[], stack = 'dev'): string {
  const stored = resources
    .map(toStep)
    .flatMap(({ urn, oldState }) =>
      oldState ? [{ urn: urn.replace(':dev:', `:${stack}:`), ...oldState }] : [],
    );
  return JSON.stringify({ version: 3, deployment: { manifest: {}, resources: stored } });
}

/** The URN of a resource of ours. */
export function urnOf(kind: Kind, name: string): string {
  return `urn:pulumi:dev::shop::${typeTokenOf(kind)}::${name}`;
}

/** The ID that a resource has when a test gives none. */
export function idOf(kind: Kind, name: string): string {
  return `${kind}-${name}`.padEnd(32, '0');
}

const STACK: PrintedStep = { op: 'same', urn: 'urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev' };

function toStep(resource: Planned): PrintedStep {
  const { kind, name, before, after, id = idOf(kind, name), outputs = {}, from = {} } = resource;
  const dependencies = Object.fromEntries(
    Object.entries(from).map(([property, sources]) => [
      property,
      sources.map((source) => {
        const [of = '', ...rest] = source.split(' ');
        return urnOf(of as Kind, rest.join(' '));
      }),
    ]),
  );
  const shared = { type: typeTokenOf(kind), custom: true, propertyDependencies: dependencies };
  const old = before === undefined ? undefined : settled(kind, before);
  const now = after === undefined ? undefined : settled(kind, after);
  return {
    op: operationOf(resource, old, now),
    urn: urnOf(kind, name),
    oldState: old && { ...shared, id, inputs: old, outputs: { ...old, ...outputs } },
    newState: now && { ...shared, inputs: now },
    replaceReasons: resource.reasons,
  };
}

function operationOf({ kind, reasons }: Planned, old: Json | undefined, now: Json | undefined): string {
  if (old === undefined) return 'create';
  if (now === undefined) return 'delete';
  if (reasons !== undefined) return 'replace';
  const { changes, replaces } = diff(descriptionOf(kind), old, now);
  if (replaces.length > 0) return 'replace';
  return changes || JSON.stringify(old) !== JSON.stringify(now) ? 'update' : 'same';
}

function settled(kind: Kind, args: Json): Json {
  const { inputs, failures } = check(descriptionOf(kind), { ...args, __provider: stubOf(kind) });
  if (failures.length > 0) throw new Error(`${kind}: ${JSON.stringify(failures)}`);
  return inputs;
}

function eventState(state: Json | undefined): Json | null {
  if (state === undefined) return null;
  const { propertyDependencies: _, ...rest } = state;
  return { id: '', outputs: {}, ...rest };
}
