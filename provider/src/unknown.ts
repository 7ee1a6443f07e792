import { holdsUnknown as holds } from '@apig/sdk/contract';

/**
 * What the engine gives in the place of a value that a preview does not know yet, whatever the value's type.
 * Source: Pulumi's SDK for Node, `runtime/rpc`.
 */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Tells whether a value is not known yet. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Tells whether a value is not known yet or has such a value inside. */
export function holdsUnknown(value: unknown): boolean {
  return holds(value, isUnknown);
}
