import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ReviewError } from '../plan.ts';

/** Reads a command line. @throws ReviewError for what is not understood */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // Only the arguments can be wrong here.
    const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
    throw new ReviewError(String(message).split('\n', 1)[0] ?? '');
  }
}

/** One of some words. @throws ReviewError */
export function wordOf<const T extends string>(option: string, given: string, words: readonly T[]): T {
  const found = words.find((word) => word === given);
  if (found === undefined) throw new ReviewError(`${option}: expected one of ${words.join(', ')}.`);
  return found;
}
