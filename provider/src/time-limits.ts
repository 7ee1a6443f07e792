import {
  isNotPublishedError,
  isTransportError,
  isUnfinishedError,
  type AnyCollection,
  type CallOptions,
} from '@apig/sdk';
import type { Json } from '@apig/sdk/contract';
import { parseDuration } from './durations.ts';
import { OperationError } from './explain.ts';

/*
 * Pulumi tells dynamic providers nothing of the option `customTimeouts`: hence a resource with that option has it among its
 * inputs too, and what is deleted has it among its outputs. Where the option says nothing, the stack may (`apig:timeout`).
 */

/** An operation whose time can be limited. */
export type LimitedAction = 'create' | 'update' | 'delete';

/** How long an operation may take. */
export interface TimeLimit {
  readonly options: CallOptions;
  /** As the user wrote it, and where: `5m (customTimeouts.create)`. */
  readonly text: string;
}

/** What waits ends by itself and says for what; this much later what hangs is ended too. */
const GRACE_MS = 2000;

/** The limit of an operation: what the resource says of it, else the stack; none where neither does. */
export function timeLimitOf(
  action: LimitedAction,
  timeouts: unknown,
  stackTimeout: string | undefined,
): TimeLimit | undefined {
  const own: unknown =
    typeof timeouts === 'object' && timeouts !== null ? (timeouts as Json)[action] : undefined;
  const [text, where] =
    typeof own === 'string' ? [own, `customTimeouts.${action}`] : [stackTimeout, 'apig:timeout'];
  const ms = text === undefined ? undefined : parseDuration(text);
  if (ms === undefined) return undefined;
  return {
    options: { signal: AbortSignal.timeout(ms + GRACE_MS), waitMs: ms },
    text: `${text ?? ''} (${where})`,
  };
}

/** A collection whose writes keep to a limit. What is read to find out what became of them does not count. */
export function within(limit: TimeLimit | undefined, collection: AnyCollection): AnyCollection {
  if (limit === undefined) return collection;
  const { options } = limit;
  return {
    ...collection,
    create: (input) => collection.create(input, options),
    update: (address, input) => collection.update(address, input, options),
    delete: (address) => collection.delete(address, options),
  };
}

/** Says of a failure that it came of a limit, where it did. */
export function withLimit(error: Error, limit: TimeLimit | undefined): Error {
  const isLimited = limit !== undefined && isOfTime(error);
  return isLimited ? new OperationError(`${error.message} ${limitInWords(limit)}`, error) : error;
}

/** What a limit is and who set it; nothing where there is none. */
export function limitInWords(limit: TimeLimit | undefined): string {
  return limit === undefined ? '' : `It may take ${limit.text}.`;
}

/** Whether something was ended, or not awaited any longer. */
function isOfTime(error: unknown): boolean {
  if ((isTransportError(error) && error.code === 'ABORTED') || isNotPublishedError(error)) return true;
  return isUnfinishedError(error) || (error instanceof Error && isOfTime(error.cause));
}
