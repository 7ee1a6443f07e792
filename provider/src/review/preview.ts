import { z } from 'zod';
import type { Operation } from './model.ts';
import { readDocuments } from './documents.ts';
import { ReviewError } from './plan.ts';

/*
 * Two forms of one thing: `pulumi preview --json` prints one document with all steps when it has ended, and, with
 * `PULUMI_ENABLE_STREAMING_JSON_PREVIEW` set, one event a line while it runs.
 */

/** A preview as it was printed. */
export interface Preview {
  readonly steps: readonly RawStep[];
  /** Number of resources that stay as they are, shown or not. */
  readonly sameCount: number;
}

/** One step, the engine's names translated and nothing else. */
export interface RawStep {
  readonly urn: string;
  readonly operation: Operation;
  readonly before: RawState | undefined;
  readonly after: RawState | undefined;
  readonly reasons: readonly string[];
}

const properties = z.record(z.string(), z.unknown());

/** What is read of a resource as the engine writes it, in a preview and in an exported state. */
export const rawState = z.object({
  id: z.string().optional(),
  inputs: properties.optional(),
  outputs: properties.optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
  additionalSecretOutputs: z.array(z.string()).optional(),
});

/** A resource as the engine writes it. */
export type RawState = z.output<typeof rawState>;

/**
 * Reads what a preview has printed.
 *
 * @throws ReviewError when it has failed, is cut off, or is something else
 */
export function readPreview(text: string): Preview {
  const documents = readDocuments(text, 'The preview');
  const whole = documents.find((document) => 'steps' in document);
  if (whole !== undefined) return fromDigest(parse(digest, whole));
  if (documents.some((document) => 'sequence' in document && 'timestamp' in document))
    return fromEvents(documents.map((document) => parse(event, document)));
  if (documents.some((document) => 'deployment' in document))
    throw new ReviewError(
      'This is the state of a stack: give it as --state, and the output of `pulumi preview --json` as the preview.',
    );
  throw new ReviewError('This is no output of `pulumi preview --json`: it has no steps.');
}

const diagnostic = z.object({ severity: z.string().optional(), message: z.string().optional() });

type Diagnostic = z.output<typeof diagnostic>;

const names = z.array(z.string()).nullish();
const counts = z.record(z.string(), z.number()).nullish();

const digest = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string().startsWith('urn:pulumi:'),
      oldState: rawState.nullish(),
      newState: rawState.nullish(),
      replaceReasons: names,
    }),
  ),
  diagnostics: z.array(diagnostic).nullish(),
  changeSummary: counts,
});

const event = z.object({
  diagnosticEvent: diagnostic.optional(),
  resourcePreEvent: z
    .object({
      metadata: z.object({
        op: z.string(),
        urn: z.string().startsWith('urn:pulumi:'),
        old: rawState.nullish(),
        new: rawState.nullish(),
        keys: names,
      }),
    })
    .optional(),
  summaryEvent: z.object({ resourceChanges: counts, result: z.string().optional() }).optional(),
});

function fromDigest({ steps, diagnostics, changeSummary }: z.output<typeof digest>): Preview {
  refuseFailed(diagnostics ?? []);
  return {
    steps: merge(
      steps.map(({ op, urn, oldState, newState, replaceReasons }) =>
        toStep(op, urn, oldState, newState, replaceReasons),
      ),
    ),
    sameCount: changeSummary?.['same'] ?? 0,
  };
}

function fromEvents(events: readonly z.output<typeof event>[]): Preview {
  refuseFailed(events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []));
  const summary = events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent;
  if (summary === undefined)
    throw new ReviewError('The preview ends in the middle: the command was cut off.');
  if (summary.result === 'failed') throw new ReviewError('The preview failed.');
  const steps = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
  return {
    steps: merge(steps.map(({ op, urn, old, new: planned, keys }) => toStep(op, urn, old, planned, keys))),
    sameCount: summary.resourceChanges?.['same'] ?? 0,
  };
}

function refuseFailed(diagnostics: readonly Diagnostic[]): void {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error === undefined) return;
  const lines = (error.message ?? '')
    .split('\n')
    .map((line) => line.trim().replace(/^error: /, ''))
    .filter((line) => line !== '' && line !== 'error:');
  // What a program throws stands below a line that says only that it did.
  const said = lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0] ?? 'it does not say why.';
  throw new ReviewError(`The preview failed: ${said.slice(0, 500)}`);
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  same: 'same',
  refresh: 'same',
  create: 'create',
  update: 'update',
  delete: 'delete',
  replace: 'replace',
  'create-replacement': 'replace',
  'delete-replaced': 'replace',
  'remove-pending-replace': 'delete',
  read: 'read',
  'read-replacement': 'replace',
  import: 'import',
  'import-replacement': 'replace',
  discard: 'delete',
  'discard-replaced': 'replace',
};

/** Reads a part of a preview in its form. */
function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data } = schema.safeParse(value);
  if (!success) throw new ReviewError(OTHER_FORM);
  return data;
}

const OTHER_FORM =
  'The preview has another form than expected: it may be of another version of Pulumi, or something else.';

function toStep(
  op: string,
  urn: string,
  before: RawState | null | undefined,
  after: RawState | null | undefined,
  reasons: readonly string[] | null | undefined,
): RawStep {
  const operation = OPERATIONS[op];
  if (operation === undefined) throw new ReviewError(OTHER_FORM);
  return {
    urn,
    operation,
    before: before ?? undefined,
    after: after ?? undefined,
    reasons: reasons ?? [],
  };
}

/** A replacement may be shown as up to three steps, and a refreshed resource as two: the last ones know most. */
function merge(steps: readonly RawStep[]): readonly RawStep[] {
  const byUrn = new Map<string, RawStep>();
  for (const step of steps) {
    const other = byUrn.get(step.urn);
    byUrn.set(step.urn, other === undefined ? step : joined(other, step));
  }
  return [...byUrn.values()];
}

function joined(first: RawStep, second: RawStep): RawStep {
  const isReplaced = [first, second].some(({ operation }) => operation === 'replace');
  const operations = new Set([first.operation, second.operation]);
  // What is deleted and created under one name is replaced as well.
  const isBoth = operations.has('create') && operations.has('delete');
  return {
    urn: second.urn,
    operation: isReplaced || isBoth ? 'replace' : second.operation,
    before: first.operation === 'same' ? (second.before ?? first.before) : (first.before ?? second.before),
    after: second.after ?? first.after,
    reasons: [...new Set([...first.reasons, ...second.reasons])],
  };
}
