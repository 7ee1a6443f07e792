import { isApigError, isTransportError } from '@apig/sdk';
import { ReviewError, type Plan } from '../plan.ts';
import type { Comparison } from '../review.ts';
import { comparedBy, groupsOf } from './compare.ts';
import { corpusOf } from './corpus.ts';
import type { Probe } from './probe.ts';
import { replay, type Replayed } from './replay.ts';
import { startRuntime, type OwnRuntime } from './runtime.ts';
import { createView, type View } from './view.ts';

/** How behaviour is compared. */
export interface BehaviourOptions {
  /** Folder of the program, beside which the runtime is looked for. */
  readonly directory: string;
  /** What is compared; that of the plan unless given. */
  readonly sides?: ((plan: Plan) => Replayed | Promise<Replayed>) | undefined;
  /** Requests of the user's own, in addition. */
  readonly probes?: ((before: View, after: View) => readonly Probe[]) | undefined;
  /** A runtime that runs already; one is started and ended unless given. */
  readonly runtime?: OwnRuntime | undefined;
}

/** Compares how requests are treated before and after a plan. @throws ReviewError */
export async function compareBehaviour(plan: Plan, options: BehaviourOptions): Promise<Comparison> {
  if (!plan.isWhole)
    throw new ReviewError(
      'Behaviour is compared as a whole: run pulumi preview with --show-sames, or give the state with --state.',
    );
  const sides = await (options.sides ?? replay)(plan);
  const [before, after] = [createView(sides.before), createView(sides.after)];
  const corpus = corpusOf(before, after);
  const own = options.probes?.(before, after) ?? [];
  const probes = [...own, ...corpus.probes];
  const compared = await withRuntime(options, (runtime) => comparedBy(runtime, probes, { before, after }));
  const notes = [
    ...new Set([...sides.before.notes, ...sides.after.notes]),
    ...corpus.notes,
    `${String(probes.length)} requests were compared, for ${String(corpus.apis)} of ${String(corpus.allApis)} published APIs; nothing that concerns the others changes.`,
  ];
  return { outcomes: groupsOf(compared), notes };
}

/** Does work with a runtime, which ends with it. @throws ReviewError for what the runtime refuses */
export async function withRuntime<T>(
  { directory, runtime }: Pick<BehaviourOptions, 'directory' | 'runtime'>,
  work: (runtime: OwnRuntime) => Promise<T>,
): Promise<T> {
  const own = runtime ?? (await startRuntime(directory));
  try {
    return await work(own);
  } catch (error) {
    if (!isApigError(error) && !isTransportError(error)) throw error;
    throw new ReviewError(`Behaviour cannot be compared: ${error.message}`);
  } finally {
    if (runtime === undefined) await own.close();
  }
}
