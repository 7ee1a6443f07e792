import type { Json } from '@apig/sdk/contract';

/** Names a function as APIs and authorizers do. */
export interface FunctionName {
  readonly urn: string;
  readonly version?: string | undefined;
  /** Wins over the two others. */
  readonly aliasUrn?: string | undefined;
}

/** The functions that the gateway can call. */
export interface Functions {
  has(name: FunctionName): boolean;
  /** Calls a function with an event. @throws FunctionTimeout, and FunctionFault for a function that is not there, cannot be reached or fails. */
  invoke(name: FunctionName, event: Json, timeoutMs: number): Promise<unknown>;
}

/** A function did not answer in time. */
export class FunctionTimeout extends Error {
  override readonly name = 'FunctionTimeout';
}

/** A function did not do what was asked of it. */
export class FunctionFault extends Error {
  override readonly name = 'FunctionFault';
}

/** No functions at all. */
export const NO_FUNCTIONS: Functions = {
  has: () => false,
  invoke: ({ urn }) => Promise.reject(new FunctionFault(`there is no function ${urn}`)),
};
