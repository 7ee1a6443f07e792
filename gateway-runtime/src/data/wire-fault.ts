import { fail, type ApigError } from '@apig/sdk/contract';
import type { Fault } from './http1/faults.ts';

/** What the faults mean that are no mere breaches of HTTP. */
const ERRORS: Partial<Record<Fault, 'uriTooLarge' | 'headersTooLarge' | 'bodyTooLarge' | 'bodyTimeout'>> = {
  targetTooLong: 'uriTooLarge',
  fieldTooLarge: 'headersTooLarge',
  headTooLarge: 'headersTooLarge',
  tooManyFields: 'headersTooLarge',
  bodyTooLarge: 'bodyTooLarge',
  headTimedOut: 'bodyTimeout',
};

/** What a request that breaks the rules of HTTP, or a limit of the listener, is told. */
export function faultError(fault: Fault): ApigError {
  return fail(ERRORS[fault] ?? 'badRequest');
}
