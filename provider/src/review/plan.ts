import { z } from 'zod';
import { descriptionOf, fieldsOf, resources, type Json, type Kind } from '@apig/sdk/contract';
import { typeTokenOf } from '../type-names.ts';
import { readDocuments } from './documents.ts';
import type { Operation } from './model.ts';
import { rawState, readPreview, type RawState, type RawStep } from './preview.ts';
import { createSealer, type Sealer } from './seal.ts';

/** What Pulumi would do to a stack: every resource that it shows, before and after. It holds no secret. */
export interface Plan {
  readonly project: string;
  readonly stack: string;
  /** In the order of the preview; resources that stay as they are among them, where they are known. */
  readonly steps: readonly Step[];
  /** Whether resources that stay as they are are known too. */
  readonly isWhole: boolean;
  /** What could not be read, in whole sentences. */
  readonly notes: readonly string[];
}

/** What would become of one resource. */
export interface Step {
  readonly urn: string;
  /** Type token of the engine. */
  readonly type: string;
  /** Kind of the contract; undefined for resources of other providers. */
  readonly kind: Kind | undefined;
  /** Name in the program. */
  readonly name: string;
  readonly operation: Operation;
  /** Undefined for what is created. */
  readonly before: State | undefined;
  /** Undefined for what is deleted. */
  readonly after: State | undefined;
  /** Properties that the engine names as reasons of a replacement. */
  readonly reasons: readonly string[];
}

/**
 * A resource at one moment. A value that is not known yet is `UNKNOWN` of `unknown.ts`; a secret is a text for which
 * `isSecret` of `hidden.ts` holds. Properties whose names begin with `__` are left out.
 */
export interface State {
  /** Undefined while it is not known: what is created or replaced has no ID yet. */
  readonly id: string | undefined;
  /** What the program asks for, with its defaults. */
  readonly inputs: Json;
  /** What the object is; of a planned object, what follows from its inputs and what stays. */
  readonly outputs: Json;
  /** Property to the URNs of the resources from which its value comes; empty where the preview does not say it. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** Tells whether a resource becomes another one, comes or goes. */
export function isChange({ operation }: Step): boolean {
  return operation !== 'same' && operation !== 'read';
}

/** A failure of a review in one line for the user. */
export class ReviewError extends Error {}

/**
 * Reads a plan.
 *
 * @param preview output of `pulumi preview --json`, in either of its forms
 * @param state output of `pulumi stack export`, for what the preview does not show
 * @throws ReviewError when one of them cannot be read
 */
export function readPlan(preview: string, state?: string): Plan {
  const { steps: shown, sameCount } = readPreview(preview);
  const [first] = shown;
  if (first === undefined)
    throw new ReviewError('The preview has no steps: it did not get as far as the program.');
  const { project, stack } = placeOf(first.urn);
  const sealer = createSealer();
  const stored = state === undefined ? [] : readStored(state, first.urn);
  const steps = [...shown, ...unshown(stored, shown)]
    .filter(({ urn }) => !isOfEngine(typeOf(urn)))
    .map((step) => toStep(step, stored, sealer));
  const missing = sameCount - shown.filter(({ operation }) => operation === 'same').length;
  const isWhole = missing <= 0 || state !== undefined;
  return {
    project,
    stack,
    steps,
    isWhole,
    notes: [...notesOf(steps), ...(isWhole ? [] : [partial(missing)])],
  };
}

/** `urn:pulumi:<stack>::<project>::<parent types $ type>::<name>`. Source: Pulumi's documentation, "Resource names". */
function placeOf(urn: string): { readonly project: string; readonly stack: string } {
  const [head = '', project = ''] = urn.split('::');
  return { project, stack: head.slice('urn:pulumi:'.length) };
}

function typeOf(urn: string): string {
  const [, , types = ''] = urn.split('::');
  return types.split('$').at(-1) ?? types;
}

function nameOf(urn: string): string {
  return urn.split('::').slice(3).join('::');
}

/** The stack itself and the providers are no resources of anybody. */
function isOfEngine(type: string): boolean {
  return type.startsWith('pulumi:pulumi:') || type.startsWith('pulumi:providers:');
}

const KINDS = new Map(Object.keys(resources).map((kind) => [typeTokenOf(kind as Kind), kind as Kind]));

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(rawState.extend({ urn: z.string().startsWith('urn:pulumi:'), delete: z.boolean().optional() }))
      .nullish(),
  }),
});

type Stored = RawState & { readonly urn: string };

function readStored(text: string, urn: string): readonly Stored[] {
  const [document] = readDocuments(text, 'The state');
  const { success, data } = exported.safeParse(document);
  if (!success) throw new ReviewError('The state is no output of `pulumi stack export`.');
  // What waits for its removal has been replaced already.
  const stored = (data.deployment.resources ?? []).filter((resource) => resource.delete !== true);
  const other = stored.find((resource) => !isOfPlace(resource.urn, urn));
  if (other === undefined) return stored;
  const [of, wanted] = [placeOf(other.urn), placeOf(urn)];
  throw new ReviewError(
    `The state is of ${of.project}/${of.stack}, and the preview of ${wanted.project}/${wanted.stack}.`,
  );
}

function isOfPlace(urn: string, other: string): boolean {
  const [one, two] = [placeOf(urn), placeOf(other)];
  return one.project === two.project && one.stack === two.stack;
}

/** What the preview does not show stays as it is. */
function unshown(stored: readonly Stored[], shown: readonly RawStep[]): readonly RawStep[] {
  const known = new Set(shown.map(({ urn }) => urn));
  return stored
    .filter(({ urn }) => !known.has(urn))
    .map((state) => ({ urn: state.urn, operation: 'same', before: state, after: state, reasons: [] }));
}

function toStep(
  { urn, operation, before, after, reasons }: RawStep,
  stored: readonly Stored[],
  sealer: Sealer,
): Step {
  const type = typeOf(urn);
  const kind = KINDS.get(type);
  const old = before === undefined || operation === 'create' ? undefined : sealed(kind, before, sealer);
  const planned = after === undefined || operation === 'delete' ? undefined : sealed(kind, after, sealer);
  return {
    urn,
    type,
    kind,
    name: nameOf(urn),
    operation,
    before: old ?? (operation === 'create' ? undefined : found(urn, kind, stored, sealer)),
    after: planned && old ? continued(kind, old, planned, operation) : planned,
    reasons,
  };
}

function found(
  urn: string,
  kind: Kind | undefined,
  stored: readonly Stored[],
  sealer: Sealer,
): State | undefined {
  const state = stored.find((each) => each.urn === urn);
  return state && sealed(kind, state, sealer);
}

function sealed(kind: Kind | undefined, state: RawState, sealer: Sealer): State {
  const secret = state.additionalSecretOutputs ?? [];
  const dependencies = Object.entries(state.propertyDependencies ?? {}).filter(
    ([name]) => !name.startsWith('__'),
  );
  const inputs = sealer.seal(kind, state.inputs, secret);
  return {
    id: state.id === undefined || state.id === '' ? undefined : state.id,
    inputs,
    outputs: { ...inputs, ...sealer.seal(kind, state.outputs, secret) },
    dependencies: Object.fromEntries(dependencies.map(([name, urns]) => [name, urns ?? []])),
  };
}

/** What a planned object keeps of the one that it continues. */
function continued(kind: Kind | undefined, before: State, after: State, operation: Operation): State {
  if (operation === 'replace') return { ...after, id: undefined, outputs: after.inputs };
  const fields = kind === undefined ? [] : fieldsOf(descriptionOf(kind).input);
  // What is left out is gone, unless the service chose it.
  const gone = fields
    .filter(({ name, marks }) => marks.generated !== true && after.inputs[name] === undefined)
    .map(({ name }) => name);
  const kept = Object.entries(before.outputs).filter(([name]) => !gone.includes(name));
  return { ...after, id: after.id ?? before.id, outputs: { ...Object.fromEntries(kept), ...after.inputs } };
}

function notesOf(steps: readonly Step[]): readonly string[] {
  const newer = steps.filter(
    ({ kind, type, operation }) =>
      kind === undefined && type.startsWith('pulumi-nodejs:dynamic/apig:') && operation !== 'same',
  );
  const types = [...new Set(newer.map(({ type }) => type.split(':').at(-1) ?? type))];
  return types.length === 0
    ? []
    : [
        `This version of the review does not know ${types.join(', ')}: update @apig/provider. What such resources do to callers is not told.`,
      ];
}

function partial(missing: number): string {
  const count =
    missing === 1 ? 'One resource that stays as it is is' : `${missing} resources that stay as they are are`;
  return `${count} not in the preview, and what is reached through them is missing here: run \`pulumi preview --json --show-sames\`, or give the output of \`pulumi stack export\` as --state.`;
}
